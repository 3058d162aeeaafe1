import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { Users } from '../../sandbox/accounts/users.ts'
import { type Algorithm, newAlgorithm } from '../../sandbox/algorithms/algorithm.ts'
import { Algorithms } from '../../sandbox/algorithms/store.ts'
import type { Build } from '../../sandbox/builds/build.ts'
import { Builds } from '../../sandbox/builds/store.ts'
import { Connectors } from '../../sandbox/connectors/store.ts'
import { gitEnvironment } from '../../sandbox/git/environment.ts'
import { Repositories } from '../../sandbox/git/repositories.ts'
import { dataRoutes } from '../../sandbox/hosted-data/routes.ts'
import { HostedData } from '../../sandbox/hosted-data/store.ts'
import { createApp } from '../../sandbox/http/app.ts'
import { smallBody } from '../../sandbox/http/request-body.ts'
import { callThroughApi } from '../../sandbox/pages/call.ts'
import { address, html } from '../../sandbox/pages/html.ts'
import { pageRoutes } from '../../sandbox/pages/routes.ts'
import { startSandbox } from '../../sandbox/server.ts'
import type { Version } from '../../sandbox/versions/version.ts'

const hostileNames = [
  '<script>alert(1)',
  '"onmouseover="alert(1)',
  "'><img src=x onerror=alert(1)>",
  'javascript:alert(1)',
  '&lt;b&gt;',
  '#?%2f%00\\ ..',
  'ünïcode 🙂 日本',
]
const password = 'pässword with "quotes"'
const annaKey = 'simAnna/Key'

/** A call that reached the API. */
interface Called {
  url: string
  authorization: string | undefined
  contentType: string | undefined
  body: string
}

const logged: string[] = []
const app = createApp({ log: (line) => logged.push(line) })
const calls: Called[] = []
/** What the API answers next. */
let answer: { status: number; body: string }
let folder: string
let url: string
let builds: Builds
let algorithms: Algorithms

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandbox-pages-'))
  const users = new Users(folder, [
    {
      name: 'anna',
      password,
      keys: [
        { key: annaKey },
        { key: 'simNoData', data: 'none' },
        { key: 'simNoManage', manage: false },
        { key: 'simAdmin', admin: true },
      ],
    },
    { name: 'ben', password: 'b' },
  ])
  algorithms = new Algorithms(folder, new Repositories(folder, gitEnvironment(folder)))
  builds = new Builds(folder)
  const data = new HostedData(folder)
  const connectors = new Connectors(folder, users, [{ name: 's3+x', paths: ['<b>/folder'] }])
  dataRoutes(app, { data, users, connectors })
  pageRoutes(app, { users, algorithms, builds, data, connectors, call: callThroughApi(app), url: () => url })
  app.post('/v1/algo/*', async (request, reply) => {
    const { authorization, 'content-type': contentType } = request.headers
    calls.push({ url: request.url, authorization, contentType, body: await smallBody(request) })
    return reply.code(answer.status).type('application/json').send(answer.body)
  })
  url = await app.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(async () => {
  await app.close()
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
})
beforeEach(() => {
  calls.length = 0
  answer = { status: 200, body: '{"result":null,"metadata":{"content_type":"json","duration":0}}' }
})

const basic = (name: string, secret: string) => `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`
const anna = basic('anna', password)
const ben = basic('ben', 'b')

