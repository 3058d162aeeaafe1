import { createServer, request as httpRequest, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A proxy in front of the platform that cuts every upload after some bytes, for good. */
export async function cuttingProxy(
  target: string,
  afterBytes: number,
): Promise<{ url: string; close(): Promise<void> }> {
  const server: Server = createServer((request, response) => {
    const upstream = httpRequest(
      new URL(request.url ?? '/', target),
      { method: request.method, headers: request.headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      },
    )
    upstream.on('error', () => response.destroy())
    if (request.method !== 'PUT') {
      request.pipe(upstream)
      return
    }
    let passed = 0
    request.on('data', (chunk: Buffer) => {
      passed += chunk.length
      if (passed <= afterBytes) {
        upstream.write(chunk)
        return
      }
      request.socket.resetAndDestroy()
      upstream.destroy()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
