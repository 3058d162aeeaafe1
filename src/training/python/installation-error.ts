import { resolve } from 'node:path'
import { explainFullDisk } from '../../disk.ts'
import { type Annotation, DeployError } from '../../errors.ts'
import { explainPipFailure } from '../../pip-failure.ts'
import { describeMemory, memoryNow } from '../memory.ts'
import { shownPath } from '../shown-path.ts'
import { namedRequirements, type RequirementsFile } from './requirements-files.ts'
import { explainUvFailure } from './uv-failure.ts'

/** Packages that could not be installed, with all that the installer said. */
export class InstallationError extends DeployError {
  readonly said: string

  constructor(message: string, said: string, annotation: Annotation) {
    super(message, { annotation })
    this.said = said
  }
}

interface FailedInstallation {
  installer: 'pip' | 'uv'
  /** -1 when a signal ended it. */
  code: number
  output: string
  /** The requirements file, and those that it includes; empty when only the kernel was to be installed. */
  files: readonly RequirementsFile[]
  /** Where the installer ran. */
  workspace: string
  /** Where the environments are. */
  temp: string
}

interface Explanation {
  reason: string
  /** Absolute. */
  path?: string | undefined
  line?: number | undefined
}

/** A failed installation of the user's packages, as the error that the run ends with. */
export async function installationError(failed: FailedInstallation): Promise<InstallationError> {
  const { installer, code, files, workspace, temp } = failed
  const shown = (path: string) => shownPath(workspace, path)
  const { reason, path, line } =
    code === -1 ? { reason: killed() } : installer === 'uv' ? explainUv(failed) : explainPip(failed)
  const main = files[0]
  const what = main === undefined ? 'ipykernel' : `the packages of ${shown(main.path)}`
  const file = path ?? main?.path
  const where =
    file === main?.path ? (line ? ` (line ${line})` : '') : ` (${shown(file ?? '')}${line ? `, line ${line}` : ''})`
  const isOurs = /\bipykernel\b/.test(reason) && !namedRequirements(files).some(({ name }) => name === 'ipykernel')
  const choice = /cannot be reached|refuses access/.test(reason)
    ? ''
    : '; name it in the requirements to choose its version'
  const why = isOurs ? ` ipykernel runs the notebook${choice}.` : ''
  const message = `${installer} could not install ${what}: ${reason}${where}.${why} ${installer}'s own words are in the log.`
  return new InstallationError(await explainFullDisk(message, temp), failed.output, {
    title: 'Packages could not be installed',
    ...(file === undefined ? {} : { file: shown(file) }),
    ...(line === undefined ? {} : { startLine: line }),
  })
}

/** Why an installer failed that had no file of the user, in a sentence without its end. */
export function failureReason(installer: 'pip' | 'uv', code: number, output: string): string {
  if (code === -1) return killed()
  return (installer === 'uv' ? explainUvFailure(output, []) : explainPipFailure(output, '')).reason
}

function killed(): string {
  const memory = describeMemory(memoryNow()).replace(/\.$/, '')
  return `something killed it, as systems do when memory runs out; ${memory.charAt(0).toLowerCase()}${memory.slice(1)}`
}

function explainUv({ output, files, workspace }: FailedInstallation): Explanation {
  const { reason, name, path, line } = explainUvFailure(output, files)
  if (path !== undefined) return { reason, path: resolve(workspace, path), line }
  const found = namedRequirements(files).find((one) => one.name === name)
  return { reason, path: found?.file.path, line: found?.line }
}

function explainPip({ output, files, workspace }: FailedInstallation): Explanation {
  const binary = files.find((file) => file.text.includes('\0'))
  if (binary) return { reason: explainPipFailure(output, binary.text).reason, path: binary.path, line: 1 }
  const reason = explainPipFailure(output, '').reason
  const named = placeNamedByPip(output, workspace)
  if (named) return { reason, ...named }
  for (const file of files) {
    const { line } = explainPipFailure(output, file.text)
    if (line !== undefined) return { reason, path: file.path, line }
  }
  return { reason }
}

/** pip tells a line as `(from line 3 of FILE)`, or `(from -r FILE (line 3))`. */
function placeNamedByPip(output: string, workspace: string): { path: string; line: number } | undefined {
  const errors = output.slice(Math.max(output.search(/^\s*(ERROR|error):/m), 0))
  const [, line, file] = /\(from line (\d+) of ([^)]+)\)/.exec(errors) ?? []
  if (file !== undefined) return { path: resolve(workspace, file), line: Number(line) }
  return undefined
}
