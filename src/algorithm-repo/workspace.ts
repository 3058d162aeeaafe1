import type { Relation } from '../supersede.ts'
import { openWorkspaceGit } from './git.ts'

/** What the history says of one commit. */
export interface CommitFacts {
  message: string | undefined
  committedAt: Date | undefined
}

/** Of a commit of the user's own repository; both are undefined when the checkout does not hold it. */
export async function commitFacts(workspace: string, commit: string): Promise<CommitFacts> {
  try {
    const said = await openWorkspaceGit(workspace).raw([
      'log',
      '-1',
      '--no-show-signature',
      '--format=%ct%n%B',
      commit,
      '--',
    ])
    const [seconds = '', ...lines] = said.split('\n')
    const committedAt = /^\d{1,11}$/.test(seconds) ? new Date(Number(seconds) * 1000) : undefined
    return { message: lines.join('\n').replace(/\n+$/, '') || undefined, committedAt }
  } catch {
    // No git, no repository, or a shallow checkout of another commit: the caller says what that means.
    return { message: undefined, committedAt: undefined }
  }
}

/**
 * Where one commit of the user's own repository stands to another, as far as the checkout knows. That neither leads to
 * the other proves nothing where the history is cut off.
 */
export async function relationOf(workspace: string, ours: string, theirs: string): Promise<Relation> {
  const git = openWorkspaceGit(workspace)
  try {
    const counts = await git.raw(['rev-list', '--left-right', '--count', `${ours}...${theirs}`, '--'])
    const [onlyOurs, onlyTheirs] = counts.trim().split(/\s+/)
    if (onlyOurs === '0') return 'ancestor'
    if (onlyTheirs === '0') return 'descendant'
    return (await git.raw(['rev-parse', '--is-shallow-repository'])).trim() === 'false' ? 'diverged' : 'unknown'
  } catch {
    return 'unknown'
  }
}
