// dist is committed: it must be, byte for byte, what the sources build to.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
const fresh = join(mkdtempSync(join(tmpdir(), 'dist-')), 'dist')
execFileSync(process.execPath, ['.ci/compile.mjs'], { stdio: 'inherit' })
execFileSync(process.execPath, ['.ci/bundle.mjs', fresh], { stdio: 'inherit' })

const files = (folder) => readdirSync(folder, { recursive: true }).sort()
const names = [...new Set([...files('dist'), ...files(fresh)])]
const read = (path) => {
  try {
    return readFileSync(path)
  } catch (error) {
    if (error.code === 'EISDIR' || error.code === 'ENOENT') return Buffer.from(error.code)
    throw error
  }
}
const stale = names.filter((name) => !read(join('dist', name)).equals(read(join(fresh, name))))
rmSync(fresh, { recursive: true })
if (stale.length > 0) {
  console.error(`dist differs from a fresh build: ${stale.join(', ')}\nRun \`npm run build\` and commit dist.`)
  process.exit(1)
}
console.log(`dist equals a fresh build (${names.length} files)`)
