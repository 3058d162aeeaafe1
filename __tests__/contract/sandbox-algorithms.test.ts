import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Algorithm } from '../../sandbox/algorithms/algorithm.ts'
import { Builds } from '../../sandbox/builds/store.ts'
import { environments } from '../../sandbox/environments/catalogue.ts'
import { type Sandbox, startSandbox } from '../../sandbox/server.ts'
import { algorithmServer } from '../support/algorithm-server.ts'
import { call } from '../support/http-call.ts'

const run = promisify(execFile)

const anna = 'simAnna'
const limited = 'simAnnaMayNotManage'
const ben = 'simBen'
let sandbox: Sandbox
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandbox-algorithms-'))
  sandbox = await startSandbox({
    stateDir: folder,
    users: [
      { name: 'anna', keys: [{ key: anna }, { key: limited, manage: false }] },
      { name: 'ben', keys: [{ key: ben }] },
    ],
  })
})
afterAll(async () => {
  await sandbox.close()
  await rm(folder, { recursive: true, force: true })
})

const create = (body: unknown, key = anna, owner = 'anna') =>
  call(sandbox.url, `/v1/algorithms/${owner}`, {
    method: 'POST',
    key,
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })

describe('an algorithm', () => {
  test('is created and found by name and by id', async () => {
    const details = { label: 'Hello', summary: 'Says hello', tagline: '' }
    const settings = { language: 'python3-1', environment: 'cpu', license: 'mit', source_visibility: 'open' }
    const created = await create({ name: 'Hello', details, settings })
    expect([created.status, created.json()]).toEqual([
      200,
      {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        name: 'Hello',
        details,
        settings: {
          algorithm_callability: 'private',
          network_access: 'full',
          pipeline_enabled: true,
          insights_enabled: false,
          royalty_microcredits: 0,
          ...settings,
        },
        source: { scm: { id: 'internal', provider: 'internal', default: true, enabled: true } },
        resource_type: 'algorithm',
      },
    ])
    const { id } = created.json() as { id: string }
    for (const path of ['anna/Hello', id]) {
      expect((await call(sandbox.url, `/v1/algorithms/${path}`, { key: anna })).json()).toEqual(created.json())
    }
  })

  test('that is missing, deleted or not yours has the body that clients expect', async () => {
    await create({ name: 'Deleted' })
    const removed = await call(sandbox.url, '/v1/algorithms/anna/Deleted', { method: 'DELETE', key: anna })
    expect([removed.status, removed.text]).toEqual([204, ''])
    await create({ name: 'Private' })
    for (const [path, key] of [
      ['anna/Missing', anna],
      ['anna/Deleted', anna],
      ['anna/Private', ben],
      [crypto.randomUUID(), anna],
      ['anna', anna],
    ]) {
      const answer = await call(sandbox.url, `/v1/algorithms/${path}`, { key: key ?? '' })
      expect([answer.status, answer.text, answer.headers['x-error-message']]).toEqual([
        404,
        '{"error":"No such algorithm"}',
        'No such algorithm',
      ])
    }
  })

  test('has a name of its own', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => create({ name: 'Twice' })))
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409, 409, 409, 409])
    const refused = answers.find((answer) => answer.status === 409)
    expect(refused?.json()).toMatchObject({ error: { code: 1002, message: expect.stringContaining('already exists') } })
    expect((await create({ name: 'Twice' }, ben, 'ben')).status).toBe(200)
  })

  test.each([
    ['no name', {}, 400, 3005],
    ['a digit first', { name: '1st' }, 400, 2015],
    ['a dash', { name: 'a-b' }, 400, 2015],
    ['a way out', { name: '../x' }, 400, 2015],
    ['a language that is not served', { name: 'Rusty', settings: { language: 'rust' } }, 400, 4001],
    ['an unknown license', { name: 'Odd', settings: { license: 'wtf' } }, 400, 2015],
    ['closed free software', { name: 'Odd', settings: { license: 'mit', source_visibility: 'closed' } }, 400, 2015],
    ['a language of somewhere else', { name: 'J', settings: { language: 'java11' } }, 400, 4001],
    ['packages of another language', { name: 'J', settings: { package_set: 'java11' } }, 400, 4001],
    ['an unknown environment', { name: 'E', settings: { algorithm_environment: crypto.randomUUID() } }, 400, 2015],
    ['a repository elsewhere', { name: 'E', source: { scm: 'github' } }, 400, 4009],
    ['text', 'name=x', 400, 2013],
    ['a list', [], 400, 2013],
  ])('is refused with %s', async (_case, body, status, code) => {
    const answer = await create(body)
    expect([answer.status, answer.json()]).toEqual([status, { error: expect.objectContaining({ code }) }])
  })

  test('is created by its owner with a key that may', async () => {
    expect((await create({ name: 'X' }, limited)).json()).toMatchObject({ error: { code: 2001 } })
    expect((await create({ name: 'X' }, ben)).status).toBe(403)
    expect((await create({ name: 'X' }, 'simUnknown')).status).toBe(401)
    expect((await create({ name: 'X' }, anna, 'nobody')).json()).toMatchObject({ error: { code: 3000 } })
    expect((await call(sandbox.url, '/v1/algorithms/anna/X', { key: limited })).status).toBe(404)
  })
})

