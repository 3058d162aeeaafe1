import { lstat, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Whether the code is written for the Algorithm Development Kit: the platform's marker file says so, or a module imports
 * the kit (platform reference §5.1).
 *
 * @param folder a clone of the algorithm's repository
 */
export async function usesAdk(folder: string): Promise<boolean> {
  if (await lstat(join(folder, '.adk')).catch(() => undefined)) return true
  const names = await readdir(join(folder, 'src')).catch(() => [])
  for (const path of names.filter((name) => name.endsWith('.py')).map((name) => join(folder, 'src', name))) {
    // A link may lead out of the clone.
    if (!(await lstat(path)).isFile()) continue
    if (importsAdk(await readFile(path, 'utf8'))) return true
  }
  return false
}

function importsAdk(source: string): boolean {
  const lines = source.replace(/\\\r?\n/g, ' ')
  return /^[ \t]*(?:from[ \t]+Algorithmia[ \t]+import[ \t]+(?:\([^)]*\bADK\b|.*\bADK\b)|(?:from|import)[ \t]+adk\b)|\w\.ADK[ \t]*\(/m.test(
    lines,
  )
}
