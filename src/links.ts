import { isAbsolute, posix, sep } from 'node:path'

/**
 * Whether a symbolic link, by its text alone, stays in the folder that it is part of.
 *
 * @param path of the link, relative to that folder, with forward slashes
 * @param target what the link says
 */
export function staysInside(path: string, target: string): boolean {
  if (isAbsolute(target)) return false
  const end = posix.join(posix.dirname(path), target.split(sep).join('/'))
  return end !== '..' && !end.startsWith('../')
}
