import { debug, info } from '../../log.ts'
import { runToEnd } from '../process.ts'
import { WholeLines } from '../whole-lines.ts'

export interface InstallerCall {
  /** Interpreter of the environment to install into. */
  python: string
  cwd: string
  env: Record<string, string>
  /** Prints the output while it runs. Default: only kept. */
  live?: boolean
  /** Ends it, with an error. */
  cancelled: AbortSignal | undefined
  /** A `uv.toml` that takes the place of all configuration files of uv. */
  config?: string
}

export interface InstallerOutcome {
  code: number
  output: string
}

const LONGEST_OUTPUT_KEPT = 4 * 1024 * 1024

/**
 * Runs pip, uv or a Python program, with nothing to read: a package's build script that asks a question must fail, not
 * wait. Never throws for what it says.
 *
 * @param chatter lines that hide what matters, which only a debug log shows
 */
export async function runInstaller(
  program: string,
  args: readonly string[],
  call: Omit<InstallerCall, 'python'>,
  chatter?: RegExp,
): Promise<InstallerOutcome> {
  let output = ''
  const lines = new WholeLines((text) => {
    output = (output + text).slice(-LONGEST_OUTPUT_KEPT)
    if (call.live !== true) return
    for (const line of text.replace(/[\r\n]+$/, '').split(/\r\n|\r|\n/)) (chatter?.test(line) ? debug : info)(line)
  })
  const write = (chunk: Buffer) => lines.write(chunk)
  const { cwd, env, cancelled } = call
  const code = await runToEnd({ program, args, cwd, env, onStdout: write, onStderr: write }, cancelled)
  lines.end()
  return { code, output }
}
