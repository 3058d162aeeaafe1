import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { badRequest, conflict, notFound } from '../errors.ts'
import { readJson, readJsonFiles, writeJson } from '../state.ts'
import type { Acl } from './acl.ts'
import { Blobs } from './blobs.ts'
import { NameIndex } from './name-index.ts'

interface FileRecord {
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
}

/** A collection and what is in it. */
export interface Collection extends CollectionRecord {
  files: NameIndex<FileRecord>
}

/**
 * The hosted data: collections of files, one level deep (platform reference §2.1). Metadata is held in memory and
 * written through, one small file a collection and one a file, named by a hash: a name never becomes a path.
 */
export class HostedData {
  readonly #folder: string
  readonly #blobs: Blobs
  readonly #accounts = new Map<string, NameIndex<Collection>>()

  constructor(stateDir: string) {
    this.#folder = join(stateDir, 'collections')
    this.#blobs = new Blobs(stateDir)
    mkdirSync(this.#folder, { recursive: true })
    const blobs = new Set<string>()
    for (const id of readdirSync(this.#folder)) {
      const record = readJson<CollectionRecord>(join(this.#folder, id, 'collection.json'))
      // Without the record the collection was being created or deleted when the server was killed.
      if (!record) {
        rmSync(join(this.#folder, id), { recursive: true, force: true })
        continue
      }
      const files = new NameIndex<FileRecord>()
      for (const file of readJsonFiles<FileRecord>(join(this.#folder, id, 'files'))) {
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
    const collection: Collection = { id: crypto.randomUUID(), owner, name, acl, files: new NameIndex() }
    mkdirSync(join(this.#folder, collection.id, 'files'), { recursive: true })
    this.#save(collection)
    this.collectionsOf(owner).set(name, collection)
    return collection
  }

  setAcl(collection: Collection, acl: Acl): void {
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
    for (const file of files) await this.#blobs.remove(file.blob)
    return files.length
  }

  /** Stores a file under a name, replacing the earlier one at the moment the last byte has arrived. */
  async put(collection: Collection, name: string, body: IncomingMessage): Promise<void> {
    const blob = await this.#blobs.receive(body)
    try {
      if (this.find(collection.owner, collection.name)?.id !== collection.id) {
        throw notFound(`The collection data://${collection.owner}/${collection.name} was deleted during the upload`)
      }
      const earlier = collection.files.get(name)
      const record: FileRecord = { name, blob: blob.id, size: blob.size, modified: Date.now() }
      writeJson(this.#recordPath(collection, name), record)
      collection.files.set(name, record)
      if (earlier) await this.#blobs.remove(earlier.blob)
    } catch (error) {
      if (collection.files.get(name)?.blob !== blob.id) await this.#blobs.remove(blob.id)
      throw error
    }
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

  #save({ id, owner, name, acl }: Collection): void {
    writeJson(join(this.#folder, id, 'collection.json'), { id, owner, name, acl } satisfies CollectionRecord)
  }

  #recordPath(collection: Collection, name: string): string {
    const hash = createHash('sha256').update(name).digest('hex')
    return join(this.#folder, collection.id, 'files', `${hash}.json`)
  }
}
