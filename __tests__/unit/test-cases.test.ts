import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { readTestCases } from '../../src/release/test-cases.ts'

const read = (...cases: unknown[]) => readTestCases(JSON.stringify(cases))
const fixtures = 'build/__tests__/fixtures/test-cases'
const fixture = (name: string) => readTestCases(readFileSync(`${fixtures}/${name}`, 'utf8'))

const nothing = { absolute: 0, relative: 0 }

describe('files as they were written for the official ci-action', () => {
  test('are understood, without a warning', () => {
    const files = readdirSync(fixtures)
    expect(files).toHaveLength(3)
    for (const file of files) expect(fixture(file).warnings).toEqual([])
  })

  test('hello.json', () => {
    expect(fixture('hello.json').cases).toEqual([
      {
        name: 'greets',
        line: 2,
        type: 'EXACT_MATCH',
        input: { contentType: 'text/plain', body: 'Ada' },
        expected: 'Hello Ada',
        tolerance: nothing,
        tree: [],
        maxLatencyMs: undefined,
      },
    ])
  })

  test('classifier.json', () => {
    const { cases } = fixture('classifier.json')
    expect(cases.map(({ name, type, expected }) => [name, type, expected])).toEqual([
      ['test_benchmark', 'GREATER_OR_EQUAL', 0.5],
      ['test_input_list', 'NO_EXCEPTION', null],
      ['test_input_str', 'NO_EXCEPTION', null],
      ['test_input_exception', 'EXCEPTION', null],
    ])
    expect(cases[3]?.input).toEqual({ contentType: 'application/json', body: '{ "operation": "predict" }' })
  })

  test('nested-results.json', () => {
    expect(fixture('nested-results.json').cases).toMatchObject([
      { type: 'EXACT_MATCH', expected: { 'data://ada/texts/like.pdf': { 'average sentiment': 0.474 } } },
      { type: 'LESS_OR_EQUAL', tree: ['history', -1, 'loss'] },
      { type: 'EXACT_MATCH', tree: [], expected: [{ class: 'truck' }] },
      { type: 'EXACT_MATCH', input: { contentType: 'text/plain', body: '' }, expected: null },
    ])
  })
})

describe('the input', () => {
  test.each([
    ['{"b" : 1.0,\r\n "a": 12345678901234567890}', 'application/json'],
    ['[1e2,\t"\\u00e9"]', 'application/json'],
    ['null', 'application/json'],
    ['1.50', 'application/json'],
  ])('%j is sent as it is spelt', (body, contentType) => {
    expect(readTestCases(`[{"input": ${body} }]`).cases[0]?.input).toEqual({ contentType, body })
  })

  test('which is a text is sent without quotes and escapes', () => {
    const { cases } = readTestCases('[{"input": "a\\n\\"\\u00e9"}]')
    expect(cases[0]?.input).toEqual({ contentType: 'text/plain', body: 'a\n"é' })
  })

  test('may be as large as a call', () => {
    const largest = 'é'.repeat(5 * 1024 * 1024)
    expect(read({ input: largest }).cases).toHaveLength(1)
    expect(() => read({ input: `${largest}x` })).toThrow(
      'case 1 (line 1): input is 10.5 MB; a call carries at most 10 MiB',
    )
    expect(() => read({ input: [largest] })).toThrow('a call carries at most 10 MiB')
  })
})

test('what the official schema does not have', () => {
  const { cases, warnings } = read(
    { input: 1, expected_output: 0.9, tolerance: 0.05 },
    { input: 1, expected_output: { a: 1 }, type: 'CONTAINS', tolerance: { relative: 0.1 } },
    { input: 1, expected_output: '^a+$', type: 'MATCHES', max_latency_ms: 250.5 },
    { input: 1, expected_output: 'InputError', type: 'ERROR_MATCHES' },
    { input: 1, expected_output: { type: 'InputError', message: 'no .*' }, type: 'ERROR_MATCHES' },
  )
  expect(warnings).toEqual([])
  expect(cases).toMatchObject([
    { name: 'case 1', tolerance: { absolute: 0.05, relative: 0 } },
    { type: 'CONTAINS', tolerance: { absolute: 0, relative: 0.1 } },
    { type: 'MATCHES', expected: '^a+$', maxLatencyMs: 250.5 },
    { type: 'ERROR_MATCHES', expected: 'InputError' },
    { name: 'case 5', expected: { type: 'InputError', message: 'no .*' } },
  ])
})

