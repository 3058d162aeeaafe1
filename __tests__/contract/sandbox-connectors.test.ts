import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { readArguments } from '../../sandbox/command-line/arguments.ts'
import { banner } from '../../sandbox/command-line/banner.ts'
import { type Sandbox, startSandbox } from '../../sandbox/server.ts'
import { call, type HttpCall } from '../support/http-call.ts'
import { pythonClientVersions, pythonWithClient, runPythonClient } from '../support/official-clients.ts'

// Other stores behind data connectors (platform reference §2.1), which the sandbox plays on its own disk.

const anna = 'simAnna'
const reader = 'simAnnaReadsOnly'
const nothing = 'simAnnaNoData'
const ben = 'simBen'
const admin = 'simAdmin'

let folder: string
let sandbox: Sandbox
const start = () =>
  startSandbox({
    stateDir: join(folder, 'state'),
    users: [
      { name: 'anna', keys: [{ key: anna }, { key: reader, data: 'read' }, { key: nothing, data: 'none' }] },
      { name: 'ben', keys: [{ key: ben }] },
    ],
    keys: [{ user: 'anna', key: admin, admin: true }],
    connectors: [
      { name: 's3', access: 'read-write' },
      { name: 's3+models', access: 'read-write', users: ['anna', 'ben'] },
      { name: 's3+fixed' },
      { name: 'gcp+team', access: 'read-write' },
      { name: 'azureblob', access: 'read-write', paths: ['models/live/', 'other'] },
      { name: 'dropbox', access: 'read-write' },
    ],
  })
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandbox-connectors-'))
  sandbox = await start()
})
afterAll(async () => {
  await sandbox.close()
  await rm(folder, { recursive: true, force: true })
})

const as = (key: string | undefined, method: string, path: string, options: HttpCall = {}) =>
  call(sandbox.url, path, { method, ...(key !== undefined && { key }), ...options })
const put = async (uri: string, body: string, key = anna) =>
  (await as(key, 'PUT', `/v1/data/${uri}`, { body })).json() as { result?: string; error?: { message: string } }
const get = (uri: string, key = anna) => as(key, 'GET', `/v1/data/${uri}`)
/** Status and message of what must fail, and must say so in header and body. */
async function refusal(method: string, uri: string, options: HttpCall = {}, key: string | undefined = anna) {
  const answer = await as(key, method, `/v1/data/${uri}`, options)
  const message = answer.headers['x-error-message']
  if (method !== 'HEAD') expect(answer.json()).toMatchObject({ error: { message, code: expect.any(Number) } })
  return [answer.status, message]
}

describe('files behind a connector', () => {
  test('lie as deep as their path says, and are the same in both families of addresses', async () => {
    expect(await put('s3://bucket/a/b/c%20%C3%BC.bin', 'content')).toEqual({ result: 's3://bucket/a/b/c ü.bin' })
    for (const path of [
      '/v1/data/s3://bucket/a/b/c%20%C3%BC.bin',
      '/v1/connector/s3/bucket/a/b/c%20%C3%BC.bin',
      '/v1/data/s3%3A%2F%2Fbucket%2Fa%2Fb%2Fc%20%C3%BC.bin',
    ]) {
      const { status, text, headers } = await as(anna, 'GET', path)
      expect([path, status, text, headers['x-data-type']]).toEqual([path, 200, 'content', 'file'])
    }
    const head = await as(anna, 'HEAD', '/v1/connector/s3/bucket/a/b/c%20%C3%BC.bin')
    expect([head.status, head.headers['x-data-type'], head.headers['content-length']]).toEqual([200, 'file', '7'])
    expect(await put('s3://bucket/a/b/c%20%C3%BC.bin', 'changed')).toMatchObject({ result: expect.anything() })
    expect((await get('s3://bucket/a/b/c%20%C3%BC.bin')).text).toBe('changed')
    expect((await as(anna, 'DELETE', '/v1/data/s3://bucket/a/b/c%20%C3%BC.bin')).text).toBe('{"result":{"deleted":1}}')
    expect((await get('s3://bucket/a/b/c%20%C3%BC.bin')).status).toBe(404)
  })

  test('belong to one label; gcp is another name of gs', async () => {
    await put('s3+models://bucket/f', 'labelled')
    expect((await get('s3://bucket/f')).status).toBe(404)
    expect(await put('gcp+team://bucket/f', 'google')).toEqual({ result: 'gcp+team://bucket/f' })
    expect((await get('gs+team://bucket/f')).text).toBe('google')
  })

  test.each([
    ['a bucket', 's3://bucket', /is not a file: use s3:\/\/<bucket>\/<path>/],
    ['no path', 'dropbox://', /is not a file: use dropbox:\/\/<path>/],
    ['a directory', 's3://bucket/d/', /is not a file/],
    ['an empty name', 's3://bucket//f', /has an empty name in it/],
    ['a way out', 's3://bucket/../f', /cannot be the name/],
    ['an empty label', 's3+://bucket/f', /There is no data connector "s3\+"/],
  ])('are not stored under %s', async (_case, uri, message) => {
    expect(await refusal('PUT', uri, { body: 'x' })).toEqual([400, expect.stringMatching(message)])
  })
})

