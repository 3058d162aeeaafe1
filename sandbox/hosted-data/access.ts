import { type Caller, requireCaller, requireDataRead } from '../auth.ts'
import { badRequest, forbidden, notFound, unauthenticated } from '../errors.ts'
import type { Users } from '../users.ts'
import { callerAccount, type DataPath } from './paths.ts'
import type { Collection, HostedData } from './store.ts'

/** The account that a path belongs to. */
export function ownerOf(path: { owner: string }, caller: Caller | undefined): string {
  return path.owner === callerAccount ? requireCaller(caller).user.name : path.owner
}

/**
 * True if `caller` may read the collection: its owner or a member of the organisation that is, and everybody if it is
 * public (platform reference §2.4).
 */
export function mayRead(users: Users, collection: Collection, caller: Caller | undefined): boolean {
  return collection.acl === 'public' || (caller !== undefined && users.actsFor(caller.user, collection.owner))
}

/**
 * The collection of a path, for reading.
 *
 * @throws ApiError 404 when it is missing, 401 or 403 when it is not for this caller
 */
export function readableCollection(
  users: Users,
  data: HostedData,
  path: { owner: string; collection: string; uri: string },
  caller: Caller | undefined,
): Collection {
  requireDataRead(caller)
  const collection = data.find(ownerOf(path, caller), path.collection)
  if (collection && mayRead(users, collection, caller)) return collection
  // Without a key nobody learns which collections there are.
  if (!caller) throw unauthenticated('authorization required')
  if (collection) throw forbidden(`${collection.owner} has not shared this collection`)
  throw notFound(`The collection of ${path.uri} does not exist`)
}

/** The account name, if the writer may write there: only the owner and its members may. */
export function writableAccount(users: Users, path: { owner: string; uri: string }, caller: Caller): string {
  const owner = ownerOf(path, caller)
  if (!users.actsFor(caller.user, owner)) throw forbidden(`only ${owner} may write to ${path.uri}`)
  return owner
}

/** The collection of a path, for writing. It is never created on the way (platform reference §2.5). */
export function writableCollection(
  users: Users,
  data: HostedData,
  path: { owner: string; collection: string; uri: string },
  caller: Caller,
): Collection {
  const collection = data.find(writableAccount(users, path, caller), path.collection)
  if (!collection) throw notFound(`The collection of ${path.uri} does not exist; create it first`)
  return collection
}

/**
 * Answers for the places that are not collections of an account. An outside caller has no session, and sees of
 * algorithms' folders only what its own runs left there: nothing so far.
 */
export function refuseOtherPlaces(
  path: DataPath,
  caller: Caller | undefined,
  write: boolean,
): asserts path is Exclude<DataPath, { kind: 'connector' | 'session' | 'algorithm' }> {
  if (path.kind !== 'connector' && path.kind !== 'session' && path.kind !== 'algorithm') return
  requireDataRead(requireCaller(caller))
  if (path.kind === 'connector') {
    throw badRequest(`The data connector ${path.connector} is not configured: the sandbox has hosted data only`)
  }
  if (path.kind === 'session') throw badRequest('data://.session can only be used from inside a running algorithm')
  if (write) throw forbidden('data://.algo is only written by algorithms')
  throw notFound(`${path.uri} does not exist`)
}
