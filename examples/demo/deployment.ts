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

/** Runs the action on the head of a repository, as a push to it does on GitHub, and shows its log and outputs. */
export async function deploy(workspace: string, temp: string, inputs: Record<string, string>): Promise<StepResult> {
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
  if (result.exitCode !== 0) throw new Error(`The action ended with exit code ${result.exitCode}`)
  for (const name of ['status', 'model_uri', 'model_md5_hash', 'algorithm_commit_sha']) {
    say(`${name.padEnd(21)} ${result.outputs[name]}`)
  }
  return result
}

const passedOn = /^(PIP_|SSL_CERT|LANG|SYSTEMROOT|TEMP|TMP|USERPROFILE|LOCALAPPDATA|APPDATA|COMSPEC|PATHEXT)/i

function jobEnvironment(temp: string): Record<string, string> {
  const settings = Object.entries(process.env).filter((entry): entry is [string, string] => passedOn.test(entry[0]))
  return { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? temp, ...Object.fromEntries(settings) }
}

/** Workflow commands are obeyed, not shown; masked values are stars. */
function showAsGitHubDoes(line: string, masks: string[]): void {
  const mask = /^::add-mask::(.*)$/.exec(line)
  if (mask?.[1]) {
    masks.push(decodeURIComponent(mask[1].replace(/%(?!25|0D|0A)/g, '%25')))
    return
  }
  const group = /^::group::(.*)$/.exec(line)
  const annotation = /^::(error|warning|notice)[^:]*::(.*)$/.exec(line)
  const text = group
    ? styleText('cyan', group[1] ?? '')
    : annotation
      ? `${annotation[1]}: ${annotation[2]?.replaceAll('%0A', '\n    ').replaceAll('%25', '%')}`
      : line
  if (/^::[a-z0-9-]+/.test(text)) return
  say(`  ${masks.reduce((visible, secret) => visible.replaceAll(secret, '***'), text)}`)
}
