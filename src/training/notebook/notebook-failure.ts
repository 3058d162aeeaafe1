import { DeployError } from '../../errors.ts'
import { formatDuration } from '../../format.ts'
import { redact } from '../../log.ts'
import { type Death, describeDeath } from '../death.ts'
import { hintFor, type Surroundings, withHint } from '../hints.ts'
import { reasonOf } from '../reason.ts'

/** What `run_notebook.py` reports; with `failed` there may be nothing but a message. */
export interface Outcome extends Death {
  status:
    | 'ok'
    | 'error'
    | 'cell-timeout'
    | 'output-lost'
    | 'died'
    | 'start-failed'
    | 'no-effect'
    | 'timeout'
    | 'cancelled'
    | 'failed'
  /** Code cell, 1-based; 0 is the one with the parameters. */
  cell?: number
  /** What Jupyter shows for it: 3 as `In [3]`. */
  execution_count?: number | null
  total?: number
  ename?: string
  evalue?: string
  line?: number | null
  /** Without colours. */
  traceback?: string
  message?: string
  warnings?: string[]
  timings?: { cell: number; first_line: string; seconds: number }[]
  /** Absolute paths. */
  images?: string[]
  /** Whether a secret was replaced in the executed notebook. */
  has_secrets?: boolean
}

export interface FailureContext extends Surroundings {
  /** Path of the notebook relative to the workspace, with `/`. */
  notebook: string
  timeoutMs?: number | undefined
  cellTimeoutMs?: number | undefined
  kernelStartTimeoutMs: number
  /** Its Python. */
  kernelPython: string
}

/** The outcome of a run that did not end well, as the error that the action ends with. */
export function notebookError(outcome: Outcome, context: FailureContext): DeployError {
  const [what, title] = describeFailure(outcome, context)
  const message = `Notebook ${context.notebook} ${what}`
  return new DeployError(redact(message), { annotation: { title: redact(title), file: context.notebook } })
}

function describeFailure(outcome: Outcome, context: FailureContext): [message: string, title: string] {
  const place = placeOf(outcome)
  const { ename = 'Error', evalue = '' } = outcome
  switch (outcome.status) {
    case 'error':
      return [
        withHint(`failed${place}: ${reasonOf(ename, evalue)}`, hintFor(ename, evalue, context)),
        'The training notebook failed',
      ]
    case 'cell-timeout':
      return [
        `was stopped${place}: the cell took longer than ${formatDuration(context.cellTimeoutMs ?? 0)} (cell_timeout_minutes). Raise the limit, or let the cell do less.`,
        'A notebook cell took too long',
      ]
    case 'timeout':
      return [
        `was stopped${place}: the run took longer than ${formatDuration(context.timeoutMs ?? 0)} (notebook_timeout_minutes). Raise the limit, or let the notebook do less.`,
        'The training notebook took too long',
      ]
    case 'output-lost':
      return [`was stopped${place}: its output did not arrive.`, 'Output of the notebook was lost']
    case 'died':
      return [`was ended${place}: ${describeDeath(outcome, context.memory)}`, 'The Python process of the notebook died']
    case 'start-failed':
      return [`could not be started: ${describeStart(outcome, context)}`, 'The notebook kernel did not start']
    case 'no-effect':
      return [
        `was not run, because a value of notebook_parameters would have no effect: ${outcome.message}.`,
        'A parameter would have no effect',
      ]
    case 'cancelled':
      return [`was cancelled${place}.`, 'Training was cancelled']
    default:
      return [`could not be run: ${outcome.message ?? outcome.status}`, 'The training notebook could not be run']
  }
}

function describeStart(outcome: Outcome, { kernelPython, kernelStartTimeoutMs, memory }: FailureContext): string {
  const kernel = `its kernel (ipykernel in ${kernelPython})`
  return outcome.exit_code === undefined || outcome.exit_code === null
    ? `${kernel} did not answer within ${formatDuration(kernelStartTimeoutMs)} (kernel_start_timeout_minutes). Raise the limit if the runner is slow.`
    : `${kernel} ended before it answered: ${describeDeath(outcome, memory)} What it said is in the log.`
}

/** By its place among the code cells, as in the log; Jupyter does not count those that are empty or skipped. */
function placeOf({ cell, total, line, execution_count }: Outcome): string {
  if (cell === undefined) return ''
  if (cell === 0) return ' in the cell that sets notebook_parameters'
  const shown = execution_count ?? cell
  return ` in cell ${cell} of ${total ?? 0}${shown === cell ? '' : ` (In [${shown}])`}${line ? `, line ${line}` : ''}`
}
