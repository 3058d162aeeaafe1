import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { Lab } from '../support/lab.ts'

const count = 20
let lab: Lab
beforeAll(async () => {
  lab = await Lab.create()
})
afterAll(() => lab.close())

test('twenty deployments to one algorithm at once all land, each commit whole', async () => {
  const runs = await Promise.all(
    Array.from({ length: count }, async (_, number) => {
      const workspace = join(lab.root, `workspace-${number}`)
      const temp = join(lab.root, `temp-${number}`)
      cpSync(lab.workspace, workspace, { recursive: true })
      mkdirSync(temp)
      writeFileSync(join(workspace, 'model.pkl'), `model ${number}`)
      writeFileSync(join(workspace, 'digits', `file-${number}.txt`), `code ${number}`)
      const commit = number.toString(16).padStart(40, 'a')
      const environment = { ...lab.environment, HEAD_COMMIT_MSG: `Commit ${number}` }
      return { number, commit, result: await lab.run({}, { workspace, temp, commit, environment }) }
    }),
  )
  const { commits, objects } = await lab.remote()
  expect(runs.map(({ result }) => result.outputs.status)).toEqual(Array.from({ length: count }, () => 'pushed'))
  // The template's commit, and one for each run.
  expect(commits).toBe(1 + count)
  expect(Object.keys(objects)).toHaveLength(count)
  for (const { number, commit, result } of runs) {
    const pushed = result.outputs.algorithm_commit_sha ?? ''
    const manifest = JSON.parse(lab.deployed('model_manifest.json', pushed))
    expect(manifest.model_filepath).toBe(`alice/digits/model_${commit}.pkl`)
    expect(manifest.model_origin_commit_msg).toBe(`Commit ${number}`)
    expect(lab.deployed(`file-${number}.txt`, pushed)).toBe(`code ${number}`)
    // Nobody's code was lost on the way to the head.
    expect(lab.deployed(`file-${number}.txt`)).toBe(`code ${number}`)
    expect((await lab.download(manifest.model_filepath)).toString()).toBe(`model ${number}`)
  }
}, 300_000)
