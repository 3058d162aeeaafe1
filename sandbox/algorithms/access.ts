import { type Caller, requireManage } from '../accounts/auth.ts'
import type { Users } from '../accounts/users.ts'
import type { Builds } from '../builds/store.ts'
import { ApiError, codes, forbidden } from '../errors.ts'
import { uuidPattern } from '../http/address.ts'
import { publicBuilds } from '../versions/version.ts'
import type { Algorithm } from './algorithm.ts'
import type { Algorithms } from './store.ts'

/** Where algorithms and those who may use them are looked up. */
export interface Directory {
  users: Users
  algorithms: Algorithms
  builds: Builds
}

/** How an address names an algorithm: by owner and name, or by id, which may also stand in the owner's place. */
export interface AlgorithmAddress {
  owner?: string
  name?: string
  id?: string
}

/**
 * The routes of something that belongs to an algorithm, by its owner and name and by its id (platform reference §3.2):
 * their parameters are an `AlgorithmAddress`.
 *
 * @param rest what follows, such as `/builds`
 */
export function algorithmUrls(rest: string): string[] {
  return [`/v1/algorithms/:id(^${uuidPattern}$)${rest}`, `/v1/algorithms/:owner/:name${rest}`]
}

/** True if the caller owns the algorithm or is a member of the organisation that does. */
export function isInsider(directory: Directory, algorithm: Algorithm, caller: Caller): boolean {
  return directory.users.actsFor(caller.user, algorithm.owner)
}

/** True for insiders, and for everybody once something of it is public. */
export function isVisible(directory: Directory, algorithm: Algorithm, caller: Caller): boolean {
  return isInsider(directory, algorithm, caller) || hasPublicBuilds(directory, algorithm)
}

/** True once something of it is public. */
export function hasPublicBuilds({ builds }: Directory, algorithm: Algorithm): boolean {
  return publicBuilds(builds.of(algorithm.id)).length > 0
}

/**
 * The algorithm of a request that only looks: for insiders, and for everybody once it is public.
 *
 * @throws ApiError 404 whose body is exactly `{"error":"No such algorithm"}`, as clients expect (platform reference §3.2)
 */
export function visibleAlgorithm(directory: Directory, address: AlgorithmAddress, caller: Caller): Algorithm {
  const algorithm = addressed(directory, address)
  if (algorithm && isVisible(directory, algorithm, caller)) return algorithm
  throw new ApiError(404, codes.algorithmNotFound, 'No such algorithm', { plain: true })
}

/**
 * The algorithm of a request that changes it, or that shows what only insiders may see.
 *
 * @throws ApiError 404 as for `visibleAlgorithm`; 403 for outsiders, and for keys that may not manage
 */
export function managedAlgorithm(directory: Directory, address: AlgorithmAddress, caller: Caller): Algorithm {
  const algorithm = visibleAlgorithm(directory, address, caller)
  requireManager(directory.users, algorithm.owner, caller)
  return algorithm
}

/** @throws ApiError 403 unless the caller may manage the algorithms of `owner` */
export function requireManager(users: Users, owner: string, caller: Caller): void {
  if (!users.actsFor(caller.user, owner)) {
    throw forbidden(`the algorithms of ${owner} are managed by ${owner} only`)
  }
  requireManage(caller)
}

/** The algorithm that an address names, whoever asks. */
export function addressed(
  { algorithms }: Directory,
  { owner = '', name, id }: AlgorithmAddress,
): Algorithm | undefined {
  return name === undefined ? algorithms.withId((id ?? owner).toLowerCase()) : algorithms.find(owner, name)
}
