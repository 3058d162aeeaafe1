import type { Answer, Call } from '../algorithm.ts'
import { DeployError } from '../errors.ts'
import { formatDuration } from '../format.ts'
import * as log from '../log.ts'
import { pause as realPause } from '../pause.ts'
import { judge, type Verdict } from './judge.ts'
import { lastLines } from './log-lines.ts'
import type { TestCase } from './test-cases.ts'

export interface TestResult extends Verdict {
  testCase: TestCase
  /** Of the answer that was judged. */
  milliseconds: number
  /** Where in its source the algorithm failed, if the case failed by that. */
  trace?: string
}

export interface TestRun {
  /** In the order of the file. */
  results: TestResult[]
  /** How many of them passed. */
  passed: number
  total: number
}

export interface TestOptions {
  /** Ends pauses and starts no further call; its reason is thrown. */
  signal?: AbortSignal
  /** For how long a build may not be callable yet, in milliseconds; by default two minutes. */
  readyWithinMs?: number
  /** How the time passes. */
  pause?: (milliseconds: number, signal: AbortSignal) => Promise<void>
}

/** Calls at the same time; an account has 80 on the platform (reference §4), and others need some too. */
const concurrency = 4

/** Pauses before a call is made again grow by a second up to this. */
const longestPauseSeconds = 10

/**
 * Calls the algorithm with every case and judges the answers. A build that cannot be called yet is asked again; no other
 * answer is. The cases with a latency run at the end and alone, so that nothing disturbs them.
 *
 * @throws DeployError when the build does not become callable, or when no case could be answered (see Call)
 */
export async function runTestCases(cases: TestCase[], call: Call, options: TestOptions = {}): Promise<TestRun> {
  const stopped = new AbortController()
  const signal = AbortSignal.any([stopped.signal, ...(options.signal ? [options.signal] : [])])
  const { readyWithinMs = 120_000, pause = realPause } = options
  const results = new Map<TestCase, TestResult>()
  let callable = false
  const run = async (testCase: TestCase) => {
    const result = await runTestCase(testCase, async () => {
      const answer = await callWhenReady(() => call(testCase.input, signal), { signal, readyWithinMs, pause })
      callable = true
      return answer
    })
    results.set(testCase, result)
    log.info(describe(result))
  }

  const timed = cases.filter((testCase) => testCase.maxLatencyMs !== undefined)
  const queue = cases.filter((testCase) => testCase.maxLatencyMs === undefined).values()
  try {
    // As long as nobody knows whether the build can be called, one call at a time asks, not four. The iterator of a list
    // goes on where a loop left it.
    for (const testCase of queue) {
      await run(testCase)
      if (callable) break
    }
    const work = async () => {
      for (const testCase of queue) await run(testCase)
    }
    await Promise.all(Array.from({ length: concurrency }, work))
    for (const testCase of timed) await run(testCase)
  } finally {
    // When one case throws, the others start no further call.
    stopped.abort()
  }
  const inOrder = cases.flatMap((testCase) => results.get(testCase) ?? [])
  return { results: inOrder, passed: inOrder.filter(({ passed }) => passed).length, total: inOrder.length }
}

async function runTestCase(testCase: TestCase, ask: () => Promise<Answer>): Promise<TestResult> {
  let answer = await ask()
  // The first call of a fresh build loads the model.
  let verdict = judge(testCase, answer)
  if (isOnlySlow(testCase, answer, verdict)) {
    answer = await ask()
    verdict = judge(testCase, answer)
  }
  const trace = !verdict.passed && answer.outcome === 'error' ? answer.trace : undefined
  return { testCase, ...verdict, milliseconds: answer.milliseconds, ...(trace !== undefined && { trace }) }
}

function isOnlySlow(testCase: TestCase, answer: Answer, { passed }: Verdict): boolean {
  if (passed || testCase.maxLatencyMs === undefined) return false
  return judge({ ...testCase, maxLatencyMs: undefined }, answer).passed
}

async function callWhenReady(
  call: () => Promise<Answer>,
  { signal, readyWithinMs, pause }: { signal: AbortSignal } & Required<Pick<TestOptions, 'readyWithinMs' | 'pause'>>,
): Promise<Answer> {
  let waited = 0
  for (let seconds = 1; ; seconds = Math.min(seconds + 1, longestPauseSeconds)) {
    signal.throwIfAborted()
    const answer = await call()
    signal.throwIfAborted()
    if (answer.outcome !== 'not-ready') return answer
    waited += answer.milliseconds
    if (waited >= readyWithinMs) throw neverReady(answer.message, waited)
    if (seconds === 1) log.info(`The build cannot be called yet (${log.shorten(answer.message, 200)}); asking again`)
    const rest = Math.min(seconds * 1000, readyWithinMs - waited)
    await pause(rest, signal)
    waited += rest
  }
}

function neverReady(message: string, waited: number): DeployError {
  return new DeployError(
    `The build succeeded, but it cannot be called, not even after ${formatDuration(waited)}. The platform says: ` +
      `${log.shorten(message, 500)}. Run the job again in some minutes; if it ends like this again, ask who runs the platform`,
  )
}

function describe({ testCase, passed, why, milliseconds, trace }: TestResult): string {
  if (passed) return `passed  ${testCase.name} (${formatDuration(milliseconds)})`
  const lines = lastLines(trace ?? '', 20).map((line) => `        ${line}`)
  return [`FAILED  ${testCase.name}: ${why}`, ...lines].join('\n')
}
