import type { PublishAnswer, PublishRequest, Version } from '../algorithm.ts'
import { DeployError, messageOf } from '../errors.ts'
import { type AlgorithmAddress, algorithmPath, refusedBy } from './algorithms.ts'
import { ConnectionError } from './connection-error.ts'
import type { Http } from './http.ts'
import { errorCode, errorText, parseObject, type Response } from './response.ts'

/** The code of "this build is published already" (platform reference §3.6). */
const alreadyPublished = 1007
/** What was just published is on the first one. */
const mostPages = 20
/** A publication may run the sample input, which may load the model. */
const publishTimeoutMs = 330_000

/** Versions of one algorithm, and publishing them (platform reference §3.2, §3.4). */
export class VersionApi {
  readonly #algorithm: AlgorithmAddress
  readonly #http: Http
  readonly #path: string

  constructor(algorithm: AlgorithmAddress) {
    this.#algorithm = algorithm
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
  async withNumber(wanted: string): Promise<Version | undefined> {
    let marker = ''
    for (let number = 0; number < mostPages; number += 1) {
      const query = marker === '' ? '' : `&marker=${encodeURIComponent(marker)}`
      const response = await this.#http.request('GET', `${this.#path}/versions?limit=50&published=true${query}`)
      const page = this.#object(response, 'list the versions of the algorithm')
      const versions = Array.isArray(page.results) ? page.results.map(versionIn) : []
      const found = versions.find((version) => version.number === wanted)
      if (found || typeof page.marker !== 'string' || ['', marker].includes(page.marker)) return found
      marker = page.marker
    }
    return undefined
  }

  /** Publishes one commit, in one try: what to do about a failure depends on what it was. */
  async publish(request: PublishRequest): Promise<PublishAnswer> {
    const body = await this.#publication(request)
    let response: Response
    try {
      response = await this.#http.postJson(`${this.#path}/versions`, body, { attempts: 1, timeoutMs: publishTimeoutMs })
    } catch (error) {
      if (error instanceof ConnectionError) return { outcome: 'no-answer', message: messageOf(error) }
      throw error
    }
    const message = errorText(response)
    if (response.status === 200) {
      const answer = parseObject(response.body)
      if (answer?.version_info) return { outcome: 'published', version: versionIn(answer) }
      return { outcome: 'failed', message }
    }
    if (errorCode(response) === alreadyPublished) return { outcome: 'already-published', message }
    if (response.status >= 500 || response.status === 408 || response.status === 429) {
      return { outcome: 'failed', message }
    }
    throw refusedBy(this.#algorithm, response, 'publish a version of the algorithm')
  }

  /**
   * Builds the head of the algorithm's repository once more, and waits for it.
   *
   * @returns the commit that was built
   */
  async compile(): Promise<string> {
    const limits = { attempts: 1, timeoutMs: 30 * 60_000 }
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
    commit: typeof commit === 'string' ? commit.toLowerCase() : '',
    number: typeof number === 'string' && number !== '' ? number : undefined,
  }
}
