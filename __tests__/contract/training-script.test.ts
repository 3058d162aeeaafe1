import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { mask } from '../../src/log.ts'
import type { Environments } from '../../src/training/python/environments.ts'
import type { ProgramRun } from '../../src/training/run-program.ts'
import { until } from '../support/until.ts'
import {
  captured,
  isAlive,
  makeEnvironments,
  newFolder,
  removeFolders,
  run,
  scriptRun,
  startAction,
} from './training-lab.ts'

/** What scripts meet when they are run, with a real Python. One environment serves all. */

jest.setTimeout(120_000)

let environments: Environments

beforeAll(async () => {
  const made = await captured(() => makeEnvironments('matplotlib\njoblib\ntqdm\n'))
  if (made.outcome instanceof Error) throw made.outcome
  environments = made.outcome
}, 300_000)

afterAll(removeFolders)

const runScript = (script: string, more: Partial<ProgramRun> = {}) => run(scriptRun(environments, script, more))

/** What the script itself printed: without our lines around it. */
const between = (log: string) => /^::stop-commands::(\S+)\n([\s\S]*)\n::\1::\n/m.exec(log)?.[2] ?? ''

describe('a script', () => {
  test('runs with its arguments as `python -u`, in the working directory, with its folder first in the search path', async () => {
    const workspace = newFolder('workspace')
    const program = join(workspace, 'code', 'mein täst 1.py')
    const workingDirectory = join(workspace, 'data')
    mkdirSync(workingDirectory)
    mkdirSync(dirname(program))
    writeFileSync(join(dirname(program), 'helper.py'), 'answer = 42\n')
    const { error, log, logFile, report } = await runScript(
      [
        'import os, sys, helper',
        'print(sys.argv[1:], os.path.basename(os.getcwd()), helper.answer, __name__, sys.executable)',
      ].join('\n'),
      { workspace, program, workingDirectory, arguments: ['--rate', '0.1', '$HOME `x` "q"', 'ü 🚀', ''] },
    )
    expect(error).toBeUndefined()
    const line = `['--rate', '0.1', '$HOME \`x\` "q"', 'ü 🚀', ''] data 42 __main__ ${environments.kernelPython}\n`
    expect(between(log)).toBe(line)
    expect(logFile).toBe(line)
    expect(report.durationMs).toBeGreaterThan(10)
  })

  test('its own modules and those of the workspace do not disturb what runs it', async () => {
    const workspace = newFolder('workspace')
    for (const name of ['json', 'queue', 'subprocess', 'signal', 'driver', 'sitecustomize']) {
      writeFileSync(join(workspace, `${name}.py`), 'import os\nprint("shadow", __name__, flush=True)\n')
    }
    const { error, log } = await runScript('import driver', { workspace })
    expect(error).toBeUndefined()
    expect(between(log)).toBe('shadow driver\n')
  })

  test('n27: a progress bar of 40 MB, which is one line, arrives whole', async () => {
    const { error, logFile } = await runScript(
      'import sys\nfor n in range(400_000): sys.stdout.write("\\r" + "#" * 99)\n',
    )
    expect(error).toBeUndefined()
    expect(logFile).toHaveLength(40_000_000)
  })

  test('what is passed on to it lies in no file meanwhile', async () => {
    const search = [
      'import os, pathlib, sys',
      'files = [path for path in pathlib.Path(sys.argv[1]).rglob("*") if path.is_file()]',
      'print("seen", sum(os.environ["PASSED"].encode() in path.read_bytes() for path in files), os.environ["PASSED"])',
    ]
    const environment = { ...process.env, PASSED: 'a-passed-value' }
    const temp = newFolder('temp')
    const { logFile } = await runScript(search.join('\n'), {
      environment,
      passThrough: ['PASSED'],
      temp,
      arguments: [temp],
    })
    expect(logFile).toBe('seen 0 a-passed-value\n')
  })

  test.each([
    ['a byte order mark', Buffer.from('\ufeffprint("fine ü")\n')],
    ['line ends of Windows', Buffer.from('if True:\r\n    print("fine ü")\r\n')],
    ['another encoding', Buffer.from('# -*- coding: latin-1 -*-\nprint("fine ü")\n', 'latin1')],
    ['LANG=C', Buffer.from('print("fine ü")\n')],
  ])('n42: %s passes', async (name, bytes) => {
    const request = scriptRun(environments, '', {
      environment: { ...process.env, ...(name === 'LANG=C' ? { LANG: 'C', LC_ALL: 'C' } : {}) },
    })
    writeFileSync(request.program, bytes)
    const { error, log } = await run(request)
    expect(error).toBeUndefined()
    expect(between(log)).toBe('fine ü\n')
  })

  test('processes of multiprocessing and joblib work, and plots need no display', async () => {
    const script = [
      'import multiprocessing as mp, os',
      'from joblib import Parallel, delayed',
      'def double(x): return 2 * x',
      'if __name__ == "__main__":',
      '    for method in ("spawn", "fork"):',
      '        with mp.get_context(method).Pool(2) as pool: print(method, pool.map(double, range(3)))',
      '    print(Parallel(n_jobs=2)(delayed(double)(x) for x in range(3)))',
      '    import matplotlib.pyplot as plt',
      '    plt.plot([1, 2]); plt.show(); plt.savefig("plot.png")',
      '    print(plt.get_backend().lower(), os.path.getsize("plot.png") > 1000)',
    ].join('\n')
    const environment = { ...process.env, MPLBACKEND: 'TkAgg', DISPLAY: undefined }
    const { error, log } = await runScript(script, { environment })
    expect(error).toBeUndefined()
    expect(between(log)).toBe('spawn [0, 2, 4]\nfork [0, 2, 4]\n[0, 2, 4]\nagg True\n')
  })

  test.each(['sys.exit(0)', 'sys.exit()', 'import os; os._exit(0)', 'raise SystemExit'])(
    '%s is an end like any other',
    async (end) => {
      const { error } = await runScript(`import sys\n${end}\nraise ValueError`)
      expect(error).toBeUndefined()
    },
  )

  test('n29: it sees what it needs and what the user names, and nothing that belongs to the action', async () => {
    const environment = {
      ...process.env,
      INPUT_GITHUB_PAT: 'pat',
      ACTIONS_RUNTIME_TOKEN: 'token',
      GITHUB_TOKEN: 'token',
      GITHUB_OUTPUT: '/output',
      GITHUB_SHA: 'abc',
      WANDB_API_KEY: 'wanted',
      MPLBACKEND: 'svg',
    }
    const script = 'import json, os\nprint(json.dumps(dict(os.environ)))'
    const { log } = await runScript(script, { environment, passThrough: ['WANDB_API_KEY', 'MPLBACKEND', 'INPUT_X'] })
    const seen = JSON.parse(between(log))
    expect(seen).toMatchObject({ GITHUB_SHA: 'abc', WANDB_API_KEY: 'wanted', MPLBACKEND: 'svg' })
    expect(seen.PATH.startsWith(dirname(environments.kernelPython))).toBe(true)
    expect(Object.keys(seen).filter((name) => /^(INPUT_|ACTIONS_|GITHUB_(TOKEN|OUTPUT))/.test(name))).toEqual([])
    expect(log).toMatch(/::warning::Not passed.*INPUT_X/)
  })
})

