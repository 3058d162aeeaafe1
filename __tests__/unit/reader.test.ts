import { createHash } from 'node:crypto'
import {
  appendFileSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { describe, expect, test } from '@jest/globals'
import { FileBytes } from '../../src/model/file.ts'
import { InlineHasher, ThreadedHasher } from '../../src/model/hashers.ts'
import { ModelReader } from '../../src/model/reader.ts'
import { fileSource } from '../../src/model/source.ts'
import { tempFolder } from '../support/temp-folder.ts'

const MiB = 1024 * 1024

/** Bytes of which no two MiB are alike, so that a mixed-up or overwritten chunk shows. */
function bytesOf(size: number): Buffer {
  const bytes = Buffer.alloc(size)
  for (let at = 0, state = 1; at < size; at += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    bytes[at] = state >>> 24
  }
  return bytes
}

const largest = bytesOf(17 * MiB)

function modelOf(size: number): { path: string; bytes: Buffer } {
  const path = join(tempFolder(), 'model.pkl')
  const bytes = largest.subarray(0, size)
  writeFileSync(path, bytes)
  return { path, bytes }
}

const openReader = async (path: string, size: number, ready?: Promise<void>) =>
  new ModelReader(await FileBytes.open(path, { size }), ready)

const hashOf = (bytes: Buffer) => ({
  md5: createHash('md5').update(bytes).digest('hex'),
  sha256: createHash('sha256').update(bytes).digest('hex'),
})

/** The model as a consumer gets it; chunks are copied at once, as the reader's memory is used again. */
async function consume(reader: ModelReader, onChunk: (index: number) => unknown = () => {}): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of reader.stream) {
    chunks.push(Buffer.from(chunk))
    await onChunk(chunks.length - 1)
  }
  return Buffer.concat(chunks)
}

const sizes = [
  0,
  1,
  2,
  1000,
  MiB - 1,
  MiB,
  MiB + 1,
  2 * MiB,
  8 * MiB - 1,
  8 * MiB,
  8 * MiB + 1,
  16 * MiB - 1,
  16 * MiB,
  16 * MiB + 1,
  17 * MiB,
]

describe.each(sizes)('a model of %d bytes', (size) => {
  test('arrives whole, and its digests are those of the whole', async () => {
    const { path, bytes } = modelOf(size)
    const reader = await openReader(path, size)
    const received = await consume(reader)
    expect(received.equals(bytes)).toBe(true)
    expect(reader.bytesRead).toBe(size)
    await expect(reader.digest()).resolves.toEqual(hashOf(bytes))
    await reader.discard()
  })

  test('can be hashed without being sent', async () => {
    const { path, bytes } = modelOf(size)
    const source = fileSource({ path, size })
    expect(source).toMatchObject({ name: 'model.pkl', size })
    await expect(source.digest()).resolves.toEqual(hashOf(bytes))
  })
})

describe.each([5 * MiB, 17 * MiB])('under a slow consumer, a model of %d bytes', (size) => {
  test.each([
    ['of small buffers', 16 * 1024],
    ['of large buffers', 2 * MiB],
  ])('keeps its bytes while a pipe %s holds them', async (_, highWaterMark) => {
    const { path, bytes } = modelOf(size)
    const reader = await openReader(path, size)
    const received: Buffer[] = []
    const slow = new Writable({
      highWaterMark,
      write(chunk: Buffer, _encoding, done) {
        // The bytes are looked at only when the consumer lets them go.
        setTimeout(() => {
          received.push(Buffer.from(chunk))
          done()
        }, 5)
      },
    })
    await pipeline(reader.stream, slow)
    expect(Buffer.concat(received).equals(bytes)).toBe(true)
    await expect(reader.digest()).resolves.toEqual(hashOf(bytes))
    await reader.discard()
  })

  test('keeps the chunk in hand while the reader would like to go on', async () => {
    const { path, bytes } = modelOf(size)
    const reader = await openReader(path, size)
    const received: Buffer[] = []
    for await (const chunk of reader.stream) {
      await new Promise((resolve) => setTimeout(resolve, 5))
      received.push(Buffer.from(chunk))
    }
    expect(Buffer.concat(received).equals(bytes)).toBe(true)
    await reader.discard()
  })
})

test('no byte is read before it is time', async () => {
  const { path, bytes } = modelOf(3 * MiB)
  let go = () => {}
  const reader = await openReader(path, 3 * MiB, new Promise((resolve) => (go = resolve)))
  const received = consume(reader)
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(reader.bytesRead).toBe(0)
  go()
  expect((await received).equals(bytes)).toBe(true)
  await reader.discard()
})

test('what it waits for may fail, and then so does the stream', async () => {
  const { path } = modelOf(MiB)
  const reader = await openReader(path, MiB, Promise.reject(new Error('no connection')))
  await expect(consume(reader)).rejects.toThrow('no connection')
  await reader.discard()
})

