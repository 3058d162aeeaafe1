import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { mask } from '../../src/log.ts'
import type { Environments } from '../../src/training/python/environments.ts'
import { until } from '../support/until.ts'
import {
  captured,
  checkFormat,
  execution,
  makeEnvironments,
  newFolder,
  notebookText,
  printed,
  removeFolders,
  run,
  scriptRun,
} from './training-lab.ts'

/** What a training leaves for people to look at: executed notebook, plots, report and log, with a real kernel. */

jest.setTimeout(120_000)

let environments: Environments

beforeAll(async () => {
  const made = await captured(() => makeEnvironments('matplotlib\n'))
  if (made.outcome instanceof Error) throw made.outcome
  environments = made.outcome
}, 300_000)

afterAll(removeFolders)

const request = (cells: Parameters<typeof notebookText>[0], more: Parameters<typeof execution>[2] = {}) =>
  execution(environments, notebookText(cells), more)
const runCells = (...args: Parameters<typeof request>) => run(request(...args))

/** Draws as many plots as the number says. */
const plots = (number: number) =>
  `import matplotlib.pyplot as plt\nfor n in range(${number}):\n    plt.plot([n, 2]); plt.show()`
const svg = (text: string) =>
  `from IPython.display import SVG, display\ndisplay(SVG("<svg><text>${text}</text></svg>"))`

const png = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')

describe('plots', () => {
  test('the last five are files beside the executed notebook; those of the run before are gone', async () => {
    const workspace = newFolder('workspace')
    const executedNotebook = join(workspace, 'evidence', 'of main', 'model.run.ipynb')
    const folder = join(dirname(executedNotebook), 'model.run-images')
    mkdirSync(folder, { recursive: true })
    for (const name of ['cell-99-1.png', 'mine.png']) writeFileSync(join(folder, name), 'old')
    const odd = [
      'import base64',
      'from IPython.display import display',
      'huge = base64.b64encode(b"x" * 5_000_001).decode()',
      'for data in (huge, "", "?", "ü"): display({"image/png": data}, raw=True)',
    ].join('\n')
    const first = await runCells([plots(2), odd, { source: plots(1), tags: ['skip-execution'] }, plots(3), svg('ü')], {
      workspace,
      executedNotebook,
    })
    expect(first.error).toBeUndefined()
    const names = ['cell-01-2.png', 'cell-04-1.png', 'cell-04-2.png', 'cell-04-3.png', 'cell-05-1.svg']
    expect(first.report.images).toEqual(names.map((name) => join(folder, name)))
    expect(readdirSync(folder).sort()).toEqual([...names, 'mine.png'])
    expect(first.log).toContain(`Last plots: 5 in ${folder}\n`)
    for (const path of first.report.images.slice(0, 4)) expect(readFileSync(path).subarray(0, 8)).toEqual(png)
    expect(readFileSync(join(folder, 'cell-05-1.svg'), 'utf8')).toContain('<text>ü</text>')

    const second = await runCells([plots(1), 'raise ValueError("after the plot")'], { workspace, executedNotebook })
    expect(second.error?.message).toContain('after the plot')
    expect(second.report.images).toEqual([join(folder, 'cell-01-1.png')])
    expect(readdirSync(folder).sort()).toEqual(['cell-01-1.png', 'mine.png'])
  })

  test('a folder of plots that nothing is left for goes, too', async () => {
    const workspace = newFolder('workspace')
    const folder = join(workspace, 'out', 'executed-images')
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'cell-01-1.png'), 'old')
    const { report, log } = await runCells(['1'], { workspace })
    expect(report.images).toEqual([])
    expect(existsSync(folder)).toBe(false)
    expect(log).not.toContain('Last plots')
  })
})

