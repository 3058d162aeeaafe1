import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Sandbox, startSandbox } from '../../sandbox/server.ts'
import { call } from '../support/http-call.ts'
import { pythonClientVersions, pythonWithClient, runPythonClient } from '../support/official-clients.ts'

const key = 'sim0123456789/abcdefghijklmn'
const reader = 'simReadOnly'
let sandbox: Sandbox
let folder: string

beforeAll(async () => {
  sandbox = await startSandbox({ users: [{ name: 'demo', keys: [{ key }, { key: reader, data: 'read' }] }] })
  folder = await mkdtemp(join(tmpdir(), 'sandbox-clients-'))
})
afterAll(async () => {
  await sandbox.close()
  await rm(folder, { recursive: true, force: true })
})

describe.each(pythonClientVersions)('the Python client %s', (version) => {
  // Installing the client takes its time on the first run of a machine.
  beforeAll(async () => {
    await pythonWithClient(version)
  }, 900_000)
  const collection = `python_${version.replaceAll('.', '_')}`
  const python = (script: string, withKey: string | null = key) =>
    runPythonClient(
      version,
      { url: sandbox.url, ...(withKey !== null && { key: withKey }) },
      `name = ${JSON.stringify(collection)}\nfolder = ${JSON.stringify(folder)}\n${script}`,
    )

  /** Version 2 drops the message of a refused PUT or POST (platform reference §2.6 and §3.2). */
  const failure = (text: string) =>
    expect.stringContaining(version.startsWith('2.') ? 'Non-Algorithm related Failure' : text)

  test('creates, finds, lists and deletes directories', async () => {
    const result = await python(`
d = client.dir('data://.my/' + name + '_dir')
result = {'before': d.exists()}
d.create()
result['after'] = client.dir('data://demo/' + name + '_dir/').exists()
result['twice'] = message(d.create)
d.file('a').put('a')
result['names'] = name + '_dir' in [x.getName() for x in client.dir('data://.my').dirs()]
result['refused'] = message(d.delete)
result['deleted'] = d.delete(force=True)
result['gone'] = d.exists()
result['below'] = message(lambda: client.dir('data://demo/' + name + '/a/b').create())
`)
    expect(result).toEqual({
      before: false,
      after: true,
      twice: failure('already exists'),
      names: true,
      refused: expect.stringContaining('is not empty'),
      deleted: true,
      gone: false,
      below: failure('collections have no folders'),
    })
  })

  test('reads and changes permissions', async () => {
    const result = await python(`
d = client.dir('data://demo/' + name + '_acl')
d.create(ReadAcl.private)
result = [d.get_permissions().to_api_param()]
for acl in (ReadAcl.public, ReadAcl.my_algos, ReadAcl.private):
    assert d.update_permissions(acl)
    result.append(d.get_permissions().to_api_param())
plain = client.dir('data://demo/' + name + '_default')
plain.create()
result.append(plain.get_permissions().read_acl == AclType.default)
`)
    const [isPrivate, isPublic, mine] = [{ read: [] }, { read: ['user://*'] }, { read: ['algo://.my/*'] }]
    expect(result).toEqual([isPrivate, isPublic, mine, isPrivate, true])
  })

  test('stores and reads files in every way it has', async () => {
    await writeFile(join(folder, `${collection}.bin`), Buffer.alloc(3_000_000, 7))
    await writeFile(join(folder, `${collection}.empty`), '')
    const result = await python(`
d = client.dir('data://demo/' + name + '_files')
d.create()
f = lambda n: client.file('data://demo/' + name + '_files/' + n)
result = {'before': f('x').exists()}
f('text').put('h\\u00e9llo')
f('bytes').put(b'\\x00\\xff')
f('json').putJson({'a': [1, None]})
f('looks like json').put('{"b": 1}')
f('empty text').put('')
stored = f('big').putFile(os.path.join(folder, name + '.bin'))
f('empty file').putFile(os.path.join(folder, name + '.empty'))
result['path'] = stored.path
result['exists'] = f('text').exists()
result['text'] = f('text').getString()
result['bytes'] = list(f('bytes').getBytes())
result['json'] = f('json').getJson()
result['string'] = f('looks like json').getString()
with f('json').getFile() as got:
    result['file'] = got.read()
result['big'] = f('big').getBytes() == open(os.path.join(folder, name + '.bin'), 'rb').read()
result['empty'] = [f('empty text').getString(), f('empty file').getString()]
result['listed'] = [[x.getName(), x.size, x.last_modified.microsecond] for x in d.files()]
f('text').put('changed')
result['changed'] = f('text').getString()
result['deleted'] = f('text').delete()
result['gone'] = f('text').exists()
`)
    expect(result).toEqual({
      before: false,
      path: `demo/${collection}_files/big`,
      exists: true,
      text: 'héllo',
      bytes: [0, 255],
      json: { a: [1, null] },
      string: '{"b": 1}',
      file: '{"a": [1, null]}',
      big: true,
      empty: ['', ''],
      listed: [
        ['big', 3_000_000, 0],
        ['bytes', 2, 0],
        ['empty file', 0, 0],
        ['empty text', 0, 0],
        ['json', 16, 0],
        ['looks like json', 8, 0],
        ['text', 6, 0],
      ],
      changed: 'changed',
      deleted: true,
      gone: false,
    })
  })

  test('keeps odd names', async () => {
    const names = ['a b', '100%', 'ü-模型.pkl', "it's", 'a+b&c=d', 'semi;colon', '~tilde', 'x'.repeat(300)]
    const result = await python(`
names = json.loads(${JSON.stringify(JSON.stringify(names))})
d = client.dir('data://demo/' + name + '_odd')
d.create()
for n in names:
    d.file(n).put(n)
result = {'wrong': [n for n in names if d.file(n).getBytes().decode() != n], 'listed': [f.getName() for f in d.files()]}
`)
    expect(result).toEqual({ wrong: [], listed: [...names].sort() })
  })

  test('lists more than one page', async () => {
    const paged = `${collection}_paged`
    await call(sandbox.url, '/v1/data/demo', { method: 'POST', key, body: paged })
    for (let start = 0; start < 2100; start += 50) {
      const puts = Array.from({ length: 50 }, (_, index) => start + index)
      await Promise.all(
        puts.map((n) => call(sandbox.url, `/v1/data/demo/${paged}/${n}`, { method: 'PUT', key, body: `${n}` })),
      )
    }
    const result = await python(`
names = [f.getName() for f in client.dir('data://demo/' + name + '_paged').files()]
result = [len(names), len(set(names))]
`)
    expect(result).toEqual([2100, 2100])
  })

  test('shows what went wrong', async () => {
    const script = `
d = client.dir('data://demo/' + name + '_errors')
result = {
  'put': message(lambda: client.file('data://demo/missing/x').put('x')),
  'get': message(lambda: client.file('data://demo/missing/x').getString()),
  'create': message(d.create),
  'list': message(lambda: list(client.dir('data://demo/missing').list())),
  's3': message(lambda: client.file('s3+label://bucket/x').getString()),
}
`
    expect(await python(script)).toEqual({
      put: failure('does not exist; create it first'),
      get: 'DataApiError: unable to get file demo/missing/x - The collection of data://demo/missing/x does not exist',
      create: 'no error',
      list: expect.stringContaining('does not exist'),
      s3: expect.stringContaining('The data connector s3+label is not configured'),
    })
    expect(await python(script, reader)).toMatchObject({
      put: failure('this API key may only read data'),
      create: failure('this API key may only read data'),
    })
    expect(await python(script, 'simWrong')).toMatchObject({
      put: failure('The API key is not valid'),
      get: expect.stringContaining('The API key is not valid'),
      create: failure('The API key is not valid'),
    })
    expect(await python(script, null)).toMatchObject({ put: failure('authorization required') })
  })

  test('reads what is public without a key', async () => {
    const body = JSON.stringify({ name: `${collection}_public`, acl: { read: ['user://*'] } })
    await call(sandbox.url, '/v1/data/demo', { method: 'POST', key, body })
    const file = `/v1/data/demo/${collection}_public/somefile.json`
    await call(sandbox.url, file, { method: 'PUT', key, body: '{"foo":"bar"}' })
    const script = `result = client.file('data://demo/' + name + '_public/somefile.json').getJson()`
    expect(await python(script, null)).toEqual({ foo: 'bar' })
  })

  test('deploys a model as the original action does', async () => {
    const result = await python(`
path = 'data://demo/' + name + '_model'
if not client.dir(path).exists():
    client.dir(path).create()
target = '{}/{}'.format(path, 'model_${'a'.repeat(40)}.pkl')
result = {'exists': client.file(target).exists()}
open(os.path.join(folder, name + '.pkl'), 'wb').write(os.urandom(100000))
result['path'] = client.file(target).putFile(os.path.join(folder, name + '.pkl')).path
result['user'] = next(client.dir('').list()).path
`)
    expect(result).toEqual({
      exists: false,
      path: `demo/${collection}_model/model_${'a'.repeat(40)}.pkl`,
      user: 'demo',
    })
  })
})

