import { describe, expect, test } from '@jest/globals'
import {
  apiPath,
  collectionParts,
  fileIn,
  formatUri,
  isHosted,
  isIn,
  manifestPath,
  parseCollection,
  parseUri,
  sameObject,
} from '../../src/algorithmia/data-uri.ts'

describe('a collection', () => {
  test.each([
    ['data://ada/wine', 'data', 'ada/wine'],
    ['data://ada/wine/', 'data', 'ada/wine'],
    ['data:///ada//wine//', 'data', 'ada/wine'],
    ['ada/wine', 'data', 'ada/wine'],
    ['/ada/wine', 'data', 'ada/wine'],
    ['data://.my/wine', 'data', '.my/wine'],
    ['data://ada-l.42_x/wine models', 'data', 'ada-l.42_x/wine models'],
    ['s3://bucket', 's3', 'bucket'],
    ['s3+label://bucket/a//b/', 's3+label', 'bucket/a/b'],
    ['gs://bucket/models', 'gs', 'bucket/models'],
    ['gcp://bucket/models', 'gs', 'bucket/models'],
    ['gcp+label://bucket', 'gs+label', 'bucket'],
    ['azureblob://container/x', 'azureblob', 'container/x'],
    ['dropbox+team://models', 'dropbox+team', 'models'],
  ])('%j is read', (text, protocol, path) => {
    expect(parseCollection(text)).toEqual({ protocol, path })
  })

  test.each([
    ['', 'exactly two names'],
    ['data://', 'exactly two names'],
    ['data://ada', 'exactly two names'],
    ['data://ada/wine/deep', 'exactly two names'],
    ['DATA://ada/wine', 'exactly two names'],
    ['data://.session/wine', 'only inside a running algorithm'],
    ['data://.algo/temp', 'only inside a running algorithm'],
    ['data://.algo/ada/wine/perm', 'only inside a running algorithm'],
    ['data://-ada/wine', 'not an account name'],
    ['data://ada@work/wine', 'not an account name'],
    ['data://$ALGORITHMIA_USER/wine', '$ALGORITHMIA_USER is not known'],
    ['data://ada/${ALGORITHMIA_ALGONAME}', '${ALGORITHMIA_ALGONAME} is not known'],
    ['data://ada/..', '"." or ".."'],
    ['data://ada/../bob/wine', '"." or ".."'],
    ['data://./wine', '"." or ".."'],
    ['data://ada/a#b', 'cannot hold #'],
    ['data://ada/a?b', 'cannot hold #'],
    ['data://ada/a%2fb', 'cannot hold #'],
    ['data://ada/a\\b', 'cannot hold #'],
    ['data://ada/a\nb', 'control characters'],
    ['s3://bucket/../other', '"." or ".."'],
    ['s3://', 'the path after s3:// is missing'],
    ['s3+label:///', 'the path after s3+label:// is missing'],
    ['data+label://ada/wine', 'unknown protocol'],
    ['http://host/ada/wine', 'unknown protocol'],
    ['gcpx://bucket', 'unknown protocol'],
    ['file://tmp/wine', 'unknown protocol'],
  ])('%j is refused: %s', (text, reason) => {
    expect(() => parseCollection(text)).toThrow(reason)
  })

  test('a refusal shows what was written', () => {
    expect(() => parseCollection('data://ada')).toThrow('is "data://ada": ')
  })
})

describe.each([
  {
    collection: 'data://ada/wine',
    uri: 'data://ada/wine/model é+1.pkl',
    manifest: 'ada/wine/model é+1.pkl',
    path: '/v1/data/ada/wine/model%20%C3%A9%2B1.pkl',
    hosted: true,
  },
  {
    collection: 's3+label://bucket/models',
    uri: 's3+label://bucket/models/model é+1.pkl',
    manifest: 's3+label://bucket/models/model é+1.pkl',
    path: '/v1/data/s3+label://bucket/models/model%20%C3%A9%2B1.pkl',
    hosted: false,
  },
])('a file in $collection', ({ collection, uri, manifest, path, hosted }) => {
  const file = fileIn(parseCollection(collection), 'model é+1.pkl')

  test('has its URI, its path for the manifest and its path of the API', () => {
    expect(formatUri(file)).toBe(uri)
    expect(manifestPath(file)).toBe(manifest)
    expect(apiPath(file)).toBe(path)
    expect(isHosted(file)).toBe(hosted)
  })
})

test('owner and name of a collection', () => {
  expect(collectionParts(parseCollection('data://ada/wine'))).toEqual({ owner: 'ada', name: 'wine' })
})

test.each([
  ['data://ada/wine/m.pkl', 'data://ada/wine', true],
  ['ada/wine/m.pkl', 'data://ada/wine', true],
  ['data://ada//wine/m.pkl', 'data://ada/wine', true],
  ['data://ada/wine/M.pkl', 'data://ada/wine', false],
  ['data://ada/wine', 'data://ada/wine', false],
  ['', 'data://ada/wine', false],
  ['s3://bucket/m.pkl', 's3://bucket', true],
  ['gs://bucket/m.pkl', 's3://bucket', false],
  ['bucket/m.pkl', 's3://bucket', false],
])('the answer %j for m.pkl in %s means the same object: %j', (answer, collection, same) => {
  expect(sameObject(answer, fileIn(parseCollection(collection), 'm.pkl'))).toBe(same)
})

test.each([
  ['ada/wine/m.pkl', 'data://ada/wine/m.pkl'],
  ['data://ada//wine/m.pkl', 'data://ada/wine/m.pkl'],
  ['s3+team://bucket/a/m.pkl', 's3+team://bucket/a/m.pkl'],
  ['gcp://bucket/m.pkl', 'gs://bucket/m.pkl'],
])('a manifest that says %s means %s', (text, uri) => {
  const parsed = parseUri(text)
  expect(parsed && formatUri(parsed)).toBe(uri)
})

test.each([
  ['data://ada/wine/m.pkl', 'data://ada/wine', true],
  ['data://ada/wine/deep/m.pkl', 'data://ada/wine', false],
  ['s3://ada/wine/m.pkl', 'data://ada/wine', false],
  ['s3+a://b/m.pkl', 's3+b://b', false],
  ['s3+a://b/c/m.pkl', 's3+a://b/c', true],
])('whether %s lies in %s: %j', (file, folder, inside) => {
  const [parsed, collection] = [parseUri(file), parseUri(folder)]
  expect(parsed && collection && isIn(parsed, collection)).toBe(inside)
})

test.each(['', '/', 'data://', 's3://'])('%j is no URI of an object', (text) => {
  expect(parseUri(text)).toBeUndefined()
})
