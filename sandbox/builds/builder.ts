import type { Session } from '../accounts/auth.ts'
import type { UserRecord, Users } from '../accounts/users.ts'
import type { Algorithm } from '../algorithms/algorithm.ts'
import type { Algorithms } from '../algorithms/store.ts'
import { messageOf, notFound } from '../errors.ts'
import type { Repositories } from '../git/repositories.ts'
import type { HostedData } from '../hosted-data/store.ts'
import type { Workers } from '../running/workers.ts'
import { Turns } from '../turns.ts'
import type { Build } from './build.ts'
import { checkConfiguration, requirementsOf, summaryOf } from './description.ts'
import type { PythonEnvironments } from './python-environments.ts'
import type { Sources } from './sources.ts'
import type { Builds } from './store.ts'

/** What the builder works with. */
export interface BuilderServices {
  algorithms: Algorithms
  builds: Builds
  sources: Sources
  environments: PythonEnvironments
  repositories: Repositories
  workers: Workers
  data: HostedData
  users: Users
  log: (line: string) => void
}

const buildsAtOnce = 4
const loadLimitMs = 10 * 60 * 1000

/** Builds algorithms: several at once, those of one algorithm one after the other (platform reference §3.3). */
export class Builder {
  readonly #services: BuilderServices
  readonly #turns = new Turns(buildsAtOnce)
  /** The last build of each algorithm, by its id. */
  readonly #queues = new Map<string, Promise<void>>()
  readonly #stops = new Map<string, AbortController>()
  #stopped = false

  constructor(services: BuilderServices) {
    this.#services = services
  }

  /** Takes up what a stopped server left undone: unfinished builds, and pushes that it could not record. */
  async resume(): Promise<void> {
    const { algorithms, builds, repositories, log } = this.#services
    for (const build of builds.unfinished()) {
      const algorithm = algorithms.withId(build.algorithmId)
      if (algorithm) this.#enqueue(algorithm, build)
    }
    for (const algorithm of algorithms.all()) {
      try {
        const head = await repositories.head(algorithm.id)
        const isBuilt = builds.of(algorithm.id).some(({ commit }) => commit === head)
        if (!isBuilt && (await repositories.wasPushed(algorithm.id))) this.begin(algorithm, head)
      } catch (error) {
        log(`${algorithm.owner}/${algorithm.name} cannot be looked at: ${messageOf(error)}`)
      }
    }
  }

