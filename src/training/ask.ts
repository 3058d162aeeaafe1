import { exec } from '@actions/exec'

export interface Question {
  cwd: string
  env: Record<string, string>
}

/**
 * What a short-lived program prints, without a shell. On Windows it may be a batch file, as the shims of pyenv are.
 *
 * @returns its exit code (-1 when a signal ended it), and what it printed to stdout alone
 * @throws Error when it cannot be started
 */
export async function ask(
  program: string,
  args: readonly string[],
  { cwd, env }: Question,
): Promise<{ code: number; output: string }> {
  const chunks: Buffer[] = []
  // The library splits its first argument at spaces unless they are quoted.
  const code: number | null = await exec(`"${program.replaceAll('"', '\\"')}"`, [...args], {
    cwd,
    env,
    silent: true,
    ignoreReturnCode: true,
    listeners: { stdout: (chunk) => chunks.push(chunk) },
  })
  return { code: code ?? -1, output: Buffer.concat(chunks).toString() }
}

/**
 * The JSON in the last line of what a program printed: what Python prints at its start, as for a broken `.pth` file, comes
 * before.
 *
 * @returns undefined when there is none
 */
export function jsonIn(output: string): unknown {
  try {
    return JSON.parse(output.trimEnd().split('\n').at(-1) ?? '')
  } catch {
    return undefined
  }
}
