import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { totalmem } from 'node:os'
import { dirname, join, relative, sep } from 'node:path'
import { formatBytes } from '../../format.ts'
import { info, redact, warning, withoutCommands } from '../../log.ts'
import { forwardCancellation } from '../cancellation.ts'
import { runChild, WholeLines } from '../child.ts'
import { driverEnvironment, kernelEnvironment, mayPass } from '../process-environment.ts'
import type { Environments } from '../python/environments.ts'
import { notebookError, type Outcome } from './notebook-failure.ts'
import { pythonValues } from './parameters.ts'

export interface Execution extends Environments {
  /** Working directory of the kernel. */
  workspace: string
  notebook: string
  parameters: Record<string, unknown>
  notebookTimeoutMs?: number | undefined
  cellTimeoutMs?: number | undefined
  /** Names of environment variables that the notebook may see. */
  passThrough: readonly string[]
  /** Absolute path of the executed notebook, kept also after a failure. */
  executedNotebook: string
  /** Existing folder for what the run needs. */
  temp: string
  environment: NodeJS.ProcessEnv
}

/** How long a kernel may take to start: the first import of large packages from a cold disk is slow. */
const START_TIMEOUT_MS = 180_000

const LARGE_NOTEBOOK = 50_000_000

const TRACEBACK_LINES = 20

const DRIVER = join(import.meta.dirname, 'run_notebook.py')

/**
 * Executes a notebook and prints what it prints, while it runs.
 *
 * @returns how many code cells were executed
 * @throws DeployError when the notebook fails, exceeds a limit or is cancelled
 */
export async function executeNotebook(execution: Execution): Promise<{ cells: number }> {
  const outcome = await runDriver(execution)
  for (const text of outcome.warnings) warning(text)
  await inspectExecutedNotebook(execution.executedNotebook)
  if (outcome.status === 'ok') return { cells: outcome.executed }

  const lines = (outcome.traceback ?? '').trimEnd().split('\n')
  if (lines.length > TRACEBACK_LINES) info(`(the last ${TRACEBACK_LINES} lines of the traceback)`)
  for (const line of lines.slice(-TRACEBACK_LINES)) info(line)
  throw notebookError(outcome, {
    notebook: relative(execution.workspace, execution.notebook).split(sep).join('/'),
    notebookTimeoutMs: execution.notebookTimeoutMs,
    cellTimeoutMs: execution.cellTimeoutMs,
    startTimeoutMs: START_TIMEOUT_MS,
    hiddenVariables: hiddenVariables(execution),
    machineMemory: totalmem(),
  })
}

function hiddenVariables(execution: Execution): string[] {
  const seen = kernelEnvironment({ ...execution, home: execution.temp })
  return Object.keys(execution.environment).filter((name) => !(name in seen) && mayPass(name))
}

async function runDriver(execution: Execution): Promise<Outcome> {
  const home = join(execution.temp, `run-${randomUUID().slice(0, 8)}`)
  await mkdir(home)
  await mkdir(dirname(execution.executedNotebook), { recursive: true })
  const files = { request: join(home, 'request.json'), result: join(home, 'result.json'), pid: join(home, 'pid') }
  // Holds the variables that the user passes on, so nobody else may read it; the driver deletes it.
  await writeFile(files.request, JSON.stringify(driverRequest(execution, home, files)), { mode: 0o600 })

  const cancellation = forwardCancellation(files.pid)
  let lastWords = ''
  const print = new WholeLines((text) => process.stdout.write(text), redact)
  const printErrors = new WholeLines((text) => {
    lastWords = (lastWords + text).slice(-4000)
    process.stdout.write(text)
  }, redact)
  try {
    const code = await withoutCommands(async () => {
      const code = await runChild(execution.toolPython, ['-u', '-X', 'utf8', DRIVER, files.request], {
        cwd: home,
        env: driverEnvironment(execution.environment, home),
        onStdout: (chunk) => print.write(chunk),
        onStderr: (chunk) => printErrors.write(chunk),
      })
      print.end()
      printErrors.end()
      return code
    })
    if (!existsSync(files.result)) return withoutResult(code, lastWords, cancellation.requested())
    const outcome = JSON.parse(await readFile(files.result, 'utf8')) as Outcome
    // A signal that came too late for the notebook still ends the action.
    return cancellation.requested() ? { ...outcome, status: 'cancelled' } : outcome
  } finally {
    cancellation.stop()
  }
}

/** The `Request` of run_notebook.py; times in seconds. */
function driverRequest(execution: Execution, home: string, files: { result: string; pid: string }): object {
  const seconds = (milliseconds: number | undefined) => (milliseconds === undefined ? null : milliseconds / 1000)
  const refused = execution.passThrough.filter((name) => !mayPass(name))
  if (refused.length > 0) warning(`Not passed to the notebook, as it belongs to the action: ${refused.join(', ')}`)
  return {
    notebook: execution.notebook,
    executed: execution.executedNotebook,
    cwd: execution.workspace,
    kernel_python: execution.kernelPython,
    kernel_environment: kernelEnvironment({ ...execution, home }),
    parameters: pythonValues(execution.parameters),
    notebook_timeout: seconds(execution.notebookTimeoutMs),
    cell_timeout: seconds(execution.cellTimeoutMs),
    start_timeout: START_TIMEOUT_MS / 1000,
    result: files.result,
    pid: files.pid,
  }
}

function withoutResult(code: number, lastWords: string, cancelled: boolean): Outcome {
  const said = lastWords.trim().split('\n').at(-1) ?? ''
  const message = `what runs it ended with exit code ${code}${said === '' ? '' : `: ${said}`}`
  return { status: cancelled ? 'cancelled' : 'failed', total: 0, executed: 0, warnings: [], timings: [], message }
}

/** The executed notebook is uploaded and shared, so no secret may stay in it; and it may be too large for that. */
async function inspectExecutedNotebook(path: string): Promise<void> {
  if (!existsSync(path)) return
  const text = await readFile(path, 'utf8')
  const clean = redact(text)
  if (clean !== text) {
    await writeFile(`${path}.part`, clean)
    await rename(`${path}.part`, path)
    warning('The notebook printed a secret of this action. It was replaced by *** in the executed notebook.')
  }
  const { size } = await stat(path)
  info(`Executed notebook: ${path} (${formatBytes(size)})`)
  if (size > LARGE_NOTEBOOK) warning(`The executed notebook has ${formatBytes(size)}. Let its cells print less.`)
}
