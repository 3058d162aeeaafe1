import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { mask } from '../../src/log.ts'
import type { Environments } from '../../src/training/python/environments.ts'
import {
  captured,
  checkFormat,
  execution,
  makeEnvironments,
  newFolder,
  notebookText,
  printed,
  type Run,
  removeFolders,
  run,
} from './training-lab.ts'

/** What cells do in the wild, with a real kernel. One pair of environments serves all. */

jest.setTimeout(120_000)

let environments: Environments

beforeAll(async () => {
  const made = await captured(() => makeEnvironments('matplotlib\njoblib\ntqdm\n'))
  if (made.outcome instanceof Error) throw made.outcome
  environments = made.outcome
}, 300_000)

afterAll(removeFolders)

const runCells = (cells: Parameters<typeof notebookText>[0], more: Parameters<typeof execution>[2] = {}) =>
  run(execution(environments, notebookText(cells), more))

/** A run that went well, with a saved notebook by the rules of its format. */
async function good(
  cells: Parameters<typeof notebookText>[0],
  more: Parameters<typeof execution>[2] = {},
): Promise<Run> {
  const result = await runCells(cells, more)
  expect(result.error).toBeUndefined()
  checkFormat(environments, result.savedText)
  return result
}

describe('cells that are more than Python', () => {
  test('write, import and time code, and run the inference script at the end', async () => {
    const workspace = newFolder('workspace')
    writeFileSync(join(workspace, 'infer.py'), 'print("inferred", __name__)\n')
    const { saved } = await good(
      [
        '%%writefile shapes.py\ndef area(r):\n    return 3 * r * r',
        'from shapes import area\nprint(area(2))',
        '%%time\ntotal = sum(range(1000))\nprint(total)',
        'from IPython.display import HTML, Markdown, clear_output, display\ndisplay(HTML("<b>x</b>"), Markdown("*y*"))',
        'print("gone")\nclear_output(wait=True)\nprint("kept")',
        'import logging\nlogging.warning("careful")',
        '%run infer.py',
      ],
      { workspace },
    )
    const text = printed(saved)
    expect(text).toMatch(/Writing shapes\.py\n12\n/)
    expect(text).toMatch(/499500\n[\s\S]*Wall time: /)
    expect(text).toMatch(/kept\nWARNING:root:careful\ninferred __main__\n$/)
    expect(text).not.toContain('gone')
  })

  test('with a magic that nobody knows fail with its name and place', async () => {
    const { error } = await runCells(['1', '%no_such_magic 7'])
    expect(error?.message).toMatch(/cell 2 of 2.*UsageError: Line magic function `%no_such_magic` not found/)
  })

  test('n32: fail when the script fails that they run', async () => {
    const workspace = newFolder('workspace')
    writeFileSync(join(workspace, 'infer.py'), 'def apply(x):\n    return 1 / x\n\napply(0)\n')
    const { error } = await runCells(['print(1)', '%run infer.py'], { workspace })
    expect(error?.message).toMatch(/failed in cell 2 of 2.*ZeroDivisionError: division by zero/)
  })

  test('are no cells to run, when there is only text', async () => {
    const text = JSON.parse(notebookText([]))
    text.cells = [{ cell_type: 'markdown', source: '# Nothing', metadata: {} }]
    const { error, report, saved } = await run(execution(environments, JSON.stringify(text)))
    expect(error).toBeUndefined()
    expect(report).toMatchObject({ totalCells: 0, cells: [] })
    expect(saved?.cells).toHaveLength(1)
  })
})

