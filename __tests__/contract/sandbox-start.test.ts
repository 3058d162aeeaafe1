import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { startSandbox } from '../../sandbox/server.ts'
import { call } from '../support/http-call.ts'
import { until } from '../support/until.ts'

let folder: string
const children: ChildProcess[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandbox-start-'))
})
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
})

describe('a sandbox started again on the same state', () => {
  test('has the same users, keys, data, algorithms and repositories', async () => {
    const first = await startSandbox({ stateDir: folder })
    const key = first.users[0]?.apiKey ?? ''
    expect(key).toMatch(/^sim[A-Za-z0-9]{25}$/)
    await call(first.url, '/v1/data/demo', { method: 'POST', key, body: '{"name":"c","acl":{"read":["user://*"]}}' })
    await call(first.url, '/v1/data/demo/c/f%20%F0%9F%99%82', { method: 'PUT', key, body: 'content' })
    const listing = (await call(first.url, '/v1/data/demo/c?acl=true', { key })).json()
    const algorithm = await first.createAlgorithm('demo', 'Hello')
    const repository = first.repositoryPath('demo', 'Hello')
    await first.close()

    const second = await startSandbox({ stateDir: folder })
    try {
      expect(second.users).toEqual(first.users)
      expect((await call(second.url, '/v1/data/demo/c?acl=true', { key })).json()).toEqual(listing)
      expect((await call(second.url, '/v1/data/demo/c/f%20%F0%9F%99%82', {})).text).toBe('content')
      expect((await call(second.url, '/v1/algorithms/demo/Hello', { key })).json()).toMatchObject({ id: algorithm.id })
      expect(second.repositoryPath('demo', 'Hello')).toBe(repository)
      const again = await call(second.url, '/v1/algorithms/demo', { method: 'POST', key, body: '{"name":"Hello"}' })
      expect(again.status).toBe(409)
    } finally {
      await second.close()
    }
  })

  test('takes new users and stated secrets, and keeps the others', async () => {
    const first = await startSandbox({ stateDir: folder })
    await first.close()
    const users = [{ name: 'anna', password: 'secret', keys: [{ key: 'simA' }, { key: 'simB', manage: false }] }]
    const second = await startSandbox({ stateDir: folder, users })
    await second.close()
    expect(second.users).toEqual([
      ...first.users,
      {
        name: 'anna',
        password: 'secret',
        apiKey: 'simA',
        keys: [
          { key: 'simA', data: 'read-write', manage: true, algorithms: ['algo://*'], admin: false },
          { key: 'simB', data: 'read-write', manage: false, algorithms: ['algo://*'], admin: false },
        ],
      },
    ])
  })

  test('removes what a killed one left unfinished', async () => {
    const first = await startSandbox({ stateDir: folder })
    await first.close()
    const whole = await readdir(join(folder, 'blobs'))
    await writeFile(join(folder, 'blobs', crypto.randomUUID()), 'half an upload')
    await writeFile(join(folder, 'lock'), '999999999')
    const second = await startSandbox({ stateDir: folder })
    await second.close()
    expect(await readdir(join(folder, 'blobs'))).toEqual(whole)
  })

  test('is refused while the first one runs', async () => {
    const first = await startSandbox({ stateDir: folder })
    try {
      await expect(startSandbox({ stateDir: folder })).rejects.toThrow('is in use by process')
    } finally {
      await first.close()
    }
  })
})

test('closing ends uploads and removes a temporary state', async () => {
  const sandbox = await startSandbox()
  const key = sandbox.users[0]?.apiKey ?? ''
  await call(sandbox.url, '/v1/data/demo', { method: 'POST', key, body: 'c' })
  const { hostname, port } = new URL(sandbox.url)
  const headers = { authorization: key, 'content-length': '1000000' }
  const put = request({ hostname, port, path: '/v1/data/demo/c/f', method: 'PUT', headers, agent: false })
  const broken = new Promise((resolve) => put.on('error', resolve))
  put.write('half')
  await until(() => readdirSync(join(sandbox.stateDir, 'blobs')).length > 0)
  await Promise.all([sandbox.close(), sandbox.close()])
  await broken
  expect(existsSync(sandbox.stateDir)).toBe(false)
})

