import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { StepResult } from '../../examples/run-action.ts'
import { casesFile, deafAlgorithm, originalCases, tellingAlgorithm } from '../support/digits.ts'
import { errors, Lab, notebook, type RemoteState, storingKey, warnings } from '../support/lab.ts'
import { altered, jsonAnswer, type Meddle, MeddlingProxy, type ProxiedRequest } from '../support/meddling-proxy.ts'
import { type BuildBody, noPackages } from '../support/sandbox-lab.ts'

let lab: Lab
/** What is there before each test. */
let before: RemoteState
let builds: BuildBody[]
let versions: [number: string, commit: string][]

beforeAll(async () => {
  lab = await Lab.create()
  prepare()
  const released = await lab.run({ publish: 'minor' })
  expect(released.outputs).toMatchObject({ status: 'released', version: '0.1.0' })
})
afterAll(() => lab.close())

beforeEach(async () => {
  prepare()
  before = await lab.remote()
  builds = await lab.builds()
  versions = await lab.versions()
})

/** A commit that can be released. */
function prepare(): void {
  lab.write('model.pkl', `a model ${Math.random()}`)
  lab.write('digits/requirements.txt', noPackages)
  lab.write('digits/src/digits.py', tellingAlgorithm)
  lab.write('TEST_CASES.json', casesFile(originalCases))
  lab.commit('A new commit')
}

async function runThrough(meddle: Meddle, changes: Record<string, string> = {}) {
  const proxy = await MeddlingProxy.start(lab.sandbox.url, meddle)
  const result = await lab.run({ algorithmia_api: proxy.url, ...changes }).finally(proxy.close)
  return { result, requests: proxy.requests }
}

/** A failure after the push: one annotation says why, and what stands; nobody who calls a version notices. */
async function expectFailure(result: StepResult, phase: string, message: RegExp, headline: string): Promise<void> {
  const { head } = await lab.remote()
  expect(result.exitCode).toBe(1)
  expect(errors(result).at(-1)).toMatch(message)
  expect(errors(result).at(-1)).toMatch(/%0ACommit \w{40} is pushed to master/)
  expect(result.outputs).toMatchObject({ status: 'failed', failed_phase: phase, version: '', endpoint_url: '' })
  expect(result.outputs.algorithm_commit_sha).toMatch(/^\w{40}$/)
  expect(result.summary).toContain(`### alice/digits: failed (${phase}), ${headline}`)
  if (headline === notReleased) {
    expect(head).not.toBe(before.head)
    expect(result.outputs.algorithm_commit_sha).toBe(head)
    expect(await lab.versions()).toEqual(versions)
  }
}
const notReleased = 'pushed but not released'

/** A failure before anything was trained, stored or pushed. */
async function expectNothingDone(result: StepResult, phase: string, message: RegExp): Promise<void> {
  expect(result.exitCode).toBe(1)
  expect(errors(result)).toHaveLength(1)
  expect(errors(result)[0]).toMatch(message)
  expect(result.outputs).toMatchObject({ status: 'failed', failed_phase: phase, algorithm_commit_sha: '' })
  expect(result.summary).toContain(`failed (${phase}), nothing was deployed`)
  expect(await lab.remote()).toEqual(before)
  expect(await lab.builds()).toEqual(builds)
  expect(await lab.versions()).toEqual(versions)
}

/** What is published beside what was there before. */
async function newVersions(): Promise<[number: string, commit: string][]> {
  const now = await lab.versions()
  expect(now.slice(-versions.length)).toEqual(versions)
  return now.slice(0, -versions.length)
}

function treeOf(commit: string): string {
  const repository = lab.sandbox.repositoryPath('alice', 'digits')
  return execFileSync('git', ['-C', repository, 'rev-parse', `${commit}^{tree}`], { encoding: 'utf8' }).trim()
}

