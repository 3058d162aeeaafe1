import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, jest } from '@jest/globals'
import { AlgorithmRepository, type Delivery, type RepositoryLocation } from '../../src/algorithm-repo/repository.ts'
import { writes } from './git-changes.ts'
import { type BareRepository, GitServer, type GitServerOptions, type SeenRequest } from './git-server.ts'

/** Characters that break passwords in URLs, shells and configuration files. */
export const secret = 'p@ss:w/rd%41#x?&=+ é$\'"\\`'
export const login = 'writer'

/** Each form in which a secret shows. */
export function formsOf(value: string, user = login): string[] {
  const base64 = (text: string) => Buffer.from(text).toString('base64').replace(/=+$/, '')
  return [value, encodeURIComponent(value), encodeURI(value), base64(value), base64(`${user}:${value}`)]
}

/** The machine a test runs on, made anew for each test: a home, a temporary folder, servers, and what is printed. */
export interface Lab {
  home: string
  temp: string
  /** All that the action has printed. */
  output: () => string
  set: (name: string, value: string | undefined) => void
  gitconfig: (text: string) => void
  start: (options?: GitServerOptions) => Promise<GitServer>
}

/** Registers the hooks that make and remove the machine. */
export function useLab(): Lab {
  let environment: NodeJS.ProcessEnv
  let folder: string
  let printed: string[]
  let servers: GitServer[]
  const lab: Lab = {
    home: '',
    temp: '',
    output: () => printed.join(''),
    set: (name, value) => {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    },
    gitconfig: (text) => writeFileSync(join(lab.home, '.gitconfig'), text),
    start: async (options) => {
      const server = await GitServer.start(options)
      server.authorise = (given) => given === `${login}:${secret}`
      servers.push(server)
      return server
    },
  }
  beforeEach(() => {
    environment = { ...process.env }
    for (const name of Object.keys(process.env)) {
      if (/^(GIT_|XDG_|LANG|LC_|DEBUG$|(https?|all|no)_proxy$)/i.test(name)) delete process.env[name]
    }
    folder = mkdtempSync(join(tmpdir(), 'git-lab-'))
    lab.home = join(folder, 'home')
    lab.temp = join(folder, 'temp')
    for (const path of [lab.home, lab.temp]) mkdirSync(path)
    process.env.HOME = lab.home
    printed = []
    servers = []
    for (const stream of [process.stdout, process.stderr]) {
      jest.spyOn(stream, 'write').mockImplementation((chunk) => {
        printed.push(String(chunk))
        return true
      })
    }
  })
  afterEach(async () => {
    await Promise.all(servers.map((server) => server.close()))
    for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name]
    Object.assign(process.env, environment)
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  })
  return lab
}

export function locate(
  repository: BareRepository | string,
  other: Partial<RepositoryLocation> = {},
): RepositoryLocation {
  return {
    url: typeof repository === 'string' ? repository : repository.url,
    provider: 'github',
    login,
    secret,
    secretInput: 'github_pat',
    branch: undefined,
    author: { name: 'Deploy Bot', email: 'bot@example.com' },
    ...other,
  }
}

/** Clones, checks the right to write, changes and pushes, as the deployment does. */
export async function deploy(
  location: RepositoryLocation,
  temp: string,
  files: Record<string, string | Buffer>,
  { message = 'Deployed', force = [] as string[] } = {},
): Promise<Delivery> {
  const repository = await AlgorithmRepository.clone(location, mkdtempSync(join(temp, 'run-')))
  await repository.checkWriteAccess()
  await repository.stage(writes(files), force)
  return repository.push(message)
}

/** The message of what `work` throws. */
export async function failure(work: Promise<unknown>): Promise<string> {
  const outcome = await work.then(
    () => undefined,
    (error: unknown) => error,
  )
  // Not "instanceof": errors of node itself are of another realm than those of a test.
  if (typeof outcome === 'object' && outcome !== null && 'message' in outcome) return String(outcome.message)
  throw new Error('nothing was thrown')
}

/** The processes whose command line holds a text (Linux). */
export function processesWith(text: string): string[] {
  return commandLines().filter((line) => line.includes(text))
}

export function commandLines(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(join('/proc', pid, 'cmdline'), 'utf8').replaceAll('\0', ' ')
      } catch {
        return ''
      }
    })
}

/** Puts another `git` first on the PATH: a shell script in which `$git` is the real one. */
export function shimGit(folder: string, script: string): void {
  const real = (process.env.PATH ?? '')
    .split(':')
    .map((entry) => join(entry, 'git'))
    .find((file) => readable(file))
  shim(folder, 'git', `git='${real}'\n${script}`)
}

/** Makes a machine without git-lfs of one that has it. */
export function hideLfs(folder: string): void {
  shim(folder, 'git-lfs', 'exit 127')
}

function shim(folder: string, name: string, script: string): void {
  const bin = join(folder, 'bin')
  mkdirSync(bin, { recursive: true })
  writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`)
  chmodSync(join(bin, name), 0o755)
  process.env.PATH = `${bin}:${process.env.PATH}`
}

function readable(file: string): boolean {
  try {
    readFileSync(file)
    return true
  } catch {
    return false
  }
}

/** All files below a folder, as one string. */
export function contentsBelow(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n')
}

/** Who knocked: logins of requests, without the first ones that come without any. */
export function loginsOf(requests: readonly SeenRequest[]): string[] {
  return [...new Set(requests.flatMap(({ login: given }) => given ?? []))]
}
