import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'

/**
 * Programs that may take hours, and are to end with the action: @actions/exec cannot stop what it has started, gives it a
 * stdin that stays open, and goes through all that a line has so far whenever more of it arrives; a progress bar is one line.
 */
export interface ProcessCall {
  program: string
  args: readonly string[]
  cwd: string
  env: Record<string, string>
  onStdout: (chunk: Buffer) => void
  onStderr: (chunk: Buffer) => void
}

/** How long stdout may stay open after the end of the program, in milliseconds: something it started may hold it. */
const STREAM_GRACE_MS = 3000

/** How long a program that is to stop may take to clean up, in milliseconds. The runner kills after 7.5 seconds. */
const STOP_GRACE_MS = 2000

/**
 * Runs a program to its end. It has nothing to read: what asks a question fails, instead of waiting.
 *
 * @param cancelled ends it, with all that it has started
 * @returns its exit code, -1 when a signal ended it
 * @throws the reason of `cancelled`; Error when the program cannot be started
 */
export async function runToEnd(call: ProcessCall, cancelled?: AbortSignal): Promise<number> {
  cancelled?.throwIfAborted()
  const child = spawn(call.program, call.args, {
    cwd: call.cwd,
    env: call.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own can be ended as a whole.
    detached: process.platform !== 'win32',
    windowsHide: true,
  })
  let killer: NodeJS.Timeout | undefined
  const stop = () => {
    // As from a keyboard: pip removes its temporary files then.
    signalAll(child, 'SIGINT')
    killer = setTimeout(() => signalAll(child, 'SIGKILL'), STOP_GRACE_MS)
  }
  cancelled?.addEventListener('abort', stop, { once: true })
  child.stdout.on('data', call.onStdout)
  child.stderr.on('data', call.onStderr)
  try {
    const code = await endOf(child)
    cancelled?.throwIfAborted()
    return code
  } finally {
    cancelled?.removeEventListener('abort', stop)
    clearTimeout(killer)
    // What it started may not have ended with it.
    if (cancelled?.aborted) signalAll(child, 'SIGKILL')
  }
}

/** Ends a program that leads a group, with all that it has started. */
function signalAll({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  if (process.platform === 'win32') {
    spawnSync('taskkill', ['/F', '/T', '/PID', String(pid)], { stdio: 'ignore', windowsHide: true })
    return
  }
  try {
    process.kill(-pid, signal)
  } catch {
    // It is gone.
  }
}

/**
 * Runs a program whose stdin is first its request and then its lifeline: it has to stop, and to save its work, when that
 * ends, and it ends with this process. (Windows has no other way to ask.)
 *
 * @param request one line of text that the program reads first
 * @param cancelled asks it to stop; what it saves then is waited for
 * @returns its exit code, -1 when a signal ended it
 * @throws the reason of `cancelled` before it is started; Error when it cannot be started
 */
export async function runWithLifeline(call: ProcessCall, request: string, cancelled?: AbortSignal): Promise<number> {
  cancelled?.throwIfAborted()
  const child = spawn(call.program, call.args, { cwd: call.cwd, env: call.env, windowsHide: true })
  const stop = () => child.stdin.end()
  cancelled?.addEventListener('abort', stop, { once: true })
  // One that ends without having read its request says so by its exit code.
  child.stdin.on('error', () => {})
  child.stdin.write(`${request}\n`)
  child.stdout.on('data', call.onStdout)
  child.stderr.on('data', call.onStderr)
  try {
    return await endOf(child)
  } finally {
    cancelled?.removeEventListener('abort', stop)
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