async function browse(path: string, authorization: string | undefined, more: RequestInit = {}) {
  const headers = { accept: 'text/html,*/*;q=0.8', ...(authorization && { authorization }), ...more.headers }
  const response = await fetch(`${url}${path}`, { ...more, headers })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

async function api(method: string, path: string, body: string): Promise<void> {
  expect((await fetch(`${url}${path}`, { method, body, headers: { authorization: annaKey } })).status).toBe(200)
}

/** Where the links of a page lead. */
function linksOf(page: string): string[] {
  return [...page.matchAll(/<a href="([^"]*)"/g)].map((match) => match[1] ?? '')
}

let count = 0
async function algorithm(details: object = {}, settings: object = {}): Promise<Algorithm & { path: string }> {
  count += 1
  const created = await algorithms.create('anna', newAlgorithm({ name: `algorithm${count}`, details, settings }))
  return { ...created, path: `/algorithms/anna/${created.name}` }
}

function built({ id }: Algorithm, more: Partial<Build> = {}, log = 'log'): Build {
  const build = builds.begin(id, String(builds.of(id).length).repeat(40))
  Object.assign(build, more)
  builds.finish(build, 'succeeded', log)
  return build
}

function version(number: string, more: Partial<Version> = {}): Version {
  const texts = { releaseNotes: '', sampleInput: '', sampleOutput: '' }
  const publishedAt = new Date().toISOString()
  return { uuid: crypto.randomUUID(), number, publishedAt, callability: 'private', insights: false, ...texts, ...more }
}

describe('who comes in', () => {
  test('a program gets a text at /, without login', async () => {
    const response = await fetch(url)
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(await response.text()).toContain('/git/<owner>/<algorithm>.git')
  })

  test.each([
    ['nobody', undefined],
    ['a wrong password', basic('anna', 'no')],
    ['an unknown account', basic('<script>', password)],
    ['a key of somebody else', basic('ben', annaKey)],
    ['an admin key', basic('anna', 'simAdmin')],
    ['no credentials at all', 'Basic %%%'],
  ])('%s is asked to sign in, on every page', async (_who, authorization) => {
    const { path } = await algorithm()
    for (const page of ['/', '/data/anna/x', '/data/anna/x/y', path, `${path}/builds/1`]) {
      const { status, headers, text } = await browse(page, authorization)
      expect([page, status, headers.get('www-authenticate')]).toEqual([
        page,
        401,
        'Basic realm="Algorithmia sandbox", charset="UTF-8"',
      ])
      expect(text).toContain('printed them')
      expect(text).not.toMatch(/<script|anna/)
    }
  })

  test('an account by password and by key, whose secrets no page shows', async () => {
    const { path, ...own } = await algorithm()
    const build = built(own)
    for (const secret of [password, annaKey]) {
      for (const page of ['/', path, `${path}/builds/${build.id}`]) {
        const { status, text } = await browse(page, basic('anna', secret))
        expect(status).toBe(200)
        expect(text).toContain('signed in as <b>anna</b>')
        expect(text).not.toMatch(/ssword with|sim(Anna|No|Admin)/)
      }
    }
  })

  test('every page says what a browser may do with it', async () => {
    const { path } = await algorithm()
    for (const page of ['/', path, '/data/anna/none']) {
      const { headers } = await browse(page, anna)
      expect(headers.get('content-security-policy')).toBe(
        "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      )
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('referrer-policy')).toBe('same-origin')
      expect(headers.get('cache-control')).toBe('no-store')
    }
    const style = await browse('/style.css', undefined)
    expect([style.status, style.headers.get('content-type')]).toEqual([200, 'text/css; charset=utf-8'])
  })
})

describe('data', () => {
  test('of any name is listed as text, and its link downloads it', async () => {
    for (const name of hostileNames) {
      await api('POST', '/v1/data/anna', JSON.stringify({ name }))
      for (const file of hostileNames) await api('PUT', `/v1${address('data', 'anna', name, file)}`, `in ${file}`)
    }
    const overview = await browse('/', anna)
    for (const name of hostileNames) {
      const collection = address('data', 'anna', name).replaceAll("'", '&#39;')
      expect(linksOf(overview.text)).toContain(collection)
      const page = await browse(collection.replaceAll('&#39;', "'"), anna)
      expect(page.status).toBe(200)
      const links = linksOf(page.text).filter((link) => link.startsWith('/data/'))
      const contents = links.map(async (link) => await browse(link.replaceAll('&#39;', "'"), anna))
      const texts = (await Promise.all(contents)).map(({ text }) => text)
      expect(texts.toSorted()).toEqual(hostileNames.map((file) => `in ${file}`).toSorted())
      for (const text of [overview.text, page.text]) expect(text).not.toMatch(/<script|<img|"on|'>|="javascript/)
      expect(page.text).toContain(html`<h1>anna/${name}</h1>`.text)
    }
  })

  test('is downloaded, never shown', async () => {
    await api('POST', '/v1/data/anna', 'pages')
    const name = '<b>"é%\\(\').html'
    await api('PUT', `/v1${address('data', 'anna', 'pages', name)}`, '<script>alert(1)</script>')
    const { headers, text } = await browse(address('data', 'anna', 'pages', name), anna)
    expect(text).toBe('<script>alert(1)</script>')
    expect(headers.get('content-type')).toBe('application/octet-stream')
    expect(headers.get('content-length')).toBe('25')
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; sandbox")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('content-disposition')).toBe(
      `attachment; filename="<b>____(').html"; filename*=UTF-8''%3Cb%3E%22%C3%A9%25%5C%28%27%29.html`,
    )
  })

  test('comes in pages of 1000 files', async () => {
    await api('POST', '/v1/data/anna', 'many')
    const names = Array.from({ length: 1001 }, (_, index) => `file${String(index).padStart(4, '0')}`)
    for (const name of names) await api('PUT', `/v1/data/anna/many/${name}`, '')
    const files = (page: string) => linksOf(page).filter((link) => link.startsWith('/data/anna/many/'))
    const first = await browse('/data/anna/many', anna)
    expect(files(first.text)).toHaveLength(1000)
    const [, next = ''] = /<a rel="next" href="([^"]*)"/.exec(first.text) ?? []
    const second = await browse(next, anna)
    expect(files(second.text)).toEqual(['/data/anna/many/file1000'])
    expect(second.text).not.toContain('rel="next"')
    expect((await browse('/data/anna/many?marker=<b>', anna)).status).toBe(400)
  })

  test('is shown to others when it is public', async () => {
    await api('POST', '/v1/data/anna', '{"name":"hers"}')
    await api('POST', '/v1/data/anna', '{"name":"open","acl":{"read":["user://*"]}}')
    await api('PUT', '/v1/data/anna/hers/f', 'hers')
    await api('PUT', '/v1/data/anna/open/f', 'open')
    const overview = await browse('/', ben)
    expect(linksOf(overview.text)).toContain('/data/anna/open')
    expect(linksOf(overview.text)).not.toContain('/data/anna/hers')
    expect((await browse('/data/anna/open/f', ben)).text).toBe('open')
    for (const path of ['/data/anna/hers', '/data/anna/hers/f']) expect((await browse(path, ben)).status).toBe(403)
    expect((await browse('/data/anna/none<b>', ben)).status).toBe(404)
  })

  test('is not for a key without the right', async () => {
    await api('POST', '/v1/data/anna', 'secret')
    const authorization = basic('anna', 'simNoData')
    const connector = '<code>s3+x://</code> read-only, restricted to &lt;b&gt;/folder'
    expect((await browse('/', anna)).text).toContain(connector)
    const overview = await browse('/', authorization)
    expect(overview.text).toContain('This API key has no access to data.')
    expect(overview.text).not.toContain('/data/')
    expect(overview.text).not.toContain('s3+x')
    expect((await browse('/data/anna/secret', authorization)).status).toBe(403)
  })
})

