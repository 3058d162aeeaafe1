import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Sandbox, startSandbox } from '../../sandbox/server.ts'
import { call, type HttpCall } from '../support/http-call.ts'

const anna = 'simAnna/with/slashes'
const reader = 'simAnnaReadsOnly'
const nothing = 'simAnnaNoData'
const ben = 'simBen'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({
    users: [
      { name: 'anna', keys: [{ key: anna }, { key: reader, data: 'read' }, { key: nothing, data: 'none' }] },
      { name: 'ben', keys: [{ key: ben }] },
    ],
  })
})
afterAll(() => sandbox.close())

const as = (key: string | undefined, method: string, path: string, options: HttpCall = {}) =>
  call(sandbox.url, path, { method, ...(key !== undefined && { key }), ...options })

async function collection(name: string, acl?: string[]): Promise<string> {
  const body = JSON.stringify({ name, ...(acl && { acl: { read: acl } }) })
  expect((await as(anna, 'POST', '/v1/data/anna', { body })).status).toBe(200)
  return `/v1/data/anna/${name}`
}

describe('directories', () => {
  test('are created below an account, once, and listed', async () => {
    const created = await as(anna, 'POST', '/v1/data/.my', { body: '{"name":"first"}' })
    expect([created.status, created.text]).toEqual([200, '{"result":"data://.my/first"}'])
    const again = await as(anna, 'POST', '/v1/data/anna/', { body: '{"name":"first"}' })
    expect(again.status).toBe(409)
    expect(again.json()).toMatchObject({ error: { message: 'The collection data://anna/first already exists' } })
    const account = await as(anna, 'GET', '/v1/data/.my')
    expect(account.json()).toMatchObject({
      folders: expect.arrayContaining([expect.objectContaining({ name: 'first' })]),
    })
  })

  test('may be named by a bare text body, as one of the clients does', async () => {
    const headers = { 'content-type': 'text/plain' }
    expect((await as(anna, 'POST', '/v1/data/anna/', { body: 'D3', headers })).text).toBe('{"result":"data://anna/D3"}')
    expect((await as(anna, 'POST', '/v1/data/anna', { body: '123', headers })).text).toBe(
      '{"result":"data://anna/123"}',
    )
    expect((await as(anna, 'HEAD', '/v1/data/anna/D3')).headers['x-data-type']).toBe('directory')
    expect((await as(anna, 'HEAD', '/v1/data/anna/123/')).status).toBe(200)
  })

  test.each([
    ['no name', '{}', 400],
    ['an empty body', '', 400],
    ['a name with a slash', '{"name":"a/b"}', 400],
    ['the parent folder', '{"name":".."}', 400],
    ['an unknown ACL', '{"name":"x","acl":{"read":["user://ben"]}}', 400],
  ])('are refused with %s', async (_case, body, status) => {
    const answer = await as(anna, 'POST', '/v1/data/anna', { body })
    expect(answer.status).toBe(status)
    expect(answer.headers['x-error-message']).toBeTruthy()
  })

  test('do not nest', async () => {
    const path = await collection('flat')
    expect((await as(anna, 'POST', path, { body: '{"name":"inner"}' })).status).toBe(400)
    expect((await as(anna, 'PUT', `${path}/inner/file`, { body: 'x' })).status).toBe(400)
    expect((await as(anna, 'HEAD', `${path}/inner/file`)).status).toBe(404)
  })

  test('are deleted when empty, or by force', async () => {
    const path = await collection('gone')
    await as(anna, 'PUT', `${path}/a`, { body: 'a' })
    await as(anna, 'PUT', `${path}/b`, { body: 'b' })
    const refused = await as(anna, 'DELETE', `${path}?force=false`)
    expect(refused.status).toBe(400)
    expect(refused.json()).toMatchObject({ error: { message: expect.stringContaining('not empty') } })
    expect((await as(anna, 'DELETE', `${path}?force=true`)).text).toBe('{"result":{"deleted":2}}')
    expect((await as(anna, 'GET', path)).status).toBe(404)
    expect((await as(anna, 'GET', `${path}/a`)).status).toBe(404)
    const empty = await collection('gone')
    expect((await as(anna, 'DELETE', empty)).text).toBe('{"result":{"deleted":1}}')
  })

  test('are listed in pages of 1000 with a marker', async () => {
    const path = await collection('many')
    const names = Array.from({ length: 2001 }, (_, index) => `file-${String(index).padStart(4, '0')}`)
    for (let start = 0; start < names.length; start += 50) {
      await Promise.all(
        names.slice(start, start + 50).map((name) => as(anna, 'PUT', `${path}/${name}`, { body: name })),
      )
    }
    const seen: string[] = []
    const sizes: number[] = []
    let marker: string | undefined = ''
    while (marker !== undefined) {
      const answer = await as(anna, 'GET', `${path}?marker=${encodeURIComponent(marker)}`)
      const page = answer.json() as { files: { filename: string }[]; marker?: string }
      sizes.push(page.files.length)
      seen.push(...page.files.map((file) => file.filename))
      marker = page.marker
    }
    expect(sizes).toEqual([1000, 1000, 1])
    expect(seen).toEqual(names)
    const bad = await as(anna, 'GET', `${path}?marker=nonsense`)
    expect([bad.status, bad.json()]).toEqual([400, { error: expect.objectContaining({ code: 5002 }) }])
  })
})

