import { join } from 'node:path'
// Only the headers, which need nothing else: the whole package would be loaded with its streams.
import { Header, type HeaderData } from 'tar/header'
import { Pax } from 'tar/pax'
import type { OpenBytes } from './bytes.ts'
import { FileBytes } from './file.ts'
import { type FolderListing, type Listed, type ListedFile, refuseChangedFolder } from './folder.ts'

/** The time that npm gives every file of a package, for the same purpose. */
const modified = new Date('1985-10-26T08:15:00Z')
const recordSize = 512

/**
 * A listed folder as a tar file (ustar, with pax records for what it has no room or no letters for). All that depends on
 * the machine is fixed: order, times, owners and modes.
 */
export class TarBytes implements OpenBytes {
  readonly size: number
  readonly #listing: FolderListing
  readonly #parts: Iterator<Buffer | ListedFile>
  #part: Buffer | FileBytes = Buffer.alloc(0)
  /** Bytes of the part that have not been handed out. */
  #left = 0
  #filling: Promise<void> = Promise.resolve()
  #closed = false

  /** @param topName the folder in the archive that all the rest is in */
  constructor(listing: FolderListing, topName: string) {
    this.#listing = listing
    this.#parts = partsOf(listing, topName)
    let size = 0
    for (const part of partsOf(listing, topName)) size += sizeOf(part)
    this.size = size
  }

  fill(buffer: Buffer): Promise<void> {
    this.#filling = this.#fill(buffer)
    return this.#filling
  }

  refuseChange(): Promise<void> {
    return refuseChangedFolder(this.#listing)
  }

  async close(): Promise<void> {
    this.#closed = true
    // It may be about to open the next file.
    await this.#filling.catch(() => undefined)
    await this.#closePart()
  }

  async #fill(buffer: Buffer): Promise<void> {
    for (let rest = buffer; rest.length > 0; ) {
      if (this.#left === 0) await this.#next()
      const piece = rest.subarray(0, this.#left)
      if (Buffer.isBuffer(this.#part)) this.#part.copy(piece, 0, this.#part.length - this.#left)
      else await this.#part.fill(piece)
      this.#left -= piece.length
      rest = rest.subarray(piece.length)
    }
  }

  async #next(): Promise<void> {
    await this.#closePart()
    const { value, done } = this.#parts.next()
    if (done || this.#closed) throw new Error('the archive has ended or was closed')
    this.#left = sizeOf(value)
    this.#part = Buffer.isBuffer(value) ? value : await FileBytes.open(join(this.#listing.folder, value.path), value)
  }

  async #closePart(): Promise<void> {
    if (this.#part instanceof FileBytes) await this.#part.close()
  }
}

const sizeOf = (part: Buffer | ListedFile) => (Buffer.isBuffer(part) ? part.length : part.size)

/** The archive in its order: bytes that are known, and files whose bytes are read when it is their turn. */
function* partsOf({ entries }: FolderListing, topName: string): Generator<Buffer | ListedFile, undefined> {
  yield headerOf(`${topName}/`, { type: 'Directory', mode: 0o755 })
  for (const entry of entries) {
    yield entryHeader(`${topName}/${entry.path}`, entry)
    if (entry.kind !== 'file' || entry.size === 0) continue
    yield entry
    const over = entry.size % recordSize
    if (over > 0) yield Buffer.alloc(recordSize - over)
  }
  yield Buffer.alloc(2 * recordSize)
}

function entryHeader(name: string, entry: Listed): Buffer {
  if (entry.kind === 'folder') return headerOf(`${name}/`, { type: 'Directory', mode: 0o755 })
  if (entry.kind === 'link') return headerOf(name, { type: 'SymbolicLink', mode: 0o777, linkpath: entry.target })
  return headerOf(name, { type: 'File', mode: 0o644, size: entry.size })
}

function headerOf(path: string, data: HeaderData): Buffer {
  const block = Buffer.alloc(recordSize)
  const owner = { uid: 0, gid: 0, uname: '', gname: '' }
  const needsPax = new Header({ size: 0, ...owner, mtime: modified, ...data, path }).encode(block)
  return needsPax ? Buffer.concat([new Pax({ ...data, path }).encode(), block]) : block
}
