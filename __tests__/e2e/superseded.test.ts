import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import type { StepResult } from '../../examples/run-action.ts'
import type { RemoteState } from '../support/lab.ts'
import { isBuildList, isCallOfCommit, Releases } from '../support/releases.ts'

// A run of an older commit than the deployed one of the same branch changes nothing, and is a success.

const releases = Releases.inTests()
const pushOnly = { wait_for_build: 'false' }

const notices = ({ output }: StepResult) => output.split('\n').filter((line) => line.startsWith('::notice'))

/** Deploys a commit on top of the one that each test begins with, and gives the state after it. */
async function deployNewer(inputs: Record<string, string> = pushOnly) {
  const { lab } = releases
  const older = lab.git('rev-parse', 'HEAD')
  lab.write('model.pkl', `a newer model ${Math.random()}`)
  const newer = lab.commit('A newer commit')
  const result = await lab.run(inputs)
  expect(result.exitCode).toBe(0)
  return { older, newer, result, after: await lab.remote() }
}

/** Nothing but what is told has changed. */
async function expectSuperseded(result: StepResult, older: string, newer: string, after: RemoteState, stands: RegExp) {
  expect(result.exitCode).toBe(0)
  expect(result.outputs).toMatchObject({ status: 'superseded', failed_phase: '', version: '' })
  expect(notices(result)).toHaveLength(1)
  expect(notices(result)[0]).toContain(`::Commit ${older.slice(0, 12)} (committed `)
  expect(notices(result)[0]).toContain(`is older than ${newer.slice(0, 12)} (committed `)
  expect(notices(result)[0]).toMatch(/to roll back to its commit, set `force: true`$/)
  expect(notices(result)[0]).toMatch(stands)
  expect(result.output).not.toMatch(/^::(error|warning)/m)
  const { head, commits } = await releases.lab.remote()
  expect({ head, commits }).toEqual({ head: after.head, commits: after.commits })
}

describe('a run of an older commit', () => {
  test('ends before it trains and stores; a dry run says so; force replaces the newer one, which may come again', async () => {
    const { lab } = releases
    const { older, newer, after } = await deployNewer()
    lab.write('model.pkl', 'the model of the older commit')
    const training = { training_script: 'train.py', notebook_path: '' }
    lab.write('train.py', 'open("trained", "w")')

    const result = await lab.run({ ...pushOnly, ...training }, { commit: older })
    await expectSuperseded(result, older, newer, after, /Nothing was pushed/)
    expect(notices(result)[0]).toContain(': the history of this checkout leads from the one to the other')
    expect(result.outputs.algorithm_commit_sha).toBe(after.head)
    expect(result.summary).toContain('### alice/digits: superseded by a newer commit, nothing was pushed')
    expect(await lab.remote()).toEqual(after)
    expect(result.output).not.toContain('train.py')

    const planned = await lab.run({ dry_run: 'true' }, { commit: older })
    expect(planned.outputs.status).toBe('planned')
    expect(planned.summary).toContain('The run would end as superseded and change nothing.')

    const forced = await lab.run({ ...pushOnly, force: 'true' }, { commit: older })
    expect(forced.outputs.status).toBe('pushed')
    expect(forced.summary).toContain('It is replaced, because force is true.')
    expect(JSON.parse(lab.deployed('model_manifest.json')).model_origin_commit_SHA).toBe(older)

    expect((await lab.run(pushOnly, { commit: newer })).outputs.status).toBe('pushed')
    expect((await lab.run(pushOnly, { commit: newer })).outputs.status).toBe('unchanged')
  }, 120_000)

  test('of another branch, or of a deployment that tells no time, goes on', async () => {
    const { lab } = releases
    const { older, newer } = await deployNewer()
    expect((await lab.run(pushOnly, { commit: older, ref: 'refs/heads/hotfix' })).outputs.status).toBe('pushed')
    const { model_origin_commit_utc: _, ...told } = JSON.parse(lab.deployed('model_manifest.json'))
    const deployed = { ...told, model_origin_ref: 'refs/heads/main', model_origin_commit_SHA: newer }
    await lab.pushByHand({ 'model_manifest.json': JSON.stringify(deployed) })
    const workspace = copyWithoutHistory()
    const result = await lab.run(pushOnly, { commit: older, workspace })
    expect(result.outputs.status).toBe('pushed')
    expect(result.summary).toContain(
      `Whether ${older.slice(0, 12)} is older than ${newer.slice(0, 12)}, which is deployed`,
    )
  }, 120_000)

  test('is known by the time of its commit, where there is no history', async () => {
    const { lab } = releases
    const { older, newer, after } = await deployNewer()
    const payload = { head_commit: { id: older, message: 'Older', timestamp: '2020-01-02T03:04:05+01:00' } }
    const workspace = copyWithoutHistory()
    const result = await lab.run(pushOnly, { commit: older, workspace, event: { name: 'push', payload } })
    await expectSuperseded(
      result,
      older,
      newer,
      after,
      /\(committed 2020-01-02T02:04:05Z\).* the times of the commits say so/,
    )
  }, 120_000)

  test('that loses the race for the branch to a newer one does not push on top of it', async () => {
    const { lab } = releases
    const commit = lab.git('rev-parse', 'HEAD')
    let raced: Awaited<ReturnType<typeof deployNewer>> | undefined
    const { result } = await releases.runThrough(
      async ({ method, path }) => {
        // Its clone is older than the newer deployment, and its push comes after it.
        if (raced === undefined && method === 'PUT' && path.includes(commit)) raced = await deployNewer()
        return undefined
      },
      { ...pushOnly, git_host: lab.sandbox.url },
    )
    if (raced === undefined) throw new Error('There was no race')
    await expectSuperseded(result, raced.older, raced.newer, raced.after, /Nothing was pushed/)
    expect(result.outputs.algorithm_commit_sha).toBe(raced.after.head)
    expect(result.output).toMatch(/Left behind: .*model_\w+.pkl is stored, but no manifest points to it/)
  }, 120_000)
})

