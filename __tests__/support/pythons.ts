import { execFileSync } from 'node:child_process'
import { delimiter } from 'node:path'

/** A Python of this machine. */
export interface Python {
  /** `3.11`, or what the variable says. */
  name: string
  /** What to start. */
  command: string
}

const newest = 15
const oldest = 7

/**
 * The Pythons to run algorithms on: those of the variable ALGORITHM_PYTHONS, a list as PATH is one, all of which must
 * work. Without it the one of the variable PYTHON, or python3, and the oldest other one of the PATH if there is one: the
 * official libraries are of 2022 and behave differently there (platform reference §5.2).
 */
export function algorithmPythons(): Python[] {
  const listed = (process.env.ALGORITHM_PYTHONS ?? '').split(delimiter).filter(Boolean)
  if (listed.length > 0) return listed.map((command) => ({ name: versionOf(command) ?? command, command }))
  const command = process.env.PYTHON || 'python3'
  const usual = { name: versionOf(command) ?? command, command }
  for (let minor = oldest; minor <= newest; minor += 1) {
    const command = `python3.${minor}`
    const name = versionOf(command)
    if (name !== undefined && name !== usual.name) return [usual, { name, command }]
  }
  return [usual]
}

/** @returns undefined if it cannot be started, or makes no virtual environments with pip */
function versionOf(command: string): string | undefined {
  const ask = 'import ensurepip, sys, venv; print("%d.%d" % sys.version_info[:2])'
  try {
    return execFileSync(command, ['-c', ask], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return undefined
  }
}
