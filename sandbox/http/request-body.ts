import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import type { FastifyRequest } from 'fastify'
import { ApiError, badRequest, codes } from '../errors.ts'

const waiting = new WeakMap<IncomingMessage, ServerResponse>()

/**
 * Leaves "100 Continue" to the handlers: one that refuses a request answers before the client sends its body, which
 * may be a model of several gigabytes.
 */
export function deferContinue(server: Server): void {
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    waiting.set(request, response)
    server.emit('request', request, response)
  })
  // Node would refuse other expectations with an empty body, which one of the clients takes for success.
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    server.emit('request', request, response)
  })
}

/** True while the client holds its body back. */
export function isWaitingForContinue(request: IncomingMessage): boolean {
  return waiting.has(request)
}

/** The body as a stream, asking the client for it if need be. Call it once everything else is checked. */
export function bodyStream(request: IncomingMessage): IncomingMessage {
  waiting.get(request)?.writeContinue()
  waiting.delete(request)
  return request
}

const smallBodyLimit = 1024 * 1024

/** The whole body of a request that is about metadata, not content, as text. */
export async function smallBody(request: FastifyRequest): Promise<string> {
  return (await wholeBody(request, smallBodyLimit)).toString('utf8')
}

/**
 * The whole body of a request.
 *
 * @param limit in bytes
 * @throws ApiError 413 when it is larger
 */
export async function wholeBody(request: FastifyRequest, limit: number): Promise<Buffer> {
  const declared = Number(request.headers['content-length'] ?? 0)
  if (declared > limit) throw tooLarge(limit)
  const stream = bodyStream(request.raw)
  let size = 0
  async function* limited() {
    for await (const chunk of stream) {
      if (!Buffer.isBuffer(chunk)) throw badRequest('The body is not binary')
      size += chunk.length
      if (size > limit) throw tooLarge(limit)
      yield chunk
    }
  }
  return await buffer(limited())
}

/** The body as a JSON object; 400 with code 2013 when it is not one. */
export async function jsonBody(request: FastifyRequest): Promise<Record<string, unknown>> {
  const value = parseJson(await smallBody(request))
  if (!isObject(value)) throw badRequest('The body must be a JSON object', codes.invalidJson)
  return value
}

/** @returns undefined when `text` is not JSON (no JSON text means undefined) */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * A text of a JSON object; undefined when it is missing.
 *
 * @throws ApiError 400 when it is no text
 */
export function textOf(source: Record<string, unknown>, name: string): string | undefined {
  const value = source[name]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') throw badRequest(`${name} must be a string`)
  return value
}

/** The query of a request. */
export function queryOf(request: FastifyRequest): URLSearchParams {
  const url = request.raw.url ?? ''
  return new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?')) : '')
}

function tooLarge(limit: number): ApiError {
  return new ApiError(413, codes.invalidRequest, `The body must not exceed ${limit} bytes`)
}
