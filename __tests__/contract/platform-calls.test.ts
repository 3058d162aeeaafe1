import { createServer } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import { mask } from '../../src/log.ts'
import { client, dataApi, failureOf, key, platformLab } from '../support/platform-lab.ts'
import type { Step } from '../support/scripted-server.ts'

// Every call of the platform: what is repeated, what ends at once, how it ends, and where the key goes.

const lab = platformLab()
const fine: Step = { body: { fine: true } }

/** A server that takes these steps one after the other, the last one for ever. */
const serveInTurn = (...steps: Step[]) => lab.serve(({ nth }) => steps[Math.min(nth, steps.length - 1)] ?? {})

describe('a call', () => {
  test('carries the key and the body as JSON', async () => {
    const server = await serveInTurn(fine)
    const answer = await client(server.url).postJson('/v1/data/demo', { name: 'models' })
    expect(answer).toMatchObject({ status: 200, body: '{"fine":true}' })
    expect(server.seen).toMatchObject([
      {
        method: 'POST',
        path: '/v1/data/demo',
        body: '{"name":"models"}',
        headers: { authorization: `Simple ${key}`, 'content-type': 'application/json' },
      },
    ])
  })

  test('goes below the path of the configured address', async () => {
    const server = await serveInTurn(fine)
    await client(`${server.url}/cluster/api`).request('GET', '/v1/data/s3+x://bucket/f')
    expect(server.seen.map((request) => request.path)).toEqual(['/cluster/api/v1/data/s3+x://bucket/f'])
  })

  test.each([408, 429, 500, 502, 503, 504])('is repeated after %i', async (status) => {
    const server = await serveInTurn({ status }, { status }, fine)
    expect((await client(server.url).request('GET', '/v1/x')).status).toBe(200)
    expect(server.seen).toHaveLength(3)
    expect(lab.printed()).toContain(`GET /v1/x: answered ${status}; try 3 of 5`)
  })

  test.each([400, 401, 403, 404, 409, 413, 415, 422])('is not repeated after %i', async (status) => {
    const server = await serveInTurn({ status, body: { error: { message: 'no' } } }, fine)
    expect(await client(server.url).request('GET', '/v1/x')).toMatchObject({
      status,
      body: '{"error":{"message":"no"}}',
    })
    expect(server.seen).toHaveLength(1)
  })

  test.each<[string, Step]>([
    ['a reset', { instead: 'reset' }],
    ['a body that is cut', { body: 'x'.repeat(100), cutAfter: 10, end: 'close' }],
    ['a body that is reset', { body: 'x'.repeat(100), cutAfter: 10, end: 'reset' }],
  ])('is repeated after %s', async (_case, step) => {
    const server = await serveInTurn(step, step, fine)
    expect((await client(server.url).request('GET', '/v1/x')).body).toBe('{"fine":true}')
    expect(server.seen).toHaveLength(3)
  })

  test('gives the last answer when all tries got an answer that may pass', async () => {
    const server = await serveInTurn({ status: 503, body: { error: { message: 'maintenance' } } })
    const answer = await client(server.url, { attempts: 3 }).request('GET', '/v1/x')
    expect([answer.status, answer.body, server.seen.length]).toEqual([503, '{"error":{"message":"maintenance"}}', 3])
  })

  test('says how often it was tried when no try got an answer', async () => {
    const server = await serveInTurn({ instead: 'reset' })
    const { message } = await failureOf(client(server.url, { attempts: 3 }).request('GET', '/v1/x'))
    expect(message).toBe(`${server.url} could not be reached: the connection was cut (ECONNRESET) (3 tries)`)
  })

  test.each<[string, Step]>([
    ['never answers', { instead: 'hang' }],
    ['stops in the middle of its answer', { body: 'x'.repeat(100), cutAfter: 10 }],
  ])('ends in time when the server %s', async (_case, step) => {
    const server = await serveInTurn(step)
    const call = client(server.url, { attempts: 2, timeoutMs: 200 }).request('GET', '/v1/x')
    expect((await failureOf(call)).message).toMatch(
      /^http:\S+ could not be reached: there was no answer in time .*tries/,
    )
    expect(server.seen).toHaveLength(2)
  })

  test('ends in time when the answer trickles', async () => {
    // A byte now and then never lets an idle timer run out.
    const dripping = createServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n')
      const timer = setInterval(() => socket.write('x'), 20)
      socket.on('error', () => undefined).on('close', () => clearInterval(timer))
    })
    await new Promise<void>((resolve) => dripping.listen(0, '127.0.0.1', resolve))
    try {
      const { port } = dripping.address() as { port: number }
      const call = client(`http://127.0.0.1:${port}`, { attempts: 1, timeoutMs: 300 }).request('GET', '/v1/x')
      expect((await failureOf(call)).message).toMatch(/no answer in time/)
    } finally {
      dripping.close()
    }
  })
})

