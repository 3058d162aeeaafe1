import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { jest } from '@jest/globals'
import { DeployError } from '../../src/errors.ts'
import { type Environments, type Prepared, prepareEnvironments } from '../../src/training/python/environments.ts'
import { findPython } from '../../src/training/python/find-python.ts'
import { installUv } from '../../src/training/python/uv.ts'
import { makeWithPip } from '../../src/training/python/virtual-environments.ts'
import { newReport, type TrainingReport } from '../../src/training/report.ts'
import { type ProgramRun, runProgram } from '../../src/training/run-program.ts'
import type { TrainingRequest } from '../../src/training/train.ts'

/** Real Pythons, environments and kernels for the tests of the training stage. */

/** Folders are removed when the test file ends. */
const folders: string[] = []

export function newFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `training ${name}-`))
  folders.push(folder)
  return folder
}

export function removeFolders(): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}

/** Environments with these requirements, in a fresh folder. */
export async function makeEnvironments(
  requirements: string | undefined,
  more: {
    environment?: NodeJS.ProcessEnv
    workspace?: string
    python?: string | undefined
    installer?: TrainingRequest['installer']
    temp?: string
    /** Of the workspace; default: `requirements.txt`, with the given text. */
    file?: string | undefined
  } = {},
): Promise<Prepared> {
  const workspace = more.workspace ?? newFolder('workspace')
  const environment = more.environment ?? process.env
  const file = join(workspace, more.file ?? 'requirements.txt')
  if (requirements !== undefined) writeFileSync(file, requirements)
  const python = await findPython({ input: more.python, workspace, environment })
  return prepareEnvironments({
    python,
    workspace,
    installer: more.installer ?? 'pip',
    needsKernel: true,
    temp: more.temp ?? newFolder('environments'),
    environment,
    requirements: requirements === undefined && more.file === undefined ? undefined : file,
  })
}

/** The installers, each with an environment in which it is found. */
export const installers = ['pip', 'uv'] as const

let uvFolder: Promise<string> | undefined

/** The job's environment, with the uv of requirements-uv.txt in front of its PATH. */
export async function withUv(environment: NodeJS.ProcessEnv = process.env): Promise<NodeJS.ProcessEnv> {
  uvFolder ??= (async () => {
    const workspace = newFolder('uv')
    const python = await findPython({ workspace, environment: process.env })
    const [made = ''] = await makeWithPip([join(workspace, 'environment')], {
      python,
      workspace,
      environment: process.env,
    })
    return dirname((await installUv(made, { python, workspace, environment: process.env })).program)
  })()
  // Only uv: the folder has a Python and a pip, too.
  const only = join(dirname(dirname(await uvFolder)), 'only-uv')
  mkdirSync(only, { recursive: true })
  const name = process.platform === 'win32' ? 'uv.exe' : 'uv'
  copyFileSync(join(await uvFolder, name), join(only, name))
  return { ...environment, PATH: `${only}${delimiter}${environment.PATH}` }
}

export interface Cell {
  source: string
  tags?: string[]
}

export interface SavedNotebook {
  nbformat: number
  nbformat_minor: number
  cells: {
    cell_type: string
    source: string[]
    metadata: { tags?: string[] }
    outputs?: { output_type: string; name?: string; text?: string[]; ename?: string; data?: Record<string, unknown> }[]
  }[]
}

/** A notebook of format 4.4 with these code cells. */
export function notebookText(cells: (string | Cell)[], metadata: object = {}): string {
  return JSON.stringify({
    nbformat: 4,
    nbformat_minor: 4,
    metadata,
    cells: cells.map((cell) => {
      const { source, tags } = typeof cell === 'string' ? { source: cell, tags: undefined } : cell
      return { cell_type: 'code', source, metadata: tags ? { tags } : {}, outputs: [], execution_count: null }
    }),
  })
}

/** A run of this notebook in a workspace. */
export function execution(environments: Environments, notebook: string, more: Partial<ProgramRun> = {}): ProgramRun {
  return programRun(environments, 'model_training.ipynb', notebook, more)
}

/** A run of this script in a workspace. */
export function scriptRun(environments: Environments, script: string, more: Partial<ProgramRun> = {}): ProgramRun {
  return programRun(environments, 'train.py', script, { kind: 'script', ...more })
}

