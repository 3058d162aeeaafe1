import { setImmediate } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import type { Answer, CallInput } from '../../src/algorithm.ts'
import { DeployError } from '../../src/errors.ts'
import { runTestCases } from '../../src/release/run-tests.ts'
import { readTestCases } from '../../src/release/test-cases.ts'
import { watchOutput } from '../support/runner.ts'

const printed = watchOutput()

const casesOf = (...cases: object[]) => readTestCases(JSON.stringify(cases)).cases
const echoes = (count: number, more: object = {}) =>
  casesOf(...Array.from({ length: count }, (_, index) => ({ input: index, expected_output: index, ...more })))

const answer = (result: number, milliseconds = 5): Answer => ({ outcome: 'result', result, milliseconds })
const echo = async ({ body }: CallInput) => answer(Number(body))
const notReady: Answer = { outcome: 'not-ready', message: 'algorithm algo://ada/wine/01ab not found', milliseconds: 5 }

/** Pauses that pass at once. */
function fakePauses() {
  const pauses: number[] = []
  const pause = async (milliseconds: number) => {
    pauses.push(milliseconds)
  }
  return { pauses, pause }
}

test('results come in the order of the file', async () => {
  const cases = casesOf(
    { case_name: 'slow one', input: 30, expected_output: 30, max_latency_ms: 100 },
    { case_name: 'good', input: 2, expected_output: 2 },
    { case_name: 'bad', input: 10, expected_output: 9 },
    { case_name: 'quick', input: 1, expected_output: 1 },
  )
  const run = await runTestCases(cases, async ({ body }) => {
    // The later in the file, the sooner the answer.
    for (let turn = 0; turn < Number(body); turn += 1) await setImmediate()
    return answer(Number(body), 12)
  })
  expect(run).toMatchObject({ passed: 3, total: 4 })
  expect(run.results.map(({ testCase, passed }) => [testCase.name, passed])).toEqual([
    ['slow one', true],
    ['good', true],
    ['bad', false],
    ['quick', true],
  ])
  expect(run.results[2]).toEqual({
    testCase: cases[2],
    passed: false,
    expected: '9',
    got: '10',
    why: 'the result is 10, and 9 was expected',
    milliseconds: 12,
  })
  expect(printed.lines().sort()).toEqual([
    '',
    'FAILED  bad: the result is 10, and 9 was expected',
    'passed  good (12 ms)',
    'passed  quick (12 ms)',
    'passed  slow one (12 ms)',
  ])
})

test('inputs are passed on', async () => {
  const inputs: CallInput[] = []
  const { cases } = readTestCases('[{"input": {"b" : 1.0}}, {"input": "a"}]')
  await runTestCases(cases, async (input) => {
    inputs.push(input)
    return answer(1)
  })
  expect(inputs).toEqual([
    { contentType: 'application/json', body: '{"b" : 1.0}' },
    { contentType: 'text/plain', body: 'a' },
  ])
})

/** Answers when it is told to, and tells how many calls there are. */
function gates() {
  const waiting: (() => void)[] = []
  let most = 0
  const call = async (input: CallInput) => {
    await new Promise<void>((resolve) => {
      waiting.push(resolve)
      most = Math.max(most, waiting.length)
    })
    return echo(input)
  }
  /** Lets the work go on as far as it gets, then answers the oldest call. */
  const answerOne = async () => {
    for (let turn = 0; turn < 20; turn += 1) await setImmediate()
    const open = waiting.length
    waiting.shift()?.()
    return open
  }
  return { call, answerOne, most: () => most }
}

test('one case asks whether the build is there, then four run at once, then those with a latency alone', async () => {
  const { call, answerOne, most } = gates()
  const run = runTestCases([...echoes(2, { max_latency_ms: 100 }), ...echoes(7)], call)
  const open: number[] = []
  for (let index = 0; index < 9; index += 1) open.push(await answerOne())
  await expect(run).resolves.toMatchObject({ passed: 9 })
  expect(open).toEqual([1, 4, 4, 4, 3, 2, 1, 1, 1])
  expect(most()).toBe(4)
})

