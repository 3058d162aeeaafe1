import { lstatSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { formatBytes } from '../../format.ts'
import { info, redact, secretForms } from '../../log.ts'
import { hiddenVariables, makeHome, runDriver, seconds, visibleVariables } from '../driver/driver.ts'
import type { TrainingOutput } from '../driver/output.ts'
import { memoryNow } from '../memory.ts'
import { driverEnvironment } from '../process-environment.ts'
import { lastPrinted, type TrainingReport, tracebackExcerpt, warn } from '../report.ts'
import type { ProgramRun } from '../run-program.ts'
import { notebookError, type Outcome } from './notebook-failure.ts'
import { pythonSources } from './parameters.ts'

const LARGE_NOTEBOOK = 50_000_000

/**
 * Executes a notebook and prints what it prints, while it runs.
 *
 * @param report receives the cells, the last plots and the end of a traceback
 * @throws DeployError when the notebook fails, exceeds a limit or is cancelled
 */
export async function executeNotebook(run: ProgramRun, output: TrainingOutput, report: TrainingReport): Promise<void> {
  const outcome = await drive(run, output)
  for (const text of outcome.warnings ?? []) warn(report, text)
  report.totalCells = outcome.total ?? 0
  report.cells = (outcome.timings ?? []).map(({ cell, first_line, seconds }) => ({
    cell,
    firstLine: redact(first_line),
    seconds,
  }))
  report.images = outcome.images ?? []
  tellEvidence(run, outcome, report)
  if (outcome.status === 'ok') return

  showTraceback(outcome.traceback ?? '', output, report)
  throw notebookError(outcome, {
    ...run,
    kind: 'notebook',
    notebook: report.program,
    hiddenVariables: hiddenVariables(run),
    memory: memoryNow(),
  })
}

async function drive(run: ProgramRun, output: TrainingOutput): Promise<Outcome> {
  const home = await makeHome(run.temp)
  await mkdir(dirname(run.executedNotebook), { recursive: true })
  return runDriver<Outcome>(
    {
      python: run.toolPython,
      options: [],
      program: 'run_notebook.py',
      environment: driverEnvironment(run.environment, home),
      home,
      output,
      cancelled: run.cancelled,
    },
    {
      notebook: run.program,
      executed: run.executedNotebook,
      cwd: run.workingDirectory,
      kernel_python: run.kernelPython,
      kernel_environment: visibleVariables(run, home),
      parameters: pythonSources(run.parameters),
      strict: run.isStrict,
      notebook_timeout: seconds(run.timeoutMs),
      cell_timeout: seconds(run.cellTimeoutMs),
      start_timeout: seconds(run.kernelStartTimeoutMs),
      // It saves the notebook while it runs, so it has to know what may not be in it.
      secrets: secretForms(),
    },
  )
}

/** A traceback is not part of what cells print: the file gets all of it, log and report an excerpt. */
function showTraceback(traceback: string, output: TrainingOutput, report: TrainingReport): void {
  if (traceback === '') {
    report.traceback = lastPrinted(output.tail)
    return
  }
  output.keep(`${traceback.trimEnd()}\n`)
  report.traceback = tracebackExcerpt(traceback)
  for (const line of report.traceback.split('\n')) info(line)
}

/** What there is to be told of the files; a training that has failed is told for its own reason, whatever is wrong here. */
function tellEvidence(run: ProgramRun, outcome: Outcome, report: TrainingReport): void {
  if (outcome.has_secrets) {
    warn(
      report,
      'The notebook printed a secret: one of this action, or of a variable in notebook_environment. It was replaced by *** in ' +
        'the log and in the executed notebook.',
    )
  }
  const size = sizeOf(run.executedNotebook)
  if (size === undefined) return
  info(`Executed notebook: ${run.executedNotebook} (${formatBytes(size)})`)
  if (report.images.length > 0) info(`Last plots: ${report.images.length} in ${dirname(report.images[0] ?? '')}`)
  if (size > LARGE_NOTEBOOK) {
    warn(report, `The executed notebook has ${formatBytes(size)}. Let its cells print less.`)
  }
}

/** @returns undefined unless it is a file; the notebook may have put a link or folder in its place */
function sizeOf(path: string): number | undefined {
  try {
    const found = lstatSync(path)
    return found.isFile() ? found.size : undefined
  } catch {
    return undefined
  }
}
