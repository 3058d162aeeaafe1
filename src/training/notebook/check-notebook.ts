import { readFileSync } from 'node:fs'
import { DeployError } from '../../errors.ts'

/**
 * Checks, before minutes are spent on packages, that a file is a notebook that can be run here.
 *
 * @param path absolute path of an existing file
 * @param name how messages call it
 * @throws DeployError when it is not a notebook, or one for another language than Python
 */
export function checkNotebook(path: string, name: string): void {
  const problem = problemOf(readFileSync(path, 'utf8').replace(/^\ufeff/, ''))
  if (problem === undefined) return
  throw new DeployError(`${name} ${problem}`, { annotation: { title: 'Not a notebook that can be run', file: name } })
}

/** Names of kernels for other languages, for notebooks that do not say their language. */
const FOREIGN_KERNELS =
  /^(ir|julia.*|bash|scala|almond|javascript|jslab|deno|xc.*|java|gophernotes|ruby|octave|sagemath.*)$/i

interface Metadata {
  kernelspec?: { name?: unknown; display_name?: unknown; language?: unknown }
  language_info?: { name?: unknown }
}

function problemOf(text: string): string | undefined {
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
  return languageProblem(metadata ?? {})
}

function parse(text: string): { nbformat?: unknown; metadata?: Metadata | null } | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return undefined
  }
}

function languageProblem({ kernelspec, language_info }: Metadata): string | undefined {
  const language = kernelspec?.language ?? language_info?.name
  const name = String(kernelspec?.name ?? '')
  const foreign = language === undefined ? FOREIGN_KERNELS.test(name) : !/^i?python/i.test(String(language))
  if (!foreign) return undefined
  const kernel = String(kernelspec?.display_name ?? name)
  return `is written for the kernel "${kernel}"${language === undefined ? '' : ` (${language})`}. Only Python notebooks can be run.`
}
