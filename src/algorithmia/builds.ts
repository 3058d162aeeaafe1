import type { Build } from '../algorithm.ts'
import { DeployError, RefusedError } from '../errors.ts'
import { type AlgorithmAddress, algorithmPath, refusedBy } from './algorithms.ts'
import type { CallLimits } from './http.ts'
import { parseObject } from './response.ts'

/** Builds of one algorithm (platform reference §3.3). */
export class BuildApi {
  readonly #algorithm: AlgorithmAddress
  readonly #path: string
  readonly #once: CallLimits

  /** @param timeoutMs of one question about builds */
  constructor(algorithm: AlgorithmAddress, timeoutMs = 30_000) {
    this.#algorithm = algorithm
    this.#path = `${algorithmPath(algorithm)}/builds`
    this.#once = { attempts: 1, timeoutMs }
  }

  /**
   * Whether the key may read builds: those that may not manage the algorithm are refused.
   *
   * @returns why not, or undefined; also without a key, which a deployment would have
   * @throws DeployError when the platform is in trouble
   */
  async whyUnreadable(): Promise<string | undefined> {
    if (!this.#algorithm.http.hasKey) return undefined
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
    return this.#page(marker === undefined ? '' : `&marker=${encodeURIComponent(marker)}`, this.#once)
  }

  /** Asked once, like a page. */
  async get(id: string): Promise<Build> {
    const build = buildIn(await this.#get(`/${encodeURIComponent(id)}`, this.#once))
    if (build === undefined) throw new DeployError('Algorithmia answered with something else than a build')
    return build
  }

  async newest(): Promise<Build | undefined> {
    return (await this.#page('')).builds[0]
  }

  /** @returns undefined when there is none: not before the build is finished, or at all */
  async log(id: string): Promise<string | undefined> {
    const { http } = this.#algorithm
    const response = await http.request('GET', `${this.#path}/${encodeURIComponent(id)}/logs`)
    const logs = response.status === 200 ? parseObject(response.body)?.logs : undefined
    return typeof logs === 'string' ? logs : undefined
  }

  async #page(query: string, limits?: CallLimits) {
    const { results, marker: next } = await this.#get(`?limit=50${query}`, limits)
    if (!Array.isArray(results)) throw new DeployError('Algorithmia answered with something else than a list of builds')
    // One broken record must not hide the others.
    const builds = results.flatMap((result) => buildIn(result) ?? [])
    return { builds, next: typeof next === 'string' && next !== '' ? next : undefined }
  }

  async #get(path: string, limits?: CallLimits): Promise<Record<string, unknown>> {
    const response = await this.#algorithm.http.request('GET', this.#path + path, limits)
    if (response.status !== 200) throw refusedBy(this.#algorithm, response, 'read the builds of the algorithm')
    const answer = parseObject(response.body)
    if (answer === undefined) throw new DeployError('Algorithmia answered with something else than JSON about builds')
    return answer
  }
}

function buildIn(value: unknown): Build | undefined {
  const { build_id: id, commit_sha: commit, status, finished_at: finished } = Object(value) as Record<string, unknown>
  if (typeof id !== 'string' || typeof commit !== 'string') return undefined
  return { id, commit: commit.toLowerCase(), state: stateOf(String(status), finished) }
}

/** Words that nobody has documented mean a failure only once the build is finished. */
function stateOf(status: string, finished: unknown): Build['state'] {
  if (status === 'succeeded' || status === 'failed') return status
  return status === 'in-progress' || typeof finished !== 'string' ? 'in-progress' : 'failed'
}
