import type { IncomingMessage, ServerResponse } from 'node:http'
import { text as readText } from 'node:stream/consumers'
import type { GitServer } from './git-server.ts'

export interface Pull {
  number: number
  html_url: string
  state: 'open' | 'closed'
  title: string
  body: string
  head: { ref: string }
  base: { ref: string }
}

export interface ApiCall {
  method: string
  path: string
  query: Record<string, string>
  body: Record<string, unknown>
}

export type ApiReply = { status: number; headers?: Record<string, string>; body?: object } | 'hang up'

/**
 * The part of GitHub's API that concerns pull requests, below `/api/v3` of a git server, as on GitHub Enterprise Server. It
 * holds each request against the documentation, and refuses and remembers those that do not keep to it.
 *
 * @see https://docs.github.com/rest/pulls/pulls
 */
export class GitHubApi {
  readonly pulls: Pull[] = []
  readonly calls: ApiCall[] = []
  /** What is wrong with requests. */
  readonly violations: string[] = []
  /** Answers in another way; `after` the request took effect or in its place. */
  reply: (call: ApiCall) => ApiReply | undefined = () => undefined
  replyAfter: (call: ApiCall) => ApiReply | undefined = () => undefined
  readonly #server: GitServer
  readonly #repository: string
  readonly #token: string

  constructor(server: GitServer, repository: string, token: string) {
    this.#server = server
    this.#repository = repository
    this.#token = token
    const { beside } = server
    server.beside = (request, response) => {
      if (!request.url?.startsWith(`/api/v3/repos/${repository}/`)) return beside(request, response)
      void this.#handle(request, response)
      return true
    }
  }

  /** Methods and paths, below the repository's own. */
  get seen(): string[] {
    return this.calls.map(({ method, path }) => `${method} ${path.replace(`/api/v3/repos/${this.#repository}`, '')}`)
  }

  open(from: string, into: string, title = 'by hand', body = ''): Pull {
    const number = this.pulls.length + 7
    const pull: Pull = {
      number,
      html_url: `${this.#server.url}/${this.#repository}/pull/${number}`,
      state: 'open',
      title,
      body,
      head: { ref: from },
      base: { ref: into },
    }
    this.pulls.push(pull)
    return pull
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '', this.#server.url)
    const sent = await readText(request)
    const call = {
      method: request.method ?? '',
      path: pathname,
      query: Object.fromEntries(searchParams),
      body: sent === '' ? {} : (JSON.parse(sent) as Record<string, unknown>),
    }
    this.calls.push(call)
    const violations = [...this.#headerViolations(request), ...this.#callViolations(call)]
    this.violations.push(...violations.map((violation) => `${call.method} ${request.url}: ${violation}`))
    const refused: ApiReply | undefined =
      violations.length > 0 ? { status: 400, body: { message: violations.join('; ') } } : undefined
    const reply = refused ?? this.reply(call) ?? orElse(this.#act(call), this.replyAfter(call))
    if (reply === 'hang up') return void request.socket.destroy()
    response
      .writeHead(reply.status, { 'content-type': 'application/json; charset=utf-8', ...reply.headers })
      .end(JSON.stringify(reply.body ?? {}))
  }

  #headerViolations({ rawHeaders, headers }: IncomingMessage): string[] {
    const authorizations = rawHeaders.filter((_, index) => rawHeaders[index - 1]?.toLowerCase() === 'authorization')
    return [
      ...(authorizations.join() === `token ${this.#token}` ? [] : [`${authorizations.length} authorizations`]),
      ...(headers.accept === 'application/vnd.github+json' ? [] : [`accepts ${headers.accept}`]),
      ...(headers['x-github-api-version'] === '2022-11-28' ? [] : ['no version']),
      ...(headers['user-agent'] ? [] : ['no user agent, which GitHub refuses']),
    ]
  }

  #callViolations({ method, path, query, body }: ApiCall): string[] {
    const pulls = `/api/v3/repos/${this.#repository}/pulls`
    const [owner] = this.#repository.split('/')
    const fields = Object.keys(body).sort().join()
    const isText = Object.values(body).every((value) => typeof value === 'string')
    switch (method) {
      case 'GET':
        return path === pulls && query.state === 'open' && query.head?.startsWith(`${owner}:`) && query.base
          ? []
          : ['not how pull requests are listed']
      case 'POST':
        return path === pulls && fields === 'base,body,head,title' && isText && String(body.body).length <= 65_536
          ? []
          : [`${fields} do not make a pull request`]
      case 'PATCH':
        return path.startsWith(`${pulls}/`) && fields === 'body,title' && isText ? [] : [`${fields} is no update`]
      default:
        return ['nothing of the kind']
    }
  }

  #act({ method, path, query, body }: ApiCall): ApiReply {
    const isOpen = (from: unknown, into: unknown) => (pull: Pull) =>
      pull.state === 'open' && pull.head.ref === from && pull.base.ref === into
    if (method === 'GET') {
      const [, ...branch] = (query.head ?? '').split(':')
      return { status: 200, body: this.pulls.filter(isOpen(branch.join(':'), query.base)) }
    }
    if (method === 'PATCH') {
      const pull = this.pulls.find(({ number }) => path.endsWith(`/${number}`))
      return pull ? { status: 200, body: Object.assign(pull, body) } : { status: 404, body: { message: 'Not Found' } }
    }
    const { head, base, title } = body
    if (this.pulls.some(isOpen(head, base))) return invalid(`A pull request already exists for ${head}.`)
    return { status: 201, body: this.open(String(head), String(base), String(title), String(body.body)) }
  }
}

/** What GitHub answers where a field cannot be as it is. */
export function invalid(message: string): ApiReply {
  const errors = [{ resource: 'PullRequest', code: 'custom', message }]
  return {
    status: 422,
    body: { message: 'Validation Failed', errors, documentation_url: 'https://docs.github.com/rest' },
  }
}

function orElse(reply: ApiReply, other: ApiReply | undefined): ApiReply {
  return other ?? reply
}
