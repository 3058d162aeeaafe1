import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { lineAndColumn, parseTree } from '../../src/manifest/json-parser.ts'
import { childrenOf, isContainer, type Node, plainValue } from '../../src/manifest/json-tree.ts'
import { pythonText } from '../../src/manifest/python-text.ts'
import { pythonDigests } from '../support/python-json.ts'
import { mutate, randomJson, seeded } from '../support/random-json.ts'

const digest = (text: string) =>
  createHash('md5')
    .update(pythonText(parseTree(text)))
    .digest('hex')

function isRead(text: string): boolean {
  try {
    parseTree(text)
    return true
  } catch {
    return false
  }
}

/** Texts at the border of JSON: what Python reads is in the first list, what it refuses in the second. */
const readable = [
  ...['{}', ' [] ', '\t\n\r 1 \t\n\r', '"\u007f\u2028\ufeff"', '"\\ud800"', '"\\uD83D\\ude00"', '"\\/\\b\\f\\u00e9"'],
  ...['NaN', '[-Infinity,Infinity]', '-0', '-0.0', '0e0', '1E+2', '1e400', '[1,2 , 3]', '{"":0,"":1,"a" : {}}', 'null'],
  ...['9'.repeat(4300), `-${'9'.repeat(4300)}`, `${'9'.repeat(5000)}.0`, `${'9'.repeat(5000)}e0`],
  `${'['.repeat(900)}1${']'.repeat(900)}`,
  `${'{"a":'.repeat(899)}{}${'}'.repeat(899)}`,
]
const broken = [
  ...[
    '',
    ' ',
    '{',
    '}',
    '[',
    ']',
    '[1',
    '[1,',
    '[1,]',
    '[,1]',
    '[1 2]',
    '[1,,2]',
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    '{,}',
  ],
  ...['{a:1}', "{'a':1}", '{"a":1 "b":2}', '{"a" 1}', '{1:2}', '{"a":1}}', '1 2', '{}[]', '[1]// x', '/**/1', '#'],
  ...[
    '01',
    '-01',
    '+1',
    '.5',
    '1.',
    '1.e2',
    '1e',
    '1e+',
    '-',
    '--1',
    '0x10',
    '1_0',
    '1.2.3',
    '\u0661',
    '1\u0661',
    '- 1',
  ],
  ...['nan', 'NAN', 'NaNs', '-NaN', '+Infinity', 'infinity', 'Infinit', '--Infinity', 'True', 'None', 'nul', 'nulll'],
  ...['"', '"a', '"\\"', '"\\', '"\\x"', '"\\u12"', '"\\u123g"', '"\\u 123"', '"\\u+123"', '"\\U0001f600"', "'a'"],
  ...['"a\nb"', '"\t"', '"\u0000"', '"\u001f"', '\u00a01', '\u20281', '1\u000b', '1\u000c', '1\u0000', '[1\u3000]'],
]

describe('what Python reads', () => {
  test.each(readable)('%.60j', (text) => {
    expect(isRead(text)).toBe(true)
  })

  test.each(broken)('and what not: %j', (text) => {
    expect(isRead(text)).toBe(false)
  })

  test('is the same for this Python', () => {
    const digests = pythonDigests([...readable, ...broken])
    expect(digests).toEqual([...readable.map(digest), ...broken.map(() => null)])
  })

  test('is the same in random documents and in such with mistakes', () => {
    const random = seeded(63)
    const documents = Array.from({ length: 2000 }, () => randomJson(random))
    const mutants = documents.map((document) => mutate(random, document))
    const digests = pythonDigests([...documents, ...mutants])
    expect(documents.filter((document, index) => digest(document) !== digests[index])).toEqual([])
    const known = digests.slice(documents.length)
    expect(mutants.filter((mutant, index) => isRead(mutant) !== (known[index] !== null))).toEqual([])
    expect(new Set(documents).size).toBeGreaterThan(1700)
    expect(known.filter((result) => result === null).length).toBeGreaterThan(1000)
  })
})

