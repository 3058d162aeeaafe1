import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { contentsBelow, deploy, failure, locate, secret, shimGit, useLab } from '../support/git-lab.ts'
import type { GitServer } from '../support/git-server.ts'

const lab = useLab()

async function serve() {
  const server = await lab.start()
  const origin = server.create('owner/algo.git')
  origin.commit({ 'a.py': 'a' })
  return { server, origin }
}

const isPush = ({ method, service }: GitServer['requests'][number]) =>
  method === 'POST' && service === 'git-receive-pack'

describe('g42: a push that breaks off', () => {
  /** In which version of HTTP each push so far was to be made. */
  function watchPushes(): () => string[] {
    const calls = join(lab.temp, 'calls')
    writeFileSync(calls, '')
    const version = `case "$*" in *' http.version=HTTP/1.1 push '*) echo 1.1 ;; *) echo any ;; esac >> '${calls}'`
    shimGit(lab.temp, `case "$*" in *' push --porcelain '*) ${version} ;; esac; exec "$git" "$@"`)
    return () => readFileSync(calls, 'utf8').trimEnd().split('\n')
  }

  test.each([400, 408, 'cut the answer', 'hang up'] as const)(
    'with %s, once: the next one is in HTTP/1.1',
    async (how) => {
      const { server, origin } = await serve()
      const calls = watchPushes()
      let left = how === 'hang up' ? 2 : 1
      server.reply = (request) => {
        if (!isPush(request) || left === 0) return undefined
        left -= 1
        return typeof how === 'number' ? { status: how } : how
      }
      const { changed, commit } = await deploy(locate(origin), lab.temp, { 'b.bin': randomBytes(2_000_000) })
      expect([changed, origin.head()]).toEqual([true, commit])
      expect(origin.history()).toHaveLength(2)
      // What arrived although the answer was lost is not sent again.
      expect(calls()).toEqual(how === 'cut the answer' ? ['any'] : ['any', '1.1'])
    },
  )

  test.each([
    [400, ['any', '1.1']],
    [408, ['any', '1.1']],
    [413, ['any']],
  ] as const)('with %i for good: %j are tried, and the message names the size', async (status, tries) => {
    const { server, origin } = await serve()
    const before = origin.head()
    const calls = watchPushes()
    server.reply = (request) => (isPush(request) ? { status } : undefined)
    const message = await failure(deploy(locate(origin), lab.temp, { 'b.bin': randomBytes(2_000_000) }))
    expect(message).toContain('broke the push off. It may limit how large a push is')
    expect(message).toContain(`returned error: ${status}`)
    expect(message).toContain('The push held 2.0 MB.')
    expect(calls()).toEqual(tries)
    expect(origin.head()).toBe(before)
  })
})

test('g43: where commits must be signed, the error says that a plain push cannot do', async () => {
  const { server, origin } = await serve()
  const rule = 'GH013: Repository rule violations found.\n- Commits must have verified signatures.'
  origin.hook('pre-receive', `printf '${rule.replaceAll('\n', '\\n')}\\n' >&2; exit 1`)
  const message = await failure(deploy(locate(origin), lab.temp, { 'b.py': 'b' }))
  expect(message).toContain('wants signed commits, which a plain push cannot satisfy')
  for (const line of rule.split('\n')) expect(message).toContain(`remote: ${line}`)
  expect(server.pushes).toHaveLength(1)
})

test.each(['[skip ci] Deployed', 'Deployed\n\nskip-checks: true'])(
  'g49: the message %j is passed untouched',
  async (message) => {
    const { origin } = await serve()
    await deploy(locate(origin), lab.temp, { 'b.py': 'b' }, { message })
    expect(origin.text('log', '-1', '--format=%B')).toBe(message)
  },
)

test.each(['SIGTERM', 'SIGKILL'] as const)(
  'g47: nothing of the machine is changed by a run that ends by %s',
  async (signal) => {
    const { server, origin } = await serve()
    const text = '[user]\n\tname = Machine\n'
    lab.gitconfig(text)
    const before = statSync(join(lab.home, '.gitconfig')).mtimeMs
    const program = fileURLToPath(new URL('../support/git-deploy-once.js', import.meta.url))
    const request = JSON.stringify({ location: { ...locate(origin), secret: '' }, temp: lab.temp })
    const env = { PATH: process.env.PATH, HOME: lab.home, TEST_SECRET: secret }
    const ended = new Promise<string | null>((resolve) => {
      const child = execFile(process.execPath, [program, request], { env })
      child.on('exit', (_code, by) => resolve(by))
      server.reply = (seen) => {
        if (!isPush(seen)) return undefined
        child.kill(signal)
        return 'hang up'
      }
    })
    expect(await ended).toBe(signal)
    expect(statSync(join(lab.home, '.gitconfig')).mtimeMs).toBe(before)
    expect(contentsBelow(lab.home)).toBe(text)
    expect(readdirSync(lab.home)).toEqual(['.gitconfig'])
  },
)
