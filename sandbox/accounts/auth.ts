import type { FastifyRequest } from 'fastify'
import type { Algorithm } from '../algorithms/algorithm.ts'
import { codes, forbidden, unauthenticated } from '../errors.ts'
import type { KeyRecord } from './keys.ts'
import type { UserRecord, Users } from './users.ts'

/** Who asks: an account through one of its keys, or a running algorithm on behalf of the account that called it. */
export interface Caller {
  user: UserRecord
  key: KeyRecord
  process?: AlgorithmProcess
}

/** The process of an algorithm, as far as its requests are concerned (platform reference §5.3). */
export interface AlgorithmProcess {
  algorithm: Algorithm
  /** The call it is working on; none while it loads or waits. */
  call: RunningCall | undefined
}

/** A call of an algorithm that is under way. */
export interface RunningCall {
  /** `req-<uuid>` */
  requestId: string
  session: Session
  /** What the algorithm has reported so far (platform reference §9). */
  insights: Record<string, unknown>
}

/** One call from outside and all that it calls in turn. */
export interface Session {
  /** `rses-<uuid>` */
  id: string
  /** How many calls that algorithms made are under way in it. */
  nested: number
  /** Whether what began it has its answer: then it ends with the last of these calls. */
  isOver: boolean
}

/**
 * The caller of an API request. Clients send the key as `Simple <key>`, as `Bearer <key>`, or bare (platform reference
 * §1, "Authorization header").
 *
 * @returns undefined when no Authorization was sent
 * @throws ApiError 401 when one was sent but is not known
 */
export function callerOf(request: FastifyRequest, users: Users): Caller | undefined {
  const caller = keyHolderOf(request, users)
  if (caller?.key.admin) throw forbidden('an admin key works only on the endpoints of administrators')
  return caller
}

/** The caller of an endpoint of the cluster's administrators, who need a key for nothing else (platform reference §1). */
export function requireAdmin(request: FastifyRequest, users: Users): Caller {
  const caller = requireCaller(keyHolderOf(request, users))
  if (!caller.key.admin) throw forbidden('this needs an admin key')
  return caller
}

/** True when an administrator asks, on an endpoint that owners have, too. */
export function asksAsAdmin(request: FastifyRequest, users: Users): boolean {
  return keyHolderOf(request, users)?.key.admin === true
}

function keyHolderOf(request: FastifyRequest, users: Users): Caller | undefined {
  const header = request.headers.authorization?.trim()
  if (!header) return undefined
  const secret = /^(?:simple|bearer)\s+(.*)$/i.exec(header)?.[1] ?? header
  const found = users.withKey(secret.trim())
  if (!found) throw unauthenticated('The API key is not valid', codes.invalidKey)
  return found
}

/** The caller of a request that makes no sense without one. */
export function requireCaller(caller: Caller | undefined): Caller {
  if (!caller) throw unauthenticated('authorization required')
  return caller
}

/** The account that a git client or a browser presents with HTTP Basic, and the key if it did so with one. */
export function passwordCallerOf(request: FastifyRequest, users: Users): { user: UserRecord; key?: KeyRecord } {
  const encoded = /^basic\s+(\S+)$/i.exec(request.headers.authorization?.trim() ?? '')?.[1]
  if (!encoded) throw unauthenticated('Authentication required')
  const [, name = '', secret = ''] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString('utf8')) ?? []
  const found = users.withPassword(name, secret)
  if (!found) throw unauthenticated('Invalid username or password')
  return found
}

export function requireDataRead(caller: Caller | undefined): void {
  if (caller?.key.data === 'none') throw forbidden('this API key has no access to data')
}

export function requireDataWrite(caller: Caller): void {
  requireDataRead(caller)
  if (caller.key.data !== 'read-write') throw forbidden('this API key may only read data')
}

export function requireManage(caller: Caller): void {
  if (!caller.key.manage) throw forbidden('this API key may not manage algorithms')
}
