import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { FurtherKey, UserSpec } from '../accounts/users.ts'
import { messageOf, StartError } from '../errors.ts'
import { defaultLimits } from '../running/pool.ts'
import type { SandboxOptions } from '../server.ts'
import { connectorOption } from './connector-option.ts'
import { keyOption } from './key-option.ts'

/** What `--help` prints. */
export const help = `Starts a local Algorithmia: hosted data, and algorithms with their repositories, builds, versions and calls.

Usage: npm run sandbox -- [options]

  --port N       the port to listen on (default: with --state that of the last start, if it is
                 free; otherwise a free one)
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
  --connector NAME[,access=read|read-write][,user=NAME][,path=PATH]
                 a data connector to have: s3, gs, azureblob or dropbox, perhaps with a +label; may be
                 repeated. What is left out: access=read, the first account, every path (more
                 accounts or paths: repeat the part)
  --python PATH  the Python that algorithms run on (default: python3)
  --environments DIR
                 where their packages are installed; several sandboxes may share it
                 (default: in the state)
  --calls N      how many calls run at the same time; further ones wait (default: ${defaultLimits.calls})
  --idle N       how many processes wait for the next call (default: ${defaultLimits.idle})
  --quiet        do not print requests and builds
  --help         print this
`

/** What the command line asks for. */
export interface Arguments extends SandboxOptions {
  help: boolean
  quiet: boolean
  algorithms: { owner: string; name: string }[]
}

/** @throws StartError naming the option that is wrong */
export function readArguments(args: string[]): Arguments {
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
        connector: { type: 'string', multiple: true, default: [] },
        python: { type: 'string' },
        environments: { type: 'string' },
        calls: { type: 'string' },
        idle: { type: 'string' },
        quiet: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    return {
      help: values.help,
      quiet: values.quiet,
      ...(values.port !== undefined && { port: portFrom(values.port) }),
      ...(values.host !== undefined && { host: values.host }),
      ...(values.state !== undefined && { stateDir: notEmpty('state', values.state) }),
      ...(values.python !== undefined && { python: notEmpty('python', values.python) }),
      ...(values.environments !== undefined && {
        environments: resolve(notEmpty('environments', values.environments)),
      }),
      limits: {
        ...(values.calls !== undefined && { calls: count('calls', values.calls, 1) }),
        ...(values.idle !== undefined && { idle: count('idle', values.idle, 0) }),
      },
      ...usersFrom(values),
      keys: [...values.key.map(keyOption), ...values['admin-key'].map(adminKey)],
      connectors: values.connector.map(connectorOption),
      algorithms: values.algorithm.map(algorithmFrom),
    }
  } catch (error) {
    if (error instanceof StartError) throw error
    throw new StartError(messageOf(error), { cause: error })
  }
}

function portFrom(text: string): number {
  const port = Number(text)
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new StartError(`--port must be 0 to 65535, not "${text}"`)
  return port
}

function notEmpty(name: string, text: string): string {
  if (text === '') throw new StartError(`--${name} must not be empty`)
  return text
}

function count(name: string, text: string, least: number): number {
  if (!/^\d{1,4}$/.test(text) || Number(text) < least)
    throw new StartError(`--${name} must be ${least} to 9999, not "${text}"`)
  return Number(text)
}

/** Without any of the three options the sandbox takes the accounts that are kept, or a default one. */
function usersFrom(values: { user?: string[]; password?: string; 'api-key'?: string }): { users?: UserSpec[] } {
  const { user, password, 'api-key': key } = values
  if (user === undefined && password === undefined && key === undefined) return {}
  const [first, ...others] = user ?? []
  const account = {
    ...(first !== undefined && { name: first }),
    ...(password !== undefined && { password }),
    ...(key !== undefined && { apiKey: key }),
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
