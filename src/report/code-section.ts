import type { Deployment } from '../deployment.ts'
import { shorten } from '../log.ts'
import { cell, code, folded, table } from './markdown.ts'

/** The commit has them all. */
const mostRows = 20
/** More than these are folded. */
const shortList = 5
const longestPath = 200

/** What the commit changes in the algorithm's repository, and what of the code it leaves out. */
export function codeSection({ changes, outputs }: Deployment): string[] {
  // Of a commit that did not arrive there is nothing to tell.
  if (changes === undefined || outputs.algorithm_commit_sha === '') return []
  const { files, skipped } = changes
  if (files.length + skipped.length === 0) return []
  const count = (kind: string) => files.filter((file) => file.kind === kind).length
  const counts = ['added', 'changed', 'deleted'].map((kind) => `${count(kind)} ${kind}`)
  const title = `Files: ${[...counts, ...(skipped.length > 0 ? [`${skipped.length} skipped`] : [])].join(', ')}`
  const lines = [
    ...rows(files.map(({ path, kind }) => [kind, path])),
    ...(skipped.length === 0 ? [] : rows(skipped.map(({ path, why }) => [`skipped, because ${why}`, path]))),
  ]
  if (files.length + skipped.length > shortList) return folded(title, lines)
  return [`**${title}**`, '', ...lines]
}

function rows(entries: [what: string, path: string][]): string[] {
  if (entries.length === 0) return []
  const shown = entries.slice(0, mostRows).map(([what, path]) => [code(shorten(path, longestPath)), cell(what)])
  const more = entries.length > mostRows ? [`and ${entries.length - mostRows} more`, ''] : []
  return [...table('| Path | |', '|---|---|', shown), ...more]
}
