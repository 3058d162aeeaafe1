import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Of an address below which requests carry a name and a password. */
export interface Login {
  url: string
  name: string
  password: string
}

/**
 * Runs git as the engineer of the demo. Never synchronously: the server that git talks to lives in this process.
 *
 * @param login travels in the environment, not in an address or on a command line
 * @throws Error with git's own words
 */
export async function git(cwd: string, args: string[], login?: Login): Promise<string> {
  const settings = [
    'user.name=A. Vintner',
    'user.email=vintner@example.org',
    'commit.gpgsign=false',
    'credential.helper=',
  ]
  const env = { ...process.env, GIT_TERMINAL_PROMPT: '0', ...(login && loginVariables(login)) }
  const { stdout } = await run('git', [...settings.flatMap((setting) => ['-c', setting]), ...args], { cwd, env })
  return stdout.trim()
}

function loginVariables({ url, name, password }: Login): NodeJS.ProcessEnv {
  return {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `http.${url}/.extraHeader`,
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
  }
}

/** Commits everything, and returns the commit. */
export async function commitAll(cwd: string, message: string): Promise<string> {
  await git(cwd, ['add', '--all'])
  await git(cwd, ['commit', '--quiet', '--no-verify', '-m', message])
  return await git(cwd, ['rev-parse', 'HEAD'])
}
