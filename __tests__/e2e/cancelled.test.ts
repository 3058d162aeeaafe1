import type { ChildProcess } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { errors, Lab, notebook } from '../support/lab.ts'

/** These runs are about what happens before the push. */
const pushOnly = { wait_for_build: 'false' }

let lab: Lab
beforeAll(async () => {
  lab = await Lab.create()
  expect((await lab.run(pushOnly)).exitCode).toBe(0)
  lab.commit('A new commit')
})
afterAll(() => lab.close())

/** Sends a signal as soon as the action prints such a line. */
function signalAt(pattern: RegExp, signal: NodeJS.Signals) {
  let child: ChildProcess | undefined
  return {
    onStart: (started: ChildProcess) => {
      child = started
    },
    onLine: (line: string) => {
      if (pattern.test(line)) child?.kill(signal)
    },
  }
}

test('a run that is killed while it uploads leaves everything as it was, and the next one lands', async () => {
  lab.write('model.pkl', Buffer.alloc(400_000_000, 'm'))
  const before = await lab.remote()
  const killed = await lab.run({}, signalAt(/^Uploading/, 'SIGKILL'))
  expect(killed.exitCode).not.toBe(0)
  // What a later step reads of a run that could say nothing any more.
  expect(killed.outputs.status).toBe('failed')
  expect(await lab.remote()).toEqual(before)

  lab.write('model.pkl', 'a small model')
  const next = await lab.run(pushOnly)
  expect(next.outputs.status).toBe('pushed')
})

if (process.platform !== 'win32') {
  test('a run that is cancelled while it trains keeps the executed notebook and says so', async () => {
    const before = await lab.remote()
    lab.write(
      'model_training.ipynb',
      notebook('print("first cell")', 'import time\nprint("sleeping")\ntime.sleep(600)'),
    )
    const cancelled = await lab.run({}, signalAt(/^sleeping/, 'SIGTERM'))
    expect(cancelled.exitCode).toBe(1)
    expect(errors(cancelled)).toHaveLength(1)
    expect(errors(cancelled)[0]).toContain('was cancelled in cell 2 of 2')
    expect(cancelled.outputs).toMatchObject({ status: 'failed', failed_phase: 'train' })
    expect(existsSync(cancelled.outputs.executed_notebook ?? '')).toBe(true)
    expect(readFileSync(cancelled.outputs.executed_notebook ?? '', 'utf8')).toContain('first cell')
    expect(await lab.remote()).toEqual(before)
  })
}