test.each([
  ['wine', 'wine'],
  [' red\n wine ', 'red wine'],
  [7, '7'],
  ['', 'case 1'],
  [null, 'case 1'],
])('case_name %j is %j', (case_name, name) => {
  expect(read({ case_name, input: 1 }).cases[0]?.name).toBe(name)
})

test('lines, also after a byte order mark', () => {
  const { cases } = readTestCases('\ufeff\n[\r\n{"input": 1}, {"input": 2},\n\n{"input":\n3}]\n')
  expect(cases.map(({ line }) => line)).toEqual([3, 3, 5])
})

test('of fields with the same name the last counts, as in Python', () => {
  const { cases } = readTestCases('[{"input": 1, "expected_output": 1, "input": {"a": 2}, "expected_output": 2}]')
  expect(cases[0]).toMatchObject({ input: { body: '{"a": 2}' }, expected: 2 })
})

test('integers keep their digits', () => {
  const { cases } = readTestCases('[{"input": 1, "expected_output": {"__proto__": 12345678901234567891}}]')
  expect(Object.entries(cases[0]?.expected as object)).toEqual([['__proto__', 12345678901234567891n]])
  const comparison = '[{"input": 1, "type": "GREATER_OR_EQUAL", "expected_output": 12345678901234567891}]'
  expect(readTestCases(comparison).cases[0]?.expected).toBe(12345678901234567891n)
})

test('unknown fields are warned of', () => {
  const { cases, warnings } = read(
    { case_name: 'wine', input: 1, comment: 'see #3', expected: 2 },
    { input: 1, __proto_: 1 },
  )
  expect(cases).toHaveLength(2)
  expect(warnings).toEqual([
    'case 1 (wine, line 1): the field comment is unknown, and ignored',
    'case 1 (wine, line 1): the field expected is unknown, and ignored',
    'case 2 (line 1): the field __proto_ is unknown, and ignored',
  ])
})

describe('a file that is no list of cases', () => {
  test.each([
    ['{"input": 1}', 'the test cases must be a list of objects: [{...}, {...}]'],
    ['"x"', 'the test cases must be a list of objects: [{...}, {...}]'],
    ['[]', 'the list of test cases is empty: add one, or delete the file'],
    ['[{"input": 1},\n]', 'line 2, column 1: a value is missing (at ])'],
    ['[null]', 'case 1 (line 1): must be an object'],
    ['[{"input": 1},\n[]]', 'case 2 (line 2): must be an object'],
  ])('%j', (text, message) => {
    expect(() => readTestCases(text)).toThrow(new Error(message))
  })
})

const types = 'EXACT_MATCH, GREATER_OR_EQUAL, LESS_OR_EQUAL, CONTAINS, MATCHES, NO_EXCEPTION, EXCEPTION, ERROR_MATCHES'
const key = 'must be a text (the key of an object) or a whole number (the index in a list, negative from its end)'
const latency = 'must be a positive number of milliseconds'
const deviation = 'must be a number that is not negative, or {"absolute": x, "relative": y} with such numbers'
const error =
  'must be a text (the type of the error, or a regular expression for its message), or {"type": "...", "message": "..."}'

