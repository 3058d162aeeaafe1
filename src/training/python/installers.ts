import { debug, info } from '../../log.ts'
import { installerEnvironment, toolInstallerEnvironment } from '../process-environment.ts'
import { type InstallerCall, type InstallerOutcome, runInstaller } from './installer-process.ts'
import { pip, pipInstall } from './pip.ts'
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
  /** Runs `pip install` with these arguments. Never throws for what it says. */
  install(args: readonly string[], call: InstallerCall): Promise<InstallerOutcome>
  /** What is installed, as `name==version` lines. */
  freeze(call: InstallerCall): Promise<string>
  /** Lets Python compile what it will need while something else is waited for. */
  warmUp(python: string, imports: string): Promise<void>
}

export function pipInstaller(request: VenvRequest): Installer {
  return {
    name: 'pip',
    makeEnvironments: async (...folders) => {
      const [kernel, tool] = folders
      const [kernelPython = '', toolPython] = await makeWithPip(tool === undefined ? [kernel] : [kernel, tool], request)
      return { kernelPython, toolPython }
    },
    install: pipInstall,
    freeze: async (call) => (await pip(['freeze'], call)).output,
    warmUp: (python, imports) => warmUp(python, imports, request),
  }
}

export function uvInstaller(uv: Uv, request: VenvRequest): Installer {
  return {
    name: 'uv',
    makeEnvironments: async (kernel, tool) => {
      const kernelPython = await makeWithUv(uv, kernel, request)
      const toolPython = tool === undefined ? undefined : await makeWithUv(uv, tool, request)
      await addPip(uv, kernelPython, request)
      return { kernelPython, toolPython }
    },
    install: (args, call) => uvInstall(uv, args, call),
    freeze: (call) => uvFreeze(uv, call),
    warmUp: (python, imports) => warmUp(python, imports, request),
  }
}

async function makeWithUv(uv: Uv, folder: string, request: VenvRequest): Promise<string> {
  const env = toolInstallerEnvironment(request.environment)
  const { code, output } = await uvVenv(uv, request.python.executable, folder, { cwd: request.temp, env })
  if (code !== 0) throw venvError(output, request.python)
  return pythonIn(folder)
}

/** pip as it comes with Python, or from the index. Only cells that call it need it. */
async function addPip(uv: Uv, python: string, { python: { wheels }, temp, environment }: VenvRequest): Promise<void> {
  const call = { python, cwd: temp, env: toolInstallerEnvironment(environment) }
  const args = wheels.length > 0 ? ['--offline', '--no-deps', ...wheels] : ['pip']
  const { code, output } = await uvInstall(uv, args, call)
  if (code === 0) return
  debug(output)
  info('pip could not be put into the environment: `%pip` will not work in the notebook.')
}

async function warmUp(python: string, imports: string, { temp, environment }: VenvRequest): Promise<void> {
  const env = { ...installerEnvironment(environment), PYTHONDONTWRITEBYTECODE: '' }
  await runInstaller(python, ['-I', '-c', imports], { cwd: temp, env })
}
