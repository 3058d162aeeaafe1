import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from '../accounts/auth.ts'
import type { AlgorithmAddress } from '../algorithms/access.ts'
import type { Connectors } from '../connectors/store.ts'
import { ApiError, notFound } from '../errors.ts'
import { queryOf, smallBody } from '../http/request-body.ts'
import { algorithmPage } from './algorithm.ts'
import { buildPage } from './build.ts'
import type { CallAlgorithm } from './call.ts'
import { filledFrom, inputOf } from './call-box.ts'
import { type CollectionAddress, collectionPage, download } from './collection.ts'
import { html } from './html.ts'
import { documentOf, type Page } from './layout.ts'
import { visitorOf } from './login.ts'
import { overviewPage } from './overview.ts'
import { protect, requireOwnForm } from './protection.ts'
import { style } from './style.ts'
import { type Shown, visibleAccounts, visibleAlgorithm } from './visible.ts'

/** What the pages work with. */
export interface Pages extends Shown {
  call: CallAlgorithm
  connectors: Connectors
  /** The address of the server. */
  url: () => string
}

/** Serves the pages for a person with a browser: to look at what is there, and to call an algorithm. */
export function pageRoutes(app: FastifyInstance, pages: Pages): void {
  // A scope of its own: here errors are pages, too.
  app.register(async (scope) => {
    scope.addHook('onRequest', protect)
    scope.setErrorHandler(sendErrorPage)
    routes(scope, pages)
  })
}

type One = { Params: AlgorithmAddress }

function routes(app: FastifyInstance, pages: Pages): void {
  const { users, builds, connectors, url } = pages

  // The frame of a summary has no origin, so to the browser it is a stranger.
  app.get('/style.css', async (_request, reply) =>
    reply.header('cross-origin-resource-policy', 'cross-origin').type('text/css; charset=utf-8').send(style),
  )

  app.get('/', async (request, reply) => {
    if (!wantsHtml(request)) {
      const text = `Algorithmia sandbox\n\nAPI  /v1/\ngit  /git/<owner>/<algorithm>.git\n`
      return reply.type('text/plain; charset=utf-8').send(text)
    }
    const visitor = visitorOf(request, users)
    const own = visitor.key.data === 'none' ? [] : connectors.of(visitor.user)
    return send(reply, overviewPage(visibleAccounts(pages, visitor), own, visitor, url()), visitor)
  })

  app.get<{ Params: CollectionAddress }>('/data/:owner/:collection', async (request, reply) => {
    const visitor = visitorOf(request, users)
    const marker = queryOf(request).get('marker') ?? ''
    return send(reply, await collectionPage(visitor, pages, request.params, marker), visitor)
  })

  app.get<{ Params: CollectionAddress & { file: string } }>('/data/:owner/:collection/:file', async (request, reply) =>
    download(visitorOf(request, users), pages, request.params, reply),
  )

  const path = '/algorithms/:owner/:name'
  app.get<One>(path, async (request, reply) => {
    const visitor = visitorOf(request, users)
    return send(reply, algorithmPage(visibleAlgorithm(pages, visitor, request.params), visitor, url()), visitor)
  })
  app.post<One>(path, (request, reply) => callAlgorithm(pages, request, reply))
  app.get<{ Params: AlgorithmAddress & { build: string } }>(`${path}/builds/:build`, async (request, reply) => {
    const visitor = visitorOf(request, users)
    const { build: id, ...address } = request.params
    const { algorithm, builds: readable } = visibleAlgorithm(pages, visitor, address)
    const build = readable?.find((candidate) => candidate.id === id)
    if (!build) throw notFound(`There is no build ${id}, or you may not see it`)
    return send(reply, buildPage(algorithm, build, builds.log(build)), visitor)
  })
}

/** Calls with what a person has put into the form, and shows the answer above it. */
async function callAlgorithm(pages: Pages, request: FastifyRequest<One>, reply: FastifyReply): Promise<FastifyReply> {
  const visitor = visitorOf(request, pages.users)
  requireOwnForm(request)
  const found = visibleAlgorithm(pages, visitor, request.params)
  const { owner, name } = found.algorithm
  const filled = filledFrom(await smallBody(request))
  const path = [owner, name, ...(filled.version === '' ? [] : [filled.version])].map(encodeURIComponent).join('/')
  const answer = await pages.call(visitor, path, inputOf(filled), { timeout: filled.timeout })
  return send(reply, algorithmPage(found, visitor, pages.url(), filled, answer), visitor)
}

/** Programs get a text that needs no login. */
function wantsHtml({ headers }: FastifyRequest): boolean {
  return (headers.accept ?? '').toLowerCase().includes('text/html')
}

function send(reply: FastifyReply, page: Page, visitor: Caller | undefined): FastifyReply {
  return reply.type('text/html; charset=utf-8').send(documentOf(page, visitor))
}

function sendErrorPage(error: unknown, _request: FastifyRequest, reply: FastifyReply): FastifyReply {
  // Anything else is a fault of ours, which the server's own handler logs and answers.
  if (!(error instanceof ApiError)) throw error
  reply.code(error.status)
  if (error.status !== 401)
    return send(reply, { title: 'This did not work', content: html`<p>${error.message}</p>` }, undefined)
  const content = html`<p>${error.message}.</p>
<p>Sign in with the name of an account and its password, or one of its API keys. The sandbox printed them when it
started; with <code>--state</code> it prints them again at every start.</p>`
  reply.header('www-authenticate', 'Basic realm="Algorithmia sandbox", charset="UTF-8"')
  return send(reply, { title: 'Please sign in', content }, undefined)
}
