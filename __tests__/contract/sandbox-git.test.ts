import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { Builds } from '../../sandbox/builds/store.ts'
import type { Push } from '../../sandbox/git/routes.ts'
import { type Sandbox, startSandbox } from '../../sandbox/server.ts'
import { call } from '../support/http-call.ts'
import { environments } from '../support/sandbox-lab.ts'
import { until } from '../support/until.ts'

const run = promisify(execFile)
const key = 'sim/with+odd=chars/0123456789'
const password = 'p@ss:w/rd%41#x?&=+ é$\'"\\`'
let sandbox: Sandbox
let folder: string
const pushes: Push[] = []
const log: string[] = []
let beforePushEnds: (push: Push) => Promise<void> = async () => undefined

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandbox-git-'))
  await writeFile(
    join(folder, 'gitconfig'),
    '[user]\nname=Test\nemail=test@example.com\n[advice]\ndetachedHead=false\n',
  )
  sandbox = await startSandbox({
    environments,
    users: [
      { name: 'anna', password, keys: [{ key }] },
      { name: 'ben', keys: [{ key: 'simBen' }] },
    ],
    log: (line) => log.push(line),
    onPush: async (push) => {
      await beforePushEnds(push)
      pushes.push(push)
    },
  })
})
afterAll(async () => {
  await sandbox.close()
  await rm(folder, { recursive: true, force: true })
})

/** Runs git as a client would have it: only our own configuration, never a prompt. */
async function git(args: string[], cwd = folder): Promise<string> {
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: join(folder, 'gitconfig'),
    GIT_TERMINAL_PROMPT: '0',
    LC_ALL: 'C',
    NO_PROXY: '*',
  }
  return (await run('git', args, { cwd, env, maxBuffer: 64 * 1024 * 1024 })).stdout.trim()
}

async function failureOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
  } catch (error) {
    return String(error)
  }
  return 'no failure'
}

const remote = (name: string, user = 'anna', secret = key) =>
  `${sandbox.url.replace('//', `//${user}:${encodeURIComponent(secret)}@`)}/git/anna/${name}.git`

async function cloned(name: string, url = remote(name)): Promise<string> {
  const target = await mkdtemp(join(folder, 'clone-'))
  await git(['clone', '--quiet', url, target])
  return target
}

async function commit(clone: string, file: string, content: string | Buffer): Promise<string> {
  await writeFile(join(clone, file), content)
  await git(['add', '.'], clone)
  await git(['commit', '--quiet', '--message', file], clone)
  return await git(['rev-parse', 'HEAD'], clone)
}

const head = (name: string) => git(['--git-dir', sandbox.repositoryPath('anna', name), 'rev-parse', 'master'])

describe('a new algorithm', () => {
  test('has a repository with the template on master', async () => {
    await sandbox.createAlgorithm('anna', 'Fresh')
    const clone = await cloned('Fresh')
    expect(await git(['ls-files'], clone)).toBe(
      ['algorithmia.conf', 'requirements.txt', 'src/Fresh.py', 'src/Fresh_test.py', 'src/__init__.py'].join('\n'),
    )
    expect(await git(['branch', '--show-current'], clone)).toBe('master')
    expect(JSON.parse(await readFile(join(clone, 'algorithmia.conf'), 'utf8'))).toMatchObject({
      username: 'anna',
      algoname: 'Fresh',
    })
    expect(await readFile(join(clone, 'src/Fresh.py'), 'utf8')).toContain('return "hello {}".format(input)')
  })
})

