import type { FastifyInstance, FastifyRequest } from 'fastify'
import { callerOf, requireCaller } from '../accounts/auth.ts'
import type { Users } from '../accounts/users.ts'
import { codes, notFound } from '../errors.ts'
import { internalHost } from './internal.ts'

type One = { Params: { id: string } }

/** Serves the hosts that repositories of algorithms can be on (platform reference §3.2). */
export function sourceHostRoutes(app: FastifyInstance, users: Users): void {
  app.get('/v1/scms', async (request) => {
    requireCaller(callerOf(request, users))
    return { results: [internalHost] }
  })

  const one = (answer: unknown) => async (request: FastifyRequest<One>) => {
    requireCaller(callerOf(request, users))
    const { id } = request.params
    if (id !== internalHost.id) throw notFound(`The scm ${id} does not exist`, codes.sourceHostMissing)
    return answer
  }
  // Nobody has to be connected to the sandbox's own repositories.
  const status = one({ authorization_status: 'unauthorized' })
  app.get<One>('/v1/scms/:id', one(internalHost))
  app.get<One>('/v1/scms/:id/oauth/status', status)
  app.post<One>('/v1/scms/:id/token/status', status)
}
