import { DeployError, messageOf } from '../errors.ts'
import { formatDuration } from '../format.ts'
import * as log from '../log.ts'
import { pause } from '../pause.ts'
import type { Access } from './address.ts'
import { explainAnswer, isAlreadyThere, isTransient, pauseAsked, statusOf } from './answers.ts'

export interface PullRequest {
  number: number
  /** Web address. */
  url: string
}

/** The branches of a pull request. */
export interface Branches {
  from: string
  into: string
}

interface Text {
  title: string
  body: string
}

const tries = 4
const callTimeoutMs = 60_000
/** Nobody waits for an hour's rate limit to be renewed. */
const longestPauseMs = 120_000

/** The pull requests of one repository of GitHub: this file and `answers.ts` alone know its API. */
export class PullRequests {
  readonly #access: Access

  constructor(access: Access) {
    this.#access = access
  }

  /**
   * The open pull request between two branches of this repository.
   *
   * @throws DeployError when the token may not read pull requests, or GitHub does not answer
   */
  async find({ from, into }: Branches): Promise<PullRequest | undefined> {
    const query = { state: 'open', head: `${this.#access.owner}:${from}`, base: into, per_page: 30 }
    const found = await this.#persist('Looking for the pull request', () =>
      this.#call('GET /repos/{owner}/{repo}/pulls', query),
    )
    if (!Array.isArray(found)) {
      throw new DeployError(
        `Looking for the pull request failed: ${this.#access.apiUrl} answered with something else than a list of them. Check ` +
          "that this is GitHub's API and no page of a proxy; for another host than GitHub, set git_provider",
      )
    }
    // A filter that is not understood is ignored.
    return found.filter((entry) => entry?.head?.ref === from && entry?.base?.ref === into).map(readRequest)[0]
  }

  /**
   * Opens a pull request, or gives the one that is open this title and body. What may have been opened although no
   * answer came is looked for before it is opened again.
   *
   * @returns undefined when the branches do not differ
   * @throws DeployError when GitHub refuses it
   */
  async openOrUpdate(branches: Branches, text: Text): Promise<(PullRequest & { isNew: boolean }) | undefined> {
    const { from: head, into: base } = branches
    let sent = false
    for (let number = 1; ; number += 1) {
      const found = await this.find(branches)
      if (found) return { ...(await this.#update(found, text)), isNew: sent }
      try {
        return {
          ...readRequest(await this.#call('POST /repos/{owner}/{repo}/pulls', { ...text, head, base })),
          isNew: true,
        }
      } catch (error) {
        if (statusOf(error) === 422 && /No commits between/i.test(messageOf(error))) return undefined
        const mayPass = isTransient(error) || isAlreadyThere(error)
        if (!mayPass || number >= tries) throw this.#explain('Opening the pull request', error)
        sent = isTransient(error)
        await this.#wait('Opening the pull request', error, number)
      }
    }
  }

  async #update(request: PullRequest, text: Text): Promise<PullRequest> {
    const parameters = { ...text, pull_number: request.number }
    return readRequest(
      await this.#persist(`Updating pull request #${request.number}`, () =>
        this.#call('PATCH /repos/{owner}/{repo}/pulls/{pull_number}', parameters),
      ),
    )
  }

  /** Repeats what may be done twice. */
  async #persist<T>(action: string, work: () => Promise<T>): Promise<T> {
    for (let number = 1; ; number += 1) {
      try {
        return await work()
      } catch (error) {
        if (number >= tries || !isTransient(error)) throw this.#explain(action, error)
        await this.#wait(action, error, number)
      }
    }
  }

  async #wait(action: string, error: unknown, number: number): Promise<void> {
    const milliseconds = pauseAsked(error) ?? 1000 * 2 ** (number - 1)
    if (milliseconds > longestPauseMs) throw this.#explain(action, error)
    log.info(`${action}: ${messageOf(error)}; try ${number + 1} of ${tries} in ${formatDuration(milliseconds)}`)
    await pause(milliseconds)
  }

  async #call(route: string, parameters: Record<string, unknown>): Promise<unknown> {
    const { apiUrl, owner, name, token } = this.#access
    // Loaded only where there is a pull request to be opened.
    const { getOctokit } = await import('@actions/github')
    const octokit = getOctokit(token, { baseUrl: apiUrl, log: quiet })
    const { status, headers, data } = await octokit.request(route, {
      ...parameters,
      owner,
      repo: name,
      headers: { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' },
      // A POST that is redirected would become a GET.
      request: { redirect: 'manual', signal: AbortSignal.timeout(callTimeoutMs) },
    })
    if (status < 300) return data
    throw new DeployError(
      `${apiUrl}/repos/${owner}/${name} has moved (HTTP ${status}, ${headers.location ?? 'nobody says where'}); set ` +
        'algorithm_repository to the address that the repository has now',
    )
  }

  #explain(action: string, error: unknown): DeployError {
    return error instanceof DeployError ? error : explainAnswer(action, error, this.#access)
  }
}

/** The client would print deprecations past the log of this action. */
const quiet = { debug: log.debug, info: log.debug, warn: log.debug, error: log.debug }

function readRequest(answer: unknown): PullRequest {
  const { number, html_url: url } = (answer ?? {}) as { number?: unknown; html_url?: unknown }
  if (typeof number === 'number' && typeof url === 'string' && /^https?:\/\/[^\s()<>]+$/.test(url))
    return { number, url }
  throw new DeployError('GitHub answered with something else than a pull request')
}
