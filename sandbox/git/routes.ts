import type { ChildProcess } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Algorithms } from '../algorithms/store.ts'
import { gitUserOf } from '../auth.ts'
import { internalProblem } from '../error-replies.ts'
import { ApiError, badRequest, codes, systemCode } from '../errors.ts'
import { bodyStream } from '../request-body.ts'
import type { Users } from '../users.ts'
import { runHttpBackend } from './http-backend.ts'
import type { Repositories } from './repositories.ts'

/** A ref that a push has moved. */
export interface Push {
  algorithmId: string
  owner: string
  name: string
  /** `refs/heads/master` and the like. */
  ref: string
  /** 40 hex digits; zeros for a new ref. */
  before: string
  after: string
  /** The account that pushed. */
  user: string
}

/** What the git server works with. */
export interface GitHosting {
  users: Users
  algorithms: Algorithms
  repositories: Repositories
  environment: NodeJS.ProcessEnv
  stateDir: string
  /** The git processes at work. */
  running: Set<ChildProcess>
  /** Called for every ref that a push moved, once git is done and before the client has its answer. */
  onPush: (push: Push) => Promise<void> | void
  log: (line: string) => void
}

/** Serves the repositories of algorithms over smart HTTP (platform reference §1, "Git access"). */
export function gitRoutes(app: FastifyInstance, hosting: GitHosting): void {
  app.route({
    method: ['GET', 'POST'],
    url: '/git/*',
    handler: async (request, reply) => {
      const { user, algorithm, path, query, push } = authorise(hosting, request)
      const record = join(hosting.stateDir, `push-${crypto.randomUUID()}`)
      reply.hijack()
      try {
        await runHttpBackend({
          request: request.raw,
          body: bodyStream(request.raw),
          response: reply.raw,
          projectRoot: hosting.repositories.folder,
          path: `/${algorithm.id}.git/${path}`,
          query,
          user,
          environment: push ? { ...hosting.environment, SANDBOX_PUSH_RECORD: record } : hosting.environment,
          running: hosting.running,
          outlivesClient: push,
          beforeEnd: async () => {
            if (!push) return
            const { id: algorithmId, owner, name } = algorithm
            for (const moved of await movedRefs(record)) {
              await hosting.onPush({ algorithmId, owner, name, user, ...moved })
            }
          },
        })
      } catch (error) {
        if (!reply.raw.destroyed) hosting.log(`git failed for ${algorithm.owner}/${algorithm.name}: ${String(error)}`)
        // Once git has begun to answer, only a broken connection tells the client that something went wrong.
        if (reply.raw.headersSent) reply.raw.destroy()
        else reply.raw.writeHead(500, { 'content-type': 'text/plain' }).end(`${internalProblem(error)}\n`)
      } finally {
        if (reply.raw.destroyed && !reply.raw.writableFinished)
          hosting.log(`${request.method} ${path}: the client left`)
        await rm(record, { force: true })
      }
    },
  })
}

function authorise(hosting: GitHosting, request: FastifyRequest) {
  const account = gitUserOf(request, hosting.users)
  const [address = '', query = ''] = (request.raw.url ?? '').split(/\?(.*)/s, 2)
  const [, owner, name, path] = /^\/git\/([^/]+)\/([^/]+)\.git\/(.+)$/.exec(address) ?? []
  const algorithm = hosting.algorithms.find(decode(owner), decode(name))
  if (!algorithm || path === undefined) throw new ApiError(404, codes.algorithmNotFound, 'Repository not found')
  const service = path === 'info/refs' ? new URLSearchParams(query).get('service') : path
  const known = request.method === (path === 'info/refs' ? 'GET' : 'POST')
  if (!known || (service !== 'git-upload-pack' && service !== 'git-receive-pack')) {
    throw badRequest('Only the smart HTTP protocol of git is served here')
  }
  const push = service === 'git-receive-pack'
  if (algorithm.owner !== account.name && (push || algorithm.settings.source_visibility !== 'open')) {
    const message = `${account.name} may not ${push ? 'push to' : 'read'} ${algorithm.owner}/${algorithm.name}`
    throw new ApiError(403, codes.notAuthorised, message)
  }
  return { user: account.name, algorithm, path, query, push: push && path === 'git-receive-pack' }
}

/** The lines of git's post-receive hook: `<before> <after> <ref>`. */
async function movedRefs(record: string): Promise<{ before: string; after: string; ref: string }[]> {
  let lines: string[]
  try {
    lines = (await readFile(record, 'utf8')).split('\n')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return []
    throw error
  }
  return lines.flatMap((line) => {
    const [, before, after, ref] = /^(\S+) (\S+) (.+)$/.exec(line) ?? []
    return before && after && ref ? [{ before, after, ref }] : []
  })
}

function decode(segment = ''): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