const isBuildList = ({ method, path }: ProxiedRequest) => method === 'GET' && /\/builds\?limit=50/.test(path)
const isPublication = ({ method, path }: ProxiedRequest) => method === 'POST' && path.endsWith('/digits/versions')
const isCallOfCommit = ({ method, path }: ProxiedRequest) => method === 'POST' && /\/algo\/.*\/\w{40}\?/.test(path)
const isOld = ({ build_id }: BuildBody) => builds.some((build) => build.build_id === build_id)

interface BuildPage {
  results: BuildBody[]
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
    await expectFailure(result, 'build', sentence, notReleased)
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
    await expectFailure(result, 'build', /::The build of \w{12} failed: .*absent_module/, notReleased)
    expect(errors(result)).toHaveLength(1)
    expect(errors(result)[0]).toMatch(/^::error title=The build failed,file=digits\/src\/digits\.py,line=2::/)
    expectLog(result, "ModuleNotFoundError: No module named 'absent_module'")
  })
})

describe('test cases that fail', () => {
  beforeEach(() => {
    lab.write('digits/src/digits.py', deafAlgorithm)
    lab.commit('Do not listen')
  })
  const message = /::2 of 6 test cases failed:%0A- echoes: .*%0A- equal as in Python: /

  async function expectFailedCases(result: StepResult, headline: string): Promise<void> {
    await expectFailure(result, 'test', message, headline)
    const [first, second, ...rest] = errors(result)
    expect(first).toMatch(/^::error title=Test case failed,file=TEST_CASES\.json,line=2::echoes: /)
    expect(second).toMatch(/^::error title=Test case failed,file=TEST_CASES\.json,line=3::equal as in Python: /)
    expect(rest).toHaveLength(1)
    expect(result.outputs).toMatchObject({ tests_passed: '4', tests_total: '6' })
    const report = readFileSync(result.outputs.test_report ?? '', 'utf8')
    expect(report).toMatch(/<testsuites [^>]*tests="6" failures="2"/)
    expect(result.summary).toContain('| **failed** | echoes |')
    expect(result.summary).toContain('| passed | refuses |')
    expect(await lab.versions()).toEqual(versions)
  }

  test('leave the push where it is, and publish nothing', async () => {
    await expectFailedCases(await lab.run({ publish: 'minor' }), notReleased)
  })

  test('take the push back, if the workflow says so', async () => {
    const result = await lab.run({ publish: 'minor', on_test_failure: 'revert' })
    await expectFailedCases(result, 'the push was reverted')
    const { head, commits } = await lab.remote()
    expect(commits).toBe(before.commits + 2)
    expect(treeOf(head)).toBe(treeOf(before.head))
    expect((await lab.builds())[0]).toMatchObject({ commit_sha: head, status: 'succeeded' })
    expect(result.summary).toContain(
      `- Reverted by ${head}, which has the manifest and the code from before; its build succeeded.`,
    )
    expect(errors(result).at(-1)).toContain(`, and taken back by ${head}. Nothing was published.`)
  })
})

