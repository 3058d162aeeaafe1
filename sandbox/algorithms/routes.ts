import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Caller, callerOf, requireCaller } from '../accounts/auth.ts'
import { badRequest, codes, forbidden, notFound } from '../errors.ts'
import type { Repositories } from '../git/repositories.ts'
import { isObject, jsonBody, parseJson, queryOf, smallBody } from '../http/request-body.ts'
import type { Secrets } from '../secrets/store.ts'
import { versionBody } from '../versions/body.ts'
import { publicBuilds, versionsOf } from '../versions/version.ts'
import {
  type AlgorithmAddress,
  algorithmUrls,
  type Directory,
  hasPublicBuilds,
  isInsider,
  managedAlgorithm,
  requireManager,
  visibleAlgorithm,
} from './access.ts'
import { type Algorithm, algorithmBody, changedAlgorithm, newAlgorithm } from './algorithm.ts'

/** What the endpoints of algorithms work with. */
export interface AlgorithmHosting extends Directory {
  /** The address of the server, without `/v1`. */
  url: () => string
  repositories: Repositories
  secrets: Secrets
  /** Ends whatever an algorithm has going on; called when nobody can find it any more. */
  onRemove: (algorithm: Algorithm) => Promise<void>
  /** Called when an algorithm's settings are others than those its processes began with. */
  onChange: (algorithm: Algorithm) => void
}

type One = { Params: AlgorithmAddress }

/** A request about one algorithm. */
interface Asked {
  address: AlgorithmAddress
  caller: Caller
  request: FastifyRequest
  reply: FastifyReply
}

/** Serves algorithms as things to create, look at, change and delete (platform reference §3.2). */
export function algorithmRoutes(app: FastifyInstance, hosting: AlgorithmHosting): void {
  const at = (handle: (hosting: AlgorithmHosting, asked: Asked) => unknown) => {
    return async (request: FastifyRequest<One>, reply: FastifyReply) => {
      const caller = requireCaller(callerOf(request, hosting.users))
      return handle(hosting, { address: request.params, caller, request, reply })
    }
  }
  app.post<{ Params: { owner: string } }>('/v1/algorithms/:owner', (request) => create(hosting, request))
  // The first one answers for what is neither an id nor an owner and a name.
  for (const url of ['/v1/algorithms/:owner', ...algorithmUrls('')]) {
    app.get<One>(url, at(get))
    app.put<One>(url, at(change))
    app.delete<One>(url, at(remove))
  }
  for (const url of algorithmUrls('/scm/status')) app.get<One>(url, at(sourceStatus))
  for (const url of algorithmUrls('/log')) app.get<One>(url, at(commits))
}

async function create(
  { users, algorithms }: AlgorithmHosting,
  request: FastifyRequest<{ Params: { owner: string } }>,
): Promise<unknown> {
  const caller = requireCaller(callerOf(request, users))
  const { owner } = request.params
  if (!users.isOwner(owner)) throw notFound(`The user ${owner} does not exist`, codes.userNotFound)
  requireManager(users, owner, caller)
  return algorithmBody(await algorithms.create(owner, newAlgorithm(await jsonBody(request))))
}

function get(hosting: AlgorithmHosting, { address, caller }: Asked): unknown {
  return bodyFor(hosting, visibleAlgorithm(hosting, address, caller), caller)
}

async function change(hosting: AlgorithmHosting, { address, caller, request }: Asked): Promise<unknown> {
  managedAlgorithm(hosting, address, caller)
  const body = changes(await smallBody(request), request.headers['content-type'])
  // It may have been deleted while the body came.
  const algorithm = managedAlgorithm(hosting, address, caller)
  if (body) {
    hosting.algorithms.change(algorithm, changedAlgorithm(algorithm, body))
    hosting.onChange(algorithm)
  }
  return bodyFor(hosting, algorithm, caller)
}

async function remove(hosting: AlgorithmHosting, { address, caller, reply }: Asked): Promise<FastifyReply> {
  const algorithm = managedAlgorithm(hosting, address, caller)
  if (hasPublicBuilds(hosting, algorithm)) {
    throw forbidden(`${algorithm.owner}/${algorithm.name} has been published publicly, so others may rely on it`)
  }
  hosting.algorithms.forget(algorithm)
  hosting.secrets.removeAll(algorithm.id)
  try {
    await hosting.onRemove(algorithm)
  } finally {
    hosting.repositories.remove(algorithm.id)
    hosting.builds.removeAll(algorithm.id)
  }
  return reply.code(204).send()
}

function sourceStatus(hosting: AlgorithmHosting, { address, caller }: Asked): unknown {
  visibleAlgorithm(hosting, address, caller)
  return { scm_connection_status: 'active' }
}

async function commits(hosting: AlgorithmHosting, { address, caller, request }: Asked): Promise<unknown> {
  const { id } = managedAlgorithm(hosting, address, caller)
  const range = { since: time(request, 'since'), until: time(request, 'until') }
  const log = await hosting.repositories.log(id, range)
  return log.map(({ id, subject, message, author }) => ({ id, short_message: subject, message, author }))
}

/** An algorithm as its newest version: of all builds for insiders, of the public ones for others. */
function bodyFor(hosting: AlgorithmHosting, algorithm: Algorithm, caller: Caller): unknown {
  const insider = isInsider(hosting, algorithm, caller)
  const builds = hosting.builds.of(algorithm.id)
  const [build] = insider ? versionsOf(builds) : publicBuilds(builds)
  if (!build) return algorithmBody(algorithm)
  const log = insider ? hosting.builds.log(build) : undefined
  return versionBody(algorithm, build, { api: hosting.url(), log })
}

/**
 * What a `PUT` changes: nothing when it is the form of a client that sends the names of its arguments but not their
 * values (platform reference §3.2, "Client facts").
 */
function changes(body: string, contentType = ''): Record<string, unknown> | undefined {
  const parsed = parseJson(body)
  if (isObject(parsed)) return parsed
  if (parsed === undefined && contentType.startsWith('application/x-www-form-urlencoded')) return undefined
  throw badRequest('The body must be a JSON object', codes.invalidJson)
}

function time(request: FastifyRequest, name: string): Date | undefined {
  const text = queryOf(request).get(name)
  if (text === null || text === '') return undefined
  const moment = new Date(/^\d+$/.test(text) ? Number(text) : text)
  if (Number.isNaN(moment.getTime())) {
    throw badRequest(`${name} must be a time such as 2022-05-08T22:43:09Z, or milliseconds since 1970, not "${text}"`)
  }
  return moment
}
