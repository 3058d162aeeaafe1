import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { debug, info } from '../../log.ts'
import { installerEnvironment, ownInstallerEnvironment } from '../process-environment.ts'
import { pip, pipInstall } from './pip.ts'
import { type InstallerOutcome, runInstaller } from './run-installer.ts'
import { type Uv, uvFreeze, uvInstall, uvVenv } from './uv.ts'
import { makeWithPip, pythonIn, type VenvRequest, venvError } from './virtual-environments.ts'

/** What pip and uv both can. */
export interface Installer {
  name: 'pip' | 'uv'
  /**
   * Makes the kernel's environment, in which `%pip` works, and that of the tools if there is to be one.
   *
   * @throws DeployError when they cannot be made
   */
  makeEnvironments(kernel: string, tool?: string): Promise<{ kernelPython: string; toolPython: string | undefined }>
  /** Installs what the user asks for, as `pip install` with these arguments, and prints what that says. Never throws for it. */
  install(args: readonly string[], python: string): Promise<InstallerOutcome>
  /** Installs what we choose: from where the user's packages come from, whatever else is configured. */
  installOwn(args: readonly string[], python: string): Promise<InstallerOutcome>
  /** What is installed, as `name==version` lines. */
  freeze(python: string): Promise<string>
  /** Lets Python compile what it will need while something else is waited for. */
  warmUp(python: string, imports: string): Promise<void>
}

export interface InstallerRequest extends VenvRequest {
  /** Existing folder of this run. */
  temp: string
}

export function pipInstaller(request: InstallerRequest): Installer {
  const { workspace: cwd, environment, cancelled } = request
  const env = installerEnvironment(environment)
  const own = ownInstallerEnvironment(environment)
  return {
    name: 'pip',
    makeEnvironments: async (...folders) => {
      const [kernel, tool] = folders
      const [kernelPython = '', toolPython] = await makeWithPip(tool === undefined ? [kernel] : [kernel, tool], request)
      return { kernelPython, toolPython }
    },
    install: (args, python) => pipInstall(args, { python, cwd, env, cancelled, live: true }),
    installOwn: (args, python) => pipInstall(args, { python, cwd, env: own, cancelled }),
    freeze: async (python) => (await pip(['freeze'], { python, cwd, env, cancelled })).output,
    warmUp: (python, imports) => warmUp(python, imports, request),
  }
}

/**
 * @param sources text of a `uv.toml` that says where packages come from
 */
export async function uvInstaller(uv: Uv, sources: string, request: InstallerRequest): Promise<Installer> {
  const { workspace: cwd, environment, temp, cancelled } = request
  const env = installerEnvironment(environment)
  const config = join(temp, 'own-uv.toml')
  const ownCall = { cwd, env: ownInstallerEnvironment(environment), cancelled, config }
  // It may hold passwords.
  await writeFile(config, sources, { mode: 0o600 })
  const make = async (folder: string) => {
    const { code, output } = await uvVenv(uv, request.python.executable, folder, ownCall)
    if (code !== 0) throw venvError(output, request.python)
    return pythonIn(folder)
  }
  const installOwn = (args: readonly string[], python: string) => uvInstall(uv, args, { ...ownCall, python })
  return {
    name: 'uv',
    makeEnvironments: async (kernel, tool) => {
      const kernelPython = await make(kernel)
      const toolPython = tool === undefined ? undefined : await make(tool)
      await addPip(request.python.wheels, (args) => installOwn(args, kernelPython))
      return { kernelPython, toolPython }
    },
    install: (args, python) => uvInstall(uv, args, { python, cwd, env, cancelled, live: true }),
    installOwn,
    freeze: (python) => uvFreeze(uv, { python, cwd, env, cancelled }),
    warmUp: (python, imports) => warmUp(python, imports, request),
  }
}

/** pip as it comes with Python, or from the index. Only cells that call it need it. */
async function addPip(wheels: readonly string[], install: (args: string[]) => Promise<InstallerOutcome>) {
  const { code, output } = await install(wheels.length > 0 ? ['--offline', '--no-deps', ...wheels] : ['pip'])
  if (code === 0) return
  debug(output)
  info('pip could not be put into the environment: `%pip` will not work in the notebook.')
}

async function warmUp(python: string, imports: string, { workspace, ...request }: VenvRequest): Promise<void> {
  const env = { ...installerEnvironment(request.environment), PYTHONDONTWRITEBYTECODE: '' }
  await runInstaller(python, ['-I', '-c', imports], { cwd: workspace, env, cancelled: request.cancelled })
}
