import { group, info, shorten } from '../log.ts'
import { TrainingOutput } from './driver/output.ts'
import { executeNotebook } from './notebook/execute.ts'
import { pythonSources } from './notebook/parameters.ts'
import type { Environments } from './python/environments.ts'
import { type TrainingReport, warn } from './report.ts'
import { executeScript } from './script/execute-script.ts'
import type { TrainingRequest } from './train.ts'

export interface ProgramRun extends TrainingRequest, Environments {}

/** In characters. */
const longestLine = 500

/**
 * Runs the notebook or script in environments that are ready.
 *
 * @param report is filled in on the way
 * @throws DeployError when it fails, exceeds a limit or is cancelled; its evidence is kept as far as it got
 */
export async function runProgram(run: ProgramRun, report: TrainingReport): Promise<void> {
  const execute = run.kind === 'script' ? executeScript : executeNotebook
  const started = performance.now()
  const output = new TrainingOutput(run.logFile, run.logLimit)
  try {
    await group(`Run ${report.program}`, async () => {
      report.given = shorten(run.kind === 'script' ? run.arguments.map(quoted).join(' ') : settings(run), longestLine)
      if (report.given !== '') info(`${run.kind === 'script' ? 'Arguments' : 'Parameters'}: ${report.given}`)
      await execute(run, output, report)
    })
  } finally {
    report.durationMs = performance.now() - started
    const problem = output.close()
    if (problem !== '') warn(report, problem)
  }
}

/** Of a parameter; `max_tokens` is none. */
const secretName = /passw|secret|credential|(api|access)_?key|token$/i

function settings({ parameters }: ProgramRun): string {
  const sources = Object.entries(pythonSources(parameters))
  return sources.map(([name, source]) => `${name} = ${secretName.test(name) ? '***' : source}`).join(', ')
}

/** So that a person sees where an argument ends. */
function quoted(argument: string): string {
  return /^[\w.,:=/+@%-]+$/.test(argument) ? argument : JSON.stringify(argument)
}
