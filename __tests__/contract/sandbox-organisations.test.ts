import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/server.ts'
import { call } from '../support/http-call.ts'
import { pythonWithClient, runPythonClient } from '../support/official-clients.ts'

const run = promisify(execFile)
const admin = 'simAdmin'
const anna = 'simAnna'
const ben = 'simBen'
let sandbox: Sandbox
let folder: string
let start: SandboxOptions

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandbox-organisations-'))
  start = {
    stateDir: join(folder, 'state'),
    users: [
      { name: 'anna', keys: [{ key: anna }] },
      { name: 'ben', keys: [{ key: ben }] },
    ],
    keys: [{ key: admin, admin: true }],
  }
  sandbox = await startSandbox(start)
})
afterAll(async () => {
  await sandbox.close()
  await rm(folder, { recursive: true, force: true })
})

const request = (method: string, path: string, body?: unknown, key = admin) =>
  call(sandbox.url, path, {
    method,
    key,
    ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })

async function typeId(name: string): Promise<string> {
  const types = (await request('GET', '/v1/organization/types')).json() as { id: string; name: string }[]
  return types.find((type) => type.name === name)?.id ?? ''
}

async function organisation(name: string, members: string[] = []) {
  const created = await request('POST', '/v1/organizations', { org_name: name, type_id: await typeId('basic') })
  for (const member of members) await request('PUT', `/v1/organizations/${name}/members/${member}`)
  return created
}

describe('an administrator', () => {
  test('makes, shows, changes and removes an organisation', async () => {
    const texts = { org_label: 'Label', org_contact_name: 'C', org_email: 'o@x.org', org_url: 'https://x.org' }
    const type_id = await typeId('pro')
    const created = await request('POST', '/v1/organizations', {
      org_name: 'acme',
      ...texts,
      type_id,
      external_id: 'e',
    })
    const body = {
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      org_name: 'acme',
      ...texts,
      org_created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z$/),
      type_id,
      external_id: 'e',
      resource_type: 'organization',
      self_link: '/v1/organizations/acme',
    }
    expect([created.status, created.json()]).toEqual([200, body])
    const edited = await request('PUT', '/v1/organizations/acme', { org_label: 'New', org_name: 'acme' })
    expect([edited.status, edited.text]).toEqual([204, ''])
    expect((await request('GET', '/v1/organizations/acme')).json()).toEqual({ ...body, org_label: 'New' })
    const invited = await request('PUT', '/v1/organizations/acme/members/ben')
    expect([invited.status, invited.text]).toEqual([200, ''])
    const removed = await request('DELETE', '/v1/organizations/acme')
    expect([removed.status, removed.text]).toEqual([204, ''])
    const missing = await request('GET', '/v1/organizations/acme')
    expect([missing.status, missing.json()]).toEqual([404, { error: expect.objectContaining({ code: 3100 }) }])
  })

  test('makes accounts that are there after the next start', async () => {
    const body = { username: 'carl', email: 'c@x.org', passwordHash: 'x', shouldCreateHello: true }
    const created = await request('POST', '/v1/users', body)
    expect([created.status, created.json()]).toEqual([
      200,
      {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        username: 'carl',
        email: 'c@x.org',
        fullname: '',
        self_link: '/v1/users/carl',
        resource_type: 'user',
      },
    ])
    expect(sandbox.hasAlgorithm('carl', 'Hello')).toBe(true)
    await organisation('kept', ['carl'])
    await sandbox.close()
    sandbox = await startSandbox(start)
    const carl = sandbox.users.find(({ name }) => name === 'carl')
    expect(created.text).not.toContain(carl?.apiKey)
    expect((await request('GET', '/v1/algorithms/carl/Hello', undefined, carl?.apiKey)).status).toBe(200)
    expect((await request('POST', '/v1/algorithms/kept', { name: 'Ours' }, carl?.apiKey)).status).toBe(200)
  })

  test('cannot give a name twice, whatever it names', async () => {
    await organisation('taken')
    for (const name of ['taken', 'anna']) {
      expect((await organisation(name)).status).toBe(409)
      const user = await request('POST', '/v1/users', { username: name, email: 'x@x.org' })
      expect([user.status, user.json()]).toEqual([409, { error: expect.objectContaining({ code: 1002 }) }])
    }
    await sandbox.close()
    await expect(startSandbox({ ...start, users: [{ name: 'taken' }] })).rejects.toThrow('taken is an organisation')
    sandbox = await startSandbox(start)
  })

  test.each([
    ['no name', 'POST', '/v1/organizations', {}, 400, 3005],
    ['a name that is a path', 'POST', '/v1/organizations', { org_name: '../x' }, 400, 2015],
    ['a name that is an id', 'POST', '/v1/organizations', { org_name: crypto.randomUUID() }, 400, 2015],
    ['no type', 'POST', '/v1/organizations', { org_name: 'x' }, 400, 3005],
    ['an unknown type', 'POST', '/v1/organizations', { org_name: 'x', type_id: 'basic' }, 400, 2015],
    ['another name', 'PUT', '/v1/organizations/fixed', { org_name: 'x' }, 400, 2015],
    ['a label that is none', 'PUT', '/v1/organizations/fixed', { org_label: 1 }, 400, 2015],
    ['an unknown organisation', 'PUT', '/v1/organizations/none', {}, 404, 3100],
    ['an unknown member', 'PUT', '/v1/organizations/fixed/members/nobody', undefined, 404, 3000],
    ['a user without a name', 'POST', '/v1/users', { email: 'x' }, 400, 3005],
    ['a user whose name is a path', 'POST', '/v1/users', { username: 'a/b', email: 'x' }, 400, 2015],
  ])('is told what is wrong with %s', async (_case, method, path, body, status, code) => {
    await organisation('fixed')
    const answer = await request(method, path, body)
    expect([answer.status, answer.json()]).toEqual([status, { error: expect.objectContaining({ code }) }])
  })
})

