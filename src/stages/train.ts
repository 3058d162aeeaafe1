import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { dirname, join, parse } from 'node:path'
import { untilCancelled } from '../cancellation.ts'
import type { Deployment } from '../deployment.ts'
import type { Inputs, TrainingInputs } from '../inputs.ts'
import { info, shorten, warning } from '../log.ts'
import { metricRows } from '../metrics.ts'
import { publish } from '../outputs.ts'

/**
 * Runs the training notebook or script. The stage is loaded only here: most start-ups do not get this far.
 *
 * @returns when the training began
 */
export async function trainModel(
  training: TrainingInputs,
  inputs: Inputs,
  deployment: Deployment,
  temp: string,
): Promise<Date> {
  warnOfForeignCode(process.env)
  const { train } = await import('../training/train.ts')
  const { newReport } = await import('../training/report.ts')
  const { maskVariables } = await import('../training/secrets.ts')
  const { name } = parse(training.program.absolute)
  const evidence = {
    executed_notebook:
      training.kind === 'script'
        ? ''
        : (training.executedNotebook?.absolute ?? freePath(inputs.temp, name, '.executed.ipynb')),
    training_log: freePath(inputs.temp, name, '.training.log'),
  }
  // What an earlier run left there is not evidence of this one.
  if (training.executedNotebook) await rm(training.executedNotebook.absolute, { force: true })
  // Told before it runs: a later step wants it most when this one was killed.
  Object.assign(deployment.outputs, evidence)
  publish(deployment.outputs)
  maskVariables(training.passThrough, process.env)
  const absent = training.passThrough.filter((name) => process.env[name] === undefined)
  if (absent.length > 0) {
    deployment.warn(
      `notebook_environment names ${absent.join(', ')}, which this step does not have: set it in \`env\`.`,
    )
  }

  if (training.requirements === undefined) deployment.skip('Installing packages', training.requirementsSkipped)
  deployment.training = newReport(training.kind, training.program.relative)
  const workshop = await mkdtemp(join(temp, 'training-'))
  try {
    const request = {
      ...training,
      workspace: inputs.workspace,
      program: training.program.absolute,
      workingDirectory: training.workingDirectory.absolute,
      requirements: training.requirements?.absolute,
      executedNotebook: evidence.executed_notebook,
      logFile: evidence.training_log,
      temp: workshop,
      environment: process.env,
    }
    const { training: report } = deployment
    const since = await untilCancelled((cancelled) => train({ ...request, cancelled }, report))
    // Thousands of files: they go while the model is uploaded. The end of the deployment removes what is left.
    void rm(workshop, { recursive: true, force: true }).catch(() => {})
    return since
  } finally {
    for (const name of ['executed_notebook', 'training_log'] as const) {
      if (!existsSync(evidence[name])) deployment.outputs[name] = ''
    }
  }
}

/** Where a training may write what is looked for elsewhere. */
export function foldersOf({ workingDirectory, program }: TrainingInputs): string[] {
  return [workingDirectory.absolute, dirname(program.absolute)]
}

/** Another step of the job may have trained with a program of this name, and its evidence is kept. */
function freePath(folder: string, name: string, ending: string): string {
  for (let number = 1; ; number += 1) {
    const path = join(folder, `${name}${number === 1 ? '' : `-${number}`}${ending}`)
    if (!existsSync(path)) return path
  }
}

/** The most that are shown in the log; all of them are in the output. */
const mostMetrics = 30
const longestMetric = 200

/**
 * Records what the training said of its model.
 *
 * @param trainedSince when the training began; undefined when nothing was trained in this step
 * @throws DeployError when the file named by the workflow is missing, old or not usable
 */
export async function gatherMetrics(
  { workspace, metrics, training }: Inputs,
  deployment: Deployment,
  trainedSince: Date | undefined,
): Promise<void> {
  if (trainedSince === undefined && !metrics?.isDemanded) return
  const { readMetrics } = await import('../training/metrics/read-metrics.ts')
  const found = await readMetrics({
    workspace,
    file: metrics?.file,
    isDemanded: metrics?.isDemanded ?? false,
    training: training &&
      trainedSince && {
        since: trainedSince,
        workingDirectory: training.workingDirectory.absolute,
        program: training.program.absolute,
        trackingUri: training.passThrough.includes(trackingVariable)
          ? process.env[trackingVariable] || undefined
          : undefined,
      },
    note: (sentence) => deployment.note(sentence),
    warn: (sentence, place) => deployment.warn(sentence, place),
  })
  if (found === undefined) return
  deployment.recordMetrics(found)
  // Told before the rest: a run that is killed later has trained all the same.
  publish(deployment.outputs)
  info(`Metrics from ${found.source}:`)
  const rows = metricRows(found.values)
  for (const { name, value } of rows.slice(0, mostMetrics)) info(`  ${shorten(`${name} = ${value}`, longestMetric)}`)
  if (rows.length > mostMetrics) info(`  and ${rows.length - mostMetrics} more`)
}

const trackingVariable = 'MLFLOW_TRACKING_URI'

/** A pull request from a fork brings the code that is run here, and this event gives it the secrets of the repository. */
function warnOfForeignCode({ GITHUB_EVENT_NAME: event }: NodeJS.ProcessEnv): void {
  if (event !== 'pull_request_target') return
  warning(
    'This job runs on pull_request_target: if it checked out the code of the pull request, a stranger trains here, next ' +
      'to the secrets of this repository. Train on `push`, after the merge.',
    { title: 'Training with code of a pull request' },
  )
}
