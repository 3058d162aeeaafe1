/**
 * How fast the action starts, clones, trains and uploads and the sandbox answers, compared to programs that can hardly be faster: `npm run bench [-- --quick]`.
 *
 * All contestants of a table run in turn, round by round, so that a busy machine slows them alike; the figures are
 * medians. Ends with exit code 1 when a goal is missed.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

const MB = 1024 * 1024
const quick = process.argv.includes('--quick')
const rounds = {
  startUp: quick ? 15 : 25,
  upload: quick ? 3 : 5,
  memory: quick ? 1 : 3,
  call: quick ? 200 : 1000,
  training: quick ? 1 : 5,
  clone: quick ? 1 : 3,
}
const sizes = { upload: (quick ? 256 : 1024) * MB, small: 100 * MB, large: (quick ? 1000 : 4000) * MB }
/** Bytes per second of the slow server. */
const rate = 200_000_000

const build = join(import.meta.dirname, '../../build/__tests__/bench')
const action = join(import.meta.dirname, '../../dist/index.js')
const folder = mkdtempSync(join(tmpdir(), 'bench-'))
const missed: string[] = []

interface Run {
  milliseconds: number
  output: string
}

/** Runs a program to its end. @throws Error when it fails, unless failing is what it is for */
function run(command: string, args: string[], { env = process.env, mayFail = false } = {}): Run {
  const started = performance.now()
  const { status, stdout, stderr, error } = spawnSync(command, args, { env, encoding: 'utf8' })
  const milliseconds = performance.now() - started
  if (error || (status !== 0 && !mayFail)) {
    throw new Error(`${command} ${args.join(' ')} failed: ${error?.message ?? stderr}`)
  }
  return { milliseconds, output: stdout }
}

