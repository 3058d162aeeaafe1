import { DeployError } from '../errors.ts'
import type { Http } from './http.ts'
import { errorText } from './response.ts'

/**
 * Whether the algorithm exists. Keys without "may manage my algorithms" may be refused an answer; a deployment does
 * not need it, so that is no error.
 *
 * @throws DeployError when the platform is in trouble
 */
export async function findAlgorithm(
  http: Http,
  owner: string,
  name: string,
): Promise<'exists' | 'missing' | 'unknown'> {
  const response = await http.request('GET', `/v1/algorithms/${encodeURIComponent(owner)}/${encodeURIComponent(name)}`)
  if (response.status === 200) return 'exists'
  if (response.status === 404) return 'missing'
  if (response.status === 401 || response.status === 403) return 'unknown'
  throw new DeployError(`Algorithmia could not look for the algorithm ${owner}/${name} (${errorText(response)})`)
}
