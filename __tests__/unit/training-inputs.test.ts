import { describe, expect, test } from '@jest/globals'
import { watchOutput } from '../support/runner.ts'
import { onGitHub, problems, read, type With } from '../support/step-inputs.ts'

const printed = watchOutput()

const both = { 'model_training.ipynb': '{}', 'train.py': '' }

describe('a notebook', () => {
  test('with everything that can be said about it', async () => {
    const { training, metrics } = await read(
      {
        ...onGitHub,
        notebook_path: 'nb/train.ipynb',
        requirements_path: 'nb/packages.txt',
        working_directory: 'nb',
        python: 'python3.12',
        installer: 'uv',
        notebook_timeout_minutes: '90',
        cell_timeout_minutes: '0.5',
        kernel_start_timeout_minutes: '5',
        notebook_strict: 'true',
        notebook_environment: 'A, B\nC',
        training_log_megabytes: '0.5',
        executed_notebook_path: 'out/executed.ipynb',
        metrics_path: 'out/scores.json',
      },
      { files: { 'nb/train.ipynb': '{}', 'nb/packages.txt': '' } },
    )
    expect(training).toMatchObject({
      kind: 'notebook',
      program: { relative: 'nb/train.ipynb' },
      requirements: { relative: 'nb/packages.txt' },
      workingDirectory: { relative: 'nb' },
      python: 'python3.12',
      installer: 'uv',
      timeoutMs: 5_400_000,
      cellTimeoutMs: 30_000,
      kernelStartTimeoutMs: 300_000,
      isStrict: true,
      passThrough: ['A', 'B', 'C'],
      logLimit: 500_000,
      executedNotebook: { relative: 'out/executed.ipynb' },
    })
    expect(metrics).toMatchObject({ file: { relative: 'out/scores.json' }, isDemanded: true })
  })

  test('with nothing said about it', async () => {
    const { training, metrics } = await read(onGitHub, { files: { 'model_training.ipynb': '{}' } })
    expect(training).toMatchObject({
      requirements: undefined,
      workingDirectory: { relative: '.' },
      installer: 'auto',
      kernelStartTimeoutMs: 180_000,
      isStrict: false,
      logLimit: 50_000_000,
    })
    expect(metrics).toMatchObject({ file: { relative: 'metrics.json' }, isDemanded: false })
  })

  test('without metrics', async () => {
    const { metrics } = await read({ ...onGitHub, metrics_path: '' }, { files: { 'model_training.ipynb': '{}' } })
    expect(metrics).toBeUndefined()
  })
})

