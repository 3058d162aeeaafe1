import { type ChildProcess, execFile, execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { StepResult } from '../../examples/run-action.ts'
import { Lab } from '../support/lab.ts'

const count = 50
/** So many at once: a runner of CI has two cores, and some memory. */
const atOnce = 12
const seed = Number(process.env.FIFTY_RUNS_SEED) || Math.floor(Math.random() * 2 ** 31)
/** Git outlives an action that is killed alone, and may push all the same. */
type Death = 'none' | 'alone' | 'with its children'

interface Run {
  number: number
  commit: string
  workspace: string
  temp: string
  death: Death
  /** When it is killed: after so many lines of its log, or so long after its push has begun. */
  end: { afterLines?: number; inPushMs?: number }
  result?: StepResult
}

let lab: Lab
beforeAll(async () => {
  lab = await Lab.create()
})
afterAll(() => lab.close())

test(`fifty runs of fifty commits, some killed, leave no older model on top of a newer one (seed ${seed})`, async () => {
  const random = generator(seed)
  const runs = await prepare(random)
  await runAll(runs, random)
  // What outlived the killed runs ends, too.
  await setTimeout(1500)

  // A run may end before its time has come.
  const survivors = runs.filter(({ death, result }) => death === 'none' || result?.exitCode !== null)
  for (const { number, result, temp } of survivors) {
    const { exitCode, output, outputs } = result ?? { exitCode: null, output: '', outputs: { status: '' } }
    if (exitCode !== 0) throw new Error(`Run ${number} ended with ${exitCode}:\n${output}`)
    expect(['pushed', 'superseded', 'unchanged']).toContain(outputs.status)
    expect(readdirSync(temp).filter((name) => name.startsWith('deploy-'))).toEqual([])
  }

  const bare = lab.sandbox.repositoryPath(lab.owner, lab.algorithm)
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', bare, ...args], { encoding: 'utf8', stdio: 'pipe' }).trim()
  expect(git('fsck', '--full', '--strict', '--no-dangling')).toBe('')
  const [, ...history] = git('rev-list', '--first-parent', '--reverse', 'master').split('\n')
  const { objects } = await lab.remote()
  const landed = history.map((head) => {
    const manifest = JSON.parse(lab.deployed('model_manifest.json', head))
    const run = runs.find(({ commit }) => commit === manifest.model_origin_commit_SHA)
    if (run === undefined) throw new Error(`${head} names ${manifest.model_origin_commit_SHA}, which nobody deployed`)
    // Code, manifest and model are of one commit.
    const model = modelOf(run.number)
    expect(lab.deployed('src/number.py', head)).toBe(codeOf(run.number))
    expect(manifest.model_md5_hash).toBe(createHash('md5').update(model).digest('hex'))
    expect(objects[manifest.model_filepath.replace(`${lab.owner}/`, '')]).toBe(manifest.model_md5_hash)
    return run.number
  })
  // Each one newer than the one below it.
  expect(landed).toEqual([...new Set(landed)].sort((one, other) => one - other))
  const pushed = survivors.filter(({ result }) => result?.outputs.status === 'pushed').map(({ number }) => number)
  expect(landed).toEqual(expect.arrayContaining(pushed))
  expect(landed.at(-1)).toBeGreaterThanOrEqual(Math.max(...survivors.map(({ number }) => number)))
  for (const { number, result } of survivors) {
    if (result?.outputs.status === 'superseded') expect(landed.some((other) => other > number)).toBe(true)
  }
  // The test tests nothing, if all runs take the same way.
  const superseded = survivors.length - pushed.length
  expect([pushed.length > 1, superseded > 1, survivors.length < count]).toEqual([true, true, true])
  process.stderr.write(
    `fifty runs, seed ${seed}: ${pushed.length} pushed, ${superseded} superseded, ${count - survivors.length} killed ` +
      `(${landed.length - pushed.length} of them had pushed)\n`,
  )
}, 240_000)

/** Fifty commits in a line, and a workspace for each: every other one has no history. */
async function prepare(random: () => number): Promise<Run[]> {
  const numbers = Array.from({ length: count }, (_, index) => index + 1)
  const made = numbers.map((number) => {
    lab.write('model.pkl', modelOf(number))
    lab.write('digits/src/number.py', codeOf(number))
    lab.git('add', '--all')
    // A second apart: commits of one second are not told apart by their times.
    const date = `${1_700_000_000 + number} +0000`
    const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', '-c', 'commit.gpgsign=false']
    execFileSync('git', [...identity, 'commit', '--quiet', '-m', `Commit ${number}`], {
      cwd: lab.workspace,
      env: { ...process.env, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date },
    })
    const commit = lab.git('rev-parse', 'HEAD')
    // A runner fetches what it checks out by its name.
    lab.git('update-ref', `refs/heads/run-${number}`, commit)
    return { number, commit }
  })
  const source = pathToFileURL(lab.workspace).href
  return Promise.all(
    made.map(async ({ number, commit }) => {
      const root = mkdtempSync(join(lab.root, `run-${number}-`))
      const [workspace, temp] = [join(root, 'workspace'), join(root, 'temp')]
      mkdirSync(temp)
      const isShallow = random() < 0.5
      // A full checkout also has what was pushed to the branch after its commit.
      const depth = isShallow ? ['--depth=1', '--single-branch'] : []
      await promisify(execFile)('git', ['clone', '--quiet', ...depth, '--branch', `run-${number}`, source, workspace])
      const kind = random()
      const death: Death = kind < 0.7 ? 'none' : kind < 0.85 ? 'alone' : 'with its children'
      const end = random() < 0.3 ? { afterLines: Math.ceil(random() * 90) } : { inPushMs: random() ** 2 * 1500 }
      return { number, commit, workspace, temp, death, end }
    }),
  )
}

/** In about the order of the commits, as runs start, but each overtaken by some that come later. */
async function runAll(runs: Run[], random: () => number): Promise<void> {
  const waiting = runs
    .map((run) => ({ run, place: run.number + random() * 20, delay: random() * 400 }))
    .sort((one, other) => one.place - other.place)
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      await setTimeout(next.delay)
      next.run.result = await start(next.run)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
}

async function start({ workspace, temp, commit, death, end }: Run): Promise<StepResult> {
  let child: ChildProcess | undefined
  let lines = 0
  const kill = () => {
    if (child?.pid === undefined || child.exitCode !== null) return
    process.kill(death === 'alone' ? child.pid : -child.pid, 'SIGKILL')
  }
  const onLine = async (line: string) => {
    lines += 1
    if (end.afterLines === lines) kill()
    if (end.inPushMs === undefined || !line.startsWith('::group::Commit and push')) return
    await setTimeout(end.inPushMs)
    kill()
  }
  return await lab.run(
    { wait_for_build: 'false' },
    {
      workspace,
      temp,
      commit,
      // A group of its own, which can be killed as one.
      ...(death === 'with its children' && { launcher: ['setsid'] }),
      ...(death !== 'none' && { onLine }),
      onStart: (started) => {
        child = started
      },
    },
  )
}

function modelOf(number: number): string {
  return `the model of commit ${number}\n`
}

function codeOf(number: number): string {
  return `NUMBER = ${number}\n`
}

/** Mulberry32: the same numbers for the same seed. */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let value = Math.imul(state ^ (state >>> 15), 1 | state)
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32
  }
}
