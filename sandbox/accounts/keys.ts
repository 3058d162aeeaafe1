import { randomInt } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { StartError } from '../errors.ts'

/** What an API key may do with hosted data (platform reference §1, "Keys"). */
export type DataRight = 'none' | 'read' | 'read-write'

/** An API key and its rights. */
export interface KeyRecord {
  key: string
  data: DataRight
  /** "May manage my algorithms": create, compile, publish, update, delete, read builds. */
  manage: boolean
  /** The algorithms it may call: `algo://*`, `algo://<owner>/*`, `algo://<owner>/<name>/*`. */
  algorithms: string[]
  /** Works on the endpoints of the cluster's administrator, and on no others. */
  admin: boolean
}

/** A key as asked for; what is left out is generated, and rights default to the broad ones. */
export type KeySpec = Partial<KeyRecord>

/** An algorithm pattern of a key (platform reference §1, "Keys"). */
const pattern = /^algo:\/\/(?:\*|([A-Za-z0-9_-]+)\/(?:\*|([A-Za-z0-9_]+)\/\*))$/

/** @throws StartError when it cannot be a key */
export function keyFrom(spec: KeySpec): KeyRecord {
  const { key = newApiKey(), data = 'read-write', manage = true, algorithms = ['algo://*'], admin = false } = spec
  // A key travels bare in a header.
  if (!/^[\x21-\x7e]+$/.test(key)) throw new StartError('An API key must be printable ASCII without spaces')
  const odd = algorithms.find((algorithm) => !pattern.test(algorithm))
  if (odd !== undefined) {
    throw new StartError(
      `A key cannot be limited to "${odd}": use algo://*, algo://<owner>/* or algo://<owner>/<algorithm>/*`,
    )
  }
  return { key, data, manage, algorithms, admin }
}

/** A key as the platform makes them: `sim` and 25 characters (platform reference §1, "Keys"). */
export function newApiKey(): string {
  return `sim${randomText(25)}`
}

/** Letters and digits that nobody can guess. */
export function randomText(length: number): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('')
}

/** True if a standard key may call the algorithm `<owner>/<name>` (platform reference §1, "Keys"). */
export function mayCall(key: KeyRecord, owner: string, name: string): boolean {
  const patterns = ['algo://*', `algo://${owner}/*`, `algo://${owner}/${name}/*`]
  return key.algorithms.some((algorithm) => patterns.includes(algorithm))
}

/** What a key may do, for a person. */
export function rightsInWords({ data, manage, algorithms, admin }: KeyRecord): string {
  if (admin) return 'administers users and organisations, nothing else'
  const storage = { none: 'no access to data', read: 'reads data', 'read-write': 'reads and writes data' }[data]
  const calls =
    algorithms.length === 0
      ? 'calls no algorithms'
      : algorithms.includes('algo://*')
        ? 'calls all algorithms'
        : `calls ${algorithms.join(' and ')}`
  return `${storage}, ${manage ? 'manages algorithms' : 'may not manage algorithms'}, ${calls}`
}

/** Adds keys to those of an account. Asked for again, they are the same: a key without a text is told by its rights. */
export function withFurtherKeys(keys: KeyRecord[], specs: KeySpec[]): KeyRecord[] {
  const result = [...keys]
  // The first key is the account's own.
  const taken = new Set(keys.slice(0, 1))
  for (const spec of specs) {
    const wanted = keyFrom(spec)
    const index = result.findIndex((present) =>
      spec.key === undefined ? !taken.has(present) && haveSameRights(present, wanted) : present.key === spec.key,
    )
    const record = spec.key === undefined ? (result[index] ?? wanted) : wanted
    if (index === -1) result.push(record)
    else result[index] = record
    taken.add(record)
  }
  return result
}

function haveSameRights(one: KeyRecord, other: KeyRecord): boolean {
  return isDeepStrictEqual({ ...one, key: '' }, { ...other, key: '' })
}
