import { DeployError } from './errors.ts'

const signals = ['SIGINT', 'SIGTERM'] as const

/**
 * Runs work that ends soon after the run is cancelled, instead of the process ending at once without a word: the
 * runner sends a signal and kills seconds later.
 *
 * @param work gets a signal that is aborted with a DeployError
 */
export async function untilCancelled<T>(work: (cancelled: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  const cancel = (signal: NodeJS.Signals) => controller.abort(new DeployError(`The run was cancelled (${signal})`))
  for (const signal of signals) process.on(signal, cancel)
  try {
    return await work(controller.signal)
  } finally {
    for (const signal of signals) process.off(signal, cancel)
  }
}

/** The same for work that cannot be interrupted, and is left to itself. */
export async function endWhenCancelled<T>(work: () => Promise<T>): Promise<T> {
  return untilCancelled((cancelled) => orCancelled(work(), cancelled))
}

/** Waits for what cannot be interrupted, but no longer than until the run is cancelled. */
export async function orCancelled<T>(work: Promise<T>, cancelled: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const abort = () => {
    reject(cancelled.reason)
    // What goes on must not keep the process, once all is said that there is to say.
    setTimeout(() => process.exit(), 2000).unref()
  }
  cancelled.addEventListener('abort', abort, { once: true })
  try {
    cancelled.throwIfAborted()
    return await Promise.race([work, promise])
  } finally {
    cancelled.removeEventListener('abort', abort)
  }
}
