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
  const { nbformat, metadata } = notebook
  if (typeof nbformat !== 'number') return 'is not a notebook: it has no `nbformat`.'
  if (nbformat < 3 || nbformat > 4) return `has notebook format ${nbformat}; formats 3 and 4 can be run.`
  const content = nbformat < 4 ? 'worksheets' : 'cells'
  if (!Array.isArray(notebook[content])) return `is not a notebook: it has no \`${content}\`.`
  return (nbformat < 4 ? undefined : cellProblem(notebook.cells as unknown[])) ?? languageProblem(metadata ?? {})
}

function cellProblem(cells: unknown[]): string | undefined {
  const known = (cell: unknown) => ['code', 'markdown', 'raw'].includes((cell as Cell | null)?.cell_type as string)
  const odd = cells.findIndex((cell) => !known(cell))
  return odd < 0
    ? undefined
    : `is not a notebook: cell ${odd + 1} of ${cells.length} is not one of code, markdown or raw.`
}

interface Cell {
  cell_type?: unknown
}

interface Notebook {
  nbformat?: unknown
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