describe('says where a text is broken', () => {
  test.each([
    ['', 'line 1, column 1: a value is missing'],
    ['[1,\n 2,\n]', 'line 3, column 1: a value is missing (at ])'],
    ['[NaN,\r\n -Infinity,\r\n Infinity 1]', 'line 3, column 11: a comma is missing (at 1)'],
    ['{"a": NaN, b: 1}', 'line 1, column 12: this is no JSON value (at b)'],
    ['[-NaN]', 'line 1, column 2: this is no JSON value (at -)'],
    ['["\\x"]', 'line 1, column 2: JSON has no such escape (at "\\x")'],
    [`[\n ${'1'.repeat(4301)}]`, 'line 2, column 2: Python reads no integer of more than 4300 digits'],
    [`\n${'['.repeat(901)}`, 'line 2, column 901: the value is nested too deeply'],
    ['{"a":'.repeat(200_000), 'line 1, column 4501: the value is nested too deeply'],
    [`{]${'['.repeat(200_000)}`, 'line 1, column 2: a key in double quotes is missing (at ])'],
  ])('%.40j', (text, message) => {
    expect(() => parseTree(text)).toThrow(new Error(message))
  })

  test('always, also in random mistakes', () => {
    const random = seeded(7)
    const mutants = Array.from({ length: 500 }, () => mutate(random, randomJson(random))).filter(
      (text) => !isRead(text),
    )
    const messages = mutants.map((mutant) => {
      try {
        return `read ${JSON.stringify(parseTree(mutant))}`
      } catch (error) {
        return (error as Error).message
      }
    })
    expect(messages.filter((message) => !/^line \d+, column \d+: (?!this is not JSON)/.test(message))).toEqual([])
    expect(messages.length).toBeGreaterThan(200)
  })

  test.each([
    [0, 1, 1],
    [1, 1, 2],
    [4, 2, 1],
    [6, 3, 1],
    [8, 4, 1],
    [9, 4, 2],
  ])('offset %i is line %i, column %i', (offset, line, column) => {
    expect(lineAndColumn('ab\r\nc\nd\re', offset)).toEqual({ line, column })
  })
})

describe('a tree', () => {
  test('has every member in its order, with its spelling and place', () => {
    const text = '{"10": 1.50, "\\u0061":[ true ], "a" : {"__proto__":null},"2":-0}'
    const root = parseTree(text)
    const members = root.type === 'object' ? root.members : []
    expect(members.map(({ key, spelling }) => [key, spelling])).toEqual([
      ['10', '"10"'],
      ['a', '"\\u0061"'],
      ['a', '"a"'],
      ['2', '"2"'],
    ])
    expect(members.map(({ value: { start, end } }) => text.slice(start, end))).toEqual([
      '1.50',
      '[ true ]',
      '{"__proto__":null}',
      '-0',
    ])
    expect(members.map(({ start, keyEnd }) => text.slice(start, keyEnd))).toEqual(['"10"', '"\\u0061"', '"a"', '"2"'])
  })

  test('of a random document has places that hold what stands there', () => {
    const random = seeded(11)
    for (let count = 0; count < 200; count += 1) {
      const text = randomJson(random)
      const check = (node: Node): void => {
        const part = text.slice(node.start, node.end)
        if (isContainer(node)) {
          expect(part).toMatch(/^\{.*\}$|^\[.*\]$/s)
          for (const child of childrenOf(node)) expect(child.end).toBeLessThan(node.end)
          for (const child of node.type === 'array' ? node.items : node.members.map(({ value }) => value)) check(child)
        } else expect(part).toBe(node.spelling)
      }
      check(parseTree(text))
    }
  })
})

describe('plainValue', () => {
  test.each([
    '{"a":[1,true,null,"\\ud800x",{"b":{}}],"c":0.5}',
    '{"a":[1.0,1E+2,-0,12345678901234567890,1e400]}',
    '"é"',
  ])('of %s prints the same', (text) => {
    expect(JSON.stringify(plainValue(parseTree(text)))).toBe(text)
  })

  test('has numbers as numbers where JavaScript prints them the same', () => {
    expect(plainValue(parseTree('[1, -0.5, NaN, Infinity, -Infinity]'))).toEqual([
      1,
      -0.5,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
    ])
  })

  test('has the last of members with the same key, and no prototype from the text', () => {
    const value = plainValue(parseTree('{"a": 1, "__proto__": {"x": 1}, "a": 2}')) as { x?: unknown }
    expect(Object.entries(value)).toEqual([
      ['a', 2],
      ['__proto__', { x: 1 }],
    ])
    expect(value.x).toBeUndefined()
  })
})