function programRun(environments: Environments, name: string, text: string, more: Partial<ProgramRun>): ProgramRun {
  const workspace = more.workspace ?? newFolder('workspace')
  const path = more.program ?? join(workspace, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  const out = join(workspace, 'out')
  return {
    ...environments,
    ...trainingRequest(workspace, path),
    executedNotebook: join(out, 'executed.ipynb'),
    logFile: join(out, 'training.log'),
    ...more,
  }
}

/** A request to train with a program of this workspace, by default with a notebook that needs no packages. */
export function trainingRequest(
  workspace: string,
  program: string,
  more: Partial<TrainingRequest> = {},
): TrainingRequest {
  return {
    workspace,
    kind: 'notebook',
    program,
    arguments: [],
    parameters: {},
    workingDirectory: workspace,
    installer: 'auto',
    kernelStartTimeoutMs: 180_000,
    isStrict: false,
    logLimit: 50_000_000,
    passThrough: [],
    executedNotebook: join(workspace, 'executed.ipynb'),
    logFile: join(workspace, 'training.log'),
    temp: newFolder('temp'),
    environment: process.env,
    ...more,
  }
}

export interface Run {
  /** What was printed, with the time of each piece in milliseconds since the start. */
  pieces: { at: number; text: string }[]
  log: string
  /** Text of the training log. */
  logFile: string
  report: TrainingReport
  error?: DeployError
  /** How many were executed. */
  cells: number
  saved: SavedNotebook | undefined
  savedText: string
}

/** Runs a notebook or script and gathers all there is to see. An error other than DeployError fails the test. */
export async function run(request: ProgramRun): Promise<Run> {
  const report = newReport(request.kind, relative(request.workspace, request.program))
  const { pieces, log, outcome } = await captured(() => runProgram(request, report))
  const savedText = readOptional(request.executedNotebook)
  const saved = savedText === '' ? undefined : (JSON.parse(savedText) as SavedNotebook)
  const seen = {
    pieces,
    log,
    logFile: readOptional(request.logFile),
    report,
    cells: report.cells.length,
    saved,
    savedText,
  }
  if (outcome instanceof DeployError) return { ...seen, error: outcome }
  if (outcome instanceof Error) throw outcome
  return seen
}

/** A Node process of its own that runs a notebook or script, as the action does, and can be sent signals. */
export function startAction(request: ProgramRun): {
  node: ChildProcess
  output: () => string
  end: Promise<number | null>
} {
  const action = join(newFolder('action'), 'action.mjs')
  const source = (path: string) => JSON.stringify(pathToFileURL(join(import.meta.dirname, '../../src', path)).href)
  const report = { program: relative(request.workspace, request.program) }
  writeFileSync(
    action,
    `const { runProgram } = await import(${source('training/run-program.js')})
     const { untilCancelled } = await import(${source('cancellation.js')})
     const request = { ...${JSON.stringify(request)}, environment: process.env }
     const run = (cancelled) => runProgram({ ...request, cancelled }, ${JSON.stringify(report)})
     await untilCancelled(run).catch((error) => {
       console.log('REJECTED', error.name, error.message, process.listenerCount('SIGTERM'), process.listenerCount('SIGINT'))
     })`,
  )
  const node = spawn(process.execPath, [action], { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [node.stdout, node.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk
    })
  }
  const end = new Promise<number | null>((resolve) => node.on('close', resolve))
  return { node, output: () => output, end }
}

/** Runs `work` and keeps what it prints instead of printing it. */
export async function captured<T>(
  work: () => Promise<T>,
): Promise<{ pieces: { at: number; text: string }[]; log: string; outcome: T | Error }> {
  const started = Date.now()
  const pieces: { at: number; text: string }[] = []
  const spy = jest.spyOn(process.stdout, 'write').mockImplementation((chunk: string | Uint8Array) => {
    pieces.push({ at: Date.now() - started, text: String(chunk) })
    return true
  })
  try {
    const outcome = await work().catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))))
    return { pieces, log: pieces.map(({ text }) => text).join(''), outcome }
  } finally {
    spy.mockRestore()
  }
}

/** Empty unless it is a file: a device such as /dev/full has no end. */
function readOptional(path: string): string {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ? readFileSync(path, 'utf8') : ''
}

/** Fails when a text is not a notebook by the rules of its format. */
export function checkFormat({ toolPython }: Environments, text: string): void {
  const program = 'import nbformat, sys; nbformat.validate(nbformat.reads(sys.stdin.read(), as_version=4))'
  execFileSync(toolPython, ['-X', 'utf8', '-c', program], { input: text, stdio: ['pipe', 'ignore', 'pipe'] })
}

/** All that the cells of a saved notebook have printed. */
export function printed(saved: SavedNotebook | undefined): string {
  const outputs = (saved?.cells ?? []).flatMap((cell) => cell.outputs ?? [])
  return outputs.flatMap((output) => output.text ?? []).join('')
}

/** Whether a process with this id is alive (a zombie is not). */
export function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    try {
      process.kill(pid, 0)
      return process.platform !== 'linux'
    } catch {
      return false
    }
  }
}
