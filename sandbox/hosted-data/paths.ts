import { badRequest } from '../errors.ts'

/** What a data URI names. `uri` repeats it the way it was addressed, as answers do (platform reference §2.3). */
export type DataPath =
  | { kind: 'root'; uri: string }
  | { kind: 'account'; uri: string; owner: string }
  | { kind: 'collection'; uri: string; owner: string; collection: string }
  | { kind: 'file'; uri: string; owner: string; collection: string; file: string }
  /** Deeper than a collection goes: nothing is ever there. */
  | { kind: 'below'; uri: string; owner: string; collection: string }
  /** Scratch space of a running algorithm. */
  | { kind: 'session'; uri: string }
  /** The `temp` and `perm` folders of algorithms. */
  | { kind: 'algorithm'; uri: string }
  /** Somebody else's storage, such as S3. */
  | { kind: 'connector'; uri: string; connector: string }

/** The owner of a path that begins with `.my` is whoever asks. */
export const callerAccount = '.my'

const connectors = ['s3', 'gs', 'gcp', 'azureblob', 'dropbox']

/**
 * What the URL of a data request names. Both URL families, the path percent-decoded as a whole because some clients
 * encode the slashes, and `://` in the middle of it (platform reference §2.2).
 *
 * @param url path and query as received, below `/v1/data` or `/v1/connector`
 * @throws ApiError 400 for what cannot be a data path
 */
export function parseDataUrl(url: string): DataPath {
  const path = decode(url.split('?', 1)[0] ?? '')
  const connector = /^\/v1\/connector\/([^/]+)(?:\/(.*))?$/s.exec(path)
  if (connector) return pathIn(connector[1] ?? '', connector[2] ?? '')
  const rest = path.replace(/^\/v1\/data\/?/, '')
  const uri = /^([^/:]+):\/\/(.*)$/s.exec(rest)
  return uri ? pathIn(uri[1] ?? '', uri[2] ?? '') : hostedPath(rest)
}

function pathIn(protocol: string, rest: string): DataPath {
  const connector = protocol.split('+', 1)[0] ?? ''
  if (protocol === 'data') return hostedPath(rest)
  if (connectors.includes(connector)) return { kind: 'connector', uri: `${protocol}://${rest}`, connector: protocol }
  throw badRequest(`There is no data connector "${protocol}"; known are data, ${connectors.join(', ')}`)
}

function hostedPath(path: string): DataPath {
  // A trailing slash names the same directory, and clients produce double ones (platform reference §2.2).
  const segments = path.split('/').filter((segment) => segment !== '')
  for (const segment of segments) checkName(segment)
  const uri = `data://${segments.join('/')}`
  const [owner, collection, file, ...deeper] = segments
  if (owner === undefined) return { kind: 'root', uri }
  if (owner === '.session') return { kind: 'session', uri }
  if (owner === '.algo') return { kind: 'algorithm', uri }
  if (collection === undefined) return { kind: 'account', uri, owner }
  if (file === undefined) return { kind: 'collection', uri, owner, collection }
  if (deeper.length > 0) return { kind: 'below', uri, owner, collection }
  return { kind: 'file', uri, owner, collection, file }
}

/**
 * @param name of a collection or file. Any text will do for storage; what cannot be addressed or listed is refused.
 * @throws ApiError 400
 */
export function checkName(name: string): void {
  if (name === '.' || name === '..') throw badRequest(`"${name}" cannot be the name of a file or collection`)
  if (name.includes('/')) throw badRequest('A name must not contain "/"')
  if (/[\u0000-\u001f\u007f]/.test(name)) throw badRequest('A name must not contain control characters')
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch (error) {
    throw badRequest(`The path is not valid percent-encoded UTF-8: ${String(error)}`)
  }
}
