import { describe, expect, test } from '@jest/globals'
import type { CallInput } from '../../src/algorithm.ts'
import { callTo } from '../../src/algorithmia/calls.ts'
import { DeployError, RefusedError } from '../../src/errors.ts'
import { mask } from '../../src/log.ts'
import { runTestCases } from '../../src/release/run-tests.ts'
import { readTestCases } from '../../src/release/test-cases.ts'
import { algorithmAt, inTurn, ours, refusal } from '../support/algorithm-records.ts'
import { failureOf, key, platformLab } from '../support/platform-lab.ts'
import type { Step } from '../support/scripted-server.ts'
import { until } from '../support/until.ts'

// Calls of an algorithm: what is sent, what each answer means, and that a call is made once.

const lab = platformLab()
const metadata = { content_type: 'json', duration: 0.01 }
const result = (value: unknown): Step => ({ body: { result: value, metadata } })
/** JSON as another server spells it. */
const raw = (body: string, status = 200): Step => ({ status, body, headers: { 'Content-Type': 'application/json' } })
const input: CallInput = { contentType: 'application/json', body: '{"x": 1.0}' }

const callAt = (url: string, timeoutMs?: number) => callTo(algorithmAt(url), ours, timeoutMs)

describe('a call', () => {
  test('names the version and the time that it may take', async () => {
    const server = await lab.serve(() => result(1))
    await callTo({ ...algorithmAt(server.url), owner: 'de mo', name: 'wi/ne' }, '1.2.3')(input)
    expect(server.seen).toMatchObject([
      {
        method: 'POST',
        path: '/v1/algo/de%20mo/wi%2Fne/1.2.3?timeout=300',
        headers: { authorization: `Simple ${key}` },
      },
    ])
  })

  test.each<[CallInput['contentType'], string]>([
    ['text/plain', 'foo'],
    ['text/plain', ''],
    ['text/plain', '{"not": parsed'],
    ['text/plain', ' "a"\n'],
    ['text/plain', 'naïve ✓ 🍷'],
    ['application/json', '{"b" : 1.0,\n "a": [12345678901234567890, 1e2]}'],
    ['application/json', 'null'],
    ['application/json', '"text\\u00e9"'],
    ['application/json', '{"a": 1, "a": 2}'],
  ])('sends %s as it is spelt: %j', async (contentType, body) => {
    const server = await lab.serve(() => result(1))
    await callAt(server.url)({ contentType, body })
    const [seen] = server.seen
    expect(seen?.headers['content-type']).toBe(contentType)
    expect(Buffer.from(seen?.body ?? '', 'latin1').toString()).toBe(body)
  })
})

describe('a result', () => {
  test.each<[string, Step, unknown]>([
    ['null', result(null), null],
    ['false', result(false), false],
    ['a text', result('hello foo'), 'hello foo'],
    ['empty', result({}), {}],
    ['nested', result({ a: [1, { b: null }] }), { a: [1, { b: null }] }],
    ['with an error that is none', raw('{"error": null, "result": 1}'), 1],
    [
      'with a key that looks like an error',
      result({ error: { message: 'not found' } }),
      { error: { message: 'not found' } },
    ],
    ['that talks of rights', result('authorization required'), 'authorization required'],
    ['that talks of what is not found', result('not found'), 'not found'],
    [
      'with digits that a number cannot hold',
      raw('{"result": [12345678901234567890, -9007199254740993]}'),
      [12345678901234567890n, -9007199254740993n],
    ],
    ['that is 15 MB', result('x'.repeat(15_000_000)), 'x'.repeat(15_000_000)],
  ])('%s', async (_, step, value) => {
    const server = await lab.serve(() => step)
    expect(await callAt(server.url)(input)).toEqual({
      outcome: 'result',
      result: value,
      milliseconds: expect.any(Number),
    })
  })

  test('comes with the time that it took', async () => {
    const server = await lab.serve(() => ({ ...result(1), delayMs: 60 }))
    expect((await callAt(server.url)(input)).milliseconds).toBeGreaterThanOrEqual(59)
  })
})

type Expected = { outcome: string; message?: unknown; type?: unknown; trace?: string }