test('the Python client 2.0.5 finds out whether an algorithm exists', async () => {
  await sandbox.createAlgorithm('demo', 'Known')
  const script = `
created = client.algo('demo/Made').create(
    {'label': 'Made', 'summary': '', 'tagline': ''},
    {'algorithm_environment': '7d1f3f66-5c0e-4c59-8d0b-38a000000038', 'license': 'apl', 'network_access': 'full', 'pipeline_enabled': True,
     'source_visibility': 'closed'})
result = [client.algo('demo/Known').exists(), client.algo('demo/Unknown').exists(), client.algo('demo/Made').exists(),
          created['name'], client.algo('demo/Made').get_algorithm_id() == created['id']]
`
  const connection = { url: sandbox.url, key }
  expect(await runPythonClient('2.0.5', connection, script)).toEqual([true, false, true, 'Made', true])
})

/** The part of the Node client that is used here; its package brings no types. */
interface NodeItem {
  create(done: (answer: unknown, status: number) => void): void
  exists(done: (exists: boolean) => void): void
  put(content: Buffer | string, done: (answer: unknown, status: number) => void): void
  putString(content: string, done: (answer: unknown, status: number) => void): void
  putJson(content: string, done: (answer: unknown, status: number) => void): void
  putFile(path: string, done: (answer: unknown, status: number) => void): void
  get(done: (error: unknown, content: Buffer) => void): void
  getString(done: (answer: unknown, status: number) => void): void
  getJson(done: (answer: unknown, status: number) => void): void
  delete(force: unknown, done?: (answer: unknown, status: number) => void): void
  file(name: string): NodeItem
  forEach(each: (error: unknown, item: { data_path: string; size?: number }) => void): { then(done: () => void): void }
}
interface NodeClient {
  dir(path: string): NodeItem
  file(path: string): NodeItem
}

