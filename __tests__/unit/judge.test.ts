import { execFileSync } from 'node:child_process'
import { describe, expect, test } from '@jest/globals'
import type { Answer } from '../../src/algorithm.ts'
import { parseJson } from '../../src/json.ts'
import { mask } from '../../src/log.ts'
import { judge } from '../../src/release/judge.ts'
import { readTestCases, type TestCase } from '../../src/release/test-cases.ts'
import { watchOutput } from '../support/runner.ts'

watchOutput()

/** A case as a file would spell it; `fields` is the inside of its object. */
function caseOf(fields: string): TestCase {
  const [testCase] = readTestCases(`[{"input": 1, ${fields}}]`).cases
  if (!testCase) throw new Error('no case')
  return testCase
}

const result = (json: string, milliseconds = 5): Answer => ({
  outcome: 'result',
  result: parseJson(json),
  milliseconds,
})
const error = (type: string | undefined, message: string): Answer => ({
  outcome: 'error',
  type,
  message,
  milliseconds: 5,
})
const noAnswer: Answer = { outcome: 'no-answer', message: 'HTTP 502', milliseconds: 5 }

describe('equality is that of Python', () => {
  // Every pair of these, as Python itself judges it.
  const values = `null true false 0 1 -1 2 1.0 0.0 -0.0 0.1 0.30000000000000004 0.3 1e2 100 1e400 -1e400 "" "a" "1" "é"
    "\\u00e9" "e\\u0301" "\\ud83d\\ude00" "😀" "\\ud800" 9007199254740992 9007199254740993 9007199254740992.0
    9007199254740993.0 9007199254740994 -9007199254740993 10000000000000000000000 1e22 100000000000000000000000 1e23
    [] [1] [true] [1.0] [1,2] [2,1] [[1]] [null] {} {"a":1} {"a":true} {"a":1.0,"b":2} {"b":2,"a":1} {"a":null}
    {"a":{"b":[1,{"c":0}]}} {"a":{"b":[1.0,{"c":false}]}} {"a":{"b":[1,{"c":null}]}} {"__proto__":1} {"__proto__":{}}
    {"constructor":1} {"1":1} [9007199254740993] [9007199254740992]`.split(/\s+/)

  test('for every pair', () => {
    const program =
      'import json, sys; v = [json.loads(t) for t in json.load(sys.stdin)]; print(json.dumps([[a == b for b in v] for a in v]))'
    const python = JSON.parse(
      execFileSync(process.env.PYTHON || 'python3', ['-c', program], {
        input: JSON.stringify(values),
        encoding: 'utf8',
      }),
    )
    const ours = values.map((expected) => {
      const testCase = caseOf(`"expected_output": ${expected}`)
      return values.map((got) => judge(testCase, result(got)).passed)
    })
    expect(ours).toEqual(python)
    expect(ours.flat().filter(Boolean).length).toBeGreaterThan(values.length)
  })

  test('and so is the order of numbers', () => {
    const numbers = values.filter((value) => /^(-?\d|true|false)/.test(value))
    const bounds = numbers.filter((value) => /\d/.test(value))
    const program =
      'import json, sys; n, b = [[json.loads(t) for t in l] for l in json.load(sys.stdin)]; print(json.dumps([[[x >= y, x <= y] for x in n] for y in b]))'
    const input = JSON.stringify([numbers, bounds])
    const python = JSON.parse(
      execFileSync(process.env.PYTHON || 'python3', ['-c', program], { input, encoding: 'utf8' }),
    )
    const ours = bounds.map((bound) =>
      numbers.map((number) =>
        ['GREATER_OR_EQUAL', 'LESS_OR_EQUAL'].map(
          (type) => judge(caseOf(`"type": "${type}", "expected_output": ${bound}`), result(number)).passed,
        ),
      ),
    )
    expect(ours).toEqual(python)
  })
})

