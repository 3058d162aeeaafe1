import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { StartError } from '../errors.ts'

/**
 * The settings of every repository here. History is never rewritten (platform reference §1, "Git access"); nothing runs
 * in the background, where it would race with pushes; and the folder may belong to another user than the server's.
 */
const gitConfig = (hooks: string) => `[core]
	hooksPath = ${JSON.stringify(hooks)}
[init]
	defaultBranch = master
[user]
	name = Algorithmia
	email = noreply@algorithmia.com
[receive]
	denyNonFastForwards = true
	denyDeletes = true
	autogc = false
[gc]
	auto = 0
[maintenance]
	auto = false
[http]
	receivepack = true
	getanyfile = false
[safe]
	directory = *
`

/** Passes on which refs a push really moved: git calls it after the update and before the answer ends. */
const postReceive = `#!/bin/sh
if [ -n "$SANDBOX_PUSH_RECORD" ]; then cat > "$SANDBOX_PUSH_RECORD"; else cat > /dev/null; fi
`

/**
 * Makes git here independent of the machine's and the user's configuration: a home of its own with one configuration
 * file, written anew at each start because it names absolute paths.
 *
 * @returns the environment for every git process of the server
 */
export function gitEnvironment(stateDir: string): NodeJS.ProcessEnv {
  const home = join(stateDir, 'git-home')
  const hooks = join(home, 'hooks')
  mkdirSync(hooks, { recursive: true })
  writeFileSync(join(home, '.gitconfig'), gitConfig(hooks.replaceAll('\\', '/')))
  writeFileSync(join(hooks, 'post-receive'), postReceive)
  chmodSync(join(hooks, 'post-receive'), 0o755)
  const inherited = Object.entries(process.env).filter(([name]) => !/^(GIT_|XDG_CONFIG_HOME$|LANG|LC_)/i.test(name))
  return {
    ...Object.fromEntries(inherited),
    HOME: home,
    XDG_CONFIG_HOME: home,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    LC_ALL: 'C',
  }
}

/** @throws StartError when there is no git to serve repositories with */
export async function requireGit(environment: NodeJS.ProcessEnv): Promise<void> {
  try {
    await promisify(execFile)('git', ['--version'], { env: environment })
  } catch (error) {
    throw new StartError('The sandbox needs git on the PATH', { cause: error })
  }
}
