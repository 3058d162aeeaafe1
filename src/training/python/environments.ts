import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { DeployError } from '../../errors.ts'
import { info, warning } from '../../log.ts'
import { refusingIndexes } from '../../pip-failure.ts'
import { allEnded } from './all-ended.ts'
import { findInstaller, type InstallerSearch, type ReadyInstaller } from './find-installer.ts'
import { failureReason, installationError } from './installation-error.ts'
import { type InstalledPackage, installedPackages } from './installed-packages.ts'
import type { Installer } from './installer.ts'
import { COMPLETE } from './pip.ts'
import { namedRequirements, type RequirementsFile, readRequirements } from './requirements-files.ts'
import type { InstallerOutcome } from './run-installer.ts'
import type { Settings } from './settings.ts'
import { sitePackages } from './virtual-environments.ts'

interface EnvironmentsRequest extends InstallerSearch {
  requirements?: string | undefined
  /** Whether a notebook is to be run. A script needs the user's packages only. */
  needsKernel: boolean
  /** Existing folder; the environments become its subfolders `kernel` and `tool`. */
  temp: string
}

export interface Environments {
  /** Interpreter of the environment with the user's packages, in which the notebook or script runs. */
  kernelPython: string
  /** Interpreter that runs the driver: for a notebook that of an environment of its own, for a script `kernelPython`. */
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
  const ready = await findInstaller(
    request,
    files.map(({ text }) => text),
  )
  const { installer } = ready
  const kernel = join(request.temp, 'kernel')
  const { kernelPython, toolPython } = request.needsKernel
    ? await installer.makeEnvironments(kernel, join(request.temp, 'tool'))
    : await installer.makeEnvironments(kernel)
  await allEnded([
    installUserPackages(kernelPython, ready, files, request),
    toolPython === undefined ? Promise.resolve() : installTools(toolPython, installer, request.python.version),
  ])
  const asked = namedRequirements(files).map(({ name }) => name)
  const packages = installedPackages(sitePackages(kernel), asked)
  if (packages.length > 0) info(packages.map(({ name, version }) => `${name} ${version}`).join(', '))
  return { kernelPython, toolPython: toolPython ?? kernelPython, installer: installer.name, packages }
}

async function installTools(python: string, installer: Installer, version: string): Promise<void> {
  const { code, output } = await installer.installOwn([...COMPLETE, TOOL_REQUIREMENTS], python)
  if (code === 0) return installer.warmUp(python, WARM_UP)
  info(output)
  throw new DeployError(
    `${installer.name} could not install what runs the notebook (nbclient and its dependencies): ` +
      `${failureReason(installer.name, code, output)}. It needs PyPI or a mirror of it, and a Python that they support (this one is ` +
      `${version}). ${installer.name}'s own words are in the log.`,
    { annotation: { title: 'The notebook runner could not be installed' } },
  )
}

async function installUserPackages(
  python: string,
  { installer, settings }: ReadyInstaller,
  files: readonly RequirementsFile[],
  request: EnvironmentsRequest,
): Promise<void> {
  const { requirements, workspace, temp, needsKernel } = request
  const check = async ({ code, output }: InstallerOutcome) => {
    if (code !== 0) throw await installationError({ installer: installer.name, code, output, files, workspace, temp })
    // uv fails then; pip goes on with what other indexes have.
    for (const index of refusingIndexes(output)) {
      warning(`The package index ${index} refused access, so its packages were left out. Check its user and password.`)
    }
  }
  const users = requirements === undefined ? [] : ['-r', requirements]
  const names = new Set(namedRequirements(files).map(({ name }) => name))
  const kernel = needsKernel ? [names.has('ipykernel') ? 'ipykernel' : OUR_KERNEL] : []
  // One call lets the installer find versions that suit both. With hashes every package must have one, so ours comes
  // after, held to what is installed by then.
  if (!demandsHashes(files, settings, workspace)) {
    const all = [...users, ...kernel]
    return all.length === 0 ? undefined : check(await installer.install(all, python))
  }
  if (users.length > 0) await check(await installer.install(['--require-hashes', ...users], python))
  if (!needsKernel) return
  const outcome = await installer.installOwn(['-c', await freeze(installer, python, temp), ...kernel], python)
  if (outcome.code !== 0) info(outcome.output)
  await check(outcome)
}

/** Whether the requirements, the settings, or the constraints that those name ask for hashes. */
function demandsHashes(files: readonly RequirementsFile[], { values }: Settings, workspace: string): boolean {
  const paths = values.get('constraint')?.value.split(/\s+/).filter(Boolean) ?? []
  const constraints = paths.flatMap((path) => readRequirements(resolve(workspace, path)))
  return (
    values.has('require-hashes') ||
    [...files, ...constraints].some(({ text }) => /--(require-)?hash(es)?\b/.test(text.replace(/(^|\s)#.*$/gm, '')))
  )
}

async function freeze(installer: Installer, python: string, temp: string): Promise<string> {
  const output = await installer.freeze(python)
  const path = join(temp, 'installed.txt')
  const pins = output.split(/\r?\n/).filter((line) => /^[\w.-]+==/.test(line))
  await writeFile(path, `${pins.join('\n')}\n`)
  return path
}
