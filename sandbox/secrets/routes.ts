import type { FastifyInstance } from 'fastify'
import { callerOf, requireCaller } from '../accounts/auth.ts'
import { type AlgorithmAddress, algorithmUrls, type Directory, managedAlgorithm } from '../algorithms/access.ts'
import type { Algorithm } from '../algorithms/algorithm.ts'
import { jsonBody } from '../http/request-body.ts'
import { secretBody, secretFrom, secretProvider } from './secret.ts'
import type { Secrets } from './store.ts'

/** What the endpoints of secrets work with. */
export interface SecretHosting extends Directory {
  secrets: Secrets
  /** Called when an algorithm's secrets are others than those its processes began with. */
  onChange: (algorithm: Algorithm) => void
}

/** Serves the secrets of algorithms, whose values go in and never come out (platform reference §3.5). */
export function secretRoutes(app: FastifyInstance, hosting: SecretHosting): void {
  const { users, secrets } = hosting

  app.get('/v1/secret-provider', async (request) => {
    requireCaller(callerOf(request, users))
    return [secretProvider]
  })

  for (const url of algorithmUrls('/secrets')) {
    app.get<{ Params: AlgorithmAddress }>(url, async (request) => {
      const { id } = managedAlgorithm(hosting, request.params, requireCaller(callerOf(request, users)))
      return { secrets: secrets.of(id).map(secretBody) }
    })

    app.post<{ Params: AlgorithmAddress }>(url, async (request) => {
      const caller = requireCaller(callerOf(request, users))
      managedAlgorithm(hosting, request.params, caller)
      const body = await jsonBody(request)
      // It may have been deleted while the body came.
      const algorithm = managedAlgorithm(hosting, request.params, caller)
      const secret = secrets.set(algorithm.id, secretFrom(body, algorithm.id))
      hosting.onChange(algorithm)
      return secretBody(secret)
    })
  }
}