describe('a build that keeps one waiting', () => {
  test('never appears', async () => {
    const { result } = await runThrough(
      async (request, forward) =>
        isBuildList(request)
          ? altered<BuildPage>(await forward(), (page) => ({ ...page, results: page.results.filter(isOld) }))
          : undefined,
      { publish: 'minor', build_timeout_minutes: '0.05' },
    )
    await expectFailure(result, 'build', /::No build of \w{12} has appeared within 3\.\d s; /, notReleased)
    expect(errors(result)).toHaveLength(1)
    expect(errors(result)[0]).toContain(`the newest build is of ${builds[0]?.commit_sha}, perhaps a later push`)
  })

  test('is not finished in time', async () => {
    const unfinished = ({ finished_at, ...build }: BuildBody) => ({ ...build, status: 'in-progress' })
    const { result } = await runThrough(
      async (request, forward) => {
        if (isBuildList(request)) {
          const change = ({ results }: BuildPage) => ({
            results: results.map((build) => (isOld(build) ? build : unfinished(build))),
          })
          return altered(await forward(), change)
        }
        return /\/builds\/[^/]+$/.test(request.path) ? altered(await forward(), unfinished) : undefined
      },
      { publish: 'minor', build_timeout_minutes: '0.05' },
    )
    const message = /::The build of \w{12} is not finished after 3\.\d s \(build_timeout_minutes\)/
    await expectFailure(result, 'build', message, notReleased)
    expect(errors(result)).toHaveLength(1)
  })

  test('appears late', async () => {
    let looks = 0
    const { result } = await runThrough(async (request, forward) => {
      if (!isBuildList(request)) return undefined
      looks += 1
      return looks > 3
        ? undefined
        : altered<BuildPage>(await forward(), (page) => ({ ...page, results: page.results.filter(isOld) }))
    })
    expect(errors(result)).toEqual([])
    expect(result.outputs).toMatchObject({ status: 'built', tests_passed: '6' })
    expect(looks).toBe(4)
    expect(result.output).toContain('\nIt is not in the list of builds yet (')
  })

  test('appears on a later page', async () => {
    const { result } = await runThrough(async (request, forward) => {
      if (!isBuildList(request)) return undefined
      const isLater = request.path.includes('marker=')
      request.path = request.path.replace(/&marker=.*/, '')
      return altered<BuildPage>(await forward(), ({ results }) => ({
        results: results.filter((build) => isOld(build) !== isLater),
        marker: isLater ? null : 'the/next+page',
      }))
    })
    expect(errors(result)).toEqual([])
    expect(result.outputs).toMatchObject({ status: 'built', build_id: (await lab.builds())[0]?.build_id })
  })
})

describe('a call that is answered', () => {
  test('late: a fresh build that cannot be called yet is asked again', async () => {
    let calls = 0
    const { result } = await runThrough(async (request) => {
      if (!isCallOfCommit(request)) return undefined
      calls += 1
      const message = `algorithm algo://${request.path.slice('/v1/algo/'.length).replace(/\?.*/, '')} not found`
      return calls > 2 ? undefined : jsonAnswer({ error: { message } })
    })
    expect(errors(result)).toEqual([])
    expect(result.outputs).toMatchObject({ status: 'built', tests_passed: '6' })
  })

  test('by a server in trouble: the case fails, and says with what', async () => {
    const { result } = await runThrough(async (request) =>
      isCallOfCommit(request) && request.body.toString() === 'hello'
        ? jsonAnswer({ error: { message: 'no worker is left' } }, 500)
        : undefined,
    )
    await expectFailure(result, 'test', /::1 of 6 test cases failed:%0A- echoes: .*no worker is left/, notReleased)
    expect(result.outputs).toMatchObject({ tests_passed: '5', tests_total: '6' })
  })
})

