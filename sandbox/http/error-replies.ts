import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ApiError, badRequest, codes, notFound, systemCode } from '../errors.ts'
import { isObject, isWaitingForContinue } from './request-body.ts'

type Log = (line: string) => void

/** Makes every failure of the server a JSON answer with a message: no HTML, no empty body (platform reference §2.5). */
export function installErrorReplies(app: FastifyInstance, log: Log): void {
  app.setErrorHandler((error, request, reply) => sendError(asApiError(error, log), request, reply))
  app.setNotFoundHandler((request, reply) => {
    const what = `${request.method} ${pathOf(request.url)}`
    const error = pathOf(request.url).startsWith('/v1')
      ? new ApiError(501, codes.notImplemented, `The sandbox does not implement ${what}`)
      : notFound(`There is nothing at ${what}`)
    return sendError(error, request, reply)
  })
}

/** The answer to a URL that cannot be decoded, which the router refuses before any handler sees it. */
export function answerBadUrl(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  sendError(badRequest(error.message), request, reply)
}

const notHttp = { status: '400 Bad Request', message: 'The request is not valid HTTP' }
const rawProblems: Record<string, typeof notHttp> = {
  HPE_HEADER_OVERFLOW: {
    status: '431 Request Header Fields Too Large',
    message: 'The address and headers of the request are too large',
  },
  ERR_HTTP_REQUEST_TIMEOUT: { status: '408 Request Timeout', message: 'The request did not arrive in time' },
}

/** Answers a request that is not even HTTP, or whose header is too large, in the same shape. */
export function rawErrorResponse(code: string | undefined): string {
  const { status, message } = rawProblems[code ?? ''] ?? notHttp
  const body = errorBody(badRequest(message))
  return `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nX-Error-Message: ${message}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`
}

function sendError(error: ApiError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  // A client that waits for "100 Continue" will not send its body now, so nothing more can come on this connection.
  if (isWaitingForContinue(request.raw)) reply.header('connection', 'close')
  reply.code(error.status).header('x-error-message', headerText(error.message))
  if (!pathOf(request.url).startsWith('/git/')) {
    return reply.header('content-type', 'application/json').send(errorBody(error))
  }
  if (error.status === 401) reply.header('www-authenticate', 'Basic realm="Algorithmia"')
  // git shows the text of a failed request to its user, but only when it is text/plain.
  return reply.header('content-type', 'text/plain; charset=utf-8').send(`${error.message}\n`)
}

function errorBody(error: ApiError): string {
  if (error.plain) return JSON.stringify({ error: error.message })
  return JSON.stringify({ error: { message: error.message, id: `err-${crypto.randomUUID()}`, code: error.code } })
}

function asApiError(error: unknown, log: Log): ApiError {
  if (error instanceof ApiError) return error
  const details = isObject(error) ? error : {}
  const message = String(details.message ?? error)
  const status = Number(details.statusCode)
  // Fastify's own refusals carry the status.
  if (status >= 400 && status < 500) return new ApiError(status, codes.invalidRequest, message)
  if (details.code === 'ECONNRESET') return badRequest('The request broke off')
  log(`internal error: ${String(details.stack ?? message)}`)
  return new ApiError(500, codes.internal, `${internalProblem(error)}; its log says more`)
}

/** What a client may know of an internal error: the messages of system errors name paths of this machine. */
export function internalProblem(error: unknown): string {
  return `The sandbox failed (${systemCode(error) ?? 'internal error'})`
}

/** A header holds printable ASCII; names of files and collections may hold anything. */
export function headerText(message: string): string {
  return message.replaceAll(/[^\x20-\x7e]/gu, '?').slice(0, 2000)
}

function pathOf(url: string): string {
  return url.split('?', 1)[0] ?? url
}
