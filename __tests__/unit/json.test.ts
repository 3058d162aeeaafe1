import { describe, expect, test } from '@jest/globals'
import { type Json, locateElements, parseJson, parseSpelt, showJson, spelling } from '../../src/json.ts'
import { mask, shorten } from '../../src/log.ts'
import { watchOutput } from '../support/runner.ts'

watchOutput()

describe('parseJson keeps all digits of', () => {
  test.each<[string, Json]>([
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', 9007199254740992n],
    ['9007199254740993', 9007199254740993n],
    ['-123456789012345678901234567890', -123456789012345678901234567890n],
    ['[1, {"a": 12345678901234567890}]', [1, { a: 12345678901234567890n }]],
  ])('%s', (text, value) => {
    expect(parseJson(text)).toEqual(value)
  })

  test.each(['9007199254740993.0', '12345678901234567890e0', '0.12345678901234567', '"12345678901234567890"', '1e400'])(
    'no integer: %s',
    (text) => {
      expect(parseJson(text)).toBe(JSON.parse(text))
    },
  )
})

test.each(['{"__proto__": {"x": 1}}', '{"__proto__": {"x": 12345678901234567890}}'])('%s gets no prototype', (text) => {
  const value = parseJson(text) as { x?: unknown }
  expect(Object.keys(value)).toEqual(['__proto__'])
  expect(value.x).toBeUndefined()
})

describe('parseJson says where a text is broken', () => {
  test.each([
    ['', 'line 1, column 1: a value is missing'],
    ['[1,\n 2,\n]', 'line 3, column 1: a value is missing (at ])'],
    ['[\n  {"a": 1,}]', 'line 2, column 11: a key in double quotes is missing (at })'],
    ["[{'a': 1}]", "line 1, column 3: this is no JSON value (at 'a')"],
    ['[1 2]', 'line 1, column 4: a comma is missing (at 2)'],
    ['{"a" 1}', 'line 1, column 6: a colon is missing (at 1)'],
    ['[1', 'line 1, column 3: a closing ] is missing'],
    ['{"a": 1', 'line 1, column 8: a closing } is missing'],
    ['[NaN]', 'line 1, column 2: this is no JSON value (at NaN)'],
    ['[] []', 'line 1, column 4: nothing may follow the value (at [)'],
    ['[1 // one\n]', 'line 1, column 4: JSON has no comments (at // one)'],
    ['["a\nb"]', 'line 1, column 2: the closing quotes of a text are missing (at "a)'],
    ['["\\x"]', 'line 1, column 2: JSON has no such escape (at "\\x")'],
    ['["a\tb"]', 'line 1, column 2: a control character in a text must be escaped (at "a b")'],
  ])('%j', (text, message) => {
    expect(() => parseJson(text)).toThrow(new Error(message))
  })

  test.each([
    ['broken', '['.repeat(100_000)],
    ['with long integers', `${'['.repeat(100_000)}12345678901234567890${']'.repeat(100_000)}`],
  ])('nested beyond the stack, %s', (_, text) => {
    expect(() => parseJson(text)).toThrow(new Error('the value is nested too deeply'))
  })
})

describe('parseSpelt', () => {
  test.each([
    '{"a":[1.0,1E+2,-0,12345678901234567890,0.1000000000000000055,1e400],"b":{"c":null,"d":"1.0"}}',
    '1.50',
    '7',
  ])('keeps %s as it is spelt', (text) => {
    expect(JSON.stringify(parseSpelt(text))).toBe(text)
  })

  test('leaves numbers that JavaScript spells the same as they are', () => {
    expect(parseSpelt('[1, -0.5, 42]')).toEqual([1, -0.5, 42])
  })

  test.each([
    ['[1,', 'line 1, column 4: a value is missing'],
    [`${'['.repeat(200_000)}${']'.repeat(200_000)}`, 'the value is nested too deeply'],
  ])('says what is wrong', (text, problem) => {
    expect(() => parseSpelt(text)).toThrow(problem)
  })

  test.each([
    ['1.0', '1.0'],
    ['42', '42'],
    ['"1"', undefined],
    ['{"rawJSON": "1.0"}', undefined],
    ['null', undefined],
  ])('the spelling of %s is %s', (text, digits) => {
    expect(spelling(parseSpelt(text))).toBe(digits)
  })
})

describe('locateElements', () => {
  test('gives lines and the spelling of fields', () => {
    const text = '[{"a": 1.0e3,\r\n"b": [ 1,2 ]}, 5,\n\n  {"\\u0061": "x", "a": {"b" : 1}, "__proto__": 1}]'
    expect(locateElements(text)).toEqual([
      {
        line: 1,
        fields: new Map([
          ['a', '1.0e3'],
          ['b', '[ 1,2 ]'],
        ]),
      },
      { line: 2, fields: new Map() },
      {
        line: 4,
        fields: new Map([
          ['a', '{"b" : 1}'],
          ['__proto__', '1'],
        ]),
      },
    ])
  })

  test('gives up on a depth beyond the stack', () => {
    const text = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
    expect(() => locateElements(text)).toThrow(new Error('the value is nested too deeply'))
  })
})

describe('showJson', () => {
  test.each<[Json, string]>([
    [null, 'null'],
    ['a"b', '"a\\"b"'],
    [12345678901234567890n, '12345678901234567890'],
    [{ a: [1, true, { b: 'c' }], d: {} }, '{"a":[1,true,{"b":"c"}],"d":{}}'],
    [[], '[]'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
  ])('%p', (value, shown) => {
    expect(showJson(value, 100)).toBe(shown)
  })

  test('cuts to the length', () => {
    expect(showJson('abcdefgh', 6)).toBe('"abcd…')
    expect(showJson([1, 2, 3, 4], 9)).toBe('[1,2,3,4]')
    expect(
      showJson(
        Array.from({ length: 1_000_000 }, () => 7),
        9,
      ),
    ).toBe('[7,7,7,7…')
  })

  test('bears any depth', () => {
    expect(showJson(parseJson(`${'['.repeat(100_000)}${']'.repeat(100_000)}`), 20)).toBe('[[[[[[[[[[[[[[[[[[[…')
  })

  test.each([
    ['at the cut', { a: 'x'.repeat(20), b: 'hush-hush-hush' }, 40],
    ['as a key', { 'hush-hush-hush': 1 }, 12],
    ['many times', Array.from({ length: 3000 }, () => 'hush-hush-hush'), 3000 * 8],
  ])('hides a secret %s', (_, value, length) => {
    mask('hush-hush-hush')
    expect(showJson(value, length)).not.toContain('hush')
  })
})

test('showJson hides a secret that is JSON itself, also at the cut', () => {
  const secret = { user: 'hush-a', id: 'hush-b', password: 'hush-c' }
  mask(JSON.stringify(secret))
  expect(showJson([1, secret, 2], 20)).toBe('[1,***,2]')
})

test('showJson does not end a list that goes on, however short secrets make it', () => {
  mask('hush-hush-hush')
  const shown = showJson(
    Array.from({ length: 3000 }, () => 'hush-hush-hush'),
    20_000,
  )
  expect(shown).toMatch(/^\["\*\*\*","\*\*\*",.*…\]?$/)
})

test('shorten hides secrets, and halves no character', () => {
  mask('hush-hush-hush')
  expect(shorten('abc hush-hush-hush', 10)).toBe('abc ***')
  expect(shorten('abc hush-hush-hush', 6)).toBe('abc *…')
  expect(shorten('ab😀d', 4)).toBe('ab…')
  expect(shorten('ab😀', 4)).toBe('ab😀')
})
