import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'

export interface DriverCall {
  program: string
  args: readonly string[]
  cwd: string
  env: Record<string, string>
  /** One line of text that the program reads first. */
  request: string
  onStdout: (chunk: Buffer) => void
  onStderr: (chunk: Buffer) => void
}

/** How long stdout may stay open after the end of the program, in milliseconds: something it started may hold it. */
const STREAM_GRACE_MS = 3000

const SIGNALS = ['SIGTERM', 'SIGINT'] as const

/**
 * Runs a program whose stdin is first its request and then its lifeline: it has to stop, and to save its work, when that
 * ends. It ends with this process, and at a signal that ends the action, which lives on until the program is done: ending
 * it is left to the caller. (Windows has no other way to ask.)
 *
 * It is not run by @actions/exec, which has no such stdin, and which goes through all that a line has so far whenever more
 * of it arrives: a progress bar is one line.
 *
 * @returns its exit code, -1 when a signal ended it, and whether it was asked to stop
 * @throws Error when the program cannot be started
 */
export async function runWithLifeline(call: DriverCall): Promise<{ code: number; wasCancelled: boolean }> {
  const child = spawn(call.program, call.args, { cwd: call.cwd, env: call.env, windowsHide: true })
  let wasCancelled = false
  const cancel = () => {
    wasCancelled = true
    child.stdin.end()
  }
  for (const signal of SIGNALS) process.on(signal, cancel)
  // One that ends without having read its request says so by its exit code.
  child.stdin.on('error', () => {})
  child.stdin.write(`${call.request}\n`)
  child.stdout.on('data', call.onStdout)
  child.stderr.on('data', call.onStderr)
  try {
    return { code: await endOf(child), wasCancelled }
  } finally {
    for (const signal of SIGNALS) process.off(signal, cancel)
  }
}

async function endOf(child: ChildProcess): Promise<number> {
  const closed = once(child, 'close')
  closed.catch(() => {})
  const [code] = await once(child, 'exit')
  await Promise.race([closed, pause(STREAM_GRACE_MS, undefined, { ref: false })])
  child.stdout?.destroy()
  child.stderr?.destroy()
  return code ?? -1
}
