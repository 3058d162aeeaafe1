import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { explainFullDisk } from '../../disk.ts'
import { warning, withoutCommands } from '../../log.ts'
import { describeMemory, memoryNow } from '../memory.ts'
import { runWithLifeline } from '../process.ts'
import { kernelEnvironment, mayPass } from '../process-environment.ts'
import type { TrainingOutput } from './output.ts'

/** A Python program beside this file that runs the notebook or script; see driver.py. */
export interface Driver {
  /** Interpreter, and its options. */
  python: string
  options: readonly string[]
  program: 'run_notebook.py' | 'run_script.py'
  environment: Record<string, string>
  /** Fresh folder of this run: working directory of the driver. */
  home: string
  output: TrainingOutput
  /** Asks it to stop. */
  cancelled: AbortSignal | undefined
}

/**
 * Runs a driver and prints what it prints, while it runs.
 *
 * @param request what its program asks for
 * @returns how the run ended, in the driver's words: `cancelled` when it was asked to stop, `failed` with a message when
 *   the driver itself broke down
 */
export async function runDriver<Outcome extends { status: string }>(
  driver: Driver,
  request: object,
): Promise<
  Partial<Omit<Outcome, 'status'>> & { status: Outcome['status'] | 'cancelled' | 'failed'; message?: string }
> {
  const { home, output } = driver
  const result = join(home, 'result.json')
  const [print, printErrors] = [output.stream(), output.stream()]
  const code = await withoutCommands(async () => {
    const call = {
      program: driver.python,
      args: [...driver.options, '-u', '-X', 'utf8', join(import.meta.dirname, driver.program)],
      cwd: home,
      env: driver.environment,
      onStdout: (chunk: Buffer) => print.write(chunk),
      onStderr: (chunk: Buffer) => printErrors.write(chunk),
    }
    // It holds the variables that the user passes on, which belong neither on a command line nor into a file.
    const ended = await runWithLifeline(call, JSON.stringify({ ...request, result }), driver.cancelled)
    output.flush()
    return ended
  })
  const outcome = existsSync(result)
    ? JSON.parse(await readFile(result, 'utf8'))
    : { status: 'failed', message: brokenDown(code, output.tail) }
  if (outcome.message) outcome.message = await explainFullDisk(outcome.message, home)
  // A signal that came too late for the program still ends the action.
  return driver.cancelled?.aborted ? { ...outcome, status: 'cancelled' } : outcome
}

function brokenDown(code: number, said: string): string {
  if (code === -1) return `what runs it was killed, as systems do when memory runs out. ${describeMemory(memoryNow())}`
  const last = said.trim().split('\n').at(-1) ?? ''
  return `what runs it ended with exit code ${code}${last === '' ? '' : `: ${last}`}`
}

/** A fresh folder for one run. */
export async function makeHome(temp: string): Promise<string> {
  const home = join(temp, `run-${randomUUID().slice(0, 8)}`)
  await mkdir(home, { recursive: true })
  return home
}

/** Milliseconds as a driver wants them: seconds, or null. */
export function seconds(milliseconds: number | undefined): number | null {
  return milliseconds === undefined ? null : milliseconds / 1000
}

interface Visibility {
  environment: NodeJS.ProcessEnv
  kernelPython: string
  passThrough: readonly string[]
}

/** The variables that the notebook or script gets. What it may not get though it is named is told. */
export function visibleVariables(visibility: Visibility, home: string): Record<string, string> {
  const refused = visibility.passThrough.filter((name) => !mayPass(name))
  if (refused.length > 0) warning(`Not passed to the training, as it belongs to the action: ${refused.join(', ')}`)
  return kernelEnvironment({ ...visibility, home })
}

/** The variables of the job that it does not get, but could. */
export function hiddenVariables(visibility: Visibility): string[] {
  const seen = kernelEnvironment({ ...visibility, home: '' })
  return Object.keys(visibility.environment).filter((name) => !(name in seen) && mayPass(name))
}
