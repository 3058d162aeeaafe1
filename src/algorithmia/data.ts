import { createHash } from 'node:crypto'
import { DeployError } from '../errors.ts'
import { apiPath, collectionParts, type DataUri, formatUri, isHosted } from './data-uri.ts'
import type { Http } from './http.ts'
import { errorText, parseObject, type Response } from './response.ts'

/** Folders and files of the data API (platform reference §2.3). */
export class DataApi {
  readonly #http: Http

  constructor(http: Http) {
    this.#http = http
  }

  get hasKey(): boolean {
    return this.#http.hasKey
  }

  /**
   * One cheap call that tells whether the key is good and the collection is there.
   *
   * @returns `unknown` without a key
   * @throws DeployError when the key is rejected or may not read
   */
  async findCollection(collection: DataUri): Promise<'exists' | 'missing' | 'unknown'> {
    if (!this.hasKey) return 'unknown'
    const response = await this.#http.request('GET', apiPath(collection))
    if (response.status === 200) return 'exists'
    if (response.status === 404) return 'missing'
    throw refusal(response, 'look into', collection, 'reading')
  }

  /** Creates the collection unless it is there; that somebody else created it meanwhile is fine. */
  async createCollection(collection: DataUri): Promise<void> {
    const { owner, name } = collectionParts(collection)
    const response = await this.#http.postJson(`/v1/data/${encodeURIComponent(owner)}`, { name })
    if (response.status === 200 || response.status === 409) return
    if ((await this.findCollection(collection).catch(() => 'missing')) === 'exists') return
    throw refusal(response, 'create the collection', collection, 'writing')
  }

  async exists(file: DataUri): Promise<boolean> {
    const response = await this.#http.request('HEAD', apiPath(file))
    if (response.status === 200) return true
    if (response.status === 404) return false
    throw refusal(response, 'look for', file, 'reading')
  }

  /** @returns bytes, or undefined when there is no such object */
  async storedSize(file: DataUri): Promise<number | undefined> {
    const { response, size } = await this.#http.announcedSize(apiPath(file))
    if (response.status === 404) return undefined
    if (response.status === 200 && size !== undefined) return size
    return this.#listedSize(file)
  }

  /** The way that is documented: the listing of the folder, page by page (platform reference §2.3, §2.6). */
  async #listedSize(file: DataUri): Promise<number | undefined> {
    const slash = file.path.lastIndexOf('/')
    const folder = { ...file, path: file.path.slice(0, slash) }
    const name = file.path.slice(slash + 1)
    let marker = ''
    do {
      const response = await this.#http.request(
        'GET',
        apiPath(folder) + (marker === '' ? '' : `?marker=${encodeURIComponent(marker)}`),
      )
      if (response.status !== 200) throw refusal(response, 'list', folder, 'reading')
      const page: Listing | undefined = parseObject(response.body)
      if (page === undefined || (marker !== '' && page.marker === marker)) {
        throw new DeployError(`Algorithmia could not list ${formatUri(folder)}: its answer is not a listing`)
      }
      const entry = page.files?.find((candidate) => candidate.filename === name)
      if (entry) return entry.size
      marker = page.marker ?? ''
    } while (marker !== '')
    return undefined
  }

  /** Downloads the object and hashes it on the way. */
  async digest(file: DataUri): Promise<{ md5: string; sha256: string }> {
    let md5 = createHash('md5')
    let sha256 = createHash('sha256')
    const response = await this.#http.download(apiPath(file), () => {
      md5 = createHash('md5')
      sha256 = createHash('sha256')
      return (chunk) => {
        md5.update(chunk)
        sha256.update(chunk)
      }
    })
    if (response.status !== 200) throw refusal(response, 'read', file, 'reading')
    return { md5: md5.digest('hex'), sha256: sha256.digest('hex') }
  }
}

interface Listing {
  files?: { filename: string; size: number }[]
  /** Where the next page starts. */
  marker?: string | null
}

/** Says what the platform refused, which right is lacking, and where it is given. */
export function refusal(response: Response, action: string, uri: DataUri, right: 'reading' | 'writing'): DeployError {
  const said = errorText(response)
  const what = `${action} ${formatUri(uri)}`
  if (response.status === 401) {
    return new DeployError(
      `Algorithmia rejected algorithmia_api_key while trying to ${what} (${said}). Check the key, and that algorithmia_api is the installation it belongs to`,
    )
  }
  if (response.status === 403) {
    return new DeployError(
      `algorithmia_api_key may not ${what} (${said}): it lacks the right of ${right}. ${whereToGrant(uri)}`,
    )
  }
  return new DeployError(`Algorithmia could not ${what} (${said})`)
}

/** The platform does not say which of the two refused, the key or the connector (platform reference §2.1). */
function whereToGrant(uri: DataUri): string {
  const key = `In the key's settings set data access to "read + write"`
  return isHosted(uri)
    ? `${key}, and make sure that it belongs to the owner of the collection`
    : `Data connectors are read-only by default: in the settings of the data connector ${uri.protocol} on Algorithmia ` +
        `allow writing, and look whether its path restrictions include this path. ${key}`
}

/** Connectors have no folders to create, and their rights are set on the platform (platform reference §2.1). */
export function needsCollection(collection: DataUri): boolean {
  return isHosted(collection)
}
