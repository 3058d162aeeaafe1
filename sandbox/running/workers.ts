import { constants, mkdirSync, mkdtempSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { delimiter, dirname, join } from 'node:path'
import type { AlgorithmProcess } from '../accounts/auth.ts'
import { type KeyRecord, newApiKey } from '../accounts/keys.ts'
import type { UserRecord, Users } from '../accounts/users.ts'
import type { Algorithm } from '../algorithms/algorithm.ts'
import { messageOf } from '../errors.ts'
import { publicEnvironment, removeTree } from '../processes.ts'
import type { Secrets } from '../secrets/store.ts'
import { Instance } from './instance.ts'

/** A process of an algorithm, and who it is when it asks the server for something. */
export interface Worker {
  instance: Instance
  process: AlgorithmProcess
}

/** What a worker runs. */
export interface Work {
  algorithm: Algorithm
  /** The account that the algorithm works for. */
  user: UserRecord
  /** The root of the checked-out repository, which stays as it is. */
  source: string
  /** The interpreter that has its packages. */
  python: string
}

/** What workers need from the rest of the server. */
export interface WorkerServices {
  users: Users
  /** The address of the server, without `/v1`. */
  url: () => string
  /** Become environment variables of the algorithm that they belong to. */
  secrets: Secrets
  log: (line: string) => void
}

const addressPattern = /^\/processes\/([0-9a-f-]{36})(?=\/)/

const folderIn = (stateDir: string) => join(stateDir, 'processes')

/**
 * Starts the processes of algorithms. Each has a copy of the repository, a temporary folder, an API key and an API
 * address of its own: what it writes is gone with it, the key makes it the account that called it, and the address tells
 * it apart where clients send no key (platform reference §5.2, §5.3).
 */
export class Workers {
  readonly #folder: string
  readonly #services: WorkerServices
  readonly #running = new Map<string, Worker>()
  /** Until the last process is gone with its folder. */
  readonly #atWork = new Set<Promise<void>>()
  #stopped = false

  /** Removes what the processes of a server that was killed left, before a new one starts. */
  static async tidy(stateDir: string): Promise<void> {
    try {
      await removeTree(folderIn(stateDir))
    } catch {
      // Belongs to somebody else by now; new processes get new folders.
    }
  }

  constructor(stateDir: string, services: WorkerServices) {
    this.#folder = folderIn(stateDir)
    this.#services = services
    mkdirSync(this.#folder, { recursive: true })
  }

  /** @throws Error once the server stops, and when the process cannot be prepared */
  async start(work: Work): Promise<Worker> {
    const home = mkdtempSync(join(this.#folder, 'process-'))
    try {
      const source = join(home, 'algorithm')
      await cp(work.source, source, { recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE })
      if (this.#stopped) throw new Error('the server stops')
      return this.#spawn({ ...work, source }, home)
    } catch (error) {
      await removeTree(home)
      throw error
    }
  }

  #spawn(work: Work, home: string): Worker {
    const { users, url, log } = this.#services
    const id = crypto.randomUUID()
    const key = newApiKey()
    const process: AlgorithmProcess = { algorithm: work.algorithm, call: undefined }
    users.lend(key, { user: work.user, key: { key, ...algorithmRights }, process })
    const instance = new Instance({
      python: work.python,
      source: work.source,
      module: work.algorithm.name,
      env: this.#environment(work, home, key, `${url()}/processes/${id}`),
    })
    const worker = { instance, process }
    this.#running.set(id, worker)
    const gone = instance.ended
      .then(async () => {
        this.#running.delete(id)
        users.takeBack(key)
        await removeTree(home)
      })
      .catch((error: unknown) => log(`${home} stays behind: ${messageOf(error)}`))
      .finally(() => this.#atWork.delete(gone))
    this.#atWork.add(gone)
    return worker
  }

  /** The address without what tells processes apart, and the process that it told. */
  recognise(url: string): { url: string; process: AlgorithmProcess | undefined } {
    const id = addressPattern.exec(url)?.[1]
    if (id === undefined) return { url, process: undefined }
    return { url: url.replace(addressPattern, ''), process: this.#running.get(id)?.process }
  }

  /** Ends all processes at once, and starts no others. */
  stop(): void {
    this.#stopped = true
    for (const { instance } of this.#running.values()) {
      instance.kill({ message: 'The server stops', type: 'SystemError', trace: '' })
    }
  }

  /** Resolves when all processes are gone with what they left. */
  async settled(): Promise<void> {
    await Promise.all(this.#atWork)
  }

  #environment({ algorithm, python }: Work, home: string, key: string, api: string): Record<string, string> {
    const inherited = publicEnvironment()
    const temporary = join(home, 'tmp')
    mkdirSync(temporary)
    return {
      ...this.#services.secrets.variablesOf(algorithm.id),
      ...inherited,
      PATH: [dirname(python), inherited.PATH].join(delimiter),
      HOME: home,
      TMPDIR: temporary,
      TEMP: temporary,
      TMP: temporary,
      LANG: 'C.UTF-8',
      NO_PROXY: [inherited.NO_PROXY ?? inherited.no_proxy, '127.0.0.1', 'localhost', '::1'].filter(Boolean).join(','),
      PYTHONUNBUFFERED: '1',
      PYTHONNOUSERSITE: '1',
      ALGORITHMIA_API: api,
      ALGORITHMIA_API_KEY: key,
      ALGORITHMIA_ALGORITHM_NAME: algorithm.name,
      ALGORITHMIA_ALGORITHM_AUTHOR_NAME: algorithm.owner,
    }
  }
}

/** A key's data restriction limits the key itself, not the algorithms that it calls (platform reference §1, "Keys"). */
const algorithmRights = { data: 'read-write', manage: false, algorithms: ['algo://*'], admin: false } satisfies Omit<
  KeyRecord,
  'key'
>

const processes = new WeakMap<IncomingMessage, AlgorithmProcess>()

/** Takes the part that tells processes apart out of the path of a request, and remembers what it said. */
export function rewriteAddress(request: IncomingMessage, path: string, workers: Workers): string {
  const { url, process } = workers.recognise(path)
  if (process) processes.set(request, process)
  return url
}

/** The process that a request without a key comes from. */
export function senderOf(request: IncomingMessage): AlgorithmProcess | undefined {
  return processes.get(request)
}