/** One request about an algorithm, by name or id. */
const at = (path: string, method = 'GET', options: { key?: string; body?: string; type?: string } = {}) =>
  call(sandbox.url, `/v1/algorithms/${path}`, {
    method,
    key: options.key ?? anna,
    headers: { 'content-type': options.type ?? 'application/json' },
    ...(options.body !== undefined && { body: options.body }),
  })

const idOf = async (path: string) => ((await at(path)).json() as { id: string }).id

/** Leaves builds as a builder would, and starts the sandbox on them. */
async function withBuilds(
  algorithmId: string,
  made: { commit: string; callability?: 'private' | 'public'; number?: string; failed?: boolean }[],
) {
  await sandbox.close()
  const builds = new Builds(folder)
  for (const { commit, callability, number = '0.1.0', failed = false } of made) {
    const build = builds.begin(algorithmId, commit)
    if (callability) {
      const texts = { releaseNotes: 'Notes', sampleInput: '1', sampleOutput: '2' }
      const publishedAt = new Date().toISOString()
      build.version = { uuid: crypto.randomUUID(), number, publishedAt, callability, insights: false, ...texts }
    }
    builds.finish(build, failed ? 'failed' : 'succeeded', `the log of ${commit}`)
  }
  sandbox = await startSandbox({ stateDir: folder })
}

const commitOf = (digit: string) => digit.repeat(40)

describe('changing an algorithm', () => {
  test('keeps what is left out, by name and by id', async () => {
    await create({
      name: 'Changed',
      details: { label: 'A', tagline: 'T' },
      settings: { license: 'mit', source_visibility: 'open' },
    })
    const id = await idOf('anna/Changed')
    const changed = await at('anna/Changed', 'PUT', {
      body: JSON.stringify({
        details: { label: 'B' },
        settings: { network_access: 'isolated', pipeline_enabled: false },
      }),
    })
    expect([changed.status, changed.json()]).toEqual([
      200,
      expect.objectContaining({
        id,
        details: { label: 'B', summary: '', tagline: 'T' },
        settings: expect.objectContaining({
          license: 'mit',
          source_visibility: 'open',
          network_access: 'isolated',
          pipeline_enabled: false,
          language: 'python3-1',
        }),
      }),
    ])
    expect(
      (await at(id, 'PUT', { body: '{"settings":{"pipeline_enabled":true,"language":"python3-1"}}' })).status,
    ).toBe(200)
    await withBuilds(id, [])
    expect((await at('anna/Changed')).json()).toMatchObject({
      details: { label: 'B' },
      settings: { network_access: 'isolated', pipeline_enabled: true },
    })
  })

  test('takes the form of the client that sends names only, and changes nothing', async () => {
    await create({ name: 'Form', details: { label: 'A' } })
    const type = 'application/x-www-form-urlencoded'
    const answer = await at('anna/Form', 'PUT', { body: 'details=label&settings=license&settings=environment', type })
    expect([answer.status, answer.json()]).toEqual([200, (await at('anna/Form')).json()])
    expect((await at('anna/Form', 'PUT', { body: '{"details":{"label":"B"}}', type })).json()).toMatchObject({
      details: { label: 'B' },
    })
  })

  test.each([
    ['another language', { settings: { language: 'python3' } }, 2015],
    ['an environment of another language', { settings: { algorithm_environment: environments[0]?.id } }, 2015],
    ['a language that is not served', { settings: { language: 'rust' } }, 4001],
    ['closed free software', { settings: { license: 'mit' } }, 2015],
    ['a flag that is none', { settings: { pipeline_enabled: 'no' } }, 2015],
    ['a text', 'x', 2013],
  ])('is refused with %s', async (_case, body, code) => {
    await create({ name: 'Steady' })
    const before = (await at('anna/Steady')).json()
    const answer = await at('anna/Steady', 'PUT', { body: typeof body === 'string' ? body : JSON.stringify(body) })
    expect([answer.status, answer.json()]).toEqual([400, { error: expect.objectContaining({ code }) }])
    expect((await at('anna/Steady')).json()).toEqual(before)
  })

  test('is for its owner with a key that may', async () => {
    await create({ name: 'Mine' })
    const body = '{"details":{"label":"X"}}'
    expect((await at('anna/Mine', 'PUT', { key: limited, body })).status).toBe(403)
    expect((await at('anna/Mine', 'PUT', { key: ben, body })).text).toBe('{"error":"No such algorithm"}')
    expect((await at('anna/Mine', 'DELETE', { key: limited })).status).toBe(403)
    expect((await at('anna/Mine', 'DELETE', { key: ben })).status).toBe(404)
    expect((await at('anna/Mine')).json()).toMatchObject({ details: { label: '' } })
  })
})

