import { appendFileSync, readFileSync, statSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { parseTarGzip } from 'nanotar'
import { keyFrom, mayCall } from '../../sandbox/accounts/keys.ts'
import { type Algorithm, newAlgorithm } from '../../sandbox/algorithms/algorithm.ts'
import { readmeHtml } from '../../sandbox/algorithms/readme.ts'
import { type RunError, RunErrors } from '../../sandbox/running/run-errors.ts'
import { Secrets } from '../../sandbox/secrets/store.ts'
import { type Sandbox, startSandbox } from '../../sandbox/server.ts'
import { call } from '../support/http-call.ts'
import { pythonClientVersions, pythonWithClient, runPythonClient } from '../support/official-clients.ts'

const key = 'simDemo'
const limited = 'simLimited'
const log: string[] = []
let sandbox: Sandbox
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandbox-platform-'))
  sandbox = await startSandbox({
    stateDir: join(folder, 'state'),
    users: [
      { name: 'demo', keys: [{ key }, { key: limited, manage: false }] },
      { name: 'ben', keys: [{ key: 'simBen' }] },
    ],
    log: (line) => log.push(line),
  })
})
afterAll(async () => {
  await sandbox.close()
  await rm(folder, { recursive: true, force: true })
})

const get = (path: string, as = key) => call(sandbox.url, path, { key: as })
const post = (path: string, body: unknown, as = key) =>
  call(sandbox.url, path, { method: 'POST', key: as, body: JSON.stringify(body) })

describe('languages and environments', () => {
  const base = '/v1/algorithm-environments/edge'

  test('are listed, one of them Python 3.8 with an id that stays', async () => {
    const languages = (await get(`${base}/languages`)).json() as { name: string; configuration: string }[]
    expect(languages.map(({ name }) => name)).toEqual(['python3'])
    expect(JSON.parse(languages[0]?.configuration ?? '')).toMatchObject({ req_files: ['requirements.txt'] })
    const { environments } = (await get(`${base}/languages/python3/environments`)).json() as {
      environments: { display_name: string }[]
    }
    expect(environments.filter(({ display_name }) => display_name === 'Python 3.8')).toEqual([
      {
        id: '7d1f3f66-5c0e-4c59-8d0b-38a000000038',
        environment_specification_id: 'b3a7f2c4-20d9-4f0a-9e61-38a000000038',
        display_name: 'Python 3.8',
        description: expect.any(String),
        created_at: expect.stringMatching(/\.\d{3}Z$/),
        language: languages[0],
        machine_type: 'CPU',
      },
    ])
    expect((await get(`${base}/languages/cobol/environments`)).json()).toMatchObject({ error: { code: 4001 } })
    expect((await get(`${base}/languages/cobol/environments`)).status).toBe(404)
    expect((await call(sandbox.url, `${base}/languages`)).status).toBe(401)
  })

  test('have a template that everybody can download', async () => {
    const url = `${base}/environment-specifications/b3a7f2c4-20d9-4f0a-9e61-38a000000038/template`
    const answer = await call(sandbox.url, url)
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/gzip'])
    const files = await parseTarGzip(answer.bytes)
    const texts = Object.fromEntries(files.map(({ name, text }) => [name, text]))
    expect(Object.keys(texts).sort()).toEqual([
      '.adk',
      'algorithmia.conf',
      'requirements.txt',
      'src/__ALGO__.py',
      'src/__ALGO___test.py',
      'src/__init__.py',
    ])
    expect(JSON.parse(texts['algorithmia.conf'] ?? '')).toMatchObject({ username: '__USER__', algoname: '__ALGO__' })
    expect(texts['src/__ALGO__.py']).toContain('from Algorithmia import ADK')
    expect((await call(sandbox.url, `${base}/environment-specifications/${crypto.randomUUID()}/template`)).status).toBe(
      404,
    )
  })
})

describe('source code hosts', () => {
  test('are the sandbox alone', async () => {
    const internal = { id: 'internal', name: 'internal', provider: 'internal', default: true, enabled: true }
    expect((await get('/v1/scms')).json()).toEqual({ results: [internal] })
    expect((await get('/v1/scms/internal')).json()).toEqual(internal)
    const status = { authorization_status: 'unauthorized' }
    expect((await get('/v1/scms/internal/oauth/status')).json()).toEqual(status)
    expect((await post('/v1/scms/internal/token/status', {})).json()).toEqual(status)
    for (const rest of ['', '/oauth/status']) expect((await get(`/v1/scms/github${rest}`)).status).toBe(404)
    expect((await call(sandbox.url, '/v1/scms')).status).toBe(401)
  })
})

