import { join } from 'node:path'
import { conflict, StartError } from '../errors.ts'
import { Organisations } from '../organisations/store.ts'
import { readJson, writeJson } from '../state.ts'
import type { Caller } from './auth.ts'
import { type KeyRecord, type KeySpec, keyFrom, randomText, withFurtherKeys } from './keys.ts'
import { mayBeOwnerName, ownerNameRule } from './names.ts'

/** An account as asked for; what is left out is generated, and rights default to the broad ones. */
export interface UserSpec {
  /** Default: the first account that is kept, or `demo`. */
  name?: string
  password?: string
  /** All its keys, in place of those that are kept. */
  keys?: KeySpec[]
  /** Its first key; those that are kept stay behind it. */
  apiKey?: string
}

/** A key to add to those that an account has; without a user, to the first account. */
export type FurtherKey = KeySpec & { user?: string }

/** An account as it is. */
export interface UserRecord {
  name: string
  password: string
  /** The first of `keys`. */
  apiKey: string
  keys: KeyRecord[]
  /** Of an account that an administrator made. */
  profile?: { id: string; email: string }
}

/** The accounts of a sandbox, kept in `users.json`, and the organisations that they belong to. */
export class Users {
  readonly organisations: Organisations
  /** The account that the start is about: what is asked for without saying whose it is belongs to it. */
  readonly first: string
  readonly #file: string
  readonly #users = new Map<string, UserRecord>()
  readonly #lent = new Map<string, Caller>()

  /**
   * Loads the accounts and adds those asked for. A repeated start with the same specification changes nothing: only
   * what the specification states replaces what is kept.
   */
  constructor(stateDir: string, specs: UserSpec[] = [], furtherKeys: FurtherKey[] = []) {
    this.organisations = new Organisations(stateDir)
    this.#file = join(stateDir, 'users.json')
    for (const user of readJson<UserRecord[]>(this.#file) ?? []) {
      this.#users.set(user.name, { ...user, keys: user.keys.map(keyFrom) })
    }
    const fallback = this.all()[0]?.name ?? 'demo'
    this.first = specs[0]?.name ?? fallback
    const wanted = specs.length === 0 && this.#users.size === 0 ? [{}] : specs
    for (const { name = fallback, ...spec } of wanted) this.#users.set(name, this.#accountFrom(name, spec))
    for (const [name, keys] of Map.groupBy(furtherKeys, ({ user = this.first }) => user)) this.#addKeys(name, keys)
    refuseSharedKeys(this.all())
    writeJson(this.#file, this.all())
  }

  all(): UserRecord[] {
    return [...this.#users.values()]
  }

  /** The names of whatever can own algorithms and collections. */
  owners(): string[] {
    return [...this.#users.keys(), ...this.organisations.names()]
  }

  named(name: string): UserRecord | undefined {
    return this.#users.get(name)
  }

  /** True if there is an account or an organisation of that name: whatever can own algorithms and collections. */
  isOwner(name: string): boolean {
    return this.#users.has(name) || this.organisations.find(name) !== undefined
  }

  /** True if `user` may do what `owner` may: it is the owner, or a member of it (platform reference §1, "Keys"). */
  actsFor(user: UserRecord, owner: string): boolean {
    return user.name === owner || (this.organisations.find(owner)?.members.includes(user.name) ?? false)
  }

  /** @throws ApiError 409 when an account or an organisation has the name */
  refuseTakenName(name: string): void {
    if (this.isOwner(name)) throw conflict(`An account or organisation ${name} already exists`)
  }

  /** Adds an account with a generated password and key. */
  create(name: string, email: string): UserRecord & { profile: { id: string; email: string } } {
    this.refuseTakenName(name)
    const user = { ...this.#accountFrom(name, {}), profile: { id: crypto.randomUUID(), email } }
    writeJson(this.#file, [...this.all(), user])
    this.#users.set(name, user)
    return user
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
  withPassword(name: string, secret: string): { user: UserRecord; key?: KeyRecord } | undefined {
    const user = this.#users.get(name)
    if (user?.password === secret) return { user }
    const key = user?.keys.find((candidate) => candidate.key === secret && !candidate.admin)
    return user && key && { user, key }
  }

  #accountFrom(name: string, spec: UserSpec): UserRecord {
    if (!mayBeOwnerName(name)) throw new StartError(`"${name}" cannot be a user name: ${ownerNameRule}`)
    if (this.organisations.find(name)) throw new StartError(`${name} is an organisation, not a user`)
    if (spec.password === '') throw new StartError(`The password of ${name} must not be empty`)
    const earlier = this.#users.get(name)
    const keys = spec.keys?.map(keyFrom) ?? keysFrom(earlier?.keys ?? [], spec.apiKey)
    const [first] = keys
    if (!first || first.admin) throw new StartError(`The first API key of ${name} must be a standard one`)
    return {
      ...earlier,
      name,
      password: spec.password ?? earlier?.password ?? randomText(20),
      apiKey: first.key,
      keys,
    }
  }

  #addKeys(name: string, specs: KeySpec[]): void {
    const user = this.#users.get(name)
    if (!user) throw new StartError(`A key is for ${name}, but there is no such account; add it with --user ${name}`)
    if (specs.some(({ admin, key }) => admin && key === user.apiKey)) {
      throw new StartError(`The first API key of ${name} cannot be an admin key as well; give another one`)
    }
    this.#users.set(name, { ...user, keys: withFurtherKeys(user.keys, specs) })
  }
}

/** The keys of an account, the wanted one first. */
function keysFrom(earlier: KeyRecord[], wanted: string | undefined): KeyRecord[] {
  if (wanted === undefined) return earlier.length > 0 ? earlier : [keyFrom({})]
  return [keyFrom({ key: wanted }), ...earlier.filter(({ key }) => key !== wanted)]
}

function refuseSharedKeys(users: UserRecord[]): void {
  const keys = users.flatMap((user) => user.keys.map((record) => record.key))
  if (new Set(keys).size < keys.length) throw new StartError('Two API keys are the same')
}
