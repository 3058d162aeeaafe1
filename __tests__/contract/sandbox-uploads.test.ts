import { createHash, randomBytes } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { type ClientRequest, request } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Sandbox, startSandbox } from '../../sandbox/server.ts'
import { call } from '../support/http-call.ts'
import { until } from '../support/until.ts'

const key = 'simUpload'
let sandbox: Sandbox
const log: string[] = []
beforeAll(async () => {
  sandbox = await startSandbox({
    users: [{ name: 'demo', keys: [{ key }, { key: 'simReader', data: 'read' }] }],
    log: (line) => log.push(line),
  })
  await call(sandbox.url, '/v1/data/demo', { method: 'POST', key, body: 'c' })
})
afterAll(async () => {
  await sandbox.close()
  // Whatever clients did here, the server itself never failed.
  expect(log.filter((line) => line.startsWith('internal error'))).toEqual([])
})

const file = (name: string) => `/v1/data/demo/c/${name}`
const blobs = () => readdirSync(join(sandbox.stateDir, 'blobs')).length

function startPut(path: string, headers: Record<string, string>): ClientRequest {
  const { hostname, port } = new URL(sandbox.url)
  return request({ hostname, port, path, method: 'PUT', headers: { authorization: key, ...headers }, agent: false })
}

describe('an upload', () => {
  test('of 64 MiB in unknown length arrives whole', async () => {
    const chunk = randomBytes(1024 * 1024)
    const hash = createHash('sha256')
    const put = startPut(file('chunked'), {})
    const answered = new Promise<number>((resolve, reject) => {
      put.on('error', reject).on('response', (response) => resolve(response.resume().statusCode ?? 0))
    })
    const content = Array.from({ length: 64 }, () => chunk)
    for (const part of content) hash.update(part)
    await pipeline(Readable.from(content), put)
    expect(await answered).toBe(200)
    const got = await call(sandbox.url, file('chunked'), { key })
    expect(createHash('sha256').update(got.bytes).digest('hex')).toBe(hash.digest('hex'))
  })

  test.each([
    ['with a length', { 'content-length': '0' }],
    ['in chunks', { 'transfer-encoding': 'chunked' }],
  ])('of nothing %s makes an empty file', async (_case, headers) => {
    expect((await call(sandbox.url, file('empty'), { method: 'PUT', key, headers })).status).toBe(200)
    const got = await call(sandbox.url, file('empty'), { key })
    expect([got.status, got.bytes.length, got.headers['content-length']]).toEqual([200, 0, '0'])
  })

  test('may have any content type', async () => {
    for (const type of ['application/json', 'text/plain; charset=latin1', 'nonsense', 'multipart/form-data', '; ; =']) {
      const answer = await call(sandbox.url, file('typed'), {
        method: 'PUT',
        key,
        body: '{',
        headers: { 'content-type': type },
      })
      expect([type, answer.status]).toEqual([type, 200])
    }
  })

  test.each([
    ['with a length', { 'content-length': '1000000' }],
    ['in chunks', { 'transfer-encoding': 'chunked' }],
  ])('that breaks off %s leaves the file as it was', async (_case, headers: Record<string, string>) => {
    await call(sandbox.url, file('kept'), { method: 'PUT', key, body: 'old' })
    const before = blobs()
    const put = startPut(file('kept'), headers)
    put.on('error', () => undefined)
    put.write(Buffer.alloc(300_000))
    await until(() => blobs() === before + 1)
    put.destroy()
    await until(() => blobs() === before)
    expect((await call(sandbox.url, file('kept'), { key })).text).toBe('old')
  })

  test('that is overtaken by the deletion of its collection is refused', async () => {
    await call(sandbox.url, '/v1/data/demo', { method: 'POST', key, body: 'brief' })
    const before = blobs()
    const put = startPut('/v1/data/demo/brief/f', { 'content-length': '6' })
    const answered = new Promise<number>((resolve) => put.on('response', (answer) => resolve(answer.statusCode ?? 0)))
    put.write('abc')
    await until(() => blobs() === before + 1)
    await call(sandbox.url, '/v1/data/demo/brief', { method: 'DELETE', key })
    put.end('def')
    expect(await answered).toBe(404)
    await until(() => blobs() === before)
  })

  test('does not disturb who reads the old content', async () => {
    const old = randomBytes(20 * 1024 * 1024)
    await call(sandbox.url, file('busy'), { method: 'PUT', key, body: old })
    const { hostname, port } = new URL(sandbox.url)
    const read = await new Promise<Buffer>((resolve, reject) => {
      const get = request(
        { hostname, port, path: file('busy'), headers: { authorization: key }, agent: false },
        async (answer) => {
          const chunks: Buffer[] = []
          await call(sandbox.url, file('busy'), { method: 'PUT', key, body: 'new' })
          for await (const chunk of answer) chunks.push(chunk)
          resolve(Buffer.concat(chunks))
        },
      )
      get.on('error', reject).end()
    })
    expect(read.equals(old)).toBe(true)
    expect((await call(sandbox.url, file('busy'), { key })).text).toBe('new')
  })

  test('among many readers and writers shows each of them one whole content', async () => {
    await call(sandbox.url, file('storm'), { method: 'PUT', key, body: Buffer.alloc(1000, 1) })
    const rounds = Array.from({ length: 200 }, (_, index) => index)
    const reads = await Promise.all(
      rounds.map(async (index) => {
        await call(sandbox.url, file('storm'), { method: 'PUT', key, body: Buffer.alloc(1000 + index, index) })
        return await call(sandbox.url, file('storm'), { key })
      }),
    )
    for (const { status, bytes } of reads) {
      expect([status, bytes.every((byte) => byte === bytes[0])]).toEqual([200, true])
      expect((bytes.length - 1000) % 256).toBe(bytes.length === 1000 ? 0 : bytes[0])
    }
  })

  test('of the same file by many at once leaves one of them, whole', async () => {
    const before = blobs()
    const contents = Array.from({ length: 20 }, (_, index) => Buffer.alloc(200_000, index))
    await Promise.all(contents.map((body) => call(sandbox.url, file('raced'), { method: 'PUT', key, body })))
    const { bytes } = await call(sandbox.url, file('raced'), { key })
    expect(contents.some((content) => content.equals(bytes))).toBe(true)
    await until(() => blobs() === before + 1)
  })
})

