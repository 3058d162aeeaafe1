import { group } from '../log.ts'
import { TrainingOutput } from './driver/output.ts'
import { executeNotebook } from './notebook/execute.ts'
import type { Environments } from './python/environments.ts'
import { type TrainingReport, warn } from './report.ts'
import { executeScript } from './script/execute-script.ts'
import type { TrainingRequest } from './train.ts'

export interface ProgramRun extends TrainingRequest, Environments {}

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
    await group(`Run ${report.program}`, () => execute(run, output, report))
  } finally {
    report.durationMs = performance.now() - started
    const problem = output.close()
    if (problem !== '') warn(report, problem)
  }
}
