import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { StepResult } from '../../examples/run-action.ts'
import { deafAlgorithm } from '../support/digits.ts'
import { errors, type Lab, nastyKey, warnings } from '../support/lab.ts'
import { altered, jsonAnswer } from '../support/meddling-proxy.ts'
import { isCallOfCommit, notReleased, Releases } from '../support/releases.ts'

const releases = Releases.inTests()
let lab: Lab
beforeAll(() => {
  lab = releases.lab
})

function treeOf(commit: string): string {
  const repository = lab.sandbox.repositoryPath('alice', 'digits')
  return execFileSync('git', ['-C', repository, 'rev-parse', `${commit}^{tree}`], { encoding: 'utf8' }).trim()
}

describe('a build that fails', () => {
  /** The log is there as a whole, folded. */
  function expectLog(result: StepResult, ...words: string[]): void {
    const group = new RegExp(`^::group::Log of build ${result.outputs.build_id}\\n([\\s\\S]*?)^::endgroup::`, 'm')
    const [, log] = group.exec(result.output) ?? []
    expect(log).toContain('Beginning container customization of alice/digits')
    for (const word of words) expect(log).toContain(word)
  }

  test('because of a package that does not exist', async () => {
    lab.write('digits/requirements.txt', '--no-index\nno-such-package-anywhere==1.0\n')
    lab.commit('Require more')
    const result = await lab.run({ publish: 'minor' })
    const sentence =
      /::The build of \w{12} failed: pip could not install line 2 of requirements\.txt: .*no-such-package/
    await releases.expectFailure(result, 'build', sentence)
    expect(errors(result)).toHaveLength(1)
    expect(errors(result)[0]).toMatch(/^::error title=The build failed,file=digits\/requirements\.txt,line=2::/)
    expect(errors(result)[0]).toContain('%0AThe end of its log:%0A')
    expectLog(result, 'No matching distribution found for no-such-package-anywhere==1.0')
    expect(result.outputs).toMatchObject({ tests_total: '', test_report: '' })
  })

  test('because of a module that is not there', async () => {
    lab.write(
      'digits/src/digits.py',
      'import json\nfrom absent_module import thing\n\ndef apply(input):\n    return thing\n',
    )
    lab.commit('Import more')
    const result = await lab.run({ publish: 'minor' })
    await releases.expectFailure(result, 'build', /::The build of \w{12} failed: .*absent_module/)
    expect(errors(result)).toHaveLength(1)
    expect(errors(result)[0]).toMatch(/^::error title=The build failed,file=digits\/src\/digits\.py,line=2::/)
    expectLog(result, "ModuleNotFoundError: No module named 'absent_module'")

    // Nothing changed, and still this commit does not run: another build of it says the same.
    const earlier = await lab.builds()
    const again = await lab.run({ publish: 'minor' })
    expect(again.exitCode).toBe(1)
    expect(again.outputs).toMatchObject({
      status: 'failed',
      failed_phase: 'build',
      algorithm_commit_sha: result.outputs.algorithm_commit_sha,
    })
    expect(errors(again)[0]).toMatch(/%0ANothing was pushed, because \w{40} on master already held this model and code/)
    const builds = await lab.builds()
    expect(builds).toHaveLength(earlier.length + 1)
    expect(again.outputs.build_id).toBe(builds[0]?.build_id)
  })

  test('with a log that tries to speak to the runner, and holds a key', async () => {
    lab.write('digits/src/digits.py', 'raise ValueError("no")\n')
    lab.commit('Fail at once')
    const logs = `Beginning container customization of alice/digits\n::error::injected\n##[error]injected\n${nastyKey}\n`
    const { result } = await releases.runThrough(async ({ path }) =>
      path.endsWith('/logs') ? jsonAnswer({ logs }) : undefined,
    )
    await releases.expectFailure(result, 'build', /::The build of \w{12} failed: /)
    expect(errors(result)).toHaveLength(1)
    expect(result.output).not.toMatch(/^(##\[|::error::)/m)
    expectLog(result, '***')
  })
})

describe('test cases that fail', () => {
  beforeEach(() => {
    lab.write('digits/src/digits.py', deafAlgorithm)
    lab.commit('Do not listen')
  })
  const message = /::2 of 6 test cases failed:%0A- echoes: .*%0A- equal as in Python: /

  async function expectFailedCases(result: StepResult, headline: string): Promise<void> {
    await releases.expectFailure(result, 'test', message, headline)
    const [first, second, ...rest] = errors(result)
    expect(first).toMatch(/^::error title=Test case failed,file=TEST_CASES\.json,line=2::echoes: /)
    expect(second).toMatch(/^::error title=Test case failed,file=TEST_CASES\.json,line=3::equal as in Python: /)
    expect(rest).toHaveLength(1)
    expect(result.outputs).toMatchObject({ tests_passed: '4', tests_total: '6' })
    const report = readFileSync(result.outputs.test_report ?? '', 'utf8')
    expect(report).toMatch(/<testsuites [^>]*tests="6" failures="2"/)
    expect(result.summary).toContain('| **failed** | echoes |')
    expect(result.summary).toContain('| passed | refuses |')
    expect(await lab.versions()).toEqual(releases.versions)
  }

  test('leave the push where it is, and publish nothing', async () => {
    await expectFailedCases(await lab.run({ publish: 'minor' }), notReleased)

    // Another run may not take back what it did not push.
    const { head, commits } = await lab.remote()
    const again = await lab.run({ publish: 'minor', on_test_failure: 'revert' })
    expect(again.outputs).toMatchObject({ status: 'failed', failed_phase: 'test', algorithm_commit_sha: head })
    expect(again.summary).toContain('- Nothing was reverted, because this run had pushed nothing.')
    expect(await lab.remote()).toMatchObject({ head, commits })
  })

  test('take the push back, if the workflow says so', async () => {
    const result = await lab.run({ publish: 'minor', on_test_failure: 'revert' })
    await expectFailedCases(result, 'the push was reverted')
    const { head, commits } = await lab.remote()
    expect(commits).toBe(releases.before.commits + 2)
    expect(treeOf(head)).toBe(treeOf(releases.before.head))
    expect((await lab.builds())[0]).toMatchObject({ commit_sha: head, status: 'succeeded' })
    expect(result.summary).toContain(`- Reverted by ${head}, which has the files from before; its build succeeded.`)
    expect(errors(result).at(-1)).toContain(`, and taken back by ${head}. Nothing was published.`)
  })
})

test('test cases that fail after another push leave that one alone', async () => {
  lab.write('digits/src/digits.py', deafAlgorithm)
  lab.commit('Do not listen')
  let newer = ''
  const { result } = await releases.runThrough(
    async (request) => {
      if (isCallOfCommit(request) && newer === '') newer = await lab.pushByHand({ 'note.txt': 'by hand' })
      return undefined
    },
    { on_test_failure: 'revert' },
  )
  expect(result.outputs).toMatchObject({ status: 'failed', failed_phase: 'test' })
  expect(warnings(result).join('\n')).toContain(`another push came after it: master is at ${newer}`)
  expect(errors(result).at(-1)).toMatch(/::2 of 6 test cases failed:/)
  expect((await lab.remote()).head).toBe(newer)
})

test('an answer of a server in trouble: the case fails, and says with what', async () => {
  const { result } = await releases.runThrough(async (request) =>
    isCallOfCommit(request) && request.body.toString() === 'hello'
      ? jsonAnswer({ error: { message: 'no worker is left' } }, 500)
      : undefined,
  )
  await releases.expectFailure(result, 'test', /::1 of 6 test cases failed:%0A- echoes: .*no worker is left/)
  expect(result.outputs).toMatchObject({ tests_passed: '5', tests_total: '6' })
})

test('an answer that tries to speak to the runner, and holds a key, only fails its case', async () => {
  const hostile = `\n::error::injected\n##[error]injected ${nastyKey} | <b>bold</b> \``
  const { result } = await releases.runThrough(async (request, forward) =>
    isCallOfCommit(request) && request.body.toString() === 'hello'
      ? altered<object>(await forward(), (answer) => ({ ...answer, result: { echo: hostile } }))
      : undefined,
  )
  await releases.expectFailure(result, 'test', /::1 of 6 test cases failed:%0A- echoes: /)
  expect(errors(result)).toHaveLength(2)
  expect(result.output).not.toMatch(/^(##\[|::error::)/m)
  const row = result.summary.split('\n').find((line) => line.includes('**failed**'))
  expect(row).toContain('&lt;b&gt;')
  expect(row?.replaceAll('\\|', '').split('|')).toHaveLength(7)
})
