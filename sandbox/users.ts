import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import type { Caller } from './auth.ts'
import { StartError } from './errors.ts'
import { readJson, writeJson } from './state.ts'

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

/** An account as asked for; what is left out is generated, and rights default to the broad ones. */
export interface UserSpec {
  name: string
  password?: string
  keys?: Partial<KeyRecord>[]
}

/** An account as it is. */
export interface UserRecord {
  name: string
  password: string
  /** The first of `keys`. */
  apiKey: string
  keys: KeyRecord[]
}

const accountName = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/

/** The accounts of a sandbox, kept in `users.json`. */
export class Users {
  readonly #file: string
  readonly #users = new Map<string, UserRecord>()
  readonly #lent = new Map<string, Caller>()

  /**
   * Loads the accounts and adds those asked for. A repeated start with the same specification changes nothing: only
   * what the specification states replaces what is kept.
   */
  constructor(stateDir: string, specs: UserSpec[] = []) {
    this.#file = join(stateDir, 'users.json')
    for (const user of readJson<UserRecord[]>(this.#file) ?? []) {
      this.#users.set(user.name, { ...user, keys: user.keys.map(keyFrom) })
    }
    for (const spec of specs) this.#users.set(spec.name, accountFrom(spec, this.#users.get(spec.name)))
    if (this.#users.size === 0) this.#users.set('demo', accountFrom({ name: 'demo' }, undefined))
    refuseSharedKeys(this.all())
    writeJson(this.#file, this.all())
  }

  all(): UserRecord[] {
    return [...this.#users.values()]
  }

  named(name: string): UserRecord | undefined {
    return this.#users.get(name)
  }

  /** True if `user` may do what `owner` may. */
  actsFor(user: UserRecord, owner: string): boolean {
    return user.name === owner
  }

  /** Makes `key` stand for a caller until it is returned: the key of a running algorithm. */
  lend(key: string, caller: Caller): void {
    this.#lent.set(key, caller)
  }

  takeBack(key: string): void {
    this.#lent.delete(key)
  }

  /** Who asks with an API key. */
  withKey(key: string): Caller | undefined {
    const lent = this.#lent.get(key)
    if (lent) return lent
    for (const user of this.#users.values()) {
      const record = user.keys.find((candidate) => candidate.key === key)
      if (record) return { user, key: record }
    }
    return undefined
  }

  /** git takes the account's password or one of its standard API keys (platform reference §1, "Git access"). */
  withPassword(name: string, secret: string): UserRecord | undefined {
    const user = this.#users.get(name)
    if (!user) return undefined
    return user.password === secret || user.keys.some(({ key, admin }) => key === secret && !admin) ? user : undefined
  }
}

function accountFrom(spec: UserSpec, earlier: UserRecord | undefined): UserRecord {
  if (!accountName.test(spec.name)) {
    throw new StartError(`"${spec.name}" cannot be a user name: letters, digits, _ and - only, at most 64`)
  }
  if (spec.password === '') throw new StartError(`The password of ${spec.name} must not be empty`)
  const keys = spec.keys?.map(keyFrom) ?? earlier?.keys ?? [keyFrom({})]
  const [first] = keys
  if (!first) throw new StartError(`The user ${spec.name} needs at least one API key`)
  const password = spec.password ?? earlier?.password ?? randomText(20)
  return { name: spec.name, password, apiKey: first.key, keys }
}

function keyFrom(spec: Partial<KeyRecord>): KeyRecord {
  const key = spec.key ?? newApiKey()
  // A key travels bare in a header.
  if (!/^[\x21-\x7e]+$/.test(key)) throw new StartError('An API key must be printable ASCII without spaces')
  const { data = 'read-write', manage = true, algorithms = ['algo://*'], admin = false } = spec
  return { key, data, manage, algorithms, admin }
}

/** A key as the platform makes them: `sim` and 25 characters (platform reference §1, "Keys"). */
export function newApiKey(): string {
  return `sim${randomText(25)}`
}

function refuseSharedKeys(users: UserRecord[]): void {
  const keys = users.flatMap((user) => user.keys.map((record) => record.key))
  if (new Set(keys).size < keys.length) throw new StartError('Two API keys are the same')
}

function randomText(length: number): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('')
}
