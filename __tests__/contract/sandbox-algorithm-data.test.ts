import { readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import Fastify, { type FastifyInstance } from 'fastify'
import type { Session } from '../../sandbox/accounts/auth.ts'
import { newApiKey } from '../../sandbox/accounts/keys.ts'
import { Users } from '../../sandbox/accounts/users.ts'
import { type Algorithm, newAlgorithm } from '../../sandbox/algorithms/algorithm.ts'
import { Connectors } from '../../sandbox/connectors/store.ts'
import { dataRoutes } from '../../sandbox/hosted-data/routes.ts'
import { HostedData } from '../../sandbox/hosted-data/store.ts'
import { installErrorReplies } from '../../sandbox/http/error-replies.ts'
import { call, type HttpCall } from '../support/http-call.ts'
import { until } from '../support/until.ts'

// The hosted data as running algorithms see it. Keys are lent by hand here, in place of the processes that use them.

const hour = 60 * 60 * 1000
const keys = { anna: 'simAnna', ben: 'simBen', limited: 'simBenNoData' }

let folder: string
let app: FastifyInstance
let url: string
let data: HostedData
let users: Users
let clock: number

async function start(): Promise<void> {
  users = new Users(folder, [
    { name: 'anna', keys: [{ key: keys.anna }] },
    { name: 'ben', keys: [{ key: keys.ben }, { key: keys.limited, data: 'none' }] },
  ])
  data = new HostedData(folder, () => clock)
  app = Fastify({ exposeHeadRoutes: false })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))
  installErrorReplies(app, () => undefined)
  const connectors = new Connectors(folder, users, [{ name: 's3', access: 'read-write' }])
  dataRoutes(app, { data, users, connectors })
  url = await app.listen({ host: '127.0.0.1', port: 0 })
}

beforeEach(async () => {
  clock = Date.now()
  folder = await mkdtemp(join(tmpdir(), 'sandbox-algorithm-data-'))
  await start()
})
afterEach(async () => {
  await app.close()
  await rm(folder, { recursive: true, force: true })
})

const algorithm = (owner: string, name: string): Algorithm => ({
  ...newAlgorithm({ name }),
  id: crypto.randomUUID(),
  owner,
})
const session = (): Session => ({ id: `rses-${crypto.randomUUID()}`, nested: 0, isOver: false })

/** The key of an algorithm that runs for a user; without a session it is loading. */
function running(algorithm: Algorithm, user: 'anna' | 'ben', session?: Session): string {
  const record = users.named(user)
  if (!record) throw new Error(`There is no ${user}`)
  const key = newApiKey()
  const call = session && { requestId: `req-${crypto.randomUUID()}`, session, insights: {} }
  const rights = { key, data: 'read-write' as const, manage: false, algorithms: ['algo://*'], admin: false }
  users.lend(key, { user: record, key: rights, process: { algorithm, call } })
  return key
}

const as = (key: string | undefined, method: string, path: string, options: HttpCall = {}) =>
  call(url, `/v1/data/${path}`, { method, ...(key !== undefined && { key }), ...options })
const put = async (key: string, path: string, body: string) => (await as(key, 'PUT', path, { body })).json()
const status = async (key: string | undefined, method: string, path: string) =>
  (await as(key, method, path, method === 'PUT' ? { body: 'x' } : {})).status
const blobs = () => readdirSync(join(folder, 'blobs'))

const echo = algorithm('anna', 'Echo')
const other = algorithm('anna', 'Other')

test('a data connector is read through the algorithms of its owner, and written only by the owner', async () => {
  expect(await put(keys.anna, 's3://bucket/deep/model', 'content')).toEqual({ result: 's3://bucket/deep/model' })
  const forBen = running(echo, 'ben', session())
  expect((await as(forBen, 'GET', 's3://bucket/deep/model')).text).toBe('content')
  expect(await status(forBen, 'GET', 's3://bucket/deep')).toBe(200)
  expect(await status(forBen, 'PUT', 's3://bucket/deep/model')).toBe(403)
  expect(await status(forBen, 'DELETE', 's3://bucket/deep/model')).toBe(403)
  const bens = algorithm('ben', 'Foreign')
  expect(await status(running(bens, 'ben', session()), 'GET', 's3://bucket/deep/model')).toBe(400)
  // As with .my, an algorithm has what its caller has.
  expect(await status(running(bens, 'anna', session()), 'PUT', 's3://bucket/deep/model')).toBe(200)
})