describe('files', () => {
  test('come back byte for byte, with the listing format clients parse', async () => {
    const path = await collection('bytes')
    const body = Buffer.from(Array.from({ length: 256 }, (_, index) => index))
    const put = await as(anna, 'PUT', '/v1/data/.my/bytes//all.bin', { body })
    expect([put.status, put.headers['content-type'], put.text]).toEqual([
      200,
      expect.stringContaining('application/json'),
      '{"result":"data://.my/bytes/all.bin"}',
    ])
    const got = await as(anna, 'GET', `${path}/all.bin`)
    expect(got.bytes.equals(body)).toBe(true)
    expect(got.headers).toMatchObject({ 'content-length': '256', 'x-data-type': 'file' })
    expect((await as(anna, 'GET', path)).json()).toEqual({
      files: [
        {
          filename: 'all.bin',
          last_modified: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/),
          size: 256,
        },
      ],
    })
    const head = await as(anna, 'HEAD', `${path}/all.bin`)
    expect(head.headers).toMatchObject({ 'content-length': '256', 'x-data-type': 'file' })
    expect((await as(anna, 'DELETE', `${path}/all.bin`)).text).toBe('{"result":{"deleted":1}}')
    expect((await as(anna, 'DELETE', `${path}/all.bin`)).status).toBe(404)
  })

  test('are typed by what the client asks for, never by what was stored', async () => {
    const path = await collection('types')
    await as(anna, 'PUT', `${path}/f`, { body: '{}', headers: { 'content-type': 'application/json' } })
    const type = async (accept?: string) =>
      (await as(anna, 'GET', `${path}/f`, { headers: accept ? { accept } : {} })).headers['content-type']
    expect(await type()).toBe('application/octet-stream')
    expect(await type('*/*')).toBe('application/octet-stream')
    expect(await type('text/plain, application/json')).toBe('application/octet-stream')
    expect(await type('text/plain')).toMatch(/^text\/plain/)
    expect(await type('application/json')).toMatch(/^application\/json/)
  })

  test.each([
    ['a space', 'a b'],
    ['a percent sign', '100%'],
    ['an encoded way out', '..%2F..%2Fetc'],
    ['unicode', 'modèle-模型-🙂.pkl'],
    ['a scheme', 'C:'],
    ['question mark and hash', 'what?#x'],
    ['backslashes', '..\\..\\x'],
    ['a device name', 'CON.txt'],
    ['400 characters', 'x'.repeat(400)],
    ['dots', '...'],
    ['a leading dash', '-rf'],
    ['quotes', `"'\`$(id)`],
  ])('may be named with %s', async (_case, name) => {
    await as(anna, 'POST', '/v1/data/anna', { body: '{"name":"odd"}' })
    const path = `/v1/data/anna/odd/${encodeURIComponent(name)}`
    expect((await as(anna, 'PUT', path, { body: name })).json()).toEqual({ result: `data://anna/odd/${name}` })
    expect((await as(anna, 'GET', path)).text).toBe(name)
    const listing = (await as(anna, 'GET', '/v1/data/anna/odd')).json() as { files: { filename: string }[] }
    expect(listing.files.map((file) => file.filename)).toContain(name)
    expect((await as(anna, 'DELETE', path)).status).toBe(200)
  })

  test('differ by case', async () => {
    const path = await collection('case')
    await as(anna, 'PUT', `${path}/a`, { body: 'small' })
    await as(anna, 'PUT', `${path}/A`, { body: 'large' })
    expect((await as(anna, 'GET', `${path}/a`)).text).toBe('small')
  })

  test.each([
    ['a way out', '/v1/data/anna/../x', 400],
    ['an encoded way out', '/v1/data/anna/%2e%2e/x', 400],
    ['a control character', '/v1/data/anna/types/a%00b', 400],
    ['a broken percent code', '/v1/data/anna/types/%zz', 400],
    ['bytes that are not UTF-8', '/v1/data/anna/types/%ff', 400],
    ['no collection', '/v1/data/anna/file', 400],
    ['a missing collection', '/v1/data/anna/missing/file', 404],
    ['the session', '/v1/data/.session/file', 400],
    ['the folder of an algorithm', '/v1/data/.algo/anna/algo/perm/file', 403],
  ])('are not stored under %s', async (_case, path, status) => {
    const answer = await as(anna, 'PUT', path, { body: 'x' })
    expect(answer.status).toBe(status)
    expect(answer.json()).toEqual({
      error: { message: expect.any(String), code: expect.any(Number), id: expect.any(String) },
    })
    expect(answer.headers['x-error-message']).toBeTruthy()
  })
})

