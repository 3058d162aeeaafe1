import type { Version } from '../versions/version.ts'

/** One build of an algorithm: of one commit of its repository. */
export interface Build {
  id: string
  algorithmId: string
  /** Counts the builds of an algorithm; the highest is the newest. */
  number: number
  /** 40 hex digits. */
  commit: string
  status: 'in-progress' | 'succeeded' | 'failed'
  /** ISO 8601, UTC, with milliseconds. */
  startedAt: string
  finishedAt?: string
  /** The README.md of the commit as HTML. */
  summary?: string
  /** What this build was published as. */
  version?: Version
}

/** A build in the platform's shape: parts that do not exist yet are left out (platform reference §3.1, §3.3). */
export function buildBody(build: Build): Record<string, unknown> {
  return {
    build_id: build.id,
    status: build.status,
    commit_sha: build.commit,
    started_at: build.startedAt,
    ...(build.finishedAt !== undefined && { finished_at: build.finishedAt }),
    ...(build.version && { version_info: { semantic_version: build.version.number } }),
    resource_type: 'algorithm_build',
  }
}
