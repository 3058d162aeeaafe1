import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { parseParameters } from '../../src/inputs/parameters.ts'
import type { Environments } from '../../src/training/python/environments.ts'
import { newReport } from '../../src/training/report.ts'
import { train } from '../../src/training/train.ts'
import {
  type Cell,
  captured,
  execution,
  isAlive,
  makeEnvironments,
  newFolder,
  notebookText,
  printed,
  removeFolders,
  run,
  trainingRequest,
} from './training-lab.ts'

/** Notebook files as people have them, and what they get: a kernel that starts, a working directory, parameters. */

jest.setTimeout(120_000)

let environments: Environments

beforeAll(async () => {
  const made = await captured(() => makeEnvironments('ipywidgets\nnbconvert\n'))
  if (made.outcome instanceof Error) throw made.outcome
  environments = made.outcome
}, 300_000)

afterAll(removeFolders)

const runCells = (cells: (string | Cell)[], more: Parameters<typeof execution>[2] = {}) =>
  run(execution(environments, notebookText(cells), more))

/** Fails when a file needs any repair to be a notebook by the rules of its format. */
function validate(path: string): void {
  const program = [
    'import json, sys, nbformat',
    'with open(sys.argv[1], encoding="utf-8") as file: notebook = nbformat.from_dict(json.load(file))',
    'nbformat.validate(notebook)',
    'ids = [cell.id for cell in notebook.cells]',
    'assert len(ids) == len(set(ids)), ids',
  ].join('\n')
  execFileSync(environments.toolPython, ['-X', 'utf8', '-W', 'error', '-c', program, path], { stdio: 'pipe' })
}

/** Runs the text of a notebook file, which must succeed. Returns the cells as they are saved. */
async function runFile(text: string) {
  const request = execution(environments, text)
  const { error, log, saved } = await run(request)
  expect(error).toBeUndefined()
  expect(log).not.toMatch(/warning/i)
  validate(request.executedNotebook)
  return { saved, request }
}

/** The whole training stage with this notebook, in a workspace of its own. */
async function trainWith(content: string | Buffer) {
  const workspace = newFolder('workspace')
  const program = join(workspace, 'nb', 'train.ipynb')
  mkdirSync(dirname(program))
  writeFileSync(program, content)
  const request = trainingRequest(workspace, program, { installer: 'pip' })
  const report = newReport('notebook', 'nb/train.ipynb')
  const { outcome, log } = await captured(() => train(request, report))
  return { outcome, log, report, request }
}

describe('n17: through the whole stage', () => {
  test('a notebook with a byte order mark and line ends of Windows is run', async () => {
    const text = JSON.stringify(JSON.parse(notebookText(['print("é",\n  1)'])), null, 1)
    const { outcome, report, request } = await trainWith(`\ufeff${text.replaceAll('\n', '\r\n')}`)
    expect(outcome).toBeInstanceOf(Date)
    expect(report).toMatchObject({ totalCells: 1, cells: [{ cell: 1, firstLine: 'print("é",' }], warnings: [] })
    expect(readFileSync(request.logFile, 'utf8')).toBe('[1/1] print("é",\né 1\n')
    validate(request.executedNotebook)
  })
})

