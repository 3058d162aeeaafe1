import type { FastifyRequest } from 'fastify'
import { type Caller, passwordCallerOf } from '../accounts/auth.ts'
import type { Users } from '../accounts/users.ts'

/**
 * Who looks at a page: an account by its password, with all rights, or by one of its API keys, with the rights of that
 * key; with an admin key nobody.
 *
 * @throws ApiError 401
 */
export function visitorOf(request: FastifyRequest, users: Users): Caller {
  const { user, key } = passwordCallerOf(request, users)
  return {
    user,
    key: key ?? { key: user.apiKey, data: 'read-write', manage: true, algorithms: ['algo://*'], admin: false },
  }
}
