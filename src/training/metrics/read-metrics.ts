import { basename, join } from 'node:path'
import { formatBytes } from '../../format.ts'
import { spelling } from '../../json.ts'
import { info, redact } from '../../log.ts'
import { isGroup, type Metrics } from '../../metrics.ts'
import { shownPath } from '../shown-path.ts'
import { largestMetrics, readMetricsFile } from './metrics-file.ts'
import { type MlflowSearch, readMlflow } from './mlflow.ts'
import type { MlflowLog } from './mlflow-run.ts'

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
  /** Told what may be a mistake; the file is relative to the workspace. */
  warn: (sentence: string, place?: { file: string }) => void
}

/**
 * The metrics of a training that ended well: those of its JSON file, and those of its MLflow run that the file does not
 * name.
 *
 * @returns undefined when there are none
 * @throws DeployError when a demanded file is missing, old or not usable
 */
export async function readMetrics(request: MetricsRequest): Promise<Metrics | undefined> {
  const { training } = request
  const written = await readWritten(request)
  const logged = training && (await readLogged({ ...request, ...training, trainedSince: training.since }))
  const values: Record<string, unknown> = { ...logged?.metrics, ...written?.values }
  if (logged && Object.keys(logged.parameters).length > 0) {
    if ('parameters' in values) info('The parameters of MLflow are left out: there are metrics of that name.')
    else values.parameters = logged.parameters
  }
  if (Object.keys(values).length === 0) return undefined
  const sources = [written?.source, logged?.source]
  return {
    values: withoutSecrets(values) as Metrics['values'],
    source: redact(sources.filter((source) => source !== undefined).join(' and ')),
  }
}

/** Of the file in the workspace; one that nobody named may be where the training ran as well. */
async function readWritten({ file, training, ...request }: MetricsRequest): Promise<Metrics | undefined> {
  if (file === undefined) return undefined
  const places = [file]
  if (training && !request.isDemanded) {
    const absolute = join(training.workingDirectory, basename(file.absolute))
    if (absolute !== file.absolute) places.push({ absolute, relative: shownPath(request.workspace, absolute) })
  }
  for (const place of places) {
    const values = await readMetricsFile({ ...request, ...place, trainedSince: training?.since })
    if (values) return { values, source: place.relative }
  }
  return undefined
}

async function readLogged(search: MlflowSearch): Promise<(MlflowLog & { source: string }) | undefined> {
  const logged = await readMlflow(search)
  const size = Buffer.byteLength(JSON.stringify(logged ?? {}))
  if (size <= largestMetrics) return logged
  search.warn(
    `The metrics of ${logged?.source} have ${formatBytes(size)}, more than the ${formatBytes(largestMetrics)} for metrics, ` +
      'and are left out.',
  )
  return undefined
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
