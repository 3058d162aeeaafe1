import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from '../accounts/auth.ts'
import { badRequest, conflict, notFound } from '../errors.ts'
import type { DataPath } from '../hosted-data/paths.ts'
import { json, newDirectory, sendFile, sendListing } from '../hosted-data/replies.ts'
import type { HostedData } from '../hosted-data/store.ts'
import { bodyStream, queryOf } from '../http/request-body.ts'
import { hasFolders } from './connector.ts'
import { below, connectorListing } from './listing.ts'
import type { Connectors } from './store.ts'

/** A request for something behind a connector. Its operations are those of hosted data (platform reference §2.3). */
export interface ConnectorRequest {
  connectors: Connectors
  data: HostedData
  path: Extract<DataPath, { kind: 'connector' }>
  request: FastifyRequest
  reply: FastifyReply
}

/** `GET` and `HEAD`. A directory is there as long as something is in it; a bucket always is. */
export function getBehind(asked: ConnectorRequest, caller: Caller | undefined): FastifyReply {
  const { connectors, data, path, request, reply } = asked
  connectors.requireRead(path, caller)
  const { files } = data.behind(path.connector)
  const file = path.isDirectory ? undefined : files.get(path.key)
  if (file) return sendFile(data, file, request, reply)
  const found = below(files, path.key)
  if (found.length === 0 && !isTop(path)) throw notFound(`${path.uri} does not exist`)
  return sendListing(connectorListing(found, path.key, queryOf(request).get('marker') ?? ''), request, reply)
}

/** `PUT`. The folders of the path need not be there: to the stores they are a part of the name. */
export async function putBehind(asked: ConnectorRequest, caller: Caller): Promise<FastifyReply> {
  const { connectors, data, path, request, reply } = asked
  connectors.requireWrite(path, caller)
  if (path.isDirectory || isTop(path)) throw badRequest(`${path.uri} is not a file: ${whatHoldsFiles(path.connector)}`)
  await data.put(data.behind(path.connector), path.key, bodyStream(request.raw))
  return json(reply, { result: path.uri })
}

/** `POST`. Only a store that has folders can have one created (platform reference §2.1). */
export async function createBehind(asked: ConnectorRequest, caller: Caller): Promise<FastifyReply> {
  const { connectors, data, path, request, reply } = asked
  connectors.requireWrite(path, caller)
  if (!hasFolders(path.connector)) {
    throw badRequest(
      `Nothing can be created in ${path.uri}: ${path.connector} has no folders, and buckets are created elsewhere. Store a file with the whole path`,
    )
  }
  const { name, acl } = await newDirectory(request)
  if (acl !== undefined) throw noPermissions(path)
  const key = path.key === '' ? name : `${path.key}/${name}`
  const store = data.behind(path.connector)
  if (store.files.get(key) || below(store.files, key).length > 0) throw conflict(`${key} already exists`)
  // As some stores do it themselves: an empty object whose name no file can have.
  await data.putText(store, `${key}/`, '')
  return json(reply, { result: `${path.connector}://${key}` })
}

/** `DELETE`. Both may be there, a file and a directory of one name; `force` is only said of directories. */
export async function removeBehind(asked: ConnectorRequest, caller: Caller): Promise<FastifyReply> {
  const { connectors, data, path, request, reply } = asked
  connectors.requireWrite(path, caller)
  if (isTop(path)) throw badRequest(`${path.uri} cannot be deleted: only a file or a folder can`)
  const store = data.behind(path.connector)
  const force = queryOf(request).get('force')
  const file = path.isDirectory || force !== null ? undefined : store.files.get(path.key)
  const found = file ? [file] : below(store.files, path.key)
  if (found.length === 0) throw notFound(`${path.uri} does not exist`)
  const files = found.filter(({ name }) => !name.endsWith('/'))
  const isEmptyFolder = found.length === 1 && files.length === 0
  if (!file && !isEmptyFolder && force !== 'true') throw badRequest(`${path.uri} is not empty; use force to delete`)
  await Promise.all(found.map((entry) => data.removeFile(store, entry)))
  return json(reply, { result: { deleted: Math.max(1, files.length) } })
}

/** `PATCH`: connectors have no ACLs (platform reference §2.1). */
export function refusePermissions({ connectors, path }: ConnectorRequest, caller: Caller): never {
  connectors.requireWrite(path, caller)
  throw noPermissions(path)
}

function noPermissions({ uri }: ConnectorRequest['path']): Error {
  return badRequest(`${uri} has no permissions: only a collection has`)
}

/** A bucket or container, or the place where they are: nobody creates or deletes those through a connector. */
function isTop({ connector, key }: ConnectorRequest['path']): boolean {
  return key === '' || (!hasFolders(connector) && !key.includes('/'))
}

function whatHoldsFiles(connector: string): string {
  return hasFolders(connector) ? `use ${connector}://<path>` : `use ${connector}://<bucket>/<path>`
}