describe('n18: what is saved is valid, without repair', () => {
  const fixture = (name: string) =>
    readFileSync(join(import.meta.dirname, '../fixtures/notebooks', `${name}.ipynb`), 'utf8')

  test('format 3, and 4.2 with ids that two cells share', async () => {
    const third = await runFile(fixture('format-3'))
    expect(printed(third.saved)).toBe('format 3\n')
    const second = await runFile(fixture('format-4.2-with-ids'))
    expect(printed(second.saved)).toBe('format 4.2\n')
  })

  test('4.5 with ids that are missing, shared or not allowed, and cells that lack what they should have', async () => {
    const text = JSON.stringify({
      nbformat: 4,
      nbformat_minor: 5,
      metadata: { kernelspec: { name: 'python3' }, celltoolbar: 'Tags', authors: 'me' },
      cells: [
        { cell_type: 'code', source: 'print(1)' },
        { cell_type: 'code', id: 'twice', metadata: {}, source: ['print(2)\n', 'print(3)'], outputs: [] },
        { cell_type: 'markdown', id: 'twice', source: ['![a](attachment:a.png)'], attachments: {} },
        {
          cell_type: 'code',
          id: 'not allowed!',
          metadata: { scrolled: true, tags: 'late', collapsed: 1 },
          source: 'print(4)',
          collapsed: true,
        },
        { cell_type: 'raw', metadata: { format: 'text/x-rst' } },
        { cell_type: 'code', id: '', source: '', outputs: null, execution_count: null },
      ],
    })
    const { saved } = await runFile(text)
    expect(printed(saved)).toBe('1\n2\n3\n4\n')
    expect(saved?.cells.map(({ cell_type }) => cell_type)).toEqual(['code', 'code', 'markdown', 'code', 'raw', 'code'])
  })

  test.each([
    ['no metadata at all', { nbformat: 4, nbformat_minor: 4, cells: [{ cell_type: 'code', source: 'print(1)' }] }],
    [
      'metadata that are none',
      {
        nbformat: 4,
        nbformat_minor: 4,
        metadata: null,
        cells: [{ cell_type: 'code', source: 'print(1)', metadata: null }],
      },
    ],
    [
      'format 3 with an empty sheet',
      {
        nbformat: 3,
        nbformat_minor: 0,
        metadata: null,
        worksheets: [{}, { cells: [{ cell_type: 'code', language: 'python', input: 'print(1)' }] }],
      },
    ],
  ])('%s', async (_, notebook) => {
    const { saved } = await runFile(JSON.stringify(notebook))
    expect(printed(saved)).toBe('1\n')
  })

  test('4.9, of a Jupyter that is newer than ours, keeps what it has', async () => {
    const { saved } = await runFile(fixture('format-4.9'))
    expect(printed(saved)).toBe('format 4.9\n')
    expect(saved).toMatchObject({ nbformat: 4, nbformat_minor: 9 })
  })

  test('old outputs of the author are gone, whatever they hold', async () => {
    const outputs = '[{"output_type": "display_data", "data": {"application/json": NaN}}, {"output_type": "pyout"}, 7]'
    const text = notebookText(['print("mine")']).replace('"outputs":[]', `"outputs":${outputs}`)
    const { saved } = await runFile(text)
    expect(saved?.cells[0]?.outputs).toMatchObject([{ output_type: 'stream' }])
  })
})

describe('n19: the working directory', () => {
  test('a file and a module beside the notebook are found after what the message says', async () => {
    const workspace = newFolder('workspace')
    const program = join(workspace, 'nb', 'train.ipynb')
    const beside = { workspace, program }
    mkdirSync(dirname(program))
    writeFileSync(join(workspace, 'nb', 'data.csv'), '1,2')
    writeFileSync(join(workspace, 'nb', 'features.py'), 'count = 2')
    const [file, module] = ['print(open("data.csv").read())', 'import features; print(features.count)']

    const unread = await runCells([file], beside)
    expect(unread.error?.message).toMatch(
      /FileNotFoundError: .*'data\.csv'\. Relative paths start at the root of the workspace, and data\.csv lies beside the notebook: set working_directory to nb\.$/,
    )
    const unimported = await runCells([module], beside)
    expect(unimported.error?.message).toMatch(
      /ModuleNotFoundError.*\. It lies beside the notebook: set working_directory to nb\.$/,
    )
    const followed = await runCells([file, module, 'import os; print(os.getcwd())'], {
      ...beside,
      workingDirectory: dirname(program),
    })
    expect(followed.error).toBeUndefined()
    expect(printed(followed.saved)).toBe(`1,2\n2\n${dirname(program)}\n`)
  })
})

