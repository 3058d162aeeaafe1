import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { errors, Lab, warnings } from '../support/lab.ts'

/** The examples that train with real packages from the package index, deployed whole. */

/** Kept between runs, as actions/setup-python keeps it: the packages have some hundred megabytes. */
const cache = { PIP_CACHE_DIR: join(tmpdir(), 'deploy-to-algorithmia-tests-pip') }

const minutes = 60_000
const labs: Lab[] = []
afterAll(async () => {
  for (const lab of labs) await lab.close()
})

async function labOf(folder: string, algorithm: string): Promise<Lab> {
  const lab = await Lab.create({ folder, algorithm })
  labs.push(lab)
  // As the README of an example says.
  lab.write(
    `${algorithm}/algorithmia.conf`,
    JSON.stringify({ username: lab.owner, algoname: algorithm, language: 'python3' }),
  )
  return lab
}

test(
  'an MLflow project trains, and its metrics arrive in the manifest, the output and the summary',
  async () => {
    const lab = await labOf('diabetes-mlflow', 'diabetes')
    const changes = {
      training_script: 'train.py',
      training_arguments: '--alpha 0.002 --l1-ratio 0.25',
      model_path: 'model.joblib',
    }
    const result = await lab.run(changes, { environment: { ...lab.environment, ...cache } })
    expect(errors(result)).toEqual([])
    // The test cases hold for every argument that makes a good model; they ask the algorithm for its metrics, too.
    expect(result.outputs).toMatchObject({ status: 'built', tests_passed: '3', tests_total: '3' })

    const { model_metrics: metrics } = JSON.parse(lab.deployed('model_manifest.json'))
    expect(metrics).toEqual({
      rmse: expect.any(Number),
      mae: expect.any(Number),
      r2: expect.any(Number),
      parameters: { alpha: '0.002', l1_ratio: '0.25' },
    })
    expect(metrics.r2).toBeGreaterThan(0.4)
    expect(JSON.parse(result.outputs.metrics ?? '')).toEqual(metrics)
    expect(result.summary).toContain(`| r2 | ${Number(metrics.r2.toPrecision(4))} |\n`)
    expect(result.summary).toContain('Parameters: alpha = 0.002, l1\\_ratio = 0.25\n')
    expect(result.output).toMatch(/^Metrics from MLflow run \S+:$/m)
    expect(warnings(result)).toEqual([])
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
    })
    expect(lab.deployed('src/sentiment.py')).toContain('def apply(input):')
    expect(() => lab.deployed('model_training.ipynb')).toThrow()
    expect(warnings(result)).toEqual([])
  },
  10 * minutes,
)