describe('directories behind a connector', () => {
  test('are there while something is in them; a bucket always is', async () => {
    for (const uri of ['s3+fixed://', 's3+fixed://unused', 's3+fixed://unused/']) {
      const { status, text, headers } = await get(uri)
      expect([uri, status, text, headers['x-data-type']]).toEqual([uri, 200, '{}', 'directory'])
    }
    expect(await refusal('GET', 's3://dirs/deep')).toEqual([404, 's3://dirs/deep does not exist'])
    await put('s3://dirs/deep/er/f', 'x')
    const head = await as(anna, 'HEAD', '/v1/data/s3://dirs/deep')
    expect([head.status, head.headers['x-data-type']]).toEqual([200, 'directory'])
    await as(anna, 'DELETE', '/v1/data/s3://dirs/deep/er/f')
    expect((await as(anna, 'HEAD', '/v1/data/s3://dirs/deep')).status).toBe(404)
  })

  test('list folders and files, also of one name, and have no ACL', async () => {
    for (const name of ['a/1', 'a/2', 'a', 'b', 'c/d/e'])
      await put(`s3://list/in/${name}`, `in ${name}`.padEnd(5).slice(0, 5))
    const file = (filename: string) => ({ filename, size: 5, last_modified: expect.stringMatching(/\.000Z$/) })
    expect((await get('s3://list/in?acl=true')).json()).toEqual({
      folders: [{ name: 'a' }, { name: 'c' }],
      files: [file('a'), file('b')],
    })
    expect((await get('s3://list/in/a')).text).toBe('in a ')
    expect((await get('s3://list/in/a/')).json()).toEqual({ files: [file('1'), file('2')] })
    expect((await get('s3://')).json()).toMatchObject({ folders: expect.arrayContaining([{ name: 'list' }]) })
  })

  test('are listed in pages of 1000', async () => {
    const names = Array.from({ length: 1001 }, (_, index) => `f${String(index).padStart(4, '0')}`)
    for (let begin = 0; begin < names.length; begin += 50) {
      await Promise.all(names.slice(begin, begin + 50).map((name) => put(`s3://paged/x/${name}/y`, '')))
    }
    const first = (await get('s3://paged/x')).json() as { folders: { name: string }[]; marker: string }
    const second = (await get(`s3://paged/x?marker=${first.marker}`)).json() as typeof first
    expect([...first.folders, ...second.folders].map(({ name }) => name)).toEqual(names)
    expect([first.folders.length, second.marker]).toEqual([1000, undefined])
  })

  test('are deleted by force, buckets are not', async () => {
    for (const name of ['a', 'b/c', 'd']) await put(`s3://gone/x/${name}`, name)
    await put('s3://gone/x', 'a file of that name')
    expect(await refusal('DELETE', 's3://gone/x/')).toEqual([400, 's3://gone/x is not empty; use force to delete'])
    expect((await as(anna, 'DELETE', '/v1/data/s3://gone/x?force=true')).text).toBe('{"result":{"deleted":3}}')
    expect((await get('s3://gone')).json()).toMatchObject({ files: [{ filename: 'x' }] })
    expect((await refusal('DELETE', 's3://gone/x?force=true'))[0]).toBe(404)
    expect(await refusal('DELETE', 's3://gone?force=true')).toEqual([400, expect.stringContaining('cannot be deleted')])
  })

  test.each(['s3://', 's3://bucket', 'gs+team://bucket/x', 'azureblob://other'])(
    'are not created in %s: there are none',
    async (uri) => {
      expect(await refusal('POST', uri, { body: '{"name":"x"}' })).toEqual([
        400,
        expect.stringContaining('has no folders'),
      ])
    },
  )

  test('are created in Dropbox, and stay when they are empty', async () => {
    expect((await as(anna, 'POST', '/v1/data/dropbox://', { body: '{"name":"new"}' })).text).toBe(
      '{"result":"dropbox://new"}',
    )
    expect((await as(anna, 'POST', '/v1/data/dropbox://new/', { body: 'inner' })).status).toBe(200)
    expect((await refusal('POST', 'dropbox://new', { body: 'inner' }))[0]).toBe(409)
    expect((await get('dropbox://new')).text).toBe('{"folders":[{"name":"inner"}]}')
    expect((await get('dropbox://new/inner')).text).toBe('{}')
    await put('dropbox://new/inner/f', 'x')
    await as(anna, 'DELETE', '/v1/data/dropbox://new/inner/f')
    expect((await as(anna, 'DELETE', '/v1/data/dropbox://new/inner')).text).toBe('{"result":{"deleted":1}}')
    expect((await refusal('DELETE', 'dropbox://new/inner'))[0]).toBe(404)
    expect((await get('dropbox://new')).text).toBe('{}')
  })

  test('have no permissions', async () => {
    const body = '{"acl":{"read":[]}}'
    expect(await refusal('PATCH', 's3://bucket/a', { body })).toEqual([400, expect.stringContaining('no permissions')])
    const create = { body: '{"name":"private","acl":{"read":[]}}' }
    expect(await refusal('POST', 'dropbox://', create)).toEqual([400, expect.stringContaining('no permissions')])
  })
})

