import { describe, expect, test } from '@jest/globals'
import { Deployment } from '../../src/deployment.ts'
import { UncertainError } from '../../src/errors.ts'
import type { Inputs } from '../../src/inputs.ts'
import { initialOutputs, type Reached } from '../../src/outputs.ts'
import type { TestRun } from '../../src/release/run-tests.ts'
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

test('a new algorithm is left behind only until something is pushed to it', () => {
  const deployment = new Deployment()
  expect(deployment.standing).toBe('')
  deployment.created = 'ada/wine'
  deployment.fail()
  expect(deployment.standing).toMatch(/^Left behind: the algorithm ada\/wine was created/)
  deployment.fail(new UncertainError('perhaps pushed'))
  expect(deployment.standing).toBe('')
  deployment.recordDelivery({ changed: true, commit: 'c0ffee', branch: 'master', url: '', manifest: '' })
  deployment.fail()
  expect(deployment.standing).toMatch(/^Commit c0ffee is pushed to master\./)
})

describe('the outputs', () => {
  test('tell of the model as soon as it is stored', () => {
    const deployment = new Deployment()
    deployment.recordModel(0, 'model', stored)
    expect(deployment.outputs).toEqual({
      ...initialOutputs,
      model_uri: 'data://ada/wine/model.pkl',
      model_filepath: 'ada/wine/model.pkl',
      model_md5_hash: 'm',
      model_sha256_hash: 's',
      model_size_bytes: '42',
      models: JSON.stringify([
        {
          name: 'model',
          uri: 'data://ada/wine/model.pkl',
          md5_hash: 'm',
          sha256_hash: 's',
          size_bytes: 42,
          uploaded: true,
        },
      ]),
    })
  })

  test('tell of several models in their order, whichever is stored first', () => {
    const deployment = new Deployment()
    const uri = { protocol: 's3+a', path: 'b/labels.json' }
    deployment.recordModel(1, 'labels', { ...stored, uri, uploaded: false })
    expect(deployment.outputs.model_uri).toBe('')
    expect(JSON.parse(deployment.outputs.models)).toMatchObject([{ name: 'labels', uri: 's3+a://b/labels.json' }])
    deployment.recordModel(0, 'model', stored)
    expect(deployment.outputs.model_uri).toBe('data://ada/wine/model.pkl')
    expect(JSON.parse(deployment.outputs.models)).toMatchObject([
      { name: 'model' },
      { name: 'labels', uploaded: false },
    ])
    deployment.fail()
    expect(deployment.notes).toEqual([
      'Left behind: data://ada/wine/model.pkl is stored, but no manifest points to it.',
    ])
  })

  test('tell of the delivery, and not yet that it succeeded', () => {
    const deployment = new Deployment()
    deployment.recordDelivery({ changed: true, commit: 'c', branch: 'trunk', url: 'https://page', manifest: '{}\n' })
    expect(deployment.outputs).toEqual({
      ...initialOutputs,
      algorithm_commit_sha: 'c',
      algorithm_commit_url: 'https://page',
      manifest: '{}\n',
    })
  })

  test('tell of the tests', () => {
    const deployment = new Deployment()
    deployment.recordTests({ results: [], passed: 0, total: 12 }, '/temp/report.xml')
    expect(deployment.outputs).toEqual({
      ...initialOutputs,
      tests_passed: '0',
      tests_total: '12',
      test_report: '/temp/report.xml',
    })
  })

  test('tell of a version', () => {
    const deployment = new Deployment()
    deployment.recordRelease('1.2.3', 'https://api/v1/algo/ada/wine/1.2.3')
    expect(deployment.outputs).toEqual({
      ...initialOutputs,
      version: '1.2.3',
      endpoint_url: 'https://api/v1/algo/ada/wine/1.2.3',
    })
  })

  test.each<Reached>(['released', 'built', 'pushed', 'unchanged', 'planned'])('say how far it got: %s', (reached) => {
    const deployment = new Deployment()
    deployment.succeed(reached)
    expect(deployment.outputs).toEqual({ ...initialOutputs, status: reached, failed_phase: '' })
  })

  test('name no version that was published but not proven', () => {
    const deployment = new Deployment()
    deployment.published = { number: '1.2.3', isNew: true }
    deployment.fail()
    expect(deployment.outputs).toEqual(initialOutputs)
  })
})

test.each<[string, (deployment: Deployment) => void, boolean]>([
  ['before anything is stored', () => {}, false],
  ['after the upload', (deployment) => deployment.recordModel(0, 'model', stored), true],
  [
    'after a model was reused',
    (deployment) => deployment.recordModel(0, 'model', { ...stored, uploaded: false }),
    false,
  ],
  [
    'after the push',
    (deployment) => {
      deployment.recordModel(0, 'model', stored)
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

describe('what stands after a failure', () => {
  const none: TestRun = { results: [], passed: 0, total: 1 }
  const delivered = (changed: boolean) => ({ changed, commit: 'c0ffee', branch: 'trunk', url: '', manifest: '' })

  test.each<[string, (deployment: Deployment) => void, unknown, string]>([
    ['before the push', (deployment) => deployment.recordModel(0, 'model', stored), undefined, ''],
    ['when the push may have arrived', () => undefined, new UncertainError('cut'), ''],
    [
      'after the push',
      (deployment) => deployment.recordDelivery(delivered(true)),
      undefined,
      'Commit c0ffee is pushed to trunk. Nothing was published.',
    ],
    [
      'when nothing was pushed',
      (deployment) => deployment.recordDelivery(delivered(false)),
      undefined,
      'Nothing was pushed, because c0ffee on trunk already held this model and code. Nothing was published.',
    ],
    [
      'when the push was reverted',
      (deployment) => {
        deployment.recordDelivery(delivered(true))
        deployment.recordTests(none, '')
        deployment.revertedBy = 'decaf'
        deployment.revertIsBuilt = true
      },
      undefined,
      'Commit c0ffee is pushed to trunk, and taken back by decaf. Nothing was published.',
    ],
    [
      'when the build of the revert failed',
      (deployment) => {
        deployment.recordDelivery(delivered(true))
        deployment.revertedBy = 'decaf'
      },
      undefined,
      'Commit c0ffee is pushed to trunk, and taken back by decaf, which is not proven to be built. Nothing was published.',
    ],
    [
      'when nobody knows whether the push was reverted',
      (deployment) => {
        deployment.recordDelivery(delivered(true))
        deployment.revertIsUnknown = true
      },
      undefined,
      'Commit c0ffee is pushed to trunk, and perhaps taken back. Nothing was published.',
    ],
    [
      'when the publication may have taken effect',
      (deployment) => {
        deployment.recordDelivery(delivered(true))
        deployment.phase = 'publish'
      },
      new UncertainError('cut'),
      'Commit c0ffee is pushed to trunk. Whether it was published is not known.',
    ],
    [
      'when publishing was refused',
      (deployment) => {
        deployment.recordDelivery(delivered(true))
        deployment.phase = 'publish'
      },
      new Error('no'),
      'Commit c0ffee is pushed to trunk. Nothing was published.',
    ],
    [
      'when the version is not proven',
      (deployment) => {
        deployment.recordDelivery(delivered(true))
        deployment.phase = 'publish'
        deployment.published = { number: '1.2.3', isNew: true }
      },
      new Error('no'),
      'Commit c0ffee is pushed to trunk. It is published as 1.2.3, but that was not proven.',
    ],
  ])('%s', (_, until, error, sentence) => {
    const deployment = new Deployment()
    until(deployment)
    deployment.fail(error)
    expect(deployment.standing).toBe(sentence)
  })
})
