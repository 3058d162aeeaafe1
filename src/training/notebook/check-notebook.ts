import { readFile } from 'node:fs/promises'
import { DeployError } from '../../errors.ts'

/**
 * Checks, before minutes are spent on packages, that a file is a notebook that can be run here.
 *
 * @param notebook an existing file: its absolute path, and the one that messages show
 * @throws DeployError when it is not a notebook, or one for another language than Python
 */
export async function checkNotebook({ absolute, relative }: { absolute: string; relative: string }): Promise<void> {
  const problem = problemOf(await readFile(absolute))
  if (problem === undefined) return
  throw new DeployError(`${relative} ${problem}`, {
    annotation: { title: 'Not a notebook that can be run', file: relative },
  })
}

/** Names of kernels for other languages, for notebooks that do not say their language. */
const FOREIGN_KERNELS =
  /^(ir|julia.*|bash|scala|almond|javascript|jslab|deno|xc.*|java|gophernotes|ruby|octave|sagemath.*)$/i

interface Metadata {
  kernelspec?: { name?: unknown; display_name?: unknown; language?: unknown }
  language_info?: { name?: unknown }
}

function problemOf(bytes: Buffer): string | undefined {
  // PowerShell's `>` writes such files.
  if (bytes.subarray(0, 100).includes(0)) return 'is saved as UTF-16. Save it as UTF-8.'
  let text: string
  try {
    // Without a byte order mark.
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return 'is not a notebook: it is not UTF-8.'
  }
  if (text.trim() === '') return 'is empty.'
  if (text.startsWith('version https://git-lfs.github.com/')) {
    return 'is a Git LFS pointer, not the notebook. Set `lfs: true` on actions/checkout.'
  }
  if (/^(<<<<<<<|=======|>>>>>>>)/m.test(text)) return 'holds merge conflict markers. Resolve the conflict and commit.'
  const notebook = parse(text)
  if (notebook === undefined) return 'is not a notebook: it is not JSON.'
  const { nbformat, nbformat_minor = 0, metadata } = notebook
  if (typeof nbformat !== 'number') return 'is not a notebook: it has no `nbformat`.'
  if (!Number.isInteger(nbformat_minor)) return 'is not a notebook: its `nbformat_minor` is not a whole number.'
  if (nbformat !== 3 && nbformat !== 4) return `has notebook format ${nbformat}; formats 3 and 4 can be run.`
  const content = nbformat < 4 ? 'worksheets' : 'cells'
  if (!Array.isArray(notebook[content])) return `is not a notebook: it has no \`${content}\`.`
  const problem =
    nbformat === 4
      ? cellProblem(notebook.cells as unknown[], ['code', 'markdown', 'raw'])
      : cellProblem(cellsOfSheets(notebook.worksheets as unknown[]), ['code', 'markdown', 'raw', 'heading', 'html'])
  return problem ?? languageProblem(metadata ?? {})
}

/** Those of format 3; what is no sheet counts as a cell that is none. */
function cellsOfSheets(sheets: unknown[]): unknown[] {
  return sheets.flatMap((sheet) => {
    const { cells = [] } = Object(sheet) as { cells?: unknown }
    return typeof sheet === 'object' && sheet !== null && Array.isArray(cells) ? cells : [undefined]
  })
}

function cellProblem(cells: unknown[], kinds: readonly unknown[]): string | undefined {
  const place = (index: number) => `is not a notebook: cell ${index + 1} of ${cells.length}`
  const odd = cells.findIndex((cell) => !kinds.includes((cell as Cell | null | undefined)?.cell_type))
  if (odd >= 0)
    return `${place(odd)} is not one of ${kinds
      .slice(0, 3)
      .join(', ')
      .replace(/, (?=\w+$)/, ' or ')}.`
  const wrong = cells.findIndex((cell) => !isText((cell as Cell).source ?? (cell as Cell).input ?? ''))
  return wrong < 0 ? undefined : `${place(wrong)} has a \`source\` that is neither a text nor a list of texts.`
}

function isText(value: unknown): boolean {
  return typeof value === 'string' || (Array.isArray(value) && value.every((line) => typeof line === 'string'))
}

interface Cell {
  cell_type?: unknown
  source?: unknown
  /** The source of code in format 3. */
  input?: unknown
}

interface Notebook {
  nbformat?: unknown
  nbformat_minor?: unknown
  metadata?: Metadata | null
  cells?: unknown
  worksheets?: unknown
}

function parse(text: string): Notebook | undefined {
  for (const prepare of [String, withoutNaN]) {
    try {
      const value: unknown = JSON.parse(prepare(text))
      return typeof value === 'object' && value !== null ? value : {}
    } catch {}
  }
  return undefined
}

/** Jupyter writes numbers into saved outputs that JSON does not have, and reads them again. */
function withoutNaN(text: string): string {
  return text.replace(/"[^"\\]*(?:\\.[^"\\]*)*"|-?\b(?:NaN|Infinity)\b/g, (part) =>
    part.startsWith('"') ? part : 'null',
  )
}

function languageProblem({ kernelspec, language_info }: Metadata): string | undefined {
  const language = kernelspec?.language ?? language_info?.name
  const name = String(kernelspec?.name ?? '')
  const foreign = language === undefined ? FOREIGN_KERNELS.test(name) : !/^i?python/i.test(String(language))
  if (!foreign) return undefined
  const kernel = String(kernelspec?.display_name ?? name)
  return `is written for the kernel "${kernel}"${language === undefined ? '' : ` (${language})`}. Only Python notebooks can be run.`
}