describe('secrets', () => {
  let id: string
  let provider: string
  beforeAll(async () => {
    id = (await sandbox.createAlgorithm('demo', 'Secretive')).id
    const [first] = (await get('/v1/secret-provider')).json() as { id: string }[]
    provider = first?.id ?? ''
  })
  const set = (secret_key: string, secret_value: unknown, more: object = {}, as = key) =>
    post(`/v1/algorithms/${id}/secrets`, { secret_key, secret_value, ...more }, as)

  test('go in and never come out', async () => {
    const value = 'hunter2-ünïcode\nsecond line'
    const record = {
      owner_type: 'algorithm',
      owner_id: id,
      short_name: 'Token',
      provider_id: provider,
      description: ' ',
    }
    const stored = await set('TOKEN', value, record)
    expect([stored.status, stored.json()]).toEqual([
      200,
      {
        ...record,
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        secret_key: 'TOKEN',
        created: expect.stringMatching(/\.\d{3}Z$/),
        modified: expect.stringMatching(/\.\d{3}Z$/),
      },
    ])
    const listed = await get(`/v1/algorithms/demo/Secretive/secrets`)
    expect(listed.json()).toEqual({ secrets: [stored.json()] })
    expect(stored.text + listed.text + log.join('\n')).not.toContain('hunter2')
    expect(new Secrets(sandbox.stateDir).variablesOf(id)).toEqual({ TOKEN: value })
  })

  test('are readable by the account that runs the sandbox only', async () => {
    await set('MODE', 'x')
    const secrets = join(sandbox.stateDir, 'secrets')
    const files = await readdir(secrets)
    expect(files).not.toEqual([])
    for (const file of files) expect(statSync(join(secrets, file)).mode & 0o777).toBe(0o600)
  })

  test('are replaced by key', async () => {
    const first = (await set('TWICE', 'one')).json() as { id: string }
    expect((await set('TWICE', 'two')).json()).toMatchObject({ id: first.id })
    expect(new Secrets(sandbox.stateDir).variablesOf(id).TWICE).toBe('two')
  })

  test.each([
    ['PATH', 'x', {}],
    ['PYTHONPATH', 'x', {}],
    ['LD_PRELOAD', 'x', {}],
    ['ALGORITHMIA_API', 'x', {}],
    ['ALGORITHMIA_API_KEY', 'x', {}],
    ['algorithmia_api_key', 'x', {}],
    ['1ST', 'x', {}],
    ['A=B', 'x', {}],
    ['', 'x', {}],
    ['NUL', 'a\0b', {}],
    ['NUMBER', 1, {}],
    ['MISSING', undefined, {}],
    ['LARGE', 'x'.repeat(100_000), {}],
    ['OWNER', 'x', { owner_id: crypto.randomUUID() }],
    ['PROVIDER', 'x', { provider_id: crypto.randomUUID() }],
  ])('named %s are refused when the process could not have them', async (name, value, more) => {
    const answer = await set(name, value, more)
    expect(answer.status).toBe(400)
    expect(new Secrets(sandbox.stateDir).variablesOf(id)).not.toHaveProperty(name || 'x')
  })

  test('belong to those who may manage the algorithm, and go with it', async () => {
    expect((await set('X', 'x', {}, limited)).status).toBe(403)
    expect((await get(`/v1/algorithms/${id}/secrets`, limited)).status).toBe(403)
    expect((await set('X', 'x', {}, 'simBen')).text).toBe('{"error":"No such algorithm"}')
    const { id: other } = await sandbox.createAlgorithm('demo', 'Short_lived')
    await post(`/v1/algorithms/${other}/secrets`, { secret_key: 'K', secret_value: 'short-lived' })
    await call(sandbox.url, `/v1/algorithms/${other}`, { method: 'DELETE', key })
    for (const file of await readdir(join(sandbox.stateDir, 'secrets'))) {
      expect(await readFile(join(sandbox.stateDir, 'secrets', file), 'utf8')).not.toContain('short-lived')
    }
  })
})

