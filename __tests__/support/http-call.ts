import { type IncomingHttpHeaders, request } from 'node:http'
import { buffer } from 'node:stream/consumers'

export interface HttpAnswer {
  status: number
  headers: IncomingHttpHeaders
  bytes: Buffer
  text: string
  /** The body as JSON. */
  json: () => unknown
}

export interface HttpCall {
  method?: string
  /** Sent as Authorization. */
  key?: string
  headers?: Record<string, string>
  body?: string | Buffer
}

/** One HTTP request whose path is sent exactly as given, which `fetch` does not do. */
export async function call(origin: string, path: string, options: HttpCall = {}): Promise<HttpAnswer> {
  const { hostname, port } = new URL(origin)
  const headers = { ...(options.key !== undefined && { authorization: options.key }), ...options.headers }
  return await new Promise((resolve, reject) => {
    const sent = request(
      { hostname, port, path, method: options.method ?? 'GET', headers, agent: false },
      (response) => {
        buffer(response).then((bytes) => {
          const text = bytes.toString('utf8')
          const { statusCode: status = 0, headers } = response
          resolve({ status, headers, bytes, text, json: () => JSON.parse(text) })
        }, reject)
      },
    )
    sent.on('error', reject)
    sent.end(options.body)
  })
}