describe('a version of an older commit', () => {
  const seen = (request: Parameters<typeof isCallOfCommit>[0]) => isCallOfCommit(request)
  test.each<[string, { pushes: boolean; at: 'test' | 'publication' }]>([
    ['published meanwhile', { pushes: false, at: 'test' }],
    ['only pushed yet', { pushes: true, at: 'test' }],
    ['pushed at the last moment', { pushes: false, at: 'publication' }],
  ])(
    'is not made when a newer one is %s',
    async (_, { pushes, at }) => {
      let raced: Awaited<ReturnType<typeof deployNewer>> | undefined
      let isTested = false
      const { result, requests } = await releases.runThrough(
        async (request) => {
          const isTime = at === 'test' ? seen(request) : isTested && isBuildList(request)
          isTested ||= seen(request)
          if (isTime && raced === undefined) raced = await deployNewer(pushes ? pushOnly : { publish: 'minor' })
          return undefined
        },
        { publish: 'minor' },
      )
      if (raced === undefined) throw new Error('Nobody came before')
      await expectSuperseded(result, raced.older, raced.newer, raced.after, /What it pushed, \w{40}, is not published/)
      expect(result.outputs.algorithm_commit_sha).not.toBe(raced.after.head)
      expect(result.summary).toContain('superseded by a newer commit, pushed but not published')
      expect(requests.filter((line) => /^POST .*\/versions$/.test(line))).toEqual([])
      const published = pushes ? [] : [[raced.result.outputs.version, raced.after.head]]
      expect(await releases.newVersions()).toEqual(published)
    },
    120_000,
  )
})

/** A workspace as it is where nobody checked a repository out. */
function copyWithoutHistory(): string {
  const { lab } = releases
  const workspace = mkdtempSync(join(lab.root, 'workspace-'))
  cpSync(lab.workspace, workspace, { recursive: true })
  rmSync(join(workspace, '.git'), { recursive: true })
  return workspace
}
