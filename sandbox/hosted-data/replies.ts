import type { FastifyReply, FastifyRequest } from 'fastify'
import { badRequest, codes } from '../errors.ts'
import { isObject, parseJson, smallBody } from '../http/request-body.ts'
import { type Acl, aclFrom } from './acl.ts'
import type { Listing } from './listing.ts'
import { checkName } from './paths.ts'
import type { FileRecord, HostedData } from './store.ts'

/** Answers `GET` or `HEAD` of a file. */
export function sendFile(
  data: HostedData,
  file: FileRecord,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  reply
    .header('x-data-type', 'file')
    .header('content-type', contentType(request))
    .header('content-length', file.size)
    .header('last-modified', new Date(file.modified).toUTCString())
  return reply.send(request.method === 'HEAD' ? undefined : data.read(file))
}

/** Answers `GET` or `HEAD` of a directory. */
export function sendListing(body: Listing, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.header('x-data-type', 'directory')
  return request.method === 'HEAD' ? reply.header('content-type', 'application/json').send() : json(reply, body)
}

/** The directory to create: JSON, or the bare name as one of the clients sends it (platform reference §2.3, "Node TS directory creation"). */
export async function newDirectory(request: FastifyRequest): Promise<{ name: string; acl?: Acl }> {
  const body = await smallBody(request)
  const parsed = parseJson(body)
  if (!isObject(parsed) && /^\s*[[{]/.test(body)) {
    throw badRequest('The body must be a JSON object or the name of the directory', codes.invalidJson)
  }
  const name = isObject(parsed) ? parsed.name : typeof parsed === 'string' ? parsed : body.trim()
  if (typeof name !== 'string' || name === '') throw badRequest('The name of the directory is missing')
  checkName(name)
  const hasAcl = isObject(parsed) && parsed.acl !== undefined && parsed.acl !== null
  return { name, ...(hasAcl && { acl: aclFrom(parsed.acl) }) }
}

/** The stored type never decides: one of the clients crashes on a type it did not ask for (platform reference §2.6). */
function contentType(request: FastifyRequest): string {
  const accept = request.headers.accept
  return accept === 'text/plain' || accept === 'application/json' ? accept : 'application/octet-stream'
}

export function json(reply: FastifyReply, body: unknown): FastifyReply {
  return reply.header('content-type', 'application/json').send(JSON.stringify(body))
}
