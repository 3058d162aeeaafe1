import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Sandbox, startSandbox } from '../../sandbox/server.ts'
import { call } from '../support/http-call.ts'

const anna = 'simAnna'
const limited = 'simAnnaMayNotManage'
const ben = 'simBen'
let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await startSandbox({
    users: [
      { name: 'anna', keys: [{ key: anna }, { key: limited, manage: false }] },
      { name: 'ben', keys: [{ key: ben }] },
    ],
  })
})
afterAll(() => sandbox.close())

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
