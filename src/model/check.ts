import { readdir, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, parse, relative, sep } from 'node:path'
import { DeployError } from '../errors.ts'
import { formatBytes } from '../format.ts'
import * as log from '../log.ts'
import { isReadableName } from '../object-name.ts'
import { type FolderListing, listFolder } from './folder.ts'
import { refuseLfsPointer } from './lfs-pointer.ts'

export interface CheckedModel {
  /** Absolute path, symbolic links followed. */
  path: string
  /** Bytes; of a folder, those of its files. */
  size: number
  /** When it was last written to; of a folder, its newest file. */
  writtenAt: Date
  /** Whether the training of this run left it as it was. */
  isOlder: boolean
  /** What a folder holds. */
  listing: FolderListing | undefined
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
  /** Whether what the training did not write may be deployed. */
  mayBeOlder?: boolean
}

/** How to deploy a model without training it. */
const withoutTraining = { notebook: "set notebook_path to ''", script: 'remove training_script' }

/**
 * Makes sure that there is a model worth shipping.
 *
 * @throws DeployError for what is missing or empty, a Git LFS pointer, a path out of the workspace
 */
export async function checkModel({
  absolute: path,
  relative: shown,
  workspace,
  trainedSince,
  trainedBy = 'notebook',
  trainedIn = [],
  mayBeOlder = false,
}: ModelCheck): Promise<CheckedModel> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) {
    const written = trainedSince && (await findWritten(basename(path), [dirname(path), ...trainedIn], trainedSince))
    const remedy =
      trainedSince === undefined
        ? 'check the path; nothing was trained in this step: commit the model, download it in an earlier step, or set notebook_path or training_script'
        : written === undefined
          ? `the training ran, but did not save a model there: compare the path that the ${trainedBy} writes to with model_path`
          : `the training ran, and wrote ${relative(workspace, written).split(sep).join('/')}: if that is the model, set model_path to it`
    const [, name = '', rest = ''] = /^([\w.-]+):(.+)$/.exec(shown) ?? []
    const hint = name === '' ? '' : `. If ${name} is a name, write a space after it: \`${name}: ${rest}\``
    throw new DeployError(`Model file not found at ${shown}; ${remedy}${hint}`)
  }
  const real = await realpath(path)
  // Checked again here, because training may have put a link in its place.
  const root = await realpath(workspace)
  if (real === root) throw new DeployError(`model_path ${shown} is the whole workspace; name a folder in it`)
  if (!real.startsWith(root + sep)) {
    throw new DeployError(`model_path ${shown} leads out of the workspace, to ${real}`)
  }
  if (
    relative(root, real)
      .split(sep)
      .some((part) => part.toLowerCase() === '.git')
  ) {
    throw new DeployError(`model_path ${shown} lies inside a .git folder, where secrets may be`)
  }
  // The stored object is called after the file that a link leads to.
  if (![path, real].every((one) => isReadableName(basename(one)))) {
    throw new DeployError(
      `Algorithmia clients cannot read names with #, ?, %, \\ or control characters; rename ${JSON.stringify(shown)}` +
        (basename(real) === basename(path) ? '' : `, a link to ${JSON.stringify(basename(real))}`),
    )
  }
  const listing = found.isDirectory() ? await listFolder(real, shown) : undefined
  const size = listing?.size ?? (await checkFile(real, shown))
  const writtenAt = listing?.modified ?? found.mtime
  // The time of the change counts too, for what was moved or unpacked there with an old date of its own. Two seconds are
  // what some file systems round to.
  const changedAt = listing?.touched ?? new Date(Math.max(found.mtimeMs, found.ctimeMs))
  const isOlder = trainedSince !== undefined && changedAt.getTime() < trainedSince.getTime() - 2000
  if (trainedSince && isOlder && !mayBeOlder) {
    throw new DeployError(
      `The training ran, but did not write ${shown}: it is from ${writtenAt.toISOString()}, the training began at ` +
        `${trainedSince.toISOString()}. An old model is not deployed as the result of this commit; ` +
        `let the ${trainedBy} save the model to model_path, or ${withoutTraining[trainedBy]} to deploy it as it is`,
    )
  }
  const files = listing ? `, ${listing.files.length} ${listing.files.length === 1 ? 'file' : 'files'}` : ''
  log.info(`${shown}: ${formatBytes(size)}${files}, written ${writtenAt.toISOString()}`)
  return { path: real, size, writtenAt, isOlder, listing }
}

/** @returns bytes */
async function checkFile(path: string, shown: string): Promise<number> {
  const found = await stat(path)
  if (!found.isFile()) throw new DeployError(`model_path ${shown} is not a regular file`)
  if (found.size === 0) throw new DeployError(`The model ${shown} is empty (0 bytes)`)
  await refuseLfsPointer(path, shown, found.size)
  return found.size
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