describe('a build that cannot be called yet', () => {
  test('is asked again by one case, with growing pauses', async () => {
    const { pauses, pause } = fakePauses()
    const inputs: string[] = []
    const run = await runTestCases(
      echoes(6),
      async (input) => {
        inputs.push(input.body)
        return inputs.length <= 13 ? notReady : echo(input)
      },
      { pause },
    )
    expect(run.passed).toBe(6)
    expect(pauses).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 10, 10].map((seconds) => seconds * 1000))
    expect(inputs).toEqual([...Array.from({ length: 14 }, () => '0'), '1', '2', '3', '4', '5'])
    expect(printed.lines().filter((line) => line.includes('not found'))).toEqual([
      'The build cannot be called yet (algorithm algo://ada/wine/01ab not found); asking again',
    ])
  })

  test('is given up after two minutes, with what the platform says', async () => {
    const { pauses, pause } = fakePauses()
    const run = runTestCases(echoes(6), async () => ({ ...notReady, milliseconds: 100 }), { pause })
    const error: unknown = await run.catch((error) => error)
    expect(error).toBeInstanceOf(DeployError)
    expect((error as Error).message).toBe(
      'The build succeeded, but it cannot be called, not even after 2 min 00 s. The platform says: ' +
        'algorithm algo://ada/wine/01ab not found. Run the job again in some minutes; if it ends like this again, ' +
        'ask who runs the platform',
    )
    const waited = pauses.reduce((sum, pause) => sum + pause, 0)
    // The calls take their share of the time.
    expect(waited + 100 * pauses.length).toBe(120_000)
  })

  test('is given up after another time', async () => {
    const { pauses, pause } = fakePauses()
    await expect(runTestCases(echoes(1), async () => notReady, { pause, readyWithinMs: 4000 })).rejects.toThrow('4.0 s')
    expect(pauses).toEqual([1000, 2000, 985])
  })

  test('a case without an answer ends the asking one by one: an algorithm that hangs is not waited for case after case', async () => {
    const { call, answerOne } = gates()
    let first = true
    const run = runTestCases(echoes(4), async (input) => {
      const result = await call(input)
      if (!first) return result
      first = false
      return { outcome: 'no-answer', message: 'HTTP 502', milliseconds: 5 }
    })
    const open: number[] = []
    for (let index = 0; index < 4; index += 1) open.push(await answerOne())
    expect(await run).toMatchObject({ passed: 3 })
    expect(open).toEqual([1, 3, 2, 1])
  })

  test('an error of the algorithm shows that it can', async () => {
    const { call, answerOne } = gates()
    const cases = casesOf({ input: 0, type: 'EXCEPTION' }, { input: 1 }, { input: 2 })
    const run = runTestCases(cases, async (input) => {
      await call(input)
      return { outcome: 'error', type: 'InputError', message: 'x', milliseconds: 5 }
    })
    expect([await answerOne(), await answerOne(), await answerOne()]).toEqual([1, 2, 1])
    expect(await run).toMatchObject({ passed: 1 })
  })

  test('also when only the other cases were answered', async () => {
    const { pause } = fakePauses()
    const asked = new Map<string, number>()
    const run = await runTestCases(
      echoes(3),
      async (input) => {
        const times = (asked.get(input.body) ?? 0) + 1
        asked.set(input.body, times)
        return input.body === '2' && times < 3 ? notReady : echo(input)
      },
      { pause },
    )
    expect(run.passed).toBe(3)
    expect(asked.get('2')).toBe(3)
  })
})

