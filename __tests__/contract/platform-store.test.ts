import { describe, expect, test } from '@jest/globals'
import { failureOf, kB, MB, platformLab, store } from '../support/platform-lab.ts'
import { notFound, scriptedPlatform, stored } from '../support/scripted-platform.ts'
import type { Seen, Step } from '../support/scripted-server.ts'

// Storing a model: what is uploaded, under which name, what is believed, and what is never touched.

const lab = platformLab()
const path = '/v1/data/demo/models/m_abc.bin'
const size = 300 * kB

async function platform(overrides?: (request: Seen) => Step | undefined) {
  const scripted = scriptedPlatform(overrides)
  const server = await lab.serve(scripted.script)
  return { server, ...scripted, calls: () => server.seen.map(({ method, path }) => `${method} ${path}`) }
}

/** The calls that change something. */
const changes = (calls: string[]) => calls.filter((call) => !/^(GET|HEAD) /.test(call))

describe('a new model', () => {
  test('in a collection that is there: looked for, uploaded, its size checked', async () => {
    const { server, calls } = await platform()
    const model = lab.model(size)
    await store(server.url, { path: model.path, size })
    expect(calls()).toEqual([`HEAD ${path}`, `PUT ${path}`, `GET ${path}`])
    expect(lab.printed()).toMatch(/Stored model-307200\.bin \(307\.2 kB\) in .*MD5 [0-9a-f]{32}/)
  })

  test('in a connector: addressed by its whole URI', async () => {
    const { server, calls } = await platform()
    const model = lab.model(size)
    const collection = { protocol: 's3+label', path: 'bucket/some folder' }
    const { uri } = await store(server.url, { path: model.path, size }, { collection })
    const object = '/v1/data/s3+label://bucket/some%20folder/m_abc.bin'
    expect(calls()).toEqual([`HEAD ${object}`, `PUT ${object}`, `GET ${object}`])
    expect(uri).toEqual({ protocol: 's3+label', path: 'bucket/some folder/m_abc.bin' })
  })

  test('of a name that needs encoding', async () => {
    const { server, calls } = await platform()
    const model = lab.model(size)
    await store(server.url, { path: model.path, size }, { name: 'größe 100% #1?.bin' })
    expect(changes(calls())).toEqual(['PUT /v1/data/demo/models/gr%C3%B6%C3%9Fe%20100%25%20%231%3F.bin'])
  })

  test('that takes long to send: says how far it is', async () => {
    const { server } = await platform(({ method }) => (method === 'PUT' ? { bytesPerSecond: 20 * MB } : undefined))
    const model = lab.model(20 * MB)
    await store(server.url, { path: model.path, size: 20 * MB }, { progressEveryMs: 100 })
    const lines = lab.printed().match(/(?<=^model-\d+\.bin: )\d+ % sent, [\d.]+ MB\/s, .* left$/gm) ?? []
    expect(lines.length).toBeGreaterThanOrEqual(2)
    const percents = lines.map((line) => Number.parseInt(line, 10))
    expect(percents).toEqual([...percents].sort((a, b) => a - b))
    expect(percents.at(-1)).toBeLessThanOrEqual(100)
  })
})

describe('a name that is taken', () => {
  /** A platform that holds these bytes under these names. */
  async function holding(contents: Record<string, Buffer>) {
    const downloads = (request: Seen): Step | undefined => {
      const body = contents[request.path]
      if (request.method === 'GET' && body) return { body }
      if (request.method === 'HEAD') return body ? {} : notFound
      return undefined
    }
    const result = await platform(downloads)
    for (const [name, bytes] of Object.entries(contents)) result.objects.set(name, { size: bytes.length, sha256: '' })
    return result
  }

  test('and proven by the manifest to hold these bytes is used as it is', async () => {
    const model = lab.model(size)
    const { server, calls } = await holding({ [path]: model.bytes })
    const known = [{ uri: 'demo/models/m_abc.bin', md5: model.md5 }]
    const result = await store(server.url, { path: model.path, size }, { known })
    expect(result).toMatchObject({ uploaded: false, md5: model.md5, sha256: model.sha256, size })
    expect(changes(calls())).toEqual([])
  })

  test('and proven, but stored with another size, is not believed', async () => {
    const model = lab.model(size)
    const { server, calls } = await holding({ [path]: model.bytes.subarray(1) })
    const known = [{ uri: 'data://demo/models/m_abc.bin', md5: model.md5, size }]
    const { uri } = await store(server.url, { path: model.path, size }, { known })
    expect(uri.path).toBe(`demo/models/m_abc_${model.md5.slice(0, 8)}.bin`)
    expect(changes(calls())).toEqual([`PUT /v1/data/${uri.path}`])
  })

  test('by who knows what is left alone: the model goes beside it', async () => {
    const model = lab.model(size)
    const { server, calls } = await holding({ [path]: Buffer.from('something else') })
    const { uri, uploaded } = await store(server.url, { path: model.path, size })
    expect([uri.path, uploaded]).toEqual([`demo/models/m_abc_${model.md5.slice(0, 8)}.bin`, true])
    expect(changes(calls())).toEqual([`PUT /v1/data/${uri.path}`])
    expect(lab.printed()).toContain('this model goes beside it')
  })

  test('and the one beside it too, with the same bytes: that one is used', async () => {
    const model = lab.model(size)
    const beside = `/v1/data/demo/models/m_abc_${model.md5.slice(0, 8)}.bin`
    const { server, calls } = await holding({ [path]: Buffer.from('something else'), [beside]: model.bytes })
    const result = await store(server.url, { path: model.path, size })
    expect(result).toMatchObject({ uploaded: false, md5: model.md5, uri: { path: beside.replace('/v1/data/', '') } })
    expect(changes(calls())).toEqual([])
  })

  test('and the one beside it too, with other bytes: the run fails and touches neither', async () => {
    const model = lab.model(size)
    const beside = `/v1/data/demo/models/m_abc_${model.md5.slice(0, 8)}.bin`
    const { server, calls } = await holding({ [path]: Buffer.from('x'), [beside]: model.bytes.subarray(1) })
    const { message } = await failureOf(store(server.url, { path: model.path, size }))
    expect(message).toContain('exists with other bytes than its name says')
    expect(message).toContain('Delete it and run again')
    expect(changes(calls())).toEqual([])
  })

  test('is not taken for free when the platform may not say', async () => {
    const { server, calls } = await platform(() => ({ status: 403, headers: { 'X-Error-Message': 'no' } }))
    const model = lab.model(size)
    await failureOf(store(server.url, { path: model.path, size }))
    expect(changes(calls())).toEqual([])
  })
})

