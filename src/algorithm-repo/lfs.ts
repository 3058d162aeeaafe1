import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { lstat, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { SimpleGit } from 'simple-git'
import { DeployError, messageOf } from '../errors.ts'
import * as log from '../log.ts'
import type { Clone } from './clone.ts'
import { persist } from './persist.ts'

/** Git LFS: the repository holds a pointer, and the file itself goes to a store of its own, by HTTP. */

/** Names in one command line. */
const portionSize = 200

/**
 * Settings for `git -c`, which take the place of the machine's. Checkouts never download: what the deployment does not
 * touch stays a pointer. Without git-lfs a filter that the machine still names would fail each checkout.
 */
export function lfsConfig(isInstalled: boolean, stallSeconds: number): string[] {
  const [process, clean, smudge] = isInstalled
    ? ['git-lfs filter-process --skip', 'git-lfs clean -- %f', 'git-lfs smudge --skip -- %f']
    : ['', '', '']
  return [
    `filter.lfs.process=${process}`,
    `filter.lfs.clean=${clean}`,
    `filter.lfs.smudge=${smudge}`,
    `filter.lfs.required=${isInstalled}`,
    'lfs.storage=',
    'lfs.locksverify=false',
    'lfs.allowincompletepush=false',
    `lfs.activitytimeout=${stallSeconds}`,
  ]
}

export async function hasLfs(git: SimpleGit): Promise<boolean> {
  return /^git-lfs\//.test(await git.raw(['lfs', 'version']).catch(() => ''))
}

/** @returns those of the paths that .gitattributes of the work tree keeps in Git LFS */
export async function pathsInLfs(git: SimpleGit, paths: readonly string[]): Promise<string[]> {
  const found: string[] = []
  for (const portion of portionsOf(paths)) {
    const attributes = (await git.raw(['check-attr', '-z', 'filter', '--', ...portion])).split('\0')
    found.push(...portion.filter((_, index) => attributes[3 * index + 2] === 'lfs'))
  }
  return found
}

/** @returns the names of the objects that staged files point to */
export async function stagedObjects(git: SimpleGit, paths: readonly string[]): Promise<string[]> {
  const objects = new Set<string>()
  for (const portion of portionsOf(paths)) {
    const difference = ['diff', '--cached', '--text', '--unified=0', '--no-color', '--no-ext-diff', '--no-textconv']
    const text = await git.raw([...difference, '--', ...portion.map((path) => `:(top,literal)${path}`)])
    for (const [, object = ''] of text.matchAll(/^\+oid sha256:([0-9a-f]{64})$/gm)) objects.add(object)
  }
  return [...objects]
}

/**
 * Sends objects to the store, which must have them before the commit that points to them is pushed. No hook does that here.
 *
 * @throws DeployError when the store does not take them
 */
export async function pushObjects(
  { gitForLfs, location: { url, secretInput }, patienceMs }: Clone,
  objects: readonly string[],
): Promise<void> {
  for (const portion of portionsOf(objects)) {
    try {
      await persist(patienceMs, () => gitForLfs.raw(['lfs', 'push', '--object-id', 'origin', ...portion]))
    } catch (error) {
      throw new DeployError(
        `Uploading to Git LFS of ${url} failed, so nothing was pushed. Check that this host offers Git LFS, that ` +
          `${secretInput} may write, that the quota is not used up, and that no .lfsconfig in the repository sends them elsewhere; or name the files in copy_exclude. git-lfs says:\n` +
          messageOf(error).trim(),
      )
    }
  }
  log.info(`Git LFS: ${objects.length} ${objects.length === 1 ? 'object is' : 'objects are'} stored`)
}

/**
 * Without git-lfs, `add` stages a file itself instead of its pointer, which would break the clones of everybody else. A file
 * that is the one the present pointer means is put back.
 *
 * @param paths staged, and kept in Git LFS
 * @throws DeployError for those that have changed
 */
export async function restorePointers(git: SimpleGit, folder: string, paths: readonly string[]): Promise<void> {
  const changed: string[] = []
  for (const path of paths) {
    const pointer = await git.raw(['cat-file', 'blob', `HEAD:${path}`]).catch(() => '')
    const object = /^version https:\/\/git-lfs\..*\noid sha256:([0-9a-f]{64})\n/.exec(pointer)?.[1]
    if (object !== undefined && object === (await sha256Of(join(folder, path)))) {
      await git.raw(['reset', '--quiet', '--', `:(top,literal)${path}`])
    } else changed.push(path)
  }
  if (changed.length === 0) return
  throw new DeployError(
    `.gitattributes of the algorithm's repository keeps ${shown(changed)} in Git LFS, and git-lfs is not installed on this ` +
      'runner. Install it before this step, or name the files in copy_exclude',
  )
}

/**
 * A checkout without `lfs: true` leaves pointers in the code folder. As code they would arrive without what they mean.
 *
 * @param paths staged
 * @throws DeployError when one of them is a pointer in the work tree
 */
export async function refusePointers(folder: string, paths: readonly string[]): Promise<void> {
  const pointers: string[] = []
  for (const path of paths) {
    // A name that is not UTF-8 is not found; such a pointer passes.
    const entry = await lstat(join(folder, path)).catch(() => undefined)
    if (!entry?.isFile() || entry.size > 1024) continue
    const text = await readFile(join(folder, path), 'latin1')
    if (/^version https:\/\/git-lfs\.github\.com\/spec\/.*\noid /.test(text)) pointers.push(path)
  }
  if (pointers.length === 0) return
  throw new DeployError(
    `${shown(pointers)} in the code folder ${pointers.length === 1 ? 'is a Git LFS pointer' : 'are Git LFS pointers'}, not ` +
      'the file itself: set `lfs: true` on the actions/checkout step of this job, or name it in copy_exclude',
  )
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

function shown(paths: readonly string[]): string {
  return paths.slice(0, 5).join(', ') + (paths.length > 5 ? ` and ${paths.length - 5} more` : '')
}

function portionsOf(names: readonly string[]): string[][] {
  const count = Math.ceil(names.length / portionSize)
  return Array.from({ length: count }, (_, index) => names.slice(index * portionSize, (index + 1) * portionSize))
}
