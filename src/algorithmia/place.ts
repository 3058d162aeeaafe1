import { DeployError } from '../errors.ts'
import * as log from '../log.ts'
import type { DataApi } from './data.ts'
import { type DataUri, fileIn, formatUri, isIn, parseUri } from './data-uri.ts'

/** MD5 and SHA-256, lower-case hex. */
export interface Digest {
  md5: string
  sha256: string
}

/** An object that the live manifest vouches for. Manifests of other tools know only its MD5. */
export interface KnownObject {
  /** With or without `data://`. */
  uri: string
  md5: string
  sha256?: string | undefined
  /** Bytes. */
  size?: number | undefined
}

export interface Storage {
  data: DataApi
  collection: DataUri
  known: readonly KnownObject[]
}

/** A model that is to have a place, as far as that decides. */
export interface Placed {
  model: { size: number; digest(): Promise<Digest> }
  /** Object name, such as `<stem>_<commit><ext>`. */
  name: string
  /** Object name beside it, for other bytes of the same name. */
  nameWithDigest(md5: string): string
}

/** Where a model is stored, or will be. */
export type Place =
  | { uri: DataUri; isStored: true; digest: Digest }
  /** Without a digest the model was not read yet. */
  | { uri: DataUri; isStored: false; digest: Digest | undefined }

/**
 * Reads only. Content decides: bytes that the live manifest proves to be in the collection need not be sent again; other
 * bytes of the same name go beside what is there.
 */
export async function findPlace(storage: Storage, placed: Placed): Promise<Place> {
  const { data, collection } = storage
  const { model, name } = placed
  // Worth reading the model once more.
  const expected = knownObjects(storage, model.size).length > 0 ? await model.digest() : undefined
  for (const known of expected ? knownObjects(storage, model.size, expected) : []) {
    if (expected && (await data.storedSize(known)) === model.size) {
      return { uri: known, isStored: true, digest: expected }
    }
  }
  const uri = fileIn(collection, name)
  if (!(await data.exists(uri))) return { uri, isStored: false, digest: expected }
  log.info(`${formatUri(uri)} exists, and the live manifest does not vouch for its bytes; this model goes beside it`)
  return placeBeside(storage, placed, expected ?? (await model.digest()))
}

/**
 * Objects of the collection that hold these bytes, if the manifest is right.
 *
 * @param digest undefined: those that may hold them, as far as the size tells
 */
export function knownObjects(
  { known, collection }: Pick<Storage, 'known' | 'collection'>,
  size: number,
  digest?: Digest,
): DataUri[] {
  return known.flatMap((object) => {
    const uri = parseUri(object.uri)
    const mayBe = uri !== undefined && isIn(uri, collection) && (object.size ?? size) === size
    const isSame =
      digest === undefined || (object.md5 === digest.md5 && (object.sha256 ?? digest.sha256) === digest.sha256)
    return mayBe && isSame ? [uri] : []
  })
}

/** @throws DeployError when something else is there under the name of these bytes */
export async function placeBeside({ data, collection }: Storage, placed: Placed, digest: Digest): Promise<Place> {
  const uri = fileIn(collection, placed.nameWithDigest(digest.md5.slice(0, 8)))
  if (!(await data.exists(uri))) return { uri, isStored: false, digest }
  // Left by a run that failed after its upload, most likely whole; its bytes are the proof.
  const stored = await data.digest(uri)
  if (stored.md5 === digest.md5 && stored.sha256 === digest.sha256) return { uri, isStored: true, digest }
  throw new DeployError(
    `${formatUri(uri)} exists with other bytes than its name says, perhaps left half-written. Delete it and run again`,
  )
}
