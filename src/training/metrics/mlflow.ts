import { messageOf } from '../../errors.ts'
import type { MlflowLog, MlflowRun } from './mlflow-run.ts'
import { isServer, type StoreSearch, storesOf } from './mlflow-stores.ts'

export interface MlflowSearch extends StoreSearch {
  trainedSince: Date
  /** Told what a person would otherwise not notice. */
  note: (sentence: string) => void
  /** Told what may be a mistake; the file is relative to the workspace. */
  warn: (sentence: string, place?: { file: string }) => void
}

/**
 * What the newest MLflow run of this training has logged, if it logged to files of this machine. A store that cannot be
 * read fails nothing: the model may be as good as any.
 *
 * @returns undefined when there is no such run
 */
export async function readMlflow(search: MlflowSearch): Promise<(MlflowLog & { source: string }) | undefined> {
  // Two seconds, as for the files of a training: some clocks are coarse.
  const since = search.trainedSince.getTime() - 2000
  const runs: MlflowRun[] = []
  for (const { path, runs: find } of storesOf(search))
    runs.push(...((await orWarn(search, path, () => find(since))) ?? []))
  const run = runs.sort(better)[0]
  if (run === undefined) {
    if (search.trackingUri !== undefined && isServer(search.trackingUri)) {
      search.note(
        'Metrics logged to the MLflow server of MLFLOW_TRACKING_URI are not read; write them to metrics_path too.',
      )
    }
    return undefined
  }
  const log = await orWarn(search, `run ${run.name}`, () => run.read())
  if (log === undefined) return undefined
  const others = runs.filter(({ isChild }) => isChild === run.isChild).length - 1
  if (others > 0) search.note(`The training made ${others + 1} MLflow runs; the metrics are those of ${run.name}.`)
  return { ...log, source: `MLflow run ${run.name}` }
}

/** A whole run before a part of one, a finished one before others, the newest first. */
function better(a: MlflowRun, b: MlflowRun): number {
  return (
    Number(a.isChild) - Number(b.isChild) || Number(b.isFinished) - Number(a.isFinished) || b.startedAt - a.startedAt
  )
}

async function orWarn<T>({ warn }: MlflowSearch, what: string, read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    warn(`The metrics of MLflow in ${what} cannot be read and are left out: ${messageOf(error)}.`)
    return undefined
  }
}