describe('links that lead elsewhere are not followed', () => {
  /** A folder outside of the workspace that must stay as it is. */
  function victim() {
    const folder = newFolder('victim')
    for (const name of ['cell-01-1.png', 'cell-09-1.png', 'precious']) writeFileSync(join(folder, name), name)
    return { folder, file: (name: string) => join(folder, name), ...watch(folder) }
  }

  function watch(folder: string) {
    const look = () => readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')])
    const before = look()
    return { isUntouched: () => JSON.stringify(look()) === JSON.stringify(before) }
  }

  test('in place of the folder of plots: one that was there, and one that the notebook makes', async () => {
    const [workspace, outside] = [newFolder('workspace'), victim()]
    const folder = join(workspace, 'out', 'executed-images')
    mkdirSync(dirname(folder))
    symlinkSync(outside.folder, folder)
    const link = `import os\nos.symlink(${JSON.stringify(outside.folder)}, ${JSON.stringify(folder)})`
    const { error, report } = await runCells([plots(1), link], { workspace })
    expect(error).toBeUndefined()
    expect(outside.isUntouched()).toBe(true)
    expect(report.images).toEqual([join(folder, 'cell-01-1.png')])
    expect(readdirSync(folder)).toEqual(['cell-01-1.png'])
  })

  test('in place of files: of plots, of the log, and of the notebook while it is saved and cleaned', async () => {
    const [workspace, outside] = [newFolder('workspace'), victim()]
    const out = join(workspace, 'out')
    await captured(async () => mask('linked-s3cret-1'))
    const links = [
      'import os',
      `out, victim = ${JSON.stringify(out)}, ${JSON.stringify(outside.file('precious'))}`,
      'os.mkdir(f"{out}/executed-images")',
      'for name in ("executed-images/cell-01-1.png", "executed.ipynb", ".executed.ipynb.part", "executed.ipynb.part", "training.log"):',
      '    if os.path.exists(f"{out}/{name}"): os.remove(f"{out}/{name}")',
      '    os.symlink(victim, f"{out}/{name}")',
      'print("linked-s3cret-1")',
    ].join('\n')
    const { error, report, log, saved, savedText } = await runCells([plots(1), links], { workspace })
    expect(error).toBeUndefined()
    expect(outside.isUntouched()).toBe(true)
    expect(readFileSync(report.images[0] ?? '').subarray(0, 8)).toEqual(png)
    expect(printed(saved)).toBe('***\n')
    expect(savedText).not.toContain('linked-s3cret-1')
    // The log was written anew, from what it was.
    expect(readFileSync(join(out, 'training.log'), 'utf8')).toMatch(/^\[1\/2\] [\s\S]*\n\*\*\*\n$/)
    expect(log).not.toContain('::warning::The training log')
  })

  test('in place of the log before the run', async () => {
    const [workspace, outside] = [newFolder('workspace'), victim()]
    mkdirSync(join(workspace, 'out'))
    symlinkSync(outside.file('precious'), join(workspace, 'out', 'training.log'))
    const { error, log } = await run(scriptRun(environments, 'print("on")', { workspace }))
    expect(error).toBeUndefined()
    expect(outside.isUntouched()).toBe(true)
    expect(log).toMatch(/::warning::The training log .*ELOOP/)
  })

  test('folders in place of notebook and plots are told, and the reason of the failure stays the first thing', async () => {
    const block = [
      'import os',
      'os.chdir("out")',
      'os.remove("executed.ipynb")',
      'os.makedirs("executed.ipynb/in the way")',
      'open("executed-images", "w").close()',
    ].join('\n')
    const { error, log } = await runCells([`${plots(1)}\n${block}`, '1 / 0'])
    expect(error?.message).toMatch(/ZeroDivisionError/)
    expect(log.match(/::warning::The executed notebook could not be saved during the run/g)).toHaveLength(1)
    expect(log).toMatch(/::warning::The executed notebook could not be saved: .*Is a directory/)
    expect(log).toMatch(/::warning::The last plots could not be saved as files: .*File exists/)
  })
})

describe('the report', () => {
  test('names each executed cell with its time, also the failing one, and keeps the end of the traceback', async () => {
    await captured(async () => mask('report-s3cret-2'))
    const cells = [
      { source: 'rate = 1', tags: ['parameters'] },
      { source: 'print("skipped")', tags: ['skip-execution'] },
      '',
      '\n\n  # the key report-s3cret-2\nimport time\ntime.sleep(1.2)',
      `x = "${'y'.repeat(200)}"`,
      'def f(n):\n    if n == 0: raise ValueError("\\x1b[31mno report-s3cret-2\\x1b[0m")\n    f(n - 1)\nf(40)',
      'print("never")',
    ]
    const { error, report, logFile, savedText, log } = await runCells(cells, { parameters: { rate: 2 } })
    expect(report.totalCells).toBe(7)
    expect(report.cells.map(({ cell, firstLine }) => [cell, firstLine])).toEqual([
      [1, 'rate = 1'],
      [0, '# Set by the input notebook_parameters'],
      [4, '# the key ***'],
      [5, `x = "${'y'.repeat(94)}…`],
      [6, 'def f(n):'],
    ])
    const seconds = report.cells.map((cell) => cell.seconds)
    expect(seconds[2]).toBeGreaterThan(1.1)
    expect(seconds[2]).toBeLessThan(4)
    expect(seconds[4]).toBeGreaterThan(0)
    const sum = seconds.reduce((a, b) => a + b, 0)
    expect(report.durationMs).toBeGreaterThan(1000 * sum)
    expect(report.traceback.split('\n')).toHaveLength(20)
    expect(report.traceback).toMatch(/ValueError: no \*\*\*$/)
    // All of the traceback, where the report has its end.
    expect(logFile).toMatch(/\nValueError +Traceback \(most recent call last\)\n[\s\S]*\nValueError: no \*\*\*\n$/)
    expect(logFile.split('\n').length).toBeGreaterThan(25)
    expect(error?.message).toMatch(/in cell 6 of 7 \(In \[5\]\), line 2: ValueError: no \*\*\*$/)
    for (const text of [report, logFile, savedText, log, error]) {
      expect(JSON.stringify(text)).not.toMatch(/report-s3cret-2|\x1b/)
    }
  })
})