describe('the scratch space of a session', () => {
  test('holds files that all algorithms of the session share, and no other session sees', async () => {
    const one = session()
    const first = running(echo, 'ben', one)
    const nested = running(other, 'ben', one)
    expect((await as(first, 'GET', '.session/')).text).toBe('{}')
    expect(await put(first, '.session/a%20b', 'content')).toEqual({ result: 'data://.session/a b' })
    expect((await as(nested, 'GET', '.session/a%20b')).text).toBe('content')
    const head = await as(nested, 'HEAD', '.session/a%20b')
    expect([head.status, head.headers['x-data-type'], head.headers['content-length']]).toEqual([200, 'file', '7'])
    const listing = await as(nested, 'GET', '.session?acl=true')
    expect([listing.headers['x-data-type'], listing.json()]).toEqual([
      'directory',
      { files: [{ filename: 'a b', size: 7, last_modified: expect.stringMatching(/\.000Z$/) }] },
    ])
    const stranger = running(echo, 'ben', session())
    expect((await as(stranger, 'GET', '.session')).text).toBe('{}')
    expect(await status(stranger, 'GET', '.session/a%20b')).toBe(404)
    expect((await as(nested, 'DELETE', '.session/a%20b')).text).toBe('{"result":{"deleted":1}}')
    expect(await status(first, 'GET', '.session/a%20b')).toBe(404)
  })

  test('is only there while a call runs', async () => {
    for (const key of [keys.ben, running(echo, 'ben')]) {
      for (const method of ['GET', 'HEAD', 'PUT', 'DELETE']) {
        const answer = await as(key, method, '.session/f', method === 'PUT' ? { body: 'x' } : {})
        expect([method, answer.status]).toEqual([method, 400])
        expect(answer.headers['x-error-message']).toContain('from inside a running algorithm')
      }
    }
    expect(await status(undefined, 'GET', '.session/f')).toBe(401)
    expect(await status(keys.limited, 'GET', '.session/f')).toBe(403)
  })

  test('is gone with the session, and with it an upload that was under way', async () => {
    const one = session()
    const key = running(echo, 'ben', one)
    await put(key, '.session/f', 'content')
    const { hostname, port } = new URL(url)
    const headers = { authorization: key, 'content-length': '6' }
    const path = '/v1/data/.session/late'
    const late = request({ hostname, port, path, method: 'PUT', headers, agent: false })
    const answered = new Promise<number>((resolve) => late.on('response', (answer) => resolve(answer.statusCode ?? 0)))
    late.write('abc')
    await until(() => blobs().length === 2)
    await data.endSession(one.id)
    late.end('def')
    expect(await answered).toBe(404)
    expect(blobs()).toEqual([])
    expect(readdirSync(join(folder, 'collections'))).toEqual([])
    await data.endSession(one.id)
  })

  test('does not outlive a server that was killed', async () => {
    const one = session()
    await put(running(echo, 'ben', one), '.session/f', 'content')
    await app.close()
    await start()
    expect(blobs()).toEqual([])
    expect(readdirSync(join(folder, 'collections'))).toEqual([])
    expect((await as(running(echo, 'ben', one), 'GET', '.session')).text).toBe('{}')
  })
})

