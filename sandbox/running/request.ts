import type { FastifyRequest } from 'fastify'
import { ApiError, badRequest, codes, messageOf } from '../errors.ts'
import { decodedPath, isUuid } from '../http/address.ts'
import { queryOf, wholeBody } from '../http/request-body.ts'

/** 10 MiB (platform reference §4, "Limits"). */
const requestBytes = 10 * 1024 * 1024

/** Seconds (platform reference §4). */
export const timeouts = { default: 300, highest: 3000 }

/** Which algorithm an address names, as far as the address alone says. */
export interface Target {
  /** As requested, for the answer that it does not exist. */
  path: string
  /** A name, or the algorithm's UUID when `name` is missing. */
  owner: string
  name: string | undefined
  version: string | undefined
}

/** How a call is to be carried out and answered. */
export interface CallOptions {
  timeoutSeconds: number
  stdout: boolean
  output: 'default' | 'raw' | 'void'
}

/**
 * Reads `/v1/algo/<owner>/<name>[/<version>]` and `/v1/algo/<uuid>[/<version>]`, with a trailing slash or an `algo://`
 * that clients leave in (platform reference §4).
 */
export function targetOf(url: string): Target {
  const path = decodedPath(url.split('?', 1)[0] ?? '')
    .replace(/^\/v1\/algo\//, '')
    .replace(/^algo:\/\//, '')
    .replace(/\/$/, '')
  const [owner = '', ...rest] = path.split('/')
  if (isUuid(owner)) return { path, owner: owner.toLowerCase(), name: undefined, version: rest.join('/') || undefined }
  const [name = '', ...version] = rest
  return { path, owner, name, version: version.join('/') || undefined }
}

/** @throws ApiError 400 */
export function callOptions(request: FastifyRequest): CallOptions {
  const query = queryOf(request)
  const timeout = query.get('timeout') || String(timeouts.default)
  const timeoutSeconds = Number(timeout)
  if (!/^\d+(\.\d+)?$/.test(timeout) || timeoutSeconds <= 0 || timeoutSeconds > timeouts.highest) {
    throw badRequest(`timeout must be more than 0 and at most ${timeouts.highest} seconds, not "${timeout}"`)
  }
  const output = query.get('output') || 'default'
  if (output !== 'default' && output !== 'raw' && output !== 'void') {
    throw badRequest(`output must be default, raw or void, not "${output}"`)
  }
  // The Python client writes True and False.
  return { timeoutSeconds, stdout: query.get('stdout')?.toLowerCase() === 'true', output }
}

function requireJson(text: string): void {
  try {
    JSON.parse(text)
  } catch (error) {
    const reason = text === '' ? 'it is empty' : messageOf(error)
    throw badRequest(`The body is not valid JSON: ${reason}`, codes.invalidJson)
  }
}

/**
 * The line with which a process gets its input (platform reference §5.2, step 3).
 *
 * @param data JSON, whose spelling stays as it is
 */
export function requestLine(contentType: 'text' | 'json' | 'binary', data: string): string {
  return `{"content_type":"${contentType}","data":${data.replaceAll(/[\r\n]/g, ' ')}}`
}

/**
 * Reads the input of a call as the line that the process gets. JSON passes as it is, so that numbers keep their spelling.
 *
 * @param type the Content-Type of the request
 * @throws ApiError 400 or 413
 */
export async function inputLine(request: FastifyRequest, type: string | undefined): Promise<string> {
  const [contentType = ''] = (type ?? '').split(';', 1)
  const body = await wholeBody(request, requestBytes)
  switch (contentType.trim().toLowerCase()) {
    case 'application/json': {
      const text = body.toString('utf8')
      requireJson(text)
      return requestLine('json', text)
    }
    case 'text/plain':
    case 'application/text':
      return requestLine('text', JSON.stringify(body.toString('utf8')))
    case 'application/octet-stream': {
      const encoded = request.headers['content-encoding']?.toLowerCase() === 'base64'
      return requestLine('binary', JSON.stringify(encoded ? body.toString('latin1').trim() : body.toString('base64')))
    }
    case '':
      throw new ApiError(400, codes.invalidRequest, 'missing Content-Type')
    default:
      throw new ApiError(400, codes.invalidRequest, `unsupported Content-Type '${contentType.trim()}'`)
  }
}