describe('a field that is wrong', () => {
  test.each<[object, string]>([
    [{ case_name: ['x'] }, 'case_name must be a text'],
    [{ case_name: true }, 'case_name must be a text'],
    [{ input: undefined }, 'input is missing; any JSON value is allowed'],
    [{ type: 'EXACT' }, `type must be one of ${types}`],
    [{ type: 'exact_match' }, `type must be one of ${types}`],
    [{ type: null }, `type must be one of ${types}`],
    [{ type: ['EXACT_MATCH'] }, `type must be one of ${types}`],
    [{ tree: 'accuracy' }, 'tree must be a list of keys and indexes, or absent'],
    [{ tree: { accuracy: 1 } }, 'tree must be a list of keys and indexes, or absent'],
    [{ tree: ['a', 1.5] }, `tree[1] ${key}`],
    [{ tree: [null] }, `tree[0] ${key}`],
    [{ tree: [true] }, `tree[0] ${key}`],
    [{ max_latency_ms: 0 }, `max_latency_ms ${latency}`],
    [{ max_latency_ms: -1 }, `max_latency_ms ${latency}`],
    [{ max_latency_ms: '100' }, `max_latency_ms ${latency}`],
    [{ max_latency_ms: null }, `max_latency_ms ${latency}`],
    [{ tolerance: -0.1 }, 'tolerance must be a number that is not negative'],
    [{ tolerance: '5%' }, `tolerance ${deviation}`],
    [{ tolerance: { absolut: 1 } }, `tolerance ${deviation}`],
    [{ tolerance: { relative: -1 } }, 'tolerance.relative must be a number that is not negative'],
    [{ tolerance: null }, `tolerance ${deviation}`],
    [{ type: 'GREATER_OR_EQUAL', expected_output: '0.9' }, 'expected_output must be a number for this type'],
    [{ type: 'LESS_OR_EQUAL' }, 'expected_output must be a number for this type'],
    [{ type: 'LESS_OR_EQUAL', expected_output: true }, 'expected_output must be a number for this type'],
    [{ type: 'LESS_OR_EQUAL', expected_output: 1, tolerance: 1 }, 'tolerance is only for EXACT_MATCH and CONTAINS'],
    [{ type: 'EXCEPTION', tolerance: 1 }, 'tolerance is only for EXACT_MATCH and CONTAINS'],
    [{ type: 'CONTAINS' }, 'expected_output is missing; any JSON value is allowed'],
    [{ type: 'MATCHES' }, 'expected_output must be a regular expression, as a text'],
    [{ type: 'MATCHES', expected_output: 5 }, 'expected_output must be a regular expression, as a text'],
    [
      { type: 'MATCHES', expected_output: 'a(b' },
      'expected_output is not a regular expression: /a(b/u: Unterminated group',
    ],
    [
      { type: 'MATCHES', expected_output: '\\_' },
      'expected_output is not a regular expression: /\\_/u: Invalid escape',
    ],
    [{ type: 'ERROR_MATCHES' }, `expected_output ${error}`],
    [{ type: 'ERROR_MATCHES', expected_output: 5 }, `expected_output ${error}`],
    [{ type: 'ERROR_MATCHES', expected_output: {} }, `expected_output ${error}`],
    [{ type: 'ERROR_MATCHES', expected_output: { text: 'x' } }, `expected_output ${error}`],
    [{ type: 'ERROR_MATCHES', expected_output: { type: 1 } }, `expected_output ${error}`],
    [
      { type: 'ERROR_MATCHES', expected_output: '*' },
      'expected_output is not a regular expression: /*/u: Nothing to repeat',
    ],
    [
      { type: 'ERROR_MATCHES', expected_output: { message: '*' } },
      'expected_output.message is not a regular expression: /*/u: Nothing to repeat',
    ],
  ])('%j', (fields, message) => {
    const wrong = { case_name: undefined, input: 1, ...fields }
    expect(() => read({ input: 1 }, wrong)).toThrow(new Error(`case 2 (line 1): ${message}`))
  })
})

test('all problems of all cases are said at once', () => {
  expect(() => read({ case_name: 'wine', type: 'X', tree: 1 }, { input: 1 }, { input: 1, tolerance: -1 }, 5)).toThrow(
    new Error(`5 problems:
- case 1 (wine, line 1): input is missing; any JSON value is allowed
- case 1 (wine, line 1): tree must be a list of keys and indexes, or absent
- case 1 (wine, line 1): type must be one of ${types}
- case 3 (line 1): tolerance must be a number that is not negative
- case 4 (line 1): must be an object`),
  )
})
