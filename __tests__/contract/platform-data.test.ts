import { gzipSync } from 'node:zlib'
import { describe, expect, test } from '@jest/globals'
import { findAlgorithm } from '../../src/algorithmia/algorithms.ts'
import type { Http } from '../../src/algorithmia/http.ts'
import { client, collection, dataApi, digestsOf, failureOf, platformLab } from '../support/platform-lab.ts'
import { notFound } from '../support/scripted-platform.ts'
import type { Script, Step } from '../support/scripted-server.ts'

// Collections, objects and algorithms, as the platform answers for them.

const lab = platformLab()
const file = { protocol: 'data', path: 'demo/models/m.bin' }
const refusedWith = (status: number): Step => ({ status, body: { error: { message: 'because' } } })
const listing: Step = { body: { files: [] } }

describe('findCollection', () => {
  test.each<[string, number, Step]>([
    ['exists', 200, listing],
    ['missing', 404, notFound],
  ])('says %s for %i', async (expected, _status, step) => {
    const server = await lab.serve(() => step)
    expect(await dataApi(server.url).findCollection(collection)).toBe(expected)
    expect(server.seen).toMatchObject([{ method: 'GET', path: '/v1/data/demo/models' }])
  })

  test('says that the key is rejected', async () => {
    const server = await lab.serve(() => refusedWith(401))
    const { message } = await failureOf(dataApi(server.url).findCollection(collection))
    expect(message).toContain('Algorithmia rejected algorithmia_api_key')
    expect(message).toContain('HTTP 401: because')
  })

  test('says that the key lacks the right to read', async () => {
    const server = await lab.serve(() => refusedWith(403))
    const { message } = await failureOf(dataApi(server.url).findCollection(collection))
    expect(message).toContain('algorithmia_api_key may not look into data://demo/models (HTTP 403: because)')
    // A key that may only read would fail later, after the training.
    expect(message).toContain('lacks the right of reading')
    expect(message).toContain('data access to "read + write"')
  })

  test('speaks of the settings of a connector, which are not the key alone', async () => {
    const server = await lab.serve(() => refusedWith(403))
    const { message } = await failureOf(dataApi(server.url).findCollection({ protocol: 's3+x', path: 'bucket/a' }))
    expect(message).toContain('algorithmia_api_key may not look into s3+x://bucket/a (HTTP 403: because)')
    expect(message).toContain('in the settings of the data connector s3+x on Algorithmia allow writing')
    expect(message).toContain('data access to "read + write"')
    expect(message).not.toContain('collection')
  })

  test('says what the platform says when it is in trouble', async () => {
    const server = await lab.serve(() => refusedWith(500))
    const { message } = await failureOf(dataApi(server.url, { attempts: 2 }).findCollection(collection))
    expect(message).toBe('Algorithmia could not look into data://demo/models (HTTP 500: because)')
  })
})

describe('createCollection', () => {
  test.each<[string, Step]>([
    ['created', { body: { result: 'data://demo/models' } }],
    ['created, answered as in older versions', {}],
    ['there already', refusedWith(409)],
  ])('is content when it is %s', async (_case, step) => {
    const server = await lab.serve(() => step)
    await dataApi(server.url).createCollection(collection)
    expect(server.seen).toMatchObject([{ method: 'POST', path: '/v1/data/demo', body: '{"name":"models"}' }])
  })

  test('is content when another run was faster, whatever the answer', async () => {
    const server = await lab.serve(({ method }) => (method === 'POST' ? refusedWith(400) : listing))
    await dataApi(server.url).createCollection(collection)
    expect(server.seen.map((request) => request.method)).toEqual(['POST', 'GET'])
  })

  test('says that the key lacks the right to write', async () => {
    const server = await lab.serve(({ method }) => (method === 'POST' ? refusedWith(403) : notFound))
    const { message } = await failureOf(dataApi(server.url).createCollection(collection))
    expect(message).toContain(
      'algorithmia_api_key may not create the collection data://demo/models (HTTP 403: because)',
    )
    expect(message).toContain('lacks the right of writing')
    expect(message).toContain('data access to "read + write"')
  })

  test.each([401, 403])('blames the creation when nothing at all is allowed (%i)', async (status) => {
    const server = await lab.serve(() => refusedWith(status))
    const { message } = await failureOf(dataApi(server.url).createCollection(collection))
    expect(message).toContain('create the collection data://demo/models')
  })
})