  /**
   * Records a build of a commit and starts it. The record exists when this returns: clients read it right after a push.
   *
   * @returns the build, and a promise that resolves when it is finished
   */
  begin(algorithm: Algorithm, commit: string): { build: Build; finished: Promise<void> } {
    const build = this.#services.builds.begin(algorithm.id, commit)
    return { build, finished: this.#enqueue(algorithm, build) }
  }

  /** Builds the head; joins a build of it that is under way already, so that a repeated request costs nothing. */
  async compile(algorithm: Algorithm): Promise<Build> {
    const { algorithms, builds, repositories } = this.#services
    const head = await repositories.head(algorithm.id)
    if (!algorithms.withId(algorithm.id)) throw notFound('The algorithm was deleted')
    const [newest] = builds.of(algorithm.id)
    if (newest?.status === 'in-progress' && newest.commit === head) {
      await this.#queues.get(algorithm.id)
      return newest
    }
    const { build, finished } = this.begin(algorithm, head)
    await finished
    return build
  }

  /**
   * What a call of a build needs; made anew if somebody deleted it.
   *
   * @throws Error also when the algorithm was deleted meanwhile
   */
  async program({ algorithmId, commit }: Build): Promise<{ source: string; python: string }> {
    const { algorithms, sources, environments } = this.#services
    const refuseDeleted = () => {
      if (!algorithms.withId(algorithmId)) throw new Error('the algorithm was deleted')
    }
    refuseDeleted()
    const watch = { print: () => undefined, signal: this.#stopOf(algorithmId).signal }
    const source = await sources.of(algorithmId, commit)
    const { python } = await environments.for(requirementsOf(source), watch)
    if (!algorithms.withId(algorithmId)) await sources.removeAll(algorithmId)
    refuseDeleted()
    return { source, python }
  }

  /** Forgets an algorithm, with what is being built of it. */
  async remove(algorithmId: string): Promise<void> {
    this.#stops.get(algorithmId)?.abort()
    await this.#queues.get(algorithmId)
    this.#stops.delete(algorithmId)
    this.#queues.delete(algorithmId)
    this.#services.builds.removeAll(algorithmId)
    await this.#services.sources.removeAll(algorithmId)
  }

  /** Ends the builds under way, and begins no others; they begin with the next server. */
  stop(): void {
    this.#stopped = true
    for (const stop of this.#stops.values()) stop.abort()
  }

  /** Resolves when no build is under way any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#queues.values())
  }

  #stopOf(algorithmId: string): AbortController {
    const known = this.#stops.get(algorithmId) ?? new AbortController()
    this.#stops.set(algorithmId, known)
    if (this.#stopped) known.abort()
    return known
  }

  #enqueue(algorithm: Algorithm, build: Build): Promise<void> {
    const { signal } = this.#stopOf(algorithm.id)
    const earlier = this.#queues.get(algorithm.id) ?? Promise.resolve()
    // Never rejects: the next build waits for it.
    const finished = earlier
      .then(async () => {
        if (!signal.aborted) await this.#turns.take(() => this.#build(algorithm, build, signal))
      })
      .catch((error: unknown) => {
        // Nobody must wait for it, though the record will only know after the next start, which builds it again.
        build.status = 'failed'
        this.#services.log(`the build ${build.id} could not be finished: ${String(error)}`)
      })
    this.#queues.set(algorithm.id, finished)
    return finished
  }

  async #build(algorithm: Algorithm, build: Build, signal: AbortSignal): Promise<void> {
    const { builds, log } = this.#services
    let text = ''
    const print = (part: string) => {
      text += part
    }
    let status: 'succeeded' | 'failed' = 'succeeded'
    try {
      await this.#steps(algorithm, build, { print, signal })
      print('Build succeeded\n')
    } catch (error) {
      if (signal.aborted) return
      status = 'failed'
      print(`\nBuild failed: ${messageOf(error)}\n`)
    }
    builds.finish(build, status, text)
    log(`build of ${algorithm.owner}/${algorithm.name} at ${build.commit.slice(0, 12)} ${status}`)
  }

  async #steps(
    algorithm: Algorithm,
    build: Build,
    watch: { print: (text: string) => void; signal: AbortSignal },
  ): Promise<void> {
    const { sources, environments } = this.#services
    const { print } = watch
    // A client's own test looks for these words (platform reference §3.2, "Client facts").
    print(`Beginning container customization of ${algorithm.owner}/${algorithm.name} at ${build.commit}\n`)
    const source = await sources.of(algorithm.id, build.commit)
    checkConfiguration(source, algorithm)
    const { python } = await environments.for(requirementsOf(source, print), watch)
    print(`Loading src/${algorithm.name}.py\n`)
    await this.#load(algorithm, { source, python }, watch)
    const summary = summaryOf(source, print)
    if (summary !== undefined) build.summary = summary
  }

  /** Loads the algorithm as every process of it will (platform reference §5.2). */
  async #load(
    algorithm: Algorithm,
    program: { source: string; python: string },
    { print, signal }: { print: (text: string) => void; signal: AbortSignal },
  ): Promise<void> {
    const { workers, users, data } = this.#services
    const { instance, process } = await workers.start({ algorithm, user: ownerOf(users, algorithm.owner), ...program })
    // What loads may use other algorithms and scratch space, as it does in a call.
    const session: Session = { id: `rses-${crypto.randomUUID()}`, nested: 0, isOver: false }
    process.call = { requestId: `req-${crypto.randomUUID()}`, session, insights: {} }
    const end = (message: string) => instance.kill({ message, type: 'InitializationError', trace: '' })
    const timer = setTimeout(() => end(`it did not load within ${loadLimitMs / 60_000} minutes`), loadLimitMs)
    const abort = () => end('the build was stopped')
    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) abort()
    try {
      await instance.loaded
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
      process.call = undefined
      print(await instance.stop())
      session.isOver = true
      if (session.nested === 0) await data.endSession(session.id)
    }
  }
}

/** Builds load an algorithm as its owner, which may be an organisation. */
function ownerOf(users: Users, name: string): UserRecord {
  return users.named(name) ?? { name, password: '', apiKey: '', keys: [] }
}