describe('the directories of an algorithm', () => {
  test.each(['temp', 'perm'])('%s: written by it, read by the user for whom it ran', async (retention) => {
    const inside = running(echo, 'ben', session())
    expect((await as(inside, 'GET', `.algo/${retention}`)).text).toBe('{}')
    expect(await put(inside, `.algo/${retention}/f`, 'short')).toEqual({ result: `data://.algo/${retention}/f` })
    const full = `.algo/anna/Echo/${retention}`
    expect((await as(keys.ben, 'GET', `${full}/f`)).text).toBe('short')
    expect(await put(inside, `${full}/f`, 'by the full name')).toEqual({ result: `data://${full}/f` })
    expect((await as(inside, 'GET', `.algo/${retention}/f`)).text).toBe('by the full name')
    expect((await as(keys.ben, 'GET', `${full}/?acl=true`)).json()).toEqual({
      files: [expect.objectContaining({ filename: 'f' })],
    })
    // A pipeline hands the address on to the next algorithm.
    expect((await as(running(other, 'ben', session()), 'GET', `${full}/f`)).text).toBe('by the full name')
    for (const outsider of [keys.anna, running(echo, 'anna', session())]) {
      expect(await status(outsider, 'GET', `${full}/f`)).toBe(404)
    }
    expect(await status(undefined, 'GET', `${full}/f`)).toBe(401)
    expect(await status(keys.limited, 'GET', `${full}/f`)).toBe(403)
    expect((await as(inside, 'DELETE', `${full}/f`)).text).toBe('{"result":{"deleted":1}}')
    expect(await status(keys.ben, 'HEAD', `${full}/f`)).toBe(404)
  })

  test('are written by nobody else', async () => {
    const inside = running(echo, 'ben', session())
    await put(inside, '.algo/perm/f', 'kept')
    const sameName = running(algorithm('ben', 'Echo'), 'ben', session())
    for (const key of [keys.ben, keys.anna, running(other, 'ben', session()), sameName]) {
      for (const method of ['PUT', 'DELETE']) {
        expect(await status(key, method, '.algo/anna/Echo/perm/f')).toBe(403)
      }
    }
    expect((await as(inside, 'GET', '.algo/perm/f')).text).toBe('kept')
  })

  test('are reached by the short name only from inside', async () => {
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE']) {
      const answer = await as(keys.ben, method, '.algo/temp/f', method === 'PUT' ? { body: 'x' } : {})
      expect(answer.status).toBe(400)
      expect(answer.headers['x-error-message']).toContain('only be used from inside an algorithm')
    }
  })

  test('are there while the algorithm loads', async () => {
    await put(running(echo, 'ben'), '.algo/temp/f', 'loaded')
    expect((await as(keys.ben, 'GET', '.algo/anna/Echo/temp/f')).text).toBe('loaded')
  })

  test('temp is kept for a day, also over a restart, and perm for good', async () => {
    const fill = async () => {
      const inside = running(echo, 'ben', session())
      for (const retention of ['temp', 'perm']) await put(inside, `.algo/${retention}/f`, retention)
    }
    const seen = async () => [
      await status(keys.ben, 'GET', '.algo/anna/Echo/temp/f'),
      await status(keys.ben, 'GET', '.algo/anna/Echo/perm/f'),
    ]
    await fill()
    clock += 23 * hour
    expect(await seen()).toEqual([200, 200])
    clock += 2 * hour
    expect(await seen()).toEqual([404, 200])
    expect(blobs()).toHaveLength(1)

    await fill()
    clock += 23 * hour
    await app.close()
    await start()
    expect(await seen()).toEqual([200, 200])
    await app.close()
    clock += 2 * hour
    await start()
    expect(blobs()).toHaveLength(1)
    expect(await seen()).toEqual([404, 200])
  })

  test('a file written anew is kept for another day', async () => {
    const inside = running(echo, 'ben', session())
    for (const name of ['old', 'renewed']) await put(inside, `.algo/temp/${name}`, name)
    clock += 20 * hour
    await put(inside, '.algo/temp/renewed', 'again')
    clock += 5 * hour
    const listing = (await as(inside, 'GET', '.algo/temp')).json()
    expect(listing).toEqual({ files: [expect.objectContaining({ filename: 'renewed', size: 5 })] })
  })

  test.each([
    '.algo',
    '.algo/anna',
    '.algo/anna/Echo',
    '.algo/anna/Echo/other/f',
    '.algo/temp/a/b',
    '.algo/temp/a/b/c',
  ])('are not at %s', async (path) => {
    const inside = running(echo, 'ben', session())
    expect(await status(inside, 'GET', path)).toBe(404)
    expect(await status(inside, 'PUT', path)).toBe(400)
    expect(await status(undefined, 'GET', path)).toBe(401)
  })
})

test('special directories are never collections: not created, deleted, given rights, or listed', async () => {
  const inside = running(echo, 'ben', session())
  const paths = ['.session', '.algo/temp', '.algo/anna/Echo/perm']
  for (const path of paths) {
    await put(inside, `${path}/f`, 'content')
    for (const method of ['POST', 'PATCH', 'DELETE']) {
      const body = '{"name":"x","acl":{"read":["user://*"]}}'
      expect([path, method, (await as(inside, method, path, method === 'DELETE' ? {} : { body })).status]).toEqual([
        path,
        method,
        400,
      ])
    }
    expect((await as(inside, 'PUT', `${path}/a/b`, { body: 'x' })).status).toBe(400)
    expect(await status(inside, 'GET', `${path}/a/b`)).toBe(404)
    expect((await as(inside, 'GET', `${path}/f`)).text).toBe('content')
  }
  for (const key of [inside, keys.ben, keys.anna]) {
    expect((await call(url, '/v1/hostedData', { key })).text).toBe('{"result":[]}')
    expect((await as(key, 'GET', '.my')).text).toBe('{}')
    expect((await as(key, 'GET', 'ben')).text).toBe('{}')
    expect((await as(key, 'GET', '')).json()).toEqual({ folders: [{ name: key === keys.anna ? 'anna' : 'ben' }] })
  }
  // Not even by the names under which they are kept.
  for (const path of ['%2Fsession', '%2Falgo%2Fben/anna%2FEcho%2Fperm/f', '/algo/ben']) {
    expect(await status(keys.ben, 'GET', path)).toBe(404)
  }
})

