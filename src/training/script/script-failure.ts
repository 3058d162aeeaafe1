import { existsSync, realpathSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { DeployError } from '../../errors.ts'
import { formatDuration } from '../../format.ts'
import { redact } from '../../log.ts'
import { type Frame, lastTraceback, type Traceback } from '../../traceback.ts'
import { type Death, describeDeath } from '../death.ts'
import { hintFor, type Surroundings, withHint } from '../hints.ts'
import { reasonOf } from '../reason.ts'
import { lastPrinted, tracebackExcerpt } from '../report.ts'
import { shownPath } from '../shown-path.ts'

/** What `run_script.py` reports. */
export interface Outcome extends Death {
  status: 'ok' | 'error' | 'died' | 'timeout' | 'cancelled' | 'failed'
  message?: string
}

export interface FailureContext extends Surroundings {
  /** Path of the script relative to the workspace, with `/`. */
  script: string
  timeoutMs?: number | undefined
}

interface Place {
  /** Relative to the workspace, with `/`. */
  file: string
  line: number
}

/**
 * The outcome of a run that did not end well, as the error that the action ends with.
 *
 * @param printed the last that the script printed
 * @returns with it an excerpt of the traceback, or of what was printed last when there is none
 */
export function scriptError(
  outcome: Outcome,
  printed: string,
  context: FailureContext,
): { error: DeployError; evidence: string } {
  const lines = stripVTControlCharacters(printed)
    .split(/\r\n|[\r\n]/)
    .map((line) => line.trimEnd())
  const traceback = outcome.status === 'error' ? uncaught(lines, outcome, context) : undefined
  const place = traceback && ownPlace(traceback.frames, context)
  const [what, title] = traceback
    ? [describeError(traceback, place, context), 'The training script failed']
    : describeEnd(outcome, lines, context)
  const annotation = { title, file: place?.file ?? context.script, ...(place && { startLine: place.line }) }
  const evidence = traceback ? tracebackExcerpt(lines.slice(traceback.start).join('\n')) : lastPrinted(printed)
  return { error: new DeployError(redact(`Script ${context.script} ${what}`), { annotation }), evidence }
}

/**
 * The exception that ended the script. Python ends with code 1 then, and prints the traceback from the script's outermost
 * line on; that of an error which the script has caught in a function, and logged, begins in that function.
 */
function uncaught(lines: string[], { exit_code }: Outcome, context: FailureContext): Traceback | undefined {
  const traceback = exit_code === 1 ? lastTraceback(lines) : undefined
  const outermost = traceback?.frames[0]
  if (outermost === undefined || !['<module>', ''].includes(outermost.scope)) return undefined
  return fileInWorkspace(outermost.path, context) === context.script ? traceback : undefined
}

function describeError({ type, message }: Traceback, place: Place | undefined, context: FailureContext): string {
  const where =
    place === undefined
      ? ''
      : place.file === context.script
        ? ` in line ${place.line}`
        : ` in ${place.file}, line ${place.line}`
  return withHint(`failed${where}: ${reasonOf(type, message)}`, hintFor(type, message, context))
}

function describeEnd(outcome: Outcome, lines: string[], context: FailureContext): [message: string, title: string] {
  switch (outcome.status) {
    case 'error': {
      // As a shell says it of a program that it has started.
      if (outcome.exit_code === 137)
        return [
          `was ended: ${describeDeath(outcome, context.memory)}`,
          'The Python process of the training script died',
        ]
      const last = lines.findLast((line) => line.trim() !== '')
      const said = last === undefined ? '. It printed nothing.' : `. The last it printed: ${reasonOf(last.trim(), '')}`
      return [`ended with exit code ${outcome.exit_code}${said}`, 'The training script failed']
    }
    case 'died':
      return [`was ended: ${describeDeath(outcome, context.memory)}`, 'The Python process of the training script died']
    case 'timeout':
      return [
        `was stopped: it took longer than ${formatDuration(context.timeoutMs ?? 0)} (notebook_timeout_minutes). Raise the limit, or let it do less.`,
        'The training script took too long',
      ]
    case 'cancelled':
      return ['was cancelled.', 'Training was cancelled']
    default:
      return [`could not be run: ${outcome.message ?? outcome.status}`, 'The training script could not be run']
  }
}

/** The innermost frame of the user's own code. */
function ownPlace(frames: readonly Frame[], context: FailureContext): Place | undefined {
  for (const { path, line } of frames.toReversed()) {
    const file = fileInWorkspace(path, context)
    if (file !== undefined) return { file, line }
  }
  return undefined
}

/** @returns the path relative to the workspace; undefined for installed packages and what lies elsewhere */
function fileInWorkspace(path: string, { workspace, workingDirectory }: FailureContext): string | undefined {
  if (path.startsWith('<')) return undefined
  const absolute = resolve(workingDirectory, path)
  // The script may have removed it, and code may say that it comes from a file that there is not.
  if (!existsSync(absolute)) return undefined
  for (const root of [workspace, realpathSync(workspace)]) {
    const file = shownPath(root, absolute)
    if (file.startsWith('../') || isAbsolute(file)) continue
    return /(^|\/)(site|dist)-packages\//.test(file) ? undefined : file
  }
  return undefined
}