describe('a publication', () => {
  const released = async (result: StepResult, requests: string[]) => {
    expect(errors(result)).toEqual([])
    expect(result.exitCode).toBe(0)
    const [[version, commit] = ['', ''], ...others] = await newVersions()
    expect(result.outputs).toMatchObject({ status: 'released', version, algorithm_commit_sha: commit })
    expect(others).toEqual([])
    expect(requests.filter((line) => /^POST .*\/versions$/.test(line))).toHaveLength(1)
  }

  test('is not made when another push comes between test and publication', async () => {
    let newer = ''
    const { result, requests } = await runThrough(
      async (request) => {
        if (isCallOfCommit(request) && newer === '') newer = await lab.pushByHand({ 'note.txt': 'by hand' })
        return undefined
      },
      { publish: 'minor' },
    )
    expect(result.exitCode).toBe(1)
    expect(result.outputs).toMatchObject({ status: 'failed', failed_phase: 'publish', tests_passed: '6', version: '' })
    expect(errors(result)).toHaveLength(1)
    expect(errors(result)[0]).toContain(`::Not published: ${newer} was pushed after `)
    expect(result.outputs.algorithm_commit_sha).not.toBe(newer)
    expect(result.summary).toContain(`failed (publish), ${notReleased}`)
    expect((await lab.remote()).head).toBe(newer)
    expect(await lab.versions()).toEqual(versions)
    expect(requests.filter((line) => /^POST .*\/versions$/.test(line))).toEqual([])
  })

  test('that is answered with 500 after it took effect is released, and made once', async () => {
    const { result, requests } = await runThrough(
      async (request, forward) => {
        if (!isPublication(request)) return undefined
        await forward()
        return jsonAnswer({ error: { code: 5001, message: 'Internal error' } }, 500)
      },
      { publish: 'minor' },
    )
    await released(result, requests)
  })

  test('whose connection is cut after it took effect is released, and made once', async () => {
    const { result, requests } = await runThrough(
      async (request, forward) => {
        if (!isPublication(request)) return undefined
        await forward()
        return 'cut'
      },
      { publish: 'minor' },
    )
    await released(result, requests)
  })

  test('whose connection is cut before it took effect is uncertain, and not made again', async () => {
    const { result, requests } = await runThrough(async (request) => (isPublication(request) ? 'cut' : undefined), {
      publish: 'minor',
    })
    const message = /::Publishing \w{12} got no clear answer \(.*\), and no version of it shows\. It was not sent again/
    await expectFailure(result, 'publish', message, 'and it is not known whether it was published')
    expect(errors(result)).toHaveLength(1)
    expect(errors(result)[0]).toContain('Whether it was published is not known.')
    expect(requests.filter((line) => /^POST .*\/versions$/.test(line))).toHaveLength(1)
    expect(await lab.versions()).toEqual(versions)
    // It says so because it may be so; the next run finds out.
    const next = await lab.run({ publish: 'minor' })
    expect(next.outputs).toMatchObject({
      status: 'released',
      algorithm_commit_sha: result.outputs.algorithm_commit_sha,
    })
    expect(await newVersions()).toHaveLength(1)
  }, 240_000)

  test('that shows as another commit is not proven', async () => {
    const { result } = await runThrough(
      async (request, forward) =>
        request.method === 'GET' && /\/versions\?/.test(request.path)
          ? altered<{ results: { version_info: object }[] }>(await forward(), ({ results }) => ({
              results: results.map((version) => ({
                ...version,
                version_info: { ...version.version_info, git_hash: before.head },
              })),
            }))
          : undefined,
      { publish: 'minor' },
    )
    const [[version] = ['']] = await newVersions()
    const message = new RegExp(`::Version ${version} is ${before.head}, not \\w{40}, the commit deployed here`)
    await expectFailure(result, 'publish', message, `${version} is published but not proven`)
    expect(errors(result)).toHaveLength(1)
    expect(errors(result)[0]).toContain(`It is published as ${version}, but that was not proven.`)
  })

  test('that answers otherwise than its build is not proven', async () => {
    const { result } = await runThrough(
      async (request, forward) =>
        /^\/v1\/algo\/.*\/\d+\.\d+\.\d+\?/.test(request.path)
          ? altered<object>(await forward(), (answer) => ({ ...answer, result: 'something else' }))
          : undefined,
      { publish: 'minor' },
    )
    const [[version] = ['']] = await newVersions()
    const message = new RegExp(`::Version ${version} does not answer as its build did: echoes: `)
    await expectFailure(result, 'publish', message, `${version} is published but not proven`)
  })
})

