import { constants } from 'node:os'
import { formatBytes } from '../format.ts'
import { describeMemory, type Memory } from './memory.ts'

/** How a Python process ended that was not asked to. */
export interface Death {
  /** Negative: the signal that ended it; null: it lives. */
  exit_code?: number | null
  /** Bytes. */
  peak_memory?: number | null
}

/** A sentence about a Python process that ended on its own. */
export function describeDeath({ exit_code: code, peak_memory: peak }: Death, available: Memory): string {
  const used = peak === undefined || peak === null || peak === 0 ? '' : ` It had used ${formatBytes(peak)} at most.`
  const memory = `${used} ${describeMemory(available)}`
  if (code === -9 || code === 137) {
    const cause = memoryRanOut(peak ?? 0, available)
      ? ', likely out of memory'
      : ': something stopped it, as systems do when memory runs out'
    return `its Python process was killed (SIGKILL)${cause}.${memory}`
  }
  if (code === 0) return 'its Python process ended by itself with exit code 0, for example through os._exit(0).'
  if (code === undefined || code === null) return 'its Python process does not answer.'
  if (code < 0) return `its Python process was ended by ${signalName(-code)}.${memory}`
  return `its Python process ended with exit code ${code}.`
}

/**
 * Whether the figures speak for it: little memory is free even without the process, or it held so much that what is free
 * now may not have sufficed. Half of that is enough, for the peak is that of one process, and it may have started others.
 */
function memoryRanOut(peak: number, { total, free }: Memory): boolean {
  return free < total / 10 || peak > free / 2
}

function signalName(number: number): string {
  const names = Object.entries(constants.signals)
  return names.find(([, value]) => value === number)?.[0] ?? `signal ${number}`
}
