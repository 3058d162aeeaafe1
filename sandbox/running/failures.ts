import type { Failure } from './answer.ts'

/** The process did what no algorithm may do. */
export function systemError(message: string): Failure {
  return { message, type: 'SystemError', trace: '' }
}

/** Of a process that ends because nobody needs it. */
export const stopped = systemError('The algorithm was stopped')

/** What is known of a process that ended during a call (platform reference §5.2, step 6). */
export function exitFailure(why: string, output: string): Failure {
  const type = why.startsWith('exited') ? 'SystemExit' : 'SystemError'
  const hint = why.endsWith('SIGKILL') ? ' (often because the machine is out of memory)' : ''
  return { message: `${why}${hint}`, type, trace: tailOf(output) }
}

/** An exception while loading ends the process; its last line says what it was (platform reference §5.1). */
export function loadFailure(why: string, output: string): Failure {
  const last = output.trimEnd().split('\n').at(-1)?.trim()
  const message = `The algorithm failed to load: ${last ? `${last} (${why})` : why}`
  return { message, type: 'InitializationError', trace: tailOf(output) }
}

function tailOf(output: string): string {
  return output.trimEnd().slice(-10_000)
}