describe('addresses', () => {
  test('of both families, with the slashes encoded, name the same file', async () => {
    const path = await collection('same')
    await as(anna, 'PUT', `${path}/f`, { body: 'content' })
    for (const url of [
      '/v1/connector/data/anna/same/f',
      '/v1/connector/data/.my/same/f',
      '/v1/data/anna%2Fsame%2Ff',
      '/v1/data/data://anna/same/f',
      '/v1/data/data%3A%2F%2Fanna%2Fsame%2Ff',
      '/v1/data//anna//same/f',
    ]) {
      expect([url, (await as(anna, 'GET', url)).text]).toEqual([url, 'content'])
    }
  })

  test.each([
    '/v1/data/s3+label://bucket/key',
    '/v1/connector/gs/bucket/key',
    '/v1/data/dropbox://x',
    '/v1/data/gcp://x/y',
  ])('of other stores say that they are not configured: %s', async (url) => {
    for (const method of ['GET', 'HEAD', 'PUT']) {
      const answer = await as(anna, method, url, method === 'PUT' ? { body: 'x' } : {})
      expect(answer.status).toBe(400)
      expect(answer.headers['x-error-message']).toContain('is not configured')
    }
  })

  test('of the root list the account first', async () => {
    for (const url of ['/v1/data', '/v1/data/', '/v1/connector/data', '/v1/connector/data/']) {
      expect((await as(anna, 'GET', url)).json()).toMatchObject({ folders: [{ name: 'anna' }] })
    }
  })

  test('that do not exist answer JSON', async () => {
    for (const url of ['/v1', '/v1/nothing', '/v1/algo/a/b', '/nothing']) {
      const answer = await as(anna, 'GET', url)
      expect(answer.status).toBe(url.startsWith('/v1') ? 501 : 404)
      expect(answer.json()).toMatchObject({ error: { message: expect.stringContaining(url) } })
    }
  })

  test('that are too long answer JSON', async () => {
    const answer = await as(anna, 'GET', `/v1/data/${'x'.repeat(20_000)}`)
    expect([answer.status, answer.json()]).toEqual([431, { error: expect.objectContaining({ code: 2015 }) }])
  })
})

