// Bundles build/src into dist (or the folder given), unminified: a stack trace of a user must be readable. Files that
// run on their own (Python programs, worker threads) lie beside index.js, where `import.meta.dirname` finds them.
import { execFileSync } from 'node:child_process'
import { copyFileSync, readdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
const out = process.argv[2] ?? 'dist'
rmSync(out, { recursive: true, force: true })
execFileSync(
  process.execPath,
  [
    'node_modules/@vercel/ncc/dist/ncc/cli.js',
    'build',
    'build/src/index.js',
    '-o',
    out,
    '--license',
    'licenses.txt',
    '-q',
  ],
  { stdio: 'inherit' },
)

const runsOnItsOwn = (path) => /(\.py|\.txt|-worker\.js)$/.test(path)
for (const path of readdirSync('build/src', { recursive: true }).filter(runsOnItsOwn)) {
  copyFileSync(join('build/src', path), join(out, basename(path)))
}
