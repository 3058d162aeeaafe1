import type { Build } from '../algorithm.ts'
import { DeployError, RefusedError } from '../errors.ts'
import { type AlgorithmAddress, algorithmPath, refusedBy } from './algorithms.ts'
import type { CallLimits } from './http.ts'
import { parseObject } from './response.ts'

/** For whoever waits, and asks again. */
const once: CallLimits = { attempts: 1, timeoutMs: 30_000 }

/** Builds of one algorithm (platform reference §3.3). */
export class BuildApi {
  readonly #algorithm: AlgorithmAddress
  readonly #path: string

  constructor(algorithm: AlgorithmAddress) {
    this.#algorithm = algorithm
    this.#path = `${algorithmPath(algorithm)}/builds`
  }

  /**
   * Whether the key may read builds: those that may not manage the algorithm are refused.
   *
   * @returns why not, or undefined
   * @throws DeployError when the platform is in trouble
   */
  async whyUnreadable(): Promise<string | undefined> {
    const response = await this.#algorithm.http.request('GET', `${this.#path}?limit=1`)
    if (response.status === 200 || response.status === 404) return undefined
    const refused = refusedBy(this.#algorithm, response, 'read the builds of the algorithm')
    if (refused instanceof RefusedError) return refused.message
    throw refused
  }

  /**
   * One page of the list, newest first. Asked once: whoever waits asks again.
   *
   * @param marker of the page before
   * @throws RefusedError when the key may not read builds
   */
  async page(marker?: string): Promise<{ builds: Build[]; next: string | undefined }> {
    const query = marker === undefined ? 'limit=50' : `limit=50&marker=${encodeURIComponent(marker)}`
    const answer = await this.#get(`${this.#path}?${query}`, once)
    const { marker: next } = answer
    return { builds: buildsIn(answer), next: typeof next === 'string' && next !== '' ? next : undefined }
  }

  /** Asked once, like `page`. */
  async get(id: string): Promise<Build> {
    return buildIn(await this.#get(`${this.#path}/${encodeURIComponent(id)}`, once))
  }

  async newest(): Promise<Build | undefined> {
    const [build] = buildsIn(await this.#get(`${this.#path}?limit=1`))
    return build
  }

  /** @returns undefined when there is none: not before the build is finished, or at all */
  async log(id: string): Promise<string | undefined> {
    const { http } = this.#algorithm
    const response = await http.request('GET', `${this.#path}/${encodeURIComponent(id)}/logs`)
    const logs = response.status === 200 ? parseObject(response.body)?.logs : undefined
    return typeof logs === 'string' ? logs : undefined
  }

  async #get(path: string, limits?: CallLimits): Promise<Record<string, unknown>> {
    const response = await this.#algorithm.http.request('GET', path, limits)
    if (response.status !== 200) throw refusedBy(this.#algorithm, response, 'read the builds of the algorithm')
    const answer = parseObject(response.body)
    if (answer === undefined) throw new DeployError('Algorithmia answered with something else than JSON about builds')
    return answer
  }
}

function buildsIn({ results }: Record<string, unknown>): Build[] {
  if (Array.isArray(results)) return results.map(buildIn)
  throw new DeployError('Algorithmia answered with something else than a list of builds')
}

function buildIn(value: unknown): Build {
  const { build_id: id, commit_sha: commit, status, finished_at: finished } = Object(value) as Record<string, unknown>
  if (typeof id !== 'string' || typeof commit !== 'string') {
    throw new DeployError('Algorithmia answered with something else than a build')
  }
  return { id, commit: commit.toLowerCase(), state: stateOf(String(status), finished) }
}

/** Words that nobody has documented mean a failure only once the build is finished. */
function stateOf(status: string, finished: unknown): Build['state'] {
  if (status === 'succeeded' || status === 'failed') return status
  return status === 'in-progress' || typeof finished !== 'string' ? 'in-progress' : 'failed'
}