describe('a push', () => {
  beforeAll(() => sandbox.createAlgorithm('anna', 'Pushed'))

  test.each([
    ['the password', password],
    ['an API key', key],
  ])('works with %s', async (_case, secret) => {
    const clone = await cloned('Pushed', remote('Pushed', 'anna', secret))
    const pushed = await commit(clone, `file ${_case}`, secret)
    await git(['push', '--quiet'], clone)
    expect(await head('Pushed')).toBe(pushed)
  })

  test('is announced with what it moved before the client has its answer', async () => {
    const clone = await cloned('Pushed')
    const before = await git(['rev-parse', 'HEAD'], clone)
    const after = await commit(clone, 'announced', 'x')
    await git(['branch', 'side'], clone)
    let ended = false
    let endedTooEarly = false
    beforePushEnds = async () => {
      await new Promise((resolve) => setTimeout(resolve, 300))
      endedTooEarly ||= ended
    }
    pushes.length = 0
    await git(['push', '--quiet', 'origin', 'master', 'side'], clone)
    ended = true
    beforePushEnds = async () => undefined
    const common = { algorithmId: expect.any(String), owner: 'anna', name: 'Pushed', user: 'anna', after }
    expect(pushes).toEqual([
      { ...common, ref: 'refs/heads/master', before },
      { ...common, ref: 'refs/heads/side', before: '0'.repeat(40) },
    ])
    expect(endedTooEarly).toBe(false)
    await git(['push', '--quiet', 'origin', 'master'], clone)
    expect(pushes).toHaveLength(2)
  })

  test('of 30 MB in chunks arrives, and is fetched again shallow and with protocol 2', async () => {
    const clone = await cloned('Pushed')
    const content = randomBytes(30_000_000)
    await commit(clone, 'large.bin', content)
    await git(['push', '--quiet'], clone)
    const shallow = join(folder, 'shallow')
    await git(['-c', 'protocol.version=2', 'clone', '--quiet', '--depth=1', remote('Pushed'), shallow])
    expect((await readFile(join(shallow, 'large.bin'))).equals(content)).toBe(true)
    expect(await git(['rev-list', '--count', 'HEAD'], shallow)).toBe('1')
  })

  test('that rewrites or deletes history is refused', async () => {
    const clone = await cloned('Pushed')
    const pushed = await commit(clone, 'kept', 'x')
    await git(['push', '--quiet'], clone)
    pushes.length = 0
    await git(['commit', '--quiet', '--amend', '--message', 'rewritten'], clone)
    expect(await failureOf(git(['push', '--force'], clone))).toMatch(/non-fast-forward/)
    expect(await failureOf(git(['push', 'origin', ':master'], clone))).toMatch(
      /deletion prohibited|deletion of the current/,
    )
    await git(['push', '--quiet', 'origin', `${pushed}:refs/heads/other`], clone)
    expect(await failureOf(git(['push', 'origin', ':other'], clone))).toMatch(/deletion prohibited/)
    expect(await head('Pushed')).toBe(pushed)
    expect(pushes.map((push) => push.ref)).toEqual(['refs/heads/other'])
  })

  test('of 20 clients at once lands, one after the other', async () => {
    await sandbox.createAlgorithm('anna', 'Crowd')
    const clients = Array.from({ length: 20 }, (_, index) => index)
    pushes.length = 0
    const failures: string[] = []
    await Promise.all(
      clients.map(async (client) => {
        const clone = await cloned('Crowd')
        await commit(clone, `file-${client}`, 'x')
        for (let attempt = 0; attempt < 200; attempt += 1) {
          const failure = await failureOf(git(['push', '--quiet'], clone))
          if (failure === 'no failure') return
          failures.push(failure)
          await git(['pull', '--quiet', '--rebase'], clone)
        }
      }),
    )
    for (const failure of failures) expect(failure).toMatch(/rejected|cannot lock ref|failed to update ref/)
    const files = await git(['--git-dir', sandbox.repositoryPath('anna', 'Crowd'), 'ls-tree', '--name-only', 'master'])
    expect(files.split('\n').filter((file) => file.startsWith('file-'))).toHaveLength(20)
    // Each landed push was announced once, and together they are the history.
    const history = await git(['--git-dir', sandbox.repositoryPath('anna', 'Crowd'), 'rev-list', 'master'])
    expect(history.split('\n').slice(0, 20).sort()).toEqual(pushes.map((push) => push.after).sort())
    await git(['--git-dir', sandbox.repositoryPath('anna', 'Crowd'), 'fsck', '--strict'])
  }, 300_000)

  test('that breaks off leaves the repository as it was', async () => {
    const before = await head('Pushed')
    const { hostname, port } = new URL(sandbox.url)
    const path = '/git/anna/Pushed.git/git-receive-pack'
    const command = `${before} ${'1'.repeat(40)} refs/heads/master\0 report-status`
    const line = (command.length + 4).toString(16).padStart(4, '0') + command
    for (const headers of [{ 'content-length': '1000000' }, { 'transfer-encoding': 'chunked' }] as Record<
      string,
      string
    >[]) {
      const headersSent = {
        authorization: basic('anna', key),
        'content-type': 'application/x-git-receive-pack-request',
        ...headers,
      }
      const push = request({ hostname, port, path, method: 'POST', headers: headersSent, agent: false })
      push.on('error', () => undefined)
      push.write(`${line}0000PACK`)
      await new Promise((resolve) => setTimeout(resolve, 200))
      const logged = log.length
      push.destroy()
      await until(() => log.slice(logged).includes('git has ended for anna/Pushed'))
    }
    expect(await head('Pushed')).toBe(before)
    const clone = await cloned('Pushed')
    const pushed = await commit(clone, 'after', 'x')
    await git(['push', '--quiet'], clone)
    expect(await head('Pushed')).toBe(pushed)
    expect((await readdir(sandbox.stateDir)).filter((name) => name.startsWith('push-'))).toEqual([])
  })
})

