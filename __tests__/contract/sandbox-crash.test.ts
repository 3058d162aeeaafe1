import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes, randomInt } from 'node:crypto'
import { readdirSync, statSync } from 'node:fs'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setImmediate } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { call } from '../support/http-call.ts'
import { until } from '../support/until.ts'

const program = fileURLToPath(new URL('../../../sandbox/index.ts', import.meta.url))
const key = 'simCrash'
const megabyte = 1024 * 1024

// Large contents on a busy machine.
jest.setTimeout(300_000)

let folder: string
let state: string
const children: ChildProcess[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandbox-crash-'))
  state = join(folder, 'state')
})
afterEach(async () => {
  for (const child of children.splice(0)) killGroup(child)
  await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
})

/** Kills a server and the git processes that it started, as the end of a container does. */
function killGroup(child: ChildProcess): void {
  try {
    process.kill(-(child.pid ?? 0), 'SIGKILL')
  } catch {
    // All of them have ended.
  }
}

async function start() {
  const args = ['--state', state, '--user', 'anna', '--api-key', key, '--algorithm', 'anna/Crash', '--quiet']
  const env = { PATH: process.env.PATH, TMPDIR: folder }
  const child = spawn(process.execPath, [program, ...args], { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  children.push(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
    })
  }
  const exit = new Promise<void>((resolve) => child.on('exit', () => resolve()))
  await until(() => output.includes('Ctrl-C') || child.exitCode !== null)
  const url = /ALGORITHMIA_API=(\S+)/.exec(output)?.[1]
  if (!url) throw new Error(`The sandbox did not start: ${output}`)
  const as = (method: string, path: string, body?: string) =>
    call(url, path, { method, key, ...(body !== undefined && { body }) })
  const crash = async (withGit: boolean) => {
    if (withGit) killGroup(child)
    else child.kill('SIGKILL')
    await exit
  }
  return { url, as, crash }
}

describe('a server that is killed during an upload of 500 MB', () => {
  const size = 500 * megabyte
  const blobs = () => readdirSync(join(state, 'blobs'))

  /**
   * Uploads until the server is gone; resolves with the status if it answered before.
   *
   * @param megabytes how much is sent; with less than the whole the upload cannot end before the server does
   */
  async function upload(
    url: string,
    path: string,
    headers: Record<string, string>,
    megabytes: number,
  ): Promise<number | undefined> {
    const { hostname, port } = new URL(url)
    const part = randomBytes(megabyte)
    const put = request({
      hostname,
      port,
      path,
      method: 'PUT',
      headers: { authorization: key, ...headers },
      agent: false,
    })
    const answered = new Promise<number | undefined>((resolve) => {
      put.on('response', (answer) => resolve(answer.resume().statusCode)).on('error', () => resolve(undefined))
    })
    const content = Readable.from(Array.from({ length: megabytes }, () => part))
    pipeline(content, put, { end: megabytes * megabyte === size }).catch(() => undefined)
    return await answered
  }

  const cases = [
    { moment: 'begins', from: 1, to: 50, headers: { 'content-length': String(size) } },
    { moment: 'is under way', from: 50, to: 450, headers: { 'content-length': String(size) } },
    { moment: 'is under way in chunks', from: 50, to: 450, headers: { 'transfer-encoding': 'chunked' } },
    { moment: 'is about to end', from: 490, to: 499, headers: { 'content-length': String(size) } },
  ]
  test.each(cases)('as it $moment: has the earlier content and nothing else', async ({ from, to, headers }) => {
    const first = await start()
    await first.as('POST', '/v1/data/anna', 'c')
    await first.as('PUT', '/v1/data/anna/c/kept', 'earlier content')
    const before = (await first.as('GET', '/v1/data/anna/c')).text
    const whole = blobs()
    const limit = randomInt(from, to) * megabyte
    const uploads = ['kept', 'new'].map((name) => upload(first.url, `/v1/data/anna/c/${name}`, headers, 499))
    const halves = () => blobs().filter((name) => !whole.includes(name))
    await until(() => halves().some((name) => statSync(join(state, 'blobs', name)).size >= limit))
    await first.crash(false)
    expect(await Promise.all(uploads)).toEqual([undefined, undefined])
    expect(halves()).toHaveLength(2)

    const second = await start()
    expect(blobs()).toEqual(whole)
    expect((await second.as('GET', '/v1/data/anna/c')).text).toBe(before)
    expect((await second.as('GET', '/v1/data/anna/c/kept')).text).toBe('earlier content')
    expect((await second.as('HEAD', '/v1/data/anna/c/new')).status).toBe(404)
    expect((await second.as('PUT', '/v1/data/anna/c/new', 'later content')).status).toBe(200)
    expect((await second.as('GET', '/v1/data/anna/c/new')).text).toBe('later content')
  })

  test('once it has answered: has the whole of it', async () => {
    const first = await start()
    await first.as('POST', '/v1/data/anna', 'c')
    await first.as('PUT', '/v1/data/anna/c/f', 'earlier content')
    expect(await upload(first.url, '/v1/data/anna/c/f', { 'content-length': String(size) }, 500)).toBe(200)
    await first.crash(false)

    const second = await start()
    expect((await second.as('HEAD', '/v1/data/anna/c/f')).headers['content-length']).toBe(String(size))
    expect(blobs().map((name) => statSync(join(state, 'blobs', name)).size)).toEqual([size])
  })
})

