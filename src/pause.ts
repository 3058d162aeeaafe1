import { setTimeout as wait } from 'node:timers/promises'

/** @throws the signal's reason as soon as it is aborted */
export async function pause(milliseconds: number, cancelled?: AbortSignal): Promise<void> {
  await wait(milliseconds, undefined, cancelled && { signal: cancelled }).catch((error: unknown) => {
    cancelled?.throwIfAborted()
    throw error
  })
}
