import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { SimpleGit } from 'simple-git'
import { DeployError } from '../errors.ts'
import * as log from '../log.ts'
import type { FileChange, SkippedPath } from './changes.ts'
import type { Clone } from './clone.ts'
import { checkSizes } from './large-files.ts'
import { pathsInLfs, refusePointers, restorePointers, stagedObjects } from './lfs.ts'

/** What is ready to be committed. */
export interface Staged {
  files: FileChange[]
  /** What is in the work tree, but ignored by the repository. */
  skipped: SkippedPath[]
  /** The objects of Git LFS that the files point to. */
  objects: string[]
}

/**
 * Stages everything that changed in a clone, and refuses what git would take without its content.
 *
 * @param force paths that are staged even if the repository ignores them, as far as they exist
 */
export async function stageAll(
  { git, folder, location, hasLfs }: Pick<Clone, 'git' | 'folder' | 'location' | 'hasLfs'>,
  force: readonly string[],
): Promise<Staged> {
  await git.raw(['add', '--all', '--', '.'])
  const forced = force.filter((path) => existsSync(join(folder, path)))
  if (forced.length > 0) await git.raw(['add', '--force', '--', ...forced])
  let files = await stagedFiles(git)
  await refuseFilesInSubmodules(git, folder)

  const present = files.filter(({ kind }) => kind !== 'deleted').map(({ path }) => path)
  await refusePointers(folder, present)
  const inLfs = await pathsInLfs(git, present)
  await checkSizes(location.url, { root: folder, paths: present }, async () => inLfs)
  if (inLfs.length > 0 && !hasLfs) {
    await restorePointers(git, folder, inLfs)
    files = await stagedFiles(git)
  }
  const objects = hasLfs ? await stagedObjects(git, inLfs) : []
  return { files, skipped: await ignoredFiles(git), objects }
}

/** @throws DeployError when one of them is a new link to another repository */
async function stagedFiles(git: SimpleGit): Promise<FileChange[]> {
  const changes = (await git.raw(['diff', '--cached', '--raw', '--no-renames', '-z'])).split('\0')
  const files: FileChange[] = []
  for (let index = 0; index + 1 < changes.length; index += 2) {
    const [what = '', path = ''] = changes.slice(index, index + 2)
    if (/^:\d+ 160000 /.test(what)) {
      throw new DeployError(
        `${path} in the code folder is a git repository of its own; copy its files or name it in copy_exclude`,
      )
    }
    const letter = what.slice(-1)
    files.push({ path, kind: letter === 'A' ? 'added' : letter === 'D' ? 'deleted' : 'changed' })
  }
  return files
}

/** Ignored files in a fresh clone are the ones that were just copied. */
async function ignoredFiles(git: SimpleGit): Promise<SkippedPath[]> {
  const ignored = await git.raw(['ls-files', '--others', '--ignored', '--exclude-standard', '-z'])
  const paths = ignored.split('\0').filter((path) => path !== '')
  return paths.map((path) => ({ path, why: 'a .gitignore excludes it' }))
}

export function warnOfIgnored(skipped: readonly SkippedPath[]): void {
  if (skipped.length === 0) return
  const names = skipped.slice(0, 10).map(({ path }) => path)
  const more = skipped.length > 10 ? ` and ${skipped.length - 10} more` : ''
  log.warning(
    `Not deployed, because a .gitignore of the algorithm's repository, or one that the code brings, excludes them: ${names.join(', ')}${more}`,
  )
}

/** git adds nothing below a submodule's folder, and does not say so. */
async function refuseFilesInSubmodules(git: SimpleGit, folder: string): Promise<void> {
  const entries = (await git.raw(['ls-files', '--stage', '-z'])).split('\0')
  for (const entry of entries.filter((line) => line.startsWith('160000 '))) {
    const path = entry.slice(entry.indexOf('\t') + 1)
    const content = await readdir(join(folder, path)).catch(() => [])
    if (content.length === 0) continue
    throw new DeployError(
      `${path} is a submodule in the algorithm's repository and a folder in the code folder; remove the submodule there or name ${path} in copy_exclude`,
    )
  }
}
