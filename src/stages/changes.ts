import type { FileChange, SkippedPath } from '../algorithm-repo/changes.ts'
import type { Deployment } from '../deployment.ts'
import * as log from '../log.ts'

/** The rest is in the commit: a first deployment may have thousands. */
const shownPaths = 20

/**
 * Keeps for the summary what the commit changes and leaves out, and lists it in the log. Told again only when another push
 * came first and made it another list.
 */
export function recordChanges(
  deployment: Deployment,
  staged: { files: readonly FileChange[]; skipped: readonly SkippedPath[] },
): void {
  const skipped = [...deployment.skippedCode, ...staged.skipped]
  const before = deployment.changes && describe(deployment.changes)
  deployment.changes = { files: staged.files, skipped }
  const lines = describe(deployment.changes)
  if (lines.join('\n') !== before?.join('\n')) for (const line of lines) log.info(line)
}

function describe({ files, skipped }: NonNullable<Deployment['changes']>): string[] {
  const kinds = ['added', 'changed', 'deleted'] as const
  const lines = kinds.map((kind) =>
    list(
      kind,
      files.filter((file) => file.kind === kind),
    ),
  )
  const reasons = [...new Set(skipped.map(({ why }) => why))]
  return [
    ...lines,
    ...reasons.map((why) =>
      list(
        `skipped, because ${why}`,
        skipped.filter((path) => path.why === why),
      ),
    ),
  ].filter((line) => line !== undefined)
}

/** @returns undefined when there is none */
function list(what: string, found: readonly { path: string }[]): string | undefined {
  if (found.length === 0) return undefined
  const paths = found.slice(0, shownPaths).map(({ path }) => path)
  const more = found.length > shownPaths ? ` and ${found.length - shownPaths} more` : ''
  return `${found.length} ${what}: ${paths.join(', ')}${more}`
}
