import type { IncomingMessage } from 'node:http'
import { createServer } from 'node:net'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { StartError, systemCode } from '../errors.ts'
import { answerBadUrl, installErrorReplies, rawErrorResponse } from './error-replies.ts'
import { deferContinue } from './request-body.ts'

/** What the HTTP server itself needs. */
export interface AppOptions {
  log: (line: string) => void
  /** The path of a request as the routes shall see it. */
  rewriteUrl?: (request: IncomingMessage, path: string) => string
}

/** The server without its routes. */
export function createApp({ log, rewriteUrl = (_request, path) => path }: AppOptions): FastifyInstance {
  const app = Fastify({
    // Behind a proxy the address comes as a whole, perhaps with credentials in it that belong in no log.
    rewriteUrl: (request) =>
      rewriteUrl(request, (request.url ?? '/').replace(/^https?:\/\/[^/?]*/i, '').replace(/^(?!\/)/, '/')),
    // A stopped sandbox does not wait for idle clients, nor for the rest of an upload.
    forceCloseConnections: true,
    frameworkErrors: answerBadUrl,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 5000 },
    clientErrorHandler: (error, socket) => {
      if (socket.writable) socket.end(rawErrorResponse(error.code))
      // After some time to read the answer the connection goes, whether the client closes its end or not.
      setTimeout(() => socket.destroy(), 1000).unref()
    },
  })
  deferContinue(app.server)
  // Handlers read the body themselves: uploads go straight to disk, whatever their Content-Type says.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))
  installErrorReplies(app, log)
  app.addHook('onRequest', async (request, reply) => {
    const started = performance.now()
    reply.raw.once('close', () => log(lineFor(request, reply, performance.now() - started)))
  })
  return app
}

/** What became of a request, with the reason if it was refused: some clients do not show it. */
function lineFor({ method, url }: FastifyRequest, { raw }: FastifyReply, milliseconds: number): string {
  const what = `${method} ${url.replaceAll(/[^\x21-\x7e]/g, '?')}`
  if (!raw.writableEnded) return `${what}: the client left`
  const reason = raw.getHeader('x-error-message')
  return `${what} ${raw.statusCode} ${Math.round(milliseconds)} ms${reason === undefined ? '' : `: ${reason}`}`
}

/**
 * @returns the address to reach the server at
 * @throws StartError when it cannot listen there
 */
export async function listen(app: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    await app.listen({ host, port })
  } catch (error) {
    await app.close()
    throw new StartError(listenProblem(error, host, port), { cause: error })
  }
  const address = app.server.address()
  const actual = typeof address === 'object' && address !== null ? address.port : port
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  return `http://${name.includes(':') ? `[${name}]` : name}:${actual}`
}

/** True if a server could listen there now. */
export async function isFree(host: string, port: number): Promise<boolean> {
  if (port === 0) return true
  const server = createServer()
  return await new Promise((resolve) => {
    server.once('error', () => resolve(false))
    server.listen(port, host, () => server.close(() => resolve(true)))
  })
}

function listenProblem(error: unknown, host: string, port: number): string {
  const code = systemCode(error)
  if (code === 'EADDRINUSE') return `Port ${port} is in use on ${host}; choose another one, or none to get a free one`
  if (code === 'EACCES') return `Port ${port} may not be used by this account; choose one above 1023`
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return `${host} is not an address of this machine`
  return `The server cannot listen on ${host} port ${port}: ${String(error)}`
}