describe('a script', () => {
  test.each<[string, string[]]>([
    ['', []],
    ['--epochs 10 --name "two words"', ['--epochs', '10', '--name', 'two words']],
    ['--name \'a "b"\'\n--rate=0.1', ['--name', 'a "b"', '--rate=0.1']],
    ['--empty "" $HOME *.csv', ['--empty', '', '$HOME', '*.csv']],
    ['--json "{\\"a\\": 1}" \'C:\\data\' two\\ words', ['--json', '{"a": 1}', 'C:\\data', 'two words']],
  ])('with the arguments %j', async (training_arguments, expected) => {
    const given = { ...onGitHub, training_script: 'train.py', training_arguments }
    const { training } = await read(given, { files: { 'train.py': '' } })
    expect(training).toMatchObject({ kind: 'script', program: { relative: 'train.py' }, arguments: expected })
  })

  test('takes the place of the notebook that is switched off', async () => {
    const { training } = await read({ ...onGitHub, training_script: 'train.py', notebook_path: '' }, { files: both })
    expect(training).toMatchObject({ kind: 'script' })
  })

  test('is the only one that trains: with a notebook, too, one of them has to go', async () => {
    const found = await problems({ ...onGitHub, training_script: 'train.py' }, { files: both })
    expect(found).toEqual([expect.stringMatching(/^training_script .*model_training\.ipynb.*set `notebook_path: ''`/)])
  })

  test.each<[With, string]>([
    [
      { notebook_parameters: 'a: 1' },
      'notebook_parameters is for notebooks; pass them to the script with training_arg',
    ],
    [{ cell_timeout_minutes: '1' }, 'cell_timeout_minutes is for notebooks; limit the script with notebook_timeout'],
    [{ executed_notebook_path: 'x.ipynb' }, 'executed_notebook_path is for notebooks; what the script prints is kept'],
    [{ kernel_start_timeout_minutes: '1' }, 'kernel_start_timeout_minutes is for notebooks'],
    [{ notebook_strict: 'true' }, 'notebook_strict is for notebooks'],
    [{ notebook_path: 'other.ipynb' }, 'training_script is set, and so is a notebook (other.ipynb)'],
    [
      { training_arguments: "--note don't --k v" },
      'training_arguments ends within a quote, or with a backslash; close',
    ],
    [{ training_arguments: '--k "v' }, 'training_arguments ends within a quote'],
    [{ training_arguments: '--k v\\' }, 'training_arguments ends within a quote, or with a backslash'],
    [{ training_script: 'other.py' }, 'training_script is "other.py", which does not exist in the workspace'],
    [{ training_script: 'folder.py' }, 'training_script is "folder.py", which is not a file'],
    [{ training_script: '../train.py' }, 'training_script is "../train.py", which leads out of the workspace'],
    [{ training_script: 'train.sh' }, 'training_script is "train.sh", which is not a Python file (.py); write it in'],
    [{ training_script: 'a.ipynb' }, 'training_script is "a.ipynb", which is not a Python file (.py); a notebook bel'],
  ])('%j', async (given, sentence) => {
    const files = { 'train.py': '', 'train.sh': '', 'a.ipynb': '{}', 'folder.py/x': '' }
    const found = await problems({ ...onGitHub, training_script: 'train.py', ...given }, { files })
    expect(found).toEqual([expect.stringMatching(/\.$/)])
    expect(found[0]?.slice(0, sentence.length)).toBe(sentence)
  })
})

describe('one problem, in a sentence that names the input', () => {
  test.each<[With, string]>([
    [{ training_arguments: '--a' }, 'training_arguments needs training_script; a notebook takes notebook_parameters'],
    [{ installer: 'conda' }, 'installer is "conda"; write one of: auto, uv, pip'],
    [{ working_directory: 'none' }, 'working_directory is "none", which does not exist in the workspace'],
    [{ working_directory: 'train.py' }, 'working_directory is "train.py", which is not a folder'],
    [{ working_directory: '..' }, 'working_directory is "..", which leads out of the workspace'],
    [{ notebook_strict: 'yes' }, 'notebook_strict is "yes"; write true or false'],
    [{ training_log_megabytes: '-1' }, 'training_log_megabytes is "-1"; write a number of megabytes'],
    [{ training_log_megabytes: '50MB' }, 'training_log_megabytes is "50MB"'],
    [{ kernel_start_timeout_minutes: '0' }, 'kernel_start_timeout_minutes is "0"'],
    [{ metrics_path: '/tmp/m.json' }, 'metrics_path is "/tmp/m.json", which leads out of the workspace'],
    [{ executed_notebook_path: 'model.pkl' }, 'executed_notebook_path is a file that this step reads'],
    [{ executed_notebook_path: 'out/' }, 'executed_notebook_path is "out/"; name a file that ends with .ipynb'],
    [{ executed_notebook_path: 'executed.json' }, 'executed_notebook_path is "executed.json"; name a file that ends'],
    [
      { python: '3.12' },
      'python is "3.12", which is a version; name a command or path such as python3.12, or set `pyth',
    ],
    [{ python: 'Python 3' }, 'python is "Python 3", which is a version; name a command or path such as python3, or'],
    [{ notebook_path: 'train.py' }, 'notebook_path is "train.py"; a Python file belongs into training_script'],
    [{ executed_notebook_path: 'folder' }, 'executed_notebook_path is "folder", which is a folder; name a file in it'],
    [{ requirements_path: 'environment.yml' }, 'requirements_path is "environment.yml", an environment of conda'],
    [
      { requirements_path: 'uv.lock' },
      'requirements_path is "uv.lock", a lock file of uv, which is not read. `uv export ',
    ],
  ])('%j', async (given, sentence) => {
    const files = { ...both, 'environment.yml': 'dependencies: [numpy]', 'folder/x': '', 'uv.lock': '' }
    const found = await problems({ ...onGitHub, ...given }, { files })
    expect(found).toEqual([expect.stringMatching(/\.$/)])
    expect(found[0]?.slice(0, sentence.length)).toBe(sentence)
  })
})