describe('storedSize', () => {
  test('is what the download announces, without downloading', async () => {
    const server = await lab.serve(() => ({ headers: { 'Content-Length': '5000000000' }, body: 'x' }))
    expect(await dataApi(server.url).storedSize(file)).toBe(5_000_000_000)
    expect(server.seen).toMatchObject([{ method: 'GET', headers: { 'accept-encoding': 'identity' } }])
  })

  test('is undefined for an object that is not there', async () => {
    const server = await lab.serve(() => notFound)
    expect(await dataApi(server.url).storedSize(file)).toBeUndefined()
  })

  test('is asked again when the platform has a hiccup', async () => {
    const server = await lab.serve(({ nth }) =>
      nth < 2 ? { status: 503 } : { headers: { 'Content-Length': '7' }, end: 'close' },
    )
    expect(await dataApi(server.url).storedSize(file)).toBe(7)
  })

  const chunked: Step = { headers: { 'Transfer-Encoding': 'chunked' }, body: '1\r\nx\r\n0\r\n\r\n' }
  const compressed: Step = { headers: { 'Content-Encoding': 'gzip' }, body: 'abc' }
  /** The object gives no size away, the listing has three pages. */
  const paged = (object: Step): Script => {
    const pages: Record<string, object> = {
      '/v1/data/demo/models': { files: [{ filename: 'a', size: 1 }], marker: 'p 2/&' },
      '/v1/data/demo/models?marker=p%202%2F%26': { folders: [], marker: 'p3' },
      '/v1/data/demo/models?marker=p3': { files: [{ filename: 'm.bin', size: 42 }], marker: null },
    }
    return ({ path }) =>
      path === '/v1/data/demo/models/m.bin' ? object : { body: pages[path] ?? { error: 'no such page' } }
  }

  test.each<[string, Step]>([
    ['no length', chunked],
    ['the length of something compressed', compressed],
  ])('is looked up page by page when the download announces %s', async (_case, object) => {
    const server = await lab.serve(paged(object))
    expect(await dataApi(server.url).storedSize(file)).toBe(42)
    expect(server.seen).toHaveLength(4)
  })

  test('is undefined when no page has the object', async () => {
    const server = await lab.serve(({ path }) =>
      path.endsWith('m.bin') ? chunked : { body: { files: [{ filename: 'other.bin', size: 42 }] } },
    )
    expect(await dataApi(server.url).storedSize(file)).toBeUndefined()
  })

  test('does not turn pages for ever', async () => {
    const server = await lab.serve(({ path }) =>
      path.startsWith('/v1/data/demo/models/') ? chunked : { body: { marker: 'same' } },
    )
    expect((await failureOf(dataApi(server.url).storedSize(file))).message).toContain('list data://demo/models')
    expect(server.seen.length).toBeLessThan(10)
  })

  test.each(['<html>Sign in</html>', 'null', '[]x', ''])('is an error when the listing is %j', async (body) => {
    const server = await lab.serve(({ path }) => (path.endsWith('m.bin') ? chunked : { body }))
    expect((await failureOf(dataApi(server.url).storedSize(file))).message).toContain('list data://demo/models')
  })

  test('says which right is lacking for the listing', async () => {
    const server = await lab.serve(() => refusedWith(403))
    expect((await failureOf(dataApi(server.url).storedSize(file))).message).toContain('may not list data://demo/models')
  })

  test('lists the folder of a connector', async () => {
    const server = await lab.serve(({ path }) =>
      path === '/v1/data/s3+x://bucket/a%20b/m.bin' ? chunked : { body: { files: [{ filename: 'm.bin', size: 3 }] } },
    )
    expect(await dataApi(server.url).storedSize({ protocol: 's3+x', path: 'bucket/a b/m.bin' })).toBe(3)
    expect(server.seen[1]?.path).toBe('/v1/data/s3+x://bucket/a%20b')
  })
})