describe('an algorithm with builds', () => {
  test('is shown as in its newest successful one', async () => {
    await create({ name: 'Built' })
    const id = await idOf('anna/Built')
    await withBuilds(id, [
      { commit: commitOf('a') },
      { commit: commitOf('b'), callability: 'private' },
      { commit: commitOf('c'), failed: true },
    ])
    expect((await at('anna/Built')).json()).toMatchObject({
      id,
      version_info: { git_hash: commitOf('b'), semantic_version: '0.1.0', release_notes: 'Notes' },
      build: { status: 'succeeded', commit_sha: commitOf('b') },
      compilation: { successful: true, output: `the log of ${commitOf('b')}` },
      self_link: `${sandbox.url}/v1/algorithms/anna/Built/versions/${commitOf('b')}`,
    })
    const headers = { host: 'elsewhere.example' }
    const renamed = await call(sandbox.url, '/v1/algorithms/anna/Built', { key: anna, headers })
    expect(renamed.json()).toEqual((await at('anna/Built')).json())
    expect((await at('anna/Built', 'GET', { key: ben })).status).toBe(404)
    expect((await at('anna/Built', 'DELETE')).status).toBe(204)
    expect(existsSync(join(folder, 'builds', id))).toBe(false)
  })

  test('is seen by everybody once it is public, but not what is private in it', async () => {
    await create({ name: 'Open' })
    const id = await idOf('anna/Open')
    await withBuilds(id, [{ commit: commitOf('a'), callability: 'public' }, { commit: commitOf('b') }])
    expect((await at('anna/Open')).json()).toMatchObject({ version_info: { git_hash: commitOf('b') } })
    for (const path of ['anna/Open', id]) {
      const seen = await at(path, 'GET', { key: ben })
      expect(seen.json()).toMatchObject({ version_info: { git_hash: commitOf('a') } })
      expect(seen.text).not.toMatch(/bbbbbbbb|the log of/)
      expect((await at(`${path}/scm/status`, 'GET', { key: ben })).status).toBe(200)
      for (const [method, rest] of [
        ['PUT', ''],
        ['DELETE', ''],
        ['GET', '/log'],
        ['GET', '/secrets'],
        ['POST', '/secrets'],
      ] as const) {
        const answer = await at(`${path}${rest}`, method, { key: ben, ...(method[0] === 'P' && { body: '{}' }) })
        expect([method, rest, answer.status]).toEqual([method, rest, 403])
      }
    }
    const refused = await at(id, 'DELETE')
    expect([refused.status, refused.json()]).toEqual([
      403,
      { error: expect.objectContaining({ code: 2001, message: expect.stringContaining('published publicly') }) },
    ])
    expect((await at('anna/Open')).status).toBe(200)
  })
})

