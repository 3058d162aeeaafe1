import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Caller, callerOf, requireCaller, requireManage } from '../auth.ts'
import { ApiError, codes, forbidden, notFound } from '../errors.ts'
import { jsonBody } from '../request-body.ts'
import type { Users } from '../users.ts'
import { type Algorithm, algorithmBody, newAlgorithm } from './algorithm.ts'
import type { Algorithms } from './store.ts'

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Serves algorithms as things to create, look at and delete (platform reference §3.2). */
export function algorithmRoutes(app: FastifyInstance, algorithms: Algorithms, users: Users): void {
  app.post<{ Params: { owner: string } }>('/v1/algorithms/:owner', async (request, reply) => {
    const caller = requireCaller(callerOf(request, users))
    const { owner } = request.params
    if (!users.named(owner)) throw notFound(`The user ${owner} does not exist`, codes.userNotFound)
    requireManager(owner, caller)
    const algorithm = await algorithms.create(owner, newAlgorithm(await jsonBody(request)))
    return reply.send(algorithmBody(algorithm))
  })

  const at = (handle: (algorithm: Algorithm, caller: Caller, reply: FastifyReply) => FastifyReply) => {
    return async (request: FastifyRequest<{ Params: { owner: string; name?: string } }>, reply: FastifyReply) => {
      const caller = requireCaller(callerOf(request, users))
      return handle(visible(algorithms, request.params, caller), caller, reply)
    }
  }
  const get = at((algorithm, _caller, reply) => reply.send(algorithmBody(algorithm)))
  const remove = at((algorithm, caller, reply) => {
    requireManager(algorithm.owner, caller)
    algorithms.remove(algorithm)
    return reply.code(204).send()
  })
  for (const url of ['/v1/algorithms/:owner', '/v1/algorithms/:owner/:name']) {
    app.get<{ Params: { owner: string; name?: string } }>(url, get)
    app.delete<{ Params: { owner: string; name?: string } }>(url, remove)
  }
}

function requireManager(owner: string, caller: Caller): void {
  if (owner !== caller.user.name) throw forbidden(`the algorithms of ${owner} are managed by ${owner} only`)
  requireManage(caller)
}

/**
 * The algorithm of a request, by owner and name or by id.
 *
 * @throws ApiError 404 whose body is exactly `{"error":"No such algorithm"}`, as clients expect (platform reference §3.2)
 */
function visible(algorithms: Algorithms, params: { owner: string; name?: string }, caller: Caller): Algorithm {
  const { owner, name } = params
  const byId = name === undefined && uuid.test(owner) ? algorithms.withId(owner.toLowerCase()) : undefined
  const algorithm = name === undefined ? byId : algorithms.find(owner, name)
  if (algorithm?.owner === caller.user.name) return algorithm
  throw new ApiError(404, codes.algorithmNotFound, 'No such algorithm', { plain: true })
}
