import { join } from 'node:path'
import { type Caller, requireCaller, requireDataRead } from '../accounts/auth.ts'
import type { UserRecord, Users } from '../accounts/users.ts'
import { badRequest, forbidden, StartError } from '../errors.ts'
import { readJson, writeJson } from '../state.ts'
import { type ConnectorRecord, type ConnectorSpec, connectorFrom } from './connector.ts'

/** What a data URI of a connector names. */
export interface ConnectorPath {
  /** The way it was addressed. */
  uri: string
  /** The name of the connector. */
  connector: string
  /** Everything behind `://`, without a slash at the end; empty for all that there is. */
  key: string
}

/** The data connectors of a sandbox, kept in `connectors.json`, and who may use them. */
export class Connectors {
  readonly #users: Users
  readonly #connectors = new Map<string, ConnectorRecord>()

  /** Loads the connectors and adds those asked for; one of the same name replaces what is kept. */
  constructor(stateDir: string, users: Users, specs: ConnectorSpec[] = []) {
    this.#users = users
    const file = join(stateDir, 'connectors.json')
    for (const connector of readJson<ConnectorRecord[]>(file) ?? []) this.#connectors.set(connector.name, connector)
    for (const spec of specs) {
      const connector = connectorFrom(spec, users.first)
      const unknown = connector.users.find((user) => !users.isOwner(user))
      if (unknown !== undefined) {
        throw new StartError(`The data connector ${connector.name} is for ${unknown}, but there is no such account`)
      }
      this.#connectors.set(connector.name, connector)
    }
    writeJson(file, this.all())
  }

  all(): ConnectorRecord[] {
    return [...this.#connectors.values()]
  }

  /** Those that an account has, also through its organisations. */
  of(user: UserRecord): ConnectorRecord[] {
    return this.all().filter(({ users }) => users.some((owner) => this.#users.actsFor(user, owner)))
  }

  /**
   * Lets read who has the connector, and whoever calls an algorithm of an account that has it: the same people as for a
   * collection with the default ACL.
   *
   * @throws ApiError 400 when the caller has no such connector, 401, and 403 outside of what it is restricted to
   */
  requireRead({ uri, connector: name, key }: ConnectorPath, caller: Caller | undefined): void {
    const { user, process } = requireCaller(caller)
    requireDataRead(caller)
    const connector = this.#connectors.get(name)
    const throughAlgorithm = process !== undefined && connector?.users.includes(process.algorithm.owner) === true
    if (!connector || !(this.of(user).includes(connector) || throughAlgorithm)) {
      throw badRequest(
        `The data connector ${name} is not configured for ${user.name}; the option --connector of the sandbox does that`,
      )
    }
    const { paths } = connector
    if (paths.length > 0 && !paths.some((path) => `${key}/`.startsWith(`${path}/`))) {
      throw forbidden(
        `the data connector ${name} is restricted to ${paths.join(' and ')}, so ${uri} is out of its reach`,
      )
    }
  }

  /** Only who has the connector may write, and only if it allows that (platform reference §2.1). */
  requireWrite(path: ConnectorPath, caller: Caller): void {
    this.requireRead(path, caller)
    const connector = this.of(caller.user).find(({ name }) => name === path.connector)
    if (!connector) throw forbidden(`only those who have the data connector ${path.connector} may write to it`)
    if (connector.access === 'read') throw forbidden(`the data connector ${path.connector} is read-only`)
  }
}