describe('what they print', () => {
  test('a progress bar is live in the log and one line in the notebook', async () => {
    const cell =
      'import sys, time\nfrom tqdm import tqdm\nfor _ in tqdm(range(300), mininterval=0): time.sleep(0.001)\nprint("done")'
    const { log, saved } = await good([cell])
    expect(log.match(/\r/g)?.length).toBeGreaterThan(100)
    expect(printed(saved).match(/it\/s/g)).toHaveLength(1)
    expect(printed(saved)).toContain('100%')
    expect(printed(saved)).toContain('done\n')
  })

  test('carriage returns take back what a terminal would take back', async () => {
    const cell = [
      'import sys',
      'for text in ["keep\\r\\n", "gone", "\\rhalf", "\\r", "whole\\n", "a\\rb\\rc", "\\n", "end\\r"]:',
      '    sys.stdout.write(text); sys.stdout.flush()',
    ].join('\n')
    const { saved } = await good([cell])
    expect(printed(saved)).toBe('keep\r\nwhole\nc\nend\r')
  })

  test('streams keep their order, and pieces of one are one output', async () => {
    const cell =
      'import sys\nfor n in range(3):\n    print("out", n, flush=True); print("out too", n, flush=True)\n    print("err", n, file=sys.stderr, flush=True)'
    const { saved } = await good([cell])
    const outputs = saved?.cells[0]?.outputs ?? []
    expect(outputs.map(({ name }) => name)).toEqual(['stdout', 'stderr', 'stdout', 'stderr', 'stdout', 'stderr'])
    expect(printed(saved)).toMatch(/^out 0\nout too 0\nerr 0\nout 1\n/)
  })

  test('n20, n25: a line of 5 MB is taken as it is, and does not keep the limit from ending its cell', async () => {
    const flood = 'print("x" * 5_000_000, flush=True)'
    const { error, saved, logFile } = await runCells([`${flood}\nimport time\ntime.sleep(60)`], { cellTimeoutMs: 5000 })
    expect(error?.message).toMatch(/cell_timeout_minutes/)
    expect(printed(saved)).toHaveLength(5_000_001)
    expect(logFile).toContain('x'.repeat(5_000_000))
  })

  test('n42: half characters and NUL do not end the run', async () => {
    const { log } = await good(['print("a\\x00b", "\\ud800", "fine")', '"\\ud83d"'])
    expect(log).toContain('fine')
  })

  test('what a thread prints after its cell belongs to its cell', async () => {
    const cell =
      'import threading, time\ndef late():\n    time.sleep(0.5); print("late")\nthreading.Thread(target=late).start()'
    const { log, saved } = await good([cell, 'time.sleep(1)\nprint("second")'])
    expect(log).toMatch(/late\n[\s\S]*second\n/)
    expect(printed({ cells: saved?.cells.slice(0, 1) ?? [] } as typeof saved)).toBe('late\n')
  })
})

describe('what cells send that nobody expects', () => {
  const tee =
    'import sys\nclass Tee:\n    def write(self, text): sys.__stdout__.write(text)\nsys.stdout = Tee()\nprint("in it")'
  test.each([
    [
      'a stdout of its own without flush',
      [tee],
      /failed in cell 1 of 1.*: AttributeError: 'Tee' object has no attribute 'flush'/,
    ],
    [
      'a stdout that is closed',
      ['import sys\nwith open("log", "w") as f: sys.stdout = f'],
      /cell 1 of 1.*: ValueError: I\/O operation on/,
    ],
    [
      'no stdout',
      ['import sys\nsys.stdout = None', 'print(1)'],
      /failed in cell [12] of 2.*: AttributeError: 'NoneType'/,
    ],
    [
      'an error that cannot be shown',
      ['class E(Exception):\n    def _render_traceback_(self): return [1, 2]\nraise E("x")'],
      /failed in cell 1 of 1.*: TypeError/,
    ],
    [
      'an error whose text is endless',
      ['%xmode Minimal', 'raise ValueError("x" * 300_000)'],
      /cell 2 of 2.*: ValueError: x{9}/,
    ],
  ])('%s ends the cell at once', async (_, cells, message) => {
    const { error } = await runCells(cells, { timeoutMs: 60_000 })
    expect(error?.message).toMatch(message)
  })

  test('output that is none is left out, with a warning, and the run goes on', async () => {
    const cells = [
      'from IPython.display import display\ndisplay({"text/plain": None}, raw=True)\ndisplay({"image/png": 5}, raw=True)',
      'from comm import create_comm\nopened = create_comm(target_name="x", data={"state": "running"})\nopened.send({"state": None})',
      'class E(Exception):\n    def _render_traceback_(self): return None\ntry:\n    raise E("x")\nexcept E: get_ipython().showtraceback()\nprint("on")',
    ]
    const { error, report, saved } = await runCells(cells)
    expect(error).toBeUndefined()
    expect(printed(saved)).toBe('on\n')
    // One a cell.
    expect(report.warnings).toHaveLength(3)
    expect(report.warnings[0]).toMatch(
      /^The cell that begins with `from IPython\.display import display` sent output that is not valid and is left out: \S/,
    )
  })

  test('the folder of temporary files emptied', async () => {
    const temp = newFolder('temp')
    const cell = `import os, shutil\nfor name in os.listdir(${JSON.stringify(temp)}): shutil.rmtree(${JSON.stringify(temp)} + "/" + name)`
    const { error, saved } = await runCells([cell, 'raise ValueError("boom")'], { temp })
    expect(error?.message).toMatch(/failed in cell 2 of 2, line 1: ValueError: boom/)
    expect(saved?.cells).toHaveLength(2)
  })
})