describe('n21: the start of a kernel', () => {
  /** A kernel's Python that does something else first. */
  function kernelAfter(command: string): string {
    const path = join(newFolder('kernel'), 'python')
    writeFileSync(path, `#!/bin/sh\n${command}\nexec "${environments.kernelPython}" "$@"\n`)
    chmodSync(path, 0o755)
    return path
  }

  test('that hangs is ended at its limit, which is told with what was waited for', async () => {
    const workspace = newFolder('workspace')
    const kernelPython = kernelAfter('echo importing the world; echo $$ > pid; sleep 300')
    const started = Date.now()
    const { error, log, saved, report } = await runCells(['print(1)'], {
      workspace,
      kernelPython,
      kernelStartTimeoutMs: 2000,
    })
    expect(Date.now() - started).toBeLessThan(8000)
    expect(error?.message).toBe(
      `Notebook model_training.ipynb could not be started: its kernel (ipykernel in ${kernelPython}) did not answer within ` +
        '2.0 s (kernel_start_timeout_minutes). Raise the limit if the runner is slow.',
    )
    expect(error?.annotation.title).toBe('The notebook kernel did not start')
    expect(log).toContain('importing the world\n')
    expect(saved?.cells).toHaveLength(1)
    expect(report.cells).toEqual([])
    expect(isAlive(Number(readFileSync(join(workspace, 'pid'), 'utf8')))).toBe(false)
  })

  test('that is slow is waited for', async () => {
    const { error } = await runCells(['1'], { kernelPython: kernelAfter('sleep 3') })
    expect(error).toBeUndefined()
  })
})

describe('n24: the end of a kernel', () => {
  test('does not wait for a thread that sends no more, and loses no output', async () => {
    // As in a race of ipykernel, in which that thread ends between two flushes.
    const cell = [
      'import sys',
      'kernel, sender = get_ipython().kernel, sys.stdout.pub_thread',
      'shut_down = kernel.do_shutdown',
      'def race(restart):',
      '    done = shut_down(restart)',
      '    sender.schedule = lambda send: None',
      '    return done',
      'kernel.do_shutdown = race',
      'for _ in range(10_000): print("x" * 99)',
    ].join('\n')
    const { error, log, saved } = await runCells([cell])
    expect(error).toBeUndefined()
    expect(printed(saved)).toBe(`${'x'.repeat(99)}\n`.repeat(10_000))
    expect(log).not.toContain('did not end within')
  })
})

