import { lstat, readFile, realpath } from 'node:fs/promises'
import { relative, resolve, sep } from 'node:path'
import { DeployError } from '../errors.ts'

/**
 * The text of a file of a model's folder; undefined when there is no such file.
 *
 * @param path relative to the folder
 * @throws DeployError for a link, a folder, and what is outside of the model's folder: it would be published with the code
 */
export async function readModelFile(folder: string, path: string): Promise<string | undefined> {
  const absolute = resolve(folder, path)
  const found = await lstat(absolute).catch(() => undefined)
  if (found === undefined) return undefined
  if (!found.isFile()) throw new DeployError(`${path} of the MLflow model ${folder} is a link or a folder, not a file`)
  const inside = relative(await realpath(folder), await realpath(absolute))
  if (inside.startsWith(`..${sep}`))
    throw new DeployError(`${path} is outside of the MLflow model ${folder}; put it into the model's folder`)
  return readFile(absolute, 'utf8')
}
