/**
 * One training stage as the action runs it, in a process of its own: `node train-once.js INSTALLER PYTHON WORKSPACE`.
 * Its last line is `{"stage":…,"environments":…,"cells":…}`, all in milliseconds; `cells` is what the cells themselves took.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describeError } from '../../src/errors.ts'
import { newReport } from '../../src/training/report.ts'
import { type TrainingRequest, train } from '../../src/training/train.ts'

interface TimedCell {
  metadata: { execution?: Record<string, string> }
}

const [installer = 'auto', python = 'python3', workspace = '.'] = process.argv.slice(2)
const temp = mkdtempSync(join(workspace, 'temp-'))
const executedNotebook = join(temp, 'executed.ipynb')
const report = newReport('notebook', 'train.ipynb')
const started = performance.now()
try {
  const request: TrainingRequest = {
    workspace,
    kind: 'notebook',
    program: join(workspace, 'train.ipynb'),
    arguments: [],
    parameters: {},
    workingDirectory: workspace,
    requirements: join(workspace, 'requirements.txt'),
    python,
    installer: installer as TrainingRequest['installer'],
    kernelStartTimeoutMs: 180_000,
    isStrict: false,
    logLimit: 50_000_000,
    passThrough: [],
    executedNotebook,
    logFile: join(temp, 'training.log'),
    temp,
    environment: process.env,
  }
  await train(request, report)
  const stage = performance.now() - started
  const { cells } = JSON.parse(readFileSync(executedNotebook, 'utf8')) as { cells: TimedCell[] }
  const took = cells.map(({ metadata: { execution = {} } }) => {
    const at = (event: string) => Date.parse(execution[event] ?? '')
    return at('shell.execute_reply') - at('iopub.execute_input')
  })
  const sum = took.reduce((total, one) => total + one, 0)
  if (!(sum > 0)) throw new Error('the executed notebook does not tell how long its cells took')
  console.log(JSON.stringify({ stage, environments: stage - report.durationMs, cells: sum }))
} catch (error) {
  console.error(describeError(error))
  process.exitCode = 1
} finally {
  rmSync(temp, { recursive: true, force: true, maxRetries: 5 })
}
