import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { exampleLab, playWorkflow } from '../support/example-workflow.ts'
import { call } from '../support/http-call.ts'
import { errors, type Lab, nastyKey, warnings } from '../support/lab.ts'

/** The examples with real packages from the package index, deployed whole. */

/** Kept between runs, as actions/setup-python keeps it: the packages have some hundred megabytes. */
const cache = { PIP_CACHE_DIR: join(tmpdir(), 'deploy-to-algorithmia-tests-pip') }

const minutes = 60_000
const labs: Lab[] = []
afterAll(async () => {
  for (const lab of labs) await lab.close()
})

async function labOf(folder: string, algorithm: string, others?: string[]): Promise<Lab> {
  const lab = await exampleLab(folder, algorithm, others)
  labs.push(lab)
  return lab
}

async function answerOf(lab: Lab, algorithm: string, input: unknown): Promise<unknown> {
  const request = { method: 'POST', key: nastyKey, headers: { 'content-type': 'application/json' } }
  const body = JSON.stringify(input)
  const answer = await call(lab.sandbox.url, `/v1/algo/${lab.owner}/${algorithm}`, { ...request, body })
  return (answer.json() as { result?: unknown }).result
}

test(
  'a model that is in the repository is released without a training',
  async () => {
    const lab = await labOf('iris-checked-in', 'iris')
    const { deploy } = await playWorkflow(lab)
    expect(deploy?.outputs).toMatchObject({ status: 'released', version: '0.1.0', tests_passed: '4', tests_total: '4' })
    expect(deploy && warnings(deploy)).toEqual([])
    expect(await answerOf(lab, 'iris/0.1.0', [6.7, 3.1, 5.6, 2.4])).toMatchObject({ species: 'virginica' })
  },
  5 * minutes,
)

test(
  'a pipeline is released in two steps: the second algorithm calls the version of the first that fits it',
  async () => {
    const lab = await labOf('digits-pipeline', 'digit_features', ['digit_reader'])
    const { features, reader } = await playWorkflow(lab, cache)
    expect(features?.outputs).toMatchObject({ status: 'released', version: '0.1.0', tests_passed: '2' })
    expect(reader?.outputs).toMatchObject({ status: 'released', version: '0.1.0', tests_passed: '3' })
    expect([features, reader].flatMap((result) => result && warnings(result))).toEqual([])

    const [four] = JSON.parse(readFileSync(join(lab.workspace, 'digit_reader', 'TEST_CASES.json'), 'utf8'))
    const commit = lab.git('rev-parse', 'HEAD')
    expect(await answerOf(lab, 'digit_reader/0.1.0', four.input)).toMatchObject({
      digit: 4,
      features_version: '0.1.0',
      origin_commits: { digit_features: commit, digit_reader: commit },
    })
  },
  10 * minutes,
)

test(
  'an MLflow model is released without inference code, and its metrics arrive in manifest, output and summary',
  async () => {
    const lab = await labOf('diabetes-mlflow', 'diabetes')
    const { deploy: result } = await playWorkflow(lab, cache)
    if (result === undefined) throw new Error('The workflow has no step deploy')
    expect(result.outputs).toMatchObject({ status: 'released', tests_passed: '3', tests_total: '3' })

    const { model_metrics: metrics, model_filepath: stored } = JSON.parse(lab.deployed('model_manifest.json'))
    expect(metrics).toEqual({
      rmse: expect.any(Number),
      mae: expect.any(Number),
      r2: expect.any(Number),
      parameters: { alpha: '0.001', l1_ratio: '0.5' },
    })
    expect(metrics.r2).toBeGreaterThan(0.4)
    expect(JSON.parse(result.outputs.metrics ?? '')).toEqual(metrics)
    expect(result.summary).toContain(`| r2 | ${Number(metrics.r2.toPrecision(4))} |\n`)
    expect(result.summary).toContain('Parameters: alpha = 0.001, l1\\_ratio = 0.5\n')
    expect(result.output).toMatch(/^Metrics from MLflow run \S+:$/m)
    expect(stored).toMatch(/^alice\/diabetes\/model-[0-9a-f]{32}\.tar\.gz$/)
    expect(lab.deployed('src/diabetes.py')).toContain('MLflow model')
    expect(lab.deployed('requirements.txt')).toContain('mlflow==3.17.2')
    expect(warnings(result)).toEqual([])
  },
  10 * minutes,
)

test(
  'two models and an optional file are released for the ADK, with a frozen manifest',
  async () => {
    const lab = await labOf('reviews-adk', 'reviews')
    const { deploy } = await playWorkflow(lab, cache)
    expect(deploy?.outputs).toMatchObject({ status: 'released', version: '0.1.0', tests_passed: '4' })
    expect(deploy && warnings(deploy)).toEqual([])
    const { lock_checksum, ...frozen } = JSON.parse(lab.deployed('model_manifest.json.freeze'))
    expect(lock_checksum).toMatch(/^[0-9a-f]{32}$/)
    expect(frozen.required_files.map(({ name }: { name: string }) => name)).toEqual(['vectorizer', 'classifier'])
    expect(frozen.optional_files.map(({ name }: { name: string }) => name)).toEqual(['labels'])
    const request = { review: 'Fast shipping', language: 'fr' }
    expect(await answerOf(lab, 'reviews/0.1.0', request)).toMatchObject({ label: 'livraison' })
  },
  10 * minutes,
)

test(
  'a repository of the original action, with pandas, xgboost and %run, is deployed with the inputs of old',
  async () => {
    const lab = await labOf('sentiment', 'sentiment')
    const changes = {
      algorithmia_uploadpath: 'data://$ALGORITHMIA_USERNAME/$ALGORITHMIA_ALGONAME',
      model_path: 'model.pkl',
      notebook_path: 'model_training.ipynb',
    }
    const commit = lab.commit('Train on reviews')
    const result = await lab.run(changes, { environment: { ...lab.environment, ...cache } })
    expect(errors(result)).toEqual([])
    expect(result.outputs).toMatchObject({ status: 'built', metrics: '' })
    // What the last cell prints, which runs the inference script.
    expect(result.output).toContain('\nWhat a lovely guitar: happy (')

    const stored = `alice/sentiment/model_${commit}.pkl`
    const hash = createHash('md5')
      .update(await lab.download(stored))
      .digest('hex')
    expect(JSON.parse(lab.deployed('model_manifest.json'))).toEqual({
      model_filepath: stored,
      model_md5_hash: hash,
      model_origin_commit_SHA: commit,
      model_origin_commit_msg: 'Train on reviews',
      model_origin_repo: 'alice/digits-training',
      model_origin_ref: 'refs/heads/main',
      model_uploaded_utc: expect.any(String),
      model_sha256_hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      model_size_bytes: expect.any(Number),
      model_origin_run_url: 'https://github.com/alice/digits-training/actions/runs/1234567890',
      model_origin_commit_utc: expect.any(String),
    })
    expect(lab.deployed('src/sentiment.py')).toContain('def apply(input):')
    expect(() => lab.deployed('model_training.ipynb')).toThrow()
    expect(warnings(result)).toEqual([])
  },
  10 * minutes,
)
