import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { StepResult } from '../../examples/run-action.ts'
import { casesFile, originalCases, tellingAlgorithm } from '../support/digits.ts'
import { call } from '../support/http-call.ts'
import { type AlgorithmBody, errors, Lab, nastyKey, warnings } from '../support/lab.ts'
import { runPythonClient } from '../support/official-clients.ts'

let lab: Lab
beforeAll(async () => {
  lab = await Lab.create()
  lab.write('digits/src/digits.py', tellingAlgorithm)
  lab.write('TEST_CASES.json', casesFile(originalCases))
})
afterAll(() => lab.close())

interface Released {
  version: string
  /** Of the machine-learning repository. */
  commit: string
  model: string
}
const released: Released[] = []

/** Deploys a new commit with a new model, and expects that it is released as this version. */
async function release(version: string, changes: Record<string, string>): Promise<StepResult> {
  const model = `the model of ${version}`
  lab.write('model.pkl', model)
  const commit = lab.commit(`Release ${version}\n\nFor the tests`)
  const result = await lab.run(changes)
  expect(errors(result)).toEqual([])
  expect(warnings(result)).toEqual([])
  expect(result.exitCode).toBe(0)
  released.push({ version, commit, model })
  const { head } = await lab.remote()
  expect(result.outputs).toMatchObject({
    status: 'released',
    failed_phase: '',
    algorithm_commit_sha: head,
    tests_passed: '6',
    tests_total: '6',
    version,
    endpoint_url: `${lab.sandbox.url}/v1/algo/alice/digits/${version}`,
  })
  expect((await lab.versions())[0]).toEqual([version, head])
  expect(await lab.versions()).toHaveLength(released.length)
  await expectEachVersionToAnswer()
  return result
}

/** The official client gets from each version the model of its commit, however many came later. */
async function expectEachVersionToAnswer(): Promise<void> {
  const versions = released.map(({ version }) => version)
  const script = `result = [client.algo("alice/digits/" + v).pipe("hi").result for v in ${JSON.stringify(versions)}]`
  const answers = await runPythonClient('2.0.5', { url: lab.sandbox.url, key: nastyKey }, script)
  expect(answers).toEqual(released.map(({ commit, model }) => expect.objectContaining({ echo: 'hi', commit, model })))
}

/** A version as the platform has it. */
async function versionOf(result: StepResult): Promise<AlgorithmBody> {
  return (await lab.ask(`/versions/${result.outputs.algorithm_commit_sha}`)) as AlgorithmBody
}