describe('a key that may not manage algorithms', () => {
  test('ends with a warning and the push, never as built', async () => {
    const result = await lab.run({ algorithmia_api_key: storingKey })
    expect(errors(result)).toEqual([])
    expect(result.exitCode).toBe(0)
    const { head } = await lab.remote()
    expect(result.outputs).toMatchObject({
      status: 'pushed',
      algorithm_commit_sha: head,
      build_id: '',
      tests_total: '',
    })
    expect(warnings(result).join('\n')).toMatch(
      /The build will not be awaited, nor tested: algorithmia_api_key may not read the builds .*"may manage my algorithms"/,
    )
    expect(result.summary).toContain('pushed, its build was not awaited')
    expect(result.summary).toMatch(/^- Build, test and publication skipped: .*manage my algorithms/m)
  })

  test.each([
    [{ publish: 'minor' }, /::publish is "minor", which cannot be done: algorithmia_api_key may not read the builds/],
    [{ test_cases_path: 'digits-cases.json' }, /::test_cases_path is digits-cases\.json, but nothing can be tested: /],
  ])('cannot do %j, which is said before anything changes', async (changes: Record<string, string>, message) => {
    lab.write('digits-cases.json', casesFile(originalCases))
    lab.commit('Other cases')
    const result = await lab.run({ algorithmia_api_key: storingKey, ...changes })
    await expectNothingDone(result, 'preflight', message)
  })

  test('needs another one beside it, which then does all that follows the push', async () => {
    const { algorithmia_api_key: managing = '' } = lab.inputs()
    const result = await lab.run({
      algorithmia_api_key: storingKey,
      algorithmia_management_api_key: managing,
      publish: 'minor',
    })
    expect(errors(result)).toEqual([])
    expect(warnings(result)).toEqual([])
    expect(result.outputs).toMatchObject({ status: 'released', tests_passed: '6' })
    expect(await newVersions()).toHaveLength(1)
  })

  test('is no better than a wrong one', async () => {
    const wrong = 'simWrongManagementKey0000001'
    lab.secrets.push(wrong)
    const result = await lab.run({ algorithmia_management_api_key: wrong, publish: 'minor' })
    const message = /::publish is "minor", which cannot be done: Algorithmia rejected algorithmia_management_api_key/
    await expectNothingDone(result, 'preflight', message)
  })
})

test('a branch that Algorithmia does not build is only pushed to, and the summary says why', async () => {
  await lab.pushByHand({ 'note.txt': 'for later' }, 'later')
  const result = await lab.run({ algorithm_branch: 'later' })
  expect(errors(result)).toEqual([])
  expect(result.exitCode).toBe(0)
  expect(result.outputs).toMatchObject({ status: 'pushed', build_id: '', tests_total: '' })
  expect(result.summary).toMatch(
    /skipped: algorithm\\_branch is "later", and Algorithmia builds only .* default branch/,
  )
  expect(await lab.builds()).toEqual(builds)

  before = await lab.remote()
  const published = await lab.run({ algorithm_branch: 'later', publish: 'minor' })
  await expectNothingDone(
    published,
    'preflight',
    /::publish is "minor", which cannot be done: algorithm_branch is "later"/,
  )
})

describe('inputs that cannot work, said before anything is trained', () => {
  beforeAll(() => {
    lab.write(
      'model_training.ipynb',
      notebook('open("trained", "w").write("yes")', 'open("model.pkl", "w").write("new")'),
    )
  })
  afterAll(() => rmSync(join(lab.workspace, 'model_training.ipynb')))

  async function expectUntrained(result: StepResult, message: RegExp): Promise<void> {
    await expectNothingDone(result, 'inputs', message)
    expect(existsSync(join(lab.workspace, 'trained'))).toBe(false)
    expect(result.outputs.executed_notebook).toBe('')
  }

  test('test cases with several problems', async () => {
    const cases = [
      { case_name: 'no input', expected_output: 1 },
      { case_name: 'bad type', input: 1, type: 'ALMOST' },
      { input: 'a', type: 'GREATER_OR_EQUAL', expected_output: 'much' },
    ]
    lab.write('TEST_CASES.json', casesFile(cases))
    const problems = [
      'case 1 \\(no input, line 2\\): input is missing',
      'case 2 \\(bad type, line 3\\): type must be one of EXACT_MATCH, ',
      'case 3 \\(line 4\\): expected_output must be a number',
    ]
    await expectUntrained(
      await lab.run(),
      new RegExp(`::TEST_CASES\\.json: 3 problems:%0A- ${problems.join('.*%0A- ')}`),
    )
  })

  test('an empty list of test cases', async () => {
    lab.write('TEST_CASES.json', '[]\n')
    await expectUntrained(await lab.run(), /::TEST_CASES\.json: the list of test cases is empty/)
  })

  test('a publication without the build', async () => {
    const result = await lab.run({ wait_for_build: 'false', publish: 'minor' })
    await expectUntrained(result, /::publish needs the build of the pushed commit; remove `wait_for_build: false`/)
  })
})
