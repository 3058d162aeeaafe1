import { DeployError } from '../errors.ts'
import type { GitProvider } from '../git-hosts.ts'
import { type AlgorithmAddress, refusedBy } from './algorithms.ts'
import { listIn } from './response.ts'

/** A git host on which the platform can make repositories (platform reference §3.2, "scm object"). */
interface SourceHost {
  id: string
  provider: string
  /** As in a URL; undefined when the platform does not say. */
  host: string | undefined
}

/** The hosts that need no address, by what the platform calls them (platform reference §1, "External repositories"). */
const publicHosts: Record<string, string> = {
  github: 'github.com',
  gitlab: 'gitlab.com',
  bitbucket_cloud: 'bitbucket.org',
}

/**
 * The connection of the platform to the host of a repository.
 *
 * @param url of the repository
 * @returns its id
 * @throws DeployError that lists the hosts that are connected
 */
export async function findSourceHost(algorithm: AlgorithmAddress, url: string, provider: GitProvider): Promise<string> {
  const response = await algorithm.http.request('GET', '/v1/scms')
  if (response.status !== 200) throw refusedBy(algorithm, response, 'read which git hosts Algorithmia is connected to')
  const there = listIn(response, 'results').flatMap(sourceHost)
  const { host } = new URL(url)
  const found = there.find((one) => one.host === host && one.provider.split('_')[0] === provider)
  if (found) return found.id
  const others = there.map((one) => one.host ?? one.provider)
  throw new DeployError(
    `create_algorithm cannot make a repository on ${host}: ${algorithm.http.apiUrl} is connected to ` +
      `${others.length === 0 ? 'no git host' : others.join(', ')}${others.includes('internal') ? ', which is Algorithmia-hosted git' : ''}. ` +
      'Have an administrator connect it, create the algorithm by hand, or set algorithmia_password for Algorithmia-hosted git',
  )
}

/** None when it is switched off. */
function sourceHost(value: unknown): SourceHost[] {
  const { id, provider, enabled, urls } = Object(value) as Record<string, unknown>
  if (typeof id !== 'string' || typeof provider !== 'string' || enabled === false) return []
  const { web } = Object(urls) as { web?: unknown }
  const said = typeof web === 'string' && URL.canParse(web) ? new URL(web).host : undefined
  return [{ id, provider, host: said ?? publicHosts[provider] }]
}
