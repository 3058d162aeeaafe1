import { type ChildProcess, spawn } from 'node:child_process'
import { chmod, readdir, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { StringDecoder } from 'node:string_decoder'

/** How a command is run. */
export interface CommandOptions {
  cwd?: string
  env: NodeJS.ProcessEnv
  /** Gets what the command prints, both streams as one. */
  print?: (text: string) => void
  signal?: AbortSignal
}

/**
 * Runs a command to its end.
 *
 * @throws Error when it cannot be started, fails, or is aborted; its output is then in `print`
 */
export async function runCommand(file: string, args: string[], options: CommandOptions): Promise<void> {
  const { print = () => undefined, signal } = options
  signal?.throwIfAborted()
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: options.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...ownGroup,
    windowsHide: true,
  })
  const ended = endOf(child)
  for (const stream of [child.stdout, child.stderr]) {
    const decoder = new StringDecoder('utf8')
    stream?.on('data', (chunk: Buffer) => print(decoder.write(chunk)))
  }
  const stop = () => killGroup(child)
  signal?.addEventListener('abort', stop, { once: true })
  try {
    const [code, killedBy] = await ended
    signal?.throwIfAborted()
    if (code !== 0) throw new Error(`${basename(file)} ended with ${code === null ? killedBy : `exit code ${code}`}`)
  } finally {
    signal?.removeEventListener('abort', stop)
  }
}

/**
 * How a process ends: with an exit code, or by a signal. Ask before you touch its streams: a process that could not be
 * started because the machine has no free file descriptors has none, whatever its type says.
 *
 * @throws Error when it could not be started; nobody has to listen for that
 */
export function endOf(child: ChildProcess): Promise<[number | null, NodeJS.Signals | null]> {
  const ended = new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.once('error', reject).once('close', (...end) => resolve(end))
  })
  ended.catch(() => undefined)
  return ended
}

/** Options of `spawn` that give a process a group of its own, so that its children can be ended with it. */
export const ownGroup = { detached: process.platform !== 'win32' }

/** Ends a process that was started with `ownGroup`, and its children, at once. */
export function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return
  try {
    if (ownGroup.detached) process.kill(-child.pid, 'SIGKILL')
    else child.kill('SIGKILL')
  } catch {
    // All of them are gone already.
  }
}

/** Removes a folder that a program wrote into, whatever rights it gave to its own folders. */
export async function removeTree(path: string): Promise<void> {
  const remove = async () => await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  try {
    await remove()
  } catch {
    await openFolders(path)
    await remove()
  }
}

async function openFolders(path: string): Promise<void> {
  await chmod(path, 0o700)
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (entry.isDirectory()) await openFolders(join(path, entry.name))
  }
}

const passedOn =
  /^(PATH|HOME|LANG|LC_ALL|TZ|(HTTPS?|NO|ALL)_PROXY|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|SYSTEMROOT|COMSPEC|PATHEXT|TEMP|TMP|TMPDIR|USERPROFILE|LOCALAPPDATA|APPDATA)$/i

/** What of the server's own environment a program may see: no token of the job or the shell it was started from. */
export function publicEnvironment(): Record<string, string> {
  const entries = Object.entries(process.env)
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => passedOn.test(entry[0])))
}