describe('a client that waits for "100 Continue"', () => {
  async function ask(
    path: string,
    authorization: string,
  ): Promise<{ continued: boolean; status: number; message: string }> {
    const put = startPut(path, { authorization, expect: '100-continue', 'content-length': '5' })
    let continued = false
    return await new Promise((resolve, reject) => {
      put.on('continue', () => {
        continued = true
        put.end('hello')
      })
      put.on('response', async (answer) => {
        resolve({ continued, status: answer.statusCode ?? 0, message: await text(answer) })
        put.destroy()
      })
      put.on('error', reject)
      put.flushHeaders()
    })
  }

  test('is asked for the body when everything is in order', async () => {
    expect(await ask(file('expected'), key)).toMatchObject({ continued: true, status: 200 })
    expect((await call(sandbox.url, file('expected'), { key })).text).toBe('hello')
  })

  test.each([
    ['an unknown key', file('x'), 'simWrong', 401],
    ['a key without the right', file('x'), 'simReader', 403],
    ['a missing collection', '/v1/data/demo/missing/x', key, 404],
    ['a path that is too deep', file('a/b'), key, 400],
    ['an unknown route', '/v1/nothing', key, 501],
  ])('is refused before it sends anything: %s', async (_case, path, authorization, status) => {
    const answer = await ask(path, authorization)
    expect(answer).toMatchObject({ continued: false, status })
    expect(JSON.parse(answer.message)).toMatchObject({ error: { message: expect.any(String) } })
  })
})

test('a client that expects something else is served all the same', async () => {
  const headers = { expect: 'a miracle' }
  expect((await call(sandbox.url, file('expecting'), { method: 'PUT', key, body: 'x', headers })).status).toBe(200)
})

test('a client that does not speak HTTP gets an answer and the server lives on', async () => {
  const socket = connect(Number(new URL(sandbox.url).port), '127.0.0.1')
  socket.end('HELLO\r\n\r\n')
  expect(await text(socket)).toContain('HTTP/1.1 400')
  expect((await call(sandbox.url, '/v1/data', { key })).status).toBe(200)
})