describe('an upload is only believed', () => {
  const answers: [string, Step, RegExp][] = [
    ['an empty answer', { body: '' }, /it answered: nothing$/],
    ['an error in a 200', { body: { error: { message: 'quota' } } }, /it answered: \{"error":\{"message":"quota"\}\}$/],
    ['the name of another object', stored('/v1/data/demo/models/other.bin'), /it answered: .*other\.bin/],
    ['HTML', { body: `<html>${'x'.repeat(1000)}</html>` }, /it answered: <html>x{194}\.\.\.$/],
    ['JSON without meaning', { body: 'null' }, /it answered: null$/],
  ]
  test.each(answers)('with a confirmation, not after %s', async (_case, step, said) => {
    const { server } = await platform(({ method }) => (method === 'PUT' ? step : undefined))
    const model = lab.model(size)
    const { message } = await failureOf(store(server.url, { path: model.path, size }))
    expect(message).toContain('Algorithmia did not confirm that data://demo/models/m_abc.bin is stored')
    expect(message).toMatch(said)
  })

  test('when the stored size is right; what is not is left alone', async () => {
    const { server, calls, objects } = await platform(({ method, path }) =>
      method === 'GET' && path.endsWith('.bin') ? { headers: { 'Content-Length': '12' }, end: 'close' } : undefined,
    )
    const model = lab.model(size)
    const { message } = await failureOf(store(server.url, { path: model.path, size }))
    expect(message).toBe(
      'data://demo/models/m_abc.bin is stored with 12 bytes instead of 307200; a new run stores the model beside it',
    )
    // Another run of the commit may have put its own model there: nothing is deleted.
    expect(changes(calls())).toEqual([`PUT ${path}`])
    expect(objects.size).toBe(1)
  })

  test('when it is there afterwards', async () => {
    const { server, calls } = await platform(({ method }) => (method === 'GET' ? notFound : undefined))
    const model = lab.model(size)
    const { message } = await failureOf(store(server.url, { path: model.path, size }))
    expect(message).toBe('data://demo/models/m_abc.bin is not there although Algorithmia confirmed it')
    expect(changes(calls())).toEqual([`PUT ${path}`])
  })

  test('also when only the listing knows the size', async () => {
    const chunked: Step = { headers: { 'Transfer-Encoding': 'chunked' }, body: '1\r\nx\r\n0\r\n\r\n' }
    const { server } = await platform(({ method, path }) => {
      if (method !== 'GET') return undefined
      return path.endsWith('.bin') ? chunked : { body: { files: [{ filename: 'm_abc.bin', size }] } }
    })
    const model = lab.model(size)
    expect((await store(server.url, { path: model.path, size })).uploaded).toBe(true)
  })
})

describe('bytes that the manifest knows are not sent again', () => {
  const earlier = 'data://demo/models/m_earlier.bin'
  const holdsEarlier = ({ path }: Seen): Step | undefined =>
    path.endsWith('m_earlier.bin') ? { headers: { 'Content-Length': String(size) }, end: 'close' } : undefined

  test('whatever the name and the commit', async () => {
    const { server, calls } = await platform(holdsEarlier)
    const { path, md5, sha256 } = lab.model(size)
    const known = [{ uri: earlier, md5, sha256, size }]
    const result = await store(server.url, { path, size }, { known })
    expect(result).toEqual({
      uri: { protocol: 'data', path: 'demo/models/m_earlier.bin' },
      uploaded: false,
      md5,
      sha256,
      size,
    })
    expect(calls()).toEqual(['GET /v1/data/demo/models/m_earlier.bin'])
  })

  test.each([
    ['other bytes of the same size', { md5: '0'.repeat(32) }],
    ['another SHA-256 with the same MD5', { sha256: '0'.repeat(64) }],
    ['another size', { size: size + 1 }],
    ['a place in another collection', { uri: 'data://demo/others/m_earlier.bin' }],
    ['a place in another store', { uri: 's3://demo/models/m_earlier.bin' }],
  ])('but %s', async (_case, other) => {
    const { server, calls } = await platform(holdsEarlier)
    const { path: file, md5, sha256 } = lab.model(size)
    const known = [{ uri: earlier, md5, sha256, size, ...other }]
    const result = await store(server.url, { path: file, size }, { known })
    expect(result).toMatchObject({ uri: { path: 'demo/models/m_abc.bin' }, uploaded: true, md5 })
    expect(changes(calls())).toEqual([`PUT ${path}`])
  })
})