describe('an algorithm', () => {
  test('is shown with its builds and versions, all of it as text', async () => {
    const [script = '', quote = ''] = hostileNames
    const { path, ...own } = await algorithm({ label: script, tagline: quote, summary: script })
    const build = built(own, { version: version('1.0.0', { releaseNotes: script, sampleInput: '</textarea>"' }) })
    const { text } = await browse(path, anna)
    expect(text).not.toMatch(/<script|"on/)
    expect(text.split('&lt;script&gt;')).toHaveLength(4)
    expect(text).toContain(`${path}/builds/${build.id}`)
    expect(text).toContain('\n&lt;/textarea&gt;&quot;</textarea>')
    expect(text).toContain('<td data-label="Version">1.0.0</td>')
    const overview = await browse('/', anna)
    expect(linksOf(overview.text)).toContain(path)
    expect(overview.text).toContain('1.0.0 (private)')
    expect(overview.text).not.toContain('"onmouseover')
  })

  test('shows its README in a frame that may do nothing', async () => {
    const { path, ...own } = await algorithm()
    built(own, { summary: '<h1>Hi</h1><script>alert("x")</script>' })
    const { text } = await browse(path, anna)
    expect(text).toMatch(/<iframe title="Summary" sandbox srcdoc="[^"<>]*&lt;script&gt;alert\(&quot;x&quot;\)[^"<>]*">/)
    expect(text).not.toContain('<script')
  })

  test('is nothing to others until it is public, as in the API, and then not its builds', async () => {
    const { path, ...own } = await algorithm()
    const build = built(own, { version: version('0.1.0') })
    expect((await browse(path, ben)).status).toBe(404)
    expect((await browse('/', ben)).text).not.toContain(own.name)
    built(own, { version: version('1.0.0', { callability: 'public' }) })
    const { status, text } = await browse(path, ben)
    expect(status).toBe(200)
    expect(text).toContain('>1.0.0<')
    expect(text).not.toMatch(/0\.1\.0|latestPrivate|\/builds\//)
    expect((await browse(`${path}/builds/${build.id}`, ben)).status).toBe(404)
    const open = await algorithm({}, { source_visibility: 'open' })
    expect((await browse(open.path, ben)).status).toBe(404)
    const links = linksOf((await browse('/', ben)).text)
    expect(links).toContain(path)
    expect(links).not.toContain(open.path)
    built(open, { version: version('1.0.0', { callability: 'public' }) })
    expect((await browse(open.path, ben)).text).toContain('git clone')
  })

  test('hides its builds from a key that may not manage', async () => {
    const { path, ...own } = await algorithm()
    const build = built(own)
    const authorization = basic('anna', 'simNoManage')
    const { text } = await browse(path, authorization)
    expect(text).toContain('This API key may not read builds.')
    expect(text).not.toContain('/builds/')
    expect((await browse(`${path}/builds/${build.id}`, authorization)).status).toBe(404)
  })

  test('has a page for each build, which loads itself again until it is finished', async () => {
    const { path, ...own } = await algorithm()
    const build = builds.begin(own.id, 'a'.repeat(40))
    const running = await browse(`${path}/builds/${build.id}`, anna)
    expect(running.text).toContain('<meta http-equiv="refresh" content="3">')
    builds.finish(build, 'failed', '\u001b[31mfirst\u001b[0m\n</pre><script>alert(1)</script>')
    const { text } = await browse(`${path}/builds/${build.id}`, anna)
    expect(text).not.toMatch(/http-equiv|<script/)
    expect(text).toContain('<span class="status failed">failed</span>')
    expect(text).toContain('<pre tabindex="0">\nfirst\n&lt;/pre&gt;&lt;script&gt;')
    for (const id of ['none', '..%2f..%2fusers', "<b>'"]) {
      expect((await browse(`${path}/builds/${encodeURIComponent(id)}`, anna)).status).toBe(404)
    }
    const log = `start ${'x'.repeat(600_000)} end`
    const long = await browse(`${path}/builds/${built(own, {}, log).id}`, anna)
    expect(long.text).toContain(`Only the last 500000 of ${log.length} characters are shown.`)
    expect(long.text).toContain('x end</pre>')
  })
})

describe('the box to call an algorithm', () => {
  const submit = async (path: string, fields: Record<string, string>, more: Record<string, string> = {}) =>
    await browse(path, anna, { method: 'POST', body: new URLSearchParams(fields), headers: { origin: url, ...more } })

  test('sends what was typed, by the API with the key of the account', async () => {
    const { path, ...own } = await algorithm()
    built(own, { version: version('1.0.0') })
    answer.body = JSON.stringify({
      result: { quality: [5.5] },
      metadata: { content_type: 'json', duration: 0.25, stdout: 'loading\n', request_id: 'req-1' },
    })
    const fields = { version: '1.0.0', type: 'json', input: '{"a":\r\n"<é>"}', timeout: '7' }
    const { status, text } = await submit(path, fields)
    expect(status).toBe(200)
    expect(calls).toEqual([
      {
        url: `/v1/algo/anna/${own.name}/1.0.0?timeout=7&stdout=true`,
        authorization: `Simple ${annaKey}`,
        contentType: 'application/json',
        body: '{"a":\n"<é>"}',
      },
    ])
    expect(text).toContain('>Result</h3>')
    expect(text).toContain('&quot;quality&quot;: [\n    5.5\n  ]')
    for (const part of [
      '0.25 s',
      'req-1',
      '\nloading\n</pre>',
      'value="7"',
      '\n{&quot;a&quot;:\n&quot;&lt;é&gt;&quot;}',
    ]) {
      expect(text).toContain(part)
    }
  })

  test('sends text, and with the key that its visitor has', async () => {
    const { path, name } = await algorithm()
    const body = new URLSearchParams({ input: 'a & b+c' })
    await browse(path, basic('anna', 'simNoData'), { method: 'POST', body, headers: { origin: url } })
    expect(calls).toEqual([
      {
        url: `/v1/algo/anna/${name}?timeout=300&stdout=true`,
        authorization: 'Simple simNoData',
        contentType: 'text/plain',
        body: 'a & b+c',
      },
    ])
  })

  test.each([
    ['a failure', 200, { error: { message: '<script>', stacktrace: '<script>', error_type: '<script>' } }, 6],
    ['a failure with the other key', 200, { error: { message: 'm', stack_trace: '<script>' } }, 2],
    ['a failure that is a text', 404, { error: '<script>' }, 2],
    ['a failure of the API', 501, { error: { message: '<script>' } }, 2],
    ['no JSON', 500, '<script>', 2],
    ['no object', 200, [1], 0],
    ['an odd error', 200, { error: [['<script>']], metadata: { duration: '<script>', stdout: '<script>' } }, 5],
  ])('shows %s as an error, as text', async (_case, status, body, times) => {
    const { path } = await algorithm()
    answer = { status, body: typeof body === 'string' ? body : JSON.stringify(body) }
    const { text } = await submit(path, { input: '' })
    expect(text).toContain('class="status failed">Error</h3>')
    expect(text).not.toContain('<script')
    expect(text.split('&lt;script&gt;').length - 1).toBe(times)
    expect(text.includes(`HTTP ${status}`)).toBe(status !== 200)
  })

  test.each([
    ['text', '</pre><script>alert(1)</script>'],
    ['a list', ['</pre><script>alert(1)</script>']],
    ['an object', { '</pre><script>alert(1)</script>': 1 }],
  ])('shows a result that is %s as text', async (_case, result) => {
    const { path } = await algorithm()
    const metadata = { content_type: '<script>', request_id: '<script>', stdout: '</pre><script>', duration: 1 }
    answer.body = JSON.stringify({ result, metadata })
    const { text } = await submit(path, { input: '</textarea><script>' })
    expect(text).toContain('>Result</h3>')
    expect(text).not.toMatch(/<script|<\/pre>&lt;/)
  })

  test.each([
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['another port or name of this machine', { 'sec-fetch-site': 'same-site' }],
    ['an address that was typed', { 'sec-fetch-site': 'none' }],
    ['another site, in a browser that only names the origin', { origin: 'http://evil.example' }],
    ['a frame without an origin', { origin: 'null' }],
    ['nowhere', { origin: '' }],
  ])('refuses what comes from %s', async (_case, headers) => {
    const { path } = await algorithm()
    const { status, text } = await submit(path, { input: 'x' }, headers)
    expect(status).toBe(403)
    expect(text).toContain('not sent from its own page')
    expect(calls).toEqual([])
    expect((await submit(path, { input: 'x' }, { 'sec-fetch-site': 'same-origin' })).status).toBe(200)
    expect(calls).toHaveLength(1)
  })

  test.each([
    ['a version that leads elsewhere', { version: '../../anna/other' }, 400],
    ['a version with a query', { version: '1.0.0?output=void' }, 400],
    ['an unknown type', { type: 'binary' }, 400],
    ['no timeout', { timeout: '0' }, 400],
    ['a timeout that is too long', { timeout: '3001' }, 400],
    ['too much', { input: 'x'.repeat(1_100_000) }, 413],
  ])('refuses %s', async (_case, fields, status) => {
    const { path } = await algorithm()
    const page = await submit(path, { input: 'x', ...fields } as Record<string, string>)
    expect([page.status, page.headers.get('content-type')]).toEqual([status, 'text/html; charset=utf-8'])
    expect(calls).toEqual([])
  })

  test('offers what the visitor may call', async () => {
    const { path, ...own } = await algorithm()
    expect((await browse(path, anna)).text).toContain('There is nothing to call yet.')
    built(own, { version: version('1.0.0', { callability: 'public' }) })
    built(own, { version: version('1.1.0') })
    const { commit } = built(own)
    const offered = (page: string) => [...page.matchAll(/<option value="([^"]*)"/g)].map(([, value]) => value)
    const types = ['text', 'json']
    expect(offered((await browse(path, anna)).text)).toEqual([commit, '1.1.0', '1.0.0', '', 'latestPrivate', ...types])
    expect(offered((await browse(path, ben)).text)).toEqual(['1.0.0', '', ...types])
  })
})

test('a started sandbox has the pages, and their calls reach its API', async () => {
  const sandbox = await startSandbox({ users: [{ name: 'anna', password }] })
  try {
    await sandbox.createAlgorithm('anna', 'hello')
    const headers = { accept: 'text/html', authorization: anna, origin: sandbox.url }
    const overview = await (await fetch(sandbox.url, { headers })).text()
    expect(overview).toContain(`<code>${sandbox.url}</code>`)
    expect(linksOf(overview)).toContain('/algorithms/anna/hello')
    const body = new URLSearchParams({ input: 'x' })
    const page = await fetch(`${sandbox.url}/algorithms/anna/hello`, { method: 'POST', body, headers })
    expect(page.status).toBe(200)
    expect(await page.text()).toContain('class="status failed">Error</h3>')
  } finally {
    await sandbox.close()
  }
})

test('the server reports nothing but requests', () => {
  expect(logged.filter((line) => !/^[A-Z]+ \S+ \d+ \d+ ms$/.test(line))).toEqual([])
  expect(logged.join('\n')).not.toMatch(/sim[A-Z]/)
})