describe('the Node client 0.3.10', () => {
  const load: (name: string) => (key: string, address: string) => NodeClient = createRequire(import.meta.url)
  const client = (withKey = key) => load('algorithmia')(withKey, sandbox.url)
  /** A callback's arguments as a promise. */
  const of = (start: (done: (...args: unknown[]) => void) => void) =>
    new Promise<unknown[]>((resolve) => start((...args) => resolve(args)))

  test('creates, finds and deletes a directory', async () => {
    const dir = client().dir('data://demo/node_dir')
    expect(await of((done) => dir.exists(done))).toMatchObject([false, 404, {}])
    expect(await of((done) => dir.create(done))).toEqual([{ result: 'data://demo/node_dir' }, 200])
    expect(await of((done) => dir.create(done))).toMatchObject([
      { error: { message: expect.stringContaining('already') } },
      409,
    ])
    expect(await of((done) => dir.exists(done))).toEqual([true])
    await of((done) => dir.file('a').putString('a', done))
    expect(await of((done) => dir.delete(false, done))).toMatchObject([
      { error: { message: expect.stringContaining('not empty') } },
      400,
    ])
    expect(await of((done) => dir.delete(true, done))).toEqual([{ result: { deleted: 1 } }, 200])
  })

  test('stores and reads files', async () => {
    const dir = client().dir('data://.my/node_files')
    await of((done) => dir.create(done))
    expect(await of((done) => dir.file('x').exists(done))).toMatchObject([false, 404, {}])
    expect(await of((done) => dir.file('json').putJson('{"a":1}', done))).toEqual([
      { result: 'data://.my/node_files/json' },
      200,
    ])
    expect(await of((done) => dir.file('text').putString('héllo', done))).toMatchObject([{}, 200])
    const bytes = Buffer.from([0, 255, 128])
    expect(await of((done) => dir.file('bytes').put(bytes, done))).toMatchObject([{}, 200])
    await writeFile(join(folder, 'node.bin'), Buffer.alloc(500_000, 9))
    expect(await of((done) => dir.putFile(join(folder, 'node.bin'), done))).toMatchObject([{}, 200])
    expect(await of((done) => dir.file('text').exists(done))).toEqual([true])
    expect(await of((done) => dir.file('text').getString(done))).toEqual(['héllo', 200])
    expect(await of((done) => dir.file('json').getString(done))).toEqual(['{"a":1}', 200])
    expect(await of((done) => dir.file('json').getJson(done))).toEqual([{ a: 1 }, 200])
    expect(await of((done) => dir.file('bytes').get(done))).toEqual([null, bytes])
    const listed: unknown[] = []
    await new Promise<void>((resolve) => {
      const each = (_error: unknown, item: { data_path: string; size?: number }) => {
        listed.push([item.data_path, item.size])
      }
      dir.forEach(each).then(resolve)
    })
    expect(listed).toEqual([
      ['.my/node_files/bytes', 3],
      ['.my/node_files/json', 7],
      ['.my/node_files/node.bin', 500_000],
      ['.my/node_files/text', 6],
    ])
    expect(await of((done) => dir.file('text').delete(done))).toEqual([{ result: { deleted: 1 } }, 200])
    expect(await of((done) => dir.file('text').exists(done))).toMatchObject([false, 404, {}])
  })

  test('shows what went wrong', async () => {
    const missing = client().file('data://demo/missing/x')
    const error = { error: { message: expect.stringContaining('does not exist') } }
    expect(await of((done) => missing.putString('x', done))).toMatchObject([error, 404])
    expect(await of((done) => missing.getString(done))).toMatchObject([error, 404])
    expect(await of((done) => missing.getJson(done))).toMatchObject([error, 404])
    expect(await of((done) => missing.exists(done))).toMatchObject([false, 404, error])
    const refused = { error: { message: expect.stringContaining('not valid') } }
    expect(await of((done) => client('simWrong').dir('data://demo/y').create(done))).toMatchObject([refused, 401])
  })
})
