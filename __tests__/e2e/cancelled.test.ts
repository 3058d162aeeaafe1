import type { ChildProcess } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { StepResult } from '../../examples/run-action.ts'
import { isAlive } from '../contract/training-lab.ts'
import { casesFile } from '../support/digits.ts'
import { errors, Lab, notebook, type RemoteState } from '../support/lab.ts'
import {
  altered,
  type Meddle,
  MeddlingProxy,
  type ProxiedAnswer,
  type ProxiedRequest,
} from '../support/meddling-proxy.ts'
import { processes } from '../support/sandbox-process.ts'

/** These runs are about what happens before the push. */
const pushOnly = { wait_for_build: 'false' }

let lab: Lab
beforeAll(async () => {
  lab = await Lab.create()
  expect((await lab.run(pushOnly)).exitCode).toBe(0)
  lab.commit('A new commit')
})
afterAll(() => lab.close())

/** Sends a signal as soon as the action prints such a line. */
function signalAt(pattern: RegExp, signal: NodeJS.Signals) {
  let child: ChildProcess | undefined
  return {
    onStart: (started: ChildProcess) => {
      child = started
    },
    onLine: (line: string) => {
      if (pattern.test(line)) child?.kill(signal)
    },
  }
}

/** Sends a signal as soon as something has happened. */
function signalWhen(hasHappened: () => boolean, signal: NodeJS.Signals) {
  return {
    onStart: (child: ChildProcess) => {
      const timer = setInterval(() => {
        if (!hasHappened()) return
        clearInterval(timer)
        child.kill(signal)
      }, 50)
      child.on('close', () => clearInterval(timer))
    },
  }
}

test('a run that is killed while it uploads leaves everything as it was, and the next one lands', async () => {
  lab.write('model.pkl', Buffer.alloc(400_000_000, 'm'))
  const before = await lab.remote()
  const killed = await lab.run({}, signalAt(/^Uploading/, 'SIGKILL'))
  expect(killed.exitCode).not.toBe(0)
  // What a later step reads of a run that could say nothing any more.
  expect(killed.outputs.status).toBe('failed')
  expect(await lab.remote()).toEqual(before)

  lab.write('model.pkl', 'a small model')
  const next = await lab.run(pushOnly)
  expect(next.outputs.status).toBe('pushed')
})

