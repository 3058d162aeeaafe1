// Runs a TypeScript program of this project, also right after a clone: `node .ci/start.mjs PROGRAM [ARGUMENTS]`.
// Installs the packages when they are missing or older than the lockfile, and then uses the Node they bring along,
// whatever version the machine has.
import { execSync, spawn } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const installed = join(root, 'node_modules', '.package-lock.json')
if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(join(root, 'package-lock.json')).mtimeMs) {
  console.log('Installing the packages of package-lock.json (npm ci) ...')
  execSync('npm ci --no-fund --no-audit --loglevel=error', { cwd: root, stdio: 'inherit' })
}

const node = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
if (!existsSync(node)) {
  console.error(`${node} is missing: npm was not allowed to run install scripts. Run: npm ci --ignore-scripts=false`)
  process.exit(1)
}
const child = spawn(node, process.argv.slice(2), { stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.on('close', (code) => process.exit(code ?? 1))