/** Runs each contestant once a round. @returns all runs of each, in order */
function compete<Name extends string>(contestants: Record<Name, () => Run>, count: number): Record<Name, Run[]> {
  const entries = Object.entries<() => Run>(contestants)
  // The first run of each warms disk cache and processor.
  for (const [, contestant] of entries) contestant()
  const runs = Object.fromEntries(entries.map(([name]) => [name, [] as Run[]]))
  for (let round = 0; round < count; round += 1) {
    const shifted = entries.map((_, index) => entries[(index + round) % entries.length])
    for (const entry of shifted) if (entry) runs[entry[0]]?.push(entry[1]())
  }
  return runs as Record<Name, Run[]>
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

const wall = (runs: Run[]) => median(runs.map((one) => one.milliseconds))

function judge(goal: string, value: number, limit: number, unit: string): void {
  const met = value <= limit
  if (!met) missed.push(goal)
  console.log(`  ${met ? 'met   ' : 'MISSED'}  ${goal}: ${value.toFixed(2)}${unit}, goal <= ${limit}${unit}`)
}

function table(title: string, rows: [string, Run[]][], base: number): void {
  console.log(`\n${title}`)
  for (const [name, runs] of rows) {
    const [value, fastest] = [wall(runs), Math.min(...runs.map((one) => one.milliseconds))]
    const figures = [`${value.toFixed(0)} ms`, `(fastest ${fastest.toFixed(0)})`, `x${(value / base).toFixed(2)}`]
    console.log(`  ${name.padEnd(24)} ${figures.map((figure) => figure.padStart(16)).join('')}`)
  }
}

function has(command: string): boolean {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0
}

async function randomFile(name: string, size: number): Promise<string> {
  const { bavail, bsize } = statfsSync(folder)
  if (bavail * bsize < 2 * size) throw new Error(`${folder} has less than ${(2 * size) / MB} MiB of free space`)
  const path = join(folder, name)
  const chunk = crypto.getRandomValues(Buffer.alloc(64 * 1024))
  function* chunks() {
    for (let written = 0; written < size; written += MB) yield Buffer.concat(Array(16).fill(chunk))
  }
  await pipeline(Readable.from(chunks()), createWriteStream(path))
  return path
}

function startUp(): void {
  // Nothing but a missing API key is wrong as far as the action can see before it says so.
  const env = { PATH: process.env.PATH ?? '', GITHUB_OUTPUT: '', GITHUB_STEP_SUMMARY: '' }
  const first = run(process.execPath, [action], { env, mayFail: true })
  if (!first.output.includes('algorithmia_api_key')) throw new Error(`dist/index.js reports no input:\n${first.output}`)
  const { bare, ours } = compete(
    {
      bare: () => run(process.execPath, ['-e', '0'], { env }),
      ours: () => run(process.execPath, [action], { env, mayFail: true }),
    },
    rounds.startUp,
  )
  table(
    `Start-up to the first input error, n = ${rounds.startUp}`,
    [
      ['node -e 0', bare],
      ['the action', ours],
    ],
    wall(bare),
  )
  judge('start-up over node -e 0', wall(ours) - wall(bare), 60, ' ms')
}

function upload(server: string, path: string): Run {
  const env = { ...process.env, NO_PROXY: '*' }
  return run(process.execPath, [join(build, 'upload-once.js'), server, path], { env })
}

function curl(server: string, path: string): Run {
  return run('curl', ['-sS', '--fail', '--noproxy', '*', '-T', path, `${server}/v1/data/bench/models/curl`])
}

async function fullSpeed(server: string): Promise<void> {
  const path = await randomFile('model', sizes.upload)
  const { md5sum, put, ours } = compete(
    { md5sum: () => run('md5sum', [path]), put: () => curl(server, path), ours: () => upload(server, path) },
    rounds.upload,
  )
  const limit = Math.max(wall(md5sum), wall(put))
  const title = `${sizes.upload / MB} MiB at full speed, n = ${rounds.upload} (ours: MD5 + SHA-256 + upload)`
  table(
    title,
    [
      ['md5sum', md5sum],
      ['curl -T', put],
      ['the action', ours],
    ],
    limit,
  )
  judge('hash and upload / max(md5sum, curl -T)', wall(ours) / limit, quick ? 2 : 1.5, 'x')

  const slow = `${server}/rate/${rate}`
  const limited = compete({ put: () => curl(slow, path), ours: () => upload(slow, path) }, rounds.upload)
  const slowTitle = `${sizes.upload / MB} MiB to a server that reads ${rate / 1e6} MB/s, n = ${rounds.upload}`
  table(
    slowTitle,
    [
      ['curl -T', limited.put],
      ['the action', limited.ours],
    ],
    wall(limited.put),
  )
  // Start-up counts for more in a short run.
  judge('the same at that rate / curl -T', wall(limited.ours) / wall(limited.put), quick ? 1.25 : 1.05, 'x')
  rmSync(path)
}

async function memory(server: string): Promise<void> {
  console.log(`\nPeak resident memory, n = ${rounds.memory}`)
  const peaks: number[] = []
  for (const size of [sizes.small, sizes.large]) {
    const path = await randomFile('model', size)
    const { ours } = compete({ ours: () => upload(server, path) }, rounds.memory)
    const peak = median(ours.map((one) => Number(one.output.trim().split('\n').at(-1))))
    console.log(`  ${`${size / MB} MiB`.padEnd(24)} ${`${peak} MiB`.padStart(16)}`)
    peaks.push(peak)
    rmSync(path)
  }
  const [small = Number.NaN, large = Number.NaN] = peaks
  judge('peak memory', Math.max(small, large), 200, ' MiB')
  judge('growth from the smaller to the larger', large - small, 15, ' MiB')
}

/** Fifty models on a server that takes its time, and ten of which one changed since the manifest was written. */
async function manyModels(server: string): Promise<void> {
  const models = join(folder, 'models')
  mkdirSync(models)
  const count = quick ? 12 : 50
  for (let index = 0; index < count; index += 1) await randomFile(join('models', `model-${index}`), 20 * MB)
  const known = join(folder, 'known.json')
  const store = (api: string, sideBySide: number) =>
    run(process.execPath, [join(build, 'upload-many.js'), api, String(sideBySide), models, known])
  const far = `${server}/delay/50`
  const fresh = (sideBySide: number) => {
    rmSync(known, { force: true })
    return store(far, sideBySide)
  }
  const { single, several } = compete({ single: () => fresh(1), several: () => fresh(4) }, quick ? 1 : 3)
  table(
    `${count} models of 20 MiB, 50 ms for each request`,
    [
      ['one after another', single],
      ['side by side', several],
    ],
    wall(single),
  )
  judge('side by side / one after another', wall(several) / wall(single), 0.5, 'x')

  for (let index = 10; index < count; index += 1) rmSync(join(models, `model-${index}`))
  fresh(4)
  writeFileSync(join(models, 'model-7'), crypto.getRandomValues(Buffer.alloc(64 * 1024)), { flag: 'r+' })
  const uploads = Number(store(far, 4).output.trim().split('\n').at(-1))
  judge('uploads of ten models of which one changed', uploads, 1, '')
  rmSync(models, { recursive: true })
}

function warmCall(): void {
  const env = { ...process.env, NO_PROXY: '*' }
  const { output } = run(process.execPath, ['--no-warnings', join(build, 'warm-call.js'), String(rounds.call)], { env })
  const { own, call }: { own: number[]; call: number[] } = JSON.parse(output)
  console.log(`\nA warm call of a trivial algorithm, median, n = ${rounds.call}`)
  console.log(`  ${'straight to the process'.padEnd(24)} ${`${median(own).toFixed(2)} ms`.padStart(16)}`)
  console.log(`  ${'through the sandbox'.padEnd(24)} ${`${median(call).toFixed(2)} ms`.padStart(16)}`)
  judge("a warm call over the process's own time", median(call) - median(own), 10, ' ms')
}

/** The clone of a repository beside one of all its history, over the same server. */
function largeClone(): void {
  const [commits, size] = quick ? [500, 100 * MB] : [5000, 1000 * MB]
  const { bavail, bsize } = statfsSync(folder)
  if (bavail * bsize < 3 * size) throw new Error(`${folder} has less than ${(3 * size) / MB} MiB of free space`)
  const program = join(build, 'clone-large.js')
  const { output } = run(process.execPath, [program, String(commits), String(size), String(rounds.clone)])
  const figures = JSON.parse(output.trim().split('\n').at(-1) ?? '')
  const of = (name: 'ours' | 'full', figure: 'milliseconds' | 'bytes') =>
    median(figures[name].map((one: Record<typeof figure, number>) => one[figure]))
  console.log(`\nClone of ${commits} commits, ${size / MB} MiB, n = ${rounds.clone}`)
  for (const [name, title] of [
    ['full', 'git clone'],
    ['ours', 'the action'],
  ] as const) {
    const parts = [`${of(name, 'milliseconds').toFixed(0)} ms`, `${(of(name, 'bytes') / 1e6).toFixed(2)} MB`]
    console.log(`  ${title.padEnd(24)} ${parts.map((part) => part.padStart(16)).join('')}`)
  }
  // What takes a fixed time counts for more in a small one.
  const limit = quick ? 0.5 : 0.1
  judge('time of a clone / git clone', of('ours', 'milliseconds') / of('full', 'milliseconds'), limit, 'x')
  judge('bytes of a clone / git clone', of('ours', 'bytes') / of('full', 'bytes'), 0.1, 'x')
}

const notebook = {
  nbformat: 4,
  nbformat_minor: 5,
  metadata: { kernelspec: { name: 'python3', display_name: 'Python', language: 'python' } },
  cells: [
    'from sklearn.datasets import load_digits\nfrom sklearn.ensemble import RandomForestClassifier',
    'x, y = load_digits(return_X_y=True)\nmodel = RandomForestClassifier(300, random_state=1).fit(x, y)',
    'print(model.score(x, y))',
  ].map((source, index) => ({
    cell_type: 'code',
    id: `cell-${index}`,
    source,
    metadata: {},
    outputs: [],
    execution_count: null,
  })),
}

/** The training stage beside nbconvert in an environment that somebody has made before, and beside a bare `pip install`. */
function training(): void {
  const workspace = join(folder, 'training')
  mkdirSync(workspace)
  writeFileSync(join(workspace, 'train.ipynb'), JSON.stringify(notebook))
  writeFileSync(join(workspace, 'requirements.txt'), 'scikit-learn\n')
  const python = run('python3', ['-c', 'import sys; print(sys.executable)']).output.trim()
  const packages = ['-r', join(workspace, 'requirements.txt'), 'ipykernel<7']
  const newVenv = (name: string) => {
    const venv = join(folder, name)
    rmSync(venv, { recursive: true, force: true })
    run(python, ['-m', 'venv', venv])
    return venv
  }
  const ready = newVenv('ready')
  const uvRequirements = join(import.meta.dirname, '../../src/training/python/requirements-uv.txt')
  run(join(ready, 'bin/python'), ['-m', 'pip', 'install', '-q', ...packages, 'nbconvert'])
  run(join(ready, 'bin/python'), ['-m', 'pip', 'install', '-q', '-r', uvRequirements])
  const { PYTHONDONTWRITEBYTECODE: _, ...inherited } = process.env
  const env: NodeJS.ProcessEnv = { ...inherited, PATH: `${join(ready, 'bin')}:${process.env.PATH}` }
  const stage = (installer: string, more: NodeJS.ProcessEnv = {}) =>
    run(process.execPath, [join(build, 'train-once.js'), installer, python, workspace], { env: { ...env, ...more } })
  const convert = ['nbconvert', '--to', 'notebook', '--execute', '--output-dir', folder, join(workspace, 'train.ipynb')]
  const { nbconvert, uv, pip } = compete(
    { nbconvert: () => run('jupyter', convert, { env }), uv: () => stage('uv'), pip: () => stage('pip') },
    rounds.training,
  )
  const told = (runs: Run[], of: (times: { stage: number; environments: number; cells: number }) => number) =>
    median(runs.map(({ output }) => of(JSON.parse(output.trim().split('\n').at(-1) ?? ''))))
  const overhead = (runs: Run[]) => told(runs, ({ stage, cells }) => stage - cells)
  table(
    'Training stage, caches warm',
    [
      ['nbconvert, ready', nbconvert],
      ['with uv', uv],
      ['with pip', pip],
    ],
    wall(nbconvert),
  )
  for (const [name, runs] of [
    ['uv', uv],
    ['pip', pip],
  ] as const) {
    const parts = {
      stage: told(runs, (it) => it.stage),
      environments: told(runs, (it) => it.environments),
      cells: told(runs, (it) => it.cells),
    }
    console.log(
      `  ${name}: ${Object.entries(parts)
        .map(([part, value]) => `${part} ${value.toFixed(0)} ms`)
        .join(', ')}`,
    )
  }
  judge('a stage with uv without its cells over nbconvert', overhead(uv) / wall(nbconvert), 1.5, '')
  console.log(`  (with pip: ${(overhead(pip) / wall(nbconvert)).toFixed(2)})`)
  if (quick) return

  const cold = () => {
    const caches = mkdtempSync(join(folder, 'caches-'))
    return { PIP_CACHE_DIR: join(caches, 'pip'), UV_CACHE_DIR: join(caches, 'uv') }
  }
  const runs = compete(
    {
      bare: () => {
        const venv = newVenv('bare')
        return run(join(venv, 'bin/python'), ['-m', 'pip', 'install', '-q', ...packages], {
          env: { ...env, ...cold() },
        })
      },
      uv: () => stage('uv', cold()),
      pip: () => stage('pip', cold()),
    },
    2,
  )
  console.log('\nEnvironments, caches cold')
  const bare = wall(runs.bare)
  console.log(`  bare pip install ${(bare / 1000).toFixed(1)} s`)
  for (const name of ['uv', 'pip'] as const) {
    const extra = (told(runs[name], ({ environments }) => environments) - bare) / 1000
    judge(`environments with ${name} over a bare pip install`, extra, 10, ' s')
  }
}

/** Starts the server that throws uploads away. */
async function startSink() {
  const sink = spawn('python3', [join(import.meta.dirname, 'sink.py')], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [port] = await once(sink.stdout, 'data', { signal: AbortSignal.timeout(10_000) })
  return { sink, server: `http://127.0.0.1:${String(port).trim()}` }
}

const cpu = process.platform === 'linux' ? /model name\s*: (.*)/.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] : ''
console.log(`Node ${process.version}, ${availableParallelism()} cores ${cpu}, ${Math.round(totalmem() / 1e9)} GB`)
const lacking = ['md5sum', 'curl', 'python3'].filter((command) => !has(command))
try {
  startUp()
  largeClone()
  if (lacking.includes('python3')) missed.push('calls', 'training')
  else {
    warmCall()
    training()
  }
  if (lacking.length > 0) {
    missed.push('uploads')
    console.log(`\nUploads were not measured: ${lacking.join(', ')} not found. Nothing can be said without a peer.`)
  } else {
    const { sink, server } = await startSink()
    try {
      await fullSpeed(server)
      await memory(server)
      await manyModels(server)
    } finally {
      sink.kill()
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
if (missed.length > 0) {
  console.log(`\nMissed: ${missed.join('; ')}`)
  process.exitCode = 1
}
