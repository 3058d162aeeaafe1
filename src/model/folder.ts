import { lstat, readdir, readlink, realpath, stat } from 'node:fs/promises'
import { isAbsolute, join, sep } from 'node:path'
import { DeployError } from '../errors.ts'
import { staysInside } from '../links.ts'
import { changed, unreadable } from './bytes.ts'
import { versionOf } from './file.ts'
import { refuseLfsPointer } from './lfs-pointer.ts'

/** One thing in a folder. */
interface Entry {
  /** Relative to the folder, with forward slashes. */
  path: string
  /** The same as long as nobody changes it. */
  version: string
}

export interface ListedFile extends Entry {
  kind: 'file'
  /** Bytes. */
  size: number
  modified: Date
  /** The later of modification and change, which counts for what was moved there with an old date of its own. */
  touched: Date
}

export interface ListedLink extends Entry {
  kind: 'link'
  /** What the link says, with forward slashes. */
  target: string
}

export type Listed = ListedFile | ListedLink | (Entry & { kind: 'folder' })

/** What a folder holds, apart from what is left out. */
export interface FolderListing {
  /** Absolute path, symbolic links followed. */
  folder: string
  /** The folder in messages. */
  shown: string
  /** In the order of the code points of their paths, so that a folder comes before what is in it. */
  entries: readonly Listed[]
  /** Those of the entries that are files: at least one. */
  files: readonly ListedFile[]
  /** Bytes in all files. */
  size: number
  /** The newest of all files. */
  modified: Date
  touched: Date
}

/** What git, Python, Jupyter and macOS leave behind: with it equal models would not be equal. */
const leftOut = new Set(['.git', '__pycache__', '.ipynb_checkpoints', '.ds_store'])
const isLeftOut = (name: string) => leftOut.has(name.toLowerCase())

/**
 * Lists a folder that is to be shipped as a model.
 *
 * @param shown the folder in messages
 * @throws DeployError for a folder without any file, for links that do not stay inside it, for Git LFS pointers, and for
 *   what is neither file, folder nor link
 */
export async function listFolder(path: string, shown: string = path): Promise<FolderListing> {
  const folder = await realpath(path)
  const keyed = (await walk(folder, shown)).map((entry) => ({ entry, key: Buffer.from(entry.path) }))
  const entries = keyed.sort((one, other) => one.key.compare(other.key)).map(({ entry }) => entry)
  const files = entries.filter((entry) => entry.kind === 'file')
  if (files.length === 0)
    throw new DeployError(
      `The model ${shown} is an empty folder (.git, __pycache__, .ipynb_checkpoints and .DS_Store do not count); let the training write to it, or name another one`,
    )
  for (const link of entries.filter((entry) => entry.kind === 'link')) {
    const trouble = await troubleOf(folder, link)
    if (trouble === undefined) continue
    throw new DeployError(
      `${shown}/${link.path} is a link to ${link.target}, ${trouble}. Replace the link: copy the file there`,
    )
  }
  for (const file of files) await refuseLfsPointer(join(folder, file.path), `${shown}/${file.path}`, file.size)
  const newest = (time: 'modified' | 'touched') =>
    files.reduce((latest, file) => (file[time] > latest ? file[time] : latest), new Date(0))
  const size = files.reduce((sum, file) => sum + file.size, 0)
  return { folder, shown, entries, files, size, modified: newest('modified'), touched: newest('touched') }
}

/**
 * Compares a folder with what was listed.
 *
 * @throws DeployError that names what was changed, removed or added
 */
export async function refuseChangedFolder({ folder, shown, entries }: FolderListing): Promise<void> {
  const now = new Map((await walk(folder, shown)).map(({ path, version }) => [path, version]))
  for (const { path, version } of entries) {
    const present = now.get(path)
    if (present === undefined) throw changed(join(folder, path), 'it was removed')
    if (present !== version) throw changed(join(folder, path), 'something wrote to it')
    now.delete(path)
  }
  for (const path of now.keys()) throw changed(join(folder, path), 'it is new')
}

/** All that is below a folder. One by one: asking for thousands at once takes more memory, and no less time. */
async function walk(folder: string, shown: string, below = ''): Promise<Listed[]> {
  const names = await readdir(join(folder, below)).catch((error: unknown) => {
    throw lost(join(folder, below), error)
  })
  const found: Listed[] = []
  for (const name of names.filter((one) => !isLeftOut(one))) {
    const entry = await inspect(folder, shown, below === '' ? name : `${below}/${name}`)
    found.push(entry)
    if (entry.kind === 'folder') for (const inner of await walk(folder, shown, entry.path)) found.push(inner)
  }
  return found
}

async function inspect(folder: string, shown: string, path: string): Promise<Listed> {
  const absolute = join(folder, path)
  try {
    const found = await lstat(absolute, { bigint: true })
    if (found.isDirectory()) return { kind: 'folder', path, version: 'folder' }
    if (found.isFile()) {
      const [modified, touched] = [found.mtimeMs, found.ctimeMs > found.mtimeMs ? found.ctimeMs : found.mtimeMs]
      const times = { modified: new Date(Number(modified)), touched: new Date(Number(touched)) }
      return { kind: 'file', path, version: versionOf(found), size: Number(found.size), ...times }
    }
    if (found.isSymbolicLink()) {
      const target = (await readlink(absolute)).split(sep).join('/')
      return { kind: 'link', path, version: `link ${target}`, target }
    }
  } catch (error) {
    // Node writes this character for what it cannot decode, and then asks for a file that is not there.
    if (path.includes('\uFFFD')) throw new DeployError(`The name of ${shown}/${path} is not UTF-8: rename it`)
    throw lost(absolute, error)
  }
  throw new DeployError(`${shown}/${path} is neither a file nor a folder: remove it`)
}

function lost(path: string, error: unknown): DeployError {
  const gone = ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')
  return gone ? changed(path, 'it was removed') : unreadable(path, error)
}

/**
 * Follows a link step by step: it may pass through other links, and must not leave the folder on its way either, as
 * what is outside is another thing on another machine.
 *
 * @returns why the link cannot be kept
 */
async function troubleOf(folder: string, { path, target }: ListedLink): Promise<string | undefined> {
  const out = 'which leads out of the folder'
  if (isAbsolute(target)) return 'an absolute path, which is another one on another machine'
  if (!staysInside(path, target)) return out
  if ((await stat(join(folder, path)).catch(() => undefined)) === undefined) return 'which leads nowhere'
  const at = path.split('/').slice(0, -1)
  for (const ahead = target.split('/'); ahead.length > 0; ) {
    const name = ahead.shift() ?? ''
    if (name === '' || name === '.') continue
    if (name === '..') {
      if (at.pop() === undefined) return out
      continue
    }
    if (isLeftOut(name)) return `and ${name} is left out`
    const next = join(folder, ...at, name)
    if ((await lstat(next)).isSymbolicLink()) {
      const further = await readlink(next)
      if (isAbsolute(further)) return out
      ahead.unshift(...further.split(sep))
    } else at.push(name)
  }
  return undefined
}
