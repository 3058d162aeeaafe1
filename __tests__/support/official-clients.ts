import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The last releases of the two generations of the official Python client that are in use. */
export const pythonClientVersions = ['2.0.5', '1.17.0'] as const

export type PythonClientVersion = (typeof pythonClientVersions)[number]

/** The requirements.txt of an algorithm that uses a client; for the older one that of the platform's template. */
export const clientRequirements: Record<PythonClientVersion, string> = {
  '2.0.5': 'algorithmia==2.0.5\n',
  '1.17.0': 'algorithmia>=1.0.0,<2.0\nsix\n',
}

const interpreters = new Map<string, Promise<string>>()

/** A Python interpreter that has the official client installed. */
export function pythonWithClient(version: PythonClientVersion): Promise<string> {
  return pythonWithPackages(`algorithmia-client-${version}`, [`algorithmia==${version}`])
}

/**
 * A Python interpreter that has the official client and other packages installed: a virtual environment in the temporary
 * folder, built once a machine and then reused. The interpreter is that of the variable PYTHON, or python3.
 *
 * @param name of the environment; changes with the packages
 */
export function pythonWithPackages(name: string, packages: readonly string[]): Promise<string> {
  const known = interpreters.get(name) ?? environmentFor(name, packages)
  interpreters.set(name, known)
  return known
}

async function environmentFor(name: string, packages: readonly string[]): Promise<string> {
  const base = process.env.PYTHON || 'python3'
  const identify =
    'import sys, hashlib; print("%d.%d.%d-" % sys.version_info[:3] + hashlib.md5(sys.base_prefix.encode()).hexdigest()[:8])'
  const python = (await run(base, ['-c', identify])).stdout.trim()
  const finished = join(tmpdir(), `${name}-python-${python}`)
  if (existsSync(interpreterIn(finished))) return interpreterIn(finished)
  // Built aside and moved when complete, so that neither a second test process nor a broken run sees half of it. What
  // a virtual environment cannot survive when moved are its scripts; the interpreter finds its packages beside itself.
  const unfinished = await mkdtemp(`${finished}.`)
  try {
    await run(base, ['-m', 'venv', unfinished])
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages]
    await run(interpreterIn(unfinished), pip, { timeout: 600_000 })
    await run(interpreterIn(unfinished), ['-c', 'import Algorithmia'])
    await rename(unfinished, finished)
  } catch (error) {
    if (!existsSync(interpreterIn(finished))) throw error
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
  return interpreterIn(finished)
}

function interpreterIn(environment: string): string {
  return process.platform === 'win32' ? join(environment, 'Scripts', 'python.exe') : join(environment, 'bin', 'python')
}

// What the script sets as `result` is the answer; prints of the client itself do not get in the way.
const prologue = `
import json, os, sys
import Algorithmia
from Algorithmia.acl import AclType, ReadAcl
client = Algorithmia.client()
def message(work):
    try:
        work()
    except Exception as error:
        return type(error).__name__ + ': ' + str(error)
    return 'no error'
`
const marker = '--- result ---'

/**
 * Runs a Python script with the official client, and returns what the script leaves in `result`.
 *
 * @param script sees `client`, and `message(f)`, which is the text of the exception that f raises
 */
export async function runPythonClient(
  version: PythonClientVersion,
  connection: { url: string; key?: string },
  script: string,
): Promise<unknown> {
  const python = await pythonWithClient(version)
  const program = `${prologue}\n${script}\nprint(${JSON.stringify(marker)})\nprint(json.dumps(result))\n`
  const env: NodeJS.ProcessEnv = {
    PATH: process.env.PATH,
    PYTHONUTF8: '1',
    NO_PROXY: '*',
    ALGORITHMIA_API: connection.url,
    ...(connection.key !== undefined && { ALGORITHMIA_API_KEY: connection.key }),
  }
  const { stdout } = await run(python, ['-c', program], { env, maxBuffer: 64 * 1024 * 1024 })
  return JSON.parse(stdout.slice(stdout.indexOf(marker) + marker.length))
}

/**
 * Runs the command `algo` of the newer client, whose settings are a file (platform reference §1).
 *
 * @param home a folder, which gets the settings and is where the command runs
 * @returns what it prints
 */
export async function runAlgoCommand(
  home: string,
  connection: { url: string; key: string },
  args: string[],
): Promise<string> {
  const python = await pythonWithClient('2.0.5')
  await mkdir(join(home, '.algorithmia'), { recursive: true })
  const profile = `api_key = '${connection.key}'\napi_server = '${connection.url}'\nca_cert = ''\nbearer_token = ''\n`
  await writeFile(join(home, '.algorithmia', 'config'), `[profiles]\n[profiles.default]\n${profile}`)
  const env = { PATH: process.env.PATH, HOME: home, LOCALAPPDATA: home, PYTHONUTF8: '1', NO_PROXY: '*' }
  return (await run(python, ['-m', 'Algorithmia', ...args], { cwd: home, env })).stdout
}
