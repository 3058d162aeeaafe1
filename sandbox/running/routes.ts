import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { asksAsAdmin, type Caller, callerOf, requireCaller, requireManage } from '../accounts/auth.ts'
import { mayCall } from '../accounts/keys.ts'
import { type AlgorithmAddress, algorithmUrls, type Directory, managedAlgorithm } from '../algorithms/access.ts'
import type { Algorithm } from '../algorithms/algorithm.ts'
import type { Algorithms } from '../algorithms/store.ts'
import type { Build } from '../builds/build.ts'
import { badRequest, codes, forbidden } from '../errors.ts'
import { parseJson, wholeBody } from '../http/request-body.ts'
import { resolveVersion } from '../versions/version.ts'
import type { Calls } from './calls.ts'
import { insightBytes, insightsFrom } from './insights.ts'
import { sendRaw, sendResult } from './reply.ts'
import { callOptions, inputLine, type Target, targetOf } from './request.ts'
import type { RunErrors } from './run-errors.ts'
import { senderOf } from './workers.ts'

/** What the routes of calls work with. */
export interface CallRouteServices extends Directory {
  calls: Calls
  errors: RunErrors
  log: (line: string) => void
}

/** Serves calls of algorithms, and what algorithms report while they run (platform reference §4, §9). */
export function callRoutes(app: FastifyInstance, services: CallRouteServices): void {
  const types = new WeakMap<FastifyRequest, string | undefined>()
  // The framework would refuse types that it cannot read.
  const onRequest = async (request: FastifyRequest) => {
    types.set(request, request.headers['content-type'])
    delete request.raw.headers['content-type']
  }
  app.post('/v1/algo/*', { onRequest }, async (request, reply) => {
    const caller = callerOf(request, services.users)
    // In this form because one of the clients hides the body of every other status (platform reference §1).
    if (!caller) return sendError(reply, 'authorization required')
    return await call(services, caller, request, reply, types.get(request))
  })

  for (const path of algorithmUrls('/errors')) {
    app.get<{ Params: AlgorithmAddress }>(path, (request) => {
      const caller = requireCaller(callerOf(request, services.users))
      return services.errors.of(managedAlgorithm(services, request.params, caller).id)
    })
  }
  for (const path of ['/v1/users/:owner/errors', '/v1/organizations/:owner/errors']) {
    app.get<{ Params: { owner: string } }>(path, (request) => {
      const { owner } = request.params
      // Everything below these two addresses is open to administrators (platform reference §1, "Keys").
      if (!asksAsAdmin(request, services.users)) requireOwnErrors(services, request, owner)
      return services.algorithms
        .of(owner)
        .flatMap(({ id }) => services.errors.of(id))
        .sort((a, b) => b.created_at - a.created_at)
    })
  }

  app.post('/v1/insights', { onRequest }, async (request) => {
    // One client sends no key: the address tells which algorithm it is (platform reference §5.3).
    const sender = callerOf(request, services.users)?.process ?? senderOf(request.raw)
    const body = (await wholeBody(request, insightBytes)).toString('utf8')
    const value = parseJson(body)
    if (value === undefined) throw badRequest('The body is not valid JSON', codes.invalidJson)
    const reported = insightsFrom(value)
    if (sender?.call) Object.assign(sender.call.insights, reported)
    return { response: 'ok' }
  })
}

function requireOwnErrors({ users }: Directory, request: FastifyRequest, owner: string): void {
  const caller = requireCaller(callerOf(request, users))
  if (!users.actsFor(caller.user, owner)) throw forbidden(`the errors of ${owner} are shown to ${owner} only`)
  requireManage(caller)
}

async function call(
  services: CallRouteServices,
  caller: Caller,
  request: FastifyRequest,
  reply: FastifyReply,
  type: string | undefined,
): Promise<FastifyReply> {
  const { users, calls, log } = services
  const target = targetOf(request.raw.url ?? '')
  const found = lookUp(services, caller, target)
  if (!found) {
    log(`algo://${target.path} was called by ${caller.user.name}, and ${whyNot(services, caller, target)}`)
    return sendError(reply, `algorithm algo://${target.path} not found`)
  }
  const { algorithm, build } = found
  if (!mayCall(caller.key, algorithm.owner, algorithm.name))
    throw forbidden(`this API key may not call algo://${target.path}`)
  const options = callOptions(request)
  const line = await inputLine(request, type)
  const work = {
    caller,
    algorithm,
    build,
    request: line,
    timeoutSeconds: options.timeoutSeconds,
    // The address tells also when it calls with another key than its own.
    parent: senderOf(request.raw) ?? caller.process,
  }
  if (options.output === 'void') {
    const requestId = `req-${crypto.randomUUID()}`
    calls.carryOut(work, requestId).catch((error: unknown) => log(`the call ${requestId} failed: ${String(error)}`))
    return reply.send({ async: requestId, request_id: requestId })
  }
  const result = await calls.carryOut({ ...work, abandoned: leaving(reply) })
  const insider = users.actsFor(caller.user, algorithm.owner)
  const visibility = {
    stdout: options.stdout && insider,
    trace: insider || algorithm.settings.source_visibility === 'open',
  }
  return options.output === 'raw' ? sendRaw(reply, result, visibility) : sendResult(reply, result, visibility)
}

/** Aborted when the client closes the connection before it has its answer. */
function leaving({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController()
  raw.once('close', () => {
    if (!raw.writableFinished) controller.abort(new Error('the client left'))
  })
  return controller.signal
}

function algorithmAt(algorithms: Algorithms, { owner, name }: Target): Algorithm | undefined {
  return name === undefined ? algorithms.withId(owner) : algorithms.find(owner, name)
}

/** The algorithm and the build that an address means, as far as the caller may know of them. */
function lookUp(
  { algorithms, builds, users }: CallRouteServices,
  caller: Caller,
  target: Target,
): { algorithm: Algorithm; build: Build } | undefined {
  const algorithm = algorithmAt(algorithms, target)
  if (!algorithm) return undefined
  const build = resolveVersion(builds.of(algorithm.id), target.version, users.actsFor(caller.user, algorithm.owner))
  return build && { algorithm, build }
}

/** Why an address names nothing to call: the answer must not say it, so the log does. */
function whyNot({ algorithms, builds, users }: CallRouteServices, { user }: Caller, target: Target): string {
  const { version } = target
  const algorithm = algorithmAt(algorithms, target)
  if (!algorithm) return 'there is no such algorithm'
  const all = builds.of(algorithm.id)
  const build = all.find(({ commit }) => commit === version?.toLowerCase())
  if (build && build.status !== 'succeeded') return `its build is ${build.status}`
  if (!users.actsFor(user, algorithm.owner)) return 'it has no public version like that'
  if (/^[0-9a-f]{7,39}$/i.test(version ?? '')) return 'a commit needs all of its 40 digits'
  if (version === undefined || !/^(\d+\.\d+\.\d+|latestPrivate|[0-9a-f]{40})$/i.test(version)) {
    return 'only a full version, latestPrivate or a commit finds what is not public'
  }
  return 'it has no such version or build'
}

/** A failure as the platform reports it: HTTP 200 (platform reference §4). */
function sendError(reply: FastifyReply, message: string): FastifyReply {
  return reply.send({ error: { message }, metadata: { duration: 0 } })
}
