import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runHttpBackend } from '../../sandbox/git/http-backend.ts'

/** Before any test puts another `git` first. */
const path = process.env.PATH ?? ''

/** What the server saw of one request. */
export interface SeenRequest {
  method: string
  /** With the query. */
  url: string
  service: 'git-upload-pack' | 'git-receive-pack' | undefined
  /** Each Authorization header of the request, as it came. */
  authorization: string[]
  /** `user:password` of the Basic authorization. */
  login: string | undefined
}

/**
 * How a request is answered: by git; with a status; never ("hang"); without end, a byte at a time ("trickle"); by git, but the connection breaks once git is done
 * ("cut the answer") or as soon as git has all it needs ("hang up early"); or not even by git ("hang up").
 */
export type Reply =
  | { status: number; headers?: Record<string, string>; body?: string }
  | 'serve'
  | 'hang'
  | 'trickle'
  | 'cut the answer'
  | 'hang up early'
  | 'hang up'

export interface GitServerOptions {
  tls?: { key: string; cert: string }
}

type Content = string | Buffer

/** A real `git http-backend` behind a node server that can misbehave in each way the tests need. */
export class GitServer {
  readonly requests: SeenRequest[] = []
  readonly folder = mkdtempSync(join(tmpdir(), 'git-server-'))
  readonly #server: Server
  readonly #scheme: 'http' | 'https'
  readonly #jobs = new Set<Promise<void>>()
  readonly #sockets: Socket[] = []
  /** Who may do what; anything but `true` is refused, `false` as 401. */
  authorise: (login: string | undefined, request: SeenRequest) => boolean | Reply = () => true
  /** Answers in another way than git and `authorise` would. */
  reply: (request: SeenRequest) => Reply | undefined = () => undefined
  /** Whether something else than git answers what was permitted. */
  alsoServe: (request: IncomingMessage, response: ServerResponse) => boolean = () => false
  /** Serves what is no git; says whether it does. */
  beside: (request: IncomingMessage, response: ServerResponse) => boolean = () => false

  private constructor({ tls }: GitServerOptions) {
    const listener = (request: IncomingMessage, response: ServerResponse) => {
      const job = this.#handle(request, response).finally(() => this.#jobs.delete(job))
      this.#jobs.add(job)
    }
    this.#scheme = tls ? 'https' : 'http'
    this.#server = tls ? createTlsServer(tls, listener) : createServer(listener)
    this.#server.on('connection', (socket) => this.#sockets.push(socket))
    mkdirSync(join(this.folder, 'home'))
    writeFileSync(
      join(this.folder, 'home', '.gitconfig'),
      '[safe]\n\tdirectory = *\n[http]\n\treceivepack = true\n[receive]\n\tautogc = false\n[user]\n\tname = S\n\temail = s@s\n',
    )
  }

  static async start(options: GitServerOptions = {}): Promise<GitServer> {
    const server = new GitServer(options)
    server.#server.listen(0, '127.0.0.1')
    await once(server.#server, 'listening')
    return server
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo
    return `${this.#scheme}://127.0.0.1:${port}`
  }

  async close(): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    await Promise.all(this.#jobs)
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 })
  }

  /** Bytes on the wire so far, in both directions, with headers. */
  get traffic(): number {
    return this.#sockets.reduce((sum, { bytesRead, bytesWritten }) => sum + bytesRead + bytesWritten, 0)
  }

  /** Requests that ask for a push, in order. */
  get pushes(): SeenRequest[] {
    return this.requests.filter(({ method, service }) => method === 'POST' && service === 'git-receive-pack')
  }

  /** An empty bare repository at `/<path>`. */
  create(path: string, branch = 'main'): BareRepository {
    const folder = join(this.folder, path)
    execFileSync('git', ['init', '--quiet', '--bare', '--template=', `--initial-branch=${branch}`, folder], {
      env: this.environment,
    })
    return new BareRepository(`${this.url}/${path}`, folder, branch, this.environment)
  }

  get environment(): NodeJS.ProcessEnv {
    return { PATH: path, HOME: join(this.folder, 'home'), GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C' }
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.beside(request, response)) return
    const seen = describe(request)
    this.requests.push(seen)
    const reply = this.reply(seen) ?? this.#permission(seen)
    if (typeof reply === 'object') {
      request.resume()
      response
        .writeHead(reply.status, { 'content-type': 'text/plain; charset=utf-8', ...reply.headers })
        .end(reply.body ?? '')
      return
    }
    if (reply === 'hang') {
      request.resume()
      return
    }
    if (reply === 'trickle') {
      request.resume()
      response.writeHead(200, { 'content-type': `application/x-${seen.service}-advertisement` })
      const timer = setInterval(() => response.write('x'), 100)
      response.once('close', () => clearInterval(timer))
      return
    }
    if (reply === 'hang up') {
      request.socket.destroy()
      return
    }
    if (reply === 'hang up early') request.once('end', () => request.socket.destroy())
    // An answer without a socket goes nowhere.
    const target = reply === 'serve' ? response : new ServerResponse(request)
    try {
      await this.#serve(request, target, seen.login)
    } catch {
      request.socket.destroy()
    }
    if (reply === 'cut the answer') request.socket.destroy()
  }

  #permission(seen: SeenRequest): Reply {
    const allowed = this.authorise(seen.login, seen)
    if (allowed === true) return 'serve'
    return allowed === false ? unauthorised : allowed
  }

  async #serve(request: IncomingMessage, response: ServerResponse, login: string | undefined): Promise<void> {
    if (this.alsoServe(request, response)) return
    const url = new URL(request.url ?? '', this.url)
    const repository = /^(.*\.git)\//.exec(url.pathname)?.[1]
    if (repository === undefined || !existsSync(join(this.folder, repository))) {
      request.resume()
      response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('Repository not found.')
      return
    }
    await runHttpBackend({
      request,
      body: request,
      response,
      projectRoot: this.folder,
      path: url.pathname,
      query: url.search.slice(1),
      user: login?.split(':')[0] ?? '',
      environment: this.environment,
      outlivesClient: url.pathname.endsWith('git-receive-pack'),
      beforeEnd: async () => {},
    })
  }
}