describe('a server that is killed during a push', () => {
  const env = () => ({
    PATH: process.env.PATH,
    HOME: folder,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Test',
    GIT_AUTHOR_EMAIL: 'test@example.com',
    GIT_COMMITTER_NAME: 'Test',
    GIT_COMMITTER_EMAIL: 'test@example.com',
    GIT_TERMINAL_PROMPT: '0',
    LC_ALL: 'C',
    NO_PROXY: '*',
  })
  const git = async (...args: string[]) => (await promisify(execFile)('git', args, { env: env() })).stdout.trim()
  const remote = (url: string) => `${url.replace('//', `//anna:${key}@`)}/git/anna/Crash.git`

  const repository = () => {
    const [id] = readdirSync(join(state, 'repositories'))
    return join(state, 'repositories', id ?? '')
  }
  /** The packs that are being received. */
  const incoming = () => {
    const objects = join(repository(), 'objects')
    return readdirSync(objects)
      .filter((name) => name.startsWith('tmp_'))
      .map((name) => join(objects, name))
  }
  /** How much of a push has arrived; -1 before there is anything and once git has begun to put it in its place. */
  function received(): number {
    try {
      const folders = incoming().map((quarantine) => join(quarantine, 'pack'))
      const files = folders.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
      return Math.max(-1, ...files.map((path) => statSync(path).size))
    } catch {
      // Gone while we looked.
      return -1
    }
  }
  const head = () => git('--git-dir', repository(), 'rev-parse', 'master')

  async function commit(clone: string, contents: (string | Buffer)[]): Promise<string> {
    for (const content of contents) await writeFile(join(clone, crypto.randomUUID()), content)
    await git('-C', clone, 'add', '.')
    await git('-C', clone, 'commit', '--quiet', '--message', 'change')
    return await git('-C', clone, 'rev-parse', 'HEAD')
  }

  /** What every repository must be after a restart: whole, free of halves, and open to the next push. */
  async function expectSound(url: string, clone: string, possible: string[]): Promise<void> {
    const found = await head()
    expect(possible).toContain(found)
    // Fails by itself when anything is broken or missing.
    await git('--git-dir', repository(), 'fsck', '--full', '--strict')
    expect(incoming()).toEqual([])
    expect((await readdir(state)).filter((name) => name.startsWith('push-'))).toEqual([])
    const fresh = await mkdtemp(join(folder, 'clone-'))
    await git('clone', '--quiet', remote(url), fresh)
    expect(await git('-C', fresh, 'rev-parse', 'HEAD')).toBe(found)
    await git('-C', clone, 'push', '--quiet', remote(url), 'HEAD:master')
    expect(await head()).toBe(await git('-C', clone, 'rev-parse', 'HEAD'))
    await git('--git-dir', repository(), 'fsck', '--full', '--strict')
  }

  const cases = [
    { moment: 'as it begins', from: 0, to: 1, withGit: false },
    { moment: 'under way', from: 1, to: 20, withGit: false },
    { moment: 'under way, and git with it', from: 1, to: 20, withGit: true },
    { moment: 'at its end', from: 24, to: 25, withGit: false },
    { moment: 'at its end, and git with it', from: 24, to: 25, withGit: true },
    { moment: 'once it has answered', from: 1000, to: 1001, withGit: true },
  ]
  test.each(cases)('$moment: has a sound repository', async ({ from, to, withGit }) => {
    const first = await start()
    const clone = join(folder, 'clone')
    await git('clone', '--quiet', remote(first.url), clone)
    // Random content does not get smaller by trying.
    await git('-C', clone, 'config', 'core.compression', '0')
    const before = await commit(clone, ['content'])
    await git('-C', clone, 'push', '--quiet', remote(first.url), 'HEAD:master')
    // git stores a push of more than 100 objects as the pack that arrives, so that one can watch it grow.
    const after = await commit(
      clone,
      Array.from({ length: 50 }, () => randomBytes(megabyte / 2)),
    )
    const limit = randomInt(from * megabyte, to * megabyte)
    let ended = false
    const pushed = git('-C', clone, 'push', '--quiet', remote(first.url), 'HEAD:master')
      .then(
        () => true,
        () => false,
      )
      .finally(() => {
        ended = true
      })
    // The last moments are too short to be sure to see them.
    while (received() < limit && !ended) await setImmediate()
    await first.crash(withGit)
    const arrived = await pushed
    const second = await start()
    await expectSound(second.url, clone, arrived ? [after] : [before, after])
  })

  test('and left locks behind: takes the next push', async () => {
    const first = await start()
    const clone = join(folder, 'clone')
    await git('clone', '--quiet', remote(first.url), clone)
    const before = await head()
    await commit(clone, ['content'])
    await first.crash(true)
    for (const lock of ['HEAD.lock', 'packed-refs.lock', 'refs/heads/master.lock']) {
      await writeFile(join(repository(), lock), '')
    }
    await writeFile(join(state, `push-${crypto.randomUUID()}`), '')
    const second = await start()
    await expectSound(second.url, clone, [before])
  })
})