describe('tree leads where Python gets to', () => {
  const whole = '{"a": [10, {"b": "x😀y"}], "": 1, "0": 2, "__proto__": 3, "n": null}'
  test.each([
    '[]',
    '["a"]',
    '["a", 0]',
    '["a", -1, "b"]',
    '["a", -2]',
    '["a", -3]',
    '["a", 2]',
    '["a", 1, "b", 1]',
    '["a", 1, "b", -1]',
    '["a", 1, "b", 3]',
    '["a", 1, "b", -4]',
    '["a", "0"]',
    '["a", 0, 0]',
    '["a", 1, 0]',
    '[""]',
    '["0"]',
    '[0]',
    '["__proto__"]',
    '["constructor"]',
    '["n"]',
    '["n", "a"]',
    '["a", 1, "b", "length"]',
    '["a", "length"]',
  ])('%s', (tree) => {
    const program = `import functools, json, sys
whole, tree = [json.loads(t) for t in json.load(sys.stdin)]
try: print(json.dumps(['found', functools.reduce(lambda value, key: value[key], tree, whole)]))
except (LookupError, TypeError): print('["lost"]')`
    const input = JSON.stringify([whole, tree])
    const [outcome, found] = JSON.parse(
      execFileSync(process.env.PYTHON || 'python3', ['-c', program], { input, encoding: 'utf8' }),
    )
    const expected = JSON.stringify(found ?? null)
    const verdict = judge(caseOf(`"tree": ${tree}, "expected_output": ${expected}`), result(whole))
    expect(verdict.passed).toBe(outcome === 'found')
    // Not just anything is equal.
    expect(judge(caseOf(`"tree": ${tree}, "expected_output": "other"`), result(whole)).passed).toBe(false)
  })
})

/** Passes, or says why not. */
const outcome = (fields: string, answer: Answer) => {
  const { passed, why } = judge(caseOf(fields), answer)
  expect(passed).toBe(why === '')
  return passed ? 'passes' : why
}

describe('EXACT_MATCH says where the first difference is', () => {
  test.each([
    ['"a"', '"a"', 'passes'],
    ['"a"', '"b"', 'the result is "b", and "a" was expected'],
    ['null', '0', 'the result is 0, and null was expected'],
    ['"1"', '1', 'the result is 1, and "1" was expected'],
    ['[1, 2]', '[1]', 'the result has 1 element, and 2 were expected'],
    ['[1, 2]', '[1, 3]', '[1] is 3, and 2 was expected'],
    ['{"a": {"b": [1, 2]}}', '{"a": {"b": [1, 5]}}', '["a", "b", 1] is 5, and 2 was expected'],
    ['{"a": {"b": 1}}', '{"a": {}}', '["a"] has no key "b"'],
    ['{"a": {}}', '{"a": {"b": 1}}', '["a"] has the key "b", which was not expected'],
    ['{"a": [1]}', '{"a": {"0": 1}}', '["a"] is {"0":1}, and [1] was expected'],
  ])('%s, not %s', (expected, got, words) => {
    expect(outcome(`"expected_output": ${expected}`, result(got))).toBe(words)
  })

  test('below the tree', () => {
    const fields = '"tree": ["a", -1], "expected_output": {"b": 1}'
    expect(outcome(fields, result('{"a": [{"b": 2}]}'))).toBe('["a", -1, "b"] is 2, and 1 was expected')
  })
})

describe('a tree that leads nowhere', () => {
  test.each([
    ['["b"]', '{"a": 1, "c": 2}', 'the result has no key "b"; it has "a","c"'],
    ['["a", "b"]', '{"a": {}}', '["a"] has no key "b"; it has none'],
    ['["constructor"]', '{}', 'the result has no key "constructor"; it has none'],
    ['["a", 2]', '{"a": [1, 2]}', '["a"] has only 2 elements, and no index 2'],
    ['["a", -2]', '{"a": [1]}', '["a"] has only 1 element, and no index -2'],
    ['["a", "b"]', '{"a": [1]}', '["a"] is [1], which has no key "b"'],
    ['[0]', '{"0": 1}', 'the result is {"0":1}, which has no index 0'],
    ['["a", 5]', '{"a": "text"}', '["a"] is the text "text", which has no index 5'],
    ['["a"]', 'null', 'the result is null, which has no key "a"'],
  ])('%s in %s', (tree, got, words) => {
    for (const type of ['EXACT_MATCH', 'CONTAINS']) {
      expect(outcome(`"type": "${type}", "tree": ${tree}, "expected_output": null`, result(got))).toBe(words)
    }
  })
})

