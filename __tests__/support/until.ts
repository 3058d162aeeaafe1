import { setTimeout as sleep } from 'node:timers/promises'

/** Waits until `condition` holds; gives up after half a minute, so that a failing test ends. */
export async function until(condition: () => boolean): Promise<void> {
  for (let round = 0; round < 1500; round += 1) {
    if (condition()) return
    await sleep(20)
  }
  throw new Error(`Waited in vain for ${condition}`)
}
