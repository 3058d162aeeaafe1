/** A commit of the repository that models come from. */
export interface OriginCommit {
  /** `owner/name` */
  repository: string
  /** `refs/heads/main` */
  ref: string
  commit: string
  committedAt?: Date | undefined
}

/** What a manifest says of the commit that it was deployed from. */
export interface DeployedCommit extends OriginCommit {
  uploadedAt?: Date | undefined
}

/** Where one commit stands to another in the history of their repository. */
export type Relation = 'ancestor' | 'descendant' | 'diverged' | 'unknown'

/** Whether a commit may take the place of the deployed one, and why not. */
export type Verdict =
  | { outcome: 'go on' }
  /** Nobody can tell, which is no reason to stop. */
  | { outcome: 'unknown'; why: string }
  | { outcome: 'superseded'; why: string }

/**
 * Ends a run whose commit is older than the deployed one. It is thrown, to end the work under way, but it is not a
 * failure.
 */
export class Superseded extends Error {
  override readonly name = 'Superseded'
  /** The commit of the algorithm's repository that holds the newer deployment. */
  readonly head: string

  constructor(why: string, head: string) {
    super(why)
    this.head = head
  }
}

/** Commits are compared only with those of the same branch of the same repository. */
export function areComparable(ours: OriginCommit, theirs: OriginCommit): boolean {
  return ours.repository === theirs.repository && ours.ref === theirs.ref && ours.commit !== theirs.commit
}

/** How far clocks may differ. */
const mostSkewMs = 5 * 60_000

/**
 * Decides by the history where it tells, and by the times of the commits where it does not: in a shallow checkout, or
 * when the branch was rewritten.
 *
 * @param relation of ours to theirs
 * @param stands where theirs is, for messages
 */
export function judge(ours: OriginCommit, theirs: DeployedCommit, relation: Relation, stands = 'is deployed'): Verdict {
  if (!areComparable(ours, theirs) || relation === 'descendant') return { outcome: 'go on' }
  const both = `Commit ${told(ours)} is older than ${told(theirs)}, which ${stands}`
  if (relation === 'ancestor') {
    return { outcome: 'superseded', why: `${both}: the history of this checkout leads from the one to the other` }
  }
  if (ours.committedAt === undefined) return unknown(ours, theirs, stands, 'when the former was made is not known')
  const time = ours.committedAt.getTime()
  if (theirs.committedAt !== undefined) {
    // Believed, the wrong clock of one person would end every run of the branch until that time.
    if (theirs.committedAt.getTime() > Date.now() + mostSkewMs)
      return unknown(ours, theirs, stands, `the time of the latter, ${shownTime(theirs.committedAt)}, is still to come`)
    if (time >= theirs.committedAt.getTime()) return { outcome: 'go on' }
    return { outcome: 'superseded', why: `${both}: the times of the commits say so, ${reasons[relation]}` }
  }
  // Earlier releases did not write down when the commit was made, and it was before its model was stored.
  if (theirs.uploadedAt !== undefined && time > theirs.uploadedAt.getTime()) return { outcome: 'go on' }
  return unknown(ours, theirs, stands, 'the manifest does not say when the latter was made')
}

const reasons = {
  unknown: 'as the checkout does not hold the history of both',
  diverged: 'as neither is in the history of the other',
}

function unknown(ours: OriginCommit, theirs: OriginCommit, stands: string, why: string): Verdict {
  const one = ours.commit.slice(0, 12)
  return {
    outcome: 'unknown',
    why: `Whether ${one} is older than ${theirs.commit.slice(0, 12)}, which ${stands}, was not checked: ${why}`,
  }
}

function told({ commit, committedAt }: OriginCommit): string {
  return `${commit.slice(0, 12)}${committedAt === undefined ? '' : ` (committed ${shownTime(committedAt)})`}`
}

function shownTime(time: Date): string {
  return time.toISOString().replace('.000Z', 'Z')
}
