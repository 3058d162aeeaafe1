import { createReadStream, existsSync } from 'node:fs'
import { lstat, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { formatBytes } from '../../format.ts'
import { shownPath } from '../shown-path.ts'
import { type MlflowRun, metricValue } from './mlflow-run.ts'

/** In bytes. MLflow allows 6000 characters for a parameter. */
const largestFile = 64_000

/**
 * The runs of a file store that are not deleted and began in time. MLflow 2 keeps one by default, in `mlruns`, as
 * `<experiment>/<run>/{meta.yaml,metrics,params,tags}`.
 *
 * @param since Unix time in milliseconds
 * @throws Error when none of its runs can be read, and there are some
 */
export async function runsInFiles(store: string, since: number): Promise<MlflowRun[]> {
  const runs: MlflowRun[] = []
  const failures: unknown[] = []
  for (const experiment of await foldersIn(store)) {
    for (const folder of await foldersIn(experiment)) {
      const run = await readRun(folder, since).catch((error: unknown) => void failures.push(error))
      if (run) runs.push(run)
    }
  }
  // One that is broken does not hide the others.
  if (runs.length === 0 && failures.length > 0) throw failures[0]
  return runs
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => join(folder, name))
}

async function readRun(folder: string, since: number): Promise<MlflowRun | undefined> {
  const path = join(folder, 'meta.yaml')
  const found = await lstat(path).catch(() => undefined)
  // Spares the reading of a long history: what was written last before that began before.
  if (!found?.isFile() || found.mtimeMs < since) return undefined
  const { parse } = await import('yaml')
  const meta = parse(await readShort(path)) as Record<string, unknown> | null
  if (meta === null || meta.lifecycle_stage !== 'active') return undefined
  const startedAt = Number(meta.start_time)
  if (!(startedAt >= since)) return undefined
  // Other tags may be long, and are not asked for.
  const tag = (name: string) => join(folder, 'tags', name)
  return {
    name: String(meta.run_name || (await readShort(tag('mlflow.runName')).catch(() => '')) || meta.run_id),
    startedAt,
    // The number of RunStatus.FINISHED.
    isFinished: meta.status === 3,
    isChild: existsSync(tag('mlflow.parentRunId')),
    read: async () => ({
      metrics: await lastValuesIn(join(folder, 'metrics')),
      parameters: await valuesIn(join(folder, 'params')),
    }),
  }
}

/** The files below a folder by name, with `/` in it, in alphabetical order; a folder that is missing has none. */
async function filesBelow(folder: string): Promise<[name: string, path: string][]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path): [string, string] => [shownPath(folder, path), path])
    .sort(([a], [b]) => (a < b ? -1 : 1))
}

/** @throws Error when it is larger than a parameter of MLflow can be, or no regular file, which might never end */
async function readShort(path: string): Promise<string> {
  const found = await lstat(path)
  if (!found.isFile()) throw new Error(`${path} is not a regular file`)
  if (found.size > largestFile) throw new Error(`${path} has ${formatBytes(found.size)}`)
  return readFile(path, 'utf8')
}

async function valuesIn(folder: string): Promise<Record<string, string>> {
  const values: [string, string][] = []
  for (const [name, path] of await filesBelow(folder)) values.push([name, await readShort(path)])
  return Object.fromEntries(values)
}

async function lastValuesIn(folder: string): Promise<Record<string, number | string>> {
  const values: [string, number | string][] = []
  for (const [name, path] of await filesBelow(folder)) {
    const value = await lastValue(path)
    if (value === undefined) throw new Error(`the metric ${name} has no value that can be read`)
    values.push([name, metricValue(value)])
  }
  return Object.fromEntries(values)
}

interface Point {
  step: number
  time: number
  value: number
}

/** Of lines with time, value and step, that of the last step, of those the latest, and of those the largest, as in MLflow. */
async function lastValue(path: string): Promise<number | undefined> {
  let last: Point | undefined
  for await (const line of createInterface({ input: createReadStream(path, 'utf8') })) {
    const [time, value, step = '0'] = line.trim().split(' ')
    if (time === undefined || value === undefined) continue
    const next = { step: Number(step), time: Number(time), value: pythonNumber(value) }
    if (last === undefined || isLater(next, last)) last = next
  }
  return last?.value
}

function isLater(a: Point, b: Point): boolean {
  return (a.step - b.step || a.time - b.time || a.value - b.value) > 0
}

function pythonNumber(text: string): number {
  const infinite = /^([-+]?)inf(inity)?$/i.exec(text)
  if (infinite) return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  return Number(text)
}