describe('the log', () => {
  test('n27: lines of both streams are there while the script still runs, in their order and unchanged', async () => {
    const script = [
      'import sys, time, logging',
      'time.sleep(1)',
      'print("  early\\t\\x1b[31mred\\x1b[0m  ")',
      'logging.warning("to stderr")',
      'print("then stdout")',
      'time.sleep(6)',
      'print("no end", end="")',
    ].join('\n')
    const { pieces, log, logFile } = await runScript(script)
    const at = (text: string) => pieces.find((piece) => piece.text.includes(text))?.at ?? Number.NaN
    expect(at('early')).toBeLessThan(5000)
    expect(at('no end') - at('early')).toBeGreaterThan(5000)
    expect(logFile).toBe('  early\t\x1b[31mred\x1b[0m  \nWARNING:root:to stderr\nthen stdout\nno end')
    expect(between(log)).toBe(logFile)
  })

  test('progress bars stay as they are', async () => {
    const { logFile } = await runScript(
      'import time\nfrom tqdm import tqdm\nfor _ in tqdm(range(3), ascii=True): time.sleep(0.15)',
    )
    expect(logFile).toMatch(/\r {2}0%\|.*\r 33%\|.*\r 67%\|[\s\S]*\r100%\|.*\n$/)
  })

  test('n28, n30: commands are not obeyed, and secrets do not show, in log and file', async () => {
    await captured(async () => mask('s3cret-4712'))
    const { log, logFile } = await runScript(
      'print("::error::x")\nprint("key s3cret-4712")\nraise ValueError("s3cret-4712")',
    )
    expect(between(log)).toMatch(/^::error::x\nkey \*\*\*\n/)
    expect(logFile).toBe(between(log))
    expect(log).not.toContain('s3cret-4712')
  })

  test('n25, n26: the log gets as much as it may, in whole lines, and the file all of it', async () => {
    const script = 'for i in range(200_000): print("line", i)\nraise ValueError("at the end")'
    const { error, log, logFile, report } = await runScript(script, { logLimit: 1000 })
    expect(logFile.match(/^line \d+$/gm)).toHaveLength(200_000)
    const shown = between(log)
    expect(shown).toMatch(
      /line 89\nline 90\n[\s\S]*\n\(The log shows the first 1\.0 kB of the output \(training_log_megabytes\); all of it is in .*training\.log\.\)\n\(2\.3 MB more were printed; all of it is in .*training\.log\.\)\n$/,
    )
    expect(shown.length).toBeLessThan(1400)
    expect(report.traceback).toMatch(/^Traceback[\s\S]*ValueError: at the end$/)
    expect(log).toContain('\nValueError: at the end\n')
    expect(error?.message).toBe('Script train.py failed in line 2: ValueError: at the end')
  })

  test('n43: a file that cannot be written does not end the training, and is not passed over', async () => {
    const { error, log } = await runScript('print("on")\nprint("x" * 5000)', { logFile: '/dev/full' })
    expect(error).toBeUndefined()
    expect(between(log)).toMatch(/^on\nx{5000}\n/)
    expect(log).toMatch(/::warning::The training log \/dev\/full is not complete: .*ENOSPC/)
  })
})

