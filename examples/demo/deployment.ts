import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { styleText } from 'node:util'
import { parse } from 'yaml'
import { runAction, type StepResult } from '../run-action.ts'
import { git } from './git.ts'
import { say } from './stage.ts'

/** The inputs of a repository's workflow file, with values for its secrets. */
export function workflowInputs(workspace: string, secrets: Record<string, string>): Record<string, string> {
  const workflow = parse(readFileSync(join(workspace, '.github', 'workflows', 'deploy.yml'), 'utf8'))
  const step = workflow.jobs.deploy.steps.find((candidate: { id?: string }) => candidate.id === 'deploy')
  const inputs: Record<string, string> = {}
  for (const [name, value] of Object.entries<string>(step.with)) {
    inputs[name] = value.replace(/\$\{\{\s*secrets\.(\w+)\s*\}\}/g, (_, key) => secrets[key] ?? '')
  }
  return inputs
}

/** What a run of the action must come to. */
export interface Outcome {
  status: string
  version?: string
  failed_phase?: string
}

/**
 * Runs the action on the head of a repository, as a push to it does on GitHub, and shows its log and outputs.
 *
 * @throws Error unless the run comes to this, with exit code 1 for a failure and 0 for all else
 */
export async function deploy(
  workspace: string,
  temp: string,
  inputs: Record<string, string>,
  outcome: Outcome,
): Promise<StepResult> {
  const masks: string[] = []
  const head = await git(workspace, ['rev-parse', 'HEAD'])
  const message = await git(workspace, ['log', '-1', '--format=%B'])
  const result = await runAction(inputs, {
    workspace,
    temp,
    repository: 'vintner/wine-quality',
    ref: 'refs/heads/main',
    commit: head,
    event: { name: 'push', payload: { head_commit: { id: head, message } } },
    environment: jobEnvironment(temp),
    onLine: (line) => showAsGitHubDoes(line, masks),
  })
  const { exitCode, outputs } = result
  say(`exit code             ${exitCode}`)
  const shown = ['status', 'failed_phase', 'version', 'endpoint_url', 'model_uri', 'metrics', 'algorithm_commit_sha']
  for (const name of shown) {
    if (outputs[name]) say(`${name.padEnd(21)} ${outputs[name]}`)
  }
  const expected = { exitCode: outcome.status === 'failed' ? 1 : 0, version: '', failed_phase: '', ...outcome }
  for (const [name, value] of Object.entries(expected)) {
    const got = name === 'exitCode' ? exitCode : outputs[name]
    if (got !== value) throw new Error(`The action ended with ${name} "${got}", and "${value}" was expected`)
  }
  return result
}

const passedOn = /^(PIP_|SSL_CERT|LANG|SYSTEMROOT|TEMP|TMP|USERPROFILE|LOCALAPPDATA|APPDATA|COMSPEC|PATHEXT)/i

function jobEnvironment(temp: string): Record<string, string> {
  const settings = Object.entries(process.env).filter((entry): entry is [string, string] => passedOn.test(entry[0]))
  return { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? temp, ...Object.fromEntries(settings) }
}

const colours = { error: 'red', warning: 'yellow', notice: 'cyan' } as const

/** Workflow commands are obeyed, not shown; masked values are stars. */
function showAsGitHubDoes(line: string, masks: string[]): void {
  const mask = /^::add-mask::(.*)$/.exec(line)
  if (mask?.[1]) {
    masks.push(decodeURIComponent(mask[1].replace(/%(?!25|0D|0A)/g, '%25')))
    return
  }
  const text = groupTitle(line) ?? annotation(line) ?? line
  if (/^::[a-z0-9-]+/.test(text)) return
  say(masks.reduce((visible, secret) => visible.replaceAll(secret, '***'), text).replaceAll(/^/gm, '  '))
}

function groupTitle(line: string): string | undefined {
  const title = /^::group::(.*)$/.exec(line)?.[1]
  return title === undefined ? undefined : styleText('cyan', title)
}

/** `error: title (file, line 3)` and the message below it. */
function annotation(line: string): string | undefined {
  const [, level, settings = '', message = ''] = /^::(error|warning|notice)([^:]*)::(.*)$/.exec(line) ?? []
  if (level === undefined) return undefined
  const setting = (name: string) => decoded(new RegExp(`[ ,]${name}=([^,]*)`).exec(settings)?.[1] ?? '')
  const place = setting('file') === '' ? '' : ` (${setting('file')}, line ${setting('line')})`
  const head = styleText(colours[level as keyof typeof colours], `${level}: ${setting('title')}${place}`)
  return `${head}\n${decoded(message).replaceAll(/^/gm, '  ')}`
}

/** As the toolkit escapes what goes into a workflow command. */
function decoded(text: string): string {
  const characters: Record<string, string> = { '%0A': '\n', '%0D': '\r', '%3A': ':', '%2C': ',', '%25': '%' }
  return text.replaceAll(/%(?:0A|0D|3A|2C|25)/g, (code) => characters[code] ?? code)
}