describe('rights', () => {
  const everyMethod = ['GET', 'HEAD', 'PUT', 'POST', 'PATCH', 'DELETE']
  const writing = everyMethod.slice(2)
  const body = (method: string): HttpCall => (['PUT', 'POST', 'PATCH'].includes(method) ? { body: 'x' } : {})

  test.each([
    ['nobody', undefined, 's3://b/f', 401, 'authorization required'],
    ['an unknown key', 'simUnknown', 's3://b/f', 401, 'not valid'],
    ['an admin key', admin, 's3://b/f', 403, 'admin key'],
    ['a key without data', nothing, 's3://b/f', 403, 'no access to data'],
    ['an account that does not have it', ben, 's3://b/f', 400, 's3 is not configured for ben'],
    ['one that nobody has', anna, 'gs://b/f', 400, 'gs is not configured for anna'],
    ['a path beside the restriction', anna, 'azureblob://models/liver/f', 403, 'restricted to models/live and other'],
    ['a path above the restriction', anna, 'azureblob://models', 403, 'restricted to models/live and other'],
  ])('%s may do nothing', async (_case, key, uri, status, message) => {
    for (const method of everyMethod) {
      const answer = await as(key, method, `/v1/data/${uri}`, body(method))
      expect([method, answer.status, answer.headers['x-error-message']]).toEqual([
        method,
        status,
        expect.stringContaining(message),
      ])
    }
  })

  test.each([
    ['a key that may only read', reader, 's3://rights/f', 'this API key may only read data'],
    ['a connector that may only read', anna, 's3+fixed://rights/f', 'the data connector s3+fixed is read-only'],
  ])('%s writes nothing', async (_case, key, uri, message) => {
    await put('s3://rights/f', 'x')
    for (const method of writing) {
      expect(await refusal(method, uri, body(method), key)).toEqual([403, expect.stringContaining(message)])
    }
    expect((await get('s3://rights/f', reader)).text).toBe('x')
    expect((await get('s3+fixed://rights')).text).toBe('{}')
  })

  test('several accounts may have one, and all of it is in reach of a restriction', async () => {
    expect(await put('s3+models://shared/f', 'x', ben)).toEqual({ result: 's3+models://shared/f' })
    expect((await get('s3+models://shared/f')).text).toBe('x')
    expect(await put('azureblob://models/live/x/f', 'x')).toEqual({ result: 'azureblob://models/live/x/f' })
    expect((await get('azureblob://models/live')).text).toBe('{"folders":[{"name":"x"}]}')
  })
})