describe('tolerance', () => {
  test.each([
    ['1', '0.5', '1.5', 'passes'],
    ['1', '0.5', '0.5', 'passes'],
    ['1', '0.5', '1.51', 'the result is 1.51, and 1 was expected'],
    ['100', '{"relative": 0.01}', '101', 'passes'],
    ['-100', '{"relative": 0.01}', '-99', 'passes'],
    ['100', '{"relative": 0.01}', '101.1', 'the result is 101.1, and 100 was expected'],
    ['100', '{"relative": 0.01, "absolute": 2}', '102', 'passes'],
    ['0', '{"relative": 0.5, "absolute": 0.1}', '0.1', 'passes'],
    ['0', '{"relative": 0.5}', '0.1', 'the result is 0.1, and 0 was expected'],
    ['12345678901234567890', '1', '12345678901234567891', 'passes'],
    [
      '12345678901234567890',
      '1',
      '12345678901234567892',
      'the result is 12345678901234567892, and 12345678901234567890 was expected',
    ],
    ['1e400', '{"relative": 1}', '5', 'the result is 5, and Infinity was expected'],
    ['1e400', '{"relative": 1}', '1e400', 'passes'],
    ['1', '1', '"1"', 'the result is "1", and 1 was expected'],
    ['1', '1', 'false', 'the result is false, and 1 was expected'],
    ['1', '1', 'true', 'passes'],
    ['{"a": {"b": 0.1}}', '0.01', '{"a": {"b": 0.105}}', 'passes'],
    ['{"a": {"b": 0.1}}', '0.01', '{"a": {"b": 0.2}}', '["a", "b"] is 0.2, and 0.1 was expected'],
    ['[0.1, "x"]', '0.01', '[0.105, "x"]', 'passes'],
  ])('%s ± %s: %s', (expected, tolerance, got, words) => {
    for (const type of ['EXACT_MATCH', 'CONTAINS']) {
      const fields = `"type": "${type}", "expected_output": ${expected}, "tolerance": ${tolerance}`
      expect(outcome(fields, result(got))).toBe(words)
    }
  })
})

describe('CONTAINS', () => {
  test.each([
    ['{}', '{"a": 1}', 'passes'],
    ['{"a": 1}', '{"b": 2, "a": true}', 'passes'],
    ['{"a": {"b": "wine"}}', '{"a": {"b": "red wine", "c": 1}}', 'passes'],
    ['{"a": 1}', '{"b": 2}', 'the result has no key "a"'],
    ['{"a": {"b": 1}}', '{"a": {"b": 2}}', '["a", "b"] is 2, and 1 was expected'],
    ['[]', '[1]', 'passes'],
    ['[2, 1]', '[1, 3, 2]', 'passes'],
    ['[{"class": "truck"}]', '[{"class": "car"}, {"class": "truck", "p": 0.9}]', 'passes'],
    ['[{"class": "bus"}]', '[{"class": "car"}]', 'the result has no element that contains {"class":"bus"}'],
    ['[null]', '[1]', 'the result has no element that contains null'],
    ['[[1]]', '[[2, 1]]', 'passes'],
    ['"wine"', '"red wine"', 'passes'],
    ['"wine"', '"beer"', 'the result is "beer", which does not contain "wine"'],
    ['"1"', '1', 'the result is 1, and "1" was expected'],
    ['1', '[1]', 'the result is [1], and 1 was expected'],
    ['{"__proto__": 1}', '{}', 'the result has no key "__proto__"'],
  ])('%s in %s', (expected, got, words) => {
    expect(outcome(`"type": "CONTAINS", "expected_output": ${expected}`, result(got))).toBe(words)
  })
})

