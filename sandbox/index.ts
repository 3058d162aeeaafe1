import { parseArgs } from 'node:util'
import { banner } from './banner.ts'
import { StartError } from './errors.ts'
import { keyOption } from './key-option.ts'
import { type Sandbox, type SandboxOptions, startSandbox } from './server.ts'
import type { FurtherKey, UserSpec } from './users.ts'

const help = `Starts a local Algorithmia: hosted data, algorithms and their git repositories.

Usage: npm run sandbox -- [options]

  --port N       the port to listen on (default: a free one)
  --host ADDRESS the address to listen on (default: 127.0.0.1)
  --state DIR    keep users, keys, data and repositories in DIR, and use what is there
                 (default: a temporary folder, removed at the end)
  --user NAME    an account to have; may be repeated (default: demo)
  --password P   the password of the first account (default: a random one)
  --api-key KEY  the API key of the first account (default: a random one); it may do everything
  --key user=NAME[,data=none|read|read-write][,manage=yes|no][,algorithms=PATTERN|none][,key=KEY]
                 a further API key of an account; may be repeated. What is left out: data=read-write,
                 manage=yes, algorithms=algo://* (more patterns: repeat the part), a random key.
                 Patterns: algo://*, algo://OWNER/*, algo://OWNER/NAME/*
  --admin-key KEY
                 an API key that administers users and organisations, and does nothing else
                 (default: none)
  --algorithm OWNER/NAME
                 an algorithm to have; may be repeated
  --quiet        do not print the requests
  --help         print this
`

interface Arguments extends SandboxOptions {
  help: boolean
  quiet: boolean
  algorithms: { owner: string; name: string }[]
}

function readArguments(args: string[]): Arguments {
  try {
    const { values } = parseArgs({
      args,
      options: {
        port: { type: 'string' },
        host: { type: 'string' },
        state: { type: 'string' },
        user: { type: 'string', multiple: true },
        password: { type: 'string' },
        'api-key': { type: 'string' },
        key: { type: 'string', multiple: true, default: [] },
        'admin-key': { type: 'string', multiple: true, default: [] },
        algorithm: { type: 'string', multiple: true, default: [] },
        quiet: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    return {
      help: values.help,
      quiet: values.quiet,
      ...(values.port !== undefined && { port: portFrom(values.port) }),
      ...(values.host !== undefined && { host: values.host }),
      ...(values.state !== undefined && { stateDir: folderFrom(values.state) }),
      ...usersFrom(values),
      keys: [...values.key.map(keyOption), ...values['admin-key'].map(adminKey)],
      algorithms: values.algorithm.map(algorithmFrom),
    }
  } catch (error) {
    if (error instanceof StartError) throw error
    throw new StartError(error instanceof Error ? error.message : String(error), { cause: error })
  }
}

function portFrom(text: string): number {
  const port = Number(text)
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new StartError(`--port must be 0 to 65535, not "${text}"`)
  return port
}

function folderFrom(text: string): string {
  if (text === '') throw new StartError('--state must name a folder')
  return text
}

/** Without any of the three options the sandbox takes the accounts that are kept, or a default one. */
function usersFrom(values: { user?: string[]; password?: string; 'api-key'?: string }): { users?: UserSpec[] } {
  const { user, password, 'api-key': key } = values
  if (user === undefined && password === undefined && key === undefined) return {}
  const [first = 'demo', ...others] = user ?? []
  const account = {
    name: first,
    ...(password !== undefined && { password }),
    ...(key !== undefined && { keys: [{ key }] }),
  }
  return { users: [account, ...others.map((name) => ({ name }))] }
}

function adminKey(key: string): FurtherKey {
  if (key === '') throw new StartError('--admin-key must not be empty')
  return { key, data: 'none', manage: false, algorithms: [], admin: true }
}

function algorithmFrom(text: string): { owner: string; name: string } {
  const [owner = '', name = '', ...rest] = text.split('/')
  if (owner === '' || name === '' || rest.length > 0) {
    throw new StartError(`--algorithm must be OWNER/NAME, not "${text}"`)
  }
  return { owner, name }
}

async function createMissing(sandbox: Sandbox, algorithms: { owner: string; name: string }[]): Promise<void> {
  for (const { owner, name } of algorithms) {
    if (sandbox.hasAlgorithm(owner, name)) continue
    try {
      await sandbox.createAlgorithm(owner, name)
    } catch (error) {
      await sandbox.close()
      const reason = error instanceof Error ? error.message : String(error)
      throw new StartError(`--algorithm ${owner}/${name}: ${reason}`, { cause: error })
    }
  }
}

async function main(): Promise<void> {
  const options = readArguments(process.argv.slice(2))
  if (options.help) {
    process.stdout.write(help)
    return
  }
  const sandbox = await startSandbox({ ...options, ...(!options.quiet && { log: (line) => console.log(line) }) })
  await createMissing(sandbox, options.algorithms)
  const stop = () => {
    sandbox.close().catch((error: unknown) => {
      console.error(`The sandbox did not stop cleanly: ${String(error)}`)
      process.exitCode = 1
    })
  }
  // npm passes a Ctrl-C on to us that the terminal has sent us already, so a second one must not cut the first short.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
  console.log(banner(sandbox, options.stateDir === undefined))
}

try {
  await main()
} catch (error) {
  if (!(error instanceof StartError)) throw error
  console.error(`${error.message}\nTry: npm run sandbox -- --help`)
  process.exitCode = 2
}
