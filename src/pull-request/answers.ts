import { DeployError, messageOf } from '../errors.ts'
import type { Access } from './address.ts'

/** What GitHub's answers mean. Of the client's errors only message, status and headers are used: they hold the token. */

/** @returns 500 also when there was no answer at all; undefined for errors of others */
export function statusOf(error: unknown): number | undefined {
  const status = error instanceof Object && 'status' in error ? error.status : undefined
  return typeof status === 'number' ? status : undefined
}

function headerOf(error: unknown, name: string): string | undefined {
  const { response } = error as { response?: { headers?: Record<string, string | number | undefined> } }
  const value = response?.headers?.[name]
  return value === undefined ? undefined : String(value)
}

/** No answer, or one that passes. */
export function isTransient(error: unknown): boolean {
  const status = statusOf(error) ?? 0
  return status >= 500 || status === 408 || isRateLimit(error)
}

/**
 * @see https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
 */
function isRateLimit(error: unknown): boolean {
  const status = statusOf(error)
  if (status !== 403 && status !== 429) return false
  return (
    status === 429 ||
    headerOf(error, 'retry-after') !== undefined ||
    headerOf(error, 'x-ratelimit-remaining') === '0' ||
    /rate limit/i.test(messageOf(error))
  )
}

/** @returns milliseconds; undefined when the server does not say */
export function pauseAsked(error: unknown): number | undefined {
  const seconds = Number(headerOf(error, 'retry-after'))
  if (Number.isFinite(seconds)) return seconds * 1000
  if (headerOf(error, 'x-ratelimit-remaining') !== '0') return undefined
  const renewed = Number(headerOf(error, 'x-ratelimit-reset')) * 1000 - Date.now()
  return Number.isFinite(renewed) ? Math.max(1000, renewed) : undefined
}

/** Another run came first. */
export function isAlreadyThere(error: unknown): boolean {
  return statusOf(error) === 422 && /pull request already exists/i.test(messageOf(error))
}

/** Says what an answer means and what to do about it. */
export function explainAnswer(
  action: string,
  error: unknown,
  { apiUrl, owner, name, tokenInput }: Omit<Access, 'token'>,
): DeployError {
  const repository = `${owner}/${name}`
  const text = messageOf(error)
  const said = (sentence: string) => new DeployError(`${action} failed: ${sentence}\n${text}`)
  const status = statusOf(error)
  if (isRateLimit(error)) {
    return said(`${apiUrl} takes no more requests of ${tokenInput} for now. Run again later, or use another token`)
  }
  if (/not permitted to create or approve pull requests/i.test(text)) {
    return said(
      `the settings of ${repository} or its organisation do not let workflows open pull requests. Allow it under ` +
        `Settings > Actions > General, or use a token of a person or an App as ${tokenInput}`,
    )
  }
  if (status === 401) return said(`${apiUrl} rejected ${tokenInput}, or it has expired. Check the secret`)
  if (status === 403 || status === 404) {
    const missing = status === 404 ? `, or ${repository} is not visible to it` : ''
    return said(
      `${tokenInput} may not do that to the pull requests of ${repository}${missing}. It needs \`pull-requests: write\` ` +
        'there beside `contents: write` (a classic token: the scope `repo`)',
    )
  }
  if (status === 422) return said(`GitHub does not take it for ${repository}. It says:`)
  if (status !== undefined && status >= 500) return said(`${apiUrl} could not be reached, or does not work. It says:`)
  return said(`${apiUrl} answered${status === undefined ? '' : ` with HTTP ${status}`}:`)
}
