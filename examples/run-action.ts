import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { parse } from 'yaml'

/** The root of this project, seen from the sources and from the compiled tests alike. */
export const projectRoot = folderWith('action.yml', import.meta.dirname)

function folderWith(name: string, folder: string): string {
  return existsSync(join(folder, name)) ? folder : folderWith(name, dirname(folder))
}

export interface StepContext {
  workspace: string
  /** RUNNER_TEMP */
  temp: string
  /** `owner/name` */
  repository: string
  ref: string
  commit: string
  event?: { name: string; payload: unknown }
  /** Variables of the job: PATH, HOME, `env:` of the step. Nothing else of this process is passed on. */
  environment: Record<string, string>
  /** Gets each line of output as it comes. */
  onLine?: (line: string) => void
  /** Gets the process once it runs. */
  onStart?: (child: ChildProcess) => void
  /** A program to start the action with, and its arguments. */
  launcher?: string[]
}

export interface StepResult {
  exitCode: number | null
  /** Standard output and standard error as they came, workflow commands included. */
  output: string
  outputs: Record<string, string>
  /** The job summary, as Markdown. */
  summary: string
}

/**
 * Runs the committed action as a GitHub runner runs a step: a process of its own, inputs as `INPUT_*` variables with
 * the defaults of action.yml, files for outputs and summary.
 */
export async function runAction(inputs: Record<string, string>, context: StepContext): Promise<StepResult> {
  const files = join(context.temp, `_runner_${randomUUID()}`)
  mkdirSync(files, { recursive: true })
  const file = (name: string, content = '') => {
    writeFileSync(join(files, name), content)
    return join(files, name)
  }
  const environment = {
    ...context.environment,
    ...inputVariables(inputs),
    GITHUB_ACTIONS: 'true',
    GITHUB_WORKSPACE: context.workspace,
    GITHUB_REPOSITORY: context.repository,
    GITHUB_REF: context.ref,
    GITHUB_SHA: context.commit,
    GITHUB_RUN_ID: context.environment.GITHUB_RUN_ID ?? '1234567890',
    GITHUB_RUN_NUMBER: '1',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_EVENT_NAME: context.event?.name ?? 'push',
    GITHUB_EVENT_PATH: file('event.json', JSON.stringify(context.event?.payload ?? {})),
    GITHUB_OUTPUT: file('output'),
    GITHUB_STEP_SUMMARY: file('summary.md'),
    GITHUB_ENV: file('env'),
    GITHUB_PATH: file('path'),
    GITHUB_STATE: file('state'),
    RUNNER_TEMP: context.temp,
    ACTIONS_RUNTIME_TOKEN: 'the-token-of-the-job',
  }
  const [program = '', ...args] = [...(context.launcher ?? []), process.execPath, join(projectRoot, 'dist', 'index.js')]
  const child = spawn(program, args, {
    cwd: context.workspace,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  context.onStart?.(child)
  const lines: string[] = []
  const read = async (stream: NodeJS.ReadableStream) => {
    for await (const line of createInterface({ input: stream })) {
      lines.push(line)
      context.onLine?.(line)
    }
  }
  const ended = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve))
  const [exitCode] = await Promise.all([ended, read(child.stdout), read(child.stderr)])
  return {
    exitCode,
    output: lines.join('\n'),
    outputs: parseOutputs(readFileSync(environment.GITHUB_OUTPUT, 'utf8')),
    summary: readFileSync(environment.GITHUB_STEP_SUMMARY, 'utf8'),
  }
}

function inputVariables(inputs: Record<string, string>): Record<string, string> {
  const action = parse(readFileSync(join(projectRoot, 'action.yml'), 'utf8')) as {
    inputs: Record<string, { default?: string }>
  }
  const unknown = Object.keys(inputs).filter((name) => !(name in action.inputs))
  if (unknown.length > 0) throw new Error(`action.yml has no input ${unknown.join(', ')}`)
  return Object.fromEntries(
    Object.entries(action.inputs).map(([name, input]) => [
      `INPUT_${name.toUpperCase()}`,
      inputs[name] ?? input.default ?? '',
    ]),
  )
}

/** `name<<delimiter`, the value, `delimiter`; a later value of the same name wins. */
function parseOutputs(text: string): Record<string, string> {
  const outputs: Record<string, string> = {}
  for (const match of text.matchAll(/^(\w+)<<(\S+)\r?\n([\s\S]*?)\r?\n?^\2\r?$/gm)) {
    outputs[match[1] ?? ''] = match[3] ?? ''
  }
  return outputs
}
