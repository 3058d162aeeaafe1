import { connectorName, protocols } from '../connectors/connector.ts'
import type { ConnectorPath } from '../connectors/store.ts'
import { badRequest } from '../errors.ts'
import { decodedPath } from '../http/address.ts'
import type { PlaceAddress } from './places.ts'

/** A collection of an account, by name. */
export interface CollectionAddress {
  kind: 'collection'
  owner: string
  collection: string
}

/** What holds files. */
export type DirectoryAddress = CollectionAddress | PlaceAddress

/** What a data URI names. `uri` repeats it the way it was addressed, as answers do (platform reference §2.3). */
export type DataPath =
  | { kind: 'root'; uri: string }
  | { kind: 'account'; uri: string; owner: string }
  | { kind: 'directory'; uri: string; directory: DirectoryAddress }
  | { kind: 'file'; uri: string; directory: DirectoryAddress; file: string }
  /** Deeper than a directory of files goes: nothing is ever there. */
  | { kind: 'below'; uri: string; directory: DirectoryAddress }
  /** Above the `temp` and `perm` directories of algorithms: nothing to see there. */
  | { kind: 'above'; uri: string }
  /** Somebody else's storage, such as S3. */
  | ({ kind: 'connector'; isDirectory: boolean } & ConnectorPath)

/** The owner of a path that begins with `.my` is whoever asks. */
export const callerAccount = '.my'

/**
 * What the URL of a data request names. Both URL families, the path percent-decoded as a whole because some clients
 * encode the slashes, and `://` in the middle of it (platform reference §2.2).
 *
 * @param url path and query as received, below `/v1/data` or `/v1/connector`
 * @throws ApiError 400 for what cannot be a data path
 */
export function parseDataUrl(url: string): DataPath {
  const path = decodedPath(url.split('?', 1)[0] ?? '')
  const connector = /^\/v1\/connector\/([^/]+)(?:\/(.*))?$/s.exec(path)
  if (connector) return pathIn(connector[1] ?? '', connector[2] ?? '')
  const rest = path.replace(/^\/v1\/data\/?/, '')
  const uri = /^([^/:]+):\/\/(.*)$/s.exec(rest)
  return uri ? pathIn(uri[1] ?? '', uri[2] ?? '') : hostedPath(rest)
}

function pathIn(protocol: string, rest: string): DataPath {
  if (protocol === 'data') return hostedPath(rest)
  const connector = connectorName(protocol)
  if (connector === undefined) {
    throw badRequest(`There is no data connector "${protocol}"; known are data, ${protocols.join(', ')}`)
  }
  const key = rest.replace(/\/$/, '')
  const uri = `${protocol}://${key}`
  for (const name of key === '' ? [] : key.split('/')) {
    // Some stores would take the two slashes for one, others for a folder without a name.
    if (name === '') throw badRequest(`${uri} has an empty name in it`)
    checkName(name)
  }
  return { kind: 'connector', uri, connector, key, isDirectory: key === '' || rest.endsWith('/') }
}

function hostedPath(path: string): DataPath {
  // A trailing slash names the same directory, and clients produce double ones (platform reference §2.2).
  const segments = path.split('/').filter((segment) => segment !== '')
  for (const segment of segments) checkName(segment)
  const uri = `data://${segments.join('/')}`
  const [owner, collection, ...rest] = segments
  if (owner === undefined) return { kind: 'root', uri }
  if (owner === '.session') return inDirectory(uri, { kind: 'session' }, segments.slice(1))
  if (owner === '.algo') return algorithmPath(uri, segments.slice(1))
  if (collection === undefined) return { kind: 'account', uri, owner }
  return inDirectory(uri, { kind: 'collection', owner, collection }, rest)
}

/** `<author>/<algorithm>/temp/<file>`, or `temp/<file>` from inside the algorithm; the same for `perm`. */
function algorithmPath(uri: string, segments: string[]): DataPath {
  const [author, algorithm, retention, ...rest] = segments
  if ((author === 'temp' || author === 'perm') && segments.length <= 2) {
    return inDirectory(uri, { kind: 'algorithm', retention: author }, segments.slice(1))
  }
  if (author === undefined || algorithm === undefined || (retention !== 'temp' && retention !== 'perm')) {
    return { kind: 'above', uri }
  }
  return inDirectory(uri, { kind: 'algorithm', author, algorithm, retention }, rest)
}

function inDirectory(uri: string, directory: DirectoryAddress, [file, ...deeper]: string[]): DataPath {
  if (file === undefined) return { kind: 'directory', uri, directory }
  if (deeper.length > 0) return { kind: 'below', uri, directory }
  return { kind: 'file', uri, directory, file }
}

/**
 * @param name of a collection or file. Any text will do for storage; what cannot be addressed or listed is refused.
 * @throws ApiError 400
 */
export function checkName(name: string): void {
  if (name === '.' || name === '..') throw badRequest(`"${name}" cannot be the name of a file or collection`)
  if (name.includes('/')) throw badRequest('A name must not contain "/"')
  if (/[\u0000-\u001f\u007f]/.test(name)) throw badRequest('A name must not contain control characters')
  if (!name.isWellFormed()) throw badRequest('A name must be well-formed Unicode')
}
