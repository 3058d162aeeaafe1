import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { readTestCases } from '../../src/release/test-cases.ts'
import { filesBelow, read, readJson, type Workflow } from './repository.ts'

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
  type?: string
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

describe('the example pipeline', () => {
  const pipeline = 'examples/wine-pipeline'
  const name = 'wine_pipeline'

  test.each([
    'README.md',
    'TEST_CASES.json',
    'algorithmia.conf',
    'requirements.txt',
    'src/__init__.py',
    `src/${name}.py`,
    'src/measurements.py',
  ])('has %s', (path) => {
    expect(existsSync(`${pipeline}/${path}`)).toBe(true)
  })

  test('belongs to the account of the algorithm that it calls', () => {
    expect(readJson(`${pipeline}/algorithmia.conf`)).toMatchObject({
      username: (readJson(`${code}/algorithmia.conf`) as { username: string }).username,
      algoname: name,
    })
    expect(read(`${pipeline}/src/${name}.py`)).toMatch(new RegExp(`^WINE_QUALITY = "${algorithm}/`, 'm'))
  })

  test('needs the same official client, and no model of its own', () => {
    const packages = (file: string) =>
      read(file)
        .split('\n')
        .filter((line) => /^[a-z]/i.test(line))
    const [client, ...others] = packages(`${pipeline}/requirements.txt`)
    expect(packages(`${code}/requirements.txt`)).toContain(client)
    expect(others).toEqual([])
  })

  test('needs no workflow: it is pushed with plain git', () => {
    expect(existsSync(`${pipeline}/.github`)).toBe(false)
  })

  test('turns its test cases into what the model of the other example was trained on', () => {
    const [line, named, ...others] = readJson(`${pipeline}/TEST_CASES.json`) as TestCase[]
    const [wine] = readJson(`${example}/TEST_CASES.json`) as TestCase[]
    expect(measured([line?.input, named?.input])).toEqual([wine?.input, wine?.input])
    const refused = others.filter(({ type }) => type === 'EXCEPTION').map(({ input }) => input)
    expect(refused.length).toBeGreaterThan(0)
    for (const answer of measured(refused)) expect(answer).toMatch(/^Missing: malic_acid, /)
  })

  test.each([
    [{ hue: '3 mg/l' }, 'hue cannot be in mg/l: give the number alone'],
    [{ ash: '3 lb' }, 'ash cannot be in lb: give g/l or mg/l or mg/ml or g/100ml'],
    [{ ash: true }, 'ash must be a number or a number with a unit, not True'],
    [{ ash: '-1' }, "ash must be a number or a number with a unit, not '-1'"],
    [{ colour: 1 }, 'Missing: nothing; unknown: colour'],
  ])('refuses %j', (measurement, message) => {
    const [, named] = readJson(`${pipeline}/TEST_CASES.json`) as TestCase[]
    expect(measured([{ ...Object(named?.input), ...measurement }])).toEqual([message])
  })

  /** What the preprocessing, which needs nothing but Python, makes of inputs: 13 numbers or a message. */
  function measured(inputs: unknown[]): unknown[] {
    const program = `
import json, sys
sys.dont_write_bytecode = True
from src.measurements import read_measurements
def answer(report):
    try:
        return read_measurements(report)
    except ValueError as error:
        return str(error)
print(json.dumps([answer(report) for report in json.load(sys.stdin)]))`
    const python = process.platform === 'win32' ? 'python' : 'python3'
    const options = { cwd: pipeline, input: JSON.stringify(inputs), encoding: 'utf8' } as const
    const { stdout, stderr, status } = spawnSync(python, ['-c', program], options)
    expect([stderr, status]).toEqual(['', 0])
    return JSON.parse(stdout)
  }
})

/** By folder: the algorithms in the order of their deployment, and what makes the models. */
const examples: [folder: string, algorithms: string[], program: string][] = [
  ['examples/diabetes-mlflow', ['diabetes'], 'train.py'],
  ['examples/digits-pipeline', ['digit_features', 'digit_reader'], 'train.py'],
  ['examples/iris-checked-in', ['iris'], 'make_model.py'],
  ['examples/reviews-adk', ['reviews'], 'train.py'],
  ['examples/sentiment', ['sentiment'], 'model_training.ipynb'],
]

const withoutWorkflow = 'examples/sentiment'
const codeIsGenerated = 'examples/diabetes-mlflow'
const modelIsCommitted = 'examples/iris-checked-in'

