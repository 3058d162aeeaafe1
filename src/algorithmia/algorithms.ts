import { DeployError, RefusedError } from '../errors.ts'
import type { Http } from './http.ts'
import { errorText, type Response } from './response.ts'

/** One algorithm, as a key sees it. */
export interface AlgorithmAddress {
  http: Http
  owner: string
  name: string
  /** The input that holds the key, for messages. */
  keyInput: string
}

export function algorithmPath({ owner, name }: AlgorithmAddress): string {
  return `/v1/algorithms/${encodeURIComponent(owner)}/${encodeURIComponent(name)}`
}

/**
 * Whether the algorithm exists. Keys without "may manage my algorithms" may be refused an answer; a deployment does
 * not need it, so that is no error. Without a key nobody is asked.
 *
 * @throws DeployError when the platform is in trouble
 */
export async function findAlgorithm(algorithm: AlgorithmAddress): Promise<'exists' | 'missing' | 'unknown'> {
  if (!algorithm.http.hasKey) return 'unknown'
  const response = await algorithm.http.request('GET', algorithmPath(algorithm))
  if (response.status === 200) return 'exists'
  if (response.status === 404) return 'missing'
  if (response.status === 401 || response.status === 403) return 'unknown'
  const { owner, name } = algorithm
  throw new DeployError(`Algorithmia could not look for the algorithm ${owner}/${name} (${errorText(response)})`)
}

/** @throws DeployError when there is no such algorithm */
export function requireAlgorithm(found: 'exists' | 'missing' | 'unknown', { http, owner, name }: AlgorithmAddress) {
  if (found !== 'missing') return found
  throw new DeployError(
    `There is no algorithm ${owner}/${name} on ${http.apiUrl}; set \`create_algorithm: true\`, create it there, or correct algorithmia_algoname or its owner`,
  )
}

/** What the platform would not do, and which right the key lacks for it (platform reference §1, "Keys"). */
export function refusedBy({ keyInput }: AlgorithmAddress, response: Response, action: string): DeployError {
  const said = errorText(response)
  if (response.status === 401) {
    return new RefusedError(
      `Algorithmia rejected ${keyInput} while trying to ${action} (${said}). Check the key, and that algorithmia_api is the installation it belongs to`,
    )
  }
  if (response.status === 403) {
    const other =
      keyInput === 'algorithmia_management_api_key' ? '' : ', or set algorithmia_management_api_key to such a key'
    return new RefusedError(
      `${keyInput} may not ${action} (${said}). Switch on "may manage my algorithms" in the settings of the key, which must ` +
        `belong to the algorithm's owner or to a member of the organisation that owns it${other}`,
    )
  }
  return new DeployError(`Algorithmia could not ${action} (${said})`)
}