describe('the repository of an algorithm', () => {
  test.each([
    ['python3-1', { language: 'python3-1' }, false],
    ['nothing', {}, false],
    ['python2-langpack', { language: 'python2-langpack' }, false],
    ['python3', { language: 'python3' }, true],
    ['an environment', { algorithm_environment: environments[1]?.id }, true],
  ])('begins with the template of %s', async (name, settings, adk) => {
    const algorithm = `Template_${name.replaceAll(/\W/g, '_')}`
    const created = await create({ name: algorithm, settings })
    expect(created.status).toBe(200)
    if ('algorithm_environment' in settings) {
      expect(created.json()).toMatchObject({ settings: { ...settings, package_set: 'python38' } })
    }
    const git = ['--git-dir', sandbox.repositoryPath('anna', algorithm)]
    const files = (await run('git', [...git, 'ls-tree', '-r', '--name-only', 'master'])).stdout.split('\n')
    expect(files.includes('.adk')).toBe(adk)
    const source = (await run('git', [...git, 'show', `master:src/${algorithm}.py`])).stdout
    expect(source.includes('from Algorithmia import ADK')).toBe(adk)
    expect(source).toContain('return "hello {}".format(input)')
  })

  test('has a status and a history', async () => {
    await create({ name: 'History' })
    const id = await idOf('anna/History')
    const git = ['--git-dir', sandbox.repositoryPath('anna', 'History'), '-c', 'user.name=Böb', '-c', 'user.email=b@x']
    const message = 'Second: "quoted"\n\nIts body'
    const parent = (await run('git', [...git, 'rev-parse', 'master'])).stdout.trim()
    const second = (
      await run('git', [...git, 'commit-tree', 'master^{tree}', '-p', parent, '-m', message])
    ).stdout.trim()
    await run('git', [...git, 'update-ref', 'refs/heads/master', second])
    for (const path of ['anna/History', id]) {
      expect((await at(`${path}/scm/status`)).json()).toEqual({ scm_connection_status: 'active' })
      expect((await at(`${path}/log`)).json()).toEqual([
        { id: second, short_message: 'Second: "quoted"', message, author: 'Böb' },
        { id: parent, short_message: 'Initial commit', message: 'Initial commit', author: 'Algorithmia' },
      ])
    }
    const count = async (query: string) => ((await at(`anna/History/log?${query}`)).json() as unknown[]).length
    expect(await count('until=2001-01-01')).toBe(0)
    expect(await count(`since=2001-01-01T00:00:00Z&until=${Date.now() + 60_000}`)).toBe(2)
    for (const odd of ['since=--output%3D/tmp/x', 'until=yesterday']) {
      expect((await at(`anna/History/log?${odd}`)).status).toBe(400)
    }
    expect((await at('anna/History/log', 'GET', { key: limited })).status).toBe(403)
    expect((await at('anna/Missing/log')).text).toBe('{"error":"No such algorithm"}')
  })
})

test('names that are also parts of addresses are names', async () => {
  for (const name of ['log', 'scm', 'secrets', 'versions']) {
    expect((await create({ name })).status).toBe(200)
    expect((await at(`anna/${name}`)).json()).toMatchObject({ name })
    expect((await at(`anna/${name}/scm/status`)).status).toBe(200)
  }
})

describe('whoever runs an algorithm', () => {
  test('hears of its changes and its end', async () => {
    const heard: string[] = []
    const { request, algorithms, repositories, close } = await algorithmServer(anna, {
      onChange: ({ name, settings }: Algorithm) => heard.push(`${name} is ${settings.network_access}`),
      onRemove: async ({ id, owner, name }: Algorithm) => {
        const found = algorithms.find(owner, name) !== undefined
        heard.push(`${name} ends, found: ${found}, repository: ${existsSync(repositories.pathOf(id))}`)
      },
    })
    try {
      const { id } = (await request('POST', '/anna', { name: 'A' })).json() as { id: string }
      expect((await request('PUT', '/anna/A', { settings: { network_access: 'isolated' } })).status).toBe(200)
      expect((await request('PUT', '/anna/A', { settings: { network_access: 'x' } })).status).toBe(400)
      expect((await request('POST', `/${id}/secrets`, { secret_key: 'K', secret_value: 'V' })).status).toBe(200)
      expect((await request('POST', `/${id}/secrets`, { secret_key: 'PATH', secret_value: 'V' })).status).toBe(400)
      expect((await request('DELETE', `/${id}`)).status).toBe(204)
      expect(heard).toEqual(['A is isolated', 'A is isolated', 'A ends, found: false, repository: true'])
      expect(existsSync(repositories.pathOf(id))).toBe(false)
    } finally {
      await close()
    }
  })
})