describe('MATCHES', () => {
  test.each([
    ['wine', '"red wine"', 'passes'],
    ['^wine', '"red wine"', 'the result, "red wine", does not match /^wine/'],
    ['^.$', '"😀"', 'passes'],
    ['\\\\d', '5', 'the result is 5, and MATCHES needs a text'],
  ])('%s in %s', (pattern, got, words) => {
    expect(outcome(`"type": "MATCHES", "expected_output": "${pattern}"`, result(got))).toBe(words)
  })

  test('ends an expression that would never end', () => {
    const fields = '"type": "MATCHES", "tree": ["a"], "expected_output": "^(a+)+$"'
    expect(outcome(fields, result(`{"a": "${'a'.repeat(100)}!"}`))).toBe(
      'the regular expression /^(a+)+$/ cannot be applied to ["a"] (it takes too long): write it without repetitions inside repetitions',
    )
  })

  test('fails the case, and nothing else, with an expression that outgrows the stack', () => {
    const fields = '"type": "MATCHES", "expected_output": "^(?:.|\\\\n)*x$"'
    expect(outcome(fields, result(JSON.stringify('a'.repeat(14_000_000))))).toMatch(
      /^the regular expression .* cannot be applied to the result \(.+\)/,
    )
  })
})

describe('GREATER_OR_EQUAL and LESS_OR_EQUAL', () => {
  const tree = '"tree": ["probabilities", "class_0"]'
  test.each([
    ['GREATER_OR_EQUAL', '0.9', '0.9', 'passes'],
    ['GREATER_OR_EQUAL', '0.9', '0.81', '["probabilities", "class_0"] is 0.81, which is less than 0.9'],
    ['LESS_OR_EQUAL', '0.9', '0.9', 'passes'],
    ['LESS_OR_EQUAL', '0.9', '1', '["probabilities", "class_0"] is 1, which is greater than 0.9'],
    ['GREATER_OR_EQUAL', '0', '"1"', '["probabilities", "class_0"] is "1", which has no order with 0'],
    ['LESS_OR_EQUAL', '0', 'null', '["probabilities", "class_0"] is null, which has no order with 0'],
    ['LESS_OR_EQUAL', '0', '[0]', '["probabilities", "class_0"] is [0], which has no order with 0'],
  ])('%s %s: %s', (type, expected, got, words) => {
    const fields = `"type": "${type}", "expected_output": ${expected}, ${tree}`
    expect(outcome(fields, result(`{"probabilities": {"class_0": ${got}}}`))).toBe(words)
  })
})

describe('errors of the algorithm', () => {
  const failure = error('InputError', 'column 3 is missing')
  test.each([
    ['"expected_output": 1', failure, 'the algorithm failed: InputError: column 3 is missing'],
    ['"type": "NO_EXCEPTION"', failure, 'the algorithm failed: InputError: column 3 is missing'],
    ['"type": "NO_EXCEPTION"', error(undefined, 'oops'), 'the algorithm failed: error: oops'],
    ['"type": "NO_EXCEPTION", "tree": ["a"]', result('5'), 'passes'],
    ['"type": "NO_EXCEPTION"', result('null'), 'passes'],
    ['"type": "EXCEPTION", "tree": ["a"]', failure, 'passes'],
    ['"type": "EXCEPTION"', error(undefined, ''), 'passes'],
    ['"type": "EXCEPTION"', result('5'), 'the algorithm answered 5, and an error was expected'],
  ])('%s', (fields, answer, words) => {
    expect(outcome(fields, answer)).toBe(words)
  })

  test.each([
    ['"InputError"', 'passes'],
    ['"column \\\\d"', 'passes'],
    [
      '"Input"',
      'the type of the error is "InputError", and the message of the error, "column 3 is missing", does not match /Input/',
    ],
    ['{"type": "InputError"}', 'passes'],
    ['{"type": "AlgorithmError"}', 'the type of the error is "InputError", and "AlgorithmError" was expected'],
    ['{"message": "missing$"}', 'passes'],
    ['{"message": "^missing"}', 'the message of the error, "column 3 is missing", does not match /^missing/'],
    ['{"type": "InputError", "message": "column"}', 'passes'],
    [
      '{"type": "InputError", "message": "row"}',
      'the message of the error, "column 3 is missing", does not match /row/',
    ],
    [
      '{"type": "SystemError", "message": "column"}',
      'the type of the error is "InputError", and "SystemError" was expected',
    ],
  ])('ERROR_MATCHES %s', (expected, words) => {
    const fields = `"type": "ERROR_MATCHES", "expected_output": ${expected}`
    expect(outcome(fields, failure)).toBe(words)
    expect(outcome(fields, result('1'))).toBe('the algorithm answered 1, and an error was expected')
  })

  test('an error without a type', () => {
    expect(outcome('"type": "ERROR_MATCHES", "expected_output": {"type": "InputError"}', error(undefined, 'x'))).toBe(
      'the type of the error is null, and "InputError" was expected',
    )
  })
})