describe('a model that changes', () => {
  const past = new Date('2024-05-01T12:00:00Z')
  type Change = [string, (path: string, size: number) => void]
  const changes: Change[] = [
    ['is truncated to nothing', (path) => truncateSync(path, 0)],
    ['is truncated in the middle of a chunk', (path, size) => truncateSync(path, size - MiB / 4)],
    ['is truncated by one byte', (path, size) => truncateSync(path, size - 1)],
    ['grows', (path) => appendFileSync(path, 'x')],
    [
      'grows and gets its old time back',
      (path) => {
        appendFileSync(path, 'x')
        utimesSync(path, past, past)
      },
    ],
    ['is rewritten with as many bytes', (path, size) => writeFileSync(path, Buffer.alloc(size))],
    // Windows lets nobody replace a file that is open.
    ...(process.platform === 'win32'
      ? []
      : ([
          [
            'is replaced by a file of the same size and time',
            (path, size) => {
              writeFileSync(`${path}.new`, Buffer.alloc(size))
              utimesSync(`${path}.new`, past, past)
              renameSync(`${path}.new`, path)
            },
          ],
        ] satisfies Change[])),
    ['is removed', (path) => rmSync(path)],
  ]

  test.each(changes.flatMap(([how, change]) => [4.5 * MiB, 16.5 * MiB].map((size) => ({ how, change, size }))))(
    'while it is read: $how, of $size bytes',
    async ({ change, size }) => {
      const { path } = modelOf(size)
      utimesSync(path, past, past)
      const reader = await openReader(path, size)
      const result = consume(reader, (index) => index === 0 && change(path, size))
      await expect(result).rejects.toThrow(`The model ${path} changed while it was read`)
      await expect(reader.digest()).rejects.toThrow()
      await reader.discard()
    },
  )

  test('before it is opened', async () => {
    const { path } = modelOf(100)
    await expect(openReader(path, 99)).rejects.toThrow('it had 99 bytes and now has 100')
    rmSync(path)
    await expect(openReader(path, 100)).rejects.toThrow('it was removed')
  })

  test('between two passes', async () => {
    const { path } = modelOf(100)
    const source = fileSource({ path, size: 100 })
    await source.digest()
    writeFileSync(path, Buffer.alloc(100))
    await expect(source.open(Promise.resolve())).rejects.toThrow('something wrote to it')
  })
})

describe('discard', () => {
  /**
   * How many times the process holds the file open. Where the system does not tell, a file that is held cannot be
   * removed with its folder (Windows), which the end of each test would show.
   */
  const handles = (path: string): number => {
    if (process.platform !== 'linux') return 0
    return readdirSync('/proc/self/fd').filter((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`) === path
      } catch {
        return false
      }
    }).length
  }

  /** A thread keeps the process alive through its port. */
  const threads = () => process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length

  const times: [string, (reader: ModelReader) => Promise<unknown>][] = [
    ['before the first byte', async () => {}],
    ['while a read is under way', async (reader) => reader.stream.read(0)],
    ['after one chunk', async (reader) => (await reader.stream[Symbol.asyncIterator]().next()).done],
    ['when a consumer gave up', (reader) => consume(reader, () => reader.stream.destroy()).catch(() => {})],
    ['after the last byte, before the digest', (reader) => consume(reader)],
    [
      'after the digest',
      async (reader) => {
        await consume(reader)
        await reader.digest()
      },
    ],
  ]

  test.each(times.flatMap(([when, until]) => [0, MiB, 3 * MiB, 16 * MiB].map((size) => ({ when, until, size }))))(
    '$when of $size bytes leaves nothing open',
    async ({ until, size }) => {
      const { path, bytes } = modelOf(size)
      const before = threads()
      const reader = await openReader(path, size)
      if (process.platform === 'linux') expect(handles(path)).toBe(1)
      await until(reader)
      await Promise.all([reader.discard(), reader.discard()])
      await reader.discard()
      expect(handles(path)).toBe(0)
      expect(threads()).toBe(before)
      expect(reader.stream.destroyed).toBe(true)
      if (reader.bytesRead === size && reader.stream.readableEnded) {
        await expect(reader.digest()).resolves.toEqual(hashOf(bytes))
      }
    },
  )

  test('an unfinished pass has no digest', async () => {
    const { path } = modelOf(3 * MiB)
    const reader = await openReader(path, 3 * MiB)
    await reader.stream[Symbol.asyncIterator]().next()
    await reader.discard()
    await expect(reader.digest()).rejects.toThrow('has not been read to its end')
  })

  test('of a model of another size, nothing was left open', async () => {
    const { path } = modelOf(10)
    await expect(openReader(path, 11)).rejects.toThrow('changed')
    expect(handles(path)).toBe(0)
  })

  test('the digest of a source closes the file, and is remembered', async () => {
    const { path, bytes } = modelOf(MiB)
    const source = fileSource({ path, size: MiB })
    const digest = await source.digest()
    expect(handles(path)).toBe(0)
    rmSync(path)
    await expect(source.digest()).resolves.toBe(digest)
    expect(digest).toEqual(hashOf(bytes))
  })
})

describe.each([
  ['InlineHasher', InlineHasher],
  ['ThreadedHasher', ThreadedHasher],
])('%s', (_, Hasher) => {
  test('hashes the beginnings of slots, in the order of the calls', async () => {
    const memory = new SharedArrayBuffer(3 * 16)
    Buffer.from(memory).write('0123456789abcdefGHIJKLMNOPQRSTUVwxyz')
    const hasher = new Hasher(memory, 16)
    await Promise.all([hasher.update(2, 4), hasher.update(0, 16), hasher.update(1, 3)])
    await hasher.update(0, 2)
    await expect(hasher.digest()).resolves.toEqual(hashOf(Buffer.from('wxyz0123456789abcdefGHI01')))
    await hasher.stop()
    await hasher.stop()
  })

  test('can be stopped before it did anything', async () => {
    await new Hasher(new SharedArrayBuffer(16), 16).stop()
  })
})
