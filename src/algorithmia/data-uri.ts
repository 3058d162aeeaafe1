import { isReadableName } from '../object-name.ts'

/**
 * Data URIs: `protocol[+label]://path` (platform reference §2.1). Pure functions on values.
 */
export interface DataUri {
  /** `data` for hosted data; `s3`, `gs`, `azureblob`, `dropbox`, each with an optional `+label`, for connectors. */
  protocol: string
  /** Segments joined by `/`, without leading, trailing or doubled slashes. */
  path: string
}

const connectors = ['s3', 'gs', 'azureblob', 'dropbox']

/**
 * Reads the folder that receives the models.
 *
 * @throws Error whose message completes the sentence "`algorithmia_uploadpath` ..."
 */
export function parseCollection(text: string): DataUri {
  const { protocol, segments } = splitUri(text)
  const shown = JSON.stringify(text)
  const unresolved = /\$[A-Za-z_{][A-Za-z0-9_}]*/.exec(text)
  if (unresolved) {
    throw new Error(
      `is ${shown}: ${unresolved[0]} is not known; only $ALGORITHMIA_USERNAME and $ALGORITHMIA_ALGONAME are replaced`,
    )
  }
  if (segments.some((segment) => !isReadableName(segment) || segment === '.' || segment === '..')) {
    throw new Error(`is ${shown}: names in a data URI cannot hold #, ?, %, \\, control characters, or be "." or ".."`)
  }
  if (protocol === 'data') return hostedCollection(segments, shown)
  if (!connectors.includes(protocol.split('+')[0] ?? '')) {
    throw new Error(`is ${shown}: unknown protocol; write data://owner/collection or one of ${connectors.join(', ')}`)
  }
  if (segments.length === 0) throw new Error(`is ${shown}: the path after ${protocol}:// is missing`)
  return { protocol, path: segments.join('/') }
}

function hostedCollection(segments: string[], shown: string): DataUri {
  const [owner = '', ...rest] = segments
  if (owner === '.session' || owner === '.algo') {
    throw new Error(`is ${shown}: ${owner} data exists only inside a running algorithm; write data://owner/collection`)
  }
  if (rest.length !== 1) {
    throw new Error(
      `is ${shown}: hosted data is data://owner/collection, exactly two names (collections have no folders inside)`,
    )
  }
  if (owner !== '.my' && !/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(owner)) {
    throw new Error(`is ${shown}: ${JSON.stringify(owner)} is not an account name`)
  }
  return { protocol: 'data', path: segments.join('/') }
}

/** A URI as manifests have it, hosted ones with or without `data://` (platform reference §6.1); undefined for other text. */
export function parseUri(text: string): DataUri | undefined {
  const { protocol, segments } = splitUri(text)
  // `..` would lead to another address of the API.
  if (segments.length === 0 || segments.some((segment) => segment === '.' || segment === '..')) return undefined
  return { protocol, path: segments.join('/') }
}

function splitUri(text: string): { protocol: string; segments: string[] } {
  const match = /^(?:([a-z0-9]+(?:\+[A-Za-z0-9_-]+)?):\/\/)?(.*)$/s.exec(text)
  // The original action took `user/collection` too: its client looked at nothing but the path. And one page of the
  // platform's documentation says `gcp` for the connector that is called `gs` (platform reference §2.1).
  const protocol = (match?.[1] ?? 'data').replace(/^gcp(?=\+|$)/, 'gs')
  return { protocol, segments: (match?.[2] ?? '').split('/').filter((segment) => segment !== '') }
}

/** Whether an object lies in this very folder. */
export function isIn(file: DataUri, folder: DataUri): boolean {
  return file.protocol === folder.protocol && file.path.slice(0, file.path.lastIndexOf('/')) === folder.path
}

export function fileIn(collection: DataUri, name: string): DataUri {
  return { protocol: collection.protocol, path: `${collection.path}/${name}` }
}

export function isHosted(uri: DataUri): boolean {
  return uri.protocol === 'data'
}

/** Owner and name of a hosted collection, as the directory calls want them. */
export function collectionParts(collection: DataUri): { owner: string; name: string } {
  const [owner = '', name = ''] = collection.path.split('/')
  return { owner, name }
}

export function formatUri(uri: DataUri): string {
  return `${uri.protocol}://${uri.path}`
}

/** The value of `model_filepath`: hosted paths lose the scheme, connectors keep it (platform reference §6.1). */
export function manifestPath(uri: DataUri): string {
  return isHosted(uri) ? uri.path : formatUri(uri)
}

/** Path of the data API: hosted paths lose the scheme, connectors keep the whole URI (platform reference §2.2). */
export function apiPath(uri: DataUri): string {
  const path = uri.path.split('/').map(encodeURIComponent).join('/')
  return isHosted(uri) ? `/v1/data/${path}` : `/v1/data/${uri.protocol}://${path}`
}

/** Whether the URI that the platform answered means the object we addressed. */
export function sameObject(answered: string, uri: DataUri): boolean {
  const normalise = (text: string) =>
    text
      .replace(/^data:\/\//, '')
      .split('/')
      .filter((segment) => segment !== '')
      .join('/')
  return normalise(answered) === normalise(formatUri(uri))
}
