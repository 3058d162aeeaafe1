import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { StepResult } from '../../examples/run-action.ts'
import { errors, Lab, notebook, type RemoteState, warnings } from '../support/lab.ts'

/** These runs are about what happens before the build. */
const pushOnly = { wait_for_build: 'false' }

let lab: Lab
let before: RemoteState
beforeAll(async () => {
  lab = await Lab.create()
  expect((await lab.run(pushOnly)).exitCode).toBe(0)
})
afterAll(() => lab.close())
beforeEach(async () => {
  for (const name of ['model_training.ipynb', 'train.py', 'metrics.json', 'requirements.txt']) {
    rmSync(join(lab.workspace, name), { force: true })
  }
  lab.write('model.pkl', `a model ${Math.random()}`)
  lab.commit('A new commit')
  before = await lab.remote()
})

/** A failure that leaves everything as it was, told in one annotation. */
async function expectFailure(result: StepResult, phase: string): Promise<string> {
  expect(result.exitCode).toBe(1)
  expect(errors(result)).toHaveLength(1)
  expect(result.outputs).toMatchObject({ status: 'failed', failed_phase: phase, algorithm_commit_sha: '' })
  expect(result.summary).toContain(`failed (${phase}), nothing was deployed`)
  expect(await lab.remote()).toEqual(before)
  return errors(result)[0] ?? ''
}

/** The outputs name files that a later step finds, with what was printed before the failure. */
function expectEvidence({ outputs }: StepResult, printed: string): void {
  expect(readFileSync(outputs.executed_notebook ?? '', 'utf8')).toContain(printed)
  expect(readFileSync(outputs.training_log ?? '', 'utf8')).toContain(`${printed}\n`)
}

