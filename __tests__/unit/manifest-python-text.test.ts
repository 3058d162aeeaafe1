import { describe, expect, test } from '@jest/globals'
import { parseTree } from '../../src/manifest/json-parser.ts'
import { pythonText } from '../../src/manifest/python-text.ts'

const textOf = (json: string) => pythonText(parseTree(json))

describe('numbers', () => {
  test.each([
    ['0', '0'],
    ['-0', '0'],
    ['-17', '-17'],
    ['12345678901234567890123', '12345678901234567890123'],
    ['1.0', '1.0'],
    ['-0.0', '-0.0'],
    ['0e7', '0.0'],
    ['1e5', '100000.0'],
    ['1E+15', '1000000000000000.0'],
    ['123456789012345.67', '123456789012345.67'],
    ['9007199254740993.0', '9007199254740992.0'],
    ['1e16', '1e+16'],
    ['-1.50e300', '-1.5e+300'],
    ['0.0001', '0.0001'],
    ['0.00012345', '0.00012345'],
    ['0.00001', '1e-05'],
    ['1.25e-7', '1.25e-07'],
    ['5e-324', '5e-324'],
    ['0.1000000000000000055511151231257827', '0.1'],
    ['1e-999', '0.0'],
    ['1e400', 'inf'],
    ['-1e400', '-inf'],
    ['NaN', 'nan'],
    ['Infinity', 'inf'],
    ['-Infinity', '-inf'],
  ])('%s is %s', (json, text) => {
    expect(textOf(json)).toBe(text)
  })
})

describe('strings', () => {
  test.each([
    ['', "''"],
    ['plain', "'plain'"],
    ["it's", '"it\'s"'],
    ['say "a"', `'say "a"'`],
    [`it's "a"`, `'it\\'s "a"'`],
    ['a\\b', "'a\\\\b'"],
    ["'\\", '"\'\\\\"'],
    ['\t\n\r\b\f\0\u001b\u007f', "'\\t\\n\\r\\x08\\x0c\\x00\\x1b\\x7f'"],
    [' \u00a0\u00ad\u0085', "' \\xa0\\xad\\x85'"],
    ['\u200b\u2028\u3000\ufeff\ue000\ufffe', "'\\u200b\\u2028\\u3000\\ufeff\\ue000\\ufffe'"],
    ['\u{e0001}\u{10ffff}', "'\\U000e0001\\U0010ffff'"],
    ['\ud83d', "'\\ud83d'"],
    ['\ude00\ud83d', "'\\ude00\\ud83d'"],
    ['é 漢 😀 ’ e\u0301 \ufffd', "'é 漢 😀 ’ e\u0301 \ufffd'"],
  ])('%j is %s', (value, text) => {
    expect(textOf(JSON.stringify(value))).toBe(text)
    expect(textOf(JSON.stringify({ [value]: 0 }))).toBe(`{${text}: 0}`)
  })
})

describe('all else', () => {
  test.each([
    ['null', 'None'],
    ['[true,false]', '[True, False]'],
    ['{ }', '{}'],
    ['[\n]', '[]'],
    ['{"a":{"b":[1,{}]},"c":[]}', "{'a': {'b': [1, {}]}, 'c': []}"],
    ['{"b":1,"10":2,"__proto__":3,"2":4}', "{'b': 1, '10': 2, '__proto__': 3, '2': 4}"],
    ['{"a":1,"b":2,"\\u0061":3}', "{'a': 3, 'b': 2}"],
  ])('%j is %s', (json, text) => {
    expect(textOf(json)).toBe(text)
  })
})
