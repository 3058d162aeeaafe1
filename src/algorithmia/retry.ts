import { messageOf } from '../errors.ts'
import { formatDuration } from '../format.ts'
import * as log from '../log.ts'
import { pause } from '../pause.ts'
import { ConnectionError } from './connection-error.ts'
import type { Response } from './response.ts'

/** When and how often a call is made again. */
export interface RetryPolicy {
  /** Tries of one call, the first included. */
  attempts: number
  /** Pause before the second try, in milliseconds; it doubles from there. */
  firstPauseMs: number
  /** The longest pause that a server may ask for, in milliseconds. */
  longestPauseMs: number
  /** Ends a pause, with the signal's reason. */
  cancelled?: AbortSignal
}

/**
 * Makes a call until it gets an answer that is worth having, or the tries are used up.
 *
 * @param call for the log
 * @returns the last answer, whatever its status
 * @throws ConnectionError when the last try got no answer
 */
export async function withRetries<T extends { response: Pick<Response, 'status' | 'headers'> }>(
  call: string,
  policy: RetryPolicy,
  attempt: () => Promise<T>,
): Promise<T> {
  const { attempts } = policy
  for (let number = 1; ; number += 1) {
    let reason: string
    let retryAfter: string | undefined
    try {
      const result = await attempt()
      const { status, headers } = result.response
      if (!isRetryable(status) || number >= attempts) return result
      reason = `answered ${status}`
      retryAfter = headers['retry-after']
    } catch (error) {
      if (!(error instanceof ConnectionError) || !error.transient) throw error
      if (number >= attempts) throw new ConnectionError(`${messageOf(error)} (${attempts} tries)`, false)
      reason = messageOf(error)
    }
    const milliseconds = pauseBefore(number, policy, retryAfter)
    log.info(`${call}: ${reason}; try ${number + 1} of ${attempts} in ${formatDuration(milliseconds)}`)
    await pause(milliseconds, policy.cancelled)
  }
}

function isRetryable(status: number): boolean {
  return status === 408 || status === 429 || status >= 500
}

/** Exponential with jitter, and no shorter than the server asks for. @returns milliseconds */
function pauseBefore(number: number, { firstPauseMs, longestPauseMs }: RetryPolicy, retryAfter: string | undefined) {
  const ownPause = firstPauseMs * 2 ** (number - 1) * (0.75 + Math.random() / 2)
  return Math.max(ownPause, Math.min(parseRetryAfter(retryAfter) ?? 0, longestPauseMs))
}

function parseRetryAfter(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^\d+$/.test(text)) return Number(text) * 1000
  const date = Date.parse(text)
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now())
}
