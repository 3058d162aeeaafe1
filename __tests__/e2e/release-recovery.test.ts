import type { ChildProcess } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { casesFile, deafAlgorithm, tellingAlgorithm } from '../support/digits.ts'
import { errors, type Lab, managingKey, warnings } from '../support/lab.ts'
import { type Meddle, MeddlingProxy, type ProxiedRequest } from '../support/meddling-proxy.ts'
import { isCallOfCommit, Releases } from '../support/releases.ts'

const releases = Releases.inTests()
let lab: Lab
beforeAll(() => {
  lab = releases.lab
})

describe('a build that failed for a passing reason', () => {
  /** The algorithm can be imported only while this file is there. */
  let need: string
  beforeEach(async () => {
    need = join(lab.root, `need-${Math.random()}`)
    const check = `from pathlib import Path\n\nif not Path(${JSON.stringify(need)}).exists():\n    raise OSError("not yet")\n\n`
    lab.write('digits/src/digits.py', check + tellingAlgorithm)
    lab.commit('Need a file')
    const first = await lab.run()
    await releases.expectFailure(first, 'build', /::The build of \w{12} failed: .*not yet/)
    expect(first.output).not.toContain('::group::Build it again')
    await releases.remember()
  })

  test('is built again without a push, and then stands', async () => {
    writeFileSync(need, '')
    const again = await lab.run()
    expect(errors(again)).toEqual([])
    expect(again.exitCode).toBe(0)
    expect(again.output).toContain('::group::Build it again')
    expect(await lab.remote()).toMatchObject({ head: releases.before.head, commits: releases.before.commits })
    const [newest = { build_id: '' }, ...older] = await lab.builds()
    expect(newest).toMatchObject({ commit_sha: releases.before.head, status: 'succeeded' })
    expect(older).toHaveLength(releases.builds.length)
    expect(again.outputs).toMatchObject({
      status: 'unchanged',
      failed_phase: '',
      algorithm_commit_sha: releases.before.head,
      build_id: newest.build_id,
      tests_passed: '6',
    })
    expect(await lab.versions()).toEqual(releases.versions)
  })

  test('is built again, and released', async () => {
    writeFileSync(need, '')
    const again = await lab.run({ publish: 'minor' })
    expect(errors(again)).toEqual([])
    expect(again.output).toContain('::group::Build it again')
    expect(again.outputs).toMatchObject({ status: 'released', algorithm_commit_sha: releases.before.head })
    expect(await lab.remote()).toMatchObject({ head: releases.before.head, commits: releases.before.commits })
    expect(await releases.newVersions()).toEqual([[again.outputs.version, releases.before.head]])
  })

  test('and fails again fails with the log of the newer build', async () => {
    const again = await lab.run({ publish: 'minor' })
    expect(again.exitCode).toBe(1)
    expect(errors(again)).toHaveLength(1)
    expect(errors(again)[0]).toMatch(/::The build of \w{12} failed: .*not yet/)
    expect(errors(again)[0]).toMatch(/%0ANothing was pushed, because \w{40} on master already held this model and code/)
    const [newest = { build_id: '' }, ...older] = await lab.builds()
    expect(older).toHaveLength(releases.builds.length)
    expect(newest).toMatchObject({ commit_sha: releases.before.head, status: 'failed' })
    expect(again.outputs).toMatchObject({ status: 'failed', failed_phase: 'build', build_id: newest.build_id })
    const group = new RegExp(`^::group::Log of build ${newest.build_id}\\n([\\s\\S]*?)^::endgroup::`, 'm')
    expect(group.exec(again.output)?.[1]).toContain('OSError: not yet')
    expect(again.output.match(/^::group::Log of build/gm)).toHaveLength(1)
    expect(await lab.remote()).toMatchObject({ head: releases.before.head, commits: releases.before.commits })
    expect(await lab.versions()).toEqual(releases.versions)
  })
})

test('a key that may not call the algorithm is no reason to take the push back', async () => {
  const result = await lab.run({
    algorithmia_management_api_key: managingKey,
    on_test_failure: 'revert',
    publish: 'minor',
  })
  const message = /::algorithmia_management_api_key may not call alice\/digits at \w{40} /
  await releases.expectFailure(result, 'test', message)
  expect(errors(result)).toHaveLength(1)
  expect((await lab.remote()).commits).toBe(releases.before.commits + 1)
  expect(result.output).not.toContain('::group::Revert the push')
  expect(result.outputs).toMatchObject({ tests_passed: '', tests_total: '' })
})

