import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { DeployError } from '../errors.ts'
import { formatBytes } from '../format.ts'

/**
 * In bytes: github.com warns of files above the first and refuses a push with files above the second, after the upload.
 *
 * @see https://docs.github.com/repositories/working-with-files/managing-large-files/about-large-files-on-github
 */
const limits = { advised: 50 * 2 ** 20, allowed: 100 * 2 ** 20 }

/**
 * Files that are too large for the host. Other hosts than github.com, also GitHub Enterprise, have limits of their own.
 *
 * @param url of the repository
 * @param isInLfs finds the paths whose files go to Git LFS instead; asked only where it matters
 * @returns those that may be pushed but are above the advised size, with their sizes in words
 * @throws DeployError when some are above the limit
 */
export async function checkSizes(
  url: string,
  { root, paths }: { root: string; paths: readonly string[] },
  isInLfs: (paths: string[]) => Promise<string[]>,
): Promise<string[]> {
  if (new URL(url).hostname !== 'github.com') return []
  const large: { path: string; size: number }[] = []
  for (const path of paths) {
    // A name that is not UTF-8 is not found: then the host says it.
    const entry = await lstat(join(root, path)).catch(() => undefined)
    if (entry?.isFile() && entry.size > limits.advised) large.push({ path, size: entry.size })
  }
  if (large.length === 0) return []
  const stored = await isInLfs(large.map(({ path }) => path))
  const plain = large.filter(({ path }) => !stored.includes(path))
  const inWords = (files: typeof large) => files.map(({ path, size }) => `${path} (${formatBytes(size)})`)
  const refused = inWords(plain.filter(({ size }) => size > limits.allowed))
  if (refused.length > 0) {
    throw new DeployError(
      `github.com takes no files over 100 MiB, and the code holds ${refused.join(', ')}. Name them in copy_exclude, keep ` +
        "them in Git LFS in the algorithm's repository, or let the algorithm load them from Hosted Data",
    )
  }
  return inWords(plain)
}
