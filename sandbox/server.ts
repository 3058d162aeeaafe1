import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import Fastify, { type FastifyInstance } from 'fastify'
import { type Algorithm, newAlgorithm } from './algorithms/algorithm.ts'
import { algorithmRoutes } from './algorithms/routes.ts'
import { Algorithms } from './algorithms/store.ts'
import { Builder } from './builds/builder.ts'
import { Environments } from './builds/environments.ts'
import { buildRoutes } from './builds/routes.ts'
import { Sources } from './builds/sources.ts'
import { Builds } from './builds/store.ts'
import { answerBadUrl, installErrorReplies, rawErrorResponse } from './error-replies.ts'
import { StartError, systemCode } from './errors.ts'
import { gitEnvironment, requireGit } from './git/environment.ts'
import { builtBranch, Repositories } from './git/repositories.ts'
import { gitRoutes, type Push } from './git/routes.ts'
import { demoAccount, seedDemo } from './hosted-data/demo.ts'
import { hostedDataRoutes } from './hosted-data/routes.ts'
import { HostedData } from './hosted-data/store.ts'
import { deferContinue } from './request-body.ts'
import { Calls } from './running/calls.ts'
import { Insights } from './running/insights.ts'
import { defaultLimits, Pool, type PoolLimits } from './running/pool.ts'
import { callRoutes } from './running/routes.ts'
import { RunErrors } from './running/run-errors.ts'
import { rewriteAddress, Workers } from './running/workers.ts'
import { isNewState, openState } from './state.ts'
import { type UserRecord, type UserSpec, Users } from './users.ts'
import { versionRoutes } from './versions/routes.ts'

/** How to start a sandbox. */
export interface SandboxOptions {
  /** Where everything is kept; without it a temporary folder that `close` removes. */
  stateDir?: string
  /** 0, the default, takes a free one. */
  port?: number
  /** Default 127.0.0.1. */
  host?: string
  /** Default: one user `demo`. */
  users?: UserSpec[]
  /** Gets a line for each request and each internal error. */
  log?: (line: string) => void
  /** Gets every ref that a push has moved, before the client has its answer. */
  onPush?: (push: Push) => Promise<void> | void
  /** Where the Python environments of algorithms are kept; several servers may share it. Default: in `stateDir`. */
  environments?: string
  /** The Python that algorithms run on. Default: `python3`, on Windows `python`. */
  python?: string
  /** How many calls run at a time, and how many processes wait for more. */
  limits?: Partial<PoolLimits>
}

/** A running sandbox. */
export interface Sandbox {
  /** `http://host:port`: the API at `/v1/`, git at `/git/<owner>/<algorithm>.git`. */
  url: string
  stateDir: string
  users: UserRecord[]
  hasAlgorithm(owner: string, name: string): boolean
  createAlgorithm(owner: string, name: string): Promise<Algorithm>
  /** The folder of an algorithm's bare repository. */
  repositoryPath(owner: string, name: string): string
  /** The monitoring records that published algorithms with insights have left (platform reference §9). */
  insights(): Record<string, unknown>[]
  close(): Promise<void>
}

