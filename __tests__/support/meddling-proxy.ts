import { createServer, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

export interface ProxiedRequest {
  method: string
  /** With the query. */
  path: string
  body: Buffer
}

export interface ProxiedAnswer {
  status: number
  headers: IncomingHttpHeaders
  body: Buffer
}

/**
 * Answers a request in the place of the platform, or with what the platform says to it.
 *
 * @param forward asks the platform
 * @returns `cut` drops the connection without an answer; undefined lets the request pass
 */
export type Meddle = (
  request: ProxiedRequest,
  forward: () => Promise<ProxiedAnswer>,
) => Promise<ProxiedAnswer | 'cut' | undefined> | undefined

/** A proxy in front of the platform that alters, delays, drops or replaces the answers of chosen requests. */
export class MeddlingProxy {
  readonly url: string
  /** What has come, as `POST /v1/...`. */
  readonly requests: string[]
  readonly close: () => Promise<void>

  private constructor(url: string, requests: string[], close: () => Promise<void>) {
    this.url = url
    this.requests = requests
    this.close = close
  }

  static async start(target: string, meddle: Meddle): Promise<MeddlingProxy> {
    const requests: string[] = []
    const server = createServer(async (incoming, response) => {
      try {
        const { method = 'GET', url: path = '/' } = incoming
        requests.push(`${method} ${path}`)
        const request = { method, path, body: await buffer(incoming) }
        const forward = () => ask(target, incoming, request)
        const answer = (await meddle(request, forward)) ?? (await forward())
        if (answer === 'cut') {
          incoming.socket.resetAndDestroy()
          return
        }
        response.writeHead(answer.status, answer.headers).end(answer.body)
      } catch {
        // Whoever asked is gone, or the platform is.
        response.destroy()
      }
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    return new MeddlingProxy(`http://127.0.0.1:${port}`, requests, async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    })
  }
}

async function ask(target: string, incoming: IncomingMessage, request: ProxiedRequest): Promise<ProxiedAnswer> {
  // The body is here already, and as a whole.
  const { expect, 'transfer-encoding': encoding, ...headers } = incoming.headers
  const { method, path, body } = request
  return await new Promise((resolve, reject) => {
    const options = { method, headers: { ...headers, 'content-length': body.length }, agent: false }
    const outgoing = httpRequest(new URL(path, target), options, (answer) => {
      buffer(answer).then((content) => {
        const { 'transfer-encoding': encoding, connection, ...rest } = answer.headers
        const length = method === 'HEAD' ? {} : { 'content-length': String(content.length) }
        resolve({ status: answer.statusCode ?? 502, headers: { ...rest, ...length }, body: content })
      }, reject)
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

/** A JSON answer of our own. */
export function jsonAnswer(value: unknown, status = 200): ProxiedAnswer {
  const body = Buffer.from(JSON.stringify(value))
  return { status, headers: { 'content-type': 'application/json', 'content-length': String(body.length) }, body }
}

/** The platform's answer with another content. */
export function altered<T>(answer: ProxiedAnswer, change: (content: T) => unknown): ProxiedAnswer {
  return jsonAnswer(change(JSON.parse(answer.body.toString()) as T), answer.status)
}
