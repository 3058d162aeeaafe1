import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { read, readJson, type Workflow } from './repository.ts'

const example = 'examples/wine-quality'
const algorithm = 'wine_quality'
const code = `${example}/${algorithm}`

interface Notebook {
  nbformat: number
  nbformat_minor: number
  metadata: { kernelspec?: { name?: string } }
  cells: {
    cell_type: string
    id: string
    source: string[]
    metadata: { tags?: string[] }
    outputs?: unknown[]
    execution_count?: number | null
  }[]
}

interface TestCase {
  case_name: string
  input: unknown
  expected_output?: unknown
  type?: string
  tree?: (string | number)[]
}

describe('the example repository', () => {
  test.each([
    'README.md',
    'requirements.txt',
    'model_training.ipynb',
    'TEST_CASES.json',
    '.github/workflows/deploy.yml',
    `${algorithm}/algorithmia.conf`,
    `${algorithm}/requirements.txt`,
    `${algorithm}/src/__init__.py`,
    `${algorithm}/src/${algorithm}.py`,
  ])('has %s', (path) => {
    expect(existsSync(`${example}/${path}`)).toBe(true)
  })

  test('holds nothing that a deployment makes', () => {
    const made = [`${example}/model.pkl`, `${code}/model_manifest.json`]
    expect(made.filter((path) => existsSync(path))).toEqual([])
  })

  test('names its algorithm the same everywhere', () => {
    expect(readJson(`${code}/algorithmia.conf`)).toMatchObject({ algoname: basename(code) })
    const workflow: Workflow = parse(read(`${example}/.github/workflows/deploy.yml`))
    const step = workflow.jobs.deploy?.steps.find(({ id }) => id === 'deploy')
    expect(step?.with).toMatchObject({ algorithmia_algoname: algorithm })
  })

  test('trains and predicts with the same scikit-learn', () => {
    const pins = [example, code].map((folder) =>
      read(`${folder}/requirements.txt`)
        .split('\n')
        .filter((line) => /^(scikit-learn|joblib)/.test(line)),
    )
    expect(pins[0]).toHaveLength(2)
    expect(pins[1]).toEqual(pins[0])
  })
})

describe('the notebook', () => {
  const notebook = readJson(`${example}/model_training.ipynb`) as Notebook

  test('is a notebook of format 4.5 for the kernel python3', () => {
    expect([notebook.nbformat, notebook.nbformat_minor]).toEqual([4, 5])
    expect(notebook.metadata.kernelspec?.name).toBe('python3')
    const ids = notebook.cells.map((cell) => cell.id)
    expect(ids.filter((id) => !/^[a-zA-Z0-9_-]{1,64}$/.test(id))).toEqual([])
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('is committed without outputs', () => {
    const cells = notebook.cells.filter((cell) => cell.cell_type === 'code')
    expect(cells.length).toBeGreaterThan(3)
    expect(cells.filter((cell) => cell.outputs?.length !== 0 || cell.execution_count !== null)).toEqual([])
  })

  test('has one cell of parameters, and they fix the seed and the file that is written', () => {
    const tagged = notebook.cells.filter((cell) => cell.metadata.tags?.includes('parameters'))
    expect(tagged).toHaveLength(1)
    const source = tagged[0]?.source.join('')
    expect(source).toMatch(/^model_path = "model\.pkl"$/m)
    expect(source).toMatch(/^random_state = \d+$/m)
  })
})

test('the test cases have the fields that the platform reads', () => {
  const cases = readJson(`${example}/TEST_CASES.json`) as TestCase[]
  expect(cases.length).toBeGreaterThan(0)
  const known = ['EXACT_MATCH', 'GREATER_OR_EQUAL', 'LESS_OR_EQUAL', 'NO_EXCEPTION', 'EXCEPTION']
  for (const { case_name, type = 'EXACT_MATCH', tree = [], ...rest } of cases) {
    expect([case_name, known]).toEqual([expect.any(String), expect.arrayContaining([type])])
    expect(tree.every((key) => typeof key === 'string' || Number.isInteger(key))).toBe(true)
    expect(Object.keys(rest)).toContain('input')
    if (!type.endsWith('EXCEPTION')) expect(Object.keys(rest)).toContain('expected_output')
  }
  expect(new Set(cases.map(({ case_name }) => case_name)).size).toBe(cases.length)
})
