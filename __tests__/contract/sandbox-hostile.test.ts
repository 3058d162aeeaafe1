import { readdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { rawErrorResponse } from '../../sandbox/http/error-replies.ts'
import { type Sandbox, startSandbox } from '../../sandbox/server.ts'
import { call, type HttpAnswer, type HttpCall } from '../support/http-call.ts'
import { until } from '../support/until.ts'

const secrets = {
  anna: 'simAnnaOwnsTheSecrets',
  ben: 'simBenIsCurious',
  admin: 'simBenAdministers',
  passwordOfAnna: 'annas password',
  passwordOfBen: 'bens password',
  content: 'the secret content',
}
const methods = ['GET', 'HEAD', 'PUT', 'POST', 'PATCH', 'DELETE']

let sandbox: Sandbox
let host: { host: string; port: number }
const log: string[] = []

beforeAll(async () => {
  sandbox = await startSandbox({
    users: [
      { name: 'anna', password: secrets.passwordOfAnna, keys: [{ key: secrets.anna }] },
      {
        name: 'ben',
        password: secrets.passwordOfBen,
        keys: [{ key: secrets.ben }, { key: secrets.admin, admin: true }],
      },
    ],
    log: (line) => log.push(line),
  })
  host = { host: '127.0.0.1', port: Number(new URL(sandbox.url).port) }
  for (const [name, read] of [
    ['secret', []],
    ['default', ['algo://.my/*']],
  ]) {
    await as(secrets.anna, 'POST', '/v1/data/anna', { body: JSON.stringify({ name, acl: { read } }) })
    await as(secrets.anna, 'PUT', `/v1/data/anna/${name}/f`, { body: secrets.content })
  }
  await as(secrets.ben, 'POST', '/v1/data/ben', { body: 'c' })
  await sandbox.createAlgorithm('anna', 'Guarded')
  await sandbox.createAlgorithm('ben', 'Mine')
})

const as = (key: string | undefined, method: string, path: string, options: HttpCall = {}) =>
  call(sandbox.url, path, { method, ...(key !== undefined && { key }), ...options })

const basic = (user: string, secret: string) => `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`

/** What may stand nowhere: secrets, in clear or as git sends them, folders of this machine and stacks. */
function leaks(seen: string): string[] {
  const hidden = [...Object.values(secrets), sandbox.stateDir, basic('ben', secrets.ben), 'node_modules', '\n    at ']
  return hidden.filter((part) => seen.includes(part))
}

/** An answer that says what is wrong, in the form that clients read, and nothing else. */
function expectRefusal(answer: HttpAnswer, method: string, statuses: number[]): void {
  expect(statuses).toContain(answer.status)
  expect(answer.headers['x-error-message']).toBeTruthy()
  if (method === 'HEAD') expect(answer.text).toBe('')
  else
    expect(answer.json()).toEqual({
      error: { message: expect.any(String), id: expect.any(String), code: expect.any(Number) },
    })
  expect(leaks(`${answer.text} ${JSON.stringify(answer.headers)}`)).toEqual([])
}

/** Everything that the server keeps, with the contents. */
function everything(): string[] {
  const files = readdirSync(sandbox.stateDir, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  return files
    .map(({ parentPath, name }) => `${parentPath}/${name} ${readFileSync(join(parentPath, name), 'latin1')}`)
    .sort()
}

/** Sends bytes as they are, and gives what comes back until the server closes. */
async function raw(...parts: (string | Buffer)[]): Promise<string> {
  const socket = connect(host)
  for (const part of parts) socket.write(part)
  return await text(socket)
}

/** The answers in a stream of them, each as its status and body. */
function answersIn(stream: string): { status: number; body: string }[] {
  return stream.split(/(?=HTTP\/1\.1 \d{3} )/).map((answer) => ({
    status: Number(answer.slice(9, 12)),
    body: answer.slice(answer.indexOf('\r\n\r\n') + 4),
  }))
}

afterAll(async () => {
  try {
    // Whatever was sent, the server never failed, and what was private is as it was.
    expect(log.filter((line) => /^(internal error|git failed)/.test(line))).toEqual([])
    expect(log.filter((line) => leaks(line).length > 0)).toEqual([])
    expect((await as(secrets.anna, 'GET', '/v1/data/anna/secret/f')).text).toBe(secrets.content)
    expect((await as(secrets.anna, 'GET', '/v1/data/anna/secret?acl=true')).json()).toMatchObject({
      files: [{ filename: 'f' }],
      acl: { read: [] },
    })
  } finally {
    await sandbox.close()
  }
})

const withBody = (method: string): HttpCall => (['PUT', 'POST', 'PATCH'].includes(method) ? { body: 'x' } : {})

describe('a path that leads elsewhere', () => {
  const targets = ['anna/secret/f', 'users.json', 'etc/passwd']
  const ways = [
    ...['..', '.', '....', '..;', '..\\..', '%2e%2e', '.%2E', '%252e%252e', '..%5c..', '%00', '..%00', '..%0d%0a'],
    // Dots in overlong UTF-8, and their double width.
    ...['%c0%ae%c0%ae', '%e0%80%ae', '%EF%BC%8E%EF%BC%8E'],
  ]
  const bases = [
    ...['/', '/v1/', '/v1/data/', '/v1/data/ben/', '/v1/data/.my/', '/v1/data/.algo/', '/v1/data/.session/'],
    ...['/v1/data/data://', '/v1/data/data://ben/', '/v1/data/file://', '/v1/connector/', '/v1/connector/data/ben/'],
  ]

  test.each(bases)('from %s reaches nothing and changes nothing', async (base) => {
    const before = everything()
    for (const way of ways) {
      const paths = targets.flatMap((target) =>
        ['/', '%2F', '%252F'].map((slash) => `${base}${[way, way, target].join('/').replaceAll('/', slash)}`),
      )
      for (const method of methods) {
        const answers = await Promise.all(paths.map((path) => as(secrets.ben, method, path, withBody(method))))
        for (const answer of answers) expectRefusal(answer, method, [400, 403, 404, 501])
      }
    }
    expect(everything()).toEqual(before)
  })

  test.each([
    '/v1/data/ben/c/data://anna/secret/f',
    '/v1/connector/data/data://anna/secret/f',
    '/v1/connector/data/data:%2F%2Fanna%2Fsecret%2Ff',
    '/v1/data/s3://data://anna/secret/f',
    '/v1/data/file:///etc/passwd',
    '/v1/data//etc/passwd',
    '/v1/data/%2Fetc%2Fpasswd',
    '/v1/connector/file/etc/passwd',
    '/v1/connector/%2e%2e/data/anna/secret/f',
    '/v1/data/.algo/anna/secret/perm/f',
    '/v1/data/.algo/anna/Guarded/temp/f',
    '/v1/data/.my%00/secret/f',
    '/v1/data/.MY/secret/f',
    '/v1/data/Anna/secret/f',
    '/v1/data/anna /secret/f',
    '/v1/data/__proto__/constructor/f',
    '/v1/data/constructor/prototype/toString',
    '//v1/data/anna/secret/f',
    '/V1/DATA/anna/secret/f',
    '/v1/data;/anna/secret/f',
    '/v1/./data/anna/secret/f',
  ])('or is spelt oddly is refused: %s', async (path) => {
    const before = everything()
    for (const method of methods) {
      const answer = await as(secrets.ben, method, path.replaceAll(' ', '%20'), withBody(method))
      expectRefusal(answer, method, [400, 403, 404, 501])
    }
    expect(everything()).toEqual(before)
  })

  test('but is the name of a file stays a name', async () => {
    for (const name of ['%2e%2e', '..\\..\\users.json', '.%2Fx', '__proto__', 'constructor', '....', '.. ', 'file:']) {
      const path = `/v1/data/ben/c/${encodeURIComponent(name)}`
      expect((await as(secrets.ben, 'PUT', path, { body: name })).json()).toEqual({ result: `data://ben/c/${name}` })
      expect((await as(secrets.ben, 'GET', path)).text).toBe(name)
      expect((await as(secrets.ben, 'DELETE', path)).status).toBe(200)
    }
    expect((await as(secrets.ben, 'GET', '/v1/data/ben/c')).text).toBe('{}')
  })

  test.each([
    '/git/ben/..%5cMine.git/info/refs?service=git-upload-pack',
    '/git/ben/%252e%252e%252fMine.git/info/refs?service=git-upload-pack',
    '/git/ben/Mine.git/%2e%2e/%2e%2e/users.json',
    '/git/ben/Mine.git/objects/../../../users.json',
    '/git/ben//etc/passwd.git/info/refs?service=git-upload-pack',
    '/git/ben/data://anna/Guarded.git/info/refs?service=git-upload-pack',
    '/git/ben/Mine.git/info/refs/?service=git-upload-pack',
    '/git/ben/Mine.git/info/refs?service=git-upload-pack%00',
    '/git/ben/Mine.git/info/refs?service=../git-upload-pack',
    '/git/.my/Mine.git/info/refs?service=git-upload-pack',
    '/git/__proto__/constructor.git/info/refs?service=git-upload-pack',
    '/git/ben/Mine.git/git-upload-archive',
    '/git/ben/Mine.git/hooks/post-receive',
    '/git/ben/Mine.git/config%00',
  ])('in a git address is refused: %s', async (path) => {
    const key = basic('ben', secrets.ben)
    for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
      const answer = await as(key, method, path, withBody(method))
      expect([400, 404]).toContain(answer.status)
      expect([answer.text.length > 0, leaks(answer.text)]).toEqual([true, []])
    }
  })
})

describe('the private data of another account', () => {
  const owners = [
    '/v1/data/anna',
    '/v1/data/%61nna',
    '/v1/data/data://anna',
    '/v1/connector/data/anna',
    '/v1/data//anna/',
  ]

  test.each(owners)('is closed to every operation at %s', async (owner) => {
    const before = everything()
    const publicAcl = '{"acl":{"read":["user://*"]}}'
    for (const collection of ['secret', 'default']) {
      for (const [method, path, body] of [
        ['GET', `${owner}/${collection}/f`],
        ['HEAD', `${owner}/${collection}/f`],
        ['GET', `${owner}/${collection}/missing`],
        ['GET', `${owner}/${collection}?acl=true`],
        ['HEAD', `${owner}/${collection}`],
        ['PUT', `${owner}/${collection}/f`, 'mine'],
        ['PUT', `${owner}/${collection}/new`, 'mine'],
        ['DELETE', `${owner}/${collection}/f`],
        ['DELETE', `${owner}/${collection}?force=true`],
        ['PATCH', `${owner}/${collection}`, publicAcl],
        ['POST', owner, `{"name":"${collection}","acl":{"read":[]}}`],
        ['POST', owner, '{"name":"planted"}'],
      ] as const) {
        const sent = body === undefined ? {} : { body }
        expectRefusal(await as(secrets.ben, method, path, sent), method, [403])
        expectRefusal(await as(undefined, method, path, sent), method, [401])
      }
    }
    expect((await as(secrets.ben, 'GET', owner)).text).toBe('{}')
    expect(everything()).toEqual(before)
  })

  test('does not show in what one may list', async () => {
    for (const path of ['/v1/data', '/v1/data/.my', '/v1/hostedData']) {
      const { status, text } = await as(secrets.ben, 'GET', path)
      expect([path, status, text.includes('anna'), text.includes('secret')]).toEqual([path, 200, false, false])
    }
  })
})

describe('a key that is missing, wrong, or for something else', () => {
  const keys: [string, string | undefined, number][] = [
    ['no key', undefined, 401],
    ['an unknown key', 'simUnknown', 401],
    ['the beginning of a key', secrets.anna.slice(0, -1), 401],
    ['a key and more', `${secrets.anna}x`, 401],
    ['a key in another case', secrets.anna.toLowerCase(), 401],
    ['two keys', `${secrets.anna}, ${secrets.anna}`, 401],
    ['the name of a scheme', 'Simple', 401],
    ['an unknown scheme', `Digest ${secrets.anna}`, 401],
    ['the credentials of git', basic('anna', secrets.anna), 401],
    ['a password', secrets.passwordOfAnna, 401],
    ['a very long key', 'x'.repeat(8000), 401],
    ['the key of an administrator', secrets.admin, 403],
  ]
  const routes = [
    ...['/v1/data', '/v1/data/anna', '/v1/data/anna/secret', '/v1/data/anna/secret/f', '/v1/data/.my/c/f'].flatMap(
      (path) => methods.map((method) => [method, path] as const),
    ),
    ...methods.map((method) => [method, '/v1/connector/data/anna/secret/f'] as const),
    ...methods.map((method) => [method, '/v1/data/.algo/anna/Guarded/perm/f'] as const),
    ...methods.map((method) => [method, '/v1/data/s3://bucket/key'] as const),
    ['GET', '/v1/hostedData'] as const,
    ['POST', '/v1/algorithms/anna'] as const,
    ...['GET', 'DELETE'].map((method) => [method, '/v1/algorithms/anna/Guarded'] as const),
  ]

  test.each(keys)('%s opens no route of the API', async (_case, key, status) => {
    const before = everything()
    for (const [method, path] of routes) {
      expectRefusal(await as(key, method, path, withBody(method)), method, [status])
    }
    expect(everything()).toEqual(before)
  })

  test.each([
    // With a name and a key git's own way in is open.
    ...keys.filter(([name]) => name !== 'the credentials of git').map(([name, key]) => [name, key] as const),
    ['the key of an administrator as a password', basic('ben', secrets.admin)],
    ['the key of another account', basic('anna', secrets.ben)],
    ['nothing as a password', basic('anna', '')],
    ['no password', `Basic ${Buffer.from('anna').toString('base64')}`],
  ])('%s opens no repository', async (_case, key) => {
    const service = 'service=git-receive-pack'
    for (const [method, path] of [
      ['GET', `/git/anna/Guarded.git/info/refs?${service}`],
      ['GET', '/git/ben/Mine.git/info/refs?service=git-upload-pack'],
      ['POST', '/git/anna/Guarded.git/git-upload-pack'],
      ['POST', '/git/ben/Mine.git/git-receive-pack'],
    ] as const) {
      const answer = await as(key, method, path, withBody(method))
      expect([answer.status, answer.text]).toEqual([
        401,
        expect.stringMatching(/^(Authentication required|Invalid .*)\n$/),
      ])
    }
  })
})

describe('a body that is not what it should be', () => {
  const deep = '['.repeat(500_000)
  test.each([
    ['half an object', '{"name":'],
    ['an object and more', '{"name":"a"}}'],
    ['a list', '["a"]'],
    ['a deep list', deep],
    ['a deep object', '{"a":'.repeat(100_000)],
    ['bytes', Buffer.from([0x7b, 0xff, 0xfe, 0x00])],
    ['JavaScript', '{name:"a"}'],
    ['a comment', '{"name":"a"} // x'],
  ])('makes nothing: %s', async (_case, body) => {
    const before = everything()
    for (const [method, path] of [
      ['POST', '/v1/data/ben'],
      ['PATCH', '/v1/data/ben/c'],
      ['POST', '/v1/algorithms/ben'],
    ] as const) {
      const answer = await as(secrets.ben, method, path, { body })
      expectRefusal(answer, method, [400])
      expect(answer.json()).toMatchObject({ error: { code: 2013 } })
    }
    expect(everything()).toEqual(before)
  })

  test.each([
    ['a name that is an object', '{"name":{"toString":"x"}}'],
    ['a name that is a list', '{"name":["a"]}'],
    ['a name out of the prototype', '{"__proto__":{"name":"a"}}'],
    ['a name that leads up', '{"name":".."}'],
    ['a name with a line end', '{"name":"a\\r\\nX-Evil: 1"}'],
    ['a name that no URL can hold', '{"name":"\\ud800"}'],
    ['an ACL that is a text', '{"name":"a","acl":"user://*"}'],
    ['an ACL with two readers', '{"name":"a","acl":{"read":["user://*","algo://.my/*"]}}'],
    ['an ACL for writers', '{"name":"a","acl":{"write":["user://*"]}}'],
  ])('creates no collection: %s', async (_case, body) => {
    const before = everything()
    expectRefusal(await as(secrets.ben, 'POST', '/v1/data/ben', { body }), 'POST', [400])
    expect(everything()).toEqual(before)
  })

  test.each([
    ['with a length', {}],
    ['in chunks', { 'transfer-encoding': 'chunked' }],
  ])('is not read beyond a mebibyte, %s', async (_case, headers) => {
    const body = ' '.repeat(1024 * 1024 + 1)
    for (const [method, path] of [
      ['POST', '/v1/data/ben'],
      ['PATCH', '/v1/data/ben/c'],
      ['POST', '/v1/algorithms/ben'],
    ] as const) {
      expectRefusal(await as(secrets.ben, method, path, { body, headers }), method, [413])
    }
  })
})

describe('a connection', () => {
  const head = (method: string, path: string, ...headers: string[]) =>
    [`${method} ${path} HTTP/1.1`, 'Host: x', `Authorization: ${secrets.ben}`, ...headers, '', ''].join('\r\n')

  function expectProblem(answer: { status: number; body: string } | undefined, status: number): void {
    expect(answer?.status).toBe(status)
    expect(JSON.parse(answer?.body ?? '')).toMatchObject({ error: { message: expect.any(String) } })
    expect(leaks(answer?.body ?? '')).toEqual([])
  }

  test.each([
    ['one header', [`X-Large: ${'x'.repeat(100_000)}`]],
    ['many headers', Array.from({ length: 5000 }, (_, index) => `X-${index}: value`)],
    ['a key', [`Authorization: ${'x'.repeat(20_000)}`]],
  ])('with too much in %s gets 431', async (_case, headers) => {
    expectProblem(answersIn(await raw(head('PUT', '/v1/data/ben/c/f', ...headers)))[0], 431)
  })

  test.each([
    ['garbage', 'GARBAGE\r\n\r\n'],
    ['the greeting of TLS', Buffer.from('16030100c8010000c40303', 'hex')],
    ['the greeting of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['a version that is none', 'GET / HTTP/9.9\r\nHost: x\r\n\r\n'],
    ['a header without a colon', 'GET / HTTP/1.1\r\nHost x\r\n\r\n'],
    ['a folded key', `GET /v1/data HTTP/1.1\r\nHost: x\r\nAuthorization:\r\n ${secrets.ben}\0\r\n\r\n`],
    ['two lengths', head('PUT', '/v1/data/ben/c/f', 'Content-Length: 1', 'Content-Length: 2')],
    ['a length below zero', head('PUT', '/v1/data/ben/c/f', 'Content-Length: -1')],
    ['a length and chunks', head('PUT', '/v1/data/ben/c/f', 'Content-Length: 1', 'Transfer-Encoding: chunked')],
    ['an unknown coding', head('PUT', '/v1/data/ben/c/f', 'Transfer-Encoding: chunked, magic')],
    ['a chunk that is none', `${head('PUT', '/v1/data/ben/c/f', 'Transfer-Encoding: chunked')}zz\r\n`],
    ['a NUL in the address', head('GET', '/v1/data/\0')],
    ['a line end in the address', head('GET', '/v1/data/\n/x')],
  ])('that begins with %s gets 400', async (_case, sent) => {
    expectProblem(answersIn(await raw(sent))[0], 400)
    expect((await as(secrets.ben, 'HEAD', '/v1/data/ben/c/f')).status).toBe(404)
  })

  test('that continues with garbage has its answers and then 400', async () => {
    const put = (name: string) => `${head('PUT', `/v1/data/ben/c/${name}`, 'Content-Length: 1')}x`
    const socket = connect(host)
    socket.write(put('first'))
    await until(() => socket.bytesRead > 0)
    socket.write(`${put('second')}${'\0'.repeat(1000)}\r\n\r\n`)
    const answers = answersIn(await text(socket))
    expect(answers[0]).toEqual({ status: 200, body: '{"result":"data://ben/c/first"}' })
    expectProblem(answers.at(-1), 400)
    await as(secrets.ben, 'DELETE', '/v1/data/ben/c?force=true')
    await as(secrets.ben, 'POST', '/v1/data/ben', { body: 'c' })
  })

  test('that pipelines good requests has all answers in order', async () => {
    const requests = ['/v1/data', '/v1/data/ben', '/v1/data/anna/secret/f', '/v1/nothing', '/v1/data/%zz']
    const last = head('GET', '/', 'Connection: close')
    const answers = answersIn(await raw(`${requests.map((path) => head('GET', path)).join('')}${last}`))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 403, 501, 400, 200])
  })

  test('with an unknown method or upgrade gets an answer, or is closed', async () => {
    for (const method of ['TRACE', 'PROPFIND', 'OPTIONS', 'PURGE']) {
      const [answer] = answersIn(await raw(head(method, '/v1/data', 'Connection: close')))
      expectProblem(answer, 501)
    }
    expect(await raw(head('CONNECT', 'example.com:443'))).toBe('')
    const upgrade = head('GET', '/v1/data', 'Connection: upgrade, close', 'Upgrade: websocket')
    expect(answersIn(await raw(upgrade))[0]?.status).toBe(200)
  })

  test('through a proxy names the same things, and shows no key in the log', async () => {
    const address = `http://ben:${secrets.ben}@sandbox.example/v1/data`
    const answers = answersIn(
      await raw(head('GET', address), head('GET', `${address}/anna/secret/f`, 'Connection: close')),
    )
    expect(answers[0]).toEqual({ status: 200, body: '{"folders":[{"name":"ben"}]}' })
    expectProblem(answers[1], 403)
  })

  test('that is not HTTP is closed even if the client keeps its end open', async () => {
    const socket = connect({ ...host, allowHalfOpen: true })
    const refused = new Promise<unknown>((resolve) => socket.on('error', resolve))
    socket.write('GARBAGE\r\n\r\n')
    expectProblem(answersIn(await text(socket))[0], 400)
    const writing = setInterval(() => socket.write('x'), 50)
    expect(await refused).toMatchObject({ code: expect.stringMatching(/ECONNRESET|EPIPE/) })
    clearInterval(writing)
  })

  const blobs = () => readdirSync(join(sandbox.stateDir, 'blobs')).length
  /** Both of anna; whatever else comes is on its way out. */
  const stored = 2

  test('cut at any byte of an upload leaves nothing', async () => {
    await until(() => blobs() === stored)
    const before = everything()
    const logged = log.length
    const put = head('PUT', '/v1/data/ben/c/cut', 'Content-Length: 100')
    const chunked = head('PUT', '/v1/data/ben/c/cut', 'Transfer-Encoding: chunked')
    const cuts = [
      { sent: `${put}${'x'.repeat(99)}`, headers: put.length },
      { sent: `${chunked}5\r\nhello\r\n`, headers: chunked.length },
    ].flatMap(({ sent, headers }) =>
      Array.from(sent, (_, index) => ({ part: sent.slice(0, index + 1), whole: index + 1 >= headers })),
    )
    for (const closing of ['destroy', 'resetAndDestroy'] as const) {
      await Promise.all(
        cuts.map(async ({ part }) => {
          const socket = connect(host)
          socket.on('error', () => undefined)
          await new Promise<void>((resolve) => socket.write(part, () => resolve()))
          socket[closing]()
        }),
      )
    }
    // What a reset takes back the server may never see; the others it has to notice.
    const noticed = () => log.slice(logged).filter((line) => line === 'PUT /v1/data/ben/c/cut: the client left').length
    await until(() => noticed() >= cuts.filter(({ whole }) => whole).length)
    await until(() => everything().join() === before.join())
    expect((await as(secrets.ben, 'HEAD', '/v1/data/ben/c/cut')).status).toBe(404)
  })

  test('by the hundred that says nearly nothing keeps nobody else waiting', async () => {
    const slowHeader = 'GET /v1/data HTTP/1.1\r\nHost: x\r\nX-Slow: '
    const slowBody = head('PUT', '/v1/data/ben/c/slow', 'Content-Length: 1000000')
    const sockets = ['', 'G', slowHeader, slowBody].flatMap((start) =>
      Array.from({ length: 100 }, () => {
        const socket = connect(host)
        socket.on('error', () => undefined).write(start)
        return { socket, continues: start.length > 1 }
      }),
    )
    await until(() => blobs() === stored + 100)
    for (let round = 0; round < 20; round += 1) {
      for (const { socket, continues } of sockets) if (continues) socket.write('x')
      expect((await as(secrets.ben, 'PUT', '/v1/data/ben/c/quick', { body: 'x' })).status).toBe(200)
      expect((await as(secrets.ben, 'GET', '/v1/data/ben/c/quick')).text).toBe('x')
    }
    await as(secrets.ben, 'DELETE', '/v1/data/ben/c/quick')
    for (const { socket } of sockets) socket.destroy()
    await until(() => blobs() === stored)
    expect((await as(secrets.ben, 'HEAD', '/v1/data/ben/c/slow')).status).toBe(404)
  })

  test('that took too long for its headers gets 408', () => {
    expectProblem(answersIn(rawErrorResponse('ERR_HTTP_REQUEST_TIMEOUT'))[0], 408)
  })
})

