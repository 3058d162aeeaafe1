// `npm run demo` and `npm run sandbox` work right after a clone: installs the packages when they are missing or older
// than the lockfile. Runs on the machine's own Node, before the pinned one is there.
import { execSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
const installed = 'node_modules/.package-lock.json'
if (!existsSync(installed) || statSync(installed).mtimeMs < statSync('package-lock.json').mtimeMs) {
  console.log('Installing the packages of package-lock.json (npm ci) ...')
  execSync('npm ci --no-fund --no-audit', { stdio: 'inherit' })
}
