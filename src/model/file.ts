import type { BigIntStats } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { changed, type OpenBytes, unreadable } from './bytes.ts'

/** The bytes of one file that nobody may change meanwhile. */
export class FileBytes implements OpenBytes {
  readonly size: number
  /** The same for two passes that find the file untouched. */
  readonly version: string
  readonly #path: string
  readonly #file: FileHandle
  #position = 0

  private constructor(path: string, file: FileHandle, found: BigIntStats) {
    this.#path = path
    this.#file = file
    this.size = Number(found.size)
    this.version = versionOf(found)
  }

  /** @throws DeployError when the file is no longer as expected, or cannot be opened */
  static async open(path: string, expected: { size: number; version?: string | undefined }): Promise<FileBytes> {
    const file = await open(path).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'ENOENT' ? changed(path, 'it was removed') : unreadable(path, error)
    })
    const bytes = new FileBytes(path, file, await file.stat({ bigint: true }))
    if (bytes.size === expected.size && bytes.version === (expected.version ?? bytes.version)) return bytes
    await file.close()
    throw bytes.size === expected.size
      ? changed(path, 'something wrote to it')
      : changed(path, `it had ${expected.size} bytes and now has ${bytes.size}`)
  }

  /** Reads as often as it takes: a system may hand out less than was asked for. */
  async fill(buffer: Buffer): Promise<void> {
    for (let filled = 0; filled < buffer.length; ) {
      const { bytesRead } = await this.#file
        .read(buffer, filled, buffer.length - filled, this.#position)
        .catch((error: unknown) => {
          throw unreadable(this.#path, error)
        })
      if (bytesRead === 0) throw changed(this.#path, `it ends after ${this.#position} of ${this.size} bytes`)
      filled += bytesRead
      this.#position += bytesRead
    }
  }

  async refuseChange(): Promise<void> {
    const now = await stat(this.#path, { bigint: true }).catch(() => undefined)
    if (now && versionOf(now) === this.version) return
    throw changed(this.#path, now ? 'something wrote to it' : 'it was removed')
  }

  async close(): Promise<void> {
    await this.#file.close().catch(() => undefined)
  }
}

/** What differs when a file was written or replaced. */
export function versionOf({ ino, size, mtimeNs }: BigIntStats): string {
  return `${ino} ${size} ${mtimeNs}`
}
