import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import type { StepContext } from '../../examples/run-action.ts'

/**
 * A disk that is nearly full, as RUNNER_TEMP of a run. Mounting one takes rights; without them the processes of the
 * run may not write files of more than one block, which ends git in the same place.
 */
export function mountSmallDisk(folder: string): {
  context: Partial<StepContext>
  message: RegExp
  unmount: () => void
} {
  mkdirSync(folder)
  const rights = process.getuid?.() === 0 ? [] : ['sudo', '-n']
  const root = (...command: string[]) => {
    const [program = '', ...args] = [...rights, ...command]
    execFileSync(program, args, { stdio: 'ignore' })
  }
  try {
    root('mount', '-t', 'tmpfs', '-o', 'size=72k,mode=0777', 'tmpfs', folder)
    return {
      context: { temp: folder },
      message: /The disk is full: .* free in RUNNER_TEMP/,
      unmount: () => root('umount', folder),
    }
  } catch {
    return {
      context: { launcher: ['sh', '-c', 'ulimit -f 1; exec "$@"', 'sh'] },
      message: /Reading the algorithm repository failed/,
      unmount: () => undefined,
    }
  }
}
