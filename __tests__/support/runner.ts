import { EOL } from 'node:os'
import { afterEach, beforeEach, jest } from '@jest/globals'

/** What the action prints to the runner during a test, in the order of printing. */
export interface Printed {
  /** With `\n` at line ends on any system. */
  text(): string
  lines(): string[]
}

/**
 * Catches standard output, and gives back afterwards what a test may have left behind in the process: the environment
 * and the exit code, with which jest itself would end.
 */
export function watchOutput(): Printed {
  let chunks: string[] = []
  let environment: NodeJS.ProcessEnv = {}
  beforeEach(() => {
    chunks = []
    environment = { ...process.env }
    jest.spyOn(process.stdout, 'write').mockImplementation((chunk: unknown) => {
      chunks.push(String(chunk))
      return true
    })
  })
  afterEach(() => {
    process.exitCode = 0
    for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name]
    Object.assign(process.env, environment)
  })
  const text = () => chunks.join('').replaceAll(EOL, '\n')
  return { text, lines: () => text().split('\n') }
}
