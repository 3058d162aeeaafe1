import { DeployError } from '../../errors.ts'
import { formatBytes, formatDuration } from '../../format.ts'
import { redact } from '../../log.ts'

/** What `run_notebook.py` reports. */
export interface Outcome {
  status:
    | 'ok'
    | 'error'
    | 'cell-timeout'
    | 'output-lost'
    | 'died'
    | 'start-failed'
    | 'timeout'
    | 'cancelled'
    | 'orphaned'
    | 'failed'
  /** Code cell, 1-based; 0 is the one with the parameters. */
  cell?: number
  total: number
  executed: number
  ename?: string
  evalue?: string
  line?: number | null
  /** Without colours. */
  traceback?: string
  /** Negative: the signal that ended the kernel. */
  exit_code?: number | null
  /** Bytes. */
  peak_memory?: number | null
  message?: string
  warnings: string[]
  /** Seconds. */
  timings: { cell: number; seconds: number }[]
}

export interface FailureContext {
  /** Path of the notebook relative to the workspace, with `/`. */
  notebook: string
  notebookTimeoutMs?: number | undefined
  cellTimeoutMs?: number | undefined
  /** Limit for the start of the kernel. */
  startTimeoutMs: number
  /** Names of the variables that the action has and the notebook does not see. */
  hiddenVariables: readonly string[]
  /** Bytes. */
  machineMemory: number
}

const LONGEST_REASON = 500

/** The outcome of a run that did not end well, as the error that the action ends with. */
export function notebookError(outcome: Outcome, context: FailureContext): DeployError {
  const [what, title] = describeFailure(outcome, context)
  const message = `Notebook ${context.notebook} ${what}`
  return new DeployError(redact(message), { annotation: { title: redact(title), file: context.notebook } })
}

function describeFailure(outcome: Outcome, context: FailureContext): [message: string, title: string] {
  const place = placeOf(outcome)
  switch (outcome.status) {
    case 'error':
      return [
        [`failed${place}: ${reasonOf(outcome)}`, hintFor(outcome, context)].filter(Boolean).join('. '),
        'The training notebook failed',
      ]
    case 'cell-timeout':
      return [
        `was stopped${place}: the cell took longer than ${formatDuration(context.cellTimeoutMs ?? 0)} (cell_timeout_minutes).`,
        'A notebook cell took too long',
      ]
    case 'timeout':
      return [
        `was stopped${place}: the run took longer than ${formatDuration(context.notebookTimeoutMs ?? 0)} (notebook_timeout_minutes).`,
        'The training notebook took too long',
      ]
    case 'output-lost':
      return [`was stopped${place}: its output did not arrive.`, 'Output of the notebook was lost']
    case 'died':
      return [`was ended${place}: ${describeDeath(outcome, context)}`, 'The Python process of the notebook died']
    case 'start-failed':
      return [
        `could not be started: ${outcome.message ?? 'the kernel gave no reason'} ` +
          `(${describeDeath(outcome, context)} The limit for a start is ${formatDuration(context.startTimeoutMs)}.)`,
        'The notebook kernel did not start',
      ]
    case 'cancelled':
    case 'orphaned':
      return [`was cancelled${place}.`, 'Training was cancelled']
    default:
      return [`could not be run: ${outcome.message ?? outcome.status}`, 'The training notebook could not be run']
  }
}

function placeOf({ cell, total, line }: Outcome): string {
  if (cell === undefined) return ''
  if (cell === 0) return ' in the cell that sets notebook_parameters'
  return ` in cell ${cell} of ${total}${line === undefined || line === null ? '' : `, line ${line}`}`
}

function reasonOf({ ename = 'Error', evalue = '' }: Outcome): string {
  const first = evalue
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '')
  const text = first === undefined ? ename : `${ename}: ${first}`
  return text.length > LONGEST_REASON ? `${text.slice(0, LONGEST_REASON)}…` : text
}

function describeDeath({ exit_code: code, peak_memory: peak }: Outcome, { machineMemory }: FailureContext): string {
  const used = peak === undefined || peak === null || peak === 0 ? '' : ` It had used ${formatBytes(peak)} at most;`
  const memory = `${used} the machine has ${formatBytes(machineMemory)} of memory.`
  if (code === -9 || code === 137) return `its Python process was killed (SIGKILL), likely out of memory.${memory}`
  if (code === 0) return 'its Python process ended by itself with exit code 0, for example through os._exit(0).'
  if (code === undefined || code === null) return 'its Python process does not answer.'
  if (code < 0) return `its Python process was ended by ${signalName(-code)}.${memory}`
  return `its Python process ended with exit code ${code}.`
}

function signalName(number: number): string {
  const names: Record<number, string> = {
    4: 'SIGILL',
    6: 'SIGABRT',
    7: 'SIGBUS',
    8: 'SIGFPE',
    11: 'SIGSEGV',
    15: 'SIGTERM',
  }
  return names[number] ?? `signal ${number}`
}

/** What to do about well-known errors; empty when there is nothing to say. */
function hintFor({ ename = '', evalue = '' }: Outcome, { hiddenVariables, machineMemory }: FailureContext): string {
  const key = /^'(\w+)'$/.exec(evalue)?.[1]
  switch (ename) {
    case 'ModuleNotFoundError':
      return 'Add the package that has it to the requirements file.'
    case 'StdinNotImplementedError':
      return 'Nobody can answer input() here: use notebook_parameters instead.'
    case 'KeyError':
      return key !== undefined && hiddenVariables.includes(key)
        ? `The notebook does not see the environment variable ${key}: name it in notebook_environment.`
        : ''
    case 'RuntimeError':
      return /asyncio\.run\(\) cannot be called/.test(evalue)
        ? 'Use `await` instead: a notebook has a running event loop.'
        : ''
    case 'FileNotFoundError':
      return 'Relative paths start at the root of the workspace.'
    case 'MemoryError':
      return `The machine has ${formatBytes(machineMemory)} of memory.`
    case 'SystemExit':
      return 'A cell that exits fails the run, also with code 0.'
    default:
      return ''
  }
}
