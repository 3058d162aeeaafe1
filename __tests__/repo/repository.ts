import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { parse } from 'yaml'

/** The project's root: jest runs there. */
const root = process.cwd()

export interface Action {
  name: string
  inputs: Record<string, { description?: string; required?: boolean; default?: string }>
  outputs: Record<string, { description?: string }>
  runs: { using: string; main: string }
}

export interface Step {
  id?: string
  uses?: string
  run?: string
  if?: string
  env?: Record<string, unknown>
  with?: Record<string, unknown>
}

export interface Workflow {
  permissions?: unknown
  jobs: Record<string, { needs?: string | string[]; 'timeout-minutes'?: number; permissions?: unknown; steps: Step[] }>
}

export const read = (path: string): string => readFileSync(join(root, path), 'utf8')

export const readJson = (path: string): unknown => JSON.parse(read(path))

export const action: Action = parse(read('action.yml'))

/** The files below a folder whose name ends so, as paths from the root with `/`. */
export function filesBelow(folder: string, ending: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort()
}

export const workflowPaths = [
  ...filesBelow('.github/workflows', '.yml'),
  ...filesBelow('examples', '.yml').filter((path) => path.includes('/.github/workflows/')),
]