test('the only file of this kind is meant, perhaps', async () => {
  const found = await problems({ ...onGitHub, notebook_path: 'nb/train.ipynb' }, { files: { 'nb/Train.ipynb': '{}' } })
  expect(found).toEqual([
    'notebook_path is "nb/train.ipynb", which does not exist in the workspace; is "nb/Train.ipynb" meant?',
  ])
})

describe('packages that are listed elsewhere', () => {
  test.each(['environment.yml', 'environment.yaml', 'conda.yml', 'conda.yaml'])(
    '%s without requirements.txt is warned of, with what to do',
    async (name) => {
      await read(onGitHub, { files: { ...both, [name]: '' } })
      expect(printed.text()).toMatch(`::warning file=${name}::There is no requirements.txt, but ${name} is`)
      expect(printed.text()).toMatch('`pip list --format=freeze`')
    },
  )

  test.each([
    ['uv.lock', '', '`uv export --no-dev --no-hashes -o requirements.txt`'],
    ['poetry.lock', '', '`poetry export --without-hashes -o requirements.txt`'],
    ['Pipfile', '', '`pipenv requirements > requirements.txt`'],
    ['pyproject.toml', '[project]\nname = "x"\ndependencies = [\n  "six",\n]\n', 'the line `-e .`'],
    ['pyproject.toml', '[tool.poetry.dependencies]\nsix = "*"\n', 'the line `-e .`'],
  ])('%s without requirements.txt is warned of, with what to do: %#', async (name, text, remedy) => {
    await read(onGitHub, { files: { ...both, [name]: text } })
    expect(printed.text()).toMatch(`::warning file=${name}::There is no requirements.txt, but ${name} is`)
    expect(printed.text()).toContain(remedy)
  })

  test('is told with what is skipped', async () => {
    const skipped = async (given: With, files: Record<string, string>) =>
      (await read({ ...onGitHub, ...given }, { files: { ...both, ...files } })).training?.requirementsSkipped
    expect(await skipped({}, { 'uv.lock': '' })).toBe('there is no requirements.txt, and uv.lock is not read')
    expect(await skipped({}, {})).toBe('requirements.txt does not exist')
    expect(await skipped({ requirements_path: '' }, {})).toBe('requirements_path is empty')
  })

  test.each<[string, Record<string, string>]>([
    [
      'in a pyproject.toml without packages',
      { ...both, 'pyproject.toml': '[project]\ndependencies = []\n[tool.black]\n' },
    ],
    ['beside a requirements.txt', { ...both, 'requirements.txt': '' }],
    ['where nothing is trained', {}],
  ])("is nobody's business %s", async (_, files) => {
    const conda = 'pyproject.toml' in files ? {} : { 'environment.yml': '' }
    await read(onGitHub, { files: { ...files, ...conda } })
    expect(printed.text()).not.toContain('::warning')
  })
})

