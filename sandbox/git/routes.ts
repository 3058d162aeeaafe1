import { readdirSync, rmSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { passwordCallerOf } from '../accounts/auth.ts'
import type { KeyRecord } from '../accounts/keys.ts'
import type { UserRecord, Users } from '../accounts/users.ts'
import type { Algorithm } from '../algorithms/algorithm.ts'
import type { Algorithms } from '../algorithms/store.ts'
import type { Build } from '../builds/build.ts'
import type { Builds } from '../builds/store.ts'
import { ApiError, badRequest, codes, systemCode } from '../errors.ts'
import { internalProblem } from '../http/error-replies.ts'
import { bodyStream } from '../http/request-body.ts'
import { resolveVersion } from '../versions/version.ts'
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
  builds: Builds
  repositories: Repositories
  environment: NodeJS.ProcessEnv
  stateDir: string
  /** The requests that git works on, each until everything about it is done. */
  atGit: Set<Promise<void>>
  /** Called for every ref that a push moved, once git is done and before the client has its answer. */
  onPush: (push: Push) => Promise<void> | void
  log: (line: string) => void
}

/** Of the files in which git notes what a push moved. */
const recordPrefix = 'push-'

/** Serves the repositories of algorithms over smart HTTP (platform reference §1, "Git access"). */
export function gitRoutes(app: FastifyInstance, hosting: GitHosting): void {
  // Of pushes during which the server was killed.
  for (const name of readdirSync(hosting.stateDir)) {
    if (name.startsWith(recordPrefix)) rmSync(join(hosting.stateDir, name), { force: true })
  }
  app.route({
    method: ['GET', 'POST'],
    url: '/git/*',
    handler: async (request, reply) => {
      const wanted = authorise(hosting, request)
      const { algorithm, build } = wanted
      const repository = build ? await hosting.repositories.atCommit(algorithm.id, build.commit) : `${algorithm.id}.git`
      reply.hijack()
      const work = serve(hosting, wanted, repository, request, reply).finally(() => hosting.atGit.delete(work))
      hosting.atGit.add(work)
      await work
    },
  })
}

async function serve(
  hosting: GitHosting,
  { user, algorithm, path, query, push }: GitRequest,
  repository: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const { id: algorithmId, owner, name } = algorithm
  const record = join(hosting.stateDir, `${recordPrefix}${crypto.randomUUID()}`)
  try {
    await runHttpBackend({
      request: request.raw,
      body: bodyStream(request.raw),
      response: reply.raw,
      projectRoot: hosting.repositories.folder,
      path: `/${repository}/${path}`,
      query,
      user,
      environment: push ? { ...hosting.environment, SANDBOX_PUSH_RECORD: record } : hosting.environment,
      outlivesClient: push,
      beforeEnd: async () => {
        if (!push) return
        for (const moved of await movedRefs(record)) {
          await hosting.onPush({ algorithmId, owner, name, user, ...moved })
        }
      },
    })
  } catch (error) {
    if (!reply.raw.destroyed) hosting.log(`git failed for ${owner}/${name}: ${String(error)}`)
    // Once git has begun to answer, only a broken connection tells the client that something went wrong.
    if (reply.raw.headersSent) reply.raw.destroy()
    else reply.raw.writeHead(500, { 'content-type': 'text/plain' }).end(`${internalProblem(error)}\n`)
  } finally {
    await rm(record, { force: true })
    if (reply.raw.destroyed && !reply.raw.writableFinished) hosting.log(`git has ended for ${owner}/${name}`)
  }
}

/** What a request wants of which algorithm's repository. */
interface GitRequest {
  user: string
  algorithm: Algorithm
  /** The build whose commit is wanted alone. */
  build?: Build
  /** Below the repository. */
  path: string
  query: string
  /** True when it brings commits. */
  push: boolean
}

function authorise(hosting: GitHosting, request: FastifyRequest): GitRequest {
  const { user, key } = passwordCallerOf(request, hosting.users)
  const [address = '', query = ''] = (request.raw.url ?? '').split(/\?(.*)/s, 2)
  const [, owner, name, version, path] = /^\/git\/([^/]+)\/([^/]+?)(?:\/([^/]+?))?\.git\/(.+)$/.exec(address) ?? []
  const algorithm = hosting.algorithms.find(decode(owner), decode(name))
  if (!algorithm || path === undefined) throw new ApiError(404, codes.algorithmNotFound, 'Repository not found')
  const service = path === 'info/refs' ? new URLSearchParams(query).get('service') : path
  const known = request.method === (path === 'info/refs' ? 'GET' : 'POST')
  if (!known || (service !== 'git-upload-pack' && service !== 'git-receive-pack')) {
    throw badRequest('Only the smart HTTP protocol of git is served here')
  }
  const push = service === 'git-receive-pack'
  const insider = hosting.users.actsFor(user, algorithm.owner)
  requireRight(algorithm, { user, key, insider, push })
  const common = {
    user: user.name,
    algorithm,
    path,
    // Not the client's own: of several services in it git takes another one than we.
    query: path === 'info/refs' ? `service=${service}` : '',
    push: push && path === 'git-receive-pack',
  }
  if (version === undefined) return common
  if (push) {
    const reason = `version ${decode(version)} of ${algorithm.owner}/${algorithm.name} never changes`
    throw refused(`${reason}; push to /git/${algorithm.owner}/${algorithm.name}.git`)
  }
  const build = resolveVersion(hosting.builds.of(algorithm.id), decode(version), insider)
  if (!build) {
    throw new ApiError(404, codes.algorithmNotFound, `Version ${decode(version)} of the repository not found`)
  }
  return { ...common, build }
}

/** Insiders read and push, unless they come with a key that may not manage; others read what is open. */
function requireRight(
  { owner, name, settings }: Algorithm,
  { user, key, insider, push }: { user: UserRecord; key: KeyRecord | undefined; insider: boolean; push: boolean },
): void {
  if (!push && settings.source_visibility === 'open') return
  const what = `${push ? 'push to' : 'read'} ${owner}/${name}`
  if (!insider) throw refused(`${user.name} may not ${what}`)
  if (key && !key.manage) throw refused(`This API key of ${user.name} may not ${what}`)
}

function refused(message: string): ApiError {
  return new ApiError(403, codes.notAuthorised, message)
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