const basic = (user: string, secret: string) => `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`
const info = (owner: string, name: string, authorization?: string, service = 'git-upload-pack') =>
  call(sandbox.url, `/git/${owner}/${name}.git/info/refs?service=${service}`, {
    ...(authorization !== undefined && { key: authorization }),
  })

describe('access', () => {
  beforeAll(() => sandbox.createAlgorithm('anna', 'Guarded'))

  test.each([
    ['nothing', undefined],
    ['a wrong password', basic('anna', 'wrong')],
    ['the key of another user', basic('anna', 'simBen')],
    ['an unknown user', basic('nobody', key)],
    ['an API header', key],
    ['garbage', 'Basic !!!'],
  ])('with %s is asked for credentials', async (_case, authorization) => {
    for (const name of ['Guarded', 'Missing']) {
      const answer = await info('anna', name, authorization)
      expect([answer.status, answer.headers['www-authenticate']]).toEqual([401, 'Basic realm="Algorithmia"'])
    }
  })

  test('of somebody else is refused, and git says so', async () => {
    const url = remote('Guarded', 'ben', 'simBen')
    expect(await failureOf(git(['ls-remote', url]))).toMatch(/ben may not read anna\/Guarded[\s\S]*403/)
    const clone = await cloned('Guarded')
    await commit(clone, 'x', 'x')
    expect(await failureOf(git(['push', url, 'master'], clone))).toMatch(/ben may not push to anna\/Guarded[\s\S]*403/)
  })

  test('to a missing repository is 404, and git says so', async () => {
    expect(await failureOf(git(['clone', '--quiet', remote('Missing'), join(folder, 'missing')]))).toMatch(/not found/)
    expect((await info('anna', 'Missing', basic('anna', key))).text).toBe('Repository not found\n')
  })

  test.each([
    '/git/anna/../../users.json.git/info/refs?service=git-upload-pack',
    '/git/..%2f..%2fetc/passwd.git/info/refs?service=git-upload-pack',
    '/git/anna/%2e%2e.git/info/refs?service=git-upload-pack',
    '/git/anna/Guarded.git/../Guarded.git/info/refs?service=git-upload-pack',
    '/git/anna/Guarded.git/objects/info/packs',
    '/git/anna/Guarded.git/HEAD',
    '/git/anna/Guarded.git/config',
    '/git/anna/Guarded.git/info/refs',
    '/git/anna/Guarded.git/info/refs?service=git-upload-archive',
    '/git/anna/Guarded.git/..%2f..%2fusers.json',
    '/git/anna/Guarded%00.git/info/refs?service=git-upload-pack',
    '/git/%zz/Guarded.git/info/refs?service=git-upload-pack',
    '/git/',
    '/git/anna',
  ])('by a path that leads elsewhere is refused: %s', async (path) => {
    const answer = await call(sandbox.url, path, { key: basic('anna', key) })
    expect([400, 404]).toContain(answer.status)
    expect(answer.text).not.toContain(key)
  })

  test('takes compressed requests', async () => {
    const head = await git(['ls-remote', remote('Guarded'), 'HEAD'])
    const want = `want ${head.slice(0, 40)}\n`
    const body = gzipSync(`${(want.length + 4).toString(16).padStart(4, '0')}${want}00000009done\n`)
    for (const headers of [{ 'content-length': String(body.length) }, { 'transfer-encoding': 'chunked' }] as Record<
      string,
      string
    >[]) {
      const answer = await call(sandbox.url, '/git/anna/Guarded.git/git-upload-pack', {
        method: 'POST',
        key: basic('anna', key),
        headers: { 'content-type': 'application/x-git-upload-pack-request', 'content-encoding': 'gzip', ...headers },
        body,
      })
      expect([answer.status, answer.bytes.includes('PACK')]).toEqual([200, true])
    }
  })
})

