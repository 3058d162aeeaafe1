import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { casesFile, tellingAlgorithm } from '../support/digits.ts'
import { errors, Lab } from '../support/lab.ts'

// A model that goes to a bucket of somebody else's, through a data connector of the platform.

let lab: Lab
beforeAll(async () => {
  lab = await Lab.create(undefined, [{ name: 's3+models', access: 'read-write' }, { name: 's3' }])
  lab.write('digits/src/digits.py', tellingAlgorithm)
})
afterAll(() => lab.close())

test('a model is stored in a folder that is not there yet, and the algorithm reads it from there', async () => {
  const cases = [{ case_name: 'reads', input: 'x', expected_output: 'the first model', tree: ['model'] }]
  lab.write('digits/TEST_CASES.json', casesFile(cases))
  const commit = lab.commit('Tell the model')
  const uri = `s3+models://bucket/deep/folder/model_${commit}.pkl`

  const result = await lab.run({ algorithmia_uploadpath: 's3+models://bucket/deep/folder/' })

  expect(errors(result)).toEqual([])
  const md5 = createHash('md5').update('the first model').digest('hex')
  expect(result.outputs).toMatchObject({
    status: 'built',
    model_uri: uri,
    model_filepath: uri,
    model_md5_hash: md5,
    tests_passed: '1',
  })
  expect(JSON.parse(lab.deployed('model_manifest.json'))).toMatchObject({ model_filepath: uri, model_md5_hash: md5 })
  expect((await lab.download(uri)).toString()).toBe('the first model')

  const again = await lab.run({ algorithmia_uploadpath: 's3+models://bucket/deep/folder' })
  expect(again.outputs).toMatchObject({ model_uri: uri })
  expect(again.output).toContain(`${uri} is already stored with the same bytes: nothing to upload`)
})

test('a connector that may only read refuses the model, and nothing is changed', async () => {
  const before = await lab.remote()
  const result = await lab.run({ algorithmia_uploadpath: 's3://bucket/deep' })
  expect(errors(result)).toEqual([
    expect.stringMatching(
      /may not store s3:\/\/bucket\/deep\/model_.*s3 is read-only.* in the settings of the data connector s3 on Algorithmia allow writing/,
    ),
  ])
  expect(result.outputs).toMatchObject({ status: 'failed', failed_phase: 'store', algorithm_commit_sha: '' })
  expect(await lab.remote()).toEqual(before)
  expect((await lab.download('s3://bucket')).toString()).toBe('{}')
})

test('a connector that is not configured is told apart before anything runs', async () => {
  const result = await lab.run({ algorithmia_uploadpath: 'azureblob://container' })
  expect(errors(result)).toEqual([
    expect.stringMatching(/could not look into azureblob:\/\/container .*azureblob is not configured for alice/),
  ])
  expect(result.outputs.failed_phase).toBe('preflight')
})