describe.each<[string, [string, Step, Omit<Expected, 'outcome'>][]]>([
  [
    'error',
    [
      [
        'of the algorithm',
        { body: { error: { message: 'no wine', error_type: 'AlgorithmError', stacktrace: 'Traceback' }, metadata } },
        { type: 'AlgorithmError', message: 'no wine', trace: 'Traceback' },
      ],
      ['that has only a type', { body: { error: { error_type: 'SystemExit' } } }, { type: 'SystemExit', message: '' }],
      ['of the platform', refusal(200, 'too slow', { error_type: 'TimeoutError' }), { type: 'TimeoutError' }],
      ['that is too large', refusal(413, 'too large', { error_type: 'TooLargeError' }), { type: 'TooLargeError' }],
      ['with HTTP 400', refusal(400, 'bad', { error_type: 'InputError' }), { type: 'InputError', message: 'bad' }],
      ['with HTTP 500', refusal(500, 'no', { error_type: 'SystemError' }), { type: 'SystemError', message: 'no' }],
      // An algorithm may say what a platform says.
      [
        'that only sounds not ready',
        refusal(200, 'model not found', { error_type: 'AlgorithmError' }),
        { type: 'AlgorithmError', message: 'model not found' },
      ],
      [
        'that only sounds refused',
        refusal(200, 'authorization required', { error_type: 'AlgorithmError' }),
        { type: 'AlgorithmError' },
      ],
      ['without a type', refusal(200, 'something is wrong'), { type: undefined, message: 'something is wrong' }],
      ['with an empty type', refusal(200, 'wrong', { error_type: '' }), { type: undefined, message: 'wrong' }],
      ['as a text', { body: { error: 'wrong' } }, { type: undefined, message: 'HTTP 200: wrong' }],
      ['without a word', { body: { error: {} } }, { type: undefined, message: 'HTTP 200' }],
      ['beside a result', { body: { error: { message: 'wrong' }, result: 1 } }, { type: undefined, message: 'wrong' }],
    ],
  ],
  [
    'not-ready',
    [
      [
        'as it is documented',
        refusal(200, `algorithm algo://demo/wine/${ours} not found`),
        { message: `algorithm algo://demo/wine/${ours} not found` },
      ],
      ['with HTTP 404', refusal(404, 'not found'), { message: 'not found' }],
      [
        'in a flat body',
        { status: 404, body: { code: 1000, message: 'not found' } },
        { message: 'HTTP 404: not found' },
      ],
      ['as a text', { status: 404, body: { error: 'No such algorithm' } }, { message: 'HTTP 404: No such algorithm' }],
      ['by its code', refusal(400, 'unknown name', { code: 1001 }), { message: 'unknown name' }],
      ['in progress', refusal(400, 'The build is still in progress'), {}],
      ['HTTP 503', { status: 503, body: '<html>busy</html>' }, { message: 'HTTP 503' }],
      ['HTTP 429', refusal(429, 'slow down'), { message: 'slow down' }],
    ],
  ],
  [
    'no-answer',
    [
      ['HTTP 500', refusal(500, 'internal'), { message: 'internal' }],
      ['HTTP 500 that sounds not ready', refusal(500, 'file not found'), { message: 'file not found' }],
      ['HTTP 502 in HTML', { status: 502, body: '<html>Bad Gateway</html>' }, { message: 'HTTP 502' }],
      ['HTTP 504', { status: 504 }, { message: 'HTTP 504' }],
      ['HTTP 404 of another server', { status: 404, body: '<html>nginx</html>' }, { message: 'HTTP 404' }],
      ['HTTP 413 without a type', refusal(413, 'too large'), { message: 'too large' }],
      ['HTTP 400 without a type', refusal(400, 'no input'), { message: 'no input' }],
      ['HTTP 204', { status: 204 }, { message: 'HTTP 204' }],
      ['HTML', { body: '<html>NaN</html>' }, { message: 'an answer without a result: <html>NaN</html>' }],
      ['nothing', {}, { message: 'an answer without a result: ' }],
      ['half a JSON', raw('{"result": [1, '), { message: 'an answer without a result: {"result": [1, ' }],
      ['a list', raw('[1]'), { message: 'an answer without a result: [1]' }],
      ['JSON of something else', raw('{"async": "x"}'), { message: 'an answer without a result: {"async": "x"}' }],
      [
        'only metadata',
        { body: { metadata } },
        { message: expect.stringContaining('an answer without a result: {"meta') },
      ],
      ['a long text', { body: 'x'.repeat(5000) }, { message: `an answer without a result: ${'x'.repeat(199)}…` }],
      [
        'NaN',
        raw('{"result": {"score": NaN, "text": "Infinity"}, "metadata": {}}'),
        { message: 'a result with NaN, which JSON does not have: return null or a text in its place' },
      ],
      [
        'Infinity',
        raw('{"result": ["NaN \\" NaN", -Infinity]}'),
        { message: expect.stringMatching(/^a result with -Infinity, /) },
      ],
      [
        'only a text with NaN',
        raw('{"result": "NaN \\" NaN'),
        { message: expect.stringMatching(/^an answer without/) },
      ],
      ['a cut connection', { instead: 'reset' }, { message: expect.stringContaining('the connection was cut') }],
      [
        'a cut answer',
        { ...result('x'.repeat(100)), cutAfter: 20, end: 'reset' },
        { message: expect.stringContaining('could not be reached') },
      ],
      ['no answer in time', { instead: 'hang' }, { message: expect.stringContaining('no answer in time') }],
    ],
  ],
])('%s', (outcome, cases) => {
  test.each(cases)('%s', async (_, step, expected) => {
    const server = await lab.serve(() => step)
    expect(await callAt(server.url, 1000)(input)).toEqual({
      outcome,
      ...(outcome === 'error' && { type: expect.anything() }),
      message: expect.any(String),
      ...expected,
      milliseconds: expect.any(Number),
    })
    // It may have had its effect.
    expect(server.seen).toHaveLength(1)
  })
})

