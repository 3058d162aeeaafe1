import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { badRequest, conflict, notFound } from '../errors.ts'
import { readJson, readJsonFiles, writeJson } from '../state.ts'
import type { Acl } from './acl.ts'
import { type Blob, Blobs } from './blobs.ts'
import { NameIndex } from './name-index.ts'
import { hasExpired, type Place, type Retention, sessionPlace } from './places.ts'

/** A file, and where its content is. */
export interface FileRecord {
  name: string
  blob: string
  size: number
  /** Milliseconds since 1970. */
  modified: number
}

interface CollectionRecord {
  id: string
  owner: string
  name: string
  acl: Acl
  /** For scratch space of algorithms; what is in a collection stays until somebody deletes it. */
  retention?: Retention
}

/** A collection and what is in it. */
export interface Collection extends CollectionRecord {
  files: NameIndex<FileRecord>
}

/**
 * The hosted data: collections of files, one level deep (platform reference §2.1), and the scratch space of algorithms,
 * which is kept as collections that belong to no account. Metadata is held in memory and
 * written through, one small file a collection and one a file, named by a hash: a name never becomes a path.
 */
export class HostedData {
  readonly #folder: string
  readonly #blobs: Blobs
  readonly #accounts = new Map<string, NameIndex<Collection>>()

  readonly #now: () => number

  /** @param now the clock, in milliseconds since 1970 */
  constructor(stateDir: string, now: () => number = Date.now) {
    this.#now = now
    this.#folder = join(stateDir, 'collections')
    this.#blobs = new Blobs(stateDir)
    mkdirSync(this.#folder, { recursive: true })
    const blobs = new Set<string>()
    for (const id of readdirSync(this.#folder)) {
      const record = readJson<CollectionRecord>(join(this.#folder, id, 'collection.json'))
      // Without the record the collection was being created or deleted when the server was killed. And no session
      // outlives the server.
      if (!record || record.retention === 'session') {
        rmSync(join(this.#folder, id), { recursive: true, force: true })
        continue
      }
      const files = new NameIndex<FileRecord>()
      for (const file of readJsonFiles<FileRecord>(join(this.#folder, id, 'files'))) {
        if (this.#isExpired(record, file)) {
          rmSync(this.#recordPath(record, file.name), { force: true })
          continue
        }
        files.set(file.name, file)
        blobs.add(file.blob)
      }
      this.collectionsOf(record.owner).set(record.name, { ...record, files })
    }
    this.#blobs.keepOnly(blobs)
  }

  collectionsOf(owner: string): NameIndex<Collection> {
    const known = this.#accounts.get(owner)
    if (known) return known
    const collections = new NameIndex<Collection>()
    this.#accounts.set(owner, collections)
    return collections
  }

  find(owner: string, name: string): Collection | undefined {
    return this.#accounts.get(owner)?.get(name)
  }

  create(owner: string, name: string, acl: Acl): Collection {
    if (this.find(owner, name)) throw conflict(`The collection data://${owner}/${name} already exists`)
    return this.#add({ id: crypto.randomUUID(), owner, name, acl })
  }

  /**
   * The scratch space at a place, without what has expired.
   *
   * @returns undefined when there is none and the place is not for writing
   */
  async inPlace({ owner, name, retention, writable }: Place): Promise<Collection | undefined> {
    const found = this.find(owner, name)
    if (!found) return writable ? this.#add({ id: crypto.randomUUID(), owner, name, acl: 'private', retention }) : found
    const expired = found.files.values().filter((file) => this.#isExpired(found, file))
    await Promise.all(expired.map((file) => this.removeFile(found, file)))
    return found
  }

  /** What is stored behind a data connector, each file under the whole of its path. It belongs to no account. */
  behind(connector: string): Collection {
    const owner = '/connector'
    return this.find(owner, connector) ?? this.#add({ id: crypto.randomUUID(), owner, name: connector, acl: 'private' })
  }

  /** Removes the scratch space of a session. Call it when no algorithm works in the session any more. */
  async endSession(sessionId: string): Promise<void> {
    const { owner, name } = sessionPlace(sessionId)
    const scratch = this.find(owner, name)
    if (scratch) await this.remove(scratch, true)
  }

  setAcl(collection: Collection, acl: Acl): void {
    if (!this.#has(collection)) throw notFound(`The collection ${collection.name} was deleted meanwhile`)
    collection.acl = acl
    this.#save(collection)
  }

  /** @returns how many files went with it */
  async remove(collection: Collection, force: boolean): Promise<number> {
    const files = collection.files.values()
    if (files.length > 0 && !force) {
      throw badRequest(`The collection data://${collection.owner}/${collection.name} is not empty; use force to delete`)
    }
    this.collectionsOf(collection.owner).delete(collection.name)
    const folder = join(this.#folder, collection.id)
    rmSync(join(folder, 'collection.json'), { force: true })
    rmSync(folder, { recursive: true, force: true })
    // Whoever holds the collection already must not find what is about to go.
    for (const file of files) collection.files.delete(file.name)
    for (const file of files) await this.#blobs.remove(file.blob)
    return files.length
  }

  /** Stores what the server itself brings along. */
  async putText(collection: Collection, name: string, content: string): Promise<void> {
    await this.#replace(collection, name, this.#blobs.write(content))
  }

  /** Stores a file under a name, replacing the earlier one at the moment the last byte has arrived. */
  async put(collection: Collection, name: string, body: IncomingMessage): Promise<void> {
    const blob = await this.#blobs.receive(body)
    try {
      if (!this.#has(collection)) throw notFound(`The directory of ${name} was deleted during the upload`)
      await this.#replace(collection, name, blob)
    } catch (error) {
      if (collection.files.get(name)?.blob !== blob.id) await this.#blobs.remove(blob.id)
      throw error
    }
  }

  async #replace(collection: Collection, name: string, blob: Blob): Promise<void> {
    const earlier = collection.files.get(name)
    const record: FileRecord = { name, blob: blob.id, size: blob.size, modified: this.#now() }
    writeJson(this.#recordPath(collection, name), record)
    collection.files.set(name, record)
    if (earlier) await this.#blobs.remove(earlier.blob)
  }

  read(file: FileRecord): Readable {
    return this.#blobs.read(file.blob)
  }

  async removeFile(collection: Collection, file: FileRecord): Promise<void> {
    rmSync(this.#recordPath(collection, file.name), { force: true })
    collection.files.delete(file.name)
    await this.#blobs.remove(file.blob)
  }

  /** Resolves when no upload is under way any more. */
  async settled(): Promise<void> {
    await this.#blobs.settled()
  }

  #has({ id, owner, name }: CollectionRecord): boolean {
    return this.find(owner, name)?.id === id
  }

  #add(record: CollectionRecord): Collection {
    const collection: Collection = { ...record, files: new NameIndex() }
    mkdirSync(join(this.#folder, record.id, 'files'), { recursive: true })
    this.#save(collection)
    this.collectionsOf(record.owner).set(record.name, collection)
    return collection
  }

  #save({ files: _, ...record }: Collection): void {
    writeJson(join(this.#folder, record.id, 'collection.json'), record satisfies CollectionRecord)
  }

  #isExpired({ retention }: CollectionRecord, { modified }: FileRecord): boolean {
    return hasExpired(retention, this.#now() - modified)
  }

  #recordPath({ id }: CollectionRecord, name: string): string {
    const hash = createHash('sha256').update(name).digest('hex')
    return join(this.#folder, id, 'files', `${hash}.json`)
  }
}