describe('exists', () => {
  test('takes the error from the header, as a HEAD has no body', async () => {
    const server = await lab.serve(() => ({ status: 403, headers: { 'X-Error-Message': 'not yours' } }))
    expect((await failureOf(dataApi(server.url).exists(file))).message).toContain('(HTTP 403: not yours)')
  })
})

describe('digest of a stored object', () => {
  const bytes = Buffer.from('the stored bytes '.repeat(1000))

  test('is that of its bytes', async () => {
    const server = await lab.serve(() => ({ body: bytes.toString() }))
    expect(await dataApi(server.url).digest(file)).toEqual(digestsOf(bytes))
  })

  test('is that of its bytes also when the server likes to compress', async () => {
    const server = await lab.serve(({ headers }) =>
      headers['accept-encoding']?.includes('gzip')
        ? { headers: { 'Content-Encoding': 'gzip' }, body: gzipSync(bytes) }
        : { body: bytes.toString() },
    )
    expect(await dataApi(server.url).digest(file)).toEqual(digestsOf(bytes))
  })

  test.each<[string, Step]>([
    ['503', { status: 503 }],
    ['a reset', { instead: 'reset' }],
    ['half of it', { body: bytes.toString(), cutAfter: 9000, end: 'reset' }],
  ])('starts from the first byte after %s', async (_case, step) => {
    const server = await lab.serve(({ nth }) => (nth < 2 ? step : { body: bytes.toString() }))
    expect(await dataApi(server.url).digest(file)).toEqual(digestsOf(bytes))
    expect(server.seen).toHaveLength(3)
  })

  test.each<[string, Step]>([
    ['never answers', { instead: 'hang' }],
    ['stops half-way', { body: bytes.toString(), cutAfter: 9000 }],
  ])('ends in time when the server %s', async (_case, step) => {
    const server = await lab.serve(() => step)
    const { message } = await failureOf(dataApi(server.url, { attempts: 2, stallMs: 200, timeoutMs: 200 }).digest(file))
    expect(message).toMatch(/no answer in time|no progress for 200 ms/)
  })

  test('is refused with the words of the platform', async () => {
    const server = await lab.serve(() => refusedWith(403))
    const { message } = await failureOf(dataApi(server.url).digest(file))
    expect(message).toContain('may not read data://demo/models/m.bin (HTTP 403: because)')
  })
})

describe('findAlgorithm', () => {
  const hello = (http: Http) => ({ http, owner: 'demo', name: 'hello', keyInput: 'algorithmia_api_key' })

  test.each([
    ['exists', 200],
    ['missing', 404],
    // The right to look at algorithms is not needed to deploy to one.
    ['unknown', 401],
    ['unknown', 403],
  ])('says %s for %i', async (expected, status) => {
    const server = await lab.serve(() => ({ status, body: {} }))
    expect(await findAlgorithm(hello(client(server.url)))).toBe(expected)
    expect(server.seen).toMatchObject([{ method: 'GET', path: '/v1/algorithms/demo/hello' }])
  })

  test('says what the platform says when it is in trouble', async () => {
    const server = await lab.serve(() => refusedWith(500))
    const { message } = await failureOf(findAlgorithm(hello(client(server.url, { attempts: 2 }))))
    expect(message).toBe('Algorithmia could not look for the algorithm demo/hello (HTTP 500: because)')
  })
})
