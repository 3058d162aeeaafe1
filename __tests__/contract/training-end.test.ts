import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import type { Environments } from '../../src/training/python/environments.ts'
import type { ProgramRun } from '../../src/training/run-program.ts'
import {
  captured,
  checkFormat,
  execution,
  isAlive,
  makeEnvironments,
  newFolder,
  notebookText,
  printed,
  removeFolders,
  run,
  type SavedNotebook,
  startAction,
} from './training-lab.ts'

/** How runs end other than at the last cell: limits, deaths, cancellations. */

jest.setTimeout(120_000)

let environments: Environments

beforeAll(async () => {
  const made = await captured(() => makeEnvironments(undefined))
  if (made.outcome instanceof Error) throw made.outcome
  environments = made.outcome
}, 300_000)

afterAll(removeFolders)

/** However a run ends, what it saves is a valid notebook. */
async function runCells(cells: string[], more: Partial<ProgramRun> = {}) {
  const seen = await run(execution(environments, notebookText(cells), more))
  checkFormat(environments, seen.savedText)
  return seen
}

/** Writes the ids of the kernel, of a child and of a grandchild, both deaf to SIGTERM, then waits. */
const waitingCell = [
  'import json, os, signal, subprocess, time',
  'print("partial")',
  'ignore = lambda: signal.signal(signal.SIGTERM, signal.SIG_IGN)',
  'child = subprocess.Popen(["sh", "-c", "sleep 300 & echo $!; exec sleep 300"], stdout=subprocess.PIPE, preexec_fn=ignore)',
  'open("pids.part", "w").write(json.dumps([os.getpid(), child.pid, int(child.stdout.readline())]))',
  'os.rename("pids.part", "pids.json")',
  'time.sleep(999)',
].join('\n')

async function until(what: string, condition: () => boolean, limitMs = 60_000): Promise<void> {
  const deadline = Date.now() + limitMs
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`not within ${limitMs} ms: ${what}`)
    await sleep(50)
  }
}

async function pidsIn(workspace: string): Promise<number[]> {
  const path = join(workspace, 'pids.json')
  await until('the cell runs', () => existsSync(path))
  return JSON.parse(readFileSync(path, 'utf8')) as number[]
}

describe('limits', () => {
  test('n20, n24, n33: a cell that exceeds its limit ends the run; what it printed is saved and nothing stays alive', async () => {
    const workspace = newFolder('workspace')
    const cells = ['1', `# avoid "Timeout waiting for IOPub output"\n${waitingCell}`, '3']
    const { error, saved } = await runCells(cells, { workspace, cellTimeoutMs: 3300 })
    expect(error?.message).toMatch(
      /was stopped in cell 2 of 3: the cell took longer than 3.3 s \(cell_timeout_minutes\)/,
    )
    expect(printed(saved)).toBe('partial\n')
    const pids = await pidsIn(workspace)
    await until('processes end', () => !pids.some(isAlive), 10_000)
  })

  test('n20: a run that exceeds its limit ends within 15 s of it, with the cell named', async () => {
    const started = Date.now()
    const { error, saved } = await runCells(['print("one")', 'while True: pass'], { timeoutMs: 4000 })
    expect(Date.now() - started).toBeLessThan(19_000)
    expect(error?.message).toMatch(
      /was stopped in cell 2 of 2: the run took longer than 4.0 s \(notebook_timeout_minutes\)/,
    )
    expect(printed(saved)).toBe('one\n')
  })

  test('n24: the limit of the run covers the end of the kernel', async () => {
    const cell = 'import atexit, time\natexit.register(time.sleep, 999)'
    const { error } = await runCells([cell], { timeoutMs: 5000 })
    expect(error?.message).toMatch(/took longer than 5.0 s/)
  })

  test('n24: a kernel that does not end is ended, with a warning; exit handlers run before', async () => {
    const workspace = newFolder('workspace')
    const cell =
      'import atexit, threading, time\natexit.register(lambda: open("handled", "w"))\nthreading.Thread(target=time.sleep, args=(999,)).start()'
    const quick = 'import atexit\natexit.register(lambda: open("handled", "w").write("yes"))'
    const stuck = await runCells([cell], { workspace })
    expect(stuck.error).toBeUndefined()
    expect(stuck.log).toMatch(/::warning::The kernel did not end within 10 s/)
    await runCells([quick], { workspace })
    expect(readFileSync(join(workspace, 'handled'), 'utf8')).toBe('yes')
  })
})

