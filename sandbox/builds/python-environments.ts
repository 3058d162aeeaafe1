import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before } from '../abort.ts'
import { messageOf, StartError, systemCode } from '../errors.ts'
import { publicEnvironment, runCommand } from '../processes.ts'
import { readJson, writeJson } from '../state.ts'

/** A Python that has the packages of one requirements.txt. */
export interface PythonEnvironment {
  python: string
}

/** How the making of an environment is watched and ended. */
interface Watch {
  print: (text: string) => void
  signal: AbortSignal
}

const staleAfterMs = 24 * 60 * 60 * 1000

/**
 * The Python environments of algorithms, one for each content of requirements.txt and each Python: a content that was
 * installed before costs nothing. The folder may be shared by several servers.
 */
export class PythonEnvironments {
  readonly #folder: string
  readonly #python: string
  readonly #inProgress = new Map<string, Promise<PythonEnvironment>>()
  #identity: Promise<string> | undefined

  /** @param python the interpreter to build on */
  constructor(folder: string, python: string) {
    this.#folder = folder
    this.#python = python
    mkdirSync(folder, { recursive: true })
    removeAbandoned(folder)
  }

  /**
   * The environment for a requirements.txt, installed if need be.
   *
   * @param requirements the content of the file
   * @throws Error when pip fails; its words are in `watch.print`
   */
  async for(requirements: string, watch: Watch): Promise<PythonEnvironment> {
    const identity = await this.#identify()
    watch.print(`Python ${identity.split(' ', 1)[0]}\n`)
    const name = createHash('sha256').update(`${identity}\n${requirements}`).digest('hex').slice(0, 32)
    const record = join(this.#folder, `${name}.json`)
    const known = readJson<PythonEnvironment>(record)
    if (known && existsSync(known.python)) {
      watch.print('requirements.txt is unchanged: its packages are installed already\n')
      return known
    }
    // Two builds that need the same packages at the same time install them once, each under its own log otherwise.
    const making = this.#inProgress.get(name)
    if (making) {
      watch.print('Another build is installing the same requirements.txt; waiting for it\n')
      const made = await before(
        watch.signal,
        making.catch(() => undefined),
      )
      return made ?? (await this.for(requirements, watch))
    }
    const promise = this.#make(name, requirements, watch).finally(() => this.#inProgress.delete(name))
    this.#inProgress.set(name, promise)
    const made = await promise
    writeJson(record, made)
    return made
  }

  /** @throws StartError when the interpreter cannot be used */
  async check(): Promise<void> {
    try {
      await this.#identify()
    } catch (error) {
      throw new StartError(messageOf(error), { cause: error })
    }
  }

  async #identify(): Promise<string> {
    this.#identity ??= identityOf(this.#python)
    try {
      return await this.#identity
    } catch (error) {
      this.#identity = undefined
      throw error
    }
  }

  async #make(name: string, requirements: string, { print, signal }: Watch): Promise<PythonEnvironment> {
    const folder = mkdtempSync(join(this.#folder, `${name}-`))
    try {
      // As on the platform, only this one file is there when pip runs (platform reference §5.1).
      const work = join(folder, 'work')
      mkdirSync(work)
      writeFileSync(join(work, 'requirements.txt'), requirements)
      const env = pipEnvironment()
      await runCommand(this.#python, ['-m', 'venv', join(folder, 'venv')], { cwd: work, env, print, signal })
      const python = join(
        folder,
        'venv',
        ...(process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python']),
      )
      if (/^\s*[^#\s]/m.test(requirements)) {
        const index = process.env.PYTHON_INDEX_URL ? ['-i', process.env.PYTHON_INDEX_URL] : []
        const pip = ['-m', 'pip', 'install', '--progress-bar', 'off', '--disable-pip-version-check', ...index]
        print('pip install -r requirements.txt\n')
        await runCommand(python, [...pip, '-r', 'requirements.txt'], { cwd: work, env, print, signal }).catch(
          (error) => {
            throw new Error('pip could not install requirements.txt; its words are above', { cause: error })
          },
        )
      }
      return { python }
    } catch (error) {
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
      throw error
    }
  }
}

async function identityOf(python: string): Promise<string> {
  let text = ''
  const ask = 'import sys; print("%d.%d.%d" % sys.version_info[:3], sys.base_prefix)'
  try {
    await runCommand(python, ['-c', ask], {
      env: publicEnvironment(),
      print: (part) => {
        text += part
      },
    })
  } catch (error) {
    const reason = systemCode(error) === 'ENOENT' ? 'there is no such program' : `${String(error)} ${text}`.trim()
    throw new Error(`The Python of algorithms, ${python}, cannot be used: ${reason}`, { cause: error })
  }
  return text.trim()
}

function pipEnvironment(): NodeJS.ProcessEnv {
  const settings = Object.entries(process.env).filter(([name]) => /^PIP_/i.test(name))
  return { ...publicEnvironment(), ...Object.fromEntries(settings), PYTHONUNBUFFERED: '1', PIP_NO_INPUT: '1' }
}

/** What killed servers left half installed. A server that is installing right now has touched its folder lately. */
function removeAbandoned(folder: string): void {
  const names = readdirSync(folder)
  const used = names
    .filter((name) => name.endsWith('.json'))
    .map((name) => readJson<PythonEnvironment>(join(folder, name))?.python ?? '')
  for (const name of names.filter((candidate) => !candidate.endsWith('.json'))) {
    const path = join(folder, name)
    if (used.some((python) => python.startsWith(path))) continue
    if (Date.now() - statSync(path).mtimeMs > staleAfterMs) rmSync(path, { recursive: true, force: true })
  }
}