describe('a push that is to be taken back', () => {
  const changes = { on_test_failure: 'revert', publish: 'minor' }
  beforeEach(() => {
    lab.write('digits/src/digits.py', deafAlgorithm)
    lab.commit('Do not listen')
  })

  const isGit = ({ path }: ProxiedRequest) => path.startsWith('/git/')
  const isPush = (request: ProxiedRequest) => request.method === 'POST' && request.path.endsWith('/git-receive-pack')

  /** Meddles with what goes to the git host once the test cases have begun. */
  function afterTests(meddle: Meddle): Meddle {
    let tested = false
    return async (request, forward) => {
      tested ||= isCallOfCommit(request)
      return tested && isGit(request) ? meddle(request, forward) : undefined
    }
  }

  test('of which nobody knows whether it was, because the answer is lost and the host is gone', async () => {
    let gone = false
    const meddle = afterTests(async (request, forward) => {
      if (isPush(request)) {
        await forward()
        gone = true
      }
      return gone ? 'cut' : undefined
    })
    const proxy = await MeddlingProxy.start(lab.sandbox.url, meddle)
    const result = await lab.run({ algorithmia_api: proxy.url, git_host: proxy.url, ...changes }).finally(proxy.close)
    expect((await lab.remote()).commits).toBe(releases.before.commits + 2)
    const headline = 'and it is not known whether the push was reverted'
    await releases.expectFailure(result, 'test', /::2 of 6 test cases failed:/, headline)
    expect(errors(result).at(-1)).toContain(', and perhaps taken back. Nothing was published.')
    expect(warnings(result).join('\n')).toContain('::Whether the push was reverted is not known: ')
    expect(result.summary).toContain('- Whether the push was reverted is not known: ')
    expect(result.output + result.summary).not.toContain('could not be reverted')
    expect(await lab.versions()).toEqual(releases.versions)
  })

  if (process.platform !== 'win32') {
    test('in a run that is cancelled while the host does not answer', async () => {
      /** Of the signal, in milliseconds: the runner kills what has not ended some seconds later. */
      const mostMs = 5000
      const foldersBefore = temporaryFolders()
      let child: ChildProcess | undefined
      let sentAt = Number.POSITIVE_INFINITY
      const meddle = afterTests(async (request) => {
        if (!isPush(request)) return undefined
        sentAt = performance.now()
        child?.kill('SIGTERM')
        return new Promise(() => undefined)
      })
      const proxy = await MeddlingProxy.start(lab.sandbox.url, meddle)
      const context = { onStart: (started: ChildProcess) => (child = started) }
      const addresses = { algorithmia_api: proxy.url, git_host: proxy.url }
      const run = lab
        .run({ ...addresses, ...changes }, context)
        .then((result) => ({ result, endedAt: performance.now() }))
      const { result, endedAt } = await run.finally(proxy.close)
      expect(endedAt - sentAt).toBeLessThan(mostMs)
      expect(sentAt).toBeLessThan(Number.POSITIVE_INFINITY)
      // What was sent may still arrive.
      const headline = 'and it is not known whether the push was reverted'
      await releases.expectFailure(result, 'test', /::The run was cancelled \(SIGTERM\)/, headline)
      expect(errors(result).at(-1)).toContain('is pushed to master, and perhaps taken back.')
      expect(errors(result).filter((line) => line.includes('was cancelled'))).toHaveLength(1)
      expect((await lab.remote()).commits).toBe(releases.before.commits + 1)
      expect(temporaryFolders()).toEqual(foldersBefore)
    })
  }

  const temporaryFolders = () => readdirSync(lab.temp).filter((name) => name.startsWith('deploy-to-algorithmia'))
})

test('a version without test cases is released, with a warning that nobody has called it', async () => {
  rmSync(join(lab.workspace, 'TEST_CASES.json'))
  lab.commit('Test nothing')
  const result = await lab.run({ publish: 'minor' })
  expect(errors(result)).toEqual([])
  expect(result.exitCode).toBe(0)
  expect(result.outputs).toMatchObject({ status: 'released', tests_total: '', test_report: '' })
  const { version = '' } = result.outputs
  expect(await releases.newVersions()).toEqual([[version, (await lab.remote()).head]])
  expect(warnings(result)).toHaveLength(1)
  expect(warnings(result)[0]).toContain(`::Version ${version} was not called: there are no test cases`)
  expect(result.summary).toContain(`- Version ${version} was not called: there are no test cases`)
})

test('a case that fails because the algorithm does shows where', async () => {
  lab.write('TEST_CASES.json', casesFile([{ case_name: 'obeys', input: 'fail', expected_output: 'as you wish' }]))
  lab.commit('Expect an answer')
  const line = tellingAlgorithm.split('\n').findIndex((text) => text.includes('raise ValueError')) + 1
  const result = await lab.run()
  await releases.expectFailure(result, 'test', /::1 of 1 test cases failed:%0A- obeys: /)
  expect(result.output).toMatch(
    new RegExp(`^FAILED {2}obeys: .*(\\n {8}.*)*\\n {8}.*src/digits\\.py", line ${line}`, 'm'),
  )
  expect(readFileSync(result.outputs.test_report ?? '', 'utf8')).toMatch(
    new RegExp(`<failure [^>]*>[^<]*src/digits\\.py&#34;, line ${line}`),
  )
})