describe('parameters of the notebook', () => {
  const files = { 'model_training.ipynb': '{}' }

  test.each<[string, Record<string, unknown>]>([
    ['', {}],
    ['rate: 0.1\nname: "007"\nflag: true\nnothing:', { rate: 0.1, name: '007', flag: true, nothing: null }],
    [
      '{"rate": 1e-3, "list": [1, "2"], "deep": {"a": null}}',
      { rate: 0.001, list: [1n, '2'], deep: new Map([['a', null]]) },
    ],
    ['day: 2020-01-02\nanswer: "no"', { day: '2020-01-02', answer: 'no' }],
    [
      'weights: {0: 1.0, 1: 5, -1: .inf}\nnone: .nan',
      {
        weights: new Map<bigint, unknown>([
          [0n, 1],
          [1n, 5n],
          [-1n, Number.POSITIVE_INFINITY],
        ]),
        none: Number.NaN,
      },
    ],
    ['base: &b [1]\nsame: *b', { base: [1n], same: [1n] }],
    ['text: |-\n  two\n  lines', { text: 'two\nlines' }],
    ['naïve: "$HOME `x` \'"', { naïve: "$HOME `x` '" }],
    ['größe: 1\n_x: 2\nprint: 3', { größe: 1n, _x: 2n, print: 3n }],
  ])('%j', async (text, expected) => {
    const { training } = await read({ ...onGitHub, notebook_parameters: text }, { files })
    expect(training?.parameters).toEqual(expected)
  })

  test.each([
    ['just text', /is not a mapping; write one `name: value` a line/],
    ['- a\n- b', /is not a mapping/],
    ['[1]', /is not a mapping/],
    ['42', /is not a mapping/],
    ['# nothing', /is not a mapping/],
    ['null', /is not a mapping/],
    ['x: 1\na: b: c', /cannot be read: line 2, column 4: a value holds `: `.*; put quotes around the value/],
    ['{"a": 1', /line 1, column 8: Flow map must end with a }; check the commas, quotes and braces/],
    ['{"a": 1\n"b": 2}', /line 1, column 7: .*; check the commas/],
    ['a:\n\t- 1', /line 2, column 1: Tabs/],
    ['a: 1\nb: 2\na: 3', /line 3, column 1: this name is set twice; remove one/],
    ['a: 1\n---\nb: 1', /line 2, column 1: a second document begins; remove the line with `---`/],
    ['a: 1\nwhen: !date 2020-01-01', /line 2, column 7: this tag is not known; remove it/],
    ['files: *.csv', /line 1, column 8: nothing is named &\.csv; put quotes around .* \("\*\.csv"\)/],
    ['a: &a [1, *a]', /line 1, column 11: \*a is a part of itself/],
    ['a: 1\n2: b', /sets "2", which is not a name/],
    ['a: 1\ntrue: b', /sets "true"/],
    ['learning-rate: 1\nclass: 2\nok: 3', /sets "learning-rate", "class", which no Python variable can be called/],
    ['"x = 1; import os": 1', /sets "x = 1; import os", which no Python variable/],
  ])('%j are refused', async (text, message) => {
    const [found, ...more] = await problems({ ...onGitHub, notebook_parameters: text }, { files })
    expect(found).toMatch(/^notebook_parameters /)
    expect(found).toMatch(message)
    expect(more).toEqual([])
  })

  test.each([
    [
      'a: 1\nanswer: no',
      'line 2, column 9: no is a text, as YAML 1.2 has it. Write false, or "no" if the text is meant.',
    ],
    ['a: Yes', 'Write true, or "Yes"'],
    ['a: [1, off]', 'line 1, column 8: off is a text'],
    ['a: {b: On}', 'Write true'],
    ['a: None', 'Write null, or "None"'],
    ['a: [nan, 1]', 'Write .nan'],
    ['a: -inf', 'Write -.inf'],
    ['a: 10_000', 'Write the digits without _'],
  ])('%j are taken as texts, with a warning', async (text, words) => {
    await read({ ...onGitHub, notebook_parameters: text }, { files })
    expect(printed.text()).toContain('::warning::notebook_parameters, line ')
    expect(printed.text()).toContain(words)
  })

  test.each([
    'no: 1\nn: a',
    'a: "no"\nb: \'off\'',
    '{"answer": "no"}',
    'a: 2020-01-02',
    'a: nothing\nb: x_1',
    'a: |\n  no',
  ])('%j are beyond doubt', async (text) => {
    await read({ ...onGitHub, notebook_parameters: text }, { files })
    expect(printed.text()).not.toContain('::warning')
  })
})
