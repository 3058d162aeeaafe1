import type { PublishAnswer, PublishRequest, Version } from '../algorithm.ts'
import { DeployError, messageOf } from '../errors.ts'
import { type AlgorithmAddress, algorithmPath, refusedBy } from './algorithms.ts'
import { ConnectionError } from './connection-error.ts'
import type { Http } from './http.ts'
import { errorCode, errorText, parseObject, type Response } from './response.ts'

/** The code of "this build is published already" (platform reference §3.6). */
const alreadyPublished = 1007
/** Nobody reads a list that never ends. */
const mostPages = 200

/** Versions of one algorithm, and publishing them (platform reference §3.2, §3.4). */
export class VersionApi {
  readonly #algorithm: AlgorithmAddress
  readonly #http: Http
  readonly #path: string
  readonly #timeoutMs: number

  /** @param timeoutMs of a publication, which may run the sample input, which may load the model */
  constructor(algorithm: AlgorithmAddress, timeoutMs = 330_000) {
    this.#algorithm = algorithm
    this.#timeoutMs = timeoutMs
    this.#http = algorithm.http
    this.#path = algorithmPath(algorithm)
  }

  /** @returns the version that a commit is; undefined when the platform knows none */
  async ofCommit(commit: string): Promise<Version | undefined> {
    const response = await this.#http.request('GET', `${this.#path}/versions/${commit}`)
    if (response.status === 404) return undefined
    return versionIn(this.#object(response, 'read the versions of the algorithm'))
  }

  /** @returns the published version with this number, with the commit that the platform has for it */
  async withNumber(number: string): Promise<Version | undefined> {
    let marker = ''
    for (let page = 0; page < mostPages; page += 1) {
      const query = marker === '' ? '' : `&marker=${encodeURIComponent(marker)}`
      const response = await this.#http.request('GET', `${this.#path}/versions?limit=50&published=true${query}`)
      const { results, marker: next } = this.#object(response, 'list the versions of the algorithm')
      const versions = Array.isArray(results) ? results.map(versionIn) : []
      const found = versions.find((version) => version.number === number)
      if (found || typeof next !== 'string' || next === '' || next === marker) return found
      marker = next
    }
    return undefined
  }

  /** @returns who may call the newest published version; undefined when there is none, or nobody says */
  async callability(): Promise<'private' | 'public' | undefined> {
    const { settings } = Object(await this.#newest()) as { settings?: unknown }
    const { algorithm_callability: callability } = Object(settings) as Record<string, unknown>
    return callability === 'private' || callability === 'public' ? callability : undefined
  }

  /** @returns the number of the newest published version; undefined when there is none */
  async newestNumber(): Promise<string | undefined> {
    return versionIn(await this.#newest()).number
  }

  async #newest(): Promise<unknown> {
    const response = await this.#http.request('GET', `${this.#path}/versions?limit=1&published=true`)
    const { results } = this.#object(response, 'list the versions of the algorithm')
    return Array.isArray(results) ? results[0] : undefined
  }

  /** Publishes one commit, in one try: what to do about a failure depends on what it was. */
  async publish(request: PublishRequest): Promise<PublishAnswer> {
    const body = await this.#publication(request)
    const limits = { attempts: 1, timeoutMs: this.#timeoutMs }
    try {
      return this.#publishAnswer(await this.#http.postJson(`${this.#path}/versions`, body, limits))
    } catch (error) {
      if (error instanceof ConnectionError) return { outcome: 'no-answer', message: messageOf(error) }
      throw error
    }
  }

  #publishAnswer(response: Response): PublishAnswer {
    const { status } = response
    const message = errorText(response)
    if (errorCode(response) === alreadyPublished) return { outcome: 'already-published', message }
    if (status >= 200 && status < 300) {
      const answer = parseObject(response.body)
      if (answer?.error) return { outcome: 'failed', message }
      const { commit, number } = versionIn(answer)
      return number === undefined
        ? { outcome: 'no-answer', message: `${message}, without a version` }
        : { outcome: 'published', commit, number }
    }
    // These are of a proxy: the platform behind it may still be publishing.
    if ([408, 502, 504].includes(status) || (status >= 520 && status <= 530)) return { outcome: 'no-answer', message }
    if (status >= 500 || status === 429) return { outcome: 'failed', message }
    throw refusedBy(this.#algorithm, response, 'publish a version of the algorithm')
  }

  /**
   * Builds the head of the algorithm's repository once more, and waits for it.
   *
   * @param timeoutMs for the build, which the answer waits for
   * @returns the commit that was built
   */
  async compile(timeoutMs = 30 * 60_000): Promise<string> {
    const limits = { attempts: 1, timeoutMs }
    const response = await this.#http.postJson(`${this.#path}/compile`, {}, limits)
    return versionIn(this.#object(response, 'build the algorithm again')).commit
  }

  /** Nothing but what the user gave: what a publication sets stays with the algorithm (platform reference §3.4). */
  async #publication({ commit, increment, releaseNotes, sampleInput, callability, insights }: PublishRequest) {
    const settings = {
      ...(callability !== undefined && { algorithm_callability: callability }),
      ...(insights !== undefined && { insights_enabled: insights }),
    }
    const label = await this.#label()
    return {
      // The reference demands a label; the present one changes nothing.
      ...(label !== '' && { details: { label } }),
      ...(Object.keys(settings).length > 0 && { settings }),
      version_info: {
        version_type: increment,
        git_hash: commit,
        release_notes: releaseNotes,
        ...(sampleInput !== undefined && { sample_input: sampleInput }),
      },
    }
  }

  async #label(): Promise<string> {
    const response = await this.#http.request('GET', this.#path)
    const { details } = parseObject(response.body) ?? {}
    const { label } = Object(details) as { label?: unknown }
    return response.status === 200 && typeof label === 'string' ? label : ''
  }

  #object(response: Response, action: string): Record<string, unknown> {
    if (response.status !== 200) throw refusedBy(this.#algorithm, response, action)
    const object = parseObject(response.body)
    if (object === undefined) throw new DeployError(`Algorithmia could not ${action}: its answer is not JSON`)
    return object
  }
}

function versionIn(value: unknown): Version {
  const { version_info: info } = Object(value) as { version_info?: unknown }
  const { git_hash: commit, semantic_version: number } = Object(info) as Record<string, unknown>
  return {
    commit: typeof commit === 'string' && /^[0-9a-f]{40}$/i.test(commit) ? commit.toLowerCase() : '',
    number: typeof number === 'string' && /^\d+\.\d+\.\d+$/.test(number) ? number : undefined,
  }
}
