import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { endOf } from '../processes.ts'

/** A request for `git http-backend`, the CGI program that speaks git's smart HTTP. */
export interface BackendRequest {
  request: IncomingMessage
  /** The body, which may not be the request itself: see "100 Continue". */
  body: IncomingMessage
  response: ServerResponse
  projectRoot: string
  /** Below the project root, `/<repository>/info/refs` and the like. */
  path: string
  query: string
  user: string
  environment: NodeJS.ProcessEnv
  /** True for a push: once git has received it, it is carried out whether the client still listens or not. */
  outlivesClient: boolean
  /** Runs when git is done and before the answer ends. */
  beforeEnd: () => Promise<void>
}

/**
 * Runs one request through `git http-backend`.
 *
 * @see https://git-scm.com/docs/git-http-backend
 */
export async function runHttpBackend(options: BackendRequest): Promise<void> {
  const { body, response } = options
  const child = spawn('git', ['http-backend'], { env: cgiEnvironment(options) })
  const ended = endOf(child)
  if (child.pid === undefined) await ended
  let problem = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    problem = (problem + chunk).slice(-10_000)
  })
  if (!options.outlivesClient) response.on('close', () => child.kill())
  pipeline(body, child.stdin).catch(() => {
    // git may have answered without reading all of the body.
    child.stdin.destroy()
    // Of a body that breaks off it would wait for the rest, for ever and at full speed. Told to end, it removes what it
    // has of the pack.
    if (!body.complete) child.kill()
  })
  try {
    const started = await answer(child, response)
    await ended
    if (!started) throw new Error(`git http-backend failed: ${problem.trim() || 'no answer'}`)
  } finally {
    // Also when the client is gone: what was pushed is pushed.
    await options.beforeEnd()
  }
  response.end()
}

function cgiEnvironment({ request, projectRoot, path, query, user, environment }: BackendRequest): NodeJS.ProcessEnv {
  const header = (name: string) => [request.headers[name]].flat()[0]
  const optional = {
    CONTENT_TYPE: header('content-type'),
    CONTENT_LENGTH: header('content-length'),
    HTTP_CONTENT_ENCODING: header('content-encoding'),
    HTTP_GIT_PROTOCOL: header('git-protocol'),
    GIT_PROTOCOL: header('git-protocol'),
  }
  return {
    ...environment,
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
    GIT_PROJECT_ROOT: projectRoot,
    GIT_HTTP_EXPORT_ALL: '1',
    PATH_INFO: path,
    QUERY_STRING: query,
    REQUEST_METHOD: request.method ?? 'GET',
    REMOTE_USER: user,
    REMOTE_ADDR: request.socket.remoteAddress ?? '',
    GIT_COMMITTER_NAME: user,
    GIT_COMMITTER_EMAIL: `${user}@users.noreply.algorithmia.com`,
  }
}

/**
 * Passes the program's output on: its header becomes ours, the rest is the body.
 *
 * @returns false when there was no header
 */
async function answer(child: ChildProcessWithoutNullStreams, response: ServerResponse): Promise<boolean> {
  let head: Buffer | undefined = Buffer.alloc(0)
  for await (const chunk of child.stdout) {
    if (!Buffer.isBuffer(chunk)) continue
    let rest = chunk
    if (head) {
      head = Buffer.concat([head, chunk])
      const end = head.indexOf('\r\n\r\n')
      if (end === -1) continue
      writeHead(response, head.subarray(0, end).toString('latin1'))
      rest = head.subarray(end + 4)
      head = undefined
    }
    if (!response.write(rest)) await drained(response)
  }
  return head === undefined
}

function writeHead(response: ServerResponse, head: string): void {
  for (const line of head.split('\r\n')) {
    const [name = '', value = ''] = line.split(/:\s*(.*)/s, 2)
    if (name.toLowerCase() === 'status') response.statusCode = Number.parseInt(value, 10)
    else response.setHeader(name, value)
  }
}

/** Until the client takes more; a client that is gone takes everything. */
async function drained(response: ServerResponse): Promise<void> {
  if (response.destroyed) return
  await new Promise<void>((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done)
      resolve()
    }
    response.on('drain', done).on('close', done)
  })
}
