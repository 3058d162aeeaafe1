import { StartError } from '../errors.ts'

/** Access to somebody else's storage, such as S3, as it is configured (platform reference §2.1). */
export interface ConnectorRecord {
  /** The protocol and perhaps a label: `s3`, `s3+backup`. */
  name: string
  access: ConnectorAccess
  /** The accounts and organisations that have it. */
  users: string[]
  /** What it is restricted to, with everything below; nothing means that it is not. */
  paths: string[]
}

export type ConnectorAccess = 'read' | 'read-write'

/** A connector as asked for; what is left out is the first account's, read only, and not restricted. */
export type ConnectorSpec = Pick<ConnectorRecord, 'name'> & Partial<ConnectorRecord>

/** The stores that there are connectors for (platform reference §2.1). */
export const protocols = ['s3', 'gs', 'azureblob', 'dropbox']

/**
 * The name of a connector: a protocol, and perhaps a label.
 *
 * @param text with `gcp` as another name of `gs` (platform reference §2.2)
 * @returns undefined when it cannot be one
 */
export function connectorName(text: string): string | undefined {
  const [, written = '', label = ''] = /^([a-z0-9]+)(\+[A-Za-z0-9_-]+)?$/.exec(text) ?? []
  const protocol = written === 'gcp' ? 'gs' : written
  return protocols.includes(protocol) ? protocol + label : undefined
}

/** Dropbox has folders. The others have buckets or containers, and in them keys that only look like paths. */
export function hasFolders(name: string): boolean {
  return name.split('+', 1)[0] === 'dropbox'
}

/**
 * @param owner whose it is unless the specification says so
 * @throws StartError when it cannot be a connector
 */
export function connectorFrom(spec: ConnectorSpec, owner: string): ConnectorRecord {
  const name = connectorName(spec.name)
  if (name === undefined) {
    throw new StartError(
      `"${spec.name}" cannot be a data connector: use ${protocols.join(', ')}, perhaps with a +label`,
    )
  }
  const users = spec.users?.length ? spec.users : [owner]
  return { name, access: spec.access ?? 'read', users, paths: (spec.paths ?? []).map(restriction) }
}

/** What a connector allows, for a person. */
export function reachInWords({ access, paths }: ConnectorRecord): string {
  return `${access === 'read' ? 'read-only' : 'reads and writes'}${paths.length > 0 ? `, restricted to ${paths.join(' and ')}` : ''}`
}

function restriction(text: string): string {
  const path = text.replace(/\/$/, '')
  if (path.split('/').some((segment) => ['', '.', '..'].includes(segment))) {
    throw new StartError(`A data connector cannot be restricted to "${text}": use a path such as bucket/folder`)
  }
  return path
}