describe('the command', () => {
  const program = fileURLToPath(new URL('../../../sandbox/index.ts', import.meta.url))

  function command(args: string[]) {
    const child = spawn(process.execPath, [program, ...args], { env: { PATH: process.env.PATH, TMPDIR: folder } })
    children.push(child)
    let output = ''
    const collect = (chunk: Buffer) => {
      output += chunk
    }
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    const exit = new Promise<number | null>((resolve) => child.on('close', resolve))
    const ready = new Promise<void>((resolve) => {
      child.stdout.on('data', () => output.includes('Ctrl-C') && resolve())
    })
    return { child, exit, ready: Promise.race([ready, exit]), output: () => output }
  }

  test('prints what one needs, serves, and leaves nothing behind', async () => {
    const { child, exit, ready, output } = command(['--user', 'anna'])
    await ready
    const url = /ALGORITHMIA_API=(\S+)/.exec(output())?.[1] ?? ''
    const key = /ALGORITHMIA_API_KEY=(\S+)/.exec(output())?.[1] ?? ''
    expect(output()).toMatch(/user\s+anna\n\s+password\s+\S+/)
    expect(output()).toContain(`${url}/git/<owner>/<algorithm>.git`)
    expect((await call(url, '/v1/data', { key })).json()).toEqual({ folders: [{ name: 'anna' }] })
    child.kill('SIGINT')
    expect(await exit).toBe(0)
    expect(output()).toContain('GET /v1/data 200')
    expect(await readdir(folder)).toEqual([])
  })

  test('has the account and the algorithms that were asked for, also on the second start', async () => {
    const state = join(folder, 'state')
    const args = ['--state', state, '--user', 'anna', '--password', 'p@ss word', '--api-key', 'simA/b+c']
    for (const start of [1, 2]) {
      const { child, exit, ready, output } = command([...args, '--algorithm', 'anna/echo'])
      await ready
      const url = /ALGORITHMIA_API=(\S+)/.exec(output())?.[1] ?? ''
      expect(output()).toContain('p@ss word')
      const algorithm = await call(url, '/v1/algorithms/anna/echo', { key: 'simA/b+c' })
      expect([start, algorithm.status]).toEqual([start, 200])
      child.kill('SIGTERM')
      expect(await exit).toBe(0)
    }
  })

  test('has the further keys that were asked for, the same ones on the second start', async () => {
    const state = join(folder, 'state')
    const limited = 'user=demo,data=read,manage=no,algorithms=algo://demo/*,algorithms=algo://a/b/*'
    const args = [
      '--state',
      state,
      '--user',
      'demo',
      '--key',
      limited,
      '--key',
      'user=demo,data=none,algorithms=none,key=simX',
    ]
    const banners: string[] = []
    for (const further of [[], ['--admin-key', 'simAdmin']]) {
      const { child, exit, ready, output } = command([...args, ...further])
      await ready
      const url = /ALGORITHMIA_API=(\S+)/.exec(output())?.[1] ?? ''
      expect((await call(url, '/v1/data', { key: 'simX' })).status).toBe(403)
      const types = await call(url, '/v1/organization/types', { key: 'simAdmin' })
      expect(types.status).toBe(further.length > 0 ? 200 : 401)
      const [, key = ''] = /API key {3}(\S+)\n +reads data, may not manage/.exec(output()) ?? []
      expect((await call(url, '/v1/data', { key })).status).toBe(200)
      expect((await call(url, '/v1/data/demo', { method: 'POST', key, body: 'c' })).status).toBe(403)
      banners.push((output().split('For the step')[0] ?? '').replaceAll(/(API|git|pages) +http\S+/g, ''))
      child.kill('SIGTERM')
      expect(await exit).toBe(0)
    }
    expect(banners[0]).toMatch(/API key {3}\S+\n +reads and writes data, manages algorithms, calls all algorithms\n/)
    expect(banners[0]).toContain('calls algo://demo/* and algo://a/b/*')
    expect(banners[0]).toContain('no access to data, manages algorithms, calls no algorithms')
    expect(banners[0]).not.toContain('admin key')
    expect(banners[1]).toContain('admin key simAdmin\n            administers users and organisations, nothing else')
    const withoutAdmin = (text = '') => text.replaceAll(/ +admin key.*\n.*\n/g, '')
    expect(withoutAdmin(banners[1])).toBe(withoutAdmin(banners[0]))
  })

  test('keeps accounts, keys and the port, whatever is added later', async () => {
    const state = join(folder, 'state')
    const starts = [
      ['--user', 'anna', '--api-key', 'simFirst', '--key', 'user=anna,data=read,key=simReader'],
      [],
      ['--api-key', 'simSecond', '--password', 'changed'],
    ]
    const addresses: string[] = []
    for (const options of starts) {
      const { child, exit, output } = command(['--state', state, ...options])
      await until(() => output().includes('Ctrl-C'))
      addresses.push(/API {4}(\S+)/.exec(output())?.[1] ?? '')
      expect(output()).not.toContain('demo')
      const keys = options.includes('simSecond') ? ['simSecond', 'simFirst', 'simReader'] : ['simFirst', 'simReader']
      expect([...output().matchAll(/API key {3}(\S+)/g)].map((match) => match[1])).toEqual(keys)
      if (options.includes('changed')) expect(output()).toContain('password  changed')
      child.kill('SIGTERM')
      expect(await exit).toBe(0)
    }
    expect(new Set(addresses).size).toBe(1)
  })

  test('takes over from one that was killed', async () => {
    const state = join(folder, 'state')
    const first = command(['--state', state])
    await first.ready
    first.child.kill('SIGKILL')
    await first.exit
    const second = command(['--state', state])
    await second.ready
    expect(/ALGORITHMIA_API_KEY=(\S+)/.exec(second.output())?.[1]).toBe(
      /ALGORITHMIA_API_KEY=(\S+)/.exec(first.output())?.[1],
    )
    second.child.kill('SIGTERM')
    expect(await second.exit).toBe(0)
  })

  test.each([
    ['a port that is none', ['--port', '99999'], /--port must be 0 to 65535/],
    ['an unknown option', ['--prot', '1'], /--prot/],
    ['an argument', ['start'], /start/],
    ['a user name that is none', ['--user', 'a/b'], /cannot be a user name/],
    ['a state that is no folder', ['--state', fileURLToPath(import.meta.url)], /cannot be used/],
    ['a Python that is none', ['--python', '/no/python'], /Python of algorithms, \/no\/python, cannot be used/],
    ['an algorithm that is none', ['--algorithm', 'demo'], /--algorithm must be OWNER\/NAME/],
    ['an algorithm of nobody', ['--algorithm', 'nobody/echo'], /nobody\/echo: The user nobody does not exist/],
    ['an algorithm that cannot be', ['--algorithm', 'demo/1st'], /demo\/1st: /],
    ['a key of nobody', ['--key', 'data=read'], /--key must say whose key it is: user=demo/],
    ['a key of somebody unknown', ['--key', 'user=carl'], /no such account; add it with --user carl/],
    [
      'a key with an unknown part',
      ['--key', 'user=demo,rights=all'],
      /does not know "rights"; its parts are user, data/,
    ],
    [
      'a key with an odd data right',
      ['--key', 'user=demo,data=rw'],
      /data must be none or read or read-write, not "rw"/,
    ],
    ['a key with an odd manage right', ['--key', 'user=demo,manage=true'], /manage must be yes or no, not "true"/],
    ['a key with an odd pattern', ['--key', 'user=demo,algorithms=demo/x'], /use algo:\/\/\*/],
    ['a key with a part twice', ['--key', 'user=demo,data=read,data=none'], /--key has data twice/],
    ['a key without a value', ['--key', 'user=demo,key='], /--key needs a value for key/],
    ['an admin key that is the own key', ['--api-key', 'simA', '--admin-key', 'simA'], /cannot be an admin key/],
    ['an empty admin key', ['--admin-key', ''], /--admin-key must not be empty/],
    ['a foreign address', ['--host', '192.0.2.1'], /not an address of this machine/],
  ])('says what is wrong with %s', async (_case, args, message) => {
    const { exit, output } = command(args)
    expect(await exit).toBe(2)
    expect(output()).toMatch(message)
    expect(output()).not.toMatch(/\n\s+at /)
    expect(await readdir(folder)).toEqual([])
  })

  test('does not print what may be a key when it explains a mistake', async () => {
    const { exit, output } = command(['--key', 'user=demo,simSecret'])
    expect(await exit).toBe(2)
    expect(output()).toContain('has a part without a name')
    expect(output()).not.toContain('simSecret')
  })

  test('says when the port is in use', async () => {
    const sandbox = await startSandbox()
    try {
      const { exit, output } = command(['--port', new URL(sandbox.url).port])
      expect(await exit).toBe(2)
      expect(output()).toContain('is in use')
    } finally {
      await sandbox.close()
    }
  })

  test('explains itself', async () => {
    const { exit, output } = command(['--help'])
    expect(await exit).toBe(0)
    expect(output()).toContain('--state DIR')
    expect(output()).toContain('--admin-key KEY')
  })
})
