import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer, json } from 'node:stream/consumers'
import type { GitServer } from './git-server.ts'

interface Batch {
  operation: 'upload' | 'download'
  objects: { oid: string; size: number }[]
}

/**
 * Git LFS of a git server: its batch API answers beside the repositories, behind the same login, and sends clients to a store
 * at another address, as hosts do.
 */
export class LfsStore {
  readonly objects = new Map<string, Buffer>()
  readonly batches: Batch[] = []
  /** What was asked of the store itself: method, and the Authorization header. */
  readonly requests: { method: string; authorization: string | undefined }[] = []
  /** Status of the store's answers to uploads. */
  status = 200
  readonly #server: Server

  private constructor() {
    this.#server = createServer((request, response) => void this.#handle(request, response))
  }

  static async start(git: GitServer): Promise<LfsStore> {
    const store = new LfsStore()
    store.#server.listen(0, '127.0.0.1')
    await once(store.#server, 'listening')
    git.alsoServe = (request, response) => {
      if (!/\.git\/info\/lfs\/objects\/batch$/.test(request.url ?? '')) return false
      void store.#answerBatch(request, response)
      return true
    }
    return store
  }

  async close(): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  async #answerBatch(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const batch = (await json(request)) as Batch
    this.batches.push(batch)
    const { port } = this.#server.address() as AddressInfo
    const href = `http://localhost:${port}/`
    const objects = batch.objects.map(({ oid, size }) => {
      if (this.objects.has(oid)) return { oid, size }
      if (batch.operation === 'download') return { oid, size, error: { code: 404, message: 'No such object' } }
      return { oid, size, actions: { upload: { href: href + oid }, verify: { href: `${href}verify` } } }
    })
    response
      .writeHead(200, { 'content-type': 'application/vnd.git-lfs+json' })
      .end(JSON.stringify({ transfer: 'basic', objects }))
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests.push({ method: request.method ?? '', authorization: request.headers.authorization })
    if (request.method === 'PUT') {
      const bytes = await buffer(request)
      const oid = request.url?.slice(1) ?? ''
      if (this.status === 200 && createHash('sha256').update(bytes).digest('hex') === oid) this.objects.set(oid, bytes)
      response.writeHead(this.status).end()
      return
    }
    const { oid } = (await json(request)) as { oid: string }
    response.writeHead(this.objects.has(oid) ? 200 : 404).end()
  }
}

/** The text that stands for a file in a repository. */
export function pointerTo(content: string | Buffer): string {
  const oid = createHash('sha256').update(content).digest('hex')
  return `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${Buffer.byteLength(content)}\n`
}
