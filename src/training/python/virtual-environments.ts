import { readdirSync } from 'node:fs'
import { cp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DeployError } from '../../errors.ts'
import { debug, info } from '../../log.ts'
import { installerEnvironment, ownInstallerEnvironment } from '../process-environment.ts'
import { allEnded } from './all-ended.ts'
import type { Python } from './find-python.ts'
import { pipInstall } from './pip.ts'
import { runInstaller } from './run-installer.ts'

export interface VenvRequest {
  python: Python
  /** Where the programs run: relative paths of settings and requirements start there. */
  workspace: string
  environment: NodeJS.ProcessEnv
  /** Ends what runs, with an error. */
  cancelled?: AbortSignal | undefined
}

const BUNDLED_WHEELS = join(import.meta.dirname, 'bundled_wheels.py')

/**
 * Makes virtual environments that have pip.
 *
 * @param folders do not exist yet
 * @returns their interpreters
 * @throws DeployError when this Python cannot
 */
export async function makeWithPip(folders: readonly [string, ...string[]], request: VenvRequest): Promise<string[]> {
  const pythons = await allEnded(folders.map((folder) => makeBare(folder, request)))
  const [first = ''] = pythons
  const wheels = request.python.wheels
  if (wheels.length > 0) {
    const targets = folders.map(sitePackages)
    const { code, text } = await runPython(first, [BUNDLED_WHEELS, ...targets, '--', ...wheels], request)
    if (code === 0) return pythons
    debug(text)
  }
  // The long way: ensurepip knows best where the wheels of this Python are.
  const [folder, ...others] = folders
  await rm(folder, { recursive: true, force: true })
  await makeWithEnsurepip(folder, request)
  await Promise.all(others.map((other) => copyPip(folder, other)))
  return pythons
}

export function pythonIn(folder: string): string {
  return process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python')
}

/** Where the packages of an environment are. @throws Error when there is no environment */
export function sitePackages(folder: string): string {
  if (process.platform === 'win32') return join(folder, 'Lib', 'site-packages')
  // `python3.12`, or `python3.13t`, or `pypy3.10`.
  const name = readdirSync(join(folder, 'lib')).find((name) => /^(python|pypy)\d/.test(name))
  return join(folder, 'lib', name ?? 'python3', 'site-packages')
}

async function runPython(python: string, args: readonly string[], { workspace, environment, cancelled }: VenvRequest) {
  const env = installerEnvironment(environment)
  const { code, output } = await runInstaller(python, ['-I', ...args], { cwd: workspace, env, cancelled })
  return { code, text: output }
}

async function makeBare(folder: string, request: VenvRequest): Promise<string> {
  const { code, text } = await runPython(request.python.executable, ['-m', 'venv', '--without-pip', folder], request)
  if (code !== 0) throw venvError(text, request.python)
  return pythonIn(folder)
}

async function makeWithEnsurepip(folder: string, request: VenvRequest): Promise<void> {
  const { code, text } = await runPython(request.python.executable, ['-m', 'venv', folder], request)
  if (code === 0) return
  // Debian splits Python: without the package python3-venv there is no pip to put into the environment. The system's
  // own pip, if there is one, can. A half-made environment is never built upon.
  await rm(folder, { recursive: true, force: true })
  await makeBare(folder, request)
  const system = await pipInstall(['--quiet', '--target', sitePackages(folder), 'pip'], {
    python: request.python.executable,
    cwd: request.workspace,
    env: ownInstallerEnvironment(request.environment),
    cancelled: request.cancelled,
  })
  if (system.code !== 0) throw venvError(text, request.python)
  info('This Python has no ensurepip; its own pip has filled the environment.')
}

async function copyPip(from: string, to: string): Promise<void> {
  const [source, target] = [sitePackages(from), sitePackages(to)]
  const names = (await readdir(source)).filter((name) => /^pip(-.*)?$/.test(name))
  await Promise.all(names.map((name) => cp(join(source, name), join(target, name), { recursive: true })))
}

/** Why no environment could be made, from what Python or uv said. */
export function venvError(output: string, python: Python): DeployError {
  const minor = python.version.split('.').slice(0, 2).join('.')
  const lastLine = output.trim().split('\n').at(-1) ?? ''
  const missing = /ensurepip|No module named '?venv/.test(output)
  return new DeployError(
    missing
      ? `Python ${python.version} (${python.executable}) cannot make virtual environments. Run ` +
          `\`apt-get install -y python${minor}-venv\` before this step, or use actions/setup-python.`
      : `No virtual environment could be made with ${python.executable}: ${lastLine}`,
    { annotation: { title: 'No virtual environment' } },
  )
}
