import type { DeployedCommit } from '../supersede.ts'
import type { PresentManifest } from './manifest.ts'

/**
 * The commits that a manifest names as origins: that of the flat keys, which always tell of the last deployment, or
 * without them those of the entries.
 */
export function deployedCommits({ flat, entries }: Pick<PresentManifest, 'flat' | 'entries'>): DeployedCommit[] {
  const ofFlat = deployedCommit(flat)
  return ofFlat ? [ofFlat] : entries.flatMap(({ metadata }) => deployedCommit(metadata ?? {}) ?? [])
}

/** Others may have written anything there. */
function deployedCommit(keys: object): DeployedCommit | undefined {
  const {
    model_origin_repo: repository,
    model_origin_ref: ref,
    model_origin_commit_SHA: commit,
    model_origin_commit_utc: committed,
    model_uploaded_utc: uploaded,
  } = keys as Record<string, unknown>
  if (typeof repository !== 'string' || typeof ref !== 'string' || !isCommit(commit)) return undefined
  return { repository, ref, commit, committedAt: timeIn(committed), uploadedAt: timeIn(uploaded) }
}

/** It becomes an argument of git. */
function isCommit(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{40}([0-9a-f]{24})?$/.test(value)
}

/** As `manifestTime` writes it; the original action, too, wrote no fraction of a second when it was zero. */
function timeIn(value: unknown): Date | undefined {
  const match = typeof value === 'string' ? /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d{1,3})?)\d*$/.exec(value) : null
  const time = new Date(`${match?.[1]}T${match?.[2]}Z`)
  return Number.isNaN(time.getTime()) ? undefined : time
}
