import { createHash } from 'node:crypto'
import { cpSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { Lab } from '../support/lab.ts'

const count = 20
/** The subject is the race for the branch; one build after the other would only take long. */
const pushOnly = { wait_for_build: 'false' }

/** Runs with a workspace each, all at once. */
async function runTogether(
  lab: Lab,
  number: number,
  prepare: (workspace: string, index: number) => { commit: string; message: string },
) {
  return Promise.all(
    Array.from({ length: number }, async (_, index) => {
      const workspace = mkdtempSync(join(lab.root, 'workspace-'))
      const temp = mkdtempSync(join(lab.root, 'temp-'))
      cpSync(lab.workspace, workspace, { recursive: true })
      const { commit, message } = prepare(workspace, index)
      const environment = { ...lab.environment, HEAD_COMMIT_MSG: message }
      return { index, commit, result: await lab.run(pushOnly, { workspace, temp, commit, environment }) }
    }),
  )
}
let lab: Lab
beforeAll(async () => {
  lab = await Lab.create()
})
afterAll(() => lab.close())

test('twenty deployments to one algorithm at once all land, each commit whole', async () => {
  const runs = await runTogether(lab, count, (workspace, index) => {
    writeFileSync(join(workspace, 'model.pkl'), `model ${index}`)
    writeFileSync(join(workspace, 'digits', `file-${index}.txt`), `code ${index}`)
    return { commit: index.toString(16).padStart(40, 'a'), message: `Commit ${index}` }
  })
  const { commits, objects } = await lab.remote()
  expect(runs.map(({ result }) => result.outputs.status)).toEqual(Array.from({ length: count }, () => 'pushed'))
  // The template's commit, and one for each run.
  expect(commits).toBe(1 + count)
  expect(Object.keys(objects)).toHaveLength(count)
  for (const { index, commit, result } of runs) {
    const pushed = result.outputs.algorithm_commit_sha ?? ''
    const manifest = JSON.parse(lab.deployed('model_manifest.json', pushed))
    expect(manifest.model_filepath).toBe(`alice/digits/model_${commit}.pkl`)
    expect(manifest.model_origin_commit_msg).toBe(`Commit ${index}`)
    expect(lab.deployed(`file-${index}.txt`, pushed)).toBe(`code ${index}`)
    // Nobody's code was lost on the way to the head.
    expect(lab.deployed(`file-${index}.txt`)).toBe(`code ${index}`)
    expect((await lab.download(manifest.model_filepath)).toString()).toBe(`model ${index}`)
  }
}, 300_000)

test('runs of one commit that trained different models leave a manifest that tells the truth', async () => {
  const commit = 'b'.repeat(40)
  for (let round = 0; round < 3; round += 1) {
    const runs = await runTogether(lab, 4, (workspace, index) => {
      writeFileSync(join(workspace, 'model.pkl'), `round ${round}, training ${index}`)
      return { commit, message: 'One commit' }
    })
    expect(runs.map(({ result }) => result.exitCode)).toEqual([0, 0, 0, 0])
    const manifest = JSON.parse(lab.deployed('model_manifest.json'))
    const live = await lab.download(manifest.model_filepath)
    expect(createHash('md5').update(live).digest('hex')).toBe(manifest.model_md5_hash)
  }
}, 300_000)
