import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import type { StepResult } from '../../examples/run-action.ts'
import type { Step, Workflow } from '../repo/repository.ts'
import { errors, Lab } from './lab.ts'

/** Inputs that name an account or a place: those of the lab stand for them. */
const ownInputs = ['algorithmia_api_key', 'algorithmia_username', 'algorithmia_password', 'git_host']

/**
 * An example in a lab, with the lab's account in its files as the README of an example says, and all its algorithms on
 * the platform.
 *
 * @param others further algorithms of the example
 */
export async function exampleLab(folder: string, algorithm: string, others: string[] = []): Promise<Lab> {
  const lab = await Lab.create({ folder, algorithm })
  for (const name of [algorithm, ...others]) {
    if (name !== algorithm) await lab.sandbox.createAlgorithm(lab.owner, name)
    const conf = { username: lab.owner, algoname: name, language: 'python3' }
    if (existsSync(join(lab.workspace, name))) lab.write(`${name}/algorithmia.conf`, JSON.stringify(conf))
  }
  lab.commit('Use our account')
  return lab
}

/**
 * Runs the steps of a workflow's `deploy` job in order: this action, and shell commands. Other actions and steps with an
 * `if:` are left out.
 *
 * @returns the results of the steps with this action, by id
 * @throws Error when a step fails
 */
export async function playWorkflow(
  lab: Lab,
  variables: Record<string, string> = {},
): Promise<Record<string, StepResult>> {
  const environment = { ...lab.environment, ...variables }
  const workflow: Workflow = parse(readFileSync(join(lab.workspace, '.github/workflows/deploy.yml'), 'utf8'))
  const results: Record<string, StepResult> = {}
  for (const step of workflow.jobs.deploy?.steps ?? []) {
    if (step.if !== undefined) continue
    if (step.run !== undefined) {
      execFileSync('bash', ['-e', '-c', step.run], {
        cwd: lab.workspace,
        env: { ...environment, ...filled(step.env, results) },
      })
    } else if (step.uses?.startsWith('deploy-to-algorithmia/')) {
      const inputs = Object.entries(filled(step.with, results)).filter(([name]) => !ownInputs.includes(name))
      const result = await lab.run(Object.fromEntries(inputs), { environment })
      if (result.exitCode !== 0) throw new Error(`Step ${step.id} failed: ${errors(result).join('\n')}`)
      results[step.id ?? ''] = result
    }
  }
  return results
}

/** Values with what their expressions stand for: outputs of earlier steps, and defaults of inputs. */
function filled(values: Step['with'], results: Record<string, StepResult>): Record<string, string> {
  const meaning = (expression: string): string => {
    const [, step = '', output = ''] = /^steps\.(\w+)\.outputs\.(\w+)$/.exec(expression) ?? []
    if (step !== '') return results[step]?.outputs[output] ?? ''
    if (expression.startsWith('secrets.')) return ''
    const [, given] = /^inputs\.\w+ \|\| '(.*)'$/.exec(expression) ?? []
    if (given === undefined) throw new Error(`The tests do not know the expression ${expression}`)
    return given
  }
  const entries = Object.entries(values ?? {}).map(([name, value]) => [
    name,
    String(value).replace(/\$\{\{ (.*?) \}\}/g, (_, expression: string) => meaning(expression)),
  ])
  return Object.fromEntries(entries)
}
