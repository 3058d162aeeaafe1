import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { mask } from '../../src/log.ts'
import type { Environments } from '../../src/training/python/environments.ts'
import {
  captured,
  execution,
  makeEnvironments,
  newFolder,
  notebookText,
  printed,
  removeFolders,
  run,
} from './training-lab.ts'

/** What notebooks meet when they are executed, with a real kernel. One pair of environments serves all. */

jest.setTimeout(120_000)

const fixtures = join(import.meta.dirname, '../fixtures/notebooks')
let environments: Environments

beforeAll(async () => {
  const made = await captured(() => makeEnvironments('matplotlib\n'))
  if (made.outcome instanceof Error) throw made.outcome
  environments = made.outcome
}, 300_000)

afterAll(removeFolders)

const runCells = (cells: Parameters<typeof notebookText>[0], more: Parameters<typeof execution>[2] = {}) =>
  run(execution(environments, notebookText(cells), more))

describe('the kernel', () => {
  test('n14: a Python notebook runs in our environment, whatever kernel it names', async () => {
    const metadata = { kernelspec: { name: 'conda-env-foo-py', display_name: 'foo', language: 'python' } }
    const text = notebookText(['import sys; print(sys.executable)'], metadata)
    const { saved, report } = await run(execution(environments, text))
    expect(report.cells).toHaveLength(1)
    expect(printed(saved).trim()).toBe(environments.kernelPython)
  })

  test('n15, n16: a poisoned kernelspec in the home folder and one in JUPYTER_PATH have no effect', async () => {
    const home = newFolder('home')
    const poison = (folder: string, program: string) => {
      const spec = { argv: [program, '{connection_file}'], display_name: 'Python 3', language: 'python' }
      for (const name of ['python3', 'training']) {
        mkdirSync(join(folder, 'kernels', name), { recursive: true })
        writeFileSync(join(folder, 'kernels', name, 'kernel.json'), JSON.stringify(spec))
      }
    }
    poison(join(home, '.local/share/jupyter'), '/bin/false')
    poison(join(home, 'elsewhere'), '/nope/python')
    const environment = { ...process.env, HOME: home, USERPROFILE: home, JUPYTER_PATH: join(home, 'elsewhere') }
    const { saved } = await runCells(['import sys; print(sys.executable)'], { environment })
    expect(printed(saved).trim()).toBe(environments.kernelPython)
  })

  test('n46: packages of the user and of PYTHONPATH are not seen', async () => {
    const foreign = newFolder('foreign')
    writeFileSync(join(foreign, 'leftover.py'), '')
    const environment = {
      ...process.env,
      PYTHONPATH: foreign,
      PYTHONHOME: '/nope',
      PYTHONUSERBASE: foreign,
      VIRTUAL_ENV: foreign,
      CONDA_PREFIX: foreign,
    }
    const cell = [
      'import importlib.util, os, site',
      'print(importlib.util.find_spec("leftover"), site.ENABLE_USER_SITE, os.environ.get("CONDA_PREFIX"), os.environ["VIRTUAL_ENV"])',
    ].join('\n')
    const { saved } = await runCells([cell], { environment })
    expect(printed(saved).trim()).toBe(`None False None ${dirname(dirname(environments.kernelPython))}`)
  })

  test('n6: %pip installs into the environment of the kernel', async () => {
    const { error, saved } = await runCells(['%pip install six', 'import six; print(six.__file__)'])
    expect(error).toBeUndefined()
    expect(printed(saved)).toContain(join(dirname(dirname(environments.kernelPython)), 'lib'))
  })

  test('n19: the working directory is the workspace, also for a notebook in a subfolder', async () => {
    const workspace = newFolder('workspace')
    writeFileSync(join(workspace, 'data.csv'), '1,2')
    const program = join(workspace, 'notebooks', 'train.ipynb')
    const { error, saved } = await runCells(['print(open("data.csv").read())', 'open("nope.csv")'], {
      workspace,
      program,
    })
    expect(printed(saved)).toContain('1,2')
    expect(error?.message).toMatch(
      /^Notebook notebooks\/train.ipynb failed in cell 2 of 2, line 1: FileNotFoundError.*workspace/,
    )
    expect(error?.annotation.file).toBe('notebooks/train.ipynb')
  })

  test('n38: plots work without a display, and a backend of the job is dropped', async () => {
    const environment = { ...process.env, MPLBACKEND: 'TkAgg', DISPLAY: undefined }
    const cell = '%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])'
    const { error, log, saved } = await runCells([cell], { environment })
    expect(error).toBeUndefined()
    expect(log).toContain('<image/png>\n')
    expect(saved?.cells[0]?.outputs?.map((output) => Object.keys(output.data ?? {}))).toContainEqual(
      expect.arrayContaining(['image/png']),
    )
  })

  test('n41: input() fails at once and says what to use instead', async () => {
    const { error } = await runCells(['input("name? ")'])
    expect(error?.message).toMatch(/cell 1 of 1.*StdinNotImplementedError.*notebook_parameters/)
  })

  test('n42: emoji and Chinese pass, also with LANG=C', async () => {
    const { log, saved } = await runCells(['print("模型 🚀")'], {
      environment: { ...process.env, LANG: 'C', LC_ALL: 'C' },
    })
    expect(log).toContain('\n模型 🚀\n')
    expect(printed(saved)).toBe('模型 🚀\n')
  })
})

