import { stripVTControlCharacters } from 'node:util'
import { redact, shorten, warning } from '../log.ts'

/** What a person wants to know of a training. It is filled in while that runs, so that a failed one leaves what there is. */
export interface TrainingReport {
  kind: 'notebook' | 'script'
  /** Path relative to the workspace, with `/`. */
  program: string
  /** The parameters of a notebook as Python sets them, or the arguments of a script; in one line, empty when there are none. */
  given: string
  /** Such as `3.11.7`; empty until it is known. */
  python: string
  /** Empty until it is known. */
  installer: 'pip' | 'uv' | ''
  /** Those that matter to the model, by name. */
  packages: { name: string; version: string }[]
  /** Of the notebook or script alone, in milliseconds. */
  durationMs: number
  /** Code cells of the notebook. */
  totalCells: number
  /** Code cells that were executed, in order; cell 0 sets the parameters. */
  cells: { cell: number; firstLine: string; seconds: number }[]
  /** Absolute paths of the images that the last plots were saved as. */
  images: string[]
  /** Of a failure: its traceback, or what was printed last when there is none; without colours, and only as much as a person reads. */
  traceback: string
  /** Sentences about what did not fail the training, but may not be meant. */
  warnings: string[]
}

export function newReport(kind: TrainingReport['kind'], program: string): TrainingReport {
  return {
    kind,
    program,
    given: '',
    python: '',
    installer: '',
    packages: [],
    durationMs: 0,
    totalCells: 0,
    cells: [],
    images: [],
    traceback: '',
    warnings: [],
  }
}

/** Says it in the log, and keeps it for the report. */
export function warn(report: TrainingReport, text: string): void {
  warning(text)
  report.warnings.push(redact(text))
}

/** Of a traceback: the outermost frames are the user's own code, the innermost ones are where it happened. */
const outermostLines = 6
const innermostLines = 13
const printedLines = 20
/** In characters. */
const longestLine = 500

/** As much of a traceback as the report keeps. */
export function tracebackExcerpt(traceback: string): string {
  const lines = traceback.trimEnd().split('\n')
  const missing = lines.length - outermostLines - innermostLines
  if (missing <= 1) return cut(lines)
  return cut([...lines.slice(0, outermostLines), `  ... ${missing} lines ...`, ...lines.slice(-innermostLines)])
}

/** As much of what was printed last as the report keeps. */
export function lastPrinted(output: string): string {
  return cut(
    output
      .trimEnd()
      .split(/\r\n|[\r\n]/)
      .slice(-printedLines),
  )
}

function cut(lines: readonly string[]): string {
  return lines.map((line) => shorten(withoutFolders(stripVTControlCharacters(line)), longestLine)).join('\n')
}

/** Where the environment of this run is says nothing to a person. */
function withoutFolders(line: string): string {
  return line.replace(/(^|[\s"'])[^\s"']*[\\/]site-packages[\\/]/g, '$1site-packages/')
}
