import { join } from 'node:path'
import { DeployError } from '../../errors.ts'
import { info } from '../../log.ts'
import { ask } from '../ask.ts'
import { installerEnvironment, ownInstallerEnvironment } from '../process-environment.ts'
import { locateProgram, type PythonSearch } from './find-python.ts'
import { COMPLETE, pipInstall } from './pip.ts'
import { type InstallerCall, type InstallerOutcome, runInstaller } from './run-installer.ts'
import type { VenvRequest } from './virtual-environments.ts'

const UV_REQUIREMENTS = join(import.meta.dirname, 'requirements-uv.txt')

const plain = ['--color', 'never', '--no-progress']

const chatter = /^(Using Python |Resolved |Prepared |Checked | *Updated? )/

export interface Uv {
  program: string
  /** Such as `0.13.9`. */
  version: string
}

/** The uv of PATH that says its version. A batch file that stands for it could not be stopped. */
export async function findUv(search: PythonSearch): Promise<Uv | undefined> {
  const program = locateProgram('uv', search, ['.exe'])
  return program === undefined ? undefined : askVersion(program, search.environment, search.workspace)
}

async function askVersion(program: string, environment: NodeJS.ProcessEnv, cwd: string): Promise<Uv | undefined> {
  const question = { cwd, env: installerEnvironment(environment) }
  const { output } = await ask(program, ['--version'], question).catch(() => ({ output: '' }))
  const version = /^uv (\d+\.\S+)/.exec(output)?.[1]
  return version === undefined ? undefined : { program, version }
}

/**
 * Installs uv into an environment that has pip.
 *
 * @throws DeployError when the package index does not have it
 */
export async function installUv(python: string, { workspace, environment, cancelled }: VenvRequest): Promise<Uv> {
  const call = { python, cwd: workspace, env: ownInstallerEnvironment(environment), cancelled }
  const { code, output } = await pipInstall([...COMPLETE, UV_REQUIREMENTS], call)
  const program = locateProgram(join(python, '..', 'uv'), { workspace, environment })
  const uv = code === 0 && program !== undefined ? await askVersion(program, environment, workspace) : undefined
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

/** Runs `uv pip install` in an environment. Never throws for what uv says. */
export async function uvInstall(uv: Uv, args: readonly string[], call: InstallerCall): Promise<InstallerOutcome> {
  return withoutBrokenCache((more) => {
    const options = [...plain, ...configured(call), ...more, '--python', call.python]
    return runInstaller(uv.program, ['pip', 'install', ...options, ...args], call, chatter)
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