describe('n36: parameters', () => {
  test.each<[string, (string | Cell)[], string | undefined]>([
    [
      'set anew by a cell without the tag',
      ['x = 1', 'lr = 0.1', 'print(lr)'],
      'cell 2 sets `lr` anew before anything uses',
    ],
    ['the same with a type', ['lr: float = 0.1'], 'give that cell the tag `parameters`'],
    [
      'set anew after the cell with the tag',
      [{ source: 'lr = 1', tags: ['parameters'] }, '%matplotlib inline', 'lr = 0.1'],
      'cell 3 sets `lr` anew before anything uses it; remove that line',
    ],
    ['used by the one that sets it anew', ['lr = lr * 2', 'print(lr)'], undefined],
    ['used before', ['def rate():\n    return lr', 'first = rate()\nlr = 0', 'print(first)'], undefined],
    ['set by some branch only', ['if "lr" not in globals():\n    lr = 0.1', 'print(lr)'], undefined],
    ['in a cell that is more than Python', ['%time lr = 0.1', 'print(lr)'], undefined],
    ['set anew in a cell that is skipped', [{ source: 'lr = 0.1', tags: ['skip-execution'] }, 'print(lr)'], undefined],
    ['set anew as a part of a name', ['model_lr = 0.1\nopts = dict(lr=lr)'], undefined],
  ])('%s', async (_, cells, message) => {
    const { error, report } = await runCells(cells, { parameters: { lr: 0.5, api_key: 'hunter2' } })
    if (message === undefined) expect(error).toBeUndefined()
    else {
      expect(error?.message).toContain(message)
      expect(report.cells).toEqual([])
    }
    expect(report.given).toBe('lr = 0.5, api_key = ***')
  })

  test('have in Python the types that YAML gives them', async () => {
    const yaml = [
      'whole: 7',
      'negative: -3',
      'huge: 123456789012345678901234567890123456789012345678901234567890',
      'hexadecimal: 0xff',
      'real: 1.0',
      'small: 5e-324',
      'large: 1.7976931348623157e308',
      'missing: .nan',
      'most: .inf',
      'least: -.inf',
      'yes_: true',
      'nothing: null',
      'empty:',
      'zip: "007"',
      'day: 2024-02-29',
      'time: 2024-02-29T12:00:00Z',
      'version: 1.10.2',
      'list: [1, 1.0, "1", true, null, [2, []]]',
      'weights: {0: 1.0, 1: 5, none: {}, "2": 3}',
      'code: |',
      '  def f(x):',
      '  \treturn "\\n" + \'$HOME\' + `x`',
      'unicode: "naïve 模型 🚀 \\u2028 \\x07 \\\\"',
      'größe: "\'\'\' \\"\\"\\" {x} %s"',
    ].join('\n')
    const expected = [
      '7',
      '-3',
      '123456789012345678901234567890123456789012345678901234567890',
      '255',
      '1.0',
      '5e-324',
      '1.7976931348623157e+308',
      'nan',
      'inf',
      '-inf',
      'True',
      'None',
      'None',
      "'007'",
      "'2024-02-29'",
      "'2024-02-29T12:00:00Z'",
      "'1.10.2'",
      "[1, 1.0, '1', True, None, [2, []]]",
      "{0: 1.0, 1: 5, 'none': {}, '2': 3}",
      String.raw`'def f(x):\n\treturn "\\n" + \'$HOME\' + ${'`x`'}\n'`,
      String.raw`'naïve 模型 🚀 \u2028 \x07 \\'`,
      String.raw`'\'\'\' """ {x} %s'`,
    ]
    const parameters = parseParameters(yaml, 'notebook_parameters')
    const names = Object.keys(parameters)
    const cell = `for value in (${names.join(', ')}): print(repr(value))`
    const { error, saved, log } = await runCells([cell], { parameters })
    expect(error).toBeUndefined()
    expect(printed(saved).trimEnd().split('\n')).toEqual(expected)
    expect(log).not.toContain('::warning')
  })

  test('that are misspelt are in the report, with the name that is most likely meant', async () => {
    const tagged = { source: 'learning_rate = 0.1\nepochs = 3', tags: ['parameters'] }
    const parameters = { lerning_rate: 0.2, epochs: 5n, unheard_of: 'x' }
    const seen = await runCells([tagged, 'print(learning_rate, epochs)'], { parameters })
    expect(printed(seen.saved)).toBe('0.1 5\n')
    expect(seen.report.warnings).toEqual([
      'The cell tagged `parameters` does not set `lerning_rate`, which the input notebook_parameters gives. Is `learning_rate` meant?',
      'The cell tagged `parameters` does not set `unheard_of`, which the input notebook_parameters gives.',
    ])
    for (const text of seen.report.warnings) expect(seen.log).toContain(`::warning::${text}`)
  })

  test('without a tagged cell are looked for in all cells', async () => {
    const cells = ['%precision 3', 'print(epochs)']
    const { report, error } = await runCells(cells, { parameters: { epochs: 5n, epoch: 4n } })
    expect(error).toBeUndefined()
    expect(report.warnings).toEqual([
      'No code cell of the notebook mentions `epoch`, which the input notebook_parameters gives. Is `epochs` meant?',
    ])
  })

  test('that cannot be set name themselves, not a cell of the notebook', async () => {
    const { error } = await runCells(['print(x)'], { parameters: { x: 10n ** 5000n } })
    expect(error?.message).toMatch(/in the cell that sets notebook_parameters.*4300/)
  })
})

describe('n39: the event loop of the kernel', () => {
  test('serves await, tasks and child processes', async () => {
    const cell = [
      'import asyncio, sys',
      'task = asyncio.create_task(asyncio.sleep(0, "slept"))',
      'child = await asyncio.create_subprocess_exec(sys.executable, "-c", "print(6 * 7)", stdout=asyncio.subprocess.PIPE)',
      'print(await task, (await child.communicate())[0].decode().strip())',
    ].join('\n')
    const { error, saved } = await runCells([cell])
    expect(error).toBeUndefined()
    expect(printed(saved)).toBe('slept 42\n')
  })
})