describe('nothing else is asked twice', () => {
  test.each<[string, Answer]>([
    ['an error', { outcome: 'error', type: 'InputError', message: 'no', milliseconds: 5 }],
    ['no answer', { outcome: 'no-answer', message: 'HTTP 500', milliseconds: 5 }],
    ['a wrong result', answer(7)],
    ['a wrong and late result', answer(7, 5000)],
  ])('%s', async (_, given) => {
    const types = ['EXACT_MATCH', 'CONTAINS', 'EXCEPTION', 'ERROR_MATCHES', 'NO_EXCEPTION', 'LESS_OR_EQUAL']
    const cases = casesOf(
      ...types.map((type) => ({ input: type, type, expected_output: type === 'LESS_OR_EQUAL' ? 1 : 'x' })),
    )
    const timed = casesOf({ input: 'timed', expected_output: 1, max_latency_ms: 50 })
    const calls: string[] = []
    await runTestCases([...cases, ...timed], async ({ body }) => {
      calls.push(body)
      return given
    })
    expect(calls.sort()).toEqual([...types, 'timed'].sort())
  })
})

describe('max_latency_ms', () => {
  const cases = echoes(1, { max_latency_ms: 100 })
  const answering = (...answers: Answer[]) => {
    const left = [...answers]
    const call = async () => left.shift() ?? Promise.reject(new Error('one call too many'))
    return { call, left }
  }

  test.each<[string, Answer[], object]>([
    ['a late first answer is asked for again', [answer(0, 3000), answer(0, 80)], { passed: true, milliseconds: 80 }],
    [
      'a late second one fails',
      [answer(0, 3000), answer(0, 150)],
      { passed: false, milliseconds: 150, why: 'the answer took 150 ms, which is longer than 100 ms (max_latency_ms)' },
    ],
    [
      'so does a wrong second one',
      [answer(0, 3000), answer(1, 80)],
      { passed: false, milliseconds: 80, why: 'the result is 1, and 0 was expected' },
    ],
    ['an answer in time is taken', [answer(0, 100)], { passed: true, milliseconds: 100 }],
  ])('%s', async (_, answers, result) => {
    const { call, left } = answering(...answers)
    expect((await runTestCases(cases, call)).results).toMatchObject([result])
    expect(left).toEqual([])
  })
})

describe('an abort', () => {
  const reason = new Error('the run was cancelled')

  test('before the start makes no call', async () => {
    let calls = 0
    const run = runTestCases(
      echoes(3),
      async (input) => {
        calls += 1
        return echo(input)
      },
      { signal: AbortSignal.abort(reason) },
    )
    await expect(run).rejects.toBe(reason)
    expect(calls).toBe(0)
  })

  test('ends a pause', async () => {
    const controller = new AbortController()
    const run = runTestCases(
      echoes(3),
      async () => {
        queueMicrotask(() => controller.abort(reason))
        return notReady
      },
      { signal: controller.signal },
    )
    await expect(run).rejects.toBe(reason)
  })

  test('starts no further case, and tells of none', async () => {
    const controller = new AbortController()
    const { call, answerOne } = gates()
    const run = runTestCases(echoes(9), call, { signal: controller.signal })
    run.catch(() => undefined)
    await answerOne()
    expect(await answerOne()).toBe(4)
    controller.abort(reason)
    const open = [await answerOne(), await answerOne(), await answerOne(), await answerOne(), await answerOne()]
    await expect(run).rejects.toBe(reason)
    expect(open).toEqual([3, 2, 1, 0, 0])
    expect(printed.lines().filter((line) => line.startsWith('passed'))).toHaveLength(1)
  })
})

test('when a call cannot be made at all, no further case starts', async () => {
  const { call, answerOne } = gates()
  const run = runTestCases(echoes(20), async (input) => {
    const result = await call(input)
    if (input.body === '2') throw new DeployError('The key may not call the algorithm')
    return result
  })
  run.catch(() => undefined)
  const open: number[] = []
  for (let index = 0; index < 8; index += 1) open.push(await answerOne())
  await expect(run).rejects.toThrow(new DeployError('The key may not call the algorithm'))
  // Case 0 alone, cases 1 to 4, case 5 in the place of 1; the failure of 2 ends the rest.
  expect(open).toEqual([1, 4, 4, 3, 2, 1, 0, 0])
})

test('names of others make no workflow command', async () => {
  await runTestCases(casesOf({ case_name: '\n::error::x', input: 1, expected_output: 2 }), echo)
  expect(printed.lines().filter((line) => line.startsWith('::'))).toEqual([])
})
