import { runInNewContext } from 'node:vm'

/**
 * Whether a regular expression (flag u) is found in a text. Some expressions take longer than the universe on texts
 * that almost match, so there is a limit.
 *
 * @throws SearchTimeout
 */
export function search(pattern: string, text: string, limitMs = 2000): boolean {
  try {
    return runInNewContext("new RegExp(pattern, 'u').test(text)", { pattern, text }, { timeout: limitMs })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
    throw new SearchTimeout()
  }
}

export class SearchTimeout extends Error {
  override readonly name = 'SearchTimeout'
}
