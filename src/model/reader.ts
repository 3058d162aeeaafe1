import { Readable } from 'node:stream'
import type { OpenBytes } from './bytes.ts'
import { type Digest, type Hasher, InlineHasher, ThreadedHasher } from './hashers.ts'

const slotSize = 1024 * 1024
const slots = 8
/** Below this size (bytes) starting the hash threads costs more than they save. */
const threadedFrom = 16 * 1024 * 1024

/**
 * One pass over a model: its bytes as a stream, each read once and hashed on the way, in a ring of shared memory that
 * stays the same size for any model. A model that changes while it is read makes the stream fail.
 */
export class ModelReader {
  readonly stream: Readable
  readonly #bytes: OpenBytes
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

  /**
   * @param bytes not read from yet; closed by `discard`
   * @param ready no byte is read before it resolves
   */
  constructor(bytes: OpenBytes, ready: Promise<void> = Promise.resolve()) {
    this.#bytes = bytes
    this.#ready = ready
    this.#size = bytes.size
    this.#memory = new SharedArrayBuffer(Math.min(slots, Math.max(1, Math.ceil(this.#size / slotSize))) * slotSize)
    this.#hasher =
      this.#size < threadedFrom ? new InlineHasher(this.#memory, slotSize) : new ThreadedHasher(this.#memory, slotSize)
    // A slot is filled again only `slots` chunks later. With this mark the stream holds one chunk back and asks for the
    // next only when the consumer took it, so by then the socket has long let go of the slot's bytes.
    this.stream = new Readable({ highWaterMark: 1, read: () => void this.#read() })
  }

  /** Bytes handed out so far. */
  get bytesRead(): number {
    return this.#position
  }

  /**
   * Digest of the bytes handed out. Known once the stream has ended.
   *
   * @throws DeployError when the model changed meanwhile
   */
  digest(): Promise<Digest> {
    return this.#digest ?? Promise.reject(new Error('the model has not been read to its end'))
  }

  /** Releases files and threads; safe to call at any time, and more than once. */
  async discard(): Promise<void> {
    this.#discarded = true
    // A finished pass keeps its digest.
    await this.#digest?.catch(() => undefined)
    this.stream.destroy()
    await this.#hasher.stop()
    await this.#bytes.close()
  }

  async #read(): Promise<void> {
    try {
      await this.#ready
      if (this.#position >= this.#size) {
        await this.#bytes.refuseChange()
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
      await this.#bytes.fill(buffer)
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
}
