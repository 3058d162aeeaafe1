import { redact, warning } from '../log.ts'

/** What a person wants to know of a training. It is filled in while that runs, so that a failed one leaves what there is. */
export interface TrainingReport {
  kind: 'notebook' | 'script'
  /** Path relative to the workspace, with `/`. */
  program: string
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
  /** Last lines of the traceback of a failure, or of what a script without one printed; without colours. */
  traceback: string
  /** Sentences about what did not fail the training, but may not be meant. */
  warnings: string[]
}

export function newReport(kind: TrainingReport['kind'], program: string): TrainingReport {
  return {
    kind,
    program,
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

const TRACEBACK_LINES = 20

/** The end of a traceback, as much of it as the report keeps. */
export function lastLines(traceback: string): string {
  return traceback.trimEnd().split('\n').slice(-TRACEBACK_LINES).join('\n')
}
