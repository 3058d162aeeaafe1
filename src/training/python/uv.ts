import { join } from 'node:path'
import { DeployError } from '../../errors.ts'
import { info } from '../../log.ts'
import { runChild } from '../child.ts'
import { installerEnvironment, ownInstallerEnvironment } from '../process-environment.ts'
import { locateProgram, type PythonSearch } from './find-python.ts'
import { COMPLETE, pipInstall } from './pip.ts'
import { type InstallerCall, type InstallerOutcome, runInstaller } from './run-installer.ts'

const UV_REQUIREMENTS = join(import.meta.dirname, 'requirements-uv.txt')

const plain = ['--color', 'never', '--no-progress']

const chatter = /^(Using Python |Resolved |Prepared |Checked | *Updated? )/

export interface Uv {
  program: string
  /** Such as `0.13.9`. */
  version: string
}

/** The uv of PATH that says its version. */
export async function findUv(search: PythonSearch): Promise<Uv | undefined> {
  const program = locateProgram('uv', search)
  return program === undefined ? undefined : askVersion(program, search.environment, search.workspace)
}

async function askVersion(program: string, environment: NodeJS.ProcessEnv, cwd: string): Promise<Uv | undefined> {
  let output = ''
  const onStdout = (chunk: Buffer) => {
    output += chunk.toString()
  }
  const code = await runChild(program, ['--version'], { cwd, env: installerEnvironment(environment), onStdout }).catch(
    () => -1,
  )
  const version = /^uv (\d+\.\S+)/.exec(output)?.[1]
  return code === 0 && version !== undefined ? { program, version } : undefined
}

/**
 * Installs uv into an environment that has pip.
 *
 * @throws DeployError when the package index does not have it
 */
export async function installUv(python: string, temp: string, environment: NodeJS.ProcessEnv): Promise<Uv> {
  const call = { python, cwd: temp, env: ownInstallerEnvironment(environment) }
  const { code, output } = await pipInstall([...COMPLETE, UV_REQUIREMENTS], call)
  const program = locateProgram(join(python, '..', 'uv'), { workspace: temp, environment })
  const uv = code === 0 && program !== undefined ? await askVersion(program, environment, temp) : undefined
  if (uv !== undefined) return uv
  info(output)
  throw new DeployError(
    'uv is not on PATH and could not be installed with pip, whose own words are in the log. Add the step ' +
      '`uses: astral-sh/setup-uv@v7` before this one, or set `installer: pip`.',
    { annotation: { title: 'uv could not be installed' } },
  )
}

/** Makes an environment without pip. Never throws for what uv says. */
export async function uvVenv(uv: Uv, python: string, folder: string, call: Omit<InstallerCall, 'python'>) {
  return withoutBrokenCache((more) =>
    runInstaller(
      uv.program,
      ['venv', ...plain, ...configured(call), ...more, '--no-project', '--clear', '--python', python, folder],
      call,
    ),
  )
}

/** Starts a program with nothing to read: a package's build script that asks a question must fail, not wait. */
const WITHOUT_STDIN = `
import os, sys
os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
if os.name == "nt":
    import subprocess
    sys.exit(subprocess.call(sys.argv[1:]))
os.execv(sys.argv[1], sys.argv[1:])
`

/** Runs `uv pip install` in an environment. Never throws for what uv says. */
export async function uvInstall(uv: Uv, args: readonly string[], call: InstallerCall): Promise<InstallerOutcome> {
  return withoutBrokenCache((more) => {
    const command = [
      uv.program,
      'pip',
      'install',
      ...plain,
      ...configured(call),
      ...more,
      '--python',
      call.python,
      ...args,
    ]
    return runInstaller(call.python, ['-I', '-c', WITHOUT_STDIN, ...command], call, chatter)
  })
}

/** What is installed, as `name==version` lines. */
export async function uvFreeze(uv: Uv, call: InstallerCall): Promise<string> {
  const { output } = await withoutBrokenCache((more) =>
    runInstaller(uv.program, ['pip', 'freeze', ...plain, ...more, '--python', call.python], call),
  )
  return output
}

const configured = ({ config }: { config?: string }) => (config === undefined ? [] : ['--config-file', config])

const cacheTrouble =
  /Failed to initialize cache|Failed to (?:read|write|open|deserialize|query|acquire)[^\n]*cache|cache entry|CACHEDIR/i

/** A cache that cannot be written or read must not keep a package from being installed. */
async function withoutBrokenCache(run: (more: string[]) => Promise<InstallerOutcome>): Promise<InstallerOutcome> {
  const outcome = await run([])
  if (outcome.code === 0 || !cacheTrouble.test(outcome.output)) return outcome
  info('The cache of uv cannot be used; it is left aside.')
  return run(['--no-cache'])
}
