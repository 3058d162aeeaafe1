import type { FastifyRequest } from 'fastify'
import { type Caller, callerOf, requireCaller, requireManage } from '../auth.ts'
import type { Builds } from '../builds/store.ts'
import { ApiError, codes, forbidden } from '../errors.ts'
import type { Users } from '../users.ts'
import { published } from '../versions/version.ts'
import type { Algorithm } from './algorithm.ts'
import type { Algorithms } from './store.ts'

/** Where algorithms are looked up for a caller. */
export interface AlgorithmAccess {
  users: Users
  algorithms: Algorithms
  builds: Builds
}

/** The parameters of `/v1/algorithms/:owner/:name/...`, or of `/v1/algorithms/:owner/...` with a UUID as the owner. */
export interface AlgorithmParams {
  owner: string
  name?: string
}

/** A found algorithm and who asked for it. */
export interface Found {
  algorithm: Algorithm
  caller: Caller
  /** True for the owner and the members of an owning organisation. */
  insider: boolean
}

/** The two addresses of everything about an algorithm: routing on "the first segment is a UUID" (platform reference §3.2). */
export function algorithmUrls(rest = ''): string[] {
  return [`/v1/algorithms/:owner/:name${rest}`, `/v1/algorithms/:owner(${uuidPattern})${rest}`]
}

const uuidPattern = '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$'

/**
 * The algorithm of a request, for somebody who wants to look at it: an insider, or anybody once a version is public.
 *
 * @throws ApiError 404 whose body is exactly `{"error":"No such algorithm"}`, as clients expect (platform reference §3.2)
 */
export function visibleAlgorithm(access: AlgorithmAccess, request: FastifyRequest): Found {
  const caller = requireCaller(callerOf(request, access.users))
  const algorithm = lookUp(access.algorithms, request.params as AlgorithmParams)
  if (!algorithm) throw noSuchAlgorithm()
  const insider = access.users.actsFor(caller.user, algorithm.owner)
  if (!insider && !isPublic(access.builds, algorithm)) throw noSuchAlgorithm()
  return { algorithm, caller, insider }
}

/**
 * The algorithm of a request, for somebody who manages it, with a key that may (platform reference §1, "Keys").
 *
 * @throws ApiError 404 or 403
 */
export function managedAlgorithm(access: AlgorithmAccess, request: FastifyRequest): Found {
  const found = visibleAlgorithm(access, request)
  if (!found.insider)
    throw forbidden(`the algorithms of ${found.algorithm.owner} are managed by ${found.algorithm.owner} only`)
  requireManage(found.caller)
  return found
}

export function isPublic(builds: Builds, { id }: Algorithm): boolean {
  return published(builds.of(id)).some(({ version }) => version.callability === 'public')
}

function lookUp(algorithms: Algorithms, { owner, name }: AlgorithmParams): Algorithm | undefined {
  return name === undefined ? algorithms.withId(owner.toLowerCase()) : algorithms.find(owner, name)
}

function noSuchAlgorithm(): ApiError {
  return new ApiError(404, codes.algorithmNotFound, 'No such algorithm', { plain: true })
}
