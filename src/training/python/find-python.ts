import { statSync } from 'node:fs'
import { delimiter, extname, isAbsolute, join, resolve } from 'node:path'
import { DeployError } from '../../errors.ts'
import { warning } from '../../log.ts'
import { ask, jsonIn } from '../ask.ts'
import { installerEnvironment, variable } from '../process-environment.ts'

export interface Python {
  /** Absolute path of the interpreter itself, not of a launcher or shim. */
  executable: string
  /** Such as `3.11.7`. */
  version: string
  /** Absolute paths of the wheels that come with it: pip, and setuptools in older ones. */
  wheels: string[]
}

export interface PythonSearch {
  /** The input `python`: a command, a command with arguments, or a path. */
  input?: string | undefined
  workspace: string
  environment: NodeJS.ProcessEnv
  platform?: NodeJS.Platform
}

const OLDEST = { major: 3, minor: 9 }

/** A file, for the launchers that are batch files: they take no program of several lines. */
const PROBE = join(import.meta.dirname, 'find_python.py')

/**
 * Finds the Python that trains: the input, else the one of actions/setup-python, else the one that UV_PYTHON asks for (as
 * astral-sh/setup-uv does with `python-version`) if there is uv, else what the platform calls Python. A candidate counts
 * when it runs and says that it is 3.9 or newer. What the workflow has set up never gives way to another one.
 *
 * @throws DeployError when there is none; it lists what was tried
 */
export async function findPython(search: PythonSearch): Promise<Python> {
  const tried: string[] = []
  const demand = search.input === undefined ? (ofSetupPython(search) ?? (await ofUv(search))) : undefined
  for (const candidate of demand ? [demand.candidate] : pythonCandidates(search)) {
    const [command = '', ...args] = candidate
    const program = locateProgram(command, search)
    const found = program === undefined ? 'not found' : await probe(program, args, search)
    if (typeof found !== 'string') return found
    tried.push(`${candidate.join(' ')}: ${found}`)
  }
  if (demand) throw unusable(demand.what, tried.join(), demand.remedy)
  const what = search.input === undefined ? 'No Python' : 'The input `python` names no Python'
  throw new DeployError(
    `${what} of version ${OLDEST.major}.${OLDEST.minor} or newer (${tried.join('; ')}). ` +
      'Add the step `uses: actions/setup-python@v6` before this one, or set the input `python`.',
    { annotation: { title: 'No Python for training' } },
  )
}

/** What to try, in order, each as a command and its arguments. */
export function pythonCandidates(search: PythonSearch): string[][] {
  const { input, platform = process.platform } = search
  if (input !== undefined) {
    const isPath = isFile(resolve(search.workspace, input))
    return [isPath ? [input] : input.split(/\s+/).filter((word) => word !== '')]
  }
  return platform === 'win32' ? [['python'], ['py', '-3'], ['python3']] : [['python3'], ['python']]
}

/** A certain Python that the workflow has asked for in an earlier step. */
interface Demand {
  what: string
  /** A command with arguments. */
  candidate: string[]
  remedy: string
}

function ofSetupPython({ environment, platform = process.platform }: PythonSearch): Demand | undefined {
  const location = variable(environment, 'pythonLocation')
  if (location === undefined) return undefined
  return {
    what: 'the Python of actions/setup-python (pythonLocation)',
    candidate: [platform === 'win32' ? join(location, 'python.exe') : join(location, 'bin/python3')],
    remedy: 'Set `python-version` of that step',
  }
}

async function ofUv(search: PythonSearch): Promise<Demand | undefined> {
  const request = variable(search.environment, 'UV_PYTHON')
  if (request === undefined) return undefined
  const uv = locateProgram('uv', search)
  if (uv === undefined) {
    warning(`UV_PYTHON asks for ${request}, which only uv can find, and there is no uv on PATH: it is not followed.`)
    return undefined
  }
  const what = `the Python that UV_PYTHON asks for (${request})`
  const remedy = 'Set UV_PYTHON (`python-version` of astral-sh/setup-uv)'
  const args = ['python', 'find', '--no-project', '--no-config', request]
  const { code, output } = await ask(uv, args, question(search)).catch(() => ({ code: -1, output: '' }))
  if (code !== 0) {
    throw unusable(
      what,
      'uv does not find it',
      `Run \`uv python install ${request}\` before this step, or set UV_PYTHON`,
    )
  }
  return { what, candidate: [output.trim()], remedy }
}

function unusable(what: string, problem: string, remedy: string): DeployError {
  return new DeployError(
    `Training cannot use ${what}: ${problem}. ${remedy} to ${OLDEST.major}.${OLDEST.minor} or newer, or name another ` +
      'Python in the input `python`.',
    { annotation: { title: 'No Python for training' } },
  )
}

/**
 * The file that a command means: a path as it is, a name looked up in PATH. The `python.exe` of the folder WindowsApps is
 * passed over: it only opens the Microsoft Store.
 *
 * @param endings of programs of Windows; a file without one is none there, though pyenv has such beside its `python.bat`
 */
export function locateProgram(
  command: string,
  search: PythonSearch,
  endings: readonly string[] = ['.exe', '.bat', '.cmd'],
): string | undefined {
  const windows = (search.platform ?? process.platform) === 'win32'
  const suffixes = windows && !endings.includes(extname(command).toLowerCase()) ? endings : ['']
  const isPath = isAbsolute(command) || /[\\/]/.test(command)
  const folders = isPath
    ? [search.workspace]
    : (variable(search.environment, 'PATH') ?? '')
        .split(delimiter)
        .filter((folder) => folder !== '' && !/[\\/]WindowsApps[\\/]?$/i.test(folder))
  return folders
    .flatMap((folder) => suffixes.map((suffix) => resolve(folder, command + suffix)))
    .find((path) => isFile(path))
}

function question({ workspace, environment }: PythonSearch) {
  return { cwd: workspace, env: installerEnvironment(environment) }
}

async function probe(program: string, args: string[], search: PythonSearch): Promise<Python | string> {
  const answer = await ask(program, [...args, '-I', PROBE], question(search)).catch(() => undefined)
  if (answer === undefined) return 'cannot be run'
  if (answer.code !== 0) return `ends with exit code ${answer.code}`
  const { executable, version, wheels = [] } = Object(jsonIn(answer.output)) as Partial<Python>
  if (executable === undefined || version === undefined) return 'does not say its version'
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const tooOld = major < OLDEST.major || (major === OLDEST.major && minor < OLDEST.minor)
  return tooOld ? `is ${version}` : { executable, version, wheels }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}
