import type { Deployment } from '../deployment.ts'
import { formatBytes } from '../format.ts'
import { neutralise, shorten } from '../log.ts'
import { countFiles, type Plan, type PlannedModel } from '../plan.ts'
import { cell, code, codeBlock, table } from './markdown.ts'

/** All of them are in the log. */
const mostModels = 50
const mostFiles = 100
const mostLines = 300
/** In characters. */
const longestLine = 500

/** What a dry run found, for whoever reviews the change that it is run for. */
export function planSection({ plan }: Deployment): string[] {
  if (plan === undefined) return []
  return [
    ...sentences('**Not checked or not shown**', plan.unchecked),
    ...sentences('**New**', plan.creations),
    ...models(plan),
    ...commit(plan),
    ...copied(plan),
    ...sentences('**After the push**', plan.release),
  ]
}

function sentences(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, '', ...lines.map((line) => `- ${cell(line)}`), '']
}

function models({ models, modelsAreOld }: Plan): string[] {
  if (models.length === 0) return []
  const rows = models
    .slice(0, mostModels)
    .map((model) => [
      cell(model.entry),
      code(model.path),
      formatBytes(model.size),
      `${code(model.md5)}<br>${code(model.sha256)}`,
      code(model.uri),
      upload(model),
    ])
  return [
    modelsAreOld ? '**Models**, as they were before the training' : '**Models**',
    '',
    ...table('| Model | File | Size | MD5, SHA-256 | Stored as | |', '|---|---|--:|---|---|---|', rows),
    ...more(models, mostModels),
  ]
}

function upload({ isStored }: PlannedModel): string {
  if (isStored === undefined) return 'would be uploaded, unless it is there'
  return isStored ? 'already stored' : 'would be uploaded'
}

function commit({ commit }: Plan): string[] {
  if (commit === undefined) return []
  const { target, files, skipped, manifestDifference } = commit
  const left = skipped.map(({ path, why }) => `- skipped ${code(path)}, because ${cell(why)}`)
  if (files.length === 0) return [`**No commit**: ${cell(target)} has it all.`, '', ...list(left)]
  return [
    `**Commit** to ${cell(target)}: ${countFiles(files)}`,
    '',
    ...list([...files.map(({ kind, path }) => `- ${kind} ${code(path)}`), ...left]),
    ...difference(manifestDifference),
  ]
}

function copied({ code: files }: Plan): string[] {
  if (files === undefined) return []
  return [
    `**Code** that would be copied: ${files.length} ${files.length === 1 ? 'file' : 'files'}`,
    '',
    ...list(files.map((path) => `- ${code(path)}`)),
  ]
}

function list(lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [...lines.slice(0, mostFiles), '', ...more(lines, mostFiles)]
}

/** From the names of both sides on. */
function difference(text: string): string[] {
  if (text === '') return []
  const lines = text.trimEnd().split('\n')
  const start = Math.max(
    0,
    lines.findIndex((line) => line.startsWith('--- ')),
  )
  const shown = lines.slice(start, start + mostLines).map((line) => shorten(line, longestLine))
  return [...codeBlock(neutralise(shown.join('\n')), 'diff'), '', ...more(lines.slice(start), mostLines)]
}

function more(all: readonly unknown[], shown: number): string[] {
  return all.length > shown ? [`${all.length - shown} more are in the log.`, ''] : []
}