describe('rights', () => {
  test('a key is accepted bare, as Simple and as Bearer, in any case', async () => {
    for (const form of [anna, `Simple ${anna}`, `simple  ${anna}`, `Bearer ${anna}`]) {
      expect((await call(sandbox.url, '/v1/data', { key: form })).status).toBe(200)
    }
  })

  test('no key and an unknown one are 401 with a message, also for PUT and HEAD', async () => {
    for (const key of [undefined, 'simUnknown', 'Simple']) {
      for (const method of ['GET', 'HEAD', 'PUT', 'POST', 'PATCH', 'DELETE']) {
        const answer = await as(key, method, '/v1/data/anna/x/y', method === 'PUT' ? { body: 'x' } : {})
        expect(answer.status).toBe(401)
        expect(answer.headers['x-error-message']).toBeTruthy()
        if (method !== 'HEAD') expect(answer.json()).toMatchObject({ error: { message: expect.any(String) } })
      }
    }
  })

  test('a read-only key reads, a key without data does nothing', async () => {
    const path = await collection('limited')
    await as(anna, 'PUT', `${path}/f`, { body: 'x' })
    expect((await as(reader, 'GET', `${path}/f`)).status).toBe(200)
    const refused = {
      error: expect.objectContaining({ code: 2001, message: expect.stringContaining('may only read') }),
    }
    for (const [method, url] of [
      ['PUT', `${path}/f`],
      ['POST', '/v1/data/anna'],
      ['DELETE', `${path}/f`],
      ['PATCH', path],
    ]) {
      const answer = await as(reader, method ?? '', url ?? '', method === 'DELETE' ? {} : { body: 'x' })
      expect([answer.status, answer.json()]).toEqual([403, refused])
    }
    for (const url of [path, `${path}/f`, '/v1/data', '/v1/hostedData']) {
      expect((await as(nothing, 'GET', url)).status).toBe(403)
    }
  })

  test('only a public collection is read by others, and nobody else writes', async () => {
    const path = await collection('shared')
    await as(anna, 'PUT', `${path}/f`, { body: 'x' })
    const outsiders = async () => [
      (await as(ben, 'GET', `${path}/f`)).status,
      (await as(ben, 'HEAD', path)).status,
      (await as(undefined, 'GET', `${path}/f`)).status,
    ]
    const set = async (read: string[]) => {
      const answer = await as(anna, 'PATCH', path, { body: JSON.stringify({ acl: { read } }) })
      expect([answer.status, answer.text]).toEqual([200, ''])
      expect((await as(anna, 'GET', `${path}?acl=true`)).json()).toMatchObject({ acl: { read } })
    }
    expect((await as(anna, 'GET', `${path}?acl=true`)).json()).toMatchObject({ acl: { read: ['algo://.my/*'] } })
    expect(await outsiders()).toEqual([403, 403, 401])
    await set(['user://*'])
    expect(await outsiders()).toEqual([200, 200, 200])
    expect((await as(ben, 'GET', '/v1/data/anna')).json()).toMatchObject({ folders: [{ name: 'shared' }] })
    for (const [method, options] of [
      ['PUT', { body: 'y' }],
      ['DELETE', {}],
    ] as const) {
      expect((await as(ben, method, `${path}/f`, options)).status).toBe(403)
      expect((await as(undefined, method, `${path}/f`, options)).status).toBe(401)
    }
    expect((await as(ben, 'POST', '/v1/data/anna', { body: '{"name":"x"}' })).status).toBe(403)
    await set([])
    expect(await outsiders()).toEqual([403, 403, 401])
    expect((await as(anna, 'GET', `${path}/f`)).text).toBe('x')
  })

  test('collections are listed with their rights', async () => {
    await collection('listed', ['user://*'])
    const { result } = (await as(anna, 'GET', '/v1/hostedData')).json() as { result: Record<string, unknown>[] }
    expect(result.find((entry) => entry.collection_name === 'listed')).toEqual({
      id: expect.any(String),
      object_id: expect.any(String),
      collection_name: 'listed',
      username: 'anna',
      acl: { read_w: true, read_g: false, read_u: true, read_a: false },
      location: 'data://anna/listed',
    })
  })
})

describe('the demo file', () => {
  const path = '/v1/data/demo/collection/somefile.json'

  test('comes with a new account demo, for everybody, until its user deletes it', async () => {
    const stateDir = await mkdtemp(join(tmpdir(), 'sandbox-demo-'))
    try {
      const first = await startSandbox({ stateDir })
      const key = first.users[0]?.apiKey ?? ''
      const answer = await call(first.url, path, { headers: { accept: 'application/json' } })
      expect([answer.status, answer.text]).toEqual([200, '{"foo":"bar"}'])
      const deleted = await call(first.url, '/v1/data/demo/collection?force=true', { method: 'DELETE', key })
      expect(deleted.status).toBe(200)
      await first.close()
      const second = await startSandbox({ stateDir })
      expect((await call(second.url, '/v1/data/demo', { key })).text).toBe('{}')
      await second.close()
    } finally {
      await rm(stateDir, { recursive: true, force: true })
    }
  })

  test('does not come to other accounts', async () => {
    expect((await as(anna, 'GET', '/v1/data/anna/collection')).status).toBe(404)
    expect((await as(anna, 'GET', path)).status).toBe(404)
  })
})
