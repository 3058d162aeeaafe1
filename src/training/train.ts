import { group, info } from '../log.ts'
import { prepareEnvironments } from './python/environments.ts'
import { findPython } from './python/find-python.ts'
import { InstallationError } from './python/installation-error.ts'
import { lastPrinted, type TrainingReport } from './report.ts'
import { runProgram } from './run-program.ts'

export interface TrainingRequest {
  /** GITHUB_WORKSPACE: working directory of pip. */
  workspace: string
  kind: 'notebook' | 'script'
  /** Absolute path of an existing file. */
  program: string
  /** Of a script. */
  arguments: readonly string[]
  /** Of a notebook. */
  parameters: Record<string, unknown>
  /** Absolute path of an existing folder: working directory of the notebook or script. */
  workingDirectory: string
  /** Absolute path of an existing file; undefined: no packages are needed. */
  requirements?: string | undefined
  /** The input `python`: a command or a path. */
  python?: string | undefined
  installer: 'auto' | 'uv' | 'pip'
  timeoutMs?: number | undefined
  cellTimeoutMs?: number | undefined
  kernelStartTimeoutMs: number
  /** Whether a failing `!command` and an expected error fail the notebook. */
  isStrict: boolean
  /** How much of what the training prints goes to the log, in bytes. */
  logLimit: number
  /** Names of environment variables that the training may see. */
  passThrough: readonly string[]
  /** Absolute path where the executed notebook is kept, also after a failure. */
  executedNotebook: string
  /** Absolute path of a file that receives all that the training prints. */
  logFile: string
  /** Existing fresh folder of this run; the caller removes it. */
  temp: string
  /** The action's own environment. */
  environment: NodeJS.ProcessEnv
  /** Ends what runs: the training saves its evidence first. */
  cancelled?: AbortSignal | undefined
}

/**
 * Trains the model with a notebook or script, in a Python environment made for it. Nothing of an environment or kernel
 * that the machine has is used, except the interpreter.
 *
 * @param report is filled in on the way
 * @returns just before the program started: what it wrote is not older
 * @throws DeployError when the program or its packages fail; its evidence is kept as far as it got
 */
export async function train(request: TrainingRequest, report: TrainingReport): Promise<Date> {
  const environments = await group('Prepare Python', async () => {
    const python = await findPython({ ...request, input: request.python })
    info(`Python ${python.version} (${python.executable})`)
    report.python = python.version
    const needsKernel = request.kind === 'notebook'
    const prepared = await prepareEnvironments({ ...request, python, needsKernel }).catch((error) => {
      if (error instanceof InstallationError) report.traceback = lastPrinted(error.said)
      throw error
    })
    report.installer = prepared.installer
    report.packages = prepared.packages
    return prepared
  })

  const startedAt = new Date()
  await runProgram({ ...request, ...environments }, report)
  return startedAt
}