describe.each(examples)('the example %s', (folder, algorithms, program) => {
  const folders = folder === codeIsGenerated ? [] : algorithms
  const has = (path: string) => existsSync(`${folder}/${path}`)

  test('has its files, and names its algorithms', () => {
    const files = folders.flatMap((name) => [
      `${name}/requirements.txt`,
      `${name}/src/__init__.py`,
      `${name}/src/${name}.py`,
    ])
    expect(['README.md', program, ...files].filter((path) => !has(path))).toEqual([])
    const configurations = folders.map((name) => readJson(`${folder}/${name}/algorithmia.conf`))
    expect(configurations).toEqual(folders.map((algoname) => ({ username: 'demo', algoname, language: 'python3' })))
  })

  test('has a workflow that deploys these algorithms in order, with inputs that lead to files', () => {
    if (folder === withoutWorkflow) return expect(has('.github')).toBe(false)
    const inputs = deploymentsOf(folder)
    expect(inputs.map((given) => given.algorithmia_algoname)).toEqual(algorithms)
    const paths = ['training_script', 'algorithm_path', 'test_cases_path'].flatMap((name) =>
      inputs.flatMap((given) => given[name] ?? []),
    )
    expect(paths.filter((path) => !has(path))).toEqual([])
    // Training programs are named by their steps; the committed model's is run by hand.
    expect(inputs.some((given) => given.training_script === program)).toBe(folder !== modelIsCommitted)
  })

  test('is committed without what a deployment makes', () => {
    const manifests = algorithms.flatMap((name) => ['', '.freeze'].map((end) => `${name}/model_manifest.json${end}`))
    const trained = ['model.pkl', 'model', 'models', 'mlruns', 'mlflow.db', 'metrics.json']
    expect([...trained, ...manifests].filter(has)).toEqual([])
    expect(has('model.joblib')).toBe(folder === modelIsCommitted)
    expect(has(algorithms[0] ?? '')).toBe(folder !== codeIsGenerated)
    if (!program.endsWith('.ipynb')) return
    const cells = (readJson(`${folder}/${program}`) as Notebook).cells.filter((cell) => cell.cell_type === 'code')
    expect(cells.filter((cell) => cell.outputs?.length !== 0 || cell.execution_count !== null)).toEqual([])
  })

  test('pins what it trains with, and predicts with the same', () => {
    const pins = (file: string) =>
      read(file)
        .split('\n')
        .filter((line) => /^[a-z]/i.test(line) && !/^(algorithmia|pandas)\b/.test(line))
    const [used, ...others] = folders.map((name) => pins(`${folder}/${name}/requirements.txt`))
    const trained = has('requirements.txt') ? pins(`${folder}/requirements.txt`) : used
    expect(trained?.filter((line) => !/^[\w-]+==[\d.]+(; .*)?$/.test(line))).toEqual([])
    if (folders.length > 0) expect([used, ...others]).toEqual(folders.map(() => trained))
  })
})

/** The inputs of each step of a workflow with this action. */
function deploymentsOf(folder: string): Record<string, string>[] {
  const workflow: Workflow = parse(read(`${folder}/.github/workflows/deploy.yml`))
  const steps = workflow.jobs.deploy?.steps.filter(({ uses }) => uses?.startsWith('deploy-to-algorithmia/'))
  return (steps ?? []).map((step) => step.with as Record<string, string>)
}

test('the ADK example asks for its models by the names that its workflow gives them', () => {
  expect(existsSync('examples/reviews-adk/reviews/.adk')).toBe(true)
  const [given] = deploymentsOf('examples/reviews-adk')
  const named = [...(given?.model_path ?? '').matchAll(/^(optional: )?(\w+): \S+$/gm)].map((match) => match[2])
  const asked = read('examples/reviews-adk/reviews/src/reviews.py').matchAll(/get_model\("(\w+)"\)/g)
  expect(named).toEqual([...asked].map((match) => match[1]))
  expect(named).toEqual(['vectorizer', 'classifier', 'labels'])
})

test('examples with the same packages have the same file of them, so that one installation serves all of them', () => {
  const files = [
    'digits-pipeline/digit_features',
    'digits-pipeline/digit_reader',
    'iris-checked-in/iris',
    'reviews-adk/reviews',
  ]
  expect(new Set(files.map((folder) => read(`examples/${folder}/requirements.txt`))).size).toBe(1)
})

describe('the test cases', () => {
  test.each(filesBelow('examples', 'TEST_CASES.json'))('%s are understood in full, and have names', (path) => {
    const { cases, warnings } = readTestCases(read(path))
    expect(warnings).toEqual([])
    const names = (readJson(path) as TestCase[]).map(({ case_name }) => case_name)
    expect(cases.map(({ name }) => name)).toEqual(names)
    expect(new Set(names).size).toBe(names.length)
  })

  test('of the pipeline are for any runner of such files: it is pushed without this action', () => {
    const cases = readJson('examples/wine-pipeline/TEST_CASES.json') as TestCase[]
    const types = ['EXACT_MATCH', 'GREATER_OR_EQUAL', 'LESS_OR_EQUAL', 'NO_EXCEPTION', 'EXCEPTION']
    expect(types).toEqual(expect.arrayContaining(cases.map(({ type = 'EXACT_MATCH' }) => type)))
    const fields = new Set(cases.flatMap((testCase) => Object.keys(testCase)))
    expect(['case_name', 'input', 'expected_output', 'type', 'tree']).toEqual(expect.arrayContaining([...fields]))
  })
})
