import type { SimpleGit } from 'simple-git'
import { type DeployError, messageOf, UncertainError } from '../errors.ts'
import { formatBytes, formatDuration } from '../format.ts'
import * as log from '../log.ts'
import { pause } from '../pause.ts'
import { isConnectionTrouble, isLostRace } from './git-errors.ts'
import { lastLine } from './persist.ts'
import type { RemoteBranch } from './remote-branch.ts'

/** A push that was broken off while the server took it. */
export class BrokenPush extends Error {
  /** Whether another one, in another version of HTTP, has not been tried yet. */
  readonly isFirst: boolean

  constructor(cause: unknown, size: number | undefined, isFirst: boolean) {
    const held = size === undefined ? '' : `\nThe push held ${formatBytes(size)}.`
    super(messageOf(cause).trimEnd() + held, { cause })
    this.isFirst = isFirst
  }
}

export function isBrokenPush(error: unknown): boolean {
  return /RPC failed(?!; HTTP 4(?!00|08|13|29))/.test(messageOf(error))
}

/**
 * What a push of a commit sends, in bytes.
 *
 * @returns undefined where git is too old to tell (before 2.31)
 */
export async function sizeOfPush(git: SimpleGit, commit: string): Promise<number | undefined> {
  const known = ['--not', '--remotes=origin']
  const said = await git.raw(['rev-list', '--objects', '--disk-usage', commit, ...known]).catch(() => '')
  return /^\d+$/.test(said.trim()) ? Number(said) : undefined
}

/** Whether a push that failed is worth another one. */
export function mayPushAgain(error: unknown): boolean {
  // What a server makes of a request does not change, unless the request does.
  if (error instanceof BrokenPush && /returned error: (400|408)/.test(error.message)) return error.isFirst
  return isLostRace(error) || isConnectionTrouble(error)
}

/** Whether git saw by itself that the branch has moved on, and sent nothing. */
export function wasNotSent(error: unknown): boolean {
  return /\t\[rejected\] /.test(messageOf(error))
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
