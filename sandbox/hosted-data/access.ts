import { type Caller, requireCaller, requireDataRead } from '../accounts/auth.ts'
import type { Users } from '../accounts/users.ts'
import { forbidden, notFound, unauthenticated } from '../errors.ts'
import { type CollectionAddress, callerAccount, type DirectoryAddress } from './paths.ts'
import { type PlaceAddress, placeOf } from './places.ts'
import type { Collection, HostedData } from './store.ts'

/** A path to a directory of files, or into it. */
export interface PathInDirectory {
  uri: string
  directory: DirectoryAddress
}

/** The account that a path belongs to. */
export function ownerOf(path: { owner: string }, caller: Caller | undefined): string {
  return path.owner === callerAccount ? requireCaller(caller).user.name : path.owner
}

/**
 * True if `caller` may read the collection: its owner may, everybody if it is public, and whoever calls an algorithm of
 * its owner if it has the default ACL (platform reference §2.4).
 */
export function mayRead(collection: Collection, users: Users, caller: Caller | undefined): boolean {
  if (collection.acl === 'public') return true
  if (!caller) return false
  if (users.actsFor(caller.user, collection.owner)) return true
  return collection.acl === 'default' && caller.process?.algorithm.owner === collection.owner
}

/**
 * The directory of a path, for reading.
 *
 * @throws ApiError 404 when it is missing, 401 or 403 when it is not for this caller
 */
export async function readableDirectory(
  data: HostedData,
  users: Users,
  path: PathInDirectory,
  caller: Caller | undefined,
): Promise<Collection> {
  requireDataRead(caller)
  const { uri, directory } = path
  if (directory.kind !== 'collection') {
    const found = await data.inPlace(placeOf(directory, requireCaller(caller)))
    if (!found) throw notFound(`${uri} does not exist`)
    return found
  }
  const collection = data.find(ownerOf(directory, caller), directory.collection)
  if (collection && mayRead(collection, users, caller)) return collection
  // Without a key nobody learns which collections there are.
  if (!caller) throw unauthenticated('authorization required')
  if (collection) throw forbidden(`${collection.owner} has not shared this collection`)
  throw notFound(`The collection of ${uri} does not exist`)
}

/** The account name, if the writer may write there: only the owner may, also through an algorithm. */
export function writableAccount(path: { owner: string; uri: string }, users: Users, caller: Caller): string {
  const owner = ownerOf(path, caller)
  if (!users.actsFor(caller.user, owner)) throw forbidden(`only ${owner} may write to ${path.uri}`)
  return owner
}

/** The directory of a path, for writing. A collection is never created on the way (platform reference §2.5). */
export async function writableDirectory(
  data: HostedData,
  users: Users,
  { uri, directory }: PathInDirectory,
  caller: Caller,
): Promise<Collection> {
  return directory.kind === 'collection'
    ? writableCollection(data, users, { uri, ...directory }, caller)
    : await writablePlace(data, { uri, directory }, caller)
}

/** The collection of a path, for writing. */
export function writableCollection(
  data: HostedData,
  users: Users,
  path: CollectionAddress & { uri: string },
  caller: Caller,
): Collection {
  const collection = data.find(writableAccount(path, users, caller), path.collection)
  if (!collection) throw notFound(`The collection of ${path.uri} does not exist; create it first`)
  return collection
}

async function writablePlace(
  data: HostedData,
  { uri, directory }: { uri: string; directory: PlaceAddress },
  caller: Caller,
): Promise<Collection> {
  const place = placeOf(directory, caller)
  const found = place.writable && (await data.inPlace(place))
  if (!found) throw forbidden(`only the algorithm that ${uri} belongs to may write there`)
  return found
}