test('n30: the first line of a cell is cut after its secrets are replaced', async () => {
  mask('s3cr3t-Hostile-Token-XYZ')
  const { report, logFile } = await good([`x = "${'y'.repeat(80)}s3cr3t-Hostile-Token-XYZ"`])
  expect(report.cells[0]?.firstLine).toBe(`x = "${'y'.repeat(80)}***"`)
  expect(logFile).not.toContain('s3cr3t')
})

test('n30: a secret that a cell printed is in no file while the next ones run', async () => {
  mask('s3cret-meanwhile')
  const { error, saved } = await good([
    'import time\nprint("s3cret-" + "meanwhile")\ntime.sleep(1)',
    'text = open("out/executed.ipynb").read()\nprint("seen", text.count("s3cret-" + "meanwhile"), text.count("*" * 3))',
  ])
  expect(error).toBeUndefined()
  expect(printed(saved)).toBe('***\nseen 0 1\n')
})

describe('what they start', () => {
  const seconds = ({ report }: Run) => report.durationMs / 1000

  test('n24, n49: processes in the background do not hold up the end, whoever has their streams', async () => {
    const result = await good([
      'import os, subprocess\nos.system("sleep 300 &")\nsubprocess.Popen(["sleep", "300"])',
      'print("done")',
    ])
    expect(result.log).not.toContain('did not end within')
    expect(seconds(result)).toBeLessThan(9)
  })

  test('n24: workers of joblib and of multiprocessing end with the kernel, after its exit handlers', async () => {
    const workspace = newFolder('workspace')
    const result = await good(
      [
        'import math\nfrom joblib import Parallel, delayed\nprint(Parallel(n_jobs=2)(delayed(math.sqrt)(n) for n in (1, 4)))',
        'import multiprocessing\nwith multiprocessing.get_context("fork").Pool(2) as pool: print(pool.map(abs, [-1]))',
        'import atexit\natexit.register(lambda: open("ended", "w").write("yes"))\npool = multiprocessing.get_context("fork").Pool(2)',
      ],
      { workspace },
    )
    expect(printed(result.saved)).toContain('[1.0, 2.0]\n[1]\n')
    expect(result.log).not.toContain('did not end within')
    expect(seconds(result)).toBeLessThan(15)
  })
})

describe('how they end', () => {
  test.each(['exit()\n', 'quit(3)\n', 'exit', 'import sys; sys.exit()\n'])(
    'n23: %s fails the run at once',
    async (statement) => {
      const rest = statement === 'exit' ? '' : 'print("not reached")'
      const { error, saved } = await runCells([statement + rest, 'print("nor this")'])
      expect(error?.message).toMatch(/failed in cell 1 of 2.*SystemExit/)
      expect(printed(saved)).not.toMatch(/^(not|nor)/m)
    },
  )

  const strict = { isStrict: true }

  test('n31: strictly, commands that fail do, and the others answer as ever', async () => {
    const { saved } = await good(['files = !echo one; echo two\nprint(files)', '!true\nprint(_exit_code)'], strict)
    expect(printed(saved)).toBe("['one', 'two']\n0\n")
  })

  test.each([
    ['!exit 4', /cell 1 of 1, line 2: CalledProcessError: Command 'exit 4' returned non-zero exit status 4/],
    ['x = !echo said; exit 5', /line 2: CalledProcessError.* 5/],
    ['%pip install no-such-package-of-anybody', /line 2: CalledProcessError/],
  ])('n31: strictly, %s fails', async (command, message) => {
    const { error, report, log } = await runCells([`print("first")\n${command}`], strict)
    expect(error?.message).toMatch(message)
    expect(report.traceback).not.toContain('kernel_start')
    if (command.includes('said')) expect(log).toContain('said\n')
  })

  test('n31: strictly, an error that a tag expects fails too', async () => {
    const { error } = await runCells([{ source: '1 / 0', tags: ['raises-exception'] }], strict)
    expect(error?.message).toMatch(/ZeroDivisionError/)
  })
})
