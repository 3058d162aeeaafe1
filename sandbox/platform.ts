import { join } from 'node:path'
import { type FurtherKey, type UserSpec, Users } from './accounts/users.ts'
import type { Algorithm } from './algorithms/algorithm.ts'
import { Algorithms } from './algorithms/store.ts'
import { Builder } from './builds/builder.ts'
import { PythonEnvironments } from './builds/python-environments.ts'
import { Sources } from './builds/sources.ts'
import { Builds } from './builds/store.ts'
import type { ConnectorSpec } from './connectors/connector.ts'
import { Connectors } from './connectors/store.ts'
import { gitEnvironment, requireGit } from './git/environment.ts'
import { builtBranch, Repositories } from './git/repositories.ts'
import type { Push } from './git/routes.ts'
import { demoAccount, seedDemo } from './hosted-data/demo.ts'
import { HostedData } from './hosted-data/store.ts'
import { Calls } from './running/calls.ts'
import { Insights } from './running/insights.ts'
import { defaultLimits, Pool, type PoolLimits } from './running/pool.ts'
import { RunErrors } from './running/run-errors.ts'
import { Workers } from './running/workers.ts'
import { Secrets } from './secrets/store.ts'
import { isNewState } from './state.ts'

/** What a platform is made with. */
export interface PlatformOptions {
  /** Default: one user `demo`. */
  users?: UserSpec[]
  /** Keys beside those that come with the users. */
  keys?: FurtherKey[]
  /** Access to other stores, which the sandbox plays. */
  connectors?: ConnectorSpec[]
  /** Where the Python environments of algorithms are kept; several servers may share it. Default: in the state folder. */
  environments?: string
  /** The Python that algorithms run on. Default: `python3`, on Windows `python`. */
  python?: string
  /** How many calls run at a time, and how many processes wait for more. */
  limits?: Partial<PoolLimits>
  /** Gets a line for each request, each build and each internal error. */
  log?: (line: string) => void
  /** Gets every ref that a push has moved, before the client has its answer. */
  onPush?: (push: Push) => Promise<void> | void
}

/** Everything that is there, without the HTTP that shows it. */
export class Platform {
  readonly stateDir: string
  readonly log: (line: string) => void
  /** The address of the server, without `/v1`; set once it listens. */
  address = ''
  readonly url = () => this.address
  readonly users: Users
  readonly environment: NodeJS.ProcessEnv
  readonly repositories: Repositories
  readonly algorithms: Algorithms
  readonly builds: Builds
  readonly secrets: Secrets
  readonly data: HostedData
  readonly connectors: Connectors
  readonly environments: PythonEnvironments
  readonly workers: Workers
  readonly builder: Builder
  readonly pool: Pool
  readonly errors: RunErrors
  readonly insights: Insights
  readonly calls: Calls
  /** The requests that git works on. */
  readonly atGit = new Set<Promise<void>>()
  readonly #onPush: (push: Push) => Promise<void> | void

  private constructor(stateDir: string, environment: NodeJS.ProcessEnv, options: PlatformOptions) {
    const { log = () => undefined, onPush = () => undefined } = options
    const python = options.python ?? (process.platform === 'win32' ? 'python' : 'python3')
    this.stateDir = stateDir
    this.log = log
    this.#onPush = onPush
    this.environment = environment
    this.users = new Users(stateDir, options.users, options.keys)
    this.repositories = new Repositories(stateDir, environment)
    this.algorithms = new Algorithms(stateDir, this.repositories)
    this.builds = new Builds(stateDir)
    this.secrets = new Secrets(stateDir)
    this.data = new HostedData(stateDir)
    this.connectors = new Connectors(stateDir, this.users, options.connectors)
    const { users, url, secrets, algorithms, builds, repositories, data } = this
    this.environments = new PythonEnvironments(options.environments ?? join(stateDir, 'environments'), python)
    this.workers = new Workers(stateDir, { users, url, secrets, log })
    this.builder = new Builder({
      users,
      algorithms,
      builds,
      repositories,
      data,
      log,
      workers: this.workers,
      sources: new Sources(stateDir, repositories),
      environments: this.environments,
    })
    this.pool = new Pool({ ...defaultLimits, ...options.limits })
    this.errors = new RunErrors(stateDir)
    this.insights = new Insights(stateDir)
    const { workers, builder, pool, errors, insights } = this
    this.calls = new Calls({ algorithms, workers, builder, pool, errors, insights, data, log })
  }

  /** @throws StartError when the state, the users or git cannot be had */
  static async open(stateDir: string, options: PlatformOptions): Promise<Platform> {
    const environment = gitEnvironment(stateDir)
    await requireGit(environment)
    await Workers.tidy(stateDir)
    const isNew = isNewState(stateDir)
    const platform = new Platform(stateDir, environment, options)
    // The usual one may be missing where nobody runs algorithms.
    if (options.python !== undefined) await platform.environments.check()
    if (isNew && platform.users.named(demoAccount)) await seedDemo(platform.data)
    return platform
  }

  /** Builds what was pushed, before git tells its client that the push is done. */
  readonly onPush = async (push: Push): Promise<void> => {
    const algorithm = this.algorithms.withId(push.algorithmId)
    if (algorithm && push.ref === builtBranch) this.builder.begin(algorithm, push.after)
    await this.#onPush(push)
  }

  /** Lets the processes of an algorithm end that began with other settings or secrets. */
  readonly onChange = ({ id }: Algorithm): void => {
    this.pool.retire((key) => key.startsWith(id))
  }

  /** Ends what an algorithm has going on. */
  readonly onRemove = async (algorithm: Algorithm): Promise<void> => {
    this.onChange(algorithm)
    await this.builder.remove(algorithm.id)
    this.errors.remove(algorithm.id)
  }

  /** Ends all processes of algorithms and all builds, and begins no others. */
  stop(): void {
    this.builder.stop()
    this.workers.stop()
  }

  /**
   * Resolves when nobody works with the state any more. With the connections git has ended, except for a push that had
   * arrived: it is carried out, and the next server builds it.
   */
  async settled(): Promise<void> {
    await Promise.allSettled(this.atGit)
    await this.builder.settled()
    await this.workers.settled()
    await this.calls.settled()
    await this.data.settled()
  }
}