describe('releases', () => {
  test('the first minor version as 0.1.0, and leaves alone what nobody asked to change', async () => {
    const path = '/v1/algorithms/alice/digits'
    const { details, settings } = (await lab.ask()) as AlgorithmBody
    const body = { details: { ...details, label: 'Digit reader' }, settings: { ...settings, royalty_microcredits: 7 } }
    const put = { method: 'PUT', key: nastyKey, body: JSON.stringify(body) }
    expect((await call(lab.sandbox.url, path, put)).status).toBe(200)

    const result = await release('0.1.0', { publish: 'minor', insights_enabled: 'true' })

    const version = await versionOf(result)
    expect(version.details.label).toBe('Digit reader')
    expect(version.settings).toMatchObject({
      algorithm_callability: 'private',
      insights_enabled: true,
      royalty_microcredits: 7,
    })
    const origin = 'https://github.com/alice/digits-training'
    expect(version.version_info.release_notes.split('\n')).toEqual([
      'Release 0.1.0',
      '',
      'For the tests',
      '',
      `Commit: ${origin}/commit/${released[0]?.commit}`,
      `Run: ${origin}/actions/runs/1234567890`,
      `Model: ${result.outputs.model_uri} (MD5 ${result.outputs.model_md5_hash})`,
    ])
    expect(version.version_info.sample_input).toBe('"hello"')
  }, 120_000)

  test('writes the results as JUnit XML, and as a table of the summary', async () => {
    const result = await lab.run({ publish: 'minor' })
    const report = readFileSync(result.outputs.test_report ?? '', 'utf8')
    expect(report).toMatch(/<testsuites name="[^"]*" tests="6" failures="0"/)
    const file = 'file="TEST_CASES.json"'
    for (const [index, { case_name }] of originalCases.entries()) {
      expect(report).toMatch(new RegExp(`<testcase name="${case_name}" [^>]*${file} line="${index + 2}"`))
      expect(result.summary).toMatch(new RegExp(`^\\| passed \\| ${case_name} \\| .* \\| \\d+ \\|$`, 'm'))
    }
    expect(result.summary).toContain('**6 of 6 test cases passed**')
  })

  test('nothing twice: the same commit again changes nothing, and its version is proven once more', async () => {
    const [before, published, builds] = [await lab.remote(), await lab.versions(), await lab.builds()]
    const result = await lab.run({ publish: 'minor' })
    expect(result.exitCode).toBe(0)
    expect(result.outputs).toMatchObject({ status: 'unchanged', version: '0.1.0', tests_passed: '6' })
    expect(result.outputs.endpoint_url).toMatch(/\/digits\/0\.1\.0$/)
    expect(await lab.remote()).toEqual(before)
    expect(await lab.versions()).toEqual(published)
    expect(await lab.builds()).toEqual(builds)
  })

  test('a revision as 0.1.1, with notes of its own', async () => {
    const result = await release('0.1.1', { publish: 'patch', release_notes: 'Reads sevens better' })
    const { settings, version_info } = await versionOf(result)
    expect(version_info.release_notes).toBe('Reads sevens better')
    // Kept from the version before.
    expect(settings).toMatchObject({ insights_enabled: true, royalty_microcredits: 7 })
  }, 120_000)

  test('a major version as 1.0.0, for everybody', async () => {
    const changes = { publish: 'major', algorithm_callability: 'public', insights_enabled: 'false' }
    const result = await release('1.0.0', changes)
    const { settings, details } = await versionOf(result)
    expect(settings).toMatchObject({
      algorithm_callability: 'public',
      insights_enabled: false,
      royalty_microcredits: 7,
    })
    expect(details.label).toBe('Digit reader')
    expect(result.summary).toContain('### alice/digits: released as 1.0.0')
    expect(result.summary).toContain(`<code>${result.outputs.endpoint_url}</code>`)
  }, 120_000)

  test('what an earlier run only built', async () => {
    lab.write('model.pkl', 'a model to look at first')
    const commit = lab.commit('Wait and see')
    const built = await lab.run()
    expect(built.outputs).toMatchObject({ status: 'built', tests_passed: '6', version: '' })
    expect(await lab.versions()).toHaveLength(3)

    const result = await lab.run({ publish: 'minor' })
    const { head } = await lab.remote()
    expect(result.outputs).toMatchObject({ status: 'released', version: '1.1.0', algorithm_commit_sha: head })
    expect(built.outputs.algorithm_commit_sha).toBe(head)
    expect(await lab.builds()).toHaveLength(4)
    released.push({ version: '1.1.0', commit, model: 'a model to look at first' })
    await expectEachVersionToAnswer()
  }, 120_000)

  test('nothing in a dry run, but says what it would do', async () => {
    lab.write('model.pkl', 'another model')
    lab.commit('Think about it')
    const [before, published, builds] = [await lab.remote(), await lab.versions(), await lab.builds()]
    const result = await lab.run({ publish: 'major', dry_run: 'true' })
    expect(result.outputs).toMatchObject({ status: 'planned', version: '', test_report: '' })
    expect(result.output).toContain(
      '\nWould wait for the build of the pushed commit, then run the 6 test cases of TEST_CASES.json against it, then ' +
        'publish it as a major version (1.1.0 -> 2.0.0).',
    )
    expect(await lab.remote()).toEqual(before)
    expect(await lab.versions()).toEqual(published)
    expect(await lab.builds()).toEqual(builds)
  })

  test('with the test cases of the algorithm rather than those of the workspace', async () => {
    lab.write('digits/TEST_CASES.json', casesFile(originalCases.slice(1, 3)))
    lab.commit('Give the algorithm its own cases')
    const result = await lab.run()
    expect(result.outputs).toMatchObject({ status: 'built', tests_passed: '2', tests_total: '2' })
    expect(readFileSync(result.outputs.test_report ?? '', 'utf8')).toContain('file="digits/TEST_CASES.json" line="2"')
  })
})
