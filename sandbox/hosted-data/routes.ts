import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Caller, callerOf, requireCaller, requireDataRead, requireDataWrite } from '../accounts/auth.ts'
import type { Users } from '../accounts/users.ts'
import { badRequest, codes, notFound } from '../errors.ts'
import { bodyStream, isObject, jsonBody, parseJson, queryOf, smallBody } from '../http/request-body.ts'
import {
  readableDirectory,
  refuseConnectors,
  writableAccount,
  writableCollection,
  writableDirectory,
} from './access.ts'
import { type Acl, aclFrom } from './acl.ts'
import { listing } from './listing.ts'
import { checkName, parseDataUrl } from './paths.ts'
import type { HostedData } from './store.ts'

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>

/** Serves hosted data under both URL families (platform reference §2.2 and §2.3). */
export function hostedDataRoutes(app: FastifyInstance, data: HostedData, users: Users): void {
  const handlers: Record<string, Handler> = {
    GET: (request, reply) => get(data, users, request, reply),
    HEAD: (request, reply) => get(data, users, request, reply),
    PUT: (request, reply) => put(data, users, request, reply),
    POST: (request, reply) => create(data, users, request, reply),
    PATCH: (request, reply) => changeAcl(data, users, request, reply),
    DELETE: (request, reply) => remove(data, users, request, reply),
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

async function get(data: HostedData, users: Users, request: FastifyRequest, reply: FastifyReply) {
  const caller = callerOf(request, users)
  const path = parseDataUrl(request.raw.url ?? '')
  refuseConnectors(path, caller)
  if (path.kind === 'above') requireDataRead(requireCaller(caller))
  if (path.kind === 'above' || path.kind === 'below') throw notFound(`${path.uri} does not exist`)
  if (path.kind !== 'file') {
    const body = await listing(data, users, path, caller, queryOf(request))
    reply.header('x-data-type', 'directory')
    return request.method === 'HEAD' ? reply.header('content-type', 'application/json').send() : json(reply, body)
  }
  const file = (await readableDirectory(data, users, path, caller)).files.get(path.file)
  if (!file) throw notFound(`The file ${path.uri} does not exist`)
  reply
    .header('x-data-type', 'file')
    .header('content-type', contentType(request))
    .header('content-length', file.size)
    .header('last-modified', new Date(file.modified).toUTCString())
  return reply.send(request.method === 'HEAD' ? undefined : data.read(file))
}

async function put(data: HostedData, users: Users, request: FastifyRequest, reply: FastifyReply) {
  const caller = writerOf(request, users)
  const path = parseDataUrl(request.raw.url ?? '')
  refuseConnectors(path, caller)
  if (path.kind === 'below') throw badRequest(`${path.uri} is too deep: a collection has no folders inside`)
  if (path.kind !== 'file') throw badRequest(`${path.uri} is not a file: use data://<user>/<collection>/<file>`)
  const directory = await writableDirectory(data, users, path, caller)
  await data.put(directory, path.file, bodyStream(request.raw))
  return json(reply, { result: path.uri })
}

async function create(data: HostedData, users: Users, request: FastifyRequest, reply: FastifyReply) {
  const caller = writerOf(request, users)
  const path = parseDataUrl(request.raw.url ?? '')
  refuseConnectors(path, caller)
  if (path.kind === 'root') throw badRequest('A collection belongs to an account: POST to /v1/data/<user>')
  if (path.kind !== 'account') throw badRequest(`${path.uri} cannot hold a directory: collections have no folders`)
  const owner = writableAccount(path, users, caller)
  const { name, acl } = newDirectory(await smallBody(request))
  data.create(owner, name, acl)
  return json(reply, { result: `${path.uri}/${name}` })
}

/** JSON, or the bare name as one of the clients sends it (platform reference §2.3, "Node TS directory creation"). */
function newDirectory(body: string): { name: string; acl: Acl } {
  const parsed = parseJson(body)
  if (!isObject(parsed) && /^\s*[[{]/.test(body)) {
    throw badRequest('The body must be a JSON object or the name of the directory', codes.invalidJson)
  }
  const name = isObject(parsed) ? parsed.name : typeof parsed === 'string' ? parsed : body.trim()
  if (typeof name !== 'string' || name === '') throw badRequest('The name of the directory is missing')
  checkName(name)
  const acl = isObject(parsed) && parsed.acl !== undefined && parsed.acl !== null ? aclFrom(parsed.acl) : 'default'
  return { name, acl }
}

async function changeAcl(data: HostedData, users: Users, request: FastifyRequest, reply: FastifyReply) {
  const caller = writerOf(request, users)
  const path = parseDataUrl(request.raw.url ?? '')
  refuseConnectors(path, caller)
  if (path.kind !== 'directory' || path.directory.kind !== 'collection') {
    throw badRequest(`${path.uri} has no permissions: only a collection has`)
  }
  const collection = writableCollection(data, users, { uri: path.uri, ...path.directory }, caller)
  const { acl } = await jsonBody(request)
  data.setAcl(collection, aclFrom(acl))
  return reply.header('content-type', 'application/json').send('')
}

async function remove(data: HostedData, users: Users, request: FastifyRequest, reply: FastifyReply) {
  const caller = writerOf(request, users)
  const path = parseDataUrl(request.raw.url ?? '')
  refuseConnectors(path, caller)
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

/** The stored type never decides: one of the clients crashes on a type it did not ask for (platform reference §2.6). */
function contentType(request: FastifyRequest): string {
  const accept = request.headers.accept
  return accept === 'text/plain' || accept === 'application/json' ? accept : 'application/octet-stream'
}

function json(reply: FastifyReply, body: unknown): FastifyReply {
  return reply.header('content-type', 'application/json').send(JSON.stringify(body))
}