describe('the file', () => {
  const validate = 'import nbformat, sys; nbformat.validate(nbformat.read(sys.argv[1], as_version=4))'

  test.each([
    ['format-3.ipynb', 'format 3\n'],
    ['format-4.2-with-ids.ipynb', 'format 4.2\n'],
    ['format-4.9.ipynb', 'format 4.9\n'],
    ['colab-with-bom.ipynb', 'colab\n'],
  ])('n17, n18, n50: %s runs, and what is saved is valid', async (name, output) => {
    const request = execution(environments, readFileSync(join(fixtures, name), 'utf8'))
    const { error, saved, log } = await run(request)
    expect(error).toBeUndefined()
    expect(printed(saved)).toBe(output)
    expect(log).not.toMatch(/Warning/)
    execFileSync(environments.toolPython, ['-c', validate, request.executedNotebook])
  })

  test('n30: a secret in the output is replaced in the log and in the executed notebook', async () => {
    const secret = 'pa"ss wörd/4711'
    await captured(async () => mask(secret, 'user'))
    const cells = [
      `print("key:", ${JSON.stringify(secret)})`,
      [
        'import sys, time',
        `for part in (${JSON.stringify(secret.slice(0, 5))}, ${JSON.stringify(secret.slice(5))}):`,
        '    print(part, end="", flush=True)',
        '    time.sleep(0.5)',
      ].join('\n'),
    ]
    const { log, savedText, saved } = await runCells(cells)
    expect(log).toContain('key: ***\n')
    expect(log).toContain('was replaced by ***')
    expect(log).toContain('[2/2] import sys, time\n***\n')
    expect(printed(saved)).toContain('key: ***')
    for (const form of [secret, JSON.stringify(secret).slice(1, -1)]) {
      expect(log).not.toContain(form)
      expect(savedText).not.toContain(form)
    }
  })

  test('n26: the size of the executed notebook is told', async () => {
    const { log } = await runCells(['1'])
    expect(log).toMatch(/Executed notebook: .*executed\.ipynb \(\d+ B\)/)
  })
})

