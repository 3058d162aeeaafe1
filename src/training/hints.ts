import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describeMemory, type Memory } from './memory.ts'
import { shownPath } from './shown-path.ts'

/** What hints depend on. */
export interface Surroundings {
  kind: 'notebook' | 'script'
  workspace: string
  /** Absolute path of the notebook or script. */
  program: string
  /** Absolute path. */
  workingDirectory: string
  /** Absolute path, if there is one. */
  requirements?: string | undefined
  /** Names of the variables that the action has and the training does not see. */
  hiddenVariables: readonly string[]
  /** What there was when the program had ended. */
  memory: Memory
}

/** What to do about a well-known Python error; empty when there is nothing to say. */
export function hintFor(ename: string, evalue: string, surroundings: Surroundings): string {
  switch (ename.split('.').at(-1)) {
    case 'ModuleNotFoundError':
      return missingModule(/^No module named '?([\w]+)/.exec(evalue)?.[1] ?? '', surroundings)
    case 'StdinNotImplementedError':
      return 'Nobody can answer input() here: use notebook_parameters instead.'
    case 'EOFError':
      return surroundings.kind === 'script' && evalue.startsWith('EOF when reading a line')
        ? 'Nobody can answer input() here: use training_arguments instead.'
        : ''
    case 'KeyError':
      return hiddenVariable(/^'(\w+)'$/.exec(evalue)?.[1] ?? '', surroundings)
    case 'RuntimeError':
      return surroundings.kind === 'notebook' && /asyncio\.run\(\) cannot be called/.test(evalue)
        ? 'Use `await` instead: a notebook has a running event loop.'
        : ''
    case 'FileNotFoundError':
      return missingFile(/: '(.+)'$/.exec(evalue)?.[1] ?? '', surroundings)
    case 'MemoryError':
    case '_ArrayMemoryError':
      return describeMemory(surroundings.memory)
    case 'UnsupportedModelRegistryStoreURIException':
      return 'mlflow-skinny keeps runs in a file only with sqlalchemy and alembic: add both to the requirements file, or use mlflow.'
    case 'MlflowException':
      return /maintenance mode/.test(evalue)
        ? 'Leave MLFLOW_TRACKING_URI away, so that MLflow keeps its runs in mlflow.db; or set MLFLOW_ALLOW_FILE_STORE to true in `env`, and name it in notebook_environment.'
        : ''
    case 'SystemExit':
      return 'A cell that exits fails the run, also with code 0.'
    default:
      return ''
  }
}

/** A hint after what failed, which ends as it likes. */
export function withHint(failure: string, hint: string): string {
  if (hint === '') return failure
  return `${failure}${/[.!?…]$/.test(failure) ? '' : '.'} ${hint}`
}

function missingModule(name: string, surroundings: Surroundings): string {
  const { kind, program, workingDirectory, requirements, workspace } = surroundings
  const isIn = (folder: string) =>
    name !== '' && (existsSync(join(folder, `${name}.py`)) || existsSync(join(folder, name, '__init__.py')))
  const isElsewhere = dirname(program) !== workingDirectory
  // Python looks for a script's modules beside it, and for a notebook's in the working directory.
  if (kind === 'notebook' && isElsewhere && isIn(dirname(program))) {
    return `It lies beside the notebook: ${startThere(surroundings)}`
  }
  if (kind === 'script' && isElsewhere && isIn(workingDirectory)) {
    return 'It lies in the working directory, and Python looks beside the script: set PYTHONPATH to that folder and name PYTHONPATH in notebook_environment.'
  }
  return requirements === undefined
    ? 'No packages are installed, as there is no requirements file: write a requirements.txt that names the package that has it.'
    : `Add the package that has it to the requirements file (${shownPath(workspace, requirements)}).`
}

function missingFile(path: string, surroundings: Surroundings): string {
  const { workspace, workingDirectory, program, kind } = surroundings
  const start = shownPath(workspace, workingDirectory)
  const folder = start === '' ? 'the root of the workspace' : start
  if (path !== '' && existsSync(join(dirname(program), path)) && dirname(program) !== workingDirectory) {
    return `Relative paths start at ${folder}, and ${basename(path)} lies beside the ${kind}: ${startThere(surroundings)}`
  }
  return `Relative paths start at ${folder} (working_directory).`
}

function startThere({ workspace, program }: Surroundings): string {
  return `set working_directory to ${shownPath(workspace, dirname(program)) || '.'}.`
}

function hiddenVariable(name: string, { kind, hiddenVariables }: Surroundings): string {
  return hiddenVariables.includes(name)
    ? `The ${kind} does not see the environment variable ${name}: name it in notebook_environment.`
    : ''
}
