import { freemem, totalmem } from 'node:os'
import { formatBytes } from '../format.ts'

/** In bytes. */
export interface Memory {
  total: number
  free: number
  /** Whether `total` is what a container may use of the machine's. */
  isLimited: boolean
}

/** What there is at this moment for the action and all that it starts. */
export function memoryNow(): Memory {
  const limit = process.constrainedMemory()
  // Without a limit it is 0 on some systems, and more than any machine has on others.
  const isLimited = limit > 0 && limit < totalmem()
  return isLimited
    ? { total: limit, free: Math.min(process.availableMemory(), freemem()), isLimited }
    : { total: totalmem(), free: freemem(), isLimited }
}

/** A sentence for the time when a process is gone: what it held counts as free. */
export function describeMemory({ total, free, isLimited }: Memory): string {
  const owner = isLimited ? 'The container may use' : 'The machine has'
  return `${owner} ${formatBytes(total)} of memory, ${formatBytes(free)} of it free now.`
}