describe('the configuration', () => {
  test('is read from the command line', () => {
    const { connectors } = readArguments([
      '--connector',
      's3',
      '--connector',
      'gs+x,access=read-write,user=a,user=b,path=c/d',
    ])
    expect(connectors).toEqual([
      { name: 's3', users: [], paths: [] },
      { name: 'gs+x', access: 'read-write', users: ['a', 'b'], paths: ['c/d'] },
    ])
  })

  test.each([
    ['s3,access=write', /access must be read or read-write, not "write"/],
    ['s3,access=read,access=read-write', /access twice/],
    ['s3,bucket=x', /does not know "bucket=x"; after the name come access, user and path/],
  ])('%s is refused', (option, message) => {
    expect(() => readArguments(['--connector', option])).toThrow(message)
  })

  test.each([
    [{ name: 'ftp' }, /"ftp" cannot be a data connector: use s3, gs, azureblob, dropbox/],
    [{ name: 's3', users: ['carl'] }, /s3 is for carl, but there is no such account/],
    [{ name: 's3', paths: ['a/../b'] }, /restricted to "a\/..\/b"/],
  ])('%j is refused', async (connector, message) => {
    await expect(startSandbox({ connectors: [connector] })).rejects.toThrow(message)
  })

  test('is said at the start', () => {
    const text = banner(sandbox, true)
    expect(text).toContain('  connector s3+fixed:// of anna: read-only\n')
    expect(text).toContain('  connector azureblob:// of anna: reads and writes, restricted to models/live and other\n')
  })

  test('is kept with what is stored, until it is given anew', async () => {
    const stateDir = join(folder, 'kept')
    const users = [{ name: 'anna', keys: [{ key: anna }] }]
    const restarted = async (
      connectors: { name: string; access?: 'read' | 'read-write' }[],
      work: () => Promise<void>,
    ) => {
      const before = sandbox
      sandbox = await startSandbox({ stateDir, users, connectors })
      await work().finally(async () => {
        await sandbox.close()
        sandbox = before
      })
    }
    await restarted([{ name: 's3', access: 'read-write' }], async () => {
      expect(await put('s3://kept/a/f', 'content')).toEqual({ result: 's3://kept/a/f' })
    })
    await restarted([], async () => {
      expect((await get('s3://kept/a/f')).text).toBe('content')
      expect(await put('s3://kept/a/g', 'more')).toEqual({ result: 's3://kept/a/g' })
    })
    await restarted([{ name: 's3' }], async () => {
      expect((await get('s3://kept/a')).json()).toMatchObject({ files: [{ filename: 'f' }, { filename: 'g' }] })
      expect((await put('s3://kept/a/f', 'changed')).error?.message).toContain('read-only')
    })
  })
})

describe.each(pythonClientVersions)('the Python client %s', (version) => {
  beforeAll(async () => {
    await pythonWithClient(version)
  }, 900_000)

  test.each(['s3+models', 'gs+team', 'dropbox'])('works with %s', async (connector) => {
    await writeFile(join(folder, 'model.pkl'), Buffer.alloc(300_000, 7))
    const root = `${connector}://python_${version.replaceAll('.', '_')}`
    const result = await runPythonClient(
      version,
      { url: sandbox.url, key: anna },
      `
d = client.dir('${root}/deep/folder')
f = client.file('${root}/deep/folder/x.txt')
result = {'before': [d.exists(), f.exists()]}
result['path'] = f.put('hello').path
stored = d.file('model.pkl').putFile(${JSON.stringify(join(folder, 'model.pkl'))})
result['model'] = [stored.path, stored.exists(), stored.getBytes() == b'\\x07' * 300000]
with f.getFile() as got:
    result['text'] = got.read()
result['files'] = [[x.getName(), x.size] for x in d.files()]
result['dirs'] = [x.path for x in client.dir('${root}/').dirs()]
result['acl'] = d.get_permissions()
result['create'] = message(client.dir('${root}/empty').create)
result['refused'] = message(d.delete)
result['deleted'] = [f.delete(), f.exists(), d.delete(force=True), d.exists()]
`,
    )
    expect(result).toEqual({
      before: [false, false],
      path: `${root}/deep/folder/x.txt`,
      model: [`${root}/deep/folder/model.pkl`, true, true],
      text: 'hello',
      files: [
        ['model.pkl', 300_000],
        ['x.txt', 5],
      ],
      dirs: [`${root}/deep`],
      acl: null,
      create: connector === 'dropbox' ? 'no error' : expect.stringMatching(/has no folders|Non-Algorithm related/),
      refused: expect.stringContaining('is not empty'),
      deleted: [true, false, true, false],
    })
  })
})

test('the Node client 0.3.10 works with a connector', async () => {
  type Done = (...answer: unknown[]) => void
  type NodeFile = {
    putString(content: string, done: Done): void
    getString(done: Done): void
    exists(done: Done): void
  }
  const load: (name: string) => (key: string, url: string) => { file(path: string): NodeFile } = createRequire(
    import.meta.url,
  )
  const file = load('algorithmia')(anna, sandbox.url).file('s3+models://node/deep/f')
  const of = (begin: (done: Done) => void) => new Promise((resolve) => begin((...answer) => resolve(answer)))
  expect(await of((done) => file.putString('héllo', done))).toEqual([{ result: 's3+models://node/deep/f' }, 200])
  expect(await of((done) => file.getString(done))).toEqual(['héllo', 200])
  expect(await of((done) => file.exists(done))).toEqual([true])
})
