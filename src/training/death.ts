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
  if (code === -9 || code === 137) return `its Python process was killed (SIGKILL), likely out of memory.${memory}`
  if (code === 0) return 'its Python process ended by itself with exit code 0, for example through os._exit(0).'
  if (code === undefined || code === null) return 'its Python process does not answer.'
  if (code < 0) return `its Python process was ended by ${signalName(-code)}.${memory}`
  return `its Python process ended with exit code ${code}.`
}

function signalName(number: number): string {
  const names = Object.entries(constants.signals)
  return names.find(([, value]) => value === number)?.[0] ?? `signal ${number}`
}