test.each([
  '"expected_output": null',
  '"type": "GREATER_OR_EQUAL", "expected_output": 0',
  '"type": "LESS_OR_EQUAL", "expected_output": 0',
  '"type": "CONTAINS", "expected_output": {}',
  '"type": "MATCHES", "expected_output": ""',
  '"type": "NO_EXCEPTION"',
  '"type": "EXCEPTION"',
  '"type": "ERROR_MATCHES", "expected_output": "HTTP 502"',
])('no answer fails %s', (fields) => {
  expect(outcome(fields, noAnswer)).toBe('there was no usable answer: HTTP 502')
  expect(outcome(fields, { ...noAnswer, outcome: 'not-ready' })).toBe('the build cannot be called yet: HTTP 502')
})

test('max_latency_ms', () => {
  const fields = '"expected_output": 1, "max_latency_ms": 250'
  expect(outcome(fields, result('1', 250))).toBe('passes')
  expect(outcome(fields, result('1', 1251))).toBe('the answer took 1.3 s, which is longer than 250 ms (max_latency_ms)')
  expect(outcome(fields, result('2', 1251))).toBe('the result is 2, and 1 was expected')
})

describe('what the table shows', () => {
  test.each([
    ['"expected_output": {"a": [1, "x"]}', result('{"a": 1}'), '{"a":[1,"x"]}', '{"a":1}'],
    ['"expected_output": 1, "tolerance": {"absolute": 0.1, "relative": 0.07}', result('1'), '1 ± 0.1 or 7 %', '1'],
    ['"type": "CONTAINS", "expected_output": "a"', result('"abc"'), 'contains "a"', '"abc"'],
    ['"type": "MATCHES", "expected_output": "a+"', result('"abc"'), 'matches "a+"', '"abc"'],
    ['"type": "GREATER_OR_EQUAL", "expected_output": 1, "tree": ["a"]', result('{"a": 2}'), 'at least 1', '2'],
    ['"type": "LESS_OR_EQUAL", "expected_output": 1, "tree": ["b"]', result('{"a": 2}'), 'at most 1', '{"a":2}'],
    [
      '"type": "NO_EXCEPTION", "max_latency_ms": 1500',
      error('InputError', 'x'),
      'any result within 1.5 s',
      'InputError: x',
    ],
    ['"type": "EXCEPTION"', noAnswer, 'an error', 'no answer: HTTP 502'],
    [
      '"type": "ERROR_MATCHES", "expected_output": {"type": "X"}',
      error('X', 'y'),
      'an error like {"type":"X"}',
      'X: y',
    ],
  ])('%s', (fields, answer, expected, got) => {
    expect(judge(caseOf(fields), answer)).toMatchObject({ expected, got })
  })

  test('is short, and holds no secret', () => {
    mask('hush-hush-hush')
    const long = `${'x'.repeat(190)}hush-hush-hush`
    for (const answer of [result(`"${long}"`), error('InputError', long), { ...noAnswer, message: long }]) {
      const { expected, got, why } = judge(caseOf(`"expected_output": "${long}"`), answer)
      const shown = JSON.stringify({ expected, got, why })
      expect(shown).not.toContain('hush')
      expect(got.length).toBeLessThan(300)
      expect(why.length).toBeLessThan(300)
    }
  })

  test('bears results of any depth and size', () => {
    const deep = result(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)
    expect(judge(caseOf('"expected_output": [[1]]'), deep).why).toMatch(/^\[0, 0\] is \[\[\[/)
  })
})
