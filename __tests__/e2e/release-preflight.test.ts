import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { StepResult } from '../../examples/run-action.ts'
import { casesFile, originalCases } from '../support/digits.ts'
import { errors, type Lab, notebook, storingKey, warnings } from '../support/lab.ts'
import { Releases } from '../support/releases.ts'

const releases = Releases.inTests()
let lab: Lab
beforeAll(() => {
  lab = releases.lab
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
    expect(result.summary).toContain('pushed, whether it is built is not known')
    expect(result.summary).toMatch(/^- Build, test and publication skipped: .*manage my algorithms/m)
  })

  test.each([
    [{ publish: 'minor' }, /::publish is "minor", which cannot be done: algorithmia_api_key may not read the builds/],
    [{ test_cases_path: 'digits-cases.json' }, /::test_cases_path is digits-cases\.json, but nothing can be tested: /],
  ])('cannot do %j, which is said before anything changes', async (changes: Record<string, string>, message) => {
    lab.write('digits-cases.json', casesFile(originalCases))
    lab.commit('Other cases')
    const result = await lab.run({ algorithmia_api_key: storingKey, ...changes })
    await releases.expectNothingDone(result, 'preflight', message)
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
    expect(await releases.newVersions()).toHaveLength(1)
  })

  test.each([
    ['a wrong one', 'simWrongManagementKey0000001', /::Algorithmia rejected algorithmia_management_api_key while/],
    ['one without the right', storingKey, /::algorithmia_management_api_key may not read the builds/],
  ])('and that was set to manage them is a mistake: %s', async (_, key, message) => {
    lab.secrets.push(key)
    const result = await lab.run({ algorithmia_management_api_key: key })
    await releases.expectNothingDone(result, 'preflight', message)
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
  await releases.expectNoNewBuild()

  await releases.remember()
  const published = await lab.run({ algorithm_branch: 'later', publish: 'minor' })
  await releases.expectNothingDone(
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
    await releases.expectNothingDone(result, 'inputs', message)
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

test('a visibility that only a major version may change is refused before anything changes', async () => {
  lab.commit('For everybody')
  const result = await lab.run({ publish: 'minor', algorithm_callability: 'public' })
  await releases.expectNothingDone(
    result,
    'preflight',
    /::algorithm_callability is "public", but the published versions are private, .*publish: major/,
  )
})