describe('the log of a notebook', () => {
  test('n27: its file grows while the cell runs, and progress bars stay as they are', async () => {
    const cell = [
      'import os, time',
      'print("early")',
      'for n in range(3): print(f"\\r{n} of 2", end="", flush=True)',
      'print()',
      'while not os.path.exists("seen"): time.sleep(0.05)',
    ].join('\n')
    const live = request([cell])
    const running = run(live)
    await until(() => existsSync(live.logFile) && readFileSync(live.logFile, 'utf8').endsWith('2 of 2\n'))
    writeFileSync(join(live.workspace, 'seen'), '')
    const { error, logFile } = await running
    expect(error).toBeUndefined()
    expect(logFile).toBe('[1/1] import os, time\nearly\n\r0 of 2\r1 of 2\r2 of 2\n')
  })

  test('n26: the job shows as much as it may, in whole lines, and the file has all of it', async () => {
    const cells = ['for n in range(5000): print("line", n)', 'print("end")']
    const { error, log, logFile, saved } = await runCells(cells, { logLimit: 100 })
    expect(error).toBeUndefined()
    expect(logFile.match(/^line \d+$/gm)).toHaveLength(5000)
    expect(logFile).toMatch(/\[2\/2\] print\("end"\)\nend\n$/)
    expect(printed(saved).split('\n')).toHaveLength(5002)
    expect(log.match(/^line \d+$/gm)?.length).toBeLessThan(10)
    expect(log).toMatch(
      /line \d\n\(The log shows the first 100 B of the output \(training_log_megabytes\); all of it is in .*\)\n/,
    )
    expect(log.match(/The log shows the first/g)).toHaveLength(1)
  })

  test('n26: a notebook of more than 50 MB is told', async () => {
    const { error, log } = await runCells(['display({"text/html": "x" * 51_000_000}, raw=True)'])
    expect(error).toBeUndefined()
    expect(log).toMatch(/::warning::The executed notebook has 51\.0 MB\. Let its cells print less\./)
  })
})

describe('n30: secrets', () => {
  test('are replaced where a notebook can leave them', async () => {
    const secret = 'everywhere-s3cret/3'
    await captured(async () => mask(secret))
    const [a, b] = [secret.slice(0, 8), secret.slice(8)]
    const halves = `secret = "${a}" + "${b}"\n`
    const cells = [
      `${halves}print(secret[:8], end=""); print(secret[8:])`,
      `print("a", secret[:8], end="", flush=True)\nimport time; time.sleep(0.3)\nprint(secret[8:], flush=True)`,
      'import sys\nprint(secret, file=sys.stderr)',
      'import base64\nprint(base64.b64encode(secret.encode()).decode())',
      'from IPython.display import display\ndisplay({"text/html": f"<b>{secret}</b>", "application/json": {"k": secret}}, raw=True)',
      'from IPython.display import SVG\nSVG(f"<svg><text>{secret}</text></svg>")',
      '{"k": secret}',
      'raise ValueError(secret)',
    ]
    const { error, log, logFile, report, saved, savedText } = await runCells(cells)
    expect(printed(saved)).toBe('***\na ***\n***\n***\n')
    expect(readFileSync(report.images[0] ?? '', 'utf8')).toContain('<text>***</text>')
    expect(error?.message).toMatch(/cell 8 of 8, line 1: ValueError: \*\*\*$/)
    expect(log).toContain('was replaced by *** in the log and in the executed notebook')
    const base64 = Buffer.from(secret).toString('base64')
    for (const text of [log, logFile, savedText, JSON.stringify(report)]) {
      expect(text).toContain('***')
      expect(text).not.toContain(secret)
      expect(text).not.toContain(base64)
    }
    checkFormat(environments, savedText)
  })
})

describe('n22: memory', () => {
  const limited = (bytes: string) =>
    `import resource\nresource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))\nx = ${bytes}`
  const advice =
    /MemoryError.*\. (The machine has|The container may use) [\d.]+ [MGT]B of memory, [\d.]+ [MGT]B of it free now\.$/

  test.each(['bytearray(64 << 30)', '__import__("numpy").ones(8 << 30)'])(
    'a cell that needs too much is told what there is: %s',
    async (bytes) => {
      const { error } = await runCells([limited(bytes)])
      expect(error?.message).toMatch(/^Notebook .* in cell 1 of 1, line 3: /)
      expect(error?.message).toMatch(advice)
      expect(error?.message).not.toContain('likely')
    },
  )

  test('and so is a script', async () => {
    const { error } = await run(scriptRun(environments, limited('bytearray(64 << 30)')))
    expect(error?.message).toMatch(/^Script train\.py failed in line 3: /)
    expect(error?.message).toMatch(advice)
  })
})
