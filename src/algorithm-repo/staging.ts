import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { SimpleGit } from 'simple-git'
import { DeployError } from '../errors.ts'
import * as log from '../log.ts'

/**
 * Stages everything that changed in a clone, and refuses what git would take without its content.
 *
 * @param force paths that are staged even if the repository ignores them, as far as they exist
 * @returns changed paths
 */
export async function stageAll(git: SimpleGit, folder: string, force: readonly string[]): Promise<string[]> {
  await git.raw(['add', '--all', '--', '.'])
  const forced = force.filter((path) => existsSync(join(folder, path)))
  if (forced.length > 0) await git.raw(['add', '--force', '--', ...forced])
  const changes = (await git.raw(['diff', '--cached', '--raw', '--no-renames', '-z'])).split('\0')
  const files: string[] = []
  for (let index = 0; index + 1 < changes.length; index += 2) {
    const path = changes[index + 1] ?? ''
    if (/^:\d+ 160000 /.test(changes[index] ?? '')) {
      throw new DeployError(
        `${path} in the code folder is a git repository of its own; copy its files or name it in copy_exclude`,
      )
    }
    files.push(path)
  }
  await refuseFilesInSubmodules(git, folder)
  await refuseLargeFileStorage(git, files)
  return files
}

/** Ignored files in a fresh clone are the ones that were just copied. */
export async function warnOfIgnored(git: SimpleGit): Promise<void> {
  const ignored = (await git.raw(['ls-files', '--others', '--ignored', '--exclude-standard', '-z'])).split('\0')
  const names = ignored.filter((name) => name !== '')
  if (names.length === 0) return
  const more = names.length > 10 ? ` and ${names.length - 10} more` : ''
  log.warning(
    `Not deployed, because .gitignore of the algorithm's repository excludes them: ${names.slice(0, 10).join(', ')}${more}`,
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

/** With git-lfs set up, `add` stores a pointer, and the bytes would stay on this machine: no hook runs that sends them. */
async function refuseLargeFileStorage(git: SimpleGit, files: readonly string[]): Promise<void> {
  const filter = await git.raw(['config', '--get-regexp', '^filter\\.lfs\\.(clean|process)$']).catch(() => '')
  if (filter === '') return
  const stored: string[] = []
  // In portions: the names stand on a command line.
  for (let start = 0; start < files.length; start += 200) {
    const portion = files.slice(start, start + 200)
    const attributes = (await git.raw(['check-attr', '-z', 'filter', '--', ...portion])).split('\0')
    stored.push(...portion.filter((_, index) => attributes[3 * index + 2] === 'lfs'))
  }
  if (stored.length === 0) return
  throw new DeployError(
    `.gitattributes of the algorithm's repository keeps ${stored.slice(0, 5).join(', ')} in Git LFS, which this action ` +
      'does not push. Remove the rule there, or name the files in copy_exclude',
  )
}
