import type { BigIntStats } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { DeployError, messageOf } from '../errors.ts'
import { type Digest, type Hasher, InlineHasher, ThreadedHasher } from './hashers.ts'

const slotSize = 1024 * 1024
const slots = 8
/** Below this size (bytes) starting the hash threads costs more than they save. */
const threadedFrom = 16 * 1024 * 1024

/**
 * One pass over a model file: its bytes as a stream, each read once and hashed on the way, in a ring of shared memory
 * that stays the same size for any file. A file that changes while it is read makes the stream fail.
 */
export class ModelReader {
  readonly stream: Readable
  readonly #file: FileHandle
  readonly #path: string
  readonly #before: BigIntStats
  readonly #ready: Promise<void>
  readonly #size: number
  readonly #memory: SharedArrayBuffer
  readonly #hasher: Hasher
  /** For each slot, when its bytes have been hashed. */
  readonly #hashed: Promise<void>[] = []
  #position = 0
  #chunk = 0
  #digest: Promise<Digest> | undefined
  #discarded = false

  private constructor(path: string, file: FileHandle, before: BigIntStats, ready: Promise<void>) {
    this.#path = path
    this.#file = file
    this.#before = before
    this.#ready = ready
    this.#size = Number(before.size)
    this.#memory = new SharedArrayBuffer(Math.min(slots, Math.max(1, Math.ceil(this.#size / slotSize))) * slotSize)
    this.#hasher =
      this.#size < threadedFrom ? new InlineHasher(this.#memory, slotSize) : new ThreadedHasher(this.#memory, slotSize)
    // A slot is filled again only `slots` chunks later. With this mark the stream holds one chunk back and asks for the
    // next only when the consumer took it, so by then the socket has long let go of the slot's bytes.
    this.stream = new Readable({ highWaterMark: 1, read: () => void this.#read() })
  }

  /** @param ready no byte is read before it resolves */
  static async open(
    path: string,
    expectedSize: number,
    ready: Promise<void> = Promise.resolve(),
  ): Promise<ModelReader> {
    const file = await open(path).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'ENOENT' ? changed(path, 'it was removed') : unreadable(path, error)
    })
    const before = await file.stat({ bigint: true })
    if (before.size !== BigInt(expectedSize)) {
      await file.close()
      throw changed(path, `it had ${expectedSize} bytes and now has ${before.size}`)
    }
    return new ModelReader(path, file, before, ready)
  }

  /** The same for two passes that find the file untouched. */
  get version(): string {
    return versionOf(this.#before)
  }

  /** Bytes handed out so far. */
  get bytesRead(): number {
    return this.#position
  }

  /**
   * Digest of the bytes handed out. Known once the stream has ended.
   *
   * @throws DeployError when the file changed meanwhile
   */
  digest(): Promise<Digest> {
    return this.#digest ?? Promise.reject(new Error('the model has not been read to its end'))
  }

  /** Releases file and threads; safe to call at any time, and more than once. */
  async discard(): Promise<void> {
    this.#discarded = true
    // A finished pass keeps its digest.
    await this.#digest?.catch(() => undefined)
    this.stream.destroy()
    await this.#hasher.stop()
    await this.#file.close().catch(() => undefined)
  }

  async #read(): Promise<void> {
    try {
      await this.#ready
      if (this.#position >= this.#size) {
        await this.#refuseChange()
        // A pass that nobody wants any more must not wait for hash threads that have been stopped.
        if (this.#discarded) return
        this.#digest = Promise.all(this.#hashed).then(() => this.#hasher.digest())
        this.#digest.catch(() => undefined)
        this.stream.push(null)
        return
      }
      const slot = this.#chunk % slots
      await this.#hashed[slot]
      const buffer = Buffer.from(this.#memory, slot * slotSize, Math.min(slotSize, this.#size - this.#position))
      await this.#fill(buffer)
      if (this.#discarded) return
      this.#position += buffer.length
      this.#chunk += 1
      const hashed = this.#hasher.update(slot, buffer.length)
      hashed.catch(() => undefined)
      this.#hashed[slot] = hashed
      this.stream.push(buffer)
    } catch (error) {
      this.stream.destroy(error as Error)
    }
  }

  /** Reads as often as it takes: a system may hand out less than was asked for. */
  async #fill(buffer: Buffer): Promise<void> {
    for (let filled = 0; filled < buffer.length; ) {
      const position = this.#position + filled
      const { bytesRead } = await this.#file
        .read(buffer, filled, buffer.length - filled, position)
        .catch((error: unknown) => {
          throw unreadable(this.#path, error)
        })
      if (bytesRead === 0) throw changed(this.#path, `it ends after ${position} of ${this.#size} bytes`)
      filled += bytesRead
    }
  }

  async #refuseChange(): Promise<void> {
    const now = await stat(this.#path, { bigint: true }).catch(() => undefined)
    if (now && versionOf(now) === this.version) return
    throw changed(this.#path, now ? 'something wrote to it' : 'it was removed')
  }
}

function versionOf({ ino, size, mtimeNs }: BigIntStats): string {
  return `${ino} ${size} ${mtimeNs}`
}

function unreadable(path: string, error: unknown): DeployError {
  return new DeployError(`The model ${path} could not be read: ${messageOf(error)}`)
}

export function changed(path: string, how: string): DeployError {
  return new DeployError(
    `The model ${path} changed while it was read: ${how}. Make sure that nothing writes to it during the deployment`,
  )
}
