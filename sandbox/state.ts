import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { StartError, systemCode } from './errors.ts'

/** The folder in which a sandbox keeps everything, held by one server at a time. */
export interface StateFolder {
  path: string
  /** Gives the folder free; removes it if it was a temporary one. */
  release(): void
}

const heldByThisProcess = new Set<string>()

/**
 * Opens a state folder, creating it if need be.
 *
 * @param path where; without it a temporary folder that `release` removes
 * @throws StartError when another sandbox uses it, or it cannot be written
 */
export function openState(path?: string): StateFolder {
  const temporary = path === undefined
  try {
    const folder = temporary ? mkdtempSync(join(tmpdir(), 'algorithmia-sandbox-')) : resolve(path)
    mkdirSync(folder, { recursive: true })
    refuseForeignFolder(folder)
    const lock = join(folder, 'lock')
    takeLock(lock, folder)
    heldByThisProcess.add(folder)
    const release = () => {
      heldByThisProcess.delete(folder)
      // Other processes (git) may still be closing files in there, hence the retries.
      if (temporary) rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
      else rmSync(lock, { force: true })
    }
    return { path: folder, release }
  } catch (error) {
    if (error instanceof StartError) throw error
    throw new StartError(
      `The state folder ${path ?? tmpdir()} cannot be used: ${systemCode(error) === 'EEXIST' ? 'it is a file' : String(error)}`,
      { cause: error },
    )
  }
}

/** True until the accounts are written, which is done first. */
export function isNewState(folder: string): boolean {
  return !existsSync(join(folder, 'users.json'))
}

/** A folder of other things, named by mistake, is not filled with ours. */
function refuseForeignFolder(folder: string): void {
  const present = readdirSync(folder)
  if (present.length === 0 || present.includes('users.json') || present.includes('lock')) return
  throw new StartError(`The state folder ${folder} holds other things (${present[0]}); name an empty or a new one`)
}

/** Everything is held in memory and written through, so two servers on one folder would lose each other's changes. */
function takeLock(lock: string, folder: string): void {
  try {
    createLock(lock)
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error
    const owner = Number(readFileSync(lock, 'utf8'))
    if (owner === process.pid ? heldByThisProcess.has(folder) : isAlive(owner)) {
      throw new StartError(
        `The state folder ${folder} is in use by process ${owner}; stop it, or delete ${lock} if it is no sandbox`,
      )
    }
    // The one who left it was killed.
    rmSync(lock, { force: true })
    createLock(lock)
  }
}

function createLock(lock: string): void {
  const file = openSync(lock, 'wx')
  writeSync(file, String(process.pid))
  closeSync(file)
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return systemCode(error) === 'EPERM'
  }
}

/** Replaces a JSON file in one step. */
export function writeJson(path: string, value: unknown): void {
  replaceFile(path, `${JSON.stringify(value)}\n`)
}

/**
 * Replaces a file in one step: after a crash it holds either the old text or the new one. Synchronous on purpose: what
 * is checked before and what is changed in memory after belong to the same turn of the event loop.
 */
export function replaceFile(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.tmp`
  const file = openSync(temporary, 'w', 0o600)
  try {
    writeFileSync(file, text)
  } finally {
    closeSync(file)
  }
  renameSync(temporary, path)
}

/** @returns undefined when there is no such file */
export function readJson<T>(path: string): T | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw new StartError(`${path} is damaged: ${String(error)}`, { cause: error })
  }
}

/** The values of all JSON files in a folder; what a killed server left half written is removed. */
export function readJsonFiles<T>(folder: string): T[] {
  mkdirSync(folder, { recursive: true })
  const values: T[] = []
  for (const name of readdirSync(folder)) {
    if (name.endsWith('.tmp')) rmSync(join(folder, name), { force: true })
    if (!name.endsWith('.json')) continue
    const value = readJson<T>(join(folder, name))
    if (value !== undefined) values.push(value)
  }
  return values
}
