import { type DeployError, messageOf, UncertainError } from '../errors.ts'
import { formatDuration } from '../format.ts'
import * as log from '../log.ts'
import { pause } from '../pause.ts'
import { isConnectionTrouble, isLostRace } from './git-errors.ts'
import { lastLine } from './persist.ts'
import type { RemoteBranch } from './remote-branch.ts'

/** Whether a push that failed is worth another one. */
export function mayPushAgain(error: unknown): boolean {
  return isLostRace(error) || isConnectionTrouble(error)
}

/** Waits longer with each try, and by chance: runs that met once must not meet again. */
export async function pauseAfter(error: unknown, tries: number): Promise<void> {
  const milliseconds = Math.random() * Math.min(5000, 250 * 2 ** tries)
  const reason = isLostRace(error) ? 'Another push came first' : lastLine(error)
  log.info(`${reason}; looking at the new head in ${formatDuration(milliseconds)}`)
  await pause(milliseconds)
}

/**
 * The head of a branch after a push that failed.
 *
 * @param failed why this is asked
 * @param unsure a commit of which nobody knows whether it arrived
 * @returns undefined when there is no such branch
 * @throws UncertainError when the repository cannot be read and a commit may have arrived; otherwise `failed`
 */
export async function headAfter(
  failed: DeployError,
  { remote, branch, unsure }: { remote: RemoteBranch; branch: string; unsure: string | undefined },
): Promise<string | undefined> {
  try {
    return await remote.head()
  } catch (error) {
    log.debug(messageOf(error))
    const doubt = `Afterwards the repository could not be read, so whether it arrived is not known: look for commit ${unsure} on ${branch} before the next run`
    throw unsure === undefined ? failed : new UncertainError(`${failed.message}\n${doubt}`)
  }
}
