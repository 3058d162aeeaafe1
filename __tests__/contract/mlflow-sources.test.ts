import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type MlflowModel, readMlflowModel } from '../../src/mlflow/model.ts'
import { generateSources } from '../../src/mlflow/sources.ts'
import { listFolder } from '../../src/model/folder.ts'
import { archiveSource } from '../../src/model/source.ts'
import { call } from '../support/http-call.ts'
import { pythonWithPackages } from '../support/official-clients.ts'
import { SandboxLab } from '../support/sandbox-lab.ts'

// Generated algorithms with the real MLflow and the official client, against the data API of the sandbox.

const run = promisify(execFile)
const fixtures = join(import.meta.dirname, '../fixtures/mlflow')
const packages = ['algorithmia==2.0.5', 'mlflow-skinny==3.17.2', 'pandas==2.3.3', 'scikit-learn==1.7.2']

/** What the program of the fixtures prints. */
interface Saved {
  run: string
  folders: { frame: string; array: string; table: string }
  predictions: number[]
}

let home: string
let lab: SandboxLab
let python: string
let saved: Saved

beforeAll(async () => {
  home = mkdtempSync(join(realpathSync(tmpdir()), 'mlflow-sources-'))
  lab = await SandboxLab.start()
  await lab.request('POST', '/v1/data/anna', { name: 'iris' })
  python = await pythonWithPackages('mlflow-3.17.2', packages)
  saved = JSON.parse(await runPython(home, [join(fixtures, 'save_models.py')]))
}, 600_000)

afterAll(async () => {
  await lab?.close()
  rmSync(home, { recursive: true, force: true, maxRetries: 3 })
})

async function runPython(cwd: string, args: string[], stdin = ''): Promise<string> {
  const { PATH, SYSTEMROOT, TEMP } = process.env
  const client = { ALGORITHMIA_API: lab.url, ALGORITHMIA_API_KEY: lab.key, NO_PROXY: '*' }
  const env = { PATH, SYSTEMROOT, TEMP, PYTHONUTF8: '1', MLFLOW_ALLOW_FILE_STORE: 'true', ...client }
  const running = run(python, args, { cwd, env, maxBuffer: 64 * 1024 * 1024 })
  running.child.stdin?.end(stdin)
  return (await running).stdout
}

interface Generated {
  /** The clone of the algorithm's repository. */
  clone: string
  model: MlflowModel
  written: string[]
}

/** Stores the bundle of a saved model, and generates the algorithm for it. */
async function generate(kind: keyof Saved['folders'], variant: 'legacy' | 'adk' = 'legacy'): Promise<Generated> {
  const modelFolder = resolve(home, saved.folders[kind])
  const link = join(modelFolder, 'a link to the description')
  if (process.platform !== 'win32' && !existsSync(link)) symlinkSync('MLmodel', link)
  const model = await readMlflowModel(modelFolder)
  if (model === undefined) throw new Error(`${modelFolder} is no MLflow model`)
  const clone = mkdtempSync(join(home, `${kind}-`))
  const { written } = await generateSources({ clone, algorithm: 'iris', model, modelFolder, variant, entry: 'it' })
  const source = await archiveSource(await listFolder(modelFolder), { topName: model.name, name: 'bundle' })
  const reader = await source.open()
  await store(clone, `${model.name}.tar.gz`, Buffer.concat(await reader.stream.toArray()))
  return { clone, model, written }
}

/** Uploads an archive, and writes the manifest that names it. */
async function store(clone: string, name: string, content: Buffer): Promise<void> {
  const uploaded = await call(lab.url, `/v1/data/anna/iris/${name}`, { method: 'PUT', key: lab.key, body: content })
  expect(uploaded.status).toBe(200)
  const manifest = {
    model_filepath: `anna/iris/${name}`,
    model_md5_hash: createHash('md5').update(content).digest('hex'),
    required_files: [{ name: 'it', source_uri: `data://anna/iris/${name}`, fail_on_tamper: false }],
    optional_files: [],
  }
  writeFileSync(join(clone, 'model_manifest.json'), JSON.stringify(manifest))
}

/** The answers of a generated algorithm, in a process of its own. */
async function ask(clone: string, inputs: unknown[]): Promise<unknown[]> {
  const output = await runPython(clone, [join(fixtures, 'call_algorithm.py')], JSON.stringify(inputs))
  return JSON.parse(output.split('--- answers ---\n')[1] ?? 'null')
}