test('a fetch ends when its client is gone', async () => {
  // The content of an earlier test makes the answer too large to be sent at once.
  const want = `want ${await head('Pushed')}\n`
  const body = `${(want.length + 4).toString(16).padStart(4, '0')}${want}00000009done\n`
  const { hostname, port } = new URL(sandbox.url)
  const headers = { authorization: basic('anna', key), 'content-type': 'application/x-git-upload-pack-request' }
  const path = '/git/anna/Pushed.git/git-upload-pack'
  const logged = log.length
  await new Promise<void>((resolve, reject) => {
    const fetching = request({ hostname, port, path, method: 'POST', headers, agent: false }, (answer) => {
      answer.once('data', () => {
        answer.on('error', () => undefined).destroy()
        resolve()
      })
    })
    fetching.on('error', reject).end(body)
  })
  await until(() => log.slice(logged).includes('git has ended for anna/Pushed'))
  expect(log.slice(logged)).toContain(`POST ${path}: the client left`)
})

describe('one version', () => {
  let other: Sandbox
  let first: string
  let second: string
  let head: string
  const url = (version: string, user = 'anna', secret = 'simAnna') =>
    `${other.url.replace('//', `//${user}:${secret}@`)}/git/anna/Versioned${version}.git`

  beforeAll(async () => {
    const options = {
      stateDir: join(folder, 'versions'),
      users: [
        { name: 'anna', keys: [{ key: 'simAnna' }, { key: 'simNoManage', manage: false }] },
        { name: 'ben', keys: [{ key: 'simBen' }] },
      ],
    }
    other = await startSandbox(options)
    const { id } = await other.createAlgorithm('anna', 'Versioned')
    const clone = await cloned('Versioned', url(''))
    first = await commit(clone, 'first', 'x')
    second = await commit(clone, 'second', 'x')
    head = await commit(clone, 'third', 'x')
    await git(['push', '--quiet'], clone)
    await other.close()
    // As a builder would leave them.
    const builds = new Builds(options.stateDir)
    const publish = (hash: string, number: string | undefined) => {
      const build = builds.begin(id, hash)
      const texts = { releaseNotes: '', sampleInput: '', sampleOutput: '' }
      if (number !== undefined) {
        const common = { uuid: crypto.randomUUID(), publishedAt: new Date().toISOString(), insights: false, ...texts }
        build.version = { ...common, number, callability: number === '0.1.0' ? 'public' : 'private' }
      }
      builds.finish(build, 'succeeded', '')
    }
    publish(first, '0.1.0')
    publish(second, '0.1.1')
    publish(head, undefined)
    other = await startSandbox(options)
  })
  afterAll(() => other.close())

  test('is cloned with its commit as master, by number and by hash, also twice at once', async () => {
    const wanted = [
      ['0.1.0', first],
      ['0.1.1', second],
      ['0.1.1', second],
      [first, first],
      [head, head],
    ] as const
    await Promise.all(
      wanted.map(async ([version, hash]) => {
        const clone = await cloned('Versioned', url(`/${version}`))
        expect(await git(['rev-parse', 'HEAD'], clone)).toBe(hash)
        expect(await git(['branch', '--show-current'], clone)).toBe('master')
        expect(await git(['ls-remote', 'origin'], clone)).toBe(`${hash}\tHEAD\n${hash}\trefs/heads/master`)
        await git(['fsck', '--strict'], clone)
      }),
    )
    expect(readdirSync(join(other.stateDir, 'repositories')).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  test('takes no push, and git says where to push to', async () => {
    const clone = await cloned('Versioned', url('/0.1.0'))
    await commit(clone, 'more', 'x')
    expect(await failureOf(git(['push'], clone))).toMatch(
      /version 0\.1\.0 .* never changes; push to \/git\/anna\/Versioned/,
    )
    expect((await git(['ls-remote', url('/0.1.0'), 'master'])).slice(0, 40)).toBe(first)
    expect((await git(['ls-remote', url(''), 'master'])).slice(0, 40)).toBe(head)
  })

  test.each([['9.9.9'], ['f'.repeat(40)], ['..'], ['master'], ['%2e%2e'], ['0.1.0%00']])(
    'that does not exist is not found: %s',
    async (version) => {
      const path = `/git/anna/Versioned/${version}.git/info/refs?service=git-upload-pack`
      const answer = await call(other.url, path, { key: basic('anna', 'simAnna') })
      expect([version, answer.status]).toEqual([version, 404])
    },
  )

  test('is for those who may read the source', async () => {
    const answer = (version: string, authorization: string) =>
      call(other.url, `/git/anna/Versioned${version}.git/info/refs?service=git-upload-pack`, { key: authorization })
    const ben = basic('ben', 'simBen')
    expect((await answer('/0.1.0', ben)).status).toBe(403)
    expect((await answer('/0.1.0', basic('anna', 'simNoManage'))).text).toContain('This API key of anna may not read')
    expect((await answer('', basic('anna', 'simNoManage'))).status).toBe(403)
    await call(other.url, '/v1/algorithms/anna/Versioned', {
      method: 'PUT',
      key: 'simAnna',
      body: '{"settings":{"source_visibility":"open","license":"mit"}}',
    })
    expect((await answer('/0.1.0', ben)).status).toBe(200)
    expect((await answer('/0.1.1', ben)).status).toBe(404)
    expect((await answer(`/${head}`, ben)).status).toBe(404)
  })

  test('goes with its algorithm', async () => {
    const { id } = await other.createAlgorithm('anna', 'Going')
    const path = other.repositoryPath('anna', 'Going')
    const hash = await git(['--git-dir', path, 'rev-parse', 'master'])
    await other.close()
    const builds = new Builds(other.stateDir)
    builds.finish(builds.begin(id, hash), 'succeeded', '')
    other = await startSandbox({ stateDir: other.stateDir })
    const going = url(`/${hash}`).replace('Versioned', 'Going')
    expect(await git(['ls-remote', going, 'master'])).toContain(hash)
    await call(other.url, '/v1/algorithms/anna/Going', { method: 'DELETE', key: 'simAnna' })
    expect(existsSync(path)).toBe(false)
    expect(readdirSync(join(other.stateDir, 'repositories')).filter((name) => name.startsWith(id))).toEqual([])
  })
})

test('the configuration of the machine changes nothing', async () => {
  const home = join(folder, 'hostile-home')
  await mkdir(join(home, 'hooks'), { recursive: true })
  const broken =
    '[core]\nhooksPath = /nowhere\n[init]\ndefaultBranch = trunk\n[commit]\ngpgsign = true\n[receive]\nfsckObjects = true\n'
  await writeFile(join(home, '.gitconfig'), broken)
  const earlier = { HOME: process.env.HOME, GIT_DIR: process.env.GIT_DIR }
  Object.assign(process.env, { HOME: home, GIT_DIR: '/nowhere' })
  const other = await startSandbox({ users: [{ name: 'anna', keys: [{ key }] }] })
  try {
    await other.createAlgorithm('anna', 'Alone')
    const url = `${other.url.replace('//', `//anna:${encodeURIComponent(key)}@`)}/git/anna/Alone.git`
    expect(await git(['ls-remote', '--symref', url, 'HEAD'])).toContain('refs/heads/master')
  } finally {
    await other.close()
    for (const [name, value] of Object.entries(earlier)) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  }
})
