import { readdir, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, parse, relative, sep } from 'node:path'
import { DeployError } from '../errors.ts'
import { formatBytes } from '../format.ts'
import * as log from '../log.ts'
import { refuseLfsPointer } from './lfs-pointer.ts'

export interface CheckedModel {
  /** Absolute path, symbolic links followed. */
  path: string
  /** Bytes. */
  size: number
}

export interface ModelCheck {
  absolute: string
  /** Relative to the workspace, for messages. */
  relative: string
  workspace: string
  /** When the training of this run began; undefined when nothing was trained. */
  trainedSince: Date | undefined
  /** What trains the model. */
  trainedBy?: 'notebook' | 'script' | undefined
  /** Absolute paths of folders of the workspace where a training may have written it by mistake. */
  trainedIn?: readonly string[] | undefined
}

/** How to deploy a model without training it. */
const withoutTraining = { notebook: "set notebook_path to ''", script: 'remove training_script' }

/**
 * Makes sure that there is a model worth shipping.
 *
 * @throws DeployError for a missing or empty file, a folder, a Git LFS pointer, a path out of the workspace
 */
export async function checkModel({
  absolute: path,
  relative: shown,
  workspace,
  trainedSince,
  trainedBy = 'notebook',
  trainedIn = [],
}: ModelCheck): Promise<CheckedModel> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) {
    const written = trainedSince && (await findWritten(basename(path), [dirname(path), ...trainedIn], trainedSince))
    const remedy =
      trainedSince === undefined
        ? 'nothing was trained in this step: commit the model, download it in an earlier step, or set notebook_path or training_script'
        : written === undefined
          ? `the training ran, but did not save a model there: compare the path that the ${trainedBy} writes to with model_path`
          : `the training ran, and wrote ${relative(workspace, written).split(sep).join('/')}: if that is the model, set model_path to it`
    throw new DeployError(`Model file not found at ${shown}; ${remedy}`)
  }
  const real = await realpath(path)
  // Checked again here, because training may have put a link in its place.
  const root = await realpath(workspace)
  if (real !== root && !real.startsWith(root + sep))
    throw new DeployError(`model_path ${shown} leads out of the workspace, to ${real}`)
  if (found.isDirectory())
    throw new DeployError(`model_path ${shown} is a folder; name one file (an archive of it, say)`)
  if (!found.isFile()) throw new DeployError(`model_path ${shown} is not a regular file`)
  if (found.size === 0) throw new DeployError(`The model ${shown} is empty (0 bytes)`)
  await refuseLfsPointer(real, shown, found.size)
  // The time of the change counts too, for what was moved or unpacked there with an old date of its own. Two seconds
  // are what some file systems round to.
  if (trainedSince && Math.max(found.mtimeMs, found.ctimeMs) < trainedSince.getTime() - 2000) {
    throw new DeployError(
      `The training ran, but did not write ${shown}: the file is from ${found.mtime.toISOString()}, the training began at ` +
        `${trainedSince.toISOString()}. An old model is not deployed as the result of this commit; ` +
        `let the ${trainedBy} save the model to model_path, or ${withoutTraining[trainedBy]} to deploy the file as it is`,
    )
  }
  log.info(`${shown}: ${formatBytes(found.size)}, written ${found.mtime.toISOString()}`)
  return { path: real, size: found.size }
}

/** What this training wrote in one of these folders under the model's name, also with another ending. */
async function findWritten(name: string, folders: readonly string[], since: Date): Promise<string | undefined> {
  const stem = parse(name).name
  for (const folder of folders) {
    const names = await readdir(folder).catch(() => [])
    const similar = names.filter((one) => one === name || (parse(one).name === stem && !/\.(ipynb|py)$/i.test(one)))
    for (const path of similar.map((one) => join(folder, one))) {
      const found = await stat(path).catch(() => undefined)
      if (found?.isFile() && found.mtimeMs >= since.getTime() - 2000) return path
    }
  }
  return undefined
}
