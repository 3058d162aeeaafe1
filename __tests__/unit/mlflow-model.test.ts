import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { readMlflowModel } from '../../src/mlflow/model.ts'
import { checkShippable, missingRequirements, modelRequirements } from '../../src/mlflow/requirements.ts'
import { tempFolder, writeFiles } from '../support/temp-folder.ts'

const flavors = 'flavors:\n  python_function:\n    loader_module: mlflow.sklearn\n  sklearn:\n    code: null\n'
const runId = '25cc26904b4443c897397891d632609c'
const uuid = '904d495db6514ab2bee2c0bbc09cee58'

const readModel = (text: string) => readMlflowModel(writeFiles(tempFolder(), { MLmodel: text }))

describe('what MLmodel says', () => {
  test('names the model by its run, and tells how to load it', async () => {
    const text = `${flavors}mlflow_version: 3.17.2\nmodel_uuid: m-${uuid}\nrun_id: ${runId}\n`
    expect(await readModel(text)).toEqual({
      name: `model-${runId}`,
      runId,
      mlflowVersion: '3.17.2',
      loader: 'mlflow.sklearn',
    })
  })

  test.each([
    ['digits and one e, which YAML takes for a number', `run_id: 251e${'0'.repeat(28)}`, `model-251e${'0'.repeat(28)}`],
    ['no run', `model_uuid: ${uuid}`, `model-${uuid}`],
    ['null as run', `run_id: null\nmodel_uuid: m-${uuid}`, `model-m-${uuid}`],
    ['a run that is a path', `run_id: ../../etc\nmodel_uuid: ${uuid}`, `model-${uuid}`],
    ['neither', 'run_id: a b', expect.stringMatching(/^model-[0-9a-f]{32}$/)],
  ])('a name of %s', async (_what, lines, name) => {
    const text = `${flavors}${lines}\n`
    expect((await readModel(text))?.name).toEqual(name)
    expect((await readModel(text))?.name).toBe((await readModel(text))?.name)
  })

  test('a flavor that pyfunc does not load has no loader', async () => {
    expect((await readModel('flavors:\n  mleap: {}\n'))?.loader).toBeUndefined()
  })

  test('a folder without it, and no folder at all, are no model', async () => {
    expect(await readMlflowModel(writeFiles(tempFolder(), { 'model.pkl': '' }))).toBeUndefined()
    expect(await readMlflowModel(join(tempFolder(), 'missing'))).toBeUndefined()
  })

  test.each([
    ['no YAML', 'a: [', /MLmodel of the MLflow model .* is not YAML/],
    ['a text', 'hello', /names no flavors/],
    ['a list', '- flavors', /names no flavors/],
  ])('%s is refused', async (_what, text, message) => {
    await expect(readModel(text)).rejects.toThrow(message)
  })

  test('a link is refused, and so is a folder', async () => {
    const linked = writeFiles(tempFolder(), { 'elsewhere/MLmodel': flavors })
    symlinkSync('elsewhere/MLmodel', join(linked, 'MLmodel'))
    await expect(readMlflowModel(linked)).rejects.toThrow('MLmodel of the MLflow model')
    const nested = tempFolder()
    mkdirSync(join(nested, 'MLmodel'))
    await expect(readMlflowModel(nested)).rejects.toThrow('is a link or a folder')
  })
})

const client = 'algorithmia>=1.17,<3'
const model = { name: 'model-1', runId: undefined, mlflowVersion: '2.9.2', loader: 'mlflow.sklearn' }
const requirementsOf = (files: Record<string, string>, mlflowVersion: string | undefined = '2.9.2') =>
  modelRequirements({ ...model, mlflowVersion }, writeFiles(tempFolder(), files))

