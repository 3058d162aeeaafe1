import { runInNewContext } from 'node:vm'

/**
 * Whether a regular expression (flag u) is found in a text. Some expressions take longer than the universe on texts
 * that almost match, so there is a limit.
 *
 * @throws SearchFailure
 */
export function search(pattern: string, text: string, limitMs = 500): boolean {
  try {
    return runInNewContext("new RegExp(pattern, 'u').test(text)", { pattern, text }, { timeout: limitMs })
  } catch (error) {
    const isSlow = (error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
    throw new SearchFailure(isSlow ? 'it takes too long' : String((error as Error).message))
  }
}

/** The expression could not be applied to the text. */
export class SearchFailure extends Error {
  override readonly name = 'SearchFailure'
}
