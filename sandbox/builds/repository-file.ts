import { readFileSync, realpathSync, statSync } from 'node:fs'
import { join, sep } from 'node:path'

/** No file that describes an algorithm is larger. */
const largest = 1024 * 1024

/**
 * The text of a file in a checked-out repository. A link may lead to another file of the repository, but not out of it:
 * what this account can read is not for everybody who may push.
 *
 * @returns undefined when there is no such file
 * @throws Error when it is no plain file, leads out of the repository, or is larger than 1 MiB
 */
export function repositoryFile(source: string, name: string): string | undefined {
  let path: string
  try {
    path = realpathSync(join(source, name))
  } catch {
    return undefined
  }
  if (!path.startsWith(realpathSync(source) + sep)) throw new Error(`${name} leads out of the repository`)
  const file = statSync(path)
  if (!file.isFile()) throw new Error(`${name} is not a file`)
  if (file.size > largest) throw new Error(`${name} is larger than ${largest} bytes`)
  return readFileSync(path, 'utf8')
}
