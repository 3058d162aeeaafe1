import type { ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { StepResult } from '../../examples/run-action.ts'
import { coveringRows, type Row } from '../support/covering-rows.ts'
import { errors } from '../support/lab.ts'
import { managing, PlanLab, secretInputs } from '../support/plan-lab.ts'

let plans: PlanLab
beforeAll(async () => {
  plans = await PlanLab.create()
})
afterAll(() => plans.close())

/** What bears on a delivery. */
const factors = {
  copy_mode: ['overlay', 'mirror'],
  push_to: ['branch', 'pull_request'],
  algorithm: ['digits', 'digits, create_algorithm', 'fresh', 'missing, create_algorithm'],
  workspace: ['as deployed', 'changed'],
  force: ['false', 'true'],
  branch: ['default', 'missing, create_branch'],
  publish: ['none', 'minor', 'major'],
  tests: ['some', 'none'],
  on_test_failure: ['keep', 'revert'],
  wait_for_build: ['true', 'false'],
  training: ['none', 'script', 'script, plan_training', 'notebook'],
  manifest_format: ['auto', 'flat', 'adk', 'both'],
  models: ['one', 'several', 'folder', 'MLflow'],
  managementKey: ['no', 'yes'],
  hosting: ['algorithmia', 'github'],
  secrets: ['all', 'none', 'key', 'git'],
} as const
type Inputs = Row<typeof factors>

/** Without what is an error in any run. */
function allowed(row: Partial<Inputs>): boolean {
  const { algorithm, hosting, wait_for_build, publish, push_to, branch, manifest_format, models } = row
  const isPublished = publish !== undefined && publish !== 'none'
  if (isPublished && (wait_for_build === 'false' || push_to === 'pull_request')) return false
  if (branch === 'missing, create_branch' && (isPublished || push_to === 'pull_request')) return false
  // The sandbox makes repositories of its own git only.
  if (algorithm === 'missing, create_algorithm' && hosting === 'github') return false
  return !(manifest_format === 'flat' && models === 'several')
}

const modelPaths = { one: 'model.pkl', several: 'model.pkl\nlabels: labels.json', folder: 'saved', MLflow: 'mlflow' }

function stepInputs(row: Inputs): Record<string, string> {
  const [name = ''] = row.algorithm.split(',')
  return {
    dry_run: 'true',
    algorithmia_algoname: name,
    algorithm_path: 'digits',
    algorithmia_uploadpath: 'data://alice/$ALGORITHMIA_ALGONAME',
    model_path: modelPaths[row.models],
    copy_mode: row.copy_mode,
    push_to: row.push_to,
    create_algorithm: String(row.algorithm.includes('create')),
    force: row.force,
    ...(row.branch === 'default' ? {} : { algorithm_branch: 'staging', create_branch: 'true' }),
    publish: row.publish,
    ...(row.tests === 'none' && { test_cases_path: '' }),
    on_test_failure: row.on_test_failure,
    wait_for_build: row.wait_for_build,
    notebook_path: row.training === 'notebook' ? 'training.ipynb' : '',
    training_script: row.training.startsWith('script') ? 'train.py' : '',
    plan_training: String(row.training.includes('plan_training')),
    manifest_format: row.manifest_format,
    ...(row.managementKey === 'yes' && managing),
    ...secretInputs(row.hosting, row.secrets),
  }
}

function change(workspace: string): void {
  writeFileSync(join(workspace, 'model.pkl'), 'another model')
  writeFileSync(join(workspace, 'saved', 'weights.bin'), 'other weights')
  writeFileSync(join(workspace, 'digits', 'src', 'new.py'), 'x = 1\n')
}

/** Pairs unless somebody has time for more. */
const strength = Number(process.env.DRY_RUN_STRENGTH ?? 2)

test('changes nothing anywhere, whatever the other inputs are', async () => {
  const before = plans.state()
  const rows = coveringRows(factors, strength, allowed)
  const waiting = [...rows]
  const wrong: unknown[] = []
  const work = async () => {
    for (let row = waiting.pop(); row !== undefined; row = waiting.pop()) {
      const result = await plans.run(stepInputs(row), row.workspace === 'changed' ? change : undefined)
      const isSame = JSON.stringify(plans.state()) === JSON.stringify(before)
      if (result.writes.length > 0 || !isSame || !isPlan(row, result)) {
        wrong.push({ row, writes: result.writes, isSame, errors: errors(result), summary: result.summary })
      }
    }
  }
  await Promise.all([work(), work(), work()])
  expect(wrong).toEqual([])
  expect(rows.length).toBeGreaterThan(15)
}, 3_600_000)

/** A plan, with the hashes of the models unless they are known only after a training. */
function isPlan(row: Inputs, result: StepResult): boolean {
  // An empty repository has nothing that a pull request could be merged into.
  if (row.algorithm === 'fresh' && row.hosting === 'github' && row.push_to === 'pull_request')
    return errors(result)[0]?.includes('has no commit yet that a pull request could be merged into') === true
  const { status, model_md5_hash: md5 } = result.outputs
  return status === 'planned' && (md5 === '') === /^(script|notebook)$/.test(row.training)
}

const changed = { dry_run: 'true', notebook_path: '' }

describe('a plan', () => {
  test('shows files, manifest, uploads and version, for the log and for who reviews the change', async () => {
    const result = await plans.run({ ...changed, model_path: 'model.pkl\nlabels.json', publish: 'minor' }, change)
    expect(errors(result)).toEqual([])
    const { outputs, summary } = result
    expect(outputs).toMatchObject({ model_uri: '', model_filepath: '', algorithm_commit_sha: '', version: '' })
    expect(outputs.model_md5_hash).toBe(md5('another model'))
    const manifest = JSON.parse(outputs.manifest ?? '')
    expect(manifest.model_md5_hash).toBe(md5('another model'))
    expect(JSON.parse(outputs.models ?? '')).toEqual([
      expect.objectContaining({ name: 'model', uri: '', md5_hash: md5('another model'), uploaded: false }),
      expect.objectContaining({ name: 'labels', uri: '', md5_hash: md5('["zero"]'), uploaded: false }),
    ])
    expect(summary).toContain(': planned, nothing was trained, uploaded or pushed\n')
    expect(summary).toMatch(
      RegExp(
        `\\| model \\| <code>model.pkl</code> \\| 13 B \\| <code>${md5('another model')}</code>.*would be uploaded`,
      ),
    )
    expect(summary).toMatch(/\*\*Commit\*\* to master of .*digits\.git: 2 added, 1 changed\n/)
    expect(summary).toContain('- added <code>src/new.py</code>\n')
    expect(summary).toMatch(
      /\n```diff\n--- a\/model_manifest\.json\n[\s\S]*\n\+ {2}"model_md5_hash": "\w{32}"[\s\S]*\n```\n/,
    )
    expect(summary).toContain('- Would wait for the build of the pushed commit, then run the 6 test cases')
    expect(summary).toContain('then publish it as a minor version (0.1.0 -&gt; 0.2.0).')
    expect(result.output).toContain('\n  added   src/new.py\n')
  })

  test('of what is deployed says so', async () => {
    const { summary, outputs } = await plans.run({ ...changed, publish: 'major' })
    expect(summary).toContain('**No commit**: master of ')
    expect(summary).toContain('already stored')
    expect(summary).toContain('then publish nothing, because it is published already, as 0.1.0.')
    expect(outputs.model_uri).toMatch(/^data:\/\/alice\/digits\/model_/)
    expect(outputs.model_filepath).toBe(outputs.model_uri?.replace('data://', ''))
  })

  test('that trains has the metrics and hashes of the model, which stays on the runner', async () => {
    const training =
      'import json\nopen("model.pkl", "w").write("trained")\njson.dump({"rmse": 0.5}, open("metrics.json", "w"))\n'
    const before = plans.state()
    const result = await plans.run({ ...changed, training_script: 'train.py', plan_training: 'true' }, (workspace) =>
      writeFileSync(join(workspace, 'train.py'), training),
    )
    expect(result.outputs).toMatchObject({ status: 'planned', metrics: '{"rmse":0.5}', model_uri: '' })
    expect(result.outputs.model_md5_hash).toBe(md5('trained'))
    expect(result.summary).toContain(': planned, nothing was uploaded or pushed\n')
    expect(result.summary).toContain('| rmse | 0.5 |')
    expect([result.writes, plans.state()]).toEqual([[], before])
  })

  test('without the model that a training would write shows the code all the same', async () => {
    const result = await plans.run({ ...changed, training_script: 'train.py' }, (workspace) => {
      change(workspace)
      rmSync(join(workspace, 'model.pkl'))
    })
    expect(result.outputs).toMatchObject({ status: 'planned', model_md5_hash: '', manifest: '' })
    expect(result.summary).toContain('model.pkl does not exist yet')
    expect(result.summary).toContain('- added <code>src/new.py</code>\n')
  })

  test('of an algorithm that would be created', async () => {
    const missing = { ...changed, algorithmia_algoname: 'brand_new', algorithm_path: 'digits' }
    const result = await plans.run({ ...missing, create_algorithm: 'true', publish: 'minor' })
    expect(errors(result)).toEqual([])
    expect(result.summary).toContain('Would create the algorithm alice/brand\\_new (Python 3.8, closed, full network).')
    expect(result.summary).toContain('- <code>src/digits.py</code>\n')
    expect(result.summary).toContain('publish it as a minor version, the first one, 0.1.0.')
    expect(errors(await plans.run(missing))[0]).toContain('There is no algorithm alice/brand_new')
  })

  test('whose training is cancelled ends as failed, and says where', async () => {
    let child: ChildProcess | undefined
    const cancelled = await plans.run(
      { ...changed, training_script: 'train.py', plan_training: 'true' },
      (workspace) => writeFileSync(join(workspace, 'train.py'), 'import time\nprint("sleeping")\ntime.sleep(600)'),
      {
        onStart: (started) => {
          child = started
        },
        onLine: (line) => {
          if (line === 'sleeping') child?.kill('SIGTERM')
        },
      },
    )
    expect(cancelled.outputs).toMatchObject({ status: 'failed', failed_phase: 'train' })
    expect(cancelled.summary).toContain('failed (train), nothing was deployed')
    expect(cancelled.writes).toEqual([])
  })
})

describe('a plan without secrets', () => {
  test('g10: of a repository that only its owner may read shows code and models', async () => {
    const result = await plans.run({ ...changed, ...secretInputs('algorithmia', 'none'), publish: 'minor' }, change)
    expect(errors(result)).toEqual([])
    expect(result.outputs).toMatchObject({ status: 'planned', model_uri: '', manifest: '' })
    expect(result.outputs.model_md5_hash).toBe(md5('another model'))
    // Nobody was asked for anything but the repository, once.
    expect(result.requests).toEqual(['GET /git/alice/digits.git/info/refs?service=git-upload-pack'])
    expect(result.summary).toContain('algorithmia\\_api\\_key is empty')
    expect(result.summary).toMatch(/digits\.git cannot be read without algorithmia\\_password, which is empty/)
    expect(result.summary).toContain('would be uploaded, unless it is there')
    expect(result.summary).toContain('**Code** that would be copied: 3 files')
    expect(result.summary).toContain('publish it as a minor version, unless it is published already.')
    const request = { ...changed, ...secretInputs('algorithmia', 'none'), push_to: 'pull_request' }
    const { summary } = await plans.run(request, change)
    expect(summary).toContain('Would push to deploy-to-algorithmia/main, for a pull request from there.')
  })

  test('g10: of a public repository shows its changes, and sends no login', async () => {
    plans.github.requests.length = 0
    const result = await plans.run({ ...changed, ...secretInputs('github', 'none') }, change)
    expect(errors(result)).toEqual([])
    expect(result.summary).toContain('- added <code>src/new.py</code>\n')
    expect(result.summary).toContain('```diff\n')
    expect(plans.github.requests.length).toBeGreaterThan(1)
    expect(plans.github.requests.flatMap(({ authorization }) => authorization)).toEqual([])
  })

  test.each([
    [
      'a wrong key',
      { ...secretInputs('algorithmia', 'git'), algorithmia_api_key: 'simWrong' },
      /rejected algorithmia_api_key/,
    ],
    [
      'a wrong password',
      { ...secretInputs('algorithmia', 'all'), algorithmia_password: 'x' },
      /rejected algorithmia_password/,
    ],
    ['a wrong token', { ...secretInputs('github', 'key'), github_pat: 'ghp_x' }, /rejected github_pat/],
  ])('but with %s fails as ever', async (_, secrets, message) => {
    const result = await plans.run({ ...changed, ...secrets })
    expect(result.outputs.failed_phase).toBe('preflight')
    expect(errors(result)).toEqual([expect.stringMatching(message)])
  })
})

// Last, because it changes something.
test('a deployment is seen by what watches the plans', async () => {
  const before = plans.state()
  const { writes } = await plans.run({ notebook_path: '', wait_for_build: 'false' }, change)
  expect(writes).toEqual([
    expect.stringMatching(/^PUT \/v1\/data\/alice\/digits\/model_/),
    'POST /git/alice/digits.git/git-receive-pack',
  ])
  expect(plans.state()).not.toEqual(before)
})

const md5 = (text: string) => createHash('md5').update(text).digest('hex')
