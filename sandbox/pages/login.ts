import type { FastifyRequest } from 'fastify'
import { basicCredentials, type Caller } from '../auth.ts'
import { unauthenticated } from '../errors.ts'
import type { Users } from '../users.ts'

/**
 * Who looks at a page: an account by its password, with all rights, or by one of its API keys, with the rights of that
 * key.
 *
 * @throws ApiError 401
 */
export function visitorOf(request: FastifyRequest, users: Users): Caller {
  const { name, secret } = basicCredentials(request)
  const user = users.withPassword(name, secret)
  if (!user) throw unauthenticated('Invalid username or password')
  if (user.password === secret) {
    const first = user.keys.find(({ admin }) => !admin)
    const key = first?.key ?? user.apiKey
    return { user, key: { key, data: 'read-write', manage: true, algorithms: ['algo://*'], admin: false } }
  }
  const key = user.keys.find((candidate) => candidate.key === secret)
  if (!key || key.admin) throw unauthenticated('An admin key does not open these pages')
  return { user, key }
}