describe('a notebook that fails', () => {
  test('n32, n33, n35: by an error deploys nothing, leaves its evidence and says where', async () => {
    const deep = 'def descend(n):\n    return 1 / n if n == 0 else descend(n - 1)\n'
    lab.write('model_training.ipynb', notebook('print("so far")', `${deep}\ndescend(40)`))
    const result = await lab.run()
    const annotation = await expectFailure(result, 'train')
    expect(annotation).toMatch(/^::error .*file=model_training\.ipynb[,:]/)
    expect(annotation).toMatch(/failed in cell 2 of 2, line \d+: ZeroDivisionError: division by zero/)
    expectEvidence(result, 'so far')

    const block = /The training ended with\n\n```text\n([\s\S]*?)\n```\n/.exec(result.summary)?.[1] ?? ''
    const lines = block.split('\n')
    expect(lines.at(-1)).toBe('ZeroDivisionError: division by zero')
    expect(lines.length).toBeGreaterThan(10)
    expect(lines.length).toBeLessThanOrEqual(20)
    expect(result.summary).not.toContain('\u001b')
    expect(result.summary).toContain(`| Executed notebook | <code>${result.outputs.executed_notebook}</code> |`)
  })

  test.each<[string, string, Record<string, string>, RegExp]>([
    ['a limit', 'import time\ntime.sleep(600)', { cell_timeout_minutes: '0.05' }, /cell_timeout_minutes/],
    ['the death of its kernel', 'import os\nos.kill(os.getpid(), 9)', {}, /SIGKILL.*memory runs out\. It had used/],
  ])('n33, n34: by %s leaves its evidence', async (_, cell, changes, message) => {
    lab.write('model_training.ipynb', notebook('print("so far")', cell))
    const result = await lab.run(changes)
    expect(await expectFailure(result, 'train')).toMatch(message)
    expectEvidence(result, 'so far')
  })

  test('n10: because a package cannot be installed was not started', async () => {
    lab.write('requirements.txt', '# ours\nno-such-package-of-anybody==1.0\n')
    lab.write('model_training.ipynb', notebook('open("started", "w")'))
    const result = await lab.run()
    expect(await expectFailure(result, 'train')).toContain('no-such-package-of-anybody')
    expect(existsSync(join(lab.workspace, 'started'))).toBe(false)
    expect(result.outputs).toMatchObject({ executed_notebook: '', training_log: '' })
    expect(result.summary).toMatch(
      /The preparation of Python ended with\n\n```text\n(?:.*\n){0,19}ERROR: No matching distribution found for no-such-package/,
    )
    expect(result.summary).toContain('| Notebook | <code>model_training.ipynb</code> |')
  })
})

describe('a notebook that is none', () => {
  test.each([
    [
      'n17: an LFS pointer',
      'version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 9\n',
      {},
      /LFS pointer.*`lfs: true`/,
    ],
    [
      'n14: one in R, when only a plan is asked for',
      notebook('1').replace('"python"', '"R"'),
      { dry_run: 'true' },
      /\(R\)\. Only Python/,
    ],
  ])('%s', async (_, text, changes, message) => {
    lab.write('model_training.ipynb', text)
    const result = await lab.run(changes)
    const annotation = await expectFailure(result, 'preflight')
    expect(annotation).toMatch(/^::error .*file=model_training\.ipynb[,:]/)
    expect(annotation).toMatch(message)
    expect(result.output).not.toContain('Prepare Python')
  })
})

test('n51: training on pull_request_target is warned of', async () => {
  lab.write('train.py', 'open("model.pkl", "w").write("a model")')
  const byScript = { ...pushOnly, training_script: 'train.py', notebook_environment: 'DATA_URI, HOME' }
  const result = await lab.run(byScript, { event: { name: 'pull_request_target', payload: {} } })
  expect(warnings(result)).toEqual([
    expect.stringContaining('a stranger trains here, next to the secrets'),
    expect.stringContaining('notebook_environment names DATA_URI, which this step does not have: set it in `env`.'),
  ])
  // Row n7: what is skipped is said.
  expect(result.summary).toContain('- Installing packages skipped: requirements.txt does not exist.')
})

describe('inputs that cannot be meant', () => {
  test('n7: a requirements file that the workflow names is not there', async () => {
    lab.write('model_training.ipynb', notebook('1'))
    const result = await lab.run({ requirements_path: 'conf/packages.txt' })
    expect(await expectFailure(result, 'inputs')).toMatch(/requirements_path .*conf\/packages\.txt/)
  })

  test('a script and a notebook', async () => {
    lab.write('model_training.ipynb', notebook('1'))
    lab.write('train.py', '')
    const result = await lab.run({ training_script: 'train.py' })
    expect(await expectFailure(result, 'inputs')).toMatch(/training_script is set, and so is a notebook/)
  })
})

test('metrics on an MLflow server are said not to be read, and its password shows nowhere', async () => {
  const password = 'a-password-of-mlflow'
  lab.secrets.push(password)
  const program = [
    'import os',
    'address = os.environ["MLFLOW_TRACKING_URI"]',
    'print("logging to", address, "with", address.split(":")[2].split("@")[0])',
    'open("model.pkl", "w").write("a model")',
  ]
  lab.write('train.py', program.join('\n'))
  const result = await lab.run(
    { ...pushOnly, training_script: 'train.py', notebook_environment: 'MLFLOW_TRACKING_URI' },
    { environment: { ...lab.environment, MLFLOW_TRACKING_URI: `https://ada:${password}@mlflow.example` } },
  )
  expect(result.outputs).toMatchObject({ status: 'pushed', metrics: '' })
  expect(result.output).toContain('\nlogging to https://ada:***@mlflow.example with ***\n')
  expect(result.summary).toMatch(/- Metrics logged to the MLflow server of MLFLOW\\_TRACKING\\_URI are not read/)
})

describe('metrics.json of a training', () => {
  /** A script starts sooner than a notebook, and its metrics are read the same. */
  const byScript = { ...pushOnly, training_script: 'train.py' }
  const writes = (files: Record<string, string>) =>
    Object.entries(files)
      .map(([name, content]) => `open(${JSON.stringify(name)}, "w").write(${JSON.stringify(content)})\n`)
      .join('')
  const trains = (metrics: string) => writes({ 'model.pkl': 'a trained model', 'metrics.json': metrics })

  test('arrives in manifest, output and summary, and a second measurement of the same is no change', async () => {
    lab.write('train.py', trains('{"accuracy": 0.90, "seconds": 1.5, "far": NaN}'))
    lab.commit('Measure')
    const first = await lab.run(byScript)
    expect(first.outputs).toMatchObject({ status: 'pushed', metrics: '{"accuracy":0.90,"seconds":1.5,"far":"NaN"}' })
    expect(lab.deployed('model_manifest.json')).toContain(
      '  "model_metrics": {\n    "accuracy": 0.90,\n    "seconds": 1.5,\n    "far": "NaN"\n  }\n}\n',
    )
    expect(first.summary).toContain(
      '**Metrics** from metrics.json\n\n| Metric | Value |\n|---|--:|\n| accuracy | 0.9 |\n',
    )

    lab.write('train.py', trains('{"accuracy": 0.90, "seconds": 2.5, "far": NaN}'))
    const again = await lab.run(byScript)
    expect(again.outputs).toMatchObject({
      status: 'unchanged',
      algorithm_commit_sha: first.outputs.algorithm_commit_sha,
    })
    expect(JSON.parse(again.outputs.metrics ?? '')).toMatchObject({ seconds: 2.5 })
    // Another step of the same job leaves the evidence of this one alone.
    const logs = [first, again].map(({ outputs }) => outputs.training_log ?? '')
    expect(new Set(logs.filter((path) => existsSync(path))).size).toBe(2)
  })

  test('is not that of the next model', async () => {
    expect(lab.deployed('model_manifest.json')).toContain('model_metrics')
    lab.write('train.py', writes({ 'model.pkl': 'another model' }))
    lab.write('metrics.json', '{"accuracy": 0.1}')
    // Longer than the two seconds that file systems are allowed to round to.
    await sleep(2500)
    const result = await lab.run(byScript)
    expect(result.outputs).toMatchObject({ status: 'pushed', metrics: '' })
    expect(result.summary).toMatch(/- metrics\.json is not taken for the metrics of this training/)
    expect(lab.deployed('model_manifest.json')).not.toContain('model_metrics')
  })

  test('is told also when a later stage fails', async () => {
    lab.write('train.py', writes({ 'metrics.json': '{"r2": 0.5}' }))
    rmSync(join(lab.workspace, 'model.pkl'))
    const result = await lab.run(byScript)
    expect(await expectFailure(result, 'model')).toContain('Model file not found at model.pkl')
    expect(result.outputs.metrics).toBe('{"r2":0.5}')
    expect(result.summary).toContain('| r2 | 0.5 |')
  })

  test('that the workflow names, and nobody wrote, ends the run', async () => {
    lab.write('train.py', writes({ 'model.pkl': 'new' }))
    const result = await lab.run({ ...byScript, metrics_path: 'out/metrics.json' })
    expect(await expectFailure(result, 'model')).toContain('There are no metrics at out/metrics.json (metrics_path)')
  })

  test('of a training elsewhere is taken when the workflow names it', async () => {
    lab.write('out/metrics.json', '{"auc": 0.75}')
    const result = await lab.run({ ...pushOnly, metrics_path: 'out/metrics.json' })
    expect(result.outputs).toMatchObject({ status: 'pushed', metrics: '{"auc":0.75}' })
    expect(JSON.parse(lab.deployed('model_manifest.json')).model_metrics).toEqual({ auc: 0.75 })
  })
})
