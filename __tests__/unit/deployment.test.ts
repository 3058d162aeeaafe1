import { describe, expect, test } from '@jest/globals'
import { Deployment } from '../../src/deployment.ts'
import type { Inputs } from '../../src/inputs.ts'
import { initialOutputs } from '../../src/outputs.ts'
import { watchOutput } from '../support/runner.ts'

const printed = watchOutput()

const stored = {
  uri: { protocol: 'data', path: 'ada/wine/model.pkl' },
  md5: 'm',
  sha256: 's',
  size: 42,
  uploaded: true,
}

test('a deployment begins as one that failed', () => {
  const deployment = new Deployment()
  expect(deployment.outputs).toEqual(initialOutputs)
  deployment.succeed('pushed')
  expect(new Deployment().outputs).toEqual(initialOutputs)
})

test('a stage is a group of the log, and tells where a failure happened', async () => {
  const deployment = new Deployment()
  await expect(deployment.stage('store', 'Store the model', async () => 42)).resolves.toBe(42)
  const failing = deployment.stage('push', 'Push', () => Promise.reject(new Error('no')))
  await expect(failing).rejects.toThrow('no')
  deployment.fail()
  expect(deployment.stages.map(({ name }) => name)).toEqual(['store', 'push'])
  expect(deployment.outputs).toMatchObject({ status: 'failed', failed_phase: 'push' })
  expect(printed.lines().filter((line) => line.startsWith('::'))).toEqual([
    '::group::Store the model',
    '::endgroup::',
    '::group::Push',
    '::endgroup::',
  ])
})

test('nothing is skipped silently', () => {
  const deployment = new Deployment()
  expect(deployment.skip('Training', 'notebook_path is empty')).toBeUndefined()
  expect(deployment.notes).toEqual(['Training skipped: notebook_path is empty.'])
  expect(printed.text()).toBe('Training skipped: notebook_path is empty.\n')
})

test('knows where it goes once the inputs are read', () => {
  const deployment = new Deployment()
  deployment.aimAt({
    platform: { owner: 'ada', algorithm: 'wine' },
    repository: { url: 'https://h/x.git', branch: undefined },
  } as Inputs)
  expect(deployment.target).toEqual({ algorithm: 'ada/wine', repositoryUrl: 'https://h/x.git' })
})

describe('the outputs', () => {
  test('tell of the model as soon as it is stored', () => {
    const deployment = new Deployment()
    deployment.recordModel(stored)
    expect(deployment.outputs).toEqual({
      ...initialOutputs,
      model_uri: 'data://ada/wine/model.pkl',
      model_filepath: 'ada/wine/model.pkl',
      model_md5_hash: 'm',
      model_sha256_hash: 's',
      model_size_bytes: '42',
    })
  })

  test.each([
    [true, 'pushed'],
    [false, 'unchanged'],
  ])('tell of the delivery (changed: %p)', (changed, status) => {
    const deployment = new Deployment()
    deployment.recordDelivery({ changed, commit: 'c', branch: 'trunk', url: 'https://page', manifest: '{}\n' })
    expect(deployment.outputs).toEqual({
      ...initialOutputs,
      status,
      failed_phase: '',
      algorithm_commit_sha: 'c',
      algorithm_commit_url: 'https://page',
      manifest: '{}\n',
    })
  })
})

test.each<[string, (deployment: Deployment) => void, boolean]>([
  ['before anything is stored', () => {}, false],
  ['after the upload', (deployment) => deployment.recordModel(stored), true],
  ['after a model was reused', (deployment) => deployment.recordModel({ ...stored, uploaded: false }), false],
  [
    'after the push',
    (deployment) => {
      deployment.recordModel(stored)
      deployment.recordDelivery({ changed: true, commit: 'c', branch: 'trunk', url: '', manifest: '{}' })
    },
    false,
  ],
])('a failure %s says what is left behind', (_, until, left) => {
  const deployment = new Deployment()
  until(deployment)
  deployment.fail()
  const note = 'Left behind: data://ada/wine/model.pkl is stored, but no manifest points to it.'
  expect(deployment.notes).toEqual(left ? [note] : [])
  expect(deployment.outputs.status).toBe('failed')
})