const unauthorised: Reply = {
  status: 401,
  headers: { 'www-authenticate': 'Basic realm="git"' },
  body: 'Who are you?',
}

function describe(request: IncomingMessage): SeenRequest {
  const authorization = request.rawHeaders.flatMap((name, index, all) =>
    index % 2 === 0 && name.toLowerCase() === 'authorization' ? [all[index + 1] ?? ''] : [],
  )
  const basic = /^basic (.*)$/i.exec(authorization[0] ?? '')?.[1]
  const url = request.url ?? ''
  return {
    method: request.method ?? '',
    url,
    service: (['git-upload-pack', 'git-receive-pack'] as const).find((name) => url.includes(name)),
    authorization,
    login: basic === undefined ? undefined : Buffer.from(basic, 'base64').toString('utf8'),
  }
}

/** A repository of the server, looked at and changed from the server's side, past hooks and HTTP. */
export class BareRepository {
  readonly url: string
  readonly folder: string
  readonly branch: string
  readonly #environment: NodeJS.ProcessEnv

  constructor(url: string, folder: string, branch: string, environment: NodeJS.ProcessEnv) {
    this.url = url
    this.folder = folder
    this.branch = branch
    this.#environment = environment
  }

  run(args: string[], input?: Buffer): Buffer {
    return execFileSync('git', args, {
      cwd: this.folder,
      env: this.#environment,
      maxBuffer: 100_000_000,
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(input && { input }),
    })
  }

  text(...args: string[]): string {
    return this.run(args).toString('utf8').trimEnd()
  }

  /** Adds a commit: files by path; `undefined` deletes. @returns its name */
  commit(
    files: Record<string, Content | undefined>,
    { message = 'theirs', modes = {} as Record<string, string> } = {},
  ) {
    const parts: Content[] = [`commit refs/heads/${this.branch}\ncommitter T <t@t> 1700000000 +0000\n`, data(message)]
    if (this.head() !== undefined) parts.push(`from refs/heads/${this.branch}^0\n`)
    for (const [path, content] of Object.entries(files)) {
      const mode = modes[path] ?? '100644'
      if (content === undefined) parts.push(`D ${path}\n`)
      else if (mode === '160000') parts.push(`M 160000 ${String(content)} ${path}\n`)
      else parts.push(`M ${mode} inline ${path}\n`, data(content))
    }
    this.run(['fast-import', '--quiet', '--force'], Buffer.concat(parts.map((part) => Buffer.from(part))))
    return this.head() ?? ''
  }

  head(): string | undefined {
    const head = this.text('for-each-ref', '--format=%(objectname)', `refs/heads/${this.branch}`)
    return head === '' ? undefined : head
  }

  /** Commits of the branch, newest first. */
  history(): string[] {
    return this.text('rev-list', '--first-parent', this.branch).split('\n')
  }

  read(path: string): Buffer {
    return this.run(['show', `${this.branch}:${path}`])
  }

  /** Modes by path. */
  tree(): Record<string, string> {
    const lines = this.text('-c', 'core.quotePath=false', 'ls-tree', '-r', this.branch).split('\n')
    return Object.fromEntries(lines.map((line) => [line.split('\t')[1] ?? '', line.slice(0, 6)]))
  }

  hook(name: 'pre-receive' | 'update' | 'proc-receive' | 'post-receive', script: string): void {
    mkdirSync(join(this.folder, 'hooks'), { recursive: true })
    const file = join(this.folder, 'hooks', name)
    writeFileSync(file, `#!/bin/sh\n${script}\n`)
    chmodSync(file, 0o755)
  }
}

function data(content: Content): Buffer {
  const bytes = Buffer.from(content)
  return Buffer.concat([Buffer.from(`data ${bytes.length}\n`), bytes, Buffer.from('\n')])
}

/** A certificate that signs itself, for 127.0.0.1. */
export function makeCertificate(folder: string): { key: string; cert: string; certFile: string } {
  const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const names = ['-subj', '/CN=Test', '-addext', 'subjectAltName=IP:127.0.0.1']
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', keyFile, '-out', certFile]
  execFileSync('openssl', [...request, ...names], { stdio: 'ignore' })
  return { key: readFileSync(keyFile, 'utf8'), cert: readFileSync(certFile, 'utf8'), certFile }
}
