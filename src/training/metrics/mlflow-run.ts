/** A run that MLflow knows of. */
export interface MlflowRun {
  /** As MLflow names it for people, or its id. */
  name: string
  /** Unix time in milliseconds. */
  startedAt: number
  isFinished: boolean
  /** Part of another run, such as a fold or a candidate of a search. */
  isChild: boolean
  /** What was logged, by name in alphabetical order; of a metric, the last value. */
  read(): Promise<MlflowLog>
}

export interface MlflowLog {
  metrics: Record<string, number | string>
  parameters: Record<string, string>
}

/** JSON has no word for these three; Python's are understood by `float()`. */
export function metricValue(value: number): number | string {
  if (Number.isFinite(value)) return value
  return String(value)
}
