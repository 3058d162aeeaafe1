import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { messageOf } from '../errors.ts'
import type { ModelInputs, ModelLine } from '../inputs.ts'
import type { InputReader } from './reader.ts'
import { modelPath, quote, workspacePath } from './values.ts'

const input = 'model_path'

/** What stands before the path: each part ends with a colon and white space. */
const marked = /^optional:\s+(\S.*)$/i
const named = /^([^:]*[^:\s])\s*:\s+(\S.*)$/
const pattern = /[*?[{]|[+@!]\(/
const entryName = /^[\p{L}\p{N}_][\p{L}\p{N}_. -]*$/u

/**
 * Reads the lines of `model_path`: a file, folder or glob pattern each, perhaps with the name of its entry in the
 * manifest, perhaps optional for the ADK; `!` excludes, `#` begins a comment. What is wrong with a line is reported.
 */
export function readModelInputs(reader: InputReader, workspace: string): ModelInputs {
  const texts = reader.text(input).split(/\r?\n/)
  const meant = texts
    .map((text, index) => ({ text: text.trim(), number: index + 1 }))
    .filter(({ text }) => !isBlank(text))
  const isSeveral = meant.length > 1
  const models: ModelInputs = { lines: [], excluded: [] }
  for (const { text, number } of meant) {
    const place = isSeveral ? `line ${number} ` : ''
    try {
      if (text.startsWith('!')) models.excluded.push(workspacePath(text.slice(1).trim(), workspace).relative)
      else models.lines.push({ ...parseLine(text, workspace), place: `${input} ${place}`.trim() })
    } catch (error) {
      reader.report(input, `${place}${messageOf(error)}`)
    }
  }
  if (models.lines.length === 0 && !reader.failed(input)) {
    reader.report(
      input,
      meant.length === 0 ? 'is not set; add it to the `with:` of this step' : 'only excludes; add a line for the model',
    )
  }
  if (models.excluded.length > 0 && models.lines.length > 0 && !models.lines.some(({ isPattern }) => isPattern)) {
    reader.report(input, 'excludes something, but has no pattern to exclude it from; a path is always taken')
  }
  reportTwins(reader, models.lines)
  return models
}

function isBlank(text: string): boolean {
  return text === '' || text.startsWith('#')
}

function parseLine(text: string, workspace: string): Omit<ModelLine, 'place'> {
  // A file that is really called so, as a workflow of old may have it.
  if (text.includes(':') && existsSync(resolve(workspace, text))) {
    return { name: undefined, isOptional: false, isPattern: false, path: modelPath(text, workspace) }
  }
  const unmarked = marked.exec(text)?.[1]
  const rest = unmarked ?? text
  const [, name, path = rest] = named.exec(rest) ?? []
  if (marked.test(path)) throw new Error(`is ${quote(text)}; write \`optional: ${name}: ${marked.exec(path)?.[1]}\``)
  if (name !== undefined && !entryName.test(name)) {
    throw new Error(
      `names its entry ${quote(name)}; write letters, digits, "_", "-", "." and spaces, such as \`classifier: ${path}\``,
    )
  }
  const entry = { name, isOptional: unmarked !== undefined }
  if (!pattern.test(path)) return { ...entry, isPattern: false, path: modelPath(path, workspace) }
  const { relative, absolute } = workspacePath(path, workspace)
  return { ...entry, isPattern: true, path: { relative: relative + (path.endsWith('/') ? '/' : ''), absolute } }
}

function reportTwins(reader: InputReader, lines: readonly ModelLine[]): void {
  for (const [index, { name, place }] of lines.entries()) {
    const twin = name !== undefined && lines.slice(0, index).find((line) => line.name === name)
    if (twin) {
      reader.report(
        input,
        `has the entry ${quote(name)} twice (${twin.place} and ${place}); entries need names of their own`,
      )
    }
  }
}