describe('requirements of a model', () => {
  test.each([
    ['mlflow of another version', 'mlflow==2.9.1\nnumpy==1.26.4', [client, 'mlflow==2.9.1', 'numpy==1.26.4']],
    ['the small mlflow', 'MLflow_Skinny==2.9.2', [client, 'MLflow_Skinny==2.9.2']],
    ['an mlflow with extras', 'mlflow[gateway]<3', [client, 'mlflow[gateway]<3']],
    ['no mlflow, but what is called alike', 'mlflow-export==1', [client, 'mlflow==2.9.2', 'mlflow-export==1']],
    ['a client', 'algorithmia==1.17.0\nmlflow', ['algorithmia==1.17.0', 'mlflow']],
    [
      'comments, options and continued lines',
      '# all\n--extra-index-url https://a.example/#egg\nmlflow \\\n  >=2 # newer\r\ngit+https://a.example/b.git@v1\n',
      [client, '--extra-index-url https://a.example/#egg', 'mlflow    >=2', 'git+https://a.example/b.git@v1'],
    ],
  ])('in requirements.txt: %s', async (_what, text, lines) => {
    expect(await requirementsOf({ 'requirements.txt': text, 'conda.yaml': 'dependencies: [x=1]' })).toEqual(lines)
  })

  test.each([
    [undefined, 'mlflow'],
    ['3.0.0rc1', 'mlflow==3.0.0rc1'],
    ['3.1.0.dev0', 'mlflow'],
  ])('MLflow %s is asked for as %s', async (version, line) => {
    expect(await modelRequirements({ ...model, mlflowVersion: version }, tempFolder())).toEqual([client, line])
  })

  test('included files and constraints take their place', async () => {
    const files = {
      'requirements.txt': 'a\n-r more/b.txt\n-c constraints.txt\n-r https://a.example/c.txt\n',
      'more/b.txt': 'b\n--requirement=../requirements.txt\n-r"c.txt"\n',
      'more/c.txt': 'c\n',
      'constraints.txt': 'd<2\n',
    }
    const own = ['a', 'b', 'c', 'd<2', '-r https://a.example/c.txt']
    expect(await requirementsOf(files)).toEqual([client, 'mlflow==2.9.2', ...own])
  })

  test('of conda.yaml', async () => {
    const entries = {
      'python=3.10.4': undefined,
      'pip<=23.0': undefined,
      'numpy=1.26.4': 'numpy==1.26.4',
      'scipy==1.11.4': 'scipy==1.11.4',
      'pandas=2.1=py310h1': 'pandas==2.1',
      'conda-forge::xgboost=2.0': 'xgboost==2.0',
      'tensorflow>=2.0': 'tensorflow>=2.0',
      'keras >=2.0, <3': 'keras>=2.0,<3',
      'six 1.16': 'six==1.16',
      'h5py!=3': 'h5py!=3',
      'dill~=0.3': 'dill~=0.3',
      pillow: 'pillow',
    }
    const lines = Object.keys(entries).map((entry) => `  - '${entry}'\n`)
    const pip = "  - pip:\n    - mlflow>=2.0\n    - 'joblib[x]==1.3 # new'\n    - -r more.txt\n"
    const found = await requirementsOf({ 'conda.yaml': `dependencies:\n${lines.join('')}${pip}`, 'more.txt': 'e' })
    expect(found).toEqual([
      client,
      ...Object.values(entries).filter((line) => line !== undefined),
      'mlflow>=2.0',
      'joblib[x]==1.3',
      'e',
    ])
  })

  test.each([
    ['a missing file', { 'requirements.txt': '-r more.txt' }, 'includes more.txt, which is not there'],
    ['a file of elsewhere', { 'requirements.txt': '-r ../outside.txt' }, 'is outside of the MLflow model'],
    ['broken YAML', { 'conda.yaml': 'a: [' }, 'conda.yaml of the MLflow model'],
  ])('%s is refused', async (_what, files, message) => {
    const folder = writeFiles(tempFolder(), { 'outside.txt': 'a' })
    await expect(
      modelRequirements(model, writeFiles(join(folder, 'model'), Object.fromEntries(Object.entries(files)))),
    ).rejects.toThrow(message)
  })

  test.each([
    'wheels/a-1.0-py3-none-any.whl',
    './a',
    'a @ file:///tmp/a.whl',
    '-e .',
    '--find-links wheels',
    'a.zip ; python_version > "3"',
  ])('%s cannot be installed on the platform', (line) => {
    expect(() => checkShippable([line])).toThrow('a file that the platform does not have')
  })

  test('an address with a password is refused, and not shown', () => {
    expect(() => checkShippable(['--index-url https://me:hidden@a.example/simple'])).toThrow(
      /^(?!.*hidden).*https:\/\/\*\*\*@a\.example/,
    )
  })

  test.each([
    'a',
    'a @ https://a.example/a.whl',
    '-e git+ssh://git@a.example/b.git#egg=b',
    '--extra-index-url https://${USER}:${TOKEN}@a.example/simple',
    '--find-links https://a.example/wheels',
    'zip.whl.tar==1',
  ])('%s can be installed', (line) => {
    expect(() => checkShippable([line])).not.toThrow()
  })

  test('what a requirements.txt of the user lacks', () => {
    const text = '# mine\nMlflow-Skinny\nscikit_learn>=1 ; python_version > "3"\n'
    const needed = [
      client,
      'mlflow==2.9.2',
      'scikit-learn==1.7.2',
      'numpy==2.0',
      '--pre',
      'a @ https://u:pw@a.example/a.whl',
    ]
    expect(missingRequirements(text, needed)).toEqual([client, 'numpy==2.0', 'a @ https://***@a.example/a.whl'])
  })
})