/**
 * Starts a local server that answers as the Algorithmia platform does: hosted data, algorithms and their repositories.
 *
 * @throws StartError when the port, the state folder or the users cannot be had
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const state = openState(options.stateDir)
  try {
    return await serve(state.path, options, state.release)
  } catch (error) {
    state.release()
    throw error
  }
}

async function serve(stateDir: string, options: SandboxOptions, release: () => void): Promise<Sandbox> {
  const { port = 0, host = '127.0.0.1', log = () => undefined, onPush = () => undefined } = options
  let address = ''
  const url = () => address
  const isNew = isNewState(stateDir)
  const users = new Users(stateDir, options.users)
  const environment = gitEnvironment(stateDir)
  await requireGit(environment)
  const repositories = new Repositories(stateDir, environment)
  const algorithms = new Algorithms(stateDir, repositories)
  const data = new HostedData(stateDir)
  if (isNew && users.named(demoAccount)) await seedDemo(data)

  const builds = new Builds(stateDir)
  const workers = new Workers(stateDir, { users, url, secrets: () => ({}) })
  const python = options.python ?? (process.platform === 'win32' ? 'python' : 'python3')
  const environments = new Environments(options.environments ?? join(stateDir, 'environments'), python)
  const sources = new Sources(stateDir, repositories)
  const account = (owner: string) => {
    const user = users.named(owner)
    if (!user) throw new Error(`The account ${owner} does not exist`)
    return user
  }
  const builder = new Builder({ algorithms, builds, sources, environments, repositories, workers, account, log })
  const pool = new Pool({ ...defaultLimits, ...options.limits })
  const errors = new RunErrors(stateDir)
  const insights = new Insights(stateDir)
  const calls = new Calls({ builder, workers, pool, insights, errors, endSession: (id) => data.endSession(id) })

  const running = new Set<ChildProcess>()
  const received = async (push: Push) => {
    const algorithm = algorithms.withId(push.algorithmId)
    if (algorithm && push.ref === builtBranch) builder.begin(algorithm, push.after)
    await onPush(push)
  }

  const app = createApp(log, workers)
  const access = { users, algorithms, builds }
  hostedDataRoutes(app, data, users)
  algorithmRoutes(app, algorithms, users)
  buildRoutes(app, { ...access, builder, url })
  versionRoutes(app, { ...access, url, runSample: (...sample) => calls.runSample(...sample) })
  callRoutes(app, { ...access, calls, log })
  gitRoutes(app, { users, algorithms, repositories, environment, stateDir, running, onPush: received, log })
  app.get('/', async (_request, reply) => {
    const text = `Algorithmia sandbox\n\nAPI  /v1/\ngit  /git/<owner>/<algorithm>.git\n`
    return reply.type('text/plain; charset=utf-8').send(text)
  })

  let closed: Promise<void> | undefined
  const close = async () => {
    await app.close()
    for (const child of running) child.kill()
    await builder.close()
    await workers.close()
    await data.settled()
    release()
  }
  address = await listen(app, host, port)
  await builder.resume()
  return {
    url: address,
    stateDir,
    users: users.all(),
    hasAlgorithm: (owner, name) => algorithms.find(owner, name) !== undefined,
    createAlgorithm: async (owner, name) => {
      if (!users.named(owner)) throw new Error(`The user ${owner} does not exist`)
      return await algorithms.create(owner, newAlgorithm({ name }))
    },
    repositoryPath: (owner, name) => {
      const algorithm = algorithms.find(owner, name)
      if (!algorithm) throw new Error(`The algorithm ${owner}/${name} does not exist`)
      return repositories.pathOf(algorithm.id)
    },
    insights: () => insights.all(),
    close: () => {
      closed ??= close()
      return closed
    },
  }
}

function createApp(log: (line: string) => void, workers: Workers): FastifyInstance {
  const app = Fastify({
    rewriteUrl: (request) => rewriteAddress(request, workers),
    // A stopped sandbox does not wait for idle clients, nor for the rest of an upload.
    forceCloseConnections: true,
    frameworkErrors: answerBadUrl,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 5000 },
    clientErrorHandler: (error, socket) => {
      if (socket.writable) socket.end(rawErrorResponse(error.code))
      else socket.destroy()
    },
  })
  deferContinue(app.server)
  // Handlers read the body themselves: uploads go straight to disk, whatever their Content-Type says.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))
  installErrorReplies(app, log)
  app.addHook('onResponse', async (request, reply) => {
    log(
      `${request.method} ${request.url.replaceAll(/[^\x21-\x7e]/g, '?')} ${reply.statusCode} ${Math.round(reply.elapsedTime)} ms`,
    )
  })
  return app
}

async function listen(app: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    await app.listen({ host, port })
  } catch (error) {
    await app.close()
    throw new StartError(listenProblem(error, host, port), { cause: error })
  }
  const address = app.server.address()
  const actual = typeof address === 'object' && address !== null ? address.port : port
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  return `http://${name.includes(':') ? `[${name}]` : name}:${actual}`
}

function listenProblem(error: unknown, host: string, port: number): string {
  const code = systemCode(error)
  if (code === 'EADDRINUSE') return `Port ${port} is in use on ${host}; choose another one, or none to get a free one`
  if (code === 'EACCES') return `Port ${port} may not be used by this account; choose one above 1023`
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return `${host} is not an address of this machine`
  return `The server cannot listen on ${host} port ${port}: ${String(error)}`
}
