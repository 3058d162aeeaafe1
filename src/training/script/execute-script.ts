import { info } from '../../log.ts'
import { hiddenVariables, makeHome, runDriver, seconds, visibleVariables } from '../driver/driver.ts'
import type { TrainingOutput } from '../driver/output.ts'
import { memoryNow } from '../memory.ts'
import { driverEnvironment } from '../process-environment.ts'
import type { TrainingReport } from '../report.ts'
import type { ProgramRun } from '../run-program.ts'
import { type Outcome, scriptError } from './script-failure.ts'

/** Nothing of the environment is loaded into the driver, which shares its interpreter: no `.pth` file, no user code. */
const ISOLATED = ['-E', '-s', '-S', '-B']

/**
 * Runs a Python file as `python -u <script> <arguments>` and prints what it prints, while it runs. It ends well when its
 * exit code is 0.
 *
 * @param report receives the end of a traceback
 * @throws DeployError when the script fails, exceeds its limit or is cancelled
 */
export async function executeScript(run: ProgramRun, output: TrainingOutput, report: TrainingReport): Promise<void> {
  const home = await makeHome(run.temp)
  const outcome: Outcome = await runDriver<Outcome>(
    {
      python: run.toolPython,
      options: ISOLATED,
      program: 'run_script.py',
      environment: driverEnvironment(run.environment, home),
      home,
      output,
      cancelled: run.cancelled,
    },
    {
      command: [run.kernelPython, '-u', run.program, ...run.arguments],
      cwd: run.workingDirectory,
      environment: scriptVariables(run, home),
      timeout: seconds(run.timeoutMs),
    },
  )
  if (outcome.status === 'ok') return
  const { error, evidence } = scriptError(outcome, output.tail, {
    ...run,
    kind: 'script',
    script: report.program,
    hiddenVariables: hiddenVariables(run),
    memory: memoryNow(),
  })
  report.traceback = evidence
  if (output.isCut) for (const line of report.traceback.split('\n')) info(line)
  throw error
}

function scriptVariables(run: ProgramRun, home: string): Record<string, string> {
  // Plots need no display. What a pipe gets is UTF-8 on every system.
  return { MPLBACKEND: 'Agg', PYTHONIOENCODING: 'utf-8', ...visibleVariables(run, home) }
}
