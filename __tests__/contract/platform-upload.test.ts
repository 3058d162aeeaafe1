import {
  appendFileSync,
  closeSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import { FileBytes } from '../../src/model/file.ts'
import { ModelReader } from '../../src/model/reader.ts'
import { digestsOf, failureOf, kB, MB, platformLab, store } from '../support/platform-lab.ts'
import { scriptedPlatform } from '../support/scripted-platform.ts'
import type { Seen, Step } from '../support/scripted-server.ts'

// Uploads over connections and with files that go wrong: the whole model arrives, or the run fails and says why.

const lab = platformLab()

/** A platform whose uploads go as these steps say, the first upload first; after them all is well. */
async function platformWithPuts(...steps: Step[]) {
  const platform = scriptedPlatform(({ method, nth }) => (method === 'PUT' ? steps[nth] : undefined))
  const server = await lab.serve(platform.script)
  return { server, ...platform, puts: () => server.seen.filter((request) => request.method === 'PUT') }
}

/** Steps for every upload. */
async function platformWithPut(step: (request: Seen) => Step) {
  const platform = scriptedPlatform((request) => (request.method === 'PUT' ? step(request) : undefined))
  const server = await lab.serve(platform.script)
  return { server, ...platform, puts: () => server.seen.filter((request) => request.method === 'PUT') }
}

const path = '/v1/data/demo/models/m_abc.bin'
const refusal = (status: number): Step => ({ status, body: { error: { message: 'because' } } })

describe('what arrives', () => {
  test.each([1, MB - 1, MB, MB + 1, 16 * MB - 1, 16 * MB, 16 * MB + 1, 40 * MB])(
    'is the model, of %i bytes',
    async (size) => {
      const { server, puts } = await platformWithPuts()
      const model = lab.model(size)
      const stored = await store(server.url, { path: model.path, size })
      expect(stored).toEqual({
        uri: { protocol: 'data', path: 'demo/models/m_abc.bin' },
        size,
        uploaded: true,
        md5: model.md5,
        sha256: model.sha256,
      })
      expect(puts()).toMatchObject([
        {
          path,
          bodySize: size,
          bodySha256: model.sha256,
          headers: {
            'content-length': String(size),
            'content-type': 'application/octet-stream',
            expect: '100-continue',
            authorization: expect.stringMatching(/^Simple sim/),
          },
        },
      ])
      expect(puts()[0]?.headers).not.toHaveProperty('transfer-encoding')
    },
  )

  test('is the model also when the server reads slowly', async () => {
    const { server, puts } = await platformWithPuts({ bytesPerSecond: 12 * MB })
    const size = 30 * MB
    const model = lab.model(size)
    expect(await store(server.url, { path: model.path, size })).toMatchObject({ sha256: model.sha256 })
    expect(puts()).toMatchObject([{ bodySize: size, bodySha256: model.sha256 }])
  })

  test.each([3, 20])('is the model when every chunk of %i MiB stays in use for long', async (megabytes) => {
    // Reads its bytes when it lets them go, as a socket does.
    const model = lab.model(megabytes * MB + 17)
    const reader = new ModelReader(await FileBytes.open(model.path, { size: model.bytes.length }))
    const copies: Buffer[] = []
    const late = new Writable({
      highWaterMark: 1,
      write: (chunk: Buffer, _encoding, done) => {
        setTimeout(() => {
          copies.push(Buffer.from(chunk))
          done()
        }, 5)
      },
    })
    await pipeline(reader.stream, late)
    expect(digestsOf(Buffer.concat(copies))).toEqual({ md5: model.md5, sha256: model.sha256 })
    expect(await reader.digest()).toEqual({ md5: model.md5, sha256: model.sha256 })
    await reader.discard()
  })

  test('are several models when several are on their way', async () => {
    const { server, objects } = await platformWithPuts()
    const models = [2 * MB, 17 * MB, 300, 20 * MB, MB + 1].map((size, index) => lab.model(size, `many-${index}`))
    const stored = await Promise.all(
      models.map((model, index) =>
        store(server.url, { path: model.path, size: model.bytes.length }, { name: `many-${index}` }),
      ),
    )
    models.forEach((model, index) => {
      expect(stored[index]).toMatchObject({ md5: model.md5, sha256: model.sha256 })
      expect(objects.get(`/v1/data/demo/models/many-${index}`)?.sha256).toBe(model.sha256)
    })
  })

  test('is the model when the server never says "100 Continue"', async () => {
    const { server, objects } = await platformWithPut(() => ({ ignoreExpect: true }))
    const model = lab.model(3 * MB)
    await store(server.url, { path: model.path, size: 3 * MB })
    expect(objects.get(path)?.sha256).toBe(model.sha256)
  })

  test('is the model when the server does not accept expectations', async () => {
    const { server, puts, objects } = await platformWithPuts({ status: 417, afterBytes: 0, end: 'close' })
    const model = lab.model(3 * MB)
    await store(server.url, { path: model.path, size: 3 * MB })
    expect(puts().map((put) => put.headers.expect)).toEqual(['100-continue', undefined])
    expect(objects.get(path)?.sha256).toBe(model.sha256)
  })
})

describe('what passes', () => {
  const size = 18 * MB

  test.each<[string, Step]>([
    ['503 at once', { status: 503, afterBytes: 0, end: 'close' }],
    ['503 half-way', { status: 503, afterBytes: 5 * MB, end: 'reset' }],
    ['503 after all of it', { status: 503 }],
    ['408', { status: 408 }],
    ['429', { status: 429, headers: { 'Retry-After': '0' } }],
    ['a reset half-way', { afterBytes: 7 * MB, instead: 'reset' }],
    ['a reset before the first byte', { afterBytes: 0, instead: 'reset' }],
    ['the loss of the answer', { instead: 'reset' }],
  ])('is repeated from the first byte: %s', async (_case, step) => {
    const { server, puts, objects } = await platformWithPuts(step, step)
    const model = lab.model(size)
    expect(await store(server.url, { path: model.path, size })).toMatchObject({ md5: model.md5, sha256: model.sha256 })
    expect(puts()).toHaveLength(3)
    expect(puts()[2]).toMatchObject({ bodySize: size, bodySha256: model.sha256 })
    expect(objects.get(path)?.size).toBe(size)
  })

  test('ends in an error when it does not pass: bytes and tries are told', async () => {
    const { server } = await platformWithPut(() => ({ afterBytes: 7 * MB, instead: 'reset' }))
    const model = lab.model(size)
    const { message } = await failureOf(store(server.url, { path: model.path, size }, { options: { attempts: 3 } }))
    expect(message).toMatch(
      /could not be reached: the connection was cut \(E[A-Z]+\), after \d+ of 18874368 bytes \(3 tries\)$/,
    )
    expect(Number(/after (\d+)/.exec(message)?.[1])).toBeGreaterThanOrEqual(7 * MB)
  })
})

describe('a refusal', () => {
  const ends = [
    ['at once, and goes on', { afterBytes: 0 }],
    ['at once, and closes', { afterBytes: 0, end: 'close' }],
    ['at once, and lingers', { afterBytes: 0, end: 'linger' }],
    ['at once, and resets', { afterBytes: 0, end: 'reset' }],
    ['at once, and cuts its words', { afterBytes: 0, end: 'close', cutAfter: 5 }],
    ['after some bytes, and goes on', { afterBytes: 500 * kB }],
    ['after some bytes, and lingers', { afterBytes: 500 * kB, end: 'linger' }],
    ['after all bytes', {}],
    ['without asking for the body, later', { afterBytes: 0, ignoreExpect: true, delayMs: 1500 }],
  ] as const satisfies [string, Step][]
  const cases = ends.flatMap(([how, end]) =>
    [401, 403, 413].flatMap((status) => [MB, 24 * MB].map((size) => ({ status, how, size, end }))),
  )

  test.each(cases)('with $status $how, of $size bytes, is that refusal', async ({ status, size, end }) => {
    const { server, puts, objects } = await platformWithPut(() => ({ ...refusal(status), ...end }))
    const model = lab.model(size, 'refused')
    const { message } = await failureOf(store(server.url, { path: model.path, size }))
    expect(message).toContain('cutAfter' in end ? `(HTTP ${status})` : `(HTTP ${status}: because)`)
    expect(message).toContain('store data://demo/models/m_abc.bin')
    expect([puts().length, objects.size]).toEqual([1, 0])
  })

  test.each([301, 302, 307, 308])('by redirect (%i) is not followed, and the key stays here', async (status) => {
    const other = await lab.serve(() => ({}))
    for (const location of [`${other.url}${path}`, '/elsewhere']) {
      const { server, puts } = await platformWithPut(() => ({ status, headers: { Location: location }, afterBytes: 0 }))
      const model = lab.model(2 * MB)
      const { message } = await failureOf(store(server.url, { path: model.path, size: 2 * MB }))
      expect(message).toContain(`redirect to ${location}. `)
      expect(message).toContain('algorithmia_api')
      expect([puts().length, other.seen.length]).toEqual([1, 0])
    }
  })
})

describe('a server that stalls ends in an error in time', () => {
  const size = 24 * MB
  const options = { attempts: 2, stallMs: 300 }

  test.each<[string, Step]>([
    ['takes nothing', { afterBytes: 0, ignoreExpect: true, instead: 'hang' }],
    ['stops reading half-way', { afterBytes: 5 * MB, instead: 'hang' }],
    ['never answers', { instead: 'hang' }],
    ['stops in its answer', { body: 'x'.repeat(99), cutAfter: 9 }],
  ])('when it %s', async (_case, step) => {
    const { server, puts } = await platformWithPut(() => step)
    const { path } = lab.model(size)
    const { message } = await failureOf(store(server.url, { path, size }, { options }))
    expect(message).toMatch(/^The upload made no progress for [\d.]+ m?s, after \d+ of 25165824 bytes \(2 tries\)$/)
    expect(puts()).toHaveLength(2)
  })

  // Between what the buffers of an unread connection hold and what is read ahead of it lies a size that is read to its
  // end but never sent to its end; where, is the machine's secret.
  const sizes = Array.from({ length: 12 }, (_, index) => (index + 1) * MB)

  test('when it confirms before it has taken everything', async () => {
    const { server } = await platformWithPut(() => ({ afterBytes: 0, ignoreExpect: true, delayMs: 1300 }))
    const messages = await Promise.all(
      sizes.map(async (size) => {
        const { path } = lab.model(size, `early-${size}`)
        const storing = store(
          server.url,
          { path, size },
          { name: `early-${size}`, options: { attempts: 2, stallMs: 2000 } },
        )
        return (await failureOf(storing)).message
      }),
    )
    for (const message of messages)
      expect(message).toMatch(/only \d+ of \d+ bytes were sent|stored with 0 bytes instead of|made no progress/)
  })

  test('when it refuses before it has taken everything', async () => {
    const step = { ...refusal(403), afterBytes: 0, ignoreExpect: true, delayMs: 1300 }
    const { server, puts } = await platformWithPut(() => step)
    const messages = await Promise.all(
      sizes.map(async (size) => {
        const { path } = lab.model(size, `early-${size}`)
        return (await failureOf(store(server.url, { path, size }, { name: `early-${size}` }))).message
      }),
    )
    for (const message of messages) expect(message).toContain('(HTTP 403: because)')
    expect(puts()).toHaveLength(sizes.length)
  })

  test('but one that thinks for long after the last byte is waited for', async () => {
    const { server } = await platformWithPut(() => ({ delayMs: 2500 }))
    const { path } = lab.model(size)
    expect((await store(server.url, { path, size }, { options: { attempts: 1, stallMs: 1500 } })).uploaded).toBe(true)
  })
})

describe('a model that changes while it is sent', () => {
  const size = 24 * MB
  const changes: [string, (path: string) => void, RegExp][] = [
    ['truncated', (path) => truncateSync(path, 12 * MB), /it ends after \d+ of 25165824 bytes/],
    ['emptied', (path) => truncateSync(path, 0), /it ends after \d+ of 25165824 bytes/],
    ['grown', (path) => appendFileSync(path, 'more'), /something wrote to it/],
    ['rewritten', (path) => overwrite(path, 'other bytes'), /something wrote to it/],
    ['replaced', (path) => replace(path, size), /something wrote to it/],
    ['deleted', (path) => rmSync(path), /it was removed/],
  ]

  test.each(changes)('by being %s fails the run', async (_how, change, why) => {
    const model = lab.model(size, 'changing.bin')
    const { server, puts } = await platformWithPut(() => ({ bytesPerSecond: 24 * MB }))
    const storing = failureOf(store(server.url, { path: model.path, size }))
    while ((puts()[0]?.bodySize ?? 0) < MB) await sleep(5)
    change(model.path)
    const { message } = await storing
    expect(message).toMatch(/^The model .*changing\.bin changed while it was read: /)
    expect(message).toMatch(why)
    expect(puts()).toHaveLength(1)
  })

  test.each(changes)('by being %s between two tries fails the run', async (_how, change) => {
    const model = lab.model(size, 'between.bin')
    const { server, puts } = await platformWithPuts({ status: 503 })
    const storing = failureOf(store(server.url, { path: model.path, size }, { options: { firstPauseMs: 500 } }))
    while (!lab.printed().includes('try 2 of 5')) await sleep(5)
    change(model.path)
    expect((await storing).message).toMatch(/^The model .*between\.bin changed while it was read: /)
    expect(puts()).toHaveLength(1)
  })

  test('into something that cannot be read says so, and is not tried again', async () => {
    const { server, puts } = await platformWithPuts()
    const { message } = await failureOf(store(server.url, { path: lab.folder, size: statSync(lab.folder).size }))
    expect(message).toMatch(/^The model .* could not be read: .*EISDIR/)
    expect(puts().length).toBeLessThanOrEqual(1)
  })
})

function overwrite(path: string, text: string): void {
  const file = openSync(path, 'r+')
  writeSync(file, text, 0)
  closeSync(file)
}

function replace(path: string, size: number): void {
  writeFileSync(`${path}.new`, Buffer.alloc(size, 1))
  renameSync(`${path}.new`, path)
}