describe('the Python client', () => {
  beforeAll(async () => {
    for (const version of pythonClientVersions) await pythonWithClient(version)
  }, 900_000)
  const prologue = (name: string) => `
import subprocess, tempfile
algo = client.algo('demo/${name}')
details = {'label': 'L', 'summary': 'S', 'tagline': 'T'}
settings = {'source_visibility': 'open', 'license': 'mit', 'network_access': 'full', 'pipeline_enabled': True,
            'environment': 'cpu', 'language': 'python3-1'}
`

  test('2.0.5 has all that it asks for', async () => {
    const script = `${prologue('py2')}
result = {'before': algo.exists()}
result['created'] = algo.create(details, settings)['name']
result['after'] = algo.exists()
result['updated'] = algo.update({'label': 'New'}, settings)['id'] == algo.get_algorithm_id()
result['status'] = algo.get_scm_status()
result['secret'] = algo.set_secret('short', 'FROM_PYTHON', 'value').get('secret_value')
result['secrets'] = [s['secret_key'] for s in algo.get_secrets()['secrets']]
result['scms'] = [s['id'] for s in client.scms()['results']]
result['languages'] = [l['name'] for l in client.get_supported_languages()]
environments = {e['display_name']: e for e in client.get_environment('python3')['environments']}
result['environments'] = sorted(environments)
target = tempfile.mkdtemp(dir=${JSON.stringify(folder)})
client.get_template(environments['Python 3.8']['environment_specification_id'], target)
run = [sys.executable, '-c', 'from src.__ALGO__ import apply; print(apply("x"))']
result['template'] = subprocess.run(run, cwd=target, stdin=subprocess.DEVNULL, capture_output=True, text=True).stdout.split('\\n')[-2]
`
    expect(await runPythonClient('2.0.5', { url: sandbox.url, key }, script)).toEqual({
      before: false,
      created: 'py2',
      after: true,
      updated: true,
      status: { scm_connection_status: 'active' },
      secret: null,
      secrets: ['FROM_PYTHON'],
      scms: ['internal'],
      languages: ['python3'],
      environments: ['Python 3.7', 'Python 3.8', 'Python 3.9'],
      template: 'hello x',
    })
  })

  test('1.17.0 creates, updates and looks at an algorithm', async () => {
    const script = `${prologue('py1')}
result = {'created': algo.create(details, settings).name}
result['updated'] = algo.update(dict(details, label='New'), settings).details.label
result['info'] = [algo.info().name, algo.info().settings.license]
result['status'] = algo.get_scm_status().scm_connection_status
result['missing'] = message(lambda: client.algo('demo/nothing').info())
result['twice'] = message(lambda: algo.create(details, settings))
`
    expect(await runPythonClient('1.17.0', { url: sandbox.url, key }, script)).toEqual({
      created: 'py1',
      updated: 'New',
      info: ['py1', 'mit'],
      status: 'active',
      // This client loses the text of the body that another one demands (platform reference §3.2).
      missing: 'AlgorithmException: None',
      twice: expect.stringContaining('already exists'),
    })
  })
})

test.each([
  [['algo://*'], 'demo', 'hello', true],
  [['algo://demo/*'], 'demo', 'hello', true],
  [['algo://demo/*'], 'demo2', 'hello', false],
  [['algo://demo/hello/*'], 'demo', 'hello', true],
  [['algo://demo/hello/*'], 'demo', 'hello2', false],
  [['algo://a/*', 'algo://demo/hello/*'], 'demo', 'hello', true],
  [[], 'demo', 'hello', false],
])('a key for %j and %s/%s: %s', (algorithms, owner, name, may) => {
  expect(mayCall(keyFrom({ algorithms }), owner, name)).toBe(may)
})

test('odd patterns are refused', () => {
  for (const odd of ['*', 'algo://demo', 'algo://*/hello', 'algo://demo/hello', 'algo://demo/hello/1.0.0', 'demo/*']) {
    expect(() => keyFrom({ algorithms: [odd] })).toThrow('algo://<owner>/*')
  }
})

describe('the errors of calls', () => {
  const algorithm = (id: string): Algorithm => ({ ...newAlgorithm({ name: 'Failing' }), id, owner: 'demo' })
  const failed = (requestId: string, message = 'no', type = 'AlgorithmError') => ({
    requestId,
    version: '1.0.0',
    input: 'x'.repeat(40_000),
    caller: 'ben',
    failure: { message, type, trace: '' },
  })
  const idsOf = (errors: RunError[]) => errors.map(({ request_id }) => request_id)
  const fileOf = (id: string) => join(folder, 'errors', `${id}.jsonl`)
  const linesOf = (id: string) => readFileSync(fileOf(id), 'utf8').trim().split('\n')

  test('are the last 200, the newest first, also after the next start', () => {
    const errors = new RunErrors(folder)
    const names = Array.from({ length: 1000 }, (_, index) => `req-${index}`)
    for (const [index, name] of names.entries()) {
      errors.add(algorithm('many'), failed(name))
      const last = names.slice(Math.max(0, index - 199), index + 1).reverse()
      if (index % 99 === 0) expect(idsOf(errors.of('many'))).toEqual(last)
    }
    expect(errors.of('many')).toHaveLength(200)
    expect(new RunErrors(folder).of('many')).toEqual(errors.of('many'))
    expect(linesOf('many').length).toBeLessThanOrEqual(400)
    expect(statSync(fileOf('many')).mode & 0o777).toBe(0o600)
  })

  test('are kept short', () => {
    const errors = new RunErrors(folder)
    errors.add(algorithm('long'), failed('req-1', 'm'.repeat(40_000), 't'.repeat(40_000)))
    const [error] = errors.of('long')
    expect([error?.input, error?.error, error?.error_type].map((text) => text?.length)).toEqual([1000, 2000, 200])
  })

  test('survive a server that was killed while it wrote one', () => {
    new RunErrors(folder).add(algorithm('torn'), failed('req-1'))
    appendFileSync(fileOf('torn'), '\n{"created_at":1,"reque')
    new RunErrors(folder).add(algorithm('torn'), failed('req-2'))
    expect(idsOf(new RunErrors(folder).of('torn'))).toEqual(['req-2', 'req-1'])
  })

  test('go with the algorithm, and a call that ends later leaves none', async () => {
    const errors = new RunErrors(folder)
    errors.add(algorithm('gone'), failed('req-1'))
    errors.remove('gone')
    errors.add(algorithm('gone'), failed('req-2'))
    expect(errors.of('gone')).toEqual([])
    expect(await readdir(join(folder, 'errors'))).not.toContain('gone.jsonl')
  })
})

