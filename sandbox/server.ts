import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { UserRecord } from './accounts/users.ts'
import { type Algorithm, newAlgorithm } from './algorithms/algorithm.ts'
import { algorithmRoutes } from './algorithms/routes.ts'
import { buildRoutes } from './builds/routes.ts'
import type { ConnectorRecord } from './connectors/connector.ts'
import { environmentRoutes } from './environments/routes.ts'
import { gitRoutes } from './git/routes.ts'
import { dataRoutes } from './hosted-data/routes.ts'
import { createApp, isFree, listen } from './http/app.ts'
import { organisationRoutes } from './organisations/routes.ts'
import { callThroughApi } from './pages/call.ts'
import { pageRoutes } from './pages/routes.ts'
import { Platform, type PlatformOptions } from './platform.ts'
import { callRoutes } from './running/routes.ts'
import { rewriteAddress } from './running/workers.ts'
import { secretRoutes } from './secrets/routes.ts'
import { sourceHostRoutes } from './source-hosts/routes.ts'
import { openState, readJson, writeJson } from './state.ts'
import { versionRoutes } from './versions/routes.ts'

/** How to start a sandbox. */
export interface SandboxOptions extends PlatformOptions {
  /** Where everything is kept; without it a temporary folder that `close` removes. */
  stateDir?: string
  /** 0 takes a free one. Default: that of the last start with this folder if it is free, else a free one. */
  port?: number
  /** Default 127.0.0.1. */
  host?: string
}

/** A running sandbox. */
export interface Sandbox {
  /** `http://host:port`: pages at `/`, the API at `/v1/`, git at `/git/<owner>/<algorithm>.git`. */
  url: string
  stateDir: string
  users: UserRecord[]
  connectors: ConnectorRecord[]
  hasAlgorithm(owner: string, name: string): boolean
  createAlgorithm(owner: string, name: string): Promise<Algorithm>
  /** The folder of an algorithm's bare repository. */
  repositoryPath(owner: string, name: string): string
  /** The monitoring records that published algorithms with insights have left (platform reference §9). */
  insights(): Record<string, unknown>[]
  close(): Promise<void>
}

/**
 * Starts a local server that answers as the Algorithmia platform does: hosted data, algorithms, their repositories,
 * builds, versions and calls.
 *
 * @throws StartError when the port, the state folder or the users cannot be had
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const state = openState(options.stateDir)
  try {
    return await serve(await Platform.open(state.path, options), options, state.release)
  } catch (error) {
    state.release()
    throw error
  }
}

/** Without a port that was asked for, the one of the last start: clones and clients know it. */
async function listenAgain(app: FastifyInstance, stateDir: string, { host = '127.0.0.1', port }: SandboxOptions) {
  const file = join(stateDir, 'port.json')
  const last = readJson<number>(file) ?? 0
  const address = await listen(app, host, port ?? ((await isFree(host, last)) ? last : 0))
  writeJson(file, Number(new URL(address).port))
  return address
}

async function serve(platform: Platform, options: SandboxOptions, release: () => void): Promise<Sandbox> {
  const { users, algorithms, builds, data, connectors, repositories, workers, url, log } = platform
  const app = createApp({ log, rewriteUrl: (request, path) => rewriteAddress(request, path, workers) })
  dataRoutes(app, platform)
  algorithmRoutes(app, platform)
  secretRoutes(app, platform)
  buildRoutes(app, platform)
  versionRoutes(app, platform)
  callRoutes(app, platform)
  environmentRoutes(app, users)
  sourceHostRoutes(app, users)
  organisationRoutes(app, platform)
  gitRoutes(app, platform)
  pageRoutes(app, { users, algorithms, builds, data, connectors, url, call: callThroughApi(app) })

  let closed: Promise<void> | undefined
  const close = async () => {
    // Whoever waits for a call gets an answer before the connections go.
    platform.stop()
    try {
      await platform.calls.settled()
      await app.close()
      await platform.settled()
    } finally {
      release()
    }
  }
  try {
    platform.address = await listenAgain(app, platform.stateDir, options)
    await platform.builder.resume()
  } catch (error) {
    platform.stop()
    await app.close()
    await platform.settled()
    throw error
  }
  return {
    url: platform.address,
    stateDir: platform.stateDir,
    users: users.all(),
    connectors: connectors.all(),
    hasAlgorithm: (owner, name) => algorithms.find(owner, name) !== undefined,
    createAlgorithm: async (owner, name) => {
      if (!users.isOwner(owner)) throw new Error(`The user ${owner} does not exist`)
      return await algorithms.create(owner, newAlgorithm({ name }))
    },
    repositoryPath: (owner, name) => {
      const algorithm = algorithms.find(owner, name)
      if (!algorithm) throw new Error(`The algorithm ${owner}/${name} does not exist`)
      return repositories.pathOf(algorithm.id)
    },
    insights: () => platform.insights.all(),
    close: () => {
      closed ??= close()
      return closed
    },
  }
}
