import { existsSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { call } from '../support/http-call.ts'
import { annasKey, bensKey, noPackages, SandboxLab } from '../support/sandbox-lab.ts'
import { until } from '../support/until.ts'

const source = `
import json, os, time, urllib.request
def apply(input):
    if input == 'key':
        return os.environ['ALGORITHMIA_API_KEY']
    if input == 'api':
        return os.environ['ALGORITHMIA_API']
    if isinstance(input, dict):
        request = urllib.request.Request(os.environ['ALGORITHMIA_API'] + '/v1/algo/' + input['algorithm'], b'"nested"')
        request.add_header('Authorization', input['key'])
        request.add_header('Content-Type', 'application/json')
        return json.loads(urllib.request.urlopen(request).read())
    if input == 'end':
        os._exit(0)
    if isinstance(input, str) and input.startswith('/'):
        open(input + '.begun', 'w').close()
        while not os.path.exists(input):
            time.sleep(0.01)
        open(input + '.ended', 'w').close()
    return input
`
const limitedKey = 'simAnnaOthersOnly'
let lab: SandboxLab
let commit: string

beforeAll(async () => {
  lab = await SandboxLab.start({
    users: [
      {
        name: 'anna',
        keys: [{ key: annasKey }, { key: limitedKey, algorithms: ['algo://anna/Other/*', 'algo://ben/*'] }],
      },
      { name: 'ben', keys: [{ key: bensKey }] },
    ],
  })
  commit = (await lab.deploy('Echo', { 'requirements.txt': noPackages, 'src/Echo.py': source })).commit_sha
}, 300_000)
afterAll(() => lab.close())

const post = (path: string, key?: string, body = '"x"') =>
  call(lab.url, path, {
    method: 'POST',
    ...(key !== undefined && { key }),
    headers: { 'content-type': 'application/json' },
    body,
  })
const alive = async () => expect((await lab.ask(`Echo/${commit}`, 'alive')).result).toBe('alive')

describe('whoever may not call', () => {
  test('without a key is told so with status 200, because a client hides all others', async () => {
    const answer = await post(`/v1/algo/anna/Echo/${commit}`)
    expect([answer.status, answer.json()]).toMatchObject([200, { error: { message: 'authorization required' } }])
  })

  test('with an unknown key is refused', async () => {
    expect((await post(`/v1/algo/anna/Echo/${commit}`, 'simWrong')).status).toBe(401)
  })

  test("with a key for other algorithms is refused, also for one's own algorithm", async () => {
    const answer = await post(`/v1/algo/anna/Echo/${commit}`, limitedKey)
    expect([answer.status, answer.json()]).toMatchObject([403, { error: { code: 2001 } }])
  })

  test('as a stranger does not learn that a private algorithm exists', async () => {
    for (const name of ['Echo', 'Missing']) {
      const answer = await post(`/v1/algo/anna/${name}/${commit}`, bensKey)
      const message = `algorithm algo://anna/${name}/${commit} not found`
      expect([answer.status, answer.json()]).toMatchObject([200, { error: { message } }])
    }
  })
})

const strangePaths = [
  '/v1/algo/',
  '/v1/algo/anna',
  '/v1/algo/anna/',
  '/v1/algo/anna/Echo/../../../../etc/passwd',
  '/v1/algo/../../etc/passwd',
  '/v1/algo/%2e%2e/%2e%2e/etc/passwd',
  '/v1/algo/anna%2fEcho%2f..%2f..',
  '/v1/algo/anna/Echo%00',
  '/v1/algo/anna/Echo/%00',
  '/v1/algo/anna/Echo/__proto__',
  '/v1/algo/__proto__/constructor',
  '/v1/algo/algo://algo://anna/Echo',
  '/v1/algo/00000000-0000-0000-0000-000000000000',
  `/v1/algo/anna/Echo/${'9'.repeat(3000)}`,
  '/v1/algo/anna/Echo/%zz',
  '/processes/../../v1/algo/anna/Echo',
  '/processes/00000000-0000-0000-0000-000000000000/../v1/algo/anna/Echo',
]
test.each(strangePaths.map((path) => [path.slice(0, 80), path]))('%s names no algorithm', async (_name, path) => {
  const answer = await post(path, annasKey)
  expect(answer.json()).toEqual(
    expect.objectContaining({ error: expect.objectContaining({ message: expect.any(String) }) }),
  )
  expect(answer.text).not.toMatch(/root:|at .*\.ts|node_modules/)
  expect(answer.text).not.toContain(lab.sandbox.stateDir)
  await alive()
})

describe('connections', () => {
  test('that break off within the body are no call', async () => {
    const before = (await lab.ask(`Echo/${commit}`, 'x')).result
    for (let round = 0; round < 5; round += 1) {
      const { hostname, port } = new URL(lab.url)
      const sent = request({
        hostname,
        port,
        path: `/v1/algo/anna/Echo/${commit}`,
        method: 'POST',
        headers: { authorization: annasKey, 'content-type': 'application/json', 'content-length': '100' },
      })
      sent.on('error', () => undefined)
      sent.write('"half')
      await new Promise((resolve) => setImmediate(resolve))
      sent.destroy()
    }
    expect(before).toBe('x')
    await alive()
  })

  test('that close during a call do no harm, and the call is carried out', async () => {
    const { hostname, port } = new URL(lab.url)
    const socket = connect(Number(port), hostname)
    const go = `${lab.sandbox.stateDir}/go`
    const body = JSON.stringify(go)
    socket.write(
      `POST /v1/algo/anna/Echo/${commit} HTTP/1.1\r\nHost: x\r\nAuthorization: ${annasKey}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    )
    await until(() => existsSync(`${go}.begun`))
    socket.destroy()
    await until(() => lab.log.some((line) => line.endsWith(`${commit}: the client left`)))
    writeFileSync(go, '')
    await until(() => existsSync(`${go}.ended`))
    await alive()
  })

  test('that send a body byte by byte are waited for', async () => {
    const { hostname, port } = new URL(lab.url)
    const sent = request({
      hostname,
      port,
      path: `/v1/algo/anna/Echo/${commit}`,
      method: 'POST',
      headers: { authorization: annasKey, 'content-type': 'application/json' },
    })
    const status = new Promise((resolve) => sent.on('response', (response) => resolve(response.statusCode)))
    for (const byte of '"slowly"') {
      sent.write(byte)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    sent.end()
    expect(await status).toBe(200)
  })
})

describe('the key of an algorithm process', () => {
  const ask = async (input: string) => String((await lab.ask(`Echo/${commit}`, input)).result)

  test('manages nothing and calls nothing while its algorithm is not called', async () => {
    const key = await ask('key')
    expect(key).toMatch(/^sim\w{25}$/)
    expect((await lab.request('POST', '/v1/algorithms/anna', { name: 'Sneaky' }, key)).status).toBe(403)
    expect((await lab.request('GET', '/v1/algorithms/anna/Echo/builds', undefined, key)).status).toBe(403)
    expect((await lab.request('DELETE', '/v1/algorithms/anna/Echo', undefined, key)).status).toBe(403)
    const nested = await post(`/v1/algo/anna/Echo/${commit}`, key)
    expect(nested.json()).toMatchObject({
      error: { message: expect.stringContaining('only while it is called itself') },
    })
  })

  test('may not call others where pipelines are off, nor may any other key in its place', async () => {
    const settings = { pipeline_enabled: false }
    const files = { 'requirements.txt': noPackages, 'src/Secluded.py': source }
    const secluded = (await lab.deploy('Secluded', files, settings)).commit_sha
    const algorithm = `anna/Echo/${commit}`
    for (const key of [await ask('key'), annasKey]) {
      const { result } = await lab.ask(`Secluded/${secluded}`, { algorithm, key })
      expect(result).toMatchObject({ error: { message: expect.stringContaining('pipeline_enabled is off') } })
      expect((await lab.ask(`Echo/${commit}`, { algorithm, key: annasKey })).result).toMatchObject({ result: 'nested' })
    }
  })

  test('is worth nothing once the process has ended', async () => {
    const key = await ask('key')
    expect((await call(lab.url, '/v1/data/.my', { key })).status).toBe(200)
    await lab.ask(`Echo/${commit}`, 'end')
    const statuses: number[] = []
    await until(() => {
      void call(lab.url, '/v1/data/.my', { key }).then(({ status }) => statuses.push(status))
      return statuses.at(-1) === 401
    })
  })

  test('never shows in the log of the server', async () => {
    const key = await ask('key')
    const api = await ask('api')
    await call(api, '/v1/data/.my', { key })
    expect(lab.log.join('\n')).not.toContain(key)
    expect(lab.log.join('\n')).not.toContain(annasKey)
  })
})