describe('a git client', () => {
  const key = basic('ben', secrets.ben)
  const zero = '0'.repeat(40)
  const line = (content: string) => `${(content.length + 4).toString(16).padStart(4, '0')}${content}`
  const post = (service: string, body: string | Buffer, headers: Record<string, string> = {}) =>
    as(key, 'POST', `/git/ben/Mine.git/${service}`, {
      body,
      headers: { 'content-type': `application/x-${service}-request`, ...headers },
    })
  const refs = () => readdirSync(sandbox.repositoryPath('ben', 'Mine'), { recursive: true }).sort()

  test.each([
    ['nothing', ''],
    ['garbage', 'garbage'.repeat(10_000)],
    ['a length that is none', 'zzzz'],
    ['a length that is too large', 'fff0x'],
    ['half a line', '0100want '],
    ['an object that is not there', `${line(`want ${'1'.repeat(40)}\n`)}00000009done\n`],
    ['no pack', `${line(`${zero} ${'1'.repeat(40)} refs/heads/x\0 report-status`)}0000`],
    ['a pack that is none', `${line(`${zero} ${'1'.repeat(40)} refs/heads/x\0 report-status`)}0000PACKgarbage`],
    ['a ref that leads up', `${line(`${zero} ${'1'.repeat(40)} refs/heads/../../../x\0 report-status`)}0000`],
    ['a ref that is a file', `${line(`${zero} ${'1'.repeat(40)} config\0 report-status`)}0000`],
  ])('that sends %s changes nothing and learns nothing', async (_case, body) => {
    const before = refs()
    for (const service of ['git-upload-pack', 'git-receive-pack']) {
      for (const sent of [post(service, body), post(service, gzipSync(body), { 'content-encoding': 'gzip' })]) {
        expect(leaks((await sent).text)).toEqual([])
      }
    }
    expect(refs()).toEqual(before)
  })

  test('that sends what is not compressed as if it were gets an answer', async () => {
    for (const service of ['git-upload-pack', 'git-receive-pack']) {
      expect(leaks((await post(service, 'garbage', { 'content-encoding': 'gzip' })).text)).toEqual([])
    }
  })

  test('that asks for two services gets the one that was checked', async () => {
    const path = '/git/ben/Mine.git/info/refs?service=git-upload-pack&service=git-receive-pack'
    const answer = await as(key, 'GET', path)
    expect([answer.status, answer.headers['content-type']]).toEqual([
      200,
      'application/x-git-upload-pack-advertisement',
    ])
  })
})
