import { createReadStream, createWriteStream, mkdirSync, openSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ApiError, codes } from '../errors.ts'

/** A received content that nothing refers to yet. */
export interface Blob {
  id: string
  size: number
}

// Large enough that the chunks which arrive during one write go to the disk in the next one together.
const writeBuffer = 16 * 1024 * 1024
const readBuffer = 1024 * 1024

/**
 * The contents of files, each under a name that says nothing. A content is never changed: an overwrite stores a new one
 * and then the metadata refers to it, so readers of the old one read on, and an upload that breaks leaves no trace.
 */
export class Blobs {
  readonly #folder: string
  readonly #uploads = new Set<Promise<Blob>>()

  constructor(stateDir: string) {
    this.#folder = join(stateDir, 'blobs')
    mkdirSync(this.#folder, { recursive: true })
  }

  /** Removes what no metadata refers to: left by a server that was killed. */
  keepOnly(ids: Set<string>): void {
    for (const name of readdirSync(this.#folder)) if (!ids.has(name)) rmSync(join(this.#folder, name), { force: true })
  }

  /** Stores a small content that is at hand. */
  write(content: string): Blob {
    const id = crypto.randomUUID()
    writeFileSync(join(this.#folder, id), content, { flag: 'wx', mode: 0o600 })
    return { id, size: Buffer.byteLength(content) }
  }

  /**
   * Streams a request body of any size to disk.
   *
   * @throws ApiError 400 when the client goes away before it sent everything; then nothing remains
   */
  async receive(body: IncomingMessage): Promise<Blob> {
    const upload = this.#receive(body)
    this.#uploads.add(upload)
    try {
      return await upload
    } finally {
      this.#uploads.delete(upload)
    }
  }

  async #receive(body: IncomingMessage): Promise<Blob> {
    const id = crypto.randomUUID()
    const path = join(this.#folder, id)
    const file = createWriteStream(path, { flags: 'wx', mode: 0o600, highWaterMark: writeBuffer })
    try {
      await pipeline(body, file)
      const declared = body.headers['content-length']
      if (declared !== undefined && Number(declared) !== file.bytesWritten) throw brokenOff(file.bytesWritten)
      return { id, size: file.bytesWritten }
    } catch (error) {
      await rm(path, { force: true })
      throw body.complete ? error : brokenOff(file.bytesWritten, error)
    }
  }

  /**
   * The content as a stream that stays readable when the file is replaced or deleted meanwhile. Opened synchronously:
   * between the look at the metadata and the opening nobody may remove it.
   */
  read(id: string): Readable {
    const path = join(this.#folder, id)
    return createReadStream(path, { fd: openSync(path, 'r'), highWaterMark: readBuffer })
  }

  async remove(id: string): Promise<void> {
    await rm(join(this.#folder, id), { force: true })
  }

  /** Resolves when no upload is under way any more. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#uploads)
  }
}

/** Nobody hears this answer, but whoever reads the log should know that it was the client who left. */
function brokenOff(bytes: number, cause?: unknown): ApiError {
  return new ApiError(400, codes.invalidRequest, `The upload broke off after ${bytes} bytes`, { cause })
}
