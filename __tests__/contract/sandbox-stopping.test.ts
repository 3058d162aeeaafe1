import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { noPackages, SandboxLab } from '../support/sandbox-lab.ts'
import { processes, SandboxProcess } from '../support/sandbox-process.ts'
import { until } from '../support/until.ts'

const run = promisify(execFile)
let folder: string
let state: string
let server: SandboxProcess | undefined

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-stopping-'))
  state = join(folder, 'state')
})
afterEach(async () => {
  await server?.close()
  server = undefined
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
})

const waiting = `
import os, time
def apply(input):
    open(input + '.begun-%d' % os.getpid(), 'w').close()
    while not os.path.exists(input):
        time.sleep(0.01)
    return 'answered'
`

test('a sandbox that is told to stop answers every call, at work or waiting, and ends with all of them', async () => {
  server = await SandboxProcess.start(state, ['--calls', '2'])
  const files = { 'requirements.txt': noPackages, 'src/Wait.py': waiting }
  const { commit_sha } = await server.deploy('Wait', files)
  const never = join(folder, 'never')
  const calls = Array.from({ length: 6 }, () => server?.ask(`Wait/${commit_sha}`, never))
  const begun = () => server?.algorithms().filter((pid) => existsSync(`${never}.begun-${pid}`)) ?? []
  await until(() => begun().length === 2)
  const groups = new Set(begun())
  await server.stop('SIGTERM')
  for (const answer of await Promise.all(calls)) {
    expect(answer).toMatchObject({ error: { message: expect.stringMatching(/The server stops|could not be started/) } })
  }
  expect(server.child.exitCode).toBe(0)
  expect(processes().some(({ group }) => groups.has(group))).toBe(false)
  expect(existsSync(join(state, 'lock'))).toBe(false)
}, 120_000)

test('a push that has arrived when the sandbox stops is finished first, and built by the next one', async () => {
  const first = await SandboxLab.start({ stateDir: state })
  await first.request('POST', '/v1/algorithms/anna', { name: 'Late' })
  const clone = join(folder, 'clone')
  const address = first.url.replace('://', `://anna:${encodeURIComponent(first.key)}@`)
  const git = (...args: string[]) =>
    run('git', ['-c', 'user.name=A', '-c', 'user.email=a@b', ...args], { env: { ...process.env, NO_PROXY: '*' } })
  await git('clone', '--quiet', `${address}/git/anna/Late.git`, clone)
  writeFileSync(join(clone, 'requirements.txt'), noPackages)
  writeFileSync(join(clone, 'src', 'Late.py'), waiting)
  await git('-C', clone, 'commit', '--quiet', '--all', '-m', 'x')
  const [begun, go] = [join(folder, 'begun'), join(folder, 'go')]
  writeFileSync(
    join(state, 'git-home', 'hooks', 'post-receive'),
    `#!/bin/sh\ntouch '${begun}'\nwhile [ ! -e '${go}' ]; do sleep 0.05; done\ncat > "$SANDBOX_PUSH_RECORD"\n`,
  )
  const pushed = git('-C', clone, 'push', '--quiet').catch(() => 'the connection was closed')
  await until(() => existsSync(begun))
  let isClosed = false
  const closed = first.close().then(() => {
    isClosed = true
  })
  await pushed
  expect([isClosed, existsSync(join(state, 'lock'))]).toEqual([false, true])
  writeFileSync(go, '')
  await closed

  const second = await SandboxLab.start({ stateDir: state })
  try {
    const [build, ...others] = await second.builds('Late')
    expect([build?.commit_sha, others]).toEqual([(await git('-C', clone, 'rev-parse', 'HEAD')).stdout.trim(), []])
    expect(await second.finished('Late', build?.build_id ?? '')).toMatchObject({ status: 'succeeded' })
  } finally {
    await second.close()
  }
}, 120_000)

test('a sandbox without a free file descriptor refuses calls, and lives', async () => {
  server = await SandboxProcess.start(state, [], 90)
  const { commit_sha } = await server.deploy('Wait', { 'requirements.txt': noPackages, 'src/Wait.py': waiting })
  const go = join(folder, 'go')
  const calls = Array.from({ length: 30 }, () => server?.ask(`Wait/${commit_sha}`, go).catch(() => 'no connection'))
  await until(() => (server?.algorithms().length ?? 0) > 0)
  writeFileSync(go, '')
  await Promise.all(calls)
  expect((await server.ask(`Wait/${commit_sha}`, go)).result).toBe('answered')
}, 120_000)
