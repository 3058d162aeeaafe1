import { existsSync, readdirSync, statSync } from 'node:fs'
import { dirname, extname, posix } from 'node:path'
import type { MetricsInputs, ModelInputs, TrainingInputs } from '../inputs.ts'
import { warning } from '../log.ts'
import type { InputName } from './names.ts'
import { adviceFor, otherPackaging } from './other-packagings.ts'
import type { InputReader } from './reader.ts'
import {
  boolean,
  megabytes,
  minutes,
  oneOf,
  pythonCommand,
  quote,
  variableNames,
  type WorkspacePath,
  workspacePath,
} from './values.ts'

const defaultNotebook = 'model_training.ipynb'
const defaultRequirements = 'requirements.txt'
const defaultMetrics = 'metrics.json'

/** Inputs that mean something to a notebook only. */
const forNotebooks = {
  notebook_parameters: 'pass them to the script with training_arguments',
  cell_timeout_minutes: 'limit the script with notebook_timeout_minutes',
  executed_notebook_path: 'what the script prints is kept in the output training_log',
  kernel_start_timeout_minutes: 'a script needs no kernel',
} satisfies Partial<Record<InputName, string>>

/**
 * What is to be trained, and how.
 *
 * @param models the files that training is to write, which it may not replace by its own evidence
 * @returns undefined when there is nothing to train; `skipped` says why
 */
export async function readTrainingInputs(
  reader: InputReader,
  workspace: string | undefined,
  models: ModelInputs | undefined,
): Promise<{ training: TrainingInputs | undefined; metrics: MetricsInputs | undefined; skipped: string }> {
  const path = (name: InputName) =>
    reader.optional(name, (raw) => workspacePath(raw, workspace ?? '.'), workspace !== undefined)
  const program = findProgram(reader, path)
  const requirements = findFile(reader, path, 'requirements_path', defaultRequirements)
  const advice = requirements && adviceFor(requirements.relative)
  if (advice) reader.report('requirements_path', `is ${quote(requirements.relative)}, ${advice}`)
  const workingDirectory = findFolder(reader, path, workspace)
  const training: Omit<TrainingInputs, 'kind' | 'program' | 'workingDirectory'> = {
    requirements,
    requirementsSkipped: whyNoRequirements(reader, program && requirements === undefined ? workspace : undefined),
    python: reader.optional('python', pythonCommand),
    installer: reader.optional('installer', (raw) => oneOf(raw, ['auto', 'uv', 'pip'] as const)) ?? 'auto',
    parameters: await reader.parameters('notebook_parameters'),
    arguments: await reader.words('training_arguments'),
    timeoutMs: reader.optional('notebook_timeout_minutes', minutes),
    cellTimeoutMs: reader.optional('cell_timeout_minutes', minutes),
    kernelStartTimeoutMs: reader.optional('kernel_start_timeout_minutes', minutes) ?? 3 * 60_000,
    isStrict: reader.optional('notebook_strict', boolean) ?? false,
    logLimit: reader.optional('training_log_megabytes', megabytes) ?? 50_000_000,
    passThrough: reader.optional('notebook_environment', variableNames) ?? [],
    executedNotebook: path('executed_notebook_path'),
  }
  const metrics = path('metrics_path')
  const modelFiles = models?.lines.map((line) => line.path) ?? []
  checkEvidence(reader, training.executedNotebook, [program?.file, ...modelFiles, requirements, metrics])
  if (reader.text('training_script') === '') {
    if (reader.text('training_arguments') !== '')
      reader.report('training_arguments', 'needs training_script; a notebook takes notebook_parameters')
  } else {
    for (const [name, remedy] of Object.entries(forNotebooks)) {
      if (reader.text(name as InputName) !== '') reader.report(name, `is for notebooks; ${remedy}`)
    }
    if (training.isStrict) reader.report('notebook_strict', 'is for notebooks; a script decides for itself')
  }
  return {
    training: program &&
      workingDirectory && { kind: program.kind, program: program.file, workingDirectory, ...training },
    metrics: metrics && { file: metrics, isDemanded: reader.text('metrics_path') !== defaultMetrics },
    skipped:
      reader.text('notebook_path') === ''
        ? 'notebook_path is empty, so the model is taken from the workspace as it is'
        : `${reader.text('notebook_path')} does not exist, so the model is taken from the workspace as it is`,
  }
}

type ReadPath = (name: InputName) => WorkspacePath | undefined