describe('a README as HTML', () => {
  test('has its headings, tables and code', () => {
    const html = readmeHtml('# Title & more\n\n|a|b|\n|-|-|\n|1|`<x>`|\n\n[link](https://x.org/?a=1&b=2 "t")\n')
    expect(html).toContain('<h1>Title &amp; more</h1>')
    expect(html).toContain('<td><code>&lt;x&gt;</code></td>')
    expect(html).toContain('<a href="https://x.org/?a=1&amp;b=2" title="t">link</a>')
  })

  test.each([
    '<script>alert(1)</script>',
    'text <img src=x onerror=alert(1)> text',
    '<div onclick="alert(1)">\n\n*x*\n\n</div>',
    '[x](javascript:alert(1))',
    '[x](JaVaScRiPt:alert(1))',
    '[x](javascript&colon;alert(1))',
    '[x](javascript&#58;alert(1))',
    '[x](&#x6A;avascript:alert(1))',
    '[x](<java\tscript:alert(1)>)',
    '[x](vbscript:x)',
    '[x](data:text/html,<script>alert(1)</script>)',
    '![x](javascript:alert(1))',
    '![" onerror="alert(1)](x)',
    '[x](https://x.org/"onmouseover="alert(1))',
    '[x](/ "\\" onclick=\\"alert(1)")',
    '<javascript:alert(1)>',
    '[x][y]\n\n[y]: javascript:alert(1)',
    '```"><script>\nx\n```',
  ])('carries nothing out: %s', (markdown) => {
    const html = readmeHtml(markdown)
    // Only tags that come from Markdown remain, with no attributes but these, whose addresses are harmless.
    for (const [tag, attributes = ''] of html.matchAll(/<[a-z]\w*((?:\s[^<>]*)?)>/gi)) {
      expect(tag).toMatch(/^<(p|a|img|em|pre|code|h\d|div)\b/)
      expect(attributes.replaceAll(/ (href|src|alt|title|class)="[^"]*"/g, '').trim()).toBe('')
    }
    for (const [, address = ''] of html.matchAll(/(?:href|src)="([^"]*)"/g)) {
      expect(address).toMatch(/^(#|x|https:\/\/x\.org\/|\/|[^:&]*&amp;|[^:&]*$)/)
      expect(address.replaceAll('&amp;', '')).not.toMatch(/&|^\s*(javascript|vbscript|data):/i)
    }
    expect(html).not.toMatch(/<script|<img src=x/)
  })

  test('is cut when it is long, and says so', () => {
    const html = readmeHtml(`# Title\n\n${'word '.repeat(100_000)}end`)
    expect(html).toMatch(/^<p>Only the first 64000 of 500012 characters are shown\.<\/p>\n<h1>Title<\/h1>/)
    expect(html.length).toBeLessThan(65_000)
    expect(html).not.toContain('end')
  })

  test.each([
    ['quotes in quotes', '> '.repeat(30_000)],
    ['numbers in numbers', '1. '.repeat(20_000)],
    ['emphasis without end', '*a_'.repeat(60_000)],
  ])('is the text itself where it cannot be made: %s', (_case, pattern) => {
    const html = readmeHtml(`${pattern}<script>alert(1)</script>`)
    expect(html).toContain(`<pre>${pattern.slice(0, 5000).replaceAll('>', '&gt;')}`)
    expect(html).not.toContain('<script')
  })
})
