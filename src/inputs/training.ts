import { existsSync, statSync } from 'node:fs'
import type { MetricsInputs, TrainingInputs } from '../inputs.ts'
import { warning } from '../log.ts'
import type { InputName } from './names.ts'
import { adviceFor, otherPackaging } from './other-packagings.ts'
import type { InputReader } from './reader.ts'
import {
  boolean,
  megabytes,
  minutes,
  oneOf,
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
 * @param model the file that training is to write, which it may not replace by its own evidence
 * @returns undefined when there is nothing to train; `skipped` says why
 */
export async function readTrainingInputs(
  reader: InputReader,
  workspace: string | undefined,
  model: WorkspacePath | undefined,
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
    requirementsSkipped:
      reader.text('requirements_path') === ''
        ? 'requirements_path is empty'
        : `${reader.text('requirements_path')} does not exist`,
    python: reader.text('python') || undefined,
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
  const evidence = training.executedNotebook?.absolute
  if (evidence && [program?.file, model, requirements, metrics].some((file) => file?.absolute === evidence)) {
    reader.report('executed_notebook_path', 'is a file that this step reads; name another one, which may be replaced')
  }
  if (evidence && statSync(evidence, { throwIfNoEntry: false })?.isDirectory()) {
    reader.report(
      'executed_notebook_path',
      `is ${quote(training.executedNotebook?.relative ?? '')}, which is a folder; name a file in it`,
    )
  }
  if (reader.text('training_script') === '') {
    if (reader.text('training_arguments') !== '')
      reader.report('training_arguments', 'needs training_script; a notebook takes notebook_parameters')
  } else {
    for (const [name, remedy] of Object.entries(forNotebooks)) {
      if (reader.text(name as InputName) !== '') reader.report(name, `is for notebooks; ${remedy}`)
    }
    if (training.isStrict) reader.report('notebook_strict', 'is for notebooks; a script decides for itself')
  }
  if (program && requirements === undefined && workspace !== undefined) warnOfOtherPackaging(workspace)
  return {
    training: program &&
      workingDirectory && { kind: program.kind, program: program.file, workingDirectory, ...training },
    metrics: metrics && { file: metrics, isDemanded: reader.text('metrics_path') !== defaultMetrics },
    skipped:
      reader.text('notebook_path') === ''
        ? 'notebook_path is empty, the model in the workspace is deployed as it is'
        : `${reader.text('notebook_path')} does not exist, the model in the workspace is deployed as it is`,
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
  if (!existsSync(script.absolute)) reader.reportMissing('training_script', script.relative)
  else if (!statSync(script.absolute).isFile()) {
    reader.report('training_script', `is ${quote(script.relative)}, which is not a file`)
  } else if (!/\.pyw?$/i.test(script.relative)) {
    const remedy = /\.ipynb$/i.test(script.relative) ? 'a notebook belongs into notebook_path' : 'write it in Python'
    reader.report('training_script', `is ${quote(script.relative)}, which is not a Python file (.py); ${remedy}`)
  }
  return { kind: 'script', file: script }
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
  if (file && !present && file.relative !== defaultName) reader.reportMissing(name, file.relative)
  if (file && present && statSync(file.absolute).isDirectory()) {
    reader.report(name, `is ${quote(file.relative)}, which is a folder`)
  }
  return present ? file : undefined
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

function warnOfOtherPackaging(workspace: string): void {
  const found = otherPackaging(workspace)
  if (found === undefined) return
  warning(`There is no ${defaultRequirements}, but ${found.name} is ${found.advice}.`, { file: found.name })
}
