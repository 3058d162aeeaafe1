import { relative, sep } from 'node:path'

/** A path as messages show it: relative to a folder, with `/` on every platform. Empty for the folder itself. */
export function shownPath(folder: string, path: string): string {
  return relative(folder, path).split(sep).join('/')
}