if (process.platform !== 'win32') {
  test('a run that is cancelled while it stores says so, and what it leaves behind', async () => {
    lab.write('labels.json', '[]')
    lab.write('large.bin', Buffer.alloc(400_000_000, 'l'))
    const before = await lab.remote()
    const model_path = 'labels.json\nlarge.bin'
    const cancelled = await lab.run({ model_path }, signalAt(/^Stored labels/, 'SIGTERM'))
    expect(cancelled.exitCode).toBe(1)
    expect(errors(cancelled)).toEqual([expect.stringContaining('The run was cancelled (SIGTERM)')])
    expect(cancelled.outputs.failed_phase).toBe('store')
    expect(cancelled.summary).toMatch(/Left behind: data:\/\/alice\/digits\/labels\S* is stored/)
    expect((await lab.remote()).head).toBe(before.head)
    lab.git('clean', '-fdq')
  })

  test('n33, n34: a run that is cancelled while it trains keeps its evidence and says so', async () => {
    const before = await lab.remote()
    lab.write(
      'model_training.ipynb',
      notebook('print("first cell")', 'import time\nprint("sleeping")\ntime.sleep(600)'),
    )
    const cancelled = await lab.run({}, signalAt(/^sleeping/, 'SIGTERM'))
    expect(cancelled.exitCode).toBe(1)
    expect(errors(cancelled)).toHaveLength(1)
    expect(errors(cancelled)[0]).toContain('was cancelled in cell 2 of 2')
    expect(cancelled.outputs).toMatchObject({ status: 'failed', failed_phase: 'train' })
    for (const evidence of [cancelled.outputs.executed_notebook, cancelled.outputs.training_log]) {
      expect(readFileSync(evidence ?? '', 'utf8')).toContain('first cell')
    }
    expect(await lab.remote()).toEqual(before)
  })

  test('n49: a run that is cancelled while packages are installed ends with a word, and nothing goes on', async () => {
    const before = await lab.remote()
    const foldersOfRuns = () => readdirSync(lab.temp).filter((name) => name.startsWith('deploy-to-algorithmia-'))
    // Of the run that was killed before.
    const left = foldersOfRuns()
    // Its build takes as long as it is let.
    lab.write(
      'slow/setup.py',
      'import os, time\nopen("../pid", "w").write(str(os.getpid()))\nprint("building", flush=True)\ntime.sleep(600)\n',
    )
    lab.write('requirements.txt', './slow\n')
    lab.write('model_training.ipynb', notebook('1'))
    const cancelled = await lab.run(
      { installer: 'pip' },
      signalWhen(() => existsSync(join(lab.workspace, 'pid')), 'SIGTERM'),
    )
    expect(cancelled.exitCode).toBe(1)
    expect(errors(cancelled)).toEqual([expect.stringContaining('The run was cancelled (SIGTERM)')])
    expect(cancelled.outputs).toMatchObject({
      status: 'failed',
      failed_phase: 'train',
      executed_notebook: '',
      training_log: '',
    })
    const builder = Number(readFileSync(join(lab.workspace, 'pid'), 'utf8'))
    for (let tries = 0; isAlive(builder) && tries < 100; tries += 1) await sleep(50)
    expect(isAlive(builder)).toBe(false)
    expect(foldersOfRuns()).toEqual(left)
    expect(await lab.remote()).toEqual(before)
    for (const name of ['slow', 'requirements.txt', 'pid']) rmSync(join(lab.workspace, name), { recursive: true })
  }, 120_000)

  test('a run that is cancelled while it creates the algorithm says that it is there', async () => {
    const changes = { create_algorithm: 'true', algorithmia_algoname: 'newborn', notebook_path: '' }
    const cancelled = await lab.run(changes, signalAt(/^Created the algorithm/, 'SIGTERM'))
    expect(errors(cancelled)).toEqual([expect.stringMatching(/cancelled \(SIGTERM\).*alice\/newborn was created/)])
    expect(cancelled.outputs).toMatchObject({ status: 'failed', failed_phase: 'create' })
  })

  test('a run that is cancelled while it pushes does not claim to know', async () => {
    lab.commit('To be pushed')
    const cancelled = await lab.run(
      { ...pushOnly, notebook_path: '' },
      signalAt(/^::group::Commit and push/, 'SIGTERM'),
    )
    expect(errors(cancelled)).toEqual([expect.stringMatching(/\(SIGTERM\) during the push, .* look at master/)])
    expect(cancelled.outputs).toMatchObject({ status: 'failed', failed_phase: 'push' })
    expect(cancelled.summary).toContain('it is not known whether it was deployed')
  })

  describe('a run that is cancelled after its push', () => {
    /** Of the signal, in milliseconds: the runner kills what has not ended some seconds later. */
    const mostMs = 5000

    /**
     * Sends the signal when a request comes that is never answered, or when such a line is printed.
     *
     * @returns also the milliseconds from the signal to the end of the action and of everything that holds its output
     */
    async function cancelAt(at: RegExp, signal: NodeJS.Signals, meddle: Meddle, changes: Record<string, string> = {}) {
      let child: ChildProcess | undefined
      let sentAt = Number.POSITIVE_INFINITY
      const cancelIf = (text: string) => {
        if (sentAt !== Number.POSITIVE_INFINITY || !at.test(text)) return false
        sentAt = performance.now()
        child?.kill(signal)
        return true
      }
      const proxy = await MeddlingProxy.start(lab.sandbox.url, async (request, forward) =>
        cancelIf(`${request.method} ${request.path}`) ? new Promise(() => undefined) : meddle(request, forward),
      )
      const context = { onStart: (started: ChildProcess) => (child = started), onLine: cancelIf }
      const result = await lab.run({ algorithmia_api: proxy.url, ...changes }, context).finally(proxy.close)
      expect(performance.now() - sentAt).toBeLessThan(mostMs)
      return { result, requests: proxy.requests }
    }

    let before: RemoteState
    /** Of the run that was killed. */
    let foldersBefore: string[]
    const temporaryFolders = () => readdirSync(lab.temp).filter((name) => name.startsWith('deploy-to-algorithmia'))
    beforeEach(async () => {
      rmSync(join(lab.workspace, 'model_training.ipynb'), { force: true })
      lab.write('model.pkl', `a model ${Math.random()}`)
      lab.write('TEST_CASES.json', casesFile([{ case_name: 'echoes', input: 'hello', expected_output: 'hello' }]))
      lab.commit('To be cancelled')
      before = await lab.remote()
      foldersBefore = temporaryFolders()
    })

    /** It says in one annotation what stands, and leaves nothing behind on the machine. */
    async function expectCancelled(
      result: StepResult,
      phase: string,
      message: RegExp,
      standing: string,
    ): Promise<void> {
      const { head, commits } = await lab.remote()
      expect(commits).toBe(before.commits + 1)
      expect(result.exitCode).toBe(1)
      expect(errors(result)).toHaveLength(1)
      expect(errors(result)[0]).toMatch(message)
      expect(errors(result)[0]).toContain(`%0ACommit ${head} is pushed to master. ${standing}`)
      expect(result.outputs).toMatchObject({ status: 'failed', failed_phase: phase, algorithm_commit_sha: head })
      expect(result.summary).toContain(`Commit ${head} is pushed to master. ${standing}`)
      expect(await lab.versions()).toEqual([])
      expect(temporaryFolders()).toEqual(foldersBefore)
      expect(processes().filter(({ command }) => command.includes(lab.root))).toEqual([])
    }

    const unfinished = async ({ method, path }: ProxiedRequest, forward: () => Promise<ProxiedAnswer>) =>
      method === 'GET' && /\/builds\?limit=50/.test(path)
        ? altered<{ results: object[] }>(await forward(), ({ results }) => ({
            results: results.map((build) => ({ ...build, status: 'in-progress', finished_at: null })),
          }))
        : undefined

    test('between two looks at its build (SIGTERM)', async () => {
      const { result } = await cancelAt(/^Build \S+ is in progress/, 'SIGTERM', unfinished)
      await expectCancelled(result, 'build', /::The run was cancelled \(SIGTERM\)/, 'Nothing was published.')
    })

    test('during a look at its build that is not answered (SIGINT)', async () => {
      const { result } = await cancelAt(/\/builds\?limit=50/, 'SIGINT', async () => undefined)
      await expectCancelled(result, 'build', /::The run was cancelled \(SIGINT\)/, 'Nothing was published.')
    })

    test('during a test case, which is no reason to take the push back', async () => {
      const changes = { on_test_failure: 'revert', publish: 'minor' }
      const { result } = await cancelAt(/^POST \/v1\/algo\//, 'SIGTERM', async () => undefined, changes)
      await expectCancelled(result, 'test', /::The run was cancelled \(SIGTERM\)/, 'Nothing was published.')
    })

    test('during the publication, of which nobody knows', async () => {
      const at = /^POST .*\/versions$/
      const { result, requests } = await cancelAt(at, 'SIGTERM', async () => undefined, { publish: 'minor' })
      const message = /::Publishing \w{12} got no clear answer \(The run was cancelled \(SIGTERM\)\)/
      await expectCancelled(result, 'publish', message, 'Whether it was published is not known.')
      expect(requests.filter((line) => at.test(line))).toHaveLength(1)
    })
  })
}
