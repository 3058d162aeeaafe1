import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify, styleText } from 'node:util'
import type { Platform } from './platform.ts'
import { say } from './stage.ts'

const run = promisify(execFile)
/** The last one. */
const release = 'algorithmia==2.0.5'

/** The official Python client, in an environment of its own. */
export class PythonClient {
  readonly #python: string
  readonly #environment: NodeJS.ProcessEnv

  private constructor(python: string, { url, apiKey }: Platform) {
    this.#python = python
    this.#environment = { ...process.env, ALGORITHMIA_API: url, ALGORITHMIA_API_KEY: apiKey, no_proxy: '*' }
  }

  /** Installs the client below `folder`, for the platform that it shall talk to. */
  static async install(folder: string, platform: Platform): Promise<PythonClient> {
    const windows = process.platform === 'win32'
    await run(windows ? 'python' : 'python3', ['-m', 'venv', folder])
    const python = join(folder, windows ? 'Scripts' : 'bin', 'python')
    await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', release])
    return new PythonClient(python, platform)
  }

  /** Evaluates an expression that uses `client`, and shows it as a person would type it. */
  async evaluate(expression: string): Promise<unknown> {
    say(styleText('cyan', `>>> ${expression}`))
    const program = `import json, sys, Algorithmia
client = Algorithmia.client()
print(json.dumps(eval(sys.argv[1])))`
    try {
      const { stdout } = await run(this.#python, ['-c', program, expression], { env: this.#environment })
      return JSON.parse(stdout)
    } catch (error) {
      throw new Error(lastLine(error), { cause: error })
    }
  }
}

/** Of what Python says about an exception, its last line tells what is wrong. */
function lastLine(error: unknown): string {
  const stderr = typeof error === 'object' && error !== null && 'stderr' in error ? String(error.stderr) : ''
  return stderr.trim().split('\n').at(-1) || String(error)
}
