import type { Caller } from '../accounts/auth.ts'
import { badRequest } from '../errors.ts'

/** How long files stay in a directory that is no collection: until the session ends, about a day, or for good. */
export type Retention = 'session' | 'temp' | 'perm'

const oneDay = 24 * 60 * 60 * 1000

/** @param age of a file, in milliseconds */
export function hasExpired(retention: Retention | undefined, age: number): boolean {
  return retention === 'temp' && age > oneDay
}

/** The address of a directory that is no collection: scratch space of algorithms (platform reference §2.1). */
export type PlaceAddress =
  | { kind: 'session' }
  /** Without `author` and `algorithm` it is that of the algorithm that asks. */
  | { kind: 'algorithm'; author?: string; algorithm?: string; retention: 'temp' | 'perm' }

/** Such a directory, as it is kept. No account has a `/` in its name, so it is nobody's collection. */
export interface Place {
  owner: string
  name: string
  retention: Retention
  /** Only the algorithm that works with it may write, and for it the directory is always there. */
  writable: boolean
}

/** The scratch space of one call from outside and all that it calls in turn. */
export function sessionPlace(sessionId: string): Place {
  return { owner: '/session', name: sessionId, retention: 'session', writable: true }
}

/**
 * The directory that an address means for a caller. Each user has an own one of each algorithm: it holds what the
 * algorithm left there when it ran for that user, who may read it from outside too (platform reference §2.1).
 *
 * @throws ApiError 400 for what only makes sense inside an algorithm
 */
export function placeOf(address: PlaceAddress, { user, process }: Caller): Place {
  if (address.kind === 'session') {
    if (!process?.call) throw badRequest('data://.session can only be used from inside a running algorithm')
    return sessionPlace(process.call.session.id)
  }
  const { retention } = address
  const author = address.author ?? process?.algorithm.owner
  const algorithm = address.algorithm ?? process?.algorithm.name
  if (author === undefined || algorithm === undefined) {
    const full = `data://.algo/<author>/<algorithm>/${retention}`
    throw badRequest(`data://.algo/${retention} can only be used from inside an algorithm; use ${full}`)
  }
  const writable = process?.algorithm.owner === author && process.algorithm.name === algorithm
  return { owner: `/algo/${user.name}`, name: `${author}/${algorithm}/${retention}`, retention, writable }
}
