import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Caller, callerOf, requireCaller, requireDataRead, requireDataWrite } from '../accounts/auth.ts'
import type { Users } from '../accounts/users.ts'
import { createBehind, getBehind, putBehind, refusePermissions, removeBehind } from '../connectors/operations.ts'
import type { Connectors } from '../connectors/store.ts'
import { badRequest, notFound } from '../errors.ts'
import { bodyStream, jsonBody, queryOf } from '../http/request-body.ts'
import { readableDirectory, writableAccount, writableCollection, writableDirectory } from './access.ts'
import { aclFrom } from './acl.ts'
import { listing } from './listing.ts'
import { parseDataUrl } from './paths.ts'
import { json, newDirectory, sendFile, sendListing } from './replies.ts'
import type { HostedData } from './store.ts'

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>

/** What data URIs lead to. */
export interface Stores {
  data: HostedData
  users: Users
  connectors: Connectors
}

/** Serves data under both URL families (platform reference §2.2 and §2.3). */
export function dataRoutes(app: FastifyInstance, stores: Stores): void {
  const { data, users } = stores
  const handlers: Record<string, Handler> = {
    GET: (request, reply) => get(stores, request, reply),
    HEAD: (request, reply) => get(stores, request, reply),
    PUT: (request, reply) => put(stores, request, reply),
    POST: (request, reply) => create(stores, request, reply),
    PATCH: (request, reply) => changeAcl(stores, request, reply),
    DELETE: (request, reply) => remove(stores, request, reply),
  }
  for (const [method, handler] of Object.entries(handlers)) {
    for (const url of ['/v1/data', '/v1/data/*', '/v1/connector/*']) {
      app.route({ method, url, handler, onRequest: ignoreContentType })
    }
  }
  app.get('/v1/hostedData', async (request, reply) => {
    const caller = requireCaller(callerOf(request, users))
    requireDataRead(caller)
    const result = data
      .collectionsOf(caller.user.name)
      .values()
      .map(({ id, name, owner, acl }) => ({
        id,
        object_id: id,
        collection_name: name,
        username: owner,
        acl: { read_w: acl === 'public', read_g: false, read_u: true, read_a: acl === 'default' },
        location: `data://${owner}/${name}`,
      }))
    return json(reply, { result })
  })
}

async function get({ data, users, connectors }: Stores, request: FastifyRequest, reply: FastifyReply) {
  const caller = callerOf(request, users)
  const path = parseDataUrl(request.raw.url ?? '')
  if (path.kind === 'connector') return getBehind({ connectors, data, path, request, reply }, caller)
  if (path.kind === 'above') requireDataRead(requireCaller(caller))
  if (path.kind === 'above' || path.kind === 'below') throw notFound(`${path.uri} does not exist`)
  if (path.kind !== 'file') {
    return sendListing(await listing(data, users, path, caller, queryOf(request)), request, reply)
  }
  const file = (await readableDirectory(data, users, path, caller)).files.get(path.file)
  if (!file) throw notFound(`The file ${path.uri} does not exist`)
  return sendFile(data, file, request, reply)
}

async function put({ data, users, connectors }: Stores, request: FastifyRequest, reply: FastifyReply) {
  const caller = writerOf(request, users)
  const path = parseDataUrl(request.raw.url ?? '')
  if (path.kind === 'connector') return putBehind({ connectors, data, path, request, reply }, caller)
  if (path.kind === 'below') throw badRequest(`${path.uri} is too deep: a collection has no folders inside`)
  if (path.kind !== 'file') throw badRequest(`${path.uri} is not a file: use data://<user>/<collection>/<file>`)
  const directory = await writableDirectory(data, users, path, caller)
  await data.put(directory, path.file, bodyStream(request.raw))
  return json(reply, { result: path.uri })
}

async function create({ data, users, connectors }: Stores, request: FastifyRequest, reply: FastifyReply) {
  const caller = writerOf(request, users)
  const path = parseDataUrl(request.raw.url ?? '')
  if (path.kind === 'connector') return createBehind({ connectors, data, path, request, reply }, caller)
  if (path.kind === 'root') throw badRequest('A collection belongs to an account: POST to /v1/data/<user>')
  if (path.kind !== 'account') throw badRequest(`${path.uri} cannot hold a directory: collections have no folders`)
  const owner = writableAccount(path, users, caller)
  const { name, acl = 'default' } = await newDirectory(request)
  data.create(owner, name, acl)
  return json(reply, { result: `${path.uri}/${name}` })
}

async function changeAcl({ data, users, connectors }: Stores, request: FastifyRequest, reply: FastifyReply) {
  const caller = writerOf(request, users)
  const path = parseDataUrl(request.raw.url ?? '')
  if (path.kind === 'connector') return refusePermissions({ connectors, data, path, request, reply }, caller)
  if (path.kind !== 'directory' || path.directory.kind !== 'collection') {
    throw badRequest(`${path.uri} has no permissions: only a collection has`)
  }
  const collection = writableCollection(data, users, { uri: path.uri, ...path.directory }, caller)
  const { acl } = await jsonBody(request)
  data.setAcl(collection, aclFrom(acl))
  return reply.header('content-type', 'application/json').send('')
}

async function remove({ data, users, connectors }: Stores, request: FastifyRequest, reply: FastifyReply) {
  const caller = writerOf(request, users)
  const path = parseDataUrl(request.raw.url ?? '')
  if (path.kind === 'connector') return removeBehind({ connectors, data, path, request, reply }, caller)
  if (path.kind === 'below') throw notFound(`${path.uri} does not exist`)
  if (path.kind !== 'file') {
    if (path.kind !== 'directory' || path.directory.kind !== 'collection') {
      throw badRequest(`${path.uri} cannot be deleted: only a collection or a file can`)
    }
    const collection = writableCollection(data, users, { uri: path.uri, ...path.directory }, caller)
    const deleted = await data.remove(collection, queryOf(request).get('force') === 'true')
    // A client's own test demands 1 for an empty collection (platform reference §2.3).
    return json(reply, { result: { deleted: Math.max(1, deleted) } })
  }
  const directory = await writableDirectory(data, users, path, caller)
  const file = directory.files.get(path.file)
  if (!file) throw notFound(`The file ${path.uri} does not exist`)
  await data.removeFile(directory, file)
  return json(reply, { result: { deleted: 1 } })
}

/** A body is content here, whatever it is called; the framework would refuse types that it cannot read. */
async function ignoreContentType(request: FastifyRequest): Promise<void> {
  delete request.raw.headers['content-type']
}

/** Who writes, with a key that may: checked before anything else, so that outsiders learn nothing from the answer. */
function writerOf(request: FastifyRequest, users: Users): Caller {
  const caller = requireCaller(callerOf(request, users))
  requireDataWrite(caller)
  return caller
}