describe('Retry-After', () => {
  /** Milliseconds between the first and the second try. */
  async function pauseAfter(value: string, options: Parameters<typeof client>[1] = {}): Promise<number> {
    const server = await serveInTurn({ status: 503, headers: { 'Retry-After': value } }, fine)
    expect((await client(server.url, { firstPauseMs: 1, ...options }).request('GET', '/v1/x')).status).toBe(200)
    const [first, second] = server.seen
    return (second?.at ?? Number.NaN) - (first?.at ?? Number.NaN)
  }

  test('in seconds is honoured', async () => {
    expect(await pauseAfter('1')).toBeGreaterThanOrEqual(990)
  })

  test('as a date is honoured', async () => {
    // Dates of HTTP have no fractions of a second.
    expect(await pauseAfter(new Date(Date.now() + 2000).toUTCString())).toBeGreaterThanOrEqual(900)
  })

  test.each(['86400', new Date(Date.now() + 86_400_000).toUTCString()])('of a day (%s) is cut short', async (value) => {
    expect(await pauseAfter(value, { longestPauseMs: 100 })).toBeLessThan(20_000)
  })

  test.each(['0', '-5', '1.5', 'soon', '', 'Mon, 01 Jan 2001 00:00:00 GMT'])(
    '%j does not shorten the pause',
    async (value) => {
      expect(await pauseAfter(value, { firstPauseMs: 300 })).toBeGreaterThanOrEqual(215)
    },
  )
})

describe('an address where nobody answers', () => {
  test('that refuses connections is named, without the key', async () => {
    const server = await serveInTurn(fine)
    await server.close()
    const { message } = await failureOf(client(server.url, { attempts: 2 }).request('GET', '/v1/x'))
    expect(message).toBe(
      `${server.url} could not be reached: the connection was refused (ECONNREFUSED); check algorithmia_api (2 tries)`,
    )
  })

  test('that does not exist is named, without the key', async () => {
    const { message } = await failureOf(client('http://no-such-host.invalid', { attempts: 2 }).request('GET', '/v1/x'))
    expect(message).toMatch(
      /^http:\/\/no-such-host\.invalid could not be reached: (there is no such host|its name could not be looked up) \(E[A-Z_]+\); check algorithmia_api/,
    )
  })

  test('that speaks another protocol is named', async () => {
    const server = createServer((socket) =>
      socket
        .on('error', () => undefined)
        .resume()
        .end('220 mail.example ESMTP\r\n'),
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    for (const protocol of ['http', 'https']) {
      const url = `${protocol}://127.0.0.1:${port}`
      const { message } = await failureOf(client(url, { attempts: 2 }).request('GET', '/v1/x'))
      expect(message).toMatch(
        new RegExp(`^${url} could not be reached: it does not speak ${protocol} \\([A-Z_]+\\); check algorithmia_api`),
      )
    }
    server.close()
  })
})

describe('a redirect', () => {
  const calls: [string, (url: string) => Promise<unknown>][] = [
    ['call', (url) => client(url).request('GET', '/v1/x')],
    ['size', (url) => client(url).announcedSize('/v1/x')],
    ['download', (url) => dataApi(url).digest({ protocol: 'data', path: 'demo/models/x' })],
  ]
  const cases = calls.flatMap(([name, call]) => [301, 302, 303, 307, 308].map((status) => ({ name, status, call })))

  test.each(cases)('$status of a $name to another origin ends it, and the key stays here', async ({ status, call }) => {
    const other = await serveInTurn(fine)
    const server = await serveInTurn({ status, headers: { Location: `${other.url}/v1/x?token=1` } })
    const { message } = await failureOf(call(server.url))
    expect(message).toContain(`redirect to ${other.url}/v1/x. `)
    expect(message).toContain('algorithmia_api')
    expect([server.seen.length, other.seen.length]).toEqual([1, 0])
  })

  test.each(cases)('$status of a $name to the same origin ends it too', async ({ status, call }) => {
    const server = await lab.serve(({ path }) =>
      path === '/elsewhere' ? fine : { status, headers: { Location: '/elsewhere' } },
    )
    expect((await failureOf(call(server.url))).message).toContain('algorithmia_api')
    expect(server.seen).toHaveLength(1)
  })
})

describe('a proxy of the environment', () => {
  test('is used', async () => {
    const proxy = await serveInTurn(fine)
    process.env.HTTP_PROXY = proxy.url
    await client('http://api.algorithmia.invalid').request('GET', '/v1/x')
    expect(proxy.seen).toMatchObject([
      { path: 'http://api.algorithmia.invalid/v1/x', headers: { host: 'api.algorithmia.invalid' } },
    ])
  })

  test('is not used for hosts in NO_PROXY', async () => {
    const proxy = await serveInTurn(fine)
    const server = await serveInTurn(fine)
    Object.assign(process.env, { HTTP_PROXY: proxy.url, NO_PROXY: '127.0.0.1' })
    await client(server.url).request('GET', '/v1/x')
    expect([proxy.seen.length, server.seen.length]).toEqual([0, 1])
  })
})

test('a server that repeats the key in its error cannot make us repeat it', async () => {
  mask(key)
  const server = await serveInTurn({ status: 403, body: { error: { message: `no rights for ${key}` } } })
  const { message } = await failureOf(dataApi(server.url).findCollection({ protocol: 'data', path: 'demo/models' }))
  expect(message).toContain('no rights for ***')
})