describe('the end', () => {
  test('n35: an exception is named with the line of the script, and the end of its traceback is kept', async () => {
    const script = [
      'import json',
      'def fit(n):',
      '    if n == 0: json.loads("{")',
      '    fit(n - 1) if n else None',
      'try:',
      '    fit(12)',
      'except ValueError as error:',
      '    raise RuntimeError("\\x1b[31mbad\\nand more") from error',
    ].join('\n')
    const { error, report } = await runScript(script)
    expect(error?.message).toMatch(/^Script train\.py failed in line 8: RuntimeError: bad$/)
    expect(error?.annotation).toEqual({ title: 'The training script failed', file: 'train.py', startLine: 8 })
    expect(report.traceback).toMatch(/^Traceback \(most recent call last\):\n[\s\S]*RuntimeError: bad\nand more$/)
  })

  test('n35: an exception in a module of the workspace is shown there, and one in a package where it is called', async () => {
    const workspace = newFolder('workspace')
    mkdirSync(join(workspace, 'src', 'lib'), { recursive: true })
    writeFileSync(
      join(workspace, 'src', 'lib', 'data.py'),
      '\nimport joblib\ndef load():\n    return joblib.load(b"x" * 3)\n',
    )
    const program = join(workspace, 'src', 'train.py')
    const { error } = await runScript('from lib.data import load\nload()\n', { workspace, program })
    expect(error?.message).toMatch(/^Script src\/train\.py failed in src\/lib\/data\.py, line 4: \w+/)
    expect(error?.annotation).toMatchObject({ file: 'src/lib/data.py', startLine: 4 })
  })

  test.each([
    ['a syntax error', 'x = 1\ny = = 2\n', /^Script train\.py failed in line 2: SyntaxError: invalid syntax$/],
    [
      'n5: a missing package',
      'import nowhere_to_be_found',
      /line 1: ModuleNotFoundError: .*write a requirements\.txt that names the package that has it\.$/,
    ],
    ['n41: input()', 'name = input("name? ")', /line 1: EOFError: .*Nobody can answer input\(\).*training_arguments/],
    [
      'n19: a missing file',
      'open("nope.csv")',
      /line 1: FileNotFoundError.*Relative paths start at the root of the workspace/,
    ],
    [
      'a hidden variable',
      'import os\nos.environ["WANDB_API_KEY"]',
      /line 2: KeyError: 'WANDB_API_KEY'\. The script does not see.*notebook_environment/,
    ],
    [
      'a message of sys.exit',
      'import sys\nprint("a")\nsys.exit("no data for 2024")',
      /ended with exit code 1\. The last it printed: no data for 2024$/,
    ],
    [
      'wrong arguments',
      'import argparse\np = argparse.ArgumentParser()\np.add_argument("--rate", required=True)\np.parse_args()',
      /ended with exit code 2\. The last it printed: train\.py: error: .*--rate$/,
    ],
    [
      'n35: an exception of a function, in letters of its own',
      'def f():\n    class Größe(Exception): pass\n    raise Größe("zu groß")\nf()',
      /failed in line 3: Größe: zu groß$/,
    ],
    [
      'n35: code that says it comes from a file that there is not',
      'exec(compile("1/0", "generated.py", "exec"))',
      /failed in line 1: ZeroDivisionError: division by zero$/,
    ],
    [
      'n22: the exit code of a child that was killed',
      'import sys\nsys.exit(137)',
      /was ended: its Python process was killed \(SIGKILL\).*free now\.$/,
    ],
    ['a code without a word', 'import os\nos._exit(3)', /ended with exit code 3\. It printed nothing\.$/],
    [
      'an error that was caught',
      'import logging, sys\ndef f():\n    try: 1 / 0\n    except ZeroDivisionError: logging.exception("oops")\nf()\nprint("giving up")\nsys.exit(1)',
      /ended with exit code 1\. The last it printed: giving up$/,
    ],
  ])('%s', async (_name, script, message) => {
    const { error } = await runScript(script, { environment: { ...process.env, WANDB_API_KEY: 'x' } })
    expect(error?.message).toMatch(message)
    expect(error?.annotation.file).toBe('train.py')
  })

  test.each([
    [
      'n22',
      'os.kill(os.getpid(), signal.SIGKILL)',
      /was ended: .*SIGKILL\): something stopped it, as systems do when memory runs out\. It had used \d.* at most\. The machine has [\d.]+ GB of memory, [\d.]+ [MG]B of it free now\.$/,
    ],
    ['n22', 'os.abort()', /was ended: its Python process was ended by SIGABRT/],
  ])('%s: %s is told apart', async (_row, end, message) => {
    const { error, logFile } = await runScript(`import os, signal\nprint("one")\n${end}`)
    expect(error?.message).toMatch(message)
    expect(logFile).toContain('one\n')
  })

  test('n20, n24, n33: a script that exceeds its limit may save its work, and is ended with all that it started', async () => {
    const workspace = newFolder('workspace')
    const script = `${waiting}\n`
    const { error, logFile } = await runScript(script, { workspace, timeoutMs: 3000 })
    expect(error?.message).toBe(
      'Script train.py was stopped: it took longer than 3.0 s (notebook_timeout_minutes). Raise the limit, or let it do less.',
    )
    expect(logFile).toBe('partial\nsaved\n')
    const pids = JSON.parse(readFileSync(join(workspace, 'pids.json'), 'utf8')) as number[]
    await until(() => !pids.some(isAlive))
  })

  test('n20: one that does not listen is ended as well', async () => {
    const started = Date.now()
    const script = 'import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: pass'
    const { error } = await runScript(script, { timeoutMs: 2000 })
    expect(error?.message).toMatch(/took longer than 2\.0 s/)
    expect(Date.now() - started).toBeLessThan(15_000)
  })

  test('what a script leaves running, with its output open, is ended and not waited for', async () => {
    const workspace = newFolder('workspace')
    const script = 'import subprocess\nprint(subprocess.Popen(["sleep", "300"]).pid)'
    const started = Date.now()
    const { error, logFile } = await runScript(script, { workspace })
    expect(error).toBeUndefined()
    expect(Date.now() - started).toBeLessThan(10_000)
    await until(() => !isAlive(Number(logFile)))
  })
})

