import { spelling } from '../../json.ts'
import { info, redact } from '../../log.ts'
import { isGroup, type Metrics } from '../../metrics.ts'
import { readMetricsFile } from './metrics-file.ts'
import { readMlflow } from './mlflow.ts'

export interface MetricsRequest {
  workspace: string
  /** `metrics_path`; undefined when it is switched off. */
  file: { absolute: string; relative: string } | undefined
  /** Whether the workflow names that file. */
  isDemanded: boolean
  /** The training of this run; undefined when nothing was trained. */
  training: { since: Date; workingDirectory: string; program: string; trackingUri: string | undefined } | undefined
  /** Told what a person would otherwise not notice. */
  note: (sentence: string) => void
}

/**
 * The metrics of a training that ended well: those of its JSON file, and those of its MLflow run that the file does not
 * name.
 *
 * @returns undefined when there are none
 * @throws DeployError when a demanded file is missing, old or not usable
 */
export async function readMetrics({ file, training, ...request }: MetricsRequest): Promise<Metrics | undefined> {
  const written = file && (await readMetricsFile({ ...request, ...file, trainedSince: training?.since }))
  const logged = training && (await readMlflow({ ...request, ...training, trainedSince: training.since }))
  const values: Record<string, unknown> = { ...logged?.metrics, ...written }
  if (logged && Object.keys(logged.parameters).length > 0) {
    if ('parameters' in values) info('The parameters of MLflow are left out: there are metrics of that name.')
    else values.parameters = logged.parameters
  }
  if (Object.keys(values).length === 0) return undefined
  const sources = [written && file?.relative, logged?.source]
  return {
    values: withoutSecrets(values) as Metrics['values'],
    source: redact(sources.filter((source) => source !== undefined).join(' and ')),
  }
}

/** A parameter is a likely place for a secret to be logged by mistake. */
function withoutSecrets(value: unknown): unknown {
  if (typeof value === 'string') return redact(value)
  if (Array.isArray(value)) return value.map(withoutSecrets)
  if (isGroup(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [redact(name), withoutSecrets(inner)]))
  }
  const digits = spelling(value)
  return digits !== undefined && redact(digits) !== digits ? redact(digits) : value
}
