/** Why a build failed. */
export interface BuildFailure {
  /** A sentence without its end. */
  reason: string
  /** Path in the algorithm's repository. */
  file?: string
  /** 1-based. */
  line?: number
}

/** What helps to tell the algorithm's own files from others. */
export interface BuildContext {
  algorithm: string
  /** All lines of the log. */
  lines: readonly string[]
  /** Paths in the repository, as far as they are known. */
  files: readonly string[]
}

/** The last line of the algorithm's own that ran. */
export interface Place {
  file: string
  line: number
  source: string
}
