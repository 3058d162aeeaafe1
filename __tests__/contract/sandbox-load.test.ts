import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type AlgorithmAnswer, noPackages } from '../support/sandbox-lab.ts'
import { processes, SandboxProcess } from '../support/sandbox-process.ts'
import { until } from '../support/until.ts'

const names = ['Load1', 'Load2', 'Load3', 'Load4']
const source = (name: string) => `
import os, time

def apply(input):
    if input.get('wait'):
        open(input['wait'] + '.begun-%d' % os.getpid(), 'w').close()
        while not os.path.exists(input['wait']):
            time.sleep(0.01)
    return {'from': '${name}', 'n': input['n'], 'pid': os.getpid()}
`

let folder: string
let server: SandboxProcess
const commits: Record<string, string> = {}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-load-'))
  server = await SandboxProcess.start(join(folder, 'state'))
  for (const name of names) {
    const build = await server.deploy(name, { 'requirements.txt': noPackages, [`src/${name}.py`]: source(name) })
    commits[name] = build.commit_sha
  }
}, 300_000)
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
})

async function ask(name: string, n: number, wait?: string): Promise<AlgorithmAnswer> {
  return await server.ask(`${name}/${commits[name]}`, { n, ...(wait !== undefined && { wait }) })
}

const isAtWork = (wait: string, pid: number) => existsSync(`${wait}.begun-${pid}`)

test('200 calls at once over 4 algorithms are all answered, each by its own', async () => {
  const calls = Array.from({ length: 200 }, (_, n) => ({ n, name: names[n % names.length] ?? '' }))
  const answers = await Promise.all(calls.map(({ name, n }) => ask(name, n)))
  expect(answers.map(({ result }) => result)).toEqual(
    calls.map(({ name, n }) => ({ from: name, n, pid: expect.any(Number) })),
  )
  // No more processes than the limits allow: 8 at work, 16 that wait.
  expect(server.algorithms().length).toBeLessThanOrEqual(16)
}, 120_000)

test('2000 calls in sequence use the same processes and no more memory', async () => {
  for (let n = 0; n < 400; n += 1) await ask('Load1', n)
  const [before, running] = [server.memory(), server.algorithms().sort()]
  const pids = new Set<unknown>()
  for (let n = 0; n < 2000; n += 1) {
    const { result } = await ask('Load1', n)
    expect(result).toMatchObject({ n })
    pids.add((result as { pid: number }).pid)
  }
  expect(pids.size).toBe(1)
  expect(server.algorithms().sort()).toEqual(running)
  // The heap grows before it is cleaned; what really stays of a call is measured in sandbox-running.test.ts.
  expect(server.memory() - before).toBeLessThan(40 * 1024 * 1024)
}, 120_000)

test('kill -9 of one process at work fails its call, and no other', async () => {
  const go = join(folder, 'go')
  const calls = names.map((name, n) => ask(name, n, go))
  const begun = () => server.algorithms().filter((pid) => isAtWork(go, pid))
  await until(() => begun().length === names.length)
  const [victim] = begun()
  process.kill(victim ?? 0, 'SIGKILL')
  const first = await Promise.race(calls)
  expect(first.error).toMatchObject({
    message: expect.stringContaining('was killed by SIGKILL'),
    error_type: 'SystemError',
  })
  writeFileSync(go, '')
  const answers = await Promise.all(calls)
  expect(answers.filter(({ error }) => error === undefined).map(({ result }) => result)).toHaveLength(names.length - 1)
  for (const name of names) expect((await ask(name, 7)).result).toMatchObject({ from: name, n: 7 })
}, 120_000)

test('a sandbox that is told to stop, or killed, leaves no process behind', async () => {
  const waiting = ask('Load2', 1, join(folder, 'never')).catch(() => 'no answer')
  await until(() => server.algorithms().some((pid) => isAtWork(join(folder, 'never'), pid)))
  const groups = new Set(server.algorithms())
  await server.stop('SIGKILL')
  expect(await waiting).toBe('no answer')
  await until(() => !processes().some(({ group }) => groups.has(group)))

  server = await SandboxProcess.start(join(folder, 'state'))
  expect((await ask('Load3', 1)).result).toMatchObject({ from: 'Load3' })
  const again = new Set(server.algorithms())
  expect(again.size).toBe(1)
  await server.stop('SIGTERM')
  await until(() => !processes().some(({ group }) => again.has(group)))
}, 120_000)
