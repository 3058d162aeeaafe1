import { badRequest } from '../errors.ts'
import { isObject } from '../http/request-body.ts'

/**
 * Who may read a collection beside its owner (platform reference §2.4): nobody, anybody through algorithms that the
 * owner wrote, everybody. Nobody else may ever write.
 */
export type Acl = 'private' | 'default' | 'public'

const readLists: Record<Acl, string[]> = { private: [], default: ['algo://.my/*'], public: ['user://*'] }

/** The form in which clients send and receive an ACL. */
export function aclBody(acl: Acl): { read: string[] } {
  return { read: readLists[acl] }
}

/**
 * @param value the `acl` of a request
 * @throws ApiError 400 for anything but one of the three known lists
 */
export function aclFrom(value: unknown): Acl {
  const read = isObject(value) ? value.read : undefined
  if (Array.isArray(read)) {
    if (read.length === 0) return 'private'
    if (read.length === 1 && read[0] === 'algo://.my/*') return 'default'
    if (read.length === 1 && read[0] === 'user://*') return 'public'
  }
  throw badRequest('acl must be {"read": []}, {"read": ["algo://.my/*"]} or {"read": ["user://*"]}')
}