describe('a key that may not call it', () => {
  test.each<[string, Step, string]>([
    ['HTTP 401', refusal(401, 'who are you'), 'HTTP 401: who are you'],
    ['HTTP 403', { status: 403, body: '<html>no</html>' }, 'HTTP 403'],
    ['as it is documented', refusal(200, 'authorization required'), 'HTTP 200: authorization required'],
  ])('%s', async (_, step, words) => {
    const server = await lab.serve(() => step)
    const failure = await failureOf(callAt(server.url)(input))
    expect(failure).toBeInstanceOf(RefusedError)
    expect(failure.message).toBe(
      `algorithmia_api_key may not call demo/wine at ${ours} (${words}). In the key's settings allow it to call ` +
        'algo://demo/wine/*, or set algorithmia_management_api_key to a key that may',
    )
    expect(server.seen).toHaveLength(1)
  })
})

test('a redirect is not followed', async () => {
  const server = await lab.serve(() => ({ status: 307, headers: { Location: '/elsewhere' } }))
  expect((await failureOf(callAt(server.url)(input))).message).toContain('answered with a redirect to /elsewhere')
  expect(server.seen).toHaveLength(1)
})

test('a secret in an answer is not shown, also not half of one', async () => {
  mask(key)
  const server = await lab.serve(() => ({ body: `${'x'.repeat(185)}${key}` }))
  expect(await callAt(server.url)(input)).toMatchObject({ message: expect.stringMatching(/: x{185}\*\*\*$/) })
})

test('a cancelled run ends a call that hangs, with its reason', async () => {
  const server = await lab.serve(() => ({ instead: 'hang' }))
  const controller = new AbortController()
  const reason = new DeployError('The run was cancelled (SIGTERM)')
  const ended = expect(callTo(algorithmAt(server.url, { cancelled: controller.signal }), ours)(input)).rejects.toBe(
    reason,
  )
  await until(() => server.seen.length === 1)
  controller.abort(reason)
  await ended
})

describe('test cases', () => {
  const casesOf = (...cases: object[]) => readTestCases(JSON.stringify(cases)).cases
  const pause = async () => undefined

  test('are called when the build is ready, each once', async () => {
    const steps = [refusal(503, 'loading'), refusal(200, 'algorithm algo://x not found'), { status: 429 }, result(1)]
    const server = await lab.serve(({ nth }) => inTurn(steps, nth))
    const cases = casesOf(...Array.from({ length: 6 }, () => ({ input: 'x', expected_output: 1 })))
    expect(await runTestCases(cases, callAt(server.url), { pause })).toMatchObject({ passed: 6, total: 6 })
    expect(server.seen).toHaveLength(3 + 6)
    expect(new Set(server.seen.slice(0, 4).map(({ body }) => body))).toEqual(new Set(['x']))
  })

  test('are not called again after any other answer', async () => {
    const steps = [refusal(500, 'a'), { status: 502 }, { instead: 'reset' as const }, { body: '<html>' }, result(2)]
    const server = await lab.serve(({ nth }) => inTurn(steps, nth))
    const cases = casesOf(...steps.map(() => ({ input: 'x', expected_output: 2 })))
    expect(await runTestCases(cases, callAt(server.url), { pause })).toMatchObject({ passed: 1, total: 5 })
    expect(server.seen).toHaveLength(5)
  })

  test('of a build that is never ready end with what the platform says', async () => {
    const server = await lab.serve(() => refusal(503, 'loading'))
    const cases = casesOf({ input: 'x' }, { input: 'y' })
    const failure = await failureOf(runTestCases(cases, callAt(server.url), { pause, readyWithinMs: 3000 }))
    expect(failure.message).toContain('The build succeeded, but it cannot be called')
    expect(failure.message).toContain('The platform says: loading.')
    expect(new Set(server.seen.map(({ body }) => body))).toEqual(new Set(['x']))
  })

  test('of a key that may not call it end at once', async () => {
    const server = await lab.serve(() => refusal(403, 'no'))
    const cases = casesOf({ input: 'x' }, { input: 'y' })
    expect(await failureOf(runTestCases(cases, callAt(server.url), { pause }))).toBeInstanceOf(RefusedError)
    expect(server.seen).toHaveLength(1)
  })

  test('are judged by the digits of their answer', async () => {
    const server = await lab.serve(() => raw('{"result": 12345678901234567891}'))
    const { cases } = readTestCases(
      '[{"input": 1, "expected_output": 12345678901234567891}, {"input": 1, "expected_output": 12345678901234567890}]',
    )
    const { results } = await runTestCases(cases, callAt(server.url))
    expect(results.map(({ passed }) => passed)).toEqual([true, false])
  })
})