/** The notebook or the script: one of the two. */
function findProgram(
  reader: InputReader,
  path: ReadPath,
): { kind: TrainingInputs['kind']; file: WorkspacePath } | undefined {
  const script = path('training_script')
  if (reader.text('training_script') === '') {
    const notebook = findFile(reader, path, 'notebook_path', defaultNotebook)
    if (notebook && /\.pyw?$/i.test(notebook.relative)) {
      reader.report('notebook_path', `is ${quote(notebook.relative)}; a Python file belongs into training_script`)
    }
    return notebook && { kind: 'notebook', file: notebook }
  }
  const notebook = path('notebook_path')
  if (notebook && (notebook.relative !== defaultNotebook || existsSync(notebook.absolute))) {
    reader.report(
      'training_script',
      `is set, and so is a notebook (${notebook.relative}); one of the two trains the model: set \`notebook_path: ''\`, or remove training_script`,
    )
  }
  if (script === undefined) return undefined
  if (!existsSync(script.absolute)) reader.reportMissing('training_script', script.relative, similarTo(script))
  else if (!statSync(script.absolute).isFile()) {
    reader.report('training_script', `is ${quote(script.relative)}, which is not a file`)
  } else if (!/\.pyw?$/i.test(script.relative)) {
    const remedy = /\.ipynb$/i.test(script.relative) ? 'a notebook belongs into notebook_path' : 'write it in Python'
    reader.report('training_script', `is ${quote(script.relative)}, which is not a Python file (.py); ${remedy}`)
  }
  return { kind: 'script', file: script }
}

/** @param read files that may not be replaced by the evidence */
function checkEvidence(
  reader: InputReader,
  notebook: WorkspacePath | undefined,
  read: readonly (WorkspacePath | undefined)[],
): void {
  if (notebook === undefined) return
  const name = 'executed_notebook_path'
  if (read.some((file) => file?.absolute === notebook.absolute)) {
    reader.report(name, 'is a file that this step reads; name another one, which may be replaced')
  } else if (statSync(notebook.absolute, { throwIfNoEntry: false })?.isDirectory()) {
    reader.report(name, `is ${quote(notebook.relative)}, which is a folder; name a file in it`)
  } else if (!/\.ipynb$/i.test(reader.text(name))) {
    reader.report(name, `is ${quote(reader.text(name))}; name a file that ends with .ipynb`)
  }
}

/** A path whose default means "if it is there": only another name that is missing is a mistake. */
function findFile(
  reader: InputReader,
  path: ReadPath,
  name: InputName,
  defaultName: string,
): WorkspacePath | undefined {
  const file = path(name)
  const present = file !== undefined && existsSync(file.absolute)
  if (file && !present && file.relative !== defaultName) reader.reportMissing(name, file.relative, similarTo(file))
  if (file && present && statSync(file.absolute).isDirectory()) {
    reader.report(name, `is ${quote(file.relative)}, which is a folder`)
  }
  return present ? file : undefined
}

/** Another file of this kind in the folder of one that is missing, if it is the only one. */
function similarTo({ absolute, relative }: WorkspacePath): string | undefined {
  const folder = dirname(absolute)
  const found = existsSync(folder) ? readdirSync(folder).filter((name) => extname(name) === extname(absolute)) : []
  return found.length === 1 ? posix.join(posix.dirname(relative), found[0] ?? '') : undefined
}

/** Default: the workspace itself. */
function findFolder(reader: InputReader, path: ReadPath, workspace: string | undefined): WorkspacePath | undefined {
  const folder = path('working_directory')
  if (folder === undefined) return workspace === undefined ? undefined : workspacePath('.', workspace)
  if (!existsSync(folder.absolute)) reader.reportMissing('working_directory', folder.relative)
  else if (!statSync(folder.absolute).isDirectory()) {
    reader.report('working_directory', `is ${quote(folder.relative)}, which is not a folder`)
  }
  return folder
}

/** @param workspace undefined where packages are installed, or nothing is trained */
function whyNoRequirements(reader: InputReader, workspace: string | undefined): string {
  const found = workspace === undefined ? undefined : otherPackaging(workspace)
  if (found !== undefined) {
    warning(`There is no ${defaultRequirements}, but ${found.name} is ${found.advice}.`, { file: found.name })
    return `there is no ${defaultRequirements}, and ${found.name} is not read`
  }
  return reader.text('requirements_path') === ''
    ? 'requirements_path is empty'
    : `${reader.text('requirements_path')} does not exist`
}
