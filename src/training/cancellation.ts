import { readFileSync } from 'node:fs'

export interface Cancellation {
  requested(): boolean
  /** Gives the signals back their usual meaning. */
  stop(): void
}

const SIGNALS = ['SIGTERM', 'SIGINT'] as const

/**
 * From now on a signal that ends the action is passed on to the child whose process id is in the file, once it is there.
 * The action lives on until the child has saved its work; ending is left to the caller.
 */
export function forwardCancellation(pidFile: string): Cancellation {
  let requested = false
  let retry: NodeJS.Timeout | undefined
  const pass = () => {
    requested = true
    clearTimeout(retry)
    // A child that is just starting has not told its id yet.
    if (!signalChild(pidFile)) retry = setTimeout(pass, 50)
  }
  for (const signal of SIGNALS) process.on(signal, pass)
  return {
    requested: () => requested,
    stop: () => {
      clearTimeout(retry)
      for (const signal of SIGNALS) process.off(signal, pass)
    },
  }
}

function signalChild(pidFile: string): boolean {
  try {
    const pid = Number(readFileSync(pidFile, 'ascii'))
    if (!Number.isInteger(pid) || pid <= 1) return false
    process.kill(pid, 'SIGTERM')
    return true
  } catch {
    return false
  }
}