describe('n37: what a cell starts', () => {
  test('finds the end of its input, and does not wait for an answer', async () => {
    const ask = 'input()'
    const cells = [
      'import subprocess, sys\nprint(repr(sys.stdin.read()))',
      `asked = subprocess.run([sys.executable, "-c", "${ask}"], stderr=subprocess.PIPE)\nprint(asked.stderr.decode().splitlines()[-1])`,
      'command = "cat"\n!$command; echo "left {2 * 3}"',
      '!false',
      'print(_exit_code)',
      '!(read answer || echo nothing)',
      '%pip uninstall pexpect',
      '%%bash\ncat; echo end',
      'lines = !cat; echo listed\nprint(lines)',
    ]
    const { error, saved } = await runCells(cells, { timeoutMs: 30_000 })
    expect(error).toBeUndefined()
    expect(saved?.cells.map((cell) => (cell.outputs ?? []).flatMap(({ text }) => text ?? []).join(''))).toEqual([
      "''\n",
      'EOFError: EOF when reading a line\n',
      expect.stringMatching(/^left 6\r?\n$/),
      '',
      '1\n',
      expect.stringMatching(/^nothing\r?\n$/),
      expect.stringMatching(/Proceed \(Y\/n\)\?[\s\S]*EOFError/),
      'end\n',
      "['listed']\n",
    ])
  })

  test('by strict rules is told by its own command', async () => {
    const { error } = await runCells(['!cat && exit 3'], { isStrict: true, timeoutMs: 30_000 })
    expect(error?.message).toMatch(/CalledProcessError: Command 'cat && exit 3' returned non-zero exit status 3/)
  })
})

describe('n50: widgets and notebooks of Colab', () => {
  const colab = {
    colab: { provenance: [], gpuType: 'T4', toc_visible: true },
    accelerator: 'GPU',
    kernelspec: { name: 'python3', display_name: 'Python 3' },
    language_info: { name: 'python' },
    // What nbconvert cannot export: Colab leaves out `state`.
    widgets: { 'application/vnd.jupyter.widget-state+json': { '0a1b': { model_name: 'HBoxModel' } } },
  }

  test('have valid states and render', async () => {
    const cells = [
      '#@title Train { display-mode: "form" }\nepochs = 3 #@param {type:"integer"}',
      'from ipywidgets import HTML, IntProgress, Output, VBox\nbar = IntProgress(max=epochs)\nVBox([bar, HTML("<b>half</b>")])',
      'for _ in range(epochs): bar.value += 1',
      'out = Output()\ndisplay(out)\nwith out:\n    print("captured")',
    ]
    const request = execution(environments, notebookText(cells, colab))
    const { error, saved, log, savedText } = await run(request)
    expect(error).toBeUndefined()
    expect(log).toContain('VBox(children=(IntProgress(value=0, max=3), ')
    validate(request.executedNotebook)
    const metadata = JSON.parse(savedText).metadata
    expect(metadata.colab).toEqual(colab.colab)
    const { state } = metadata.widgets['application/vnd.jupyter.widget-state+json']
    const bars = Object.values<{ model_name: string; state: { value: number } }>(state).filter(
      ({ model_name }) => model_name === 'IntProgressModel',
    )
    expect(bars.map((bar) => bar.state.value)).toEqual([3])
    expect(saved?.cells[1]?.outputs?.[0]?.data).toHaveProperty(['application/vnd.jupyter.widget-view+json'])

    const html = join(request.workspace, 'out', 'executed.html')
    const convert = ['-m', 'nbconvert', '--to', 'html', '--output', html, request.executedNotebook]
    execFileSync(environments.kernelPython, convert, { stdio: 'pipe' })
    const page = readFileSync(html, 'utf8')
    expect(page).toContain('application/vnd.jupyter.widget-state+json')
    expect(page).toContain('IntProgressModel')
  })

  test('without widgets of their own lose states that do not belong to any output', async () => {
    const request = execution(environments, notebookText(['print("colab")'], colab))
    const { error, savedText } = await run(request)
    expect(error).toBeUndefined()
    expect(JSON.parse(savedText).metadata).not.toHaveProperty('widgets')
    validate(request.executedNotebook)
    const html = join(request.workspace, 'out', 'executed.html')
    const convert = ['-m', 'nbconvert', '--to', 'html', '--output', html, request.executedNotebook]
    execFileSync(environments.kernelPython, convert, { stdio: 'pipe' })
    expect(readFileSync(html, 'utf8')).toContain('colab')
  })
})