/** Writes the ids of itself, of a child and of a grandchild, both deaf to SIGTERM, then waits; on SIGTERM it says that it has saved. */
const waiting = [
  'import json, os, signal, subprocess, sys, time',
  'def save(*_):',
  '    print("saved")',
  '    sys.exit(1)',
  'signal.signal(signal.SIGTERM, save)',
  'print("partial")',
  'ignore = lambda: signal.signal(signal.SIGTERM, signal.SIG_IGN)',
  'child = subprocess.Popen(["sh", "-c", "sleep 300 & echo $!; exec sleep 300"], stdout=subprocess.PIPE, preexec_fn=ignore)',
  'open("pids.part", "w").write(json.dumps([os.getpid(), child.pid, int(child.stdout.readline())]))',
  'os.rename("pids.part", "pids.json")',
  'time.sleep(999)',
].join('\n')

describe('cancellation', () => {
  async function pidsIn(workspace: string): Promise<number[]> {
    const path = join(workspace, 'pids.json')
    await until(() => existsSync(path))
    return JSON.parse(readFileSync(path, 'utf8')) as number[]
  }

  test.each(['SIGTERM', 'SIGINT'] as const)(
    'n49: on %s the script may save, and all it started ends',
    async (signal) => {
      const request = scriptRun(environments, waiting)
      const action = startAction(request)
      const pids = await pidsIn(request.workspace)
      action.node.kill(signal)
      await action.end
      expect(action.output()).toContain('REJECTED DeployError Script train.py was cancelled.')
      expect(readFileSync(request.logFile, 'utf8')).toBe('partial\nsaved\n')
      await until(() => !pids.some(isAlive))
    },
  )

  test('n49: when the action is killed, the script and its children end, and what it printed is kept', async () => {
    const request = scriptRun(environments, waiting)
    const action = startAction(request)
    const pids = await pidsIn(request.workspace)
    await until(() => readFileSync(request.logFile, 'utf8') === 'partial\n')
    action.node.kill('SIGKILL')
    await until(() => !pids.some(isAlive))
  })
})