describe('an admin key', () => {
  test.each([
    ['GET', '/v1/data'],
    ['GET', '/v1/algorithms/anna/X'],
    ['POST', '/v1/algorithms/anna'],
    ['POST', '/v1/algo/anna/X'],
    ['GET', '/v1/scms'],
    ['GET', '/v1/secret-provider'],
    ['GET', '/v1/algorithm-environments/edge/languages'],
  ])('does not work on %s %s', async (method, path) => {
    const answer = await request(method, path, method === 'POST' ? { name: 'X' } : undefined)
    expect([answer.status, answer.json()]).toEqual([403, { error: expect.objectContaining({ code: 2001 }) }])
  })

  test.each(['/v1/users/anna/errors', '/v1/organizations/anna/errors', '/v1/users/nobody/errors'])(
    'lists the failed calls of %s',
    async (path) => {
      const answer = await request('GET', path)
      expect([answer.status, answer.json()]).toEqual([200, []])
      expect((await request('GET', path, undefined, ben)).status).toBe(403)
      expect((await request('GET', path, undefined, 'simWrong')).status).toBe(401)
      expect((await call(sandbox.url, path)).status).toBe(401)
    },
  )

  test('does not open repositories', async () => {
    await sandbox.createAlgorithm('anna', 'Closed')
    const basic = (secret: string) => `Basic ${Buffer.from(`anna:${secret}`).toString('base64')}`
    const path = '/git/anna/Closed.git/info/refs?service=git-upload-pack'
    expect((await call(sandbox.url, path, { key: basic(admin) })).status).toBe(401)
    expect((await call(sandbox.url, path, { key: basic(anna) })).status).toBe(200)
  })

  test.each([
    ['GET', '/v1/organization/types'],
    ['POST', '/v1/organizations'],
    ['GET', '/v1/organizations/x'],
    ['PUT', '/v1/organizations/x'],
    ['DELETE', '/v1/organizations/x'],
    ['PUT', '/v1/organizations/x/members/anna'],
    ['POST', '/v1/users'],
  ])('is needed for %s %s', async (method, path) => {
    expect((await request(method, path, undefined, anna)).status).toBe(403)
    expect((await request(method, path, undefined, 'simWrong')).status).toBe(401)
    expect((await call(sandbox.url, path, { method })).status).toBe(401)
  })
})

