import { constants, type Dirent } from 'node:fs'
import { chmod, copyFile, lstat, mkdir, readdir, readlink, rm, rmdir, stat, symlink } from 'node:fs/promises'
import { join, posix } from 'node:path'
import ignore from 'ignore'
import { DeployError } from '../errors.ts'
import { staysInside } from '../links.ts'
import type { SkippedPath } from './changes.ts'

export interface CopyRequest {
  /** The user's inference code. */
  source: string
  /** The clone of the algorithm's repository. */
  target: string
  mode: 'overlay' | 'mirror'
  /** Patterns in gitignore syntax. */
  exclude: readonly string[]
  /** Other paths that mirror mode keeps. */
  keep?: readonly string[]
}

export interface CopyReport {
  copied: number
  /** Paths removed in mirror mode. */
  removed: string[]
  skipped: SkippedPath[]
}

/** Never part of the code: a repository of its own, and what Python and Jupyter leave behind. */
const neverCopied = new Set(['.git', '__pycache__', '.ipynb_checkpoints'])

/**
 * Files of the algorithm's repository that mirror mode keeps: the deployment's own, the platform's, and the addresses of
 * submodules, which stay too.
 */
const neverRemoved = ['model_manifest.json', 'model_manifest.json.freeze', 'algorithmia.conf', '.gitmodules']

/**
 * Copies the inference code over the clone. Dot files are copied; links stay links and must lead inside the folder;
 * executable bits are kept; nothing is written through a link of the target. Mirror mode removes first, so that a file may
 * take a folder's place and the reverse, also where names differ by case only and the disk does not tell them apart.
 *
 * @throws DeployError for links that lead out of the folder, where there is nothing to mirror, and where a file would replace a folder that stays, or the
 *   reverse
 */
export async function copyCode({ source, target, mode, exclude, keep = [] }: CopyRequest): Promise<CopyReport> {
  const excluded = exclusion(exclude)
  const skipped: SkippedPath[] = []
  const files = await listFiles(source, (path, name) => {
    const why = whyNotCopied(path, name, excluded)
    if (why !== undefined) skipped.push({ path, why })
    return why !== undefined
  })
  if (mode === 'mirror' && files.length === 0) {
    throw new DeployError(
      "algorithm_path has no file to copy, so `copy_mode: mirror` would remove the whole code from the algorithm's repository. Correct " +
        'algorithm_path or copy_exclude, or use `copy_mode: overlay`',
    )
  }
  const kept = new Set([...files, ...neverRemoved, ...keep])
  const removed = mode === 'mirror' ? await removeOthers(target, kept, excluded) : []
  for (const file of files) await copyEntry(source, target, file)
  return { copied: files.length, removed, skipped: skipped.sort((a, b) => (a.path < b.path ? -1 : 1)) }
}

/**
 * Refuses early what the copy would refuse: links that lead out of the code folder.
 *
 * @returns the files that will be copied
 */
export async function checkCode({ source, exclude }: Pick<CopyRequest, 'source' | 'exclude'>): Promise<string[]> {
  const excluded = exclusion(exclude)
  const files = await listFiles(source, (path, name) => whyNotCopied(path, name, excluded) !== undefined)
  for (const path of files) {
    if ((await lstat(join(source, path))).isSymbolicLink()) await readLinkInside(source, path)
  }
  return files
}

type Excluded = (path: string) => boolean

function exclusion(patterns: readonly string[]): Excluded {
  const rules = ignore({ ignorecase: false }).add([...patterns])
  return (path) => rules.ignores(path)
}

function whyNotCopied(path: string, name: string, excluded: Excluded): SkippedPath['why'] | undefined {
  if (neverCopied.has(name.toLowerCase())) return 'it is never code'
  return excluded(path) ? 'copy_exclude names it' : undefined
}

/**
 * Files and links below a folder, as paths with forward slashes, sorted.
 *
 * @param skips told of files and of whole folders, whose paths end with a slash
 */
async function listFiles(root: string, skips: (path: string, name: string) => boolean, folder = ''): Promise<string[]> {
  const entries: Dirent[] = await readdir(join(root, folder), { withFileTypes: true })
  const lists = await Promise.all(
    entries.map(async (entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (skips(entry.isDirectory() ? `${path}/` : path, entry.name)) return []
      if (entry.isDirectory()) return listFiles(root, skips, path)
      if (entry.isFile() || entry.isSymbolicLink()) return [path]
      throw new DeployError(
        `${path} in the code folder is neither a file nor a folder; remove it or name it in copy_exclude`,
      )
    }),
  )
  return lists.flat().sort()
}

async function copyEntry(source: string, target: string, path: string): Promise<void> {
  const from = join(source, path)
  const to = join(target, path)
  await makeParents(target, path)
  const present = await lstat(to).catch(() => undefined)
  if (present?.isDirectory()) {
    throw new DeployError(
      `${path} is a file in the code folder and a folder in the algorithm's repository; remove it there`,
    )
  }
  const entry = await lstat(from)
  if (entry.isSymbolicLink()) {
    const link = await readLinkInside(source, path)
    if (present) await rm(to)
    await symlink(link, to)
    return
  }
  if (present?.isSymbolicLink()) await rm(to)
  await copyFile(from, to, constants.COPYFILE_FICLONE)
  if (process.platform !== 'win32') {
    // git knows one bit of the mode; the rest would be the user's umask.
    const { mode } = await stat(from)
    await chmod(to, mode & 0o100 ? 0o755 : 0o644)
  }
}

/** Makes the folders of a path one by one: a link in the target must not lead the copy out of the clone. */
async function makeParents(target: string, path: string): Promise<void> {
  for (const folder of parentsOf(path)) {
    const present = await lstat(join(target, folder)).catch(() => undefined)
    if (present === undefined) await mkdir(join(target, folder))
    else if (!present.isDirectory()) {
      throw new DeployError(
        `${folder} is a folder in the code folder and a file or link in the algorithm's repository; remove it there`,
      )
    }
  }
}

/** @returns where a link points, as it is written */
async function readLinkInside(root: string, path: string): Promise<string> {
  const link = await readlink(join(root, path))
  if (staysInside(path, link)) return link
  throw new DeployError(
    `${path} in the code folder is a link to ${link}, which would lead nowhere in the algorithm's repository. Replace it with the file`,
  )
}

/** Mirror mode: removes what the code folder no longer has, with the folders that it leaves empty. */
async function removeOthers(target: string, kept: ReadonlySet<string>, excluded: Excluded): Promise<string[]> {
  const present = await listFiles(target, (path, name) => name.toLowerCase() === '.git' || excluded(path))
  const others = present.filter((path) => !kept.has(path))
  for (const path of others) await rm(join(target, path))
  // Only these: any other empty folder is the place of a submodule.
  const folders = new Set(others.flatMap(parentsOf))
  for (const folder of [...folders].sort().reverse()) await rmdir(join(target, folder)).catch(refuseOthers)
  return others
}

/** What a folder still holds is no reason to fail. */
function refuseOthers(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
}

/** The folders that a path lies in, the outermost first. */
function parentsOf(path: string): string[] {
  const parent = posix.dirname(path)
  return parent === '.' ? [] : [...parentsOf(parent), parent]
}
