import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Change } from '../../src/algorithm-repo/repository.ts'

/** A change that writes files. */
export function writes(files: Record<string, string | Buffer>): Change {
  return async (folder) => {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), content)
    }
  }
}
