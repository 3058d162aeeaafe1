import { messageOf } from '../errors.ts'
import { formatDuration } from '../format.ts'
import * as log from '../log.ts'
import { pause } from '../pause.ts'
import { isConnectionTrouble } from './git-errors.ts'

export const connectionTries = 4

/**
 * Repeats what only reads when the connection fails.
 *
 * @param patienceMs no new try after this time: each may end only at the stall limit
 */
export async function persist<T>(patienceMs: number, work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + patienceMs
  for (let number = 1; ; number += 1) {
    try {
      return await work()
    } catch (error) {
      if (!isConnectionTrouble(error) || number >= connectionTries || Date.now() > deadline) throw error
      const milliseconds = 1000 * 2 ** (number - 1)
      log.info(`${lastLine(error)}; try ${number + 1} of ${connectionTries} in ${formatDuration(milliseconds)}`)
      await pause(milliseconds)
    }
  }
}

export function lastLine(error: unknown): string {
  return messageOf(error).trimEnd().split('\n').at(-1) ?? ''
}
