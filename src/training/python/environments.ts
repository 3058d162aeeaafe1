import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DeployError } from '../../errors.ts'
import { info, warning } from '../../log.ts'
import { installerEnvironment, toolInstallerEnvironment } from '../process-environment.ts'
import type { Python } from './find-python.ts'
import { maskIndexPasswords } from './index-secrets.ts'
import { installationError } from './installation-error.ts'
import { type InstalledPackage, installedPackages } from './installed-packages.ts'
import { chooseInstaller, pipOnlySettings, readPipConfiguration } from './installer.ts'
import type { InstallerCall } from './installer-process.ts'
import { type Installer, pipInstaller, uvInstaller } from './installers.ts'
import { namedRequirements, type RequirementsFile, readRequirements } from './requirements-files.ts'
import { findUv, installUv, type Uv } from './uv.ts'
import { makeWithPip, sitePackages } from './virtual-environments.ts'

export interface EnvironmentsRequest {
  python: Python
  workspace: string
  requirements?: string | undefined
  installer: 'auto' | 'uv' | 'pip'
  /** Whether a notebook is to be run. A script needs the user's packages only. */
  needsKernel: boolean
  /** Existing folder; the environments become its subfolders `kernel` and `tool`. */
  temp: string
  environment: NodeJS.ProcessEnv
}

export interface Environments {
  /** Interpreter of the environment with the user's packages, in which the notebook or script runs. */
  kernelPython: string
  /** Interpreter of what drives it: for a notebook of an environment of its own. */
  toolPython: string
}

export interface Prepared extends Environments {
  installer: 'pip' | 'uv'
  /** Those that matter to the model. */
  packages: InstalledPackage[]
}

/**
 * ipykernel 7 has broken running notebooks before. A requirements file that mentions ipykernel decides for itself;
 * the installer goes back to an older one where other pins ask for it.
 */
const OUR_KERNEL = 'ipykernel<7'

const TOOL_REQUIREMENTS = join(import.meta.dirname, 'requirements-tool.txt')

/** What the driver imports first. */
const WARM_UP = 'import nbclient, nbformat.v4, jupyter_client.manager, zmq.asyncio'

/**
 * Makes the environments. There are two for a notebook, so that no pin of the user can break what drives it, and no
 * version of ours decides what the user gets.
 *
 * @throws DeployError when the environments cannot be made or a package cannot be installed
 */
export async function prepareEnvironments(request: EnvironmentsRequest): Promise<Prepared> {
  const files = request.requirements === undefined ? [] : readRequirements(request.requirements)
  maskIndexPasswords(
    files.map((file) => file.text),
    request.environment,
  )
  const installer = await findInstaller(request)
  const kernel = join(request.temp, 'kernel')
  const { kernelPython, toolPython } = request.needsKernel
    ? await installer.makeEnvironments(kernel, join(request.temp, 'tool'))
    : await installer.makeEnvironments(kernel)
  await both(
    installUserPackages(kernelPython, installer, files, request),
    toolPython === undefined ? Promise.resolve() : installTools(toolPython, installer, request),
  )
  if (request.needsKernel) checkKernel(sitePackages(kernel), installer.name)
  const asked = namedRequirements(files).map(({ name }) => name)
  const packages = installedPackages(sitePackages(kernel), asked)
  if (packages.length > 0) info(packages.map(({ name, version }) => `${name} ${version}`).join(', '))
  return { kernelPython, toolPython: toolPython ?? kernelPython, installer: installer.name, packages }
}

/** A configuration file of the workspace or machine may still send packages elsewhere, where the kernel would miss them. */
function checkKernel(sitePackages: string, installer: string): void {
  if (installedPackages(sitePackages, ['ipykernel']).some(({ name }) => name === 'ipykernel')) return
  throw new DeployError(
    `${installer} has put the packages elsewhere than into the environment of this run. Remove \`target\`, \`prefix\` and ` +
      `\`user\` from its configuration (${installer === 'uv' ? '[tool.uv.pip] of pyproject.toml, or uv.toml' : 'pip.conf'}).`,
    { annotation: { title: 'Packages are elsewhere' } },
  )
}

async function findInstaller(request: EnvironmentsRequest): Promise<Installer> {
  const { environment, installer, temp } = request
  const present = installer === 'pip' ? undefined : await findUv(request)
  const pipOnly = pipOnlySettings(environment, readPipConfiguration(environment))
  const choice = chooseInstaller({ installer, uv: present?.version, pipOnly })
  if (choice.remark !== undefined) (installer === 'uv' ? warning : info)(`${choice.remark}.`)
  if (choice.name === 'pip') return pipInstaller(request)
  const uv = present ?? (await downloadUv(temp, request))
  info(`uv ${uv.version} (${uv.program}) installs.`)
  return uvInstaller(uv, request)
}

async function downloadUv(temp: string, request: EnvironmentsRequest): Promise<Uv> {
  const [python = ''] = await makeWithPip([join(temp, 'uv')], request)
  return installUv(python, temp, request.environment)
}

/** Waits for both even when one fails: nothing may still be at work when the caller removes the folder. */
async function both<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([first, second])
  return [await first, await second]
}

async function installTools(python: string, installer: Installer, request: EnvironmentsRequest): Promise<void> {
  // The file is complete, so there is nothing to resolve.
  const args = ['--require-hashes', '--no-deps', '--only-binary', ':all:', '-r', TOOL_REQUIREMENTS]
  const env = toolInstallerEnvironment(request.environment)
  const { code, output } = await installer.install(args, { python, cwd: request.temp, env })
  if (code === 0) return installer.warmUp(python, WARM_UP)
  info(output)
  throw new DeployError(
    `${installer.name} could not install what runs the notebook (nbclient and its dependencies). It needs PyPI or a ` +
      `mirror of it, and a Python that they support (this one is ${request.python.version}). ` +
      `${installer.name}'s own words are in the log.`,
    { annotation: { title: 'The notebook runner could not be installed' } },
  )
}

async function installUserPackages(
  python: string,
  installer: Installer,
  files: readonly RequirementsFile[],
  request: EnvironmentsRequest,
): Promise<void> {
  const { requirements, workspace, temp, needsKernel } = request
  const call: InstallerCall = { python, cwd: workspace, env: installerEnvironment(request.environment), live: true }
  const install = async (args: readonly string[]) => {
    if (args.length === 0) return
    const { code, output } = await installer.install(args, call)
    if (code !== 0) throw await installationError({ installer: installer.name, output, files, workspace, temp })
  }
  const users = requirements === undefined ? [] : ['-r', requirements]
  const names = new Set(namedRequirements(files).map(({ name }) => name))
  const kernel = needsKernel ? [names.has('ipykernel') ? 'ipykernel' : OUR_KERNEL] : []
  // One call lets the installer find versions that suit both. With hashes every package must have one, so ours comes
  // after, held to what is installed by then.
  const isHashed = files.some((file) => /--(require-)?hash(es)?\b/.test(file.text))
  if (!isHashed) return install([...users, ...kernel])
  await install(['--require-hashes', ...users])
  if (needsKernel) await install(['-c', await freeze(installer, call, temp), ...kernel])
}

async function freeze(installer: Installer, call: InstallerCall, temp: string): Promise<string> {
  const output = await installer.freeze({ ...call, live: false })
  const path = join(temp, 'installed.txt')
  const pins = output.split(/\r?\n/).filter((line) => /^[\w.-]+==/.test(line))
  await writeFile(path, `${pins.join('\n')}\n`)
  return path
}