describe('the log', () => {
  test('n27: a line is in the log while its cell still runs, and unchanged', async () => {
    const cell = 'import time\ntime.sleep(1)\nprint("  early\\t\\x1b[31mred\\x1b[0m  ")\ntime.sleep(8)\nprint("late")'
    const { pieces, log } = await runCells([cell])
    const at = (text: string) => pieces.find((piece) => piece.text.includes(text))?.at ?? Number.NaN
    expect(at('early') - at('[1/1]')).toBeLessThan(5000)
    expect(at('late') - at('early')).toBeGreaterThan(6000)
    expect(log).toContain('[1/1] import time\n  early\t\x1b[31mred\x1b[0m  \nlate\n')
  })

  test('n28: workflow commands that a cell prints are not obeyed, and commands work again afterwards', async () => {
    const lines = ['::set-output name=x::1', '::error::x', '##[error]y', '::stop-commands::mine', '::mine::']
    const { log } = await runCells([
      `import os\nfor line in ${JSON.stringify(lines)}: print(line)\nos.system("echo ::error::z")`,
    ])
    const token = /^::stop-commands::(\S+)$/m.exec(log)?.[1] ?? 'none'
    const begin = log.indexOf(`::stop-commands::${token}\n`)
    const end = log.indexOf(`\n::${token}::\n`)
    for (const line of [...lines, '::error::z']) {
      expect(log.indexOf(`${line}\n`)).toBeGreaterThan(begin)
      expect(log.lastIndexOf(`${line}\n`)).toBeLessThan(end)
    }
    expect(token).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('n25: 200000 lines arrive, all of them', async () => {
    const { error, log, saved } = await runCells(['for i in range(200_000): print("line", i)', 'print("end")'])
    expect(error).toBeUndefined()
    expect(log.match(/^line \d+$/gm)).toHaveLength(200_000)
    expect(printed(saved).split('\n')).toHaveLength(200_002)
  })

  test('n25: 20000 outputs that come one by one arrive, all of them', async () => {
    const { error, saved } = await runCells(['for i in range(20_000): display(i)'])
    expect(error).toBeUndefined()
    expect(saved?.cells[0]?.outputs).toHaveLength(20_000)
  })

  test('outputs other than text are shown as what they are', async () => {
    const cells = [
      'class Table:\n    def __repr__(self): return "a  b"\n    def _repr_html_(self): return "<table>"\nTable()',
      'from IPython.display import HTML, display\ndisplay({"text/html": "<b>"}, raw=True)',
      'print("no newline", end="")',
      '',
      '3',
    ]
    const { log, report } = await runCells(cells)
    expect(log).toContain('[1/5] class Table:\na  b\n')
    expect(log).toContain('<text/html>\n[3/5] print("no newline", end="")\nno newline\n[5/5] 3\n3\n')
    expect(report.cells.map(({ cell }) => cell)).toEqual([1, 2, 3, 5])
  })
})

describe('variables', () => {
  test('n29: the notebook sees what it needs and what the user names, and nothing that belongs to the action', async () => {
    const environment = {
      ...process.env,
      INPUT_GITHUB_PAT: 'pat',
      ACTIONS_RUNTIME_TOKEN: 'token',
      ACTIONS_ID_TOKEN_REQUEST_URL: 'url',
      GITHUB_TOKEN: 'token',
      GITHUB_ENV: '/env',
      GITHUB_OUTPUT: '/output',
      GITHUB_STEP_SUMMARY: '/summary',
      PIP_INDEX_URL: 'https://user:pw@index/',
      AWS_SECRET_ACCESS_KEY: 'aws',
      GITHUB_SHA: 'abc',
      CUDA_VISIBLE_DEVICES: '0',
      WANDB_API_KEY: 'wanted',
    }
    const passThrough = ['WANDB_API_KEY', 'INPUT_GITHUB_PAT', 'NOT_THERE']
    const cell = 'import json, os\nopen("environment.json", "w").write(json.dumps(dict(os.environ)))'
    const request = execution(environments, notebookText([cell]), { environment, passThrough })
    const { error, log } = await run(request)
    expect(error).toBeUndefined()
    const seen = JSON.parse(readFileSync(join(request.workspace, 'environment.json'), 'utf8'))
    expect(seen).toMatchObject({ GITHUB_SHA: 'abc', CUDA_VISIBLE_DEVICES: '0', WANDB_API_KEY: 'wanted' })
    expect(seen.PATH.startsWith(dirname(environments.kernelPython))).toBe(true)
    const forbidden = /^(INPUT_|ACTIONS_|GITHUB_(TOKEN|ENV|OUTPUT|STEP_SUMMARY)|PIP_|AWS_)/
    expect(Object.keys(seen).filter((name) => forbidden.test(name) && !/^AWS_CA/.test(name))).toEqual([])
    expect(log).toContain('INPUT_GITHUB_PAT')
  })

  test('a variable that the notebook misses is named, with what to do', async () => {
    const environment = { ...process.env, WANDB_API_KEY: 'x' }
    const { error } = await runCells(['import os\nos.environ["WANDB_API_KEY"]'], { environment })
    expect(error?.message).toMatch(/KeyError: 'WANDB_API_KEY'.*notebook_environment/)
  })

  test('n36: parameters keep their types, whatever characters they hold', async () => {
    const parameters = {
      text: '007',
      flag: true,
      nothing: null,
      rate: 0.5,
      steps: 10,
      list: [1, 'a', false],
      map: { 'k"': "it's $HOME \\n ümläut 🚀\n" },
    }
    const cells = [
      'import json',
      { source: 'text = "default"\nflag = nothing = rate = steps = list = None', tags: ['parameters'] },
      'print(json.dumps([text, flag, nothing, rate, steps, list, map], ensure_ascii=False))',
    ]
    const { saved, log } = await runCells(cells, { parameters })
    expect(JSON.parse(printed(saved))).toEqual(Object.values(parameters))
    expect(log).toMatch(/::warning::.*does not set `map`/)
    expect(log).toContain('[parameters]')
    expect(log).toContain('[3/3]')
    expect(saved?.cells[2]?.metadata.tags).toEqual(['injected-parameters'])
  })

  test('n36: without a cell tagged parameters they are set first, in place of those of an earlier run', async () => {
    const cells = [{ source: 'x = 1', tags: ['injected-parameters'] }, 'print(x)']
    const { saved } = await runCells(cells, { parameters: { x: 2n } })
    expect(printed(saved)).toBe('2\n')
    expect(saved?.cells).toHaveLength(2)
  })
})

describe('errors', () => {
  test('n35, n33: the error is named with cell and line, the traceback has no colours, and what ran is saved', async () => {
    const cells = [
      'print("first")',
      'def f(n):\n    if n == 0: raise ValueError("bad shape\\nand more")\n    f(n - 1)',
      '',
      'x = 1\nf(30)',
      'print("never")',
    ]
    const { error, log, logFile, report, saved } = await runCells(cells)
    expect(error?.message).toBe(
      'Notebook model_training.ipynb failed in cell 4 of 5 (In [3]), line 2: ValueError: bad shape',
    )
    expect(error?.annotation).toEqual({ title: 'The training notebook failed', file: 'model_training.ipynb' })
    expect(report.traceback.split('\n')).toHaveLength(20)
    expect(report.traceback).toMatch(/ValueError: bad shape\nand more$/)
    expect(report.traceback).not.toContain('\x1b')
    expect(log).toContain(`\n${report.traceback}\n`)
    expect(logFile).toMatch(/Traceback \(most recent call last\)[\s\S]*Cell In\[3\], line 2[\s\S]*and more\n$/)
    expect(printed(saved)).toBe('first\n')
    expect(saved?.cells[3]?.outputs?.[0]).toMatchObject({ output_type: 'error', ename: 'ValueError' })
    expect(saved?.cells).toHaveLength(5)
  })

  test.each([
    ['n35', 'a syntax error', 'x = 1\ny = = 2', /line 2: SyntaxError/],
    ['n23', 'sys.exit(0)', 'import sys\nsys.exit(0)', /SystemExit: 0.*also with code 0/],
    ['n40', 'asyncio.run', 'import asyncio\nasyncio.run(asyncio.sleep(0))', /RuntimeError.*Use `await` instead/],
    ['n31', 'a failing %%bash cell', '%%bash\nexit 3', /CalledProcessError/],
    ['n5', 'a missing package', 'import not_installed_anywhere', /ModuleNotFoundError.*requirements file/],
  ])('%s: %s fails the run and says what to do', async (_row, _name, source, message) => {
    const { error } = await runCells([source])
    expect(error?.message).toMatch(message)
  })

  test('n31: what Jupyter does not count as an error is none: !exit 4 and a cell tagged raises-exception', async () => {
    const { error, log, report } = await runCells([
      '!exit 4',
      { source: '1 / 0', tags: ['raises-exception'] },
      'print("on")',
    ])
    expect(error).toBeUndefined()
    expect(report.cells).toHaveLength(3)
    expect(log).toContain('ZeroDivisionError: division by zero (expected')
  })

  test('a cell tagged skip-execution is not executed', async () => {
    const { report, log } = await runCells([{ source: 'print("skipped")', tags: ['skip-execution'] }, 'print("on")'])
    expect(report.cells).toHaveLength(1)
    expect(log).not.toContain('skipped')
  })
})
