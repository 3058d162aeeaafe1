import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { InputName } from '../../src/inputs/names.ts'
import { type Inputs, inputNames, readInputs } from '../../src/inputs.ts'
import { action } from '../repo/repository.ts'
import { tempFolder, writeFiles } from './temp-folder.ts'

/** Steps of a workflow, for tests of how their inputs are read. */

export type With = Partial<Record<InputName, string>>

export const keys = { algorithmia_api_key: 'simKey/With+1', github_pat: 'ghp_Token_1' }
export const onGitHub: With = {
  ...keys,
  algorithmia_username: 'ada',
  algorithmia_algoname: 'wine',
  github_username: 'ada-gh',
}
export const onAlgorithmia: With = {
  algorithmia_api_key: keys.algorithmia_api_key,
  algorithmia_username: 'ada',
  algorithmia_algoname: 'wine',
  algorithmia_password: 'p@ss w/rd',
  git_host: 'git.algorithmia.com',
}

export interface Runner {
  files?: Record<string, string>
  variables?: Record<string, string | undefined>
  prepare?: (workspace: string) => void
}

/** A fresh workspace and temporary folder, and a step's inputs as the runner passes them: with the defaults. */
export function start(given: With, { files = {}, variables = {}, prepare }: Runner): NodeJS.ProcessEnv {
  const root = tempFolder()
  const workspace = join(root, 'ws')
  mkdirSync(workspace)
  mkdirSync(join(root, 'temp'))
  writeFiles(workspace, files)
  prepare?.(workspace)
  for (const name of inputNames) {
    process.env[`INPUT_${name.toUpperCase()}`] = given[name] ?? action.inputs[name]?.default ?? ''
  }
  return { GITHUB_WORKSPACE: workspace, RUNNER_TEMP: join(root, 'temp'), ...variables }
}

export function read(given: With, runner: Runner = {}): Promise<Inputs> {
  return readInputs(start(given, runner))
}

/** The problems that the inputs have: one text for each. */
export async function problems(given: With, runner: Runner = {}): Promise<string[]> {
  const message = await read(given, runner).then(
    () => '',
    (error: Error) => error.message,
  )
  if (message === '') return []
  const [first = '', ...rest] = message.split('\n- ')
  return rest.length === 0 ? [first] : rest
}
