import type { Deployment } from '../deployment.ts'
import { formatBytes } from '../format.ts'
import { neutralise, shorten } from '../log.ts'
import type { Origin } from '../origin.ts'
import { cell, code, codeBlock, table } from './markdown.ts'
import { metricsSection } from './metrics-section.ts'
import { modelsSection } from './models-section.ts'

/** Of GitHub, in characters. */
const longestBody = 65_536
const longestTitle = 256
const longestMessage = 4000
const mostFiles = 20

export interface RequestFacts {
  origin: Origin
  /** What the commit is to say, if the workflow says it. */
  commitMessage: string | undefined
  into: string
  /** Whether Algorithmia builds that branch; undefined when nobody says. */
  isBuilt: boolean | undefined
  /** Paths that the merge changes. */
  files: readonly string[]
}

/** The title of a pull request: what the commit says, or what is deployed. */
export function requestTitle({ target }: Deployment, { origin, commitMessage }: RequestFacts): string {
  const subject = firstLine(origin.message) || origin.commit.slice(0, 7)
  const title = firstLine(commitMessage ?? '') || `Deploy ${target?.algorithm ?? 'the algorithm'}: ${subject}`
  return shorten(withoutReferences(title), longestTitle)
}

/** What a person needs to know to merge it, as Markdown. Nobody is mentioned, and no issue is closed, by texts of others. */
export function requestBody(deployment: Deployment, facts: RequestFacts): string {
  const { target, outputs, models } = deployment
  const rows: [string, string][] = []
  if (models.length < 2) {
    rows.push(['Model', `${code(outputs.model_uri)} (${formatBytes(Number(outputs.model_size_bytes))})`])
    rows.push(['MD5', code(outputs.model_md5_hash)], ['SHA-256', code(outputs.model_sha256_hash)])
  }
  rows.push(...originRows(facts.origin))
  const lines = [
    `Deploys to ${code(target?.algorithm ?? '')}.`,
    '',
    ...table('| | |', '|---|---|', rows),
    ...modelsSection(deployment).map(withoutMentions),
    ...(models.length < 2 ? [] : hashes(deployment)),
    ...metricsSection(deployment).map(withoutReferences),
    ...messageLines(facts.origin),
    ...fileLines(facts.files),
    afterMerge(facts),
    '',
    'This pull request is kept up to date by the deployment: its title, this text and its branch are written anew.',
  ]
  return cut(lines)
}

function originRows({ repository, repositoryUrl, commit, ref, runUrl }: Origin): [string, string][] {
  const link = `[${cell(withoutReferences(repository))}@${commit.slice(0, 7)}](${repositoryUrl}/commit/${commit})`
  return [
    ['Origin', `${link} of ${code(withoutReferences(ref))}`],
    ['Run', `[${cell(runUrl.split('/').at(-1) ?? '')}](${runUrl})`],
  ]
}

/** The table of several models has no room for them. */
function hashes({ models }: Deployment): string[] {
  const lines = models
    .slice(0, 50)
    .map(({ entry, sha256 }) => `- SHA-256 of ${code(withoutReferences(entry))}: ${code(sha256)}`)
  return [...lines, '']
}

function messageLines({ message }: Origin): string[] {
  if (message.trim() === '') return []
  return ['**Commit message**', '', ...codeBlock(withoutReferences(shorten(message.trim(), longestMessage))), '']
}

function fileLines(files: readonly string[]): string[] {
  const more = files.length > mostFiles ? [`- and ${files.length - mostFiles} more`] : []
  return [
    `**${files.length} ${files.length === 1 ? 'file' : 'files'} changed**`,
    '',
    ...files.slice(0, mostFiles).map((file) => `- ${code(withoutReferences(file))}`),
    ...more,
    '',
  ]
}

function afterMerge({ into, isBuilt }: RequestFacts): string {
  if (isBuilt === false) {
    return `Algorithmia builds only the default branch of a repository, so merging into ${code(into)} deploys nothing yet.`
  }
  return (
    `Merging it deploys: Algorithmia builds what is on ${isBuilt ? code(into) : 'the default branch'}, and calls of the newest ` +
    'build get it. Published versions stay as they are; nothing is tested or published from here.'
  )
}

/** GitHub refuses a longer text. */
function cut(lines: readonly string[]): string {
  const text = `${lines.join('\n')}\n`
  if (text.length <= longestBody) return text
  const note = '\n\n(The rest is too long for this page; it is in the summary of the run.)\n'
  const start = text.slice(0, longestBody - note.length)
  return start.slice(0, start.lastIndexOf('\n') + 1) + note
}

function firstLine(text: string): string {
  return neutralise(text.trim().split('\n')[0] ?? '').trim()
}

/**
 * A text that mentions nobody, refers to no issue and links nowhere on GitHub, also when it is the title of a merge commit:
 * there `fixes #1` would close an issue. Looks the same: a space without width parts what GitHub looks for.
 */
export function withoutReferences(text: string): string {
  return withoutMentions(text).replace(/:\/\//g, ':\u200b//')
}

/** The same for lines with addresses that a person copies. */
function withoutMentions(text: string): string {
  return text
    .replace(/@(?=[\p{L}\p{N}])/gu, '@\u200b')
    .replace(/(?<!&)#(?=\d)/g, '#\u200b')
    .replace(/\b(GH-)(?=\d)/gi, '$1\u200b')
}
