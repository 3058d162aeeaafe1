import { createHash } from 'node:crypto'
import { DeployError } from '../errors.ts'
import { readModelFile } from './folder.ts'

/** What the file `MLmodel` says of a model that MLflow has saved. */
export interface MlflowModel {
  /** What the model's archive and the one folder in it are called: `model-<run id>` (platform reference §8). */
  name: string
  /** The run that logged it; undefined when it was saved outside of any. */
  runId: string | undefined
  /** Version of MLflow that saved it. */
  mlflowVersion: string | undefined
  /** The module with which MLflow's pyfunc loads it, such as `mlflow.sklearn`; undefined when pyfunc cannot. */
  loader: string | undefined
}

/**
 * Reads what MLflow says of a model in a folder.
 *
 * A model that was saved without a run gets its name from the id that MLflow gave it, and, when that is missing too, from
 * what its `MLmodel` says: in either case the same folder has the same name each time.
 *
 * @returns undefined when the folder holds no `MLmodel`, and so is no MLflow model
 * @throws DeployError when `MLmodel` cannot be read
 */
export async function readMlflowModel(folder: string): Promise<MlflowModel | undefined> {
  const text = await readModelFile(folder, 'MLmodel')
  if (text === undefined) return undefined
  const description = await parseDescription(text, folder)
  const runId = identifier(description.run_id)
  const id = runId ?? identifier(description.model_uuid) ?? createHash('sha256').update(text).digest('hex').slice(0, 32)
  return {
    name: `model-${id}`,
    runId,
    mlflowVersion: textOf(description.mlflow_version),
    loader: textOf(child(child(description, 'flavors'), 'python_function').loader_module),
  }
}

async function parseDescription(text: string, folder: string): Promise<Record<string, unknown>> {
  const { parse } = await import('yaml')
  let parsed: unknown
  try {
    // All values as they are spelt: an id may look like a number, and a version like a fraction.
    parsed = parse(text, { schema: 'failsafe' })
  } catch (error) {
    throw new DeployError(
      `MLmodel of the MLflow model ${folder} is not YAML (${(error as Error).message.split('\n', 1)[0]}); save the model anew with MLflow`,
    )
  }
  const description = child({ parsed }, 'parsed')
  if (Object.keys(child(description, 'flavors')).length === 0)
    throw new DeployError(`MLmodel of ${folder} names no flavors, so it is no MLflow model; save the model with MLflow`)
  return description
}

function child(parent: Record<string, unknown>, key: string): Record<string, unknown> {
  const value = parent[key]
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && !['', '~', 'null'].includes(value) ? value : undefined
}

/** An id that can stand in a file's name and in a data URI; those of MLflow are hexadecimal, some with `m-` before. */
function identifier(value: unknown): string | undefined {
  const text = textOf(value)
  return text !== undefined && /^[A-Za-z0-9][\w-]{0,63}$/.test(text) ? text : undefined
}