describe('collections, inside an algorithm that anna wrote and ben calls', () => {
  const collection = async (key: string, name: string, read: string[]) => {
    const body = JSON.stringify({ name, acl: { read } })
    expect((await as(key, 'POST', '.my', { body })).status).toBe(200)
    await put(key, `.my/${name}/f`, name)
  }
  beforeEach(async () => {
    for (const key of [keys.anna, keys.ben]) {
      await collection(key, 'private', [])
      await collection(key, 'default', ['algo://.my/*'])
      await collection(key, 'public', ['user://*'])
    }
  })

  test('of the caller have all rights, whatever the own key may do', async () => {
    const inside = running(echo, 'ben', session())
    for (const name of ['private', 'default', 'public']) {
      for (const owner of ['.my', 'ben']) {
        expect((await as(inside, 'GET', `${owner}/${name}/f`)).text).toBe(name)
        expect(await put(inside, `${owner}/${name}/g`, 'new')).toEqual({ result: `data://${owner}/${name}/g` })
        expect(await status(inside, 'DELETE', `${owner}/${name}/g`)).toBe(200)
      }
    }
    expect((await as(inside, 'POST', '.my', { body: '{"name":"made"}' })).status).toBe(200)
    expect((await as(inside, 'PATCH', '.my/made', { body: '{"acl":{"read":[]}}' })).status).toBe(200)
    expect(await status(keys.ben, 'HEAD', 'ben/made')).toBe(200)
    expect(await status(keys.limited, 'HEAD', 'ben/made')).toBe(403)
  })

  test('of the author are read with the default ACL, never private ones, and never written', async () => {
    const inside = running(echo, 'ben', session())
    const seen = []
    for (const name of ['private', 'default', 'public']) {
      seen.push([name, await status(inside, 'GET', `anna/${name}/f`), await status(inside, 'HEAD', `anna/${name}`)])
      for (const [method, path, body] of [
        ['PUT', `anna/${name}/f`, 'x'],
        ['DELETE', `anna/${name}/f`, undefined],
        ['DELETE', `anna/${name}?force=true`, undefined],
        ['PATCH', `anna/${name}`, '{"acl":{"read":["user://*"]}}'],
      ] as const) {
        expect((await as(inside, method, path, body === undefined ? {} : { body })).status).toBe(403)
      }
    }
    expect(seen).toEqual([
      ['private', 403, 403],
      ['default', 200, 200],
      ['public', 200, 200],
    ])
    expect((await as(inside, 'POST', 'anna', { body: 'x' })).status).toBe(403)
    expect((await as(inside, 'GET', 'anna')).json()).toMatchObject({
      folders: [{ name: 'default' }, { name: 'public' }],
    })
    expect((await as(keys.ben, 'GET', 'anna')).json()).toMatchObject({ folders: [{ name: 'public' }] })
  })

  test('of somebody else are only read when public: it is the author who counts, not who calls', async () => {
    const foreign = running(algorithm('ben', 'Echo'), 'ben', session())
    expect(await status(foreign, 'GET', 'anna/default/f')).toBe(403)
    expect(await status(foreign, 'GET', 'anna/public/f')).toBe(200)
    const forAnna = running(algorithm('ben', 'Echo'), 'anna', session())
    expect((await as(forAnna, 'GET', '.my/private/f')).text).toBe('private')
    expect(await status(forAnna, 'GET', 'ben/default/f')).toBe(200)
    expect(await status(forAnna, 'GET', 'ben/private/f')).toBe(403)
  })

  test('are out of reach once the key is taken back', async () => {
    const inside = running(echo, 'ben', session())
    users.takeBack(inside)
    expect(await status(inside, 'GET', '.my/private/f')).toBe(401)
  })
})
