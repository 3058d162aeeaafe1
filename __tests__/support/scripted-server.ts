import { createHash } from 'node:crypto'
import { createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** What the server saw of one request. */
export interface Seen {
  method: string
  path: string
  /** Names in lower case. */
  headers: Record<string, string>
  /** Bytes of the body that were read. */
  bodySize: number
  /** Of the bytes that were read. */
  bodySha256: string
  body: string
  /** 0 for the first request of this method and path. */
  nth: number
  /** Milliseconds of `performance.now()`. */
  at: number
}

/** How the server treats one request. Without anything: reads the body and answers an empty 200. */
export interface Step {
  status?: number
  headers?: Record<string, string>
  /** What is neither text nor bytes is sent as JSON. */
  body?: string | Buffer | object
  /** Before the answer. */
  delayMs?: number
  /** Sends no `100 Continue`, though asked to. */
  ignoreExpect?: boolean
  /** Answers, or does what `instead` says, after so many bytes of the body. */
  afterBytes?: number
  /** Reads the body no faster. */
  bytesPerSecond?: number
  /** Sends only so many bytes of the answer's body, whatever its Content-Length says, and then does `end`. */
  cutAfter?: number
  /** In the place of an answer: sever the connection, or leave the client waiting. */
  instead?: 'reset' | 'hang'
  /** What becomes of the connection after the answer; `linger` says goodbye and reads on. Default: the next request. */
  end?: 'keep' | 'close' | 'linger' | 'reset'
}

export type Script = (request: Seen) => Step | Promise<Step>

export interface ScriptedServer {
  url: string
  port: number
  seen: Seen[]
  close(): Promise<void>
}

/**
 * An HTTP server that does exactly what a script says, down to the connection. It speaks to sockets itself, because
 * node:http hides what is to be tested here: unread bodies, early answers, resets.
 */
export async function scriptedServer(script: Script): Promise<ScriptedServer> {
  const seen: Seen[] = []
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
    serve(new Incoming(socket), script, seen).catch((error: NodeJS.ErrnoException) => {
      // The client may leave at any time; all else is a fault of the test.
      if (!['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'].includes(error.code ?? '')) throw error
    })
  })
  const port = await listen(server)
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    seen,
    close: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('The server has no port')
  return address.port
}

/** The bytes of a connection, read only when somebody wants them. */
class Incoming {
  readonly socket: Socket
  readonly #chunks: AsyncIterator<Buffer>
  #rest: Buffer = Buffer.alloc(0)

  constructor(socket: Socket) {
    this.socket = socket
    this.#chunks = socket[Symbol.asyncIterator]()
  }

  /** @returns the head of the next request, or undefined when the client is gone */
  async head(): Promise<string | undefined> {
    for (;;) {
      const end = this.#rest.indexOf('\r\n\r\n')
      if (end >= 0) {
        const head = this.#rest.toString('latin1', 0, end)
        this.#rest = this.#rest.subarray(end + 4)
        return head
      }
      const { value, done } = await this.#chunks.next()
      if (done) return undefined
      this.#rest = Buffer.concat([this.#rest, value])
    }
  }

  /** @returns at most `limit` bytes, or undefined when the client is gone */
  async some(limit: number): Promise<Buffer | undefined> {
    if (this.#rest.length === 0) {
      const { value, done } = await this.#chunks.next()
      if (done) return undefined
      this.#rest = value
    }
    const part = this.#rest.subarray(0, limit)
    this.#rest = this.#rest.subarray(part.length)
    return part
  }
}

async function serve(incoming: Incoming, script: Script, seen: Seen[]): Promise<void> {
  for (;;) {
    const head = await incoming.head()
    if (head === undefined) return
    const request = parse(head, seen)
    seen.push(request)
    const step = await script(request)
    const length = Number(request.headers['content-length'] ?? 0)
    const wanted = Math.min(length, step.afterBytes ?? length)
    if (request.headers.expect === '100-continue' && !step.ignoreExpect && wanted > 0) {
      incoming.socket.write('HTTP/1.1 100 Continue\r\n\r\n')
    }
    await readBody(incoming, request, wanted, step.bytesPerSecond)
    if (request.bodySize < wanted) return
    // Nobody waits at the end of the tests for an answer that a client gave up.
    await sleep(step.delayMs ?? 0, undefined, { ref: false })
    if (step.instead === 'hang') return
    if (step.instead === 'reset') return void incoming.socket.resetAndDestroy()
    await answer(incoming.socket, request.method, step)
    if (step.end === 'reset') return void incoming.socket.resetAndDestroy()
    if (step.end === 'close') return void incoming.socket.destroySoon()
    if (step.end === 'linger') {
      incoming.socket.end()
      while (await incoming.some(1 << 20));
      return
    }
    // A body that was not read stays in the way of the next request.
    if (wanted < length) return
  }
}

function parse(head: string, earlier: Seen[]): Seen {
  const [start = '', ...lines] = head.split('\r\n')
  const [method = '', path = ''] = start.split(' ')
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
    }),
  )
  const nth = earlier.filter((one) => one.method === method && one.path === path).length
  return { method, path, headers, bodySize: 0, bodySha256: '', body: '', nth, at: performance.now() }
}

async function readBody(incoming: Incoming, request: Seen, wanted: number, rate: number | undefined): Promise<void> {
  const hash = createHash('sha256')
  const started = performance.now()
  while (request.bodySize < wanted) {
    const part = await incoming.some(wanted - request.bodySize)
    if (part === undefined) break
    hash.update(part)
    request.bodySize += part.length
    if (wanted < 10_000) request.body += part.toString('latin1')
    const ahead = rate === undefined ? 0 : (request.bodySize / rate) * 1000 - (performance.now() - started)
    if (ahead > 1) await sleep(ahead)
  }
  request.bodySha256 = hash.digest('hex')
}

async function answer(socket: Socket, method: string, step: Step): Promise<void> {
  const json = typeof step.body === 'object' && !Buffer.isBuffer(step.body)
  const body = Buffer.from(json ? JSON.stringify(step.body) : ((step.body as string | Buffer | undefined) ?? ''))
  const headers: Record<string, string> = {
    ...(json ? { 'Content-Type': 'application/json' } : {}),
    ...(step.headers?.['Transfer-Encoding'] ? {} : { 'Content-Length': String(body.length) }),
    ...(step.end === undefined || step.end === 'keep' ? {} : { Connection: 'close' }),
    ...step.headers,
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  const head = Buffer.from(`HTTP/1.1 ${step.status ?? 200} Scripted\r\n${lines.join('')}\r\n`)
  const sent = method === 'HEAD' ? Buffer.alloc(0) : body.subarray(0, step.cutAfter ?? body.length)
  await new Promise<void>((resolve) => socket.write(Buffer.concat([head, sent]), () => resolve()))
}