describe('deaths', () => {
  test('n22, n33: a kernel that is killed: cell, signal and memory are named, and what ran is saved', async () => {
    const cells = [
      'print("one")',
      'import os, signal, time\nprint("two", flush=True)\ntime.sleep(0.5)\nos.kill(os.getpid(), signal.SIGKILL)',
    ]
    const { error, saved } = await runCells(cells)
    expect(error?.message).toMatch(
      /in cell 2 of 2: .*SIGKILL\): something stopped it, as systems do when memory runs out\. It had used \d.* at most\. The machine has [\d.]+ GB of memory, [\d.]+ [MG]B of it free now\.$/,
    )
    expect(printed(saved)).toBe('one\ntwo\n')
  })

  test('n22: a crash is named by its signal', async () => {
    const { error } = await runCells(['import os\nos.abort()'])
    expect(error?.message).toMatch(/in cell 1 of 1: its Python process was ended by SIGABRT/)
  })

  test('n23: os._exit(0) fails the run', async () => {
    const { error } = await runCells(['import os\nos._exit(0)'])
    expect(error?.message).toMatch(/in cell 1 of 1: its Python process ended by itself with exit code 0/)
  })

  test('n13, n21: a kernel that does not start is told apart, with what it said in the log', async () => {
    const { error, log, saved } = await runCells(['1'], { kernelPython: environments.toolPython })
    expect(error?.message).toMatch(
      /could not be started: its kernel \(ipykernel in .*\) ended before it answered: .*exit code 1\. What it said is in the log\.$/,
    )
    expect(log).toContain("No module named 'ipykernel'")
    expect(saved?.cells).toHaveLength(1)
  })
})

describe('cancellation', () => {
  const readSaved = (request: ProgramRun) => JSON.parse(readFileSync(request.executedNotebook, 'utf8')) as SavedNotebook

  test.each(['SIGTERM', 'SIGINT'] as const)(
    'n49, n33: on %s the partial notebook is saved and the kernel and its children end',
    async (signal) => {
      const request = execution(environments, notebookText(['print("one")', waitingCell]))
      const action = startAction(request)
      const pids = await pidsIn(request.workspace)
      await until('its output arrives', () => action.output().includes('\npartial\n'))
      const signalled = Date.now()
      action.node.kill(signal)
      await action.end
      expect(Date.now() - signalled).toBeLessThan(7000)
      expect(action.output()).toContain(
        'REJECTED DeployError Notebook model_training.ipynb was cancelled in cell 2 of 2. 0 0',
      )
      expect(printed(readSaved(request))).toBe('one\npartial\n')
      checkFormat(environments, readFileSync(request.executedNotebook, 'utf8'))
      await until('processes end', () => !pids.some(isAlive), 5000)
    },
  )

  test('n49: a signal right at the start, before there is a kernel, is not lost', async () => {
    const request = execution(environments, notebookText([waitingCell]))
    const action = startAction(request)
    await until('the driver starts', () => action.output().includes('::stop-commands::'))
    action.node.kill('SIGTERM')
    await action.end
    expect(action.output()).toMatch(/REJECTED DeployError .*was cancelled/)
  })

  test('n49: a stop that does not come to its end is cut short in time, and leaves nothing behind', async () => {
    const folder = join(import.meta.dirname, '../../src/training/driver')
    const program = [
      `import sys, time\nsys.path.insert(0, ${JSON.stringify(folder)})`,
      'from driver import drive',
      'def run(request, stop):',
      '    stop.at_worst(lambda: print("cleaned", request["what"], flush=True))',
      '    time.sleep(60)',
      'drive(run)',
    ]
    const child = spawn(environments.toolPython, ['-c', program.join('\n')])
    child.stdin.end('{"what": "up"}\n')
    const [said, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')])
    expect([said, code]).toEqual(['cleaned up\n', 70])
  })

  test('n49: when the action is killed, the kernel and its children end, and partial notebook and log are saved', async () => {
    const request = execution(environments, notebookText(['print("one")', waitingCell]))
    const action = startAction(request)
    const pids = await pidsIn(request.workspace)
    await until('its output arrives', () => action.output().includes('\npartial\n'))
    action.node.kill('SIGKILL')
    await until('processes end', () => !pids.some(isAlive), 15_000)
    await until('the notebook is saved', () => printed(readSaved(request)) === 'one\npartial\n', 5000)
    checkFormat(environments, readFileSync(request.executedNotebook, 'utf8'))
    expect(readFileSync(request.logFile, 'utf8')).toMatch(/^\[1\/2\] print\("one"\)\none\n\[2\/2\] .*\npartial\n$/)
  })
})