const columns = ['height', 'count']
// Whole numbers where the signature says double: JSON does not tell one from the other.
const rows = [
  [1, 4],
  [2, 3],
  [3, 9],
  [5, 1],
]
const split = { columns, data: rows }
const records = rows.map(([height, count]) => ({ count, height }))
const forms: [string, unknown][] = [
  ['split', split],
  ['split with an index', { ...split, index: [7, 8, 9, 10] }],
  ['split in another order', { columns: ['count', 'height'], data: rows.map(([a, b]) => [b, a]) }],
  ['split with a column too many', { columns: [...columns, 'x'], data: rows.map((row) => [...row, 'x']) }],
  ['split as a text, as the plugin sends it', JSON.stringify({ ...split, index: [0, 1, 2, 3] })],
  ['dataframe_split', { dataframe_split: split }],
  ['dataframe_records', { dataframe_records: records }],
  ['instances', { instances: records }],
  ['inputs', { inputs: { height: rows.map(([height]) => height), count: rows.map(([, count]) => count) } }],
  ['records', records],
  ['rows', rows],
  ['rows as a text', JSON.stringify(rows)],
]
const unknown: [string, unknown, RegExp][] = [
  ['a text', 'hello', /^ValueError: The input is a text, but not JSON: expected a list of records/],
  ['a number', 5, /^ValueError: The input is of type int: expected/],
  ['null', null, /^ValueError: The input is of type NoneType: expected/],
  ['an empty list', [], /^ValueError: The input is a list, but not of records or of rows: expected/],
  ['a flat list', [1, 2], /^ValueError: The input is a list, but/],
  ['rows and records', [[1, 2], { height: 1 }], /^ValueError: The input is a list, but/],
  [
    'another object',
    { height: 1, count: 2 },
    /^ValueError: The input is an object with the keys \['count', 'height'\]:/,
  ],
  ['two forms', { inputs: rows, instances: rows }, /^ValueError: The input is an object with the keys/],
  ['a missing column', [{ height: 1 }], /missing inputs \['count'\]/],
  ['a fraction where a whole number belongs', [[1, 2.5]], /^ValueError: The column count holds 2.5, but .* int64/],
  ['another type', [['high', 1]], /Failed to convert column height to type 'float64'/],
]

describe.each(['legacy', 'adk'] as const)('a generated algorithm, %s', (variant) => {
  // The error path of the official kit works up to Python 3.9 only (platform reference §5.2).
  const refused = variant === 'legacy' ? unknown : []
  let made: Generated
  let answers: unknown[]
  beforeAll(async () => {
    made = await generate('frame', variant)
    const inputs = [...forms, ...refused].map(([, input]) => input)
    answers = await ask(made.clone, inputs)
  })

  test('answers with what pyfunc predicts, whatever the form of the input', () => {
    expect(made.model).toMatchObject({ name: `model-${saved.run}`, runId: saved.run, loader: 'mlflow.sklearn' })
    expect(Object.fromEntries(forms.map(([form], index) => [form, answers[index]]))).toEqual(
      Object.fromEntries(forms.map(([form]) => [form, saved.predictions])),
    )
  })

  if (variant === 'legacy')
    test('says what it expects when it is given something else', () => {
      expect(answers.slice(forms.length)).toEqual(
        refused.map(([, , error]) => ({ error: expect.stringMatching(error) })),
      )
    })

  test('refuses a model that was changed, before it is unpacked', async () => {
    const changed = { method: 'PUT', key: lab.key, body: 'changed' }
    await call(lab.url, `/v1/data/anna/iris/${made.model.name}.tar.gz`, changed)
    expect(await ask(made.clone, [rows])).toEqual([
      { error: expect.stringMatching(/^RuntimeError: The model is not the one that was deployed: its MD5 is/) },
    ])
  })
})

test('a model that takes an array gets one', async () => {
  const { clone } = await generate('array')
  const inputs = [rows, { instances: rows }, { inputs: rows }, JSON.stringify(rows)]
  const answers = (await ask(clone, inputs)) as number[][]
  for (const answer of answers) expect(answer.map((value) => Math.round(value * 1e6) / 1e6)).toEqual([6, 7, 15, 11])
})

test('a result of which JSON knows little is put into its words, and parameters arrive', async () => {
  const { clone } = await generate('table')
  const row = { missing: null, endless: null, when: '2024-02-29T12:00:00', list: [1.5, null], bytes: '/w==' }
  expect(await ask(clone, [[[2, 1]], { ...split, params: { factor: 3 } }])).toEqual([
    [{ ...row, 7: 2 }],
    rows.map(([height = 0]) => ({ ...row, 7: 3 * height })),
  ])
})

test('an archive cannot write out of its folder', async () => {
  const { clone } = await generate('frame')
  const program = `
import io, os, sys, tarfile
sys.path.insert(0, "")
from src._mlflow_model import unpack
def attempt(*members):
    with tarfile.open("a.tar.gz", "w:gz") as archive:
        for name, kind, target in members:
            member = tarfile.TarInfo(name)
            member.type, member.linkname, member.size = kind, target, 1 if kind == tarfile.REGTYPE else 0
            archive.addfile(member, io.BytesIO(b"x"))
    os.makedirs("out/in", exist_ok=True)
    try:
        unpack("a.tar.gz", "out/in")
    except RuntimeError as error:
        print(error)
for name in ("../evil", os.path.abspath("out/evil"), "m/../../evil", "../in-evil"):
    attempt((name, tarfile.REGTYPE, ""))
for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE):
    attempt(("m/link", kind, "../.."), ("m/link/evil", tarfile.REGTYPE, ""))
attempt(("n/first", tarfile.SYMTYPE, "second/../.."), ("n/second", tarfile.SYMTYPE, "."), ("n/first/evil", tarfile.REGTYPE, ""))
attempt(("./m", tarfile.DIRTYPE, ""), ("./m/a", tarfile.REGTYPE, ""))
print(sorted(os.path.join(folder, name) for folder, _, names in os.walk("out") for name in names))
`
  const refusals = (await runPython(clone, ['-c', program])).trim().split('\n')
  expect(refusals.map((line) => line.replace(clone, ''))).toEqual([
    ...['../evil', '/out/evil', 'm/../../evil', '../in-evil', 'm/link', 'm/link', 'm/link', 'n/first/evil'].map(
      (name) => `The model's archive must not hold ${name}`,
    ),
    "['out/in/m/a']",
  ])
})
