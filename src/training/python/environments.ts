import { readFileSync } from 'node:fs'
import { cp, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DeployError } from '../../errors.ts'
import { info } from '../../log.ts'
import { runChild } from '../child.ts'
import { pipEnvironment, toolPipEnvironment } from '../process-environment.ts'
import type { Python } from './find-python.ts'
import { installationError, maskIndexPasswords, type PipCall, pip, pipInstall } from './pip.ts'

export interface EnvironmentsRequest {
  python: Python
  workspace: string
  requirements?: string | undefined
  /** Existing folder; the environments become its subfolders `kernel` and `tool`. */
  temp: string
  environment: NodeJS.ProcessEnv
}

/** Two interpreters: the user's packages and the kernel in one, what drives the kernel in the other. */
export interface Environments {
  kernelPython: string
  toolPython: string
}

/**
 * ipykernel 7 has broken running notebooks before. A requirements file that mentions ipykernel decides for itself;
 * pip goes back to an older one where other pins ask for it.
 */
const OUR_KERNEL = 'ipykernel<7'

const TOOL_REQUIREMENTS = join(import.meta.dirname, 'requirements-tool.txt')

/**
 * Makes the two environments. They are separate so that no pin of the user can break what drives the notebook, and no
 * version of ours decides what the user gets.
 *
 * @throws DeployError when the environments cannot be made or a package cannot be installed
 */
export async function prepareEnvironments(request: EnvironmentsRequest): Promise<Environments> {
  const [kernelPython, toolPython] = await both(
    createWithPip(join(request.temp, 'kernel'), request),
    createBare(join(request.temp, 'tool'), request),
  )
  // A copy is quicker than installing pip a second time, and the two can work at the same time without sharing a file
  // that a requirement such as `pip==24.0` replaces.
  await copyPip(kernelPython, toolPython, request)
  await both(installUserPackages(kernelPython, request), installTools(toolPython, request))
  return { kernelPython, toolPython }
}

/** Waits for both even when one fails: nothing may still be at work when the caller removes the folder. */
async function both<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([first, second])
  return [await first, await second]
}

function pythonIn(folder: string): string {
  return process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python')
}

interface Output {
  code: number
  text: string
}

async function runPython(python: string, args: readonly string[], request: EnvironmentsRequest): Promise<Output> {
  let text = ''
  const keep = (chunk: Buffer) => {
    text += chunk.toString()
  }
  const env = pipEnvironment(request.environment)
  const code = await runChild(python, ['-I', ...args], { cwd: request.temp, env, onStdout: keep, onStderr: keep })
  return { code, text }
}

async function createBare(folder: string, request: EnvironmentsRequest): Promise<string> {
  const { code, text } = await runPython(request.python.executable, ['-m', 'venv', '--without-pip', folder], request)
  if (code !== 0) throw venvError(text, request)
  return pythonIn(folder)
}

async function createWithPip(folder: string, request: EnvironmentsRequest): Promise<string> {
  const { code, text } = await runPython(request.python.executable, ['-m', 'venv', folder], request)
  if (code === 0) return pythonIn(folder)
  // Debian splits Python: without the package python3-venv there is no pip to put into the environment. The system's
  // own pip, if there is one, can. A half-made environment is never built upon.
  await rm(folder, { recursive: true, force: true })
  const python = await createBare(folder, request)
  const target = await sitePackages(python, request)
  const system = await pipInstall(['--quiet', '--target', target, 'pip'], {
    python: request.python.executable,
    cwd: request.temp,
    env: toolPipEnvironment(request.environment),
  })
  if (system.code !== 0) throw venvError(text, request)
  info('This Python has no ensurepip; its own pip has filled the environment.')
  return python
}

function venvError(output: string, { python }: EnvironmentsRequest): DeployError {
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

async function sitePackages(python: string, request: EnvironmentsRequest): Promise<string> {
  const script = 'import sysconfig; print(sysconfig.get_path("purelib"))'
  const { text } = await runPython(python, ['-c', script], request)
  return text.trim()
}

async function copyPip(from: string, to: string, request: EnvironmentsRequest): Promise<void> {
  const [source, target] = await Promise.all([sitePackages(from, request), sitePackages(to, request)])
  const names = (await readdir(source)).filter((name) => /^pip(-.*)?$/.test(name))
  await Promise.all(names.map((name) => cp(join(source, name), join(target, name), { recursive: true })))
}

async function installTools(python: string, request: EnvironmentsRequest): Promise<void> {
  const args = ['--require-hashes', '--only-binary', ':all:', '-r', TOOL_REQUIREMENTS]
  const env = toolPipEnvironment(request.environment)
  const { code, output } = await pipInstall(args, { python, cwd: request.temp, env })
  if (code === 0) return
  info(output)
  throw new DeployError(
    'pip could not install what runs the notebook (nbclient and its dependencies). It needs PyPI or a mirror of it, ' +
      `and a Python that they support (this one is ${request.python.version}). pip's own words are in the log.`,
    { annotation: { title: 'The notebook runner could not be installed' } },
  )
}

async function installUserPackages(python: string, request: EnvironmentsRequest): Promise<void> {
  const { requirements, workspace, temp } = request
  const text = requirements === undefined ? '' : readFileSync(requirements, 'latin1')
  maskIndexPasswords(text, request.environment)
  const call: PipCall = { python, cwd: workspace, env: pipEnvironment(request.environment), live: true }
  const users = requirements === undefined ? [] : ['-r', requirements]
  const kernel = /^\s*ipykernel\b/im.test(text) ? 'ipykernel' : OUR_KERNEL
  // One call lets pip find versions that suit both. With hashes every package must have one, so ours comes after,
  // held to what is installed by then.
  const hashed = /--(require-)?hash(es)?\b/.test(text)
  const first = await pipInstall(hashed ? users : [...users, kernel], call)
  if (first.code !== 0) throw installationError(first, requirements, workspace)
  if (!hashed) return
  const second = await pipInstall(['-c', await freeze(call, temp), kernel], call)
  if (second.code !== 0) throw installationError(second, requirements, workspace)
}

async function freeze(call: PipCall, temp: string): Promise<string> {
  const { output } = await pip(['freeze'], { ...call, live: false })
  const path = join(temp, 'installed.txt')
  const pins = output.split(/\r?\n/).filter((line) => /^[\w.-]+==/.test(line))
  await writeFile(path, `${pins.join('\n')}\n`)
  return path
}