describe('a member of an organisation', () => {
  beforeAll(async () => {
    await organisation('team', ['anna'])
    await request('POST', '/v1/algorithms/team', { name: 'Shared' }, anna)
  })

  test('manages its algorithms, and nobody else does', async () => {
    const path = '/v1/algorithms/team/Shared'
    expect((await request('PUT', path, { details: { label: 'L' } }, anna)).json()).toMatchObject({
      details: { label: 'L' },
    })
    expect((await request('GET', path, undefined, ben)).text).toBe('{"error":"No such algorithm"}')
    expect((await request('POST', '/v1/algorithms/team', { name: 'X' }, ben)).status).toBe(403)
    expect((await request('DELETE', '/v1/organizations/team')).status).toBe(409)
    await request('POST', '/v1/algorithms/team', { name: 'Gone' }, anna)
    expect((await request('DELETE', '/v1/algorithms/team/Gone', undefined, anna)).status).toBe(204)
  })

  test('clones and pushes its repositories', async () => {
    const url = (user: string, key: string) => `${sandbox.url.replace('//', `//${user}:${key}@`)}/git/team/Shared.git`
    const clone = join(folder, 'clone')
    const env = { PATH: process.env.PATH, HOME: folder, GIT_TERMINAL_PROMPT: '0', NO_PROXY: '*' }
    await run('git', ['clone', '--quiet', url('anna', anna), clone], { env })
    const identity = ['-c', 'user.name=Anna', '-c', 'user.email=a@x.org']
    await run('git', [...identity, 'commit', '--quiet', '--allow-empty', '--message', 'Ours'], { env, cwd: clone })
    await run('git', ['push', '--quiet'], { env, cwd: clone })
    const log = (await request('GET', '/v1/algorithms/team/Shared/log', undefined, anna)).json()
    expect(log).toMatchObject([{ short_message: 'Ours', author: 'Anna' }, { short_message: 'Initial commit' }])
    await expect(run('git', ['ls-remote', url('ben', ben)], { env })).rejects.toThrow('ben may not read team/Shared')
  })

  test('keeps data in its collections, and nobody else does', async () => {
    expect((await request('POST', '/v1/data/team', { name: 'c' }, anna)).json()).toEqual({ result: 'data://team/c' })
    expect((await call(sandbox.url, '/v1/data/team/c/f', { method: 'PUT', key: anna, body: 'x' })).status).toBe(200)
    expect((await request('GET', '/v1/data/team/c/f', undefined, anna)).text).toBe('x')
    expect((await request('GET', '/v1/data/team', undefined, anna)).json()).toMatchObject({ folders: [{ name: 'c' }] })
    expect((await request('GET', '/v1/data/team/c/f', undefined, ben)).status).toBe(403)
    expect((await request('POST', '/v1/data/team', { name: 'd' }, ben)).status).toBe(403)
    expect((await request('GET', '/v1/data/team', undefined, ben)).json()).toEqual({})
    expect((await request('PATCH', '/v1/data/team/c', { acl: { read: [] } }, ben)).status).toBe(403)
    expect((await request('DELETE', '/v1/data/team/c?force=true', undefined, anna)).status).toBe(200)
  })
})

test('the Python client administers organisations', async () => {
  await pythonWithClient('2.0.5')
  const script = `
org = {'org_name': 'py_org', 'org_label': 'l', 'org_contact_name': 'c', 'org_email': 'o@x.org', 'org_url': 'u',
       'type_id': 'basic', 'resource_type': 'organization'}
result = {'types': [t['name'] for t in client.get_org_types()]}
result['user'] = client.create_user({'username': 'py_user', 'email': 'p@x.org', 'passwordHash': '', 'shouldCreateHello': False})['username']
result['created'] = client.create_org(dict(org))['org_name']
result['edited'] = client.edit_org('py_org', dict(org, org_label='new')).status_code
result['got'] = client.get_org('py_org')['org_label']
invited = client.invite_to_org('py_org', 'py_user')
result['invited'] = invited.status_code
result['wrong type'] = message(lambda: client.create_org(dict(org, org_name='other', type_id='odd')))
result['missing'] = client.get_org('nowhere')['error']['message']
`
  const result = await runPythonClient('2.0.5', { url: sandbox.url, key: admin }, script)
  expect(result).toEqual({
    types: ['basic', 'legacy', 'pro'],
    user: 'py_user',
    created: 'py_org',
    edited: 204,
    got: 'new',
    invited: 200,
    'wrong type': expect.stringContaining('Non-Algorithm related Failure'),
    missing: 'The organisation nowhere does not exist',
  })
}, 900_000)
