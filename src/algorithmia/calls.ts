import type { Answer, Call } from '../algorithm.ts'
import { messageOf, RefusedError } from '../errors.ts'
import { isObject, type Json, parseJson } from '../json.ts'
import { shorten } from '../log.ts'
import type { AlgorithmAddress } from './algorithms.ts'
import { ConnectionError } from './connection-error.ts'
import { errorCode, errorText, type Response } from './response.ts'

/** The platform's own limit of a call unless it is told otherwise, in seconds (platform reference §4). */
const limitSeconds = 300
/** What a queue, the loading of the model and the way may add. */
const patienceMs = 60_000
/** The codes of "there is no such algorithm" (platform reference §3.6). */
const missingCodes = [1000, 1001]

/**
 * Calls one version of an algorithm (platform reference §4). A call is made once: it may have effects of its own.
 *
 * @param version a number such as `1.2.3`, or a commit
 * @param timeoutMs for the answer; by default what the platform may take
 */
export function callTo(
  algorithm: AlgorithmAddress,
  version: string,
  timeoutMs = limitSeconds * 1000 + patienceMs,
): Call {
  const { http, owner, name } = algorithm
  const path = `/v1/algo/${encodeURIComponent(owner)}/${encodeURIComponent(name)}/${version}?timeout=${limitSeconds}`
  return async (input, signal) => {
    const limits = { attempts: 1, timeoutMs, ...(signal && { signal }) }
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
    const other =
      algorithm.keyInput === 'algorithmia_management_api_key'
        ? ''
        : ', or set algorithmia_management_api_key to a key that may'
    throw new RefusedError(
      `${algorithm.keyInput} may not call ${owner}/${name} at ${version} (${errorText(response)}). In the key's settings ` +
        `allow it to call algo://${owner}/${name}/*${other}`,
    )
  }
}

/** `Omit` that keeps the alternatives of a union apart. */
type Untimed<T> = T extends unknown ? Omit<T, 'milliseconds'> : never

function answerIn(response: Response): Untimed<Answer> | 'refused' {
  const { status, body } = response
  if (status === 401 || status === 403) return 'refused'
  const answer = objectIn(body)
  const failure = answer?.error ?? undefined
  const { error_type: type, message, ...rest } = Object(failure) as Record<string, unknown>
  // The platform's programs disagree on the name (platform reference §4).
  const trace = rest.stacktrace ?? rest.stack_trace
  // Failures of an algorithm have a type; without one the platform itself speaks.
  if (typeof type === 'string' && type !== '') {
    const where = typeof trace === 'string' && trace.trim() !== '' ? { trace } : {}
    return { outcome: 'error', type, message: typeof message === 'string' ? message : '', ...where }
  }
  const said = typeof message === 'string' ? message : errorText(response)
  if (failure !== undefined && said.includes('authorization required')) return 'refused'
  if (isNotReady(response, failure !== undefined, said)) return { outcome: 'not-ready', message: said }
  if (status !== 200) return { outcome: 'no-answer', message: said }
  if (failure !== undefined) return { outcome: 'error', type: undefined, message: said }
  if (answer !== undefined && 'result' in answer) return { outcome: 'result', result: answer.result ?? null }
  return { outcome: 'no-answer', message: whyUnreadable(body) }
}

/** `algorithm algo://... not found`, as it is documented; how an unfinished build is put is not known. */
function isNotReady(response: Response, isFailure: boolean, said: string): boolean {
  const { status } = response
  if (status === 429 || status === 503) return true
  if (status >= 500 || (status === 200 && !isFailure)) return false
  const words = /not (yet )?(found|ready|available|built|compiled)|no such algorithm|still (building|in progress)/i
  return words.test(said) || missingCodes.includes(errorCode(response) ?? 0)
}

/** Python writes NaN and Infinity, which are no JSON; a person who reads only "no JSON" looks in vain. */
function whyUnreadable(body: string): string {
  const [notANumber] = /\bNaN\b|-?\bInfinity\b/.exec(body.replace(/"(?:[^"\\]|\\.)*"?/g, '""')) ?? []
  if (notANumber !== undefined && /^\s*\{/.test(body)) {
    return `a result with ${notANumber}, which JSON does not have: return null or a text in its place`
  }
  return `an answer without a result: ${shorten(body, 200)}`
}

function objectIn(body: string): { [key: string]: Json } | undefined {
  try {
    const parsed = parseJson(body)
    return isObject(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}
