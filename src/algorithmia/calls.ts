import type { Answer, Call } from '../algorithm.ts'
import { messageOf, RefusedError } from '../errors.ts'
import { type Json, parseJson } from '../json.ts'
import type { AlgorithmAddress } from './algorithms.ts'
import { ConnectionError } from './connection-error.ts'
import { errorText, type Response } from './response.ts'

/** The platform's own limit of a call unless it is told otherwise, in seconds (platform reference §4). */
const limitSeconds = 300
/** What a queue, the loading of the model and the way may add. */
const patienceMs = 60_000

/**
 * Calls one version of an algorithm (platform reference §4). A call is made once: it may have effects of its own.
 *
 * @param version a number such as `1.2.3`, or a commit
 */
export function callTo(algorithm: AlgorithmAddress, version: string): Call {
  const { http, owner, name } = algorithm
  const path = `/v1/algo/${encodeURIComponent(owner)}/${encodeURIComponent(name)}/${version}?timeout=${limitSeconds}`
  const limits = { attempts: 1, timeoutMs: limitSeconds * 1000 + patienceMs }
  return async (input) => {
    const started = performance.now()
    const elapsed = () => performance.now() - started
    let response: Response
    try {
      response = await http.post(path, input, limits)
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error
      return { outcome: 'no-answer', message: messageOf(error), milliseconds: elapsed() }
    }
    const milliseconds = elapsed()
    const answer = answerIn(response)
    if (answer !== 'refused') return { ...answer, milliseconds }
    throw new RefusedError(
      `${algorithm.keyInput} may not call ${owner}/${name} at ${version} (${errorText(response)}). In the key's settings ` +
        `allow it to call algo://${owner}/${name}, or set algorithmia_management_api_key to a key that may`,
    )
  }
}

/** `Omit` that keeps the alternatives of a union apart. */
type Untimed<T> = T extends unknown ? Omit<T, 'milliseconds'> : never

function answerIn(response: Response): Untimed<Answer> | 'refused' {
  const { status, body } = response
  if (status === 401 || status === 403) return 'refused'
  const answer = objectIn(body)
  const failure = answer?.error
  const { error_type: type, message } = Object(failure) as { error_type?: unknown; message?: unknown }
  // Failures of an algorithm have a type; without one the platform itself speaks.
  if (typeof type === 'string' && type !== '') {
    return { outcome: 'error', type, message: typeof message === 'string' ? message : '' }
  }
  const said = typeof message === 'string' ? message : errorText(response)
  if (said.includes('authorization required')) return 'refused'
  if (status === 429 || status === 503 || (failure !== undefined && isNotReady(said))) {
    return { outcome: 'not-ready', message: said }
  }
  if (failure !== undefined && status === 200) return { outcome: 'error', type: undefined, message: said }
  if (status === 200 && answer !== undefined && 'result' in answer)
    return { outcome: 'result', result: answer.result ?? null }
  const shown = body.length > 200 ? `${body.slice(0, 200)}...` : body
  return { outcome: 'no-answer', message: status === 200 ? `an answer without a result: ${shown}` : said }
}

/** `algorithm algo://... not found`, as it is documented; how an unfinished build is put is not known. */
function isNotReady(message: string): boolean {
  return /not (yet )?(found|ready|available|built|compiled)|no such algorithm|still (building|in progress)/i.test(
    message,
  )
}

function objectIn(body: string): { [key: string]: Json } | undefined {
  try {
    const parsed = parseJson(body)
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}
