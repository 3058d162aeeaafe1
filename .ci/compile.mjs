// tsc, then the files beside the sources that are not TypeScript: the bundler and the tests find them where the
// compiled modules look for them, next to themselves.
import { execFileSync } from 'node:child_process'
import { cpSync, rmSync } from 'node:fs'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
rmSync('build', { recursive: true, force: true })
execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', '.'], { stdio: 'inherit' })

const isAsset = (path) => !['.ts', '.pyc'].includes(extname(path)) && !path.includes('__pycache__')
for (const folder of ['src', 'sandbox', '__tests__']) {
  cpSync(folder, `build/${folder}`, { recursive: true, filter: isAsset })
}
