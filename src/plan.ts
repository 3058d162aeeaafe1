import type { FileChange, SkippedPath } from './algorithm-repo/changes.ts'

/** What a deployment would do, as a dry run found it. Whatever is not known is told in `unchecked`. */
export interface Plan {
  /** What was not checked or is not shown, and why, in sentences. */
  unchecked: string[]
  /** What is not there yet and would be created or opened, in sentences. */
  creations: string[]
  models: PlannedModel[]
  /** Whether the models are those of an earlier training, because this run did not train. */
  modelsAreOld: boolean
  /** Undefined when the repository is not known. */
  commit: PlannedCommit | undefined
  /** The code that would be copied, when the repository is not known; undefined when it is, or there is no code. */
  code: string[] | undefined
  /** What follows the push, or why nothing does, in sentences. */
  release: string[]
}

export interface PlannedModel {
  /** Name of its entry in the manifest. */
  entry: string
  /** Path in the workspace. */
  path: string
  /** Where it is, or would be. */
  uri: string
  /** Lower-case hex. */
  md5: string
  sha256: string
  /** Bytes. */
  size: number
  /** Undefined when nobody could be asked. */
  isStored: boolean | undefined
}

export interface PlannedCommit {
  /** Where it would go, as a phrase. */
  target: string
  files: readonly FileChange[]
  /** What of the code would not be committed. */
  skipped: readonly SkippedPath[]
  /** As `git diff` has it; empty when the manifest stays as it is, or is not known. */
  manifestDifference: string
}

export function emptyPlan(): Plan {
  return {
    unchecked: [],
    creations: [],
    models: [],
    modelsAreOld: false,
    commit: undefined,
    code: undefined,
    release: [],
  }
}

/** `2 added, 1 changed`; empty without files. */
export function countFiles(files: readonly FileChange[]): string {
  return (['added', 'changed', 'deleted'] as const)
    .map((kind) => ({ kind, count: files.filter((file) => file.kind === kind).length }))
    .flatMap(({ kind, count }) => (count === 0 ? [] : [`${count} ${kind}`]))
    .join(', ')
}
