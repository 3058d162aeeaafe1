import type { ChildProcess } from 'node:child_process'
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { type Algorithm, newAlgorithm } from './algorithms/algorithm.ts'
import { algorithmRoutes } from './algorithms/routes.ts'
import { Algorithms } from './algorithms/store.ts'
import { answerBadUrl, installErrorReplies, rawErrorResponse } from './error-replies.ts'
import { StartError, systemCode } from './errors.ts'
import { gitEnvironment, requireGit } from './git/environment.ts'
import { Repositories } from './git/repositories.ts'
import { gitRoutes, type Push } from './git/routes.ts'
import { demoAccount, seedDemo } from './hosted-data/demo.ts'
import { hostedDataRoutes } from './hosted-data/routes.ts'
import { HostedData } from './hosted-data/store.ts'
import { deferContinue } from './request-body.ts'
import { isNewState, openState } from './state.ts'
import { type UserRecord, type UserSpec, Users } from './users.ts'

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
  const isNew = isNewState(stateDir)
  const users = new Users(stateDir, options.users)
  const environment = gitEnvironment(stateDir)
  await requireGit(environment)
  const repositories = new Repositories(stateDir, environment)
  const algorithms = new Algorithms(stateDir, repositories)
  const data = new HostedData(stateDir)
  if (isNew && users.named(demoAccount)) await seedDemo(data)

  const running = new Set<ChildProcess>()

  const app = createApp(log)
  hostedDataRoutes(app, data, users)
  algorithmRoutes(app, algorithms, users)
  gitRoutes(app, { users, algorithms, repositories, environment, stateDir, running, onPush, log })
  app.get('/', async (_request, reply) => {
    const text = `Algorithmia sandbox\n\nAPI  /v1/\ngit  /git/<owner>/<algorithm>.git\n`
    return reply.type('text/plain; charset=utf-8').send(text)
  })

  let closed: Promise<void> | undefined
  const close = async () => {
    await app.close()
    for (const child of running) child.kill()
    await data.settled()
    release()
  }
  return {
    url: await listen(app, host, port),
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
    close: () => {
      closed ??= close()
      return closed
    },
  }
}

function createApp(log: (line: string) => void): FastifyInstance {
  const app = Fastify({
    // A stopped sandbox does not wait for idle clients, nor for the rest of an upload.
    forceCloseConnections: true,
    frameworkErrors: answerBadUrl,
    exposeHeadRoutes: false,
    // Behind a proxy the address comes as a whole, perhaps with credentials in it that belong in no log.
    rewriteUrl: ({ url = '/' }) => url.replace(/^https?:\/\/[^/?]*/i, '').replace(/^(?!\/)/, '/'),
    routerOptions: { maxParamLength: 5000 },
    clientErrorHandler: (error, socket) => {
      if (socket.writable) socket.end(rawErrorResponse(error.code))
      // After some time to read the answer the connection goes, whether the client closes its end or not.
      setTimeout(() => socket.destroy(), 1000).unref()
    },
  })
  deferContinue(app.server)
  // Handlers read the body themselves: uploads go straight to disk, whatever their Content-Type says.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))
  installErrorReplies(app, log)
  const named = ({ method, url }: FastifyRequest) => `${method} ${url.replaceAll(/[^\x21-\x7e]/g, '?')}`
  app.addHook('onResponse', async (request, reply) => {
    log(`${named(request)} ${reply.statusCode} ${Math.round(reply.elapsedTime)} ms`)
  })
  app.addHook('onRequestAbort', async (request) => log(`${named(request)}: the client left`))
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
