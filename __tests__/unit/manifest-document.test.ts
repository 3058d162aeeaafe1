import { describe, expect, test } from '@jest/globals'
import { parseSpelt } from '../../src/json.ts'
import { JsonDocument, type Path } from '../../src/manifest/document.ts'
import { childrenOf, isContainer, type Node, plainValue } from '../../src/manifest/json-tree.ts'
import { pick, randomJson, seeded } from '../support/random-json.ts'

const parse = (text: string) => JsonDocument.parse(text)

describe('a value that is set', () => {
  test.each<[string, string, Path, unknown, string]>([
    ['takes the place of the old one', '{ "a" :1 ,"b": [ 2 ] }', ['a'], 'x', '{ "a" :"x" ,"b": [ 2 ] }'],
    ['is ASCII', '{"a": "é"}', ['a'], 'é\u007f\u2028🙂\n', '{"a": "\\u00e9\\u007f\\u2028\\ud83d\\ude42\\n"}'],
    ['stands in every member of this key', '{"a":1,"b":2,"\\u0061":3}', ['a'], 4, '{"a":4,"b":2,"\\u0061":4}'],
    [
      'deep inside is in the last one',
      '{"a": {"b": 1}, "a": {"b": 2}}',
      ['a', 'b'],
      3,
      '{"a": {"b": 1}, "a": {"b": 3}}',
    ],
    ['may be the element of a list', '[1, [2,3]]', [1, 0], null, '[1, [null,3]]'],
    ['may be all', ' [1]\n', [], true, ' true\n'],
    ['may have an odd key', '{"__proto__": 1, "10": 2}', ['__proto__'], 3, '{"__proto__": 3, "10": 2}'],
    ['keeps the digits of a number', '[0]', [0], parseSpelt('[1.0, 1E+2]'), '[[1.0, 1E+2]]'],
    [
      'may be a bigint, or a number that only Python writes',
      '[0]',
      [0],
      [10n ** 20n, Number.NaN],
      `[[1${'0'.repeat(20)}, NaN]]`,
    ],
    ['leaves out what is undefined', '[0]', [0], { a: undefined, b: 1 }, '[{"b": 1}]'],
    [
      'may be a Map, whose keys keep their order',
      '[0]',
      [0],
      new Map([
        ['b', 1],
        ['10', 2],
      ]),
      '[{"b": 1, "10": 2}]',
    ],
  ])('%s', (_, text, path, value, expected) => {
    expect(parse(text).set(path, value).text).toBe(expected)
  })

  test('may come from another document, and is spelt as there', () => {
    const other = parse('{"x":[1.50,"\\/é",{ "a":1,"\\u0061":[\n]}]}').get(['x'])
    expect(parse('{"a": 0}').set(['a'], { it: other }).text).toBe(
      '{"a": {"it": [1.50, "\\/é", {"a": 1, "\\u0061": []}]}}',
    )
  })

  test.each<[string, Path, unknown]>([
    ['{"a":[ 1.50,\n"\\u0078" , {"b" :{ }}]}', ['a'], [1.5, 'x', { b: {} }]],
    ['{"a": 1e2}', ['a'], parseSpelt('100.0')],
    ['{"a": -0}', ['a'], 0],
    ['{"a": NaN}', ['a'], Number.NaN],
    ['{"a": "x", "a": "y"}', ['a'], 'y'],
    [' {"a":null}\r\n', [], { a: null }],
  ])('and is there already leaves %j as it is', (text, path, value) => {
    const document = parse(text)
    expect(document.set(path, value)).toBe(document)
  })

  test.each<[unknown, unknown]>([
    [1, parseSpelt('1.0')],
    [1, true],
    ['1', 1],
    [null, false],
    [[], {}],
    [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ],
    [
      [1, 2],
      [2, 1],
    ],
    [parseSpelt('12345678901234567890'), parseSpelt('12345678901234567891')],
  ])('%j is another one than %j', (one, other) => {
    const document = JsonDocument.empty().set(['a'], one)
    expect(document.set(['a'], other).text).not.toBe(document.text)
  })
})

describe('what is inserted lies as its surroundings do', () => {
  const file = { name: 'm', tags: [] as string[], metadata: { a: 1 } }

  test.each<[string, string, Path, unknown, string]>([
    ['on one line', '{"a": 1}\n', ['f'], [1, { x: 2 }], '{"a": 1, "f": [1, {"x": 2}]}\n'],
    ['without blanks', '{"a":1}', ['f'], [1, { x: 2 }], '{"a":1,"f":[1,{"x":2}]}'],
    ['with blanks inside', '{ "a" : 1 }', ['f'], 2, '{ "a" : 1, "f" : 2 }'],
    ['with wide commas', '{"a": 1  ,  "b": 2}', ['f'], 3, '{"a": 1  ,  "b": 2  ,  "f": 3}'],
    ['over lines', '{\n  "a": 1\n}', ['f'], { x: [2] }, '{\n  "a": 1,\n  "f": {\n    "x": [\n      2\n    ]\n  }\n}'],
    [
      'with tabs and CRLF',
      '{\r\n\t"a": 1\r\n}\r\n',
      ['f'],
      { x: 2 },
      '{\r\n\t"a": 1,\r\n\t"f": {\r\n\t\t"x": 2\r\n\t}\r\n}\r\n',
    ],
    ['over lines without indentation', '{\n"a":1\n}', ['f'], { x: 2 }, '{\n"a":1,\n"f":{\n"x":2\n}\n}'],
    [
      'after blank lines',
      '{\n\n    "a": 1\n\n}',
      ['f'],
      { x: 2 },
      '{\n\n    "a": 1,\n    "f": {\n        "x": 2\n    }\n\n}',
    ],
    ['from the second line on', '{"a": 1,\n "b": 2}', ['f'], 3, '{"a": 1,\n "b": 2,\n "f": 3}'],
    [
      'in rows',
      '{\n  "a": 1, "b": 2,\n  "c": 3, "d": 4\n}',
      ['f'],
      5,
      '{\n  "a": 1, "b": 2,\n  "c": 3, "d": 4,\n  "f": 5\n}',
    ],
    [
      'in an indented text',
      '  {\n    "a": 1\n  }',
      ['f'],
      { x: 2 },
      '  {\n    "a": 1,\n    "f": {\n      "x": 2\n    }\n  }',
    ],
    ['with less indentation than its bracket', '    {\n  "a": 1\n    }', ['f'], 2, '    {\n  "a": 1,\n  "f": 2\n    }'],
    ['with the value below its key', '{\n  "a":\n    1\n}', ['f'], 2, '{\n  "a":\n    1,\n  "f": 2\n}'],
    [
      'with its bracket behind the last value',
      '  {\n    "a": 1}',
      ['f'],
      { x: 2 },
      '  {\n    "a": 1,\n    "f": {\n      "x": 2\n    }}',
    ],
    [
      'with the indentation of the last one',
      '{\n    "a": 1,\n  "b": 2\n}',
      ['f'],
      3,
      '{\n    "a": 1,\n  "b": 2,\n  "f": 3\n}',
    ],
    ['into an empty text', '{}', ['f'], [], '{\n  "f": []\n}'],
    ['into an empty text of lines', '{\r\n\r\n}\r\n', ['f'], { x: 2 }, '{\r\n  "f": {\r\n    "x": 2\r\n  }\r\n}\r\n'],
    ['into an empty object on one line', '{"a":{ }}', ['a', 'f'], [1, 2], '{"a":{"f":[1,2]}}'],
    ['into an empty object over lines', '{\n\t"a": {}\n}', ['a', 'f'], 2, '{\n\t"a": {\n\t\t"f": 2\n\t}\n}'],
  ])('%s', (_, text, path, value, expected) => {
    expect(parse(text).set(path, value).text).toBe(expected)
  })

  test.each<[string, string, Path, string]>([
    ['a list on one line', '{"a": [{"b":1}]}', ['a'], '{"a": [{"b":1},{"name":"m","tags":[],"metadata":{"a":1}}]}'],
    [
      'a list of lines, of objects on one line',
      '{\n  "a": [\n    {"b": 1}\n  ]\n}',
      ['a'],
      '{\n  "a": [\n    {"b": 1},\n    {"name": "m", "tags": [], "metadata": {"a": 1}}\n  ]\n}',
    ],
    [
      'a list on one line, of objects of lines',
      '[{\n  "b": 1\n}, {\n  "b": 2\n}]',
      [],
      '[{\n  "b": 1\n}, {\n  "b": 2\n}, {\n  "name": "m",\n  "tags": [],\n  "metadata": {\n    "a": 1\n  }\n}]',
    ],
    [
      'an empty list',
      '{\n  "a": []\n}',
      ['a'],
      '{\n  "a": [\n    {\n      "name": "m",\n      "tags": [],\n      "metadata": {\n        "a": 1\n      }\n    }\n  ]\n}',
    ],
    ['an empty list on one line', '[{"a":1},[]]', [1], '[{"a":1},[{"name":"m","tags":[],"metadata":{"a":1}}]]'],
  ])('appended to %s', (_, text, path, expected) => {
    expect(parse(text).append(path, file).text).toBe(expected)
  })

  test.each<[string, string, unknown, string]>([
    ['a value on one line', '{\n  "a": {"x":1}\n}', { y: [2, 3] }, '{\n  "a": {"y":[2,3]}\n}'],
    ['a value over lines', '{"a": {\n "x": 1\n}}', { y: 2 }, '{"a": {\n "y": 2\n}}'],
    ['a value of another kind', '{\n  "a": [1]\n}', { y: 2 }, '{\n  "a": {\n    "y": 2\n  }\n}'],
  ])('in place of %s', (_, text, value, expected) => {
    expect(parse(text).set(['a'], value).text).toBe(expected)
  })

  test('in a new document by two spaces, with a newline at the end', () => {
    const document = JsonDocument.empty().set(['required_files'], []).append(['required_files'], file).set(['n'], 1)
    expect(document.text).toBe(`${JSON.stringify({ required_files: [file], n: 1 }, null, 2)}\n`)
  })
})

describe('what is removed', () => {
  test.each<[string, Path, string]>([
    ['{"a": 1}', ['a'], '{}'],
    ['{\n  "a": 1\n}\n', ['a'], '{}\n'],
    ['{ "a": 1, "b": 2 , "c": 3 }', ['a'], '{ "b": 2 , "c": 3 }'],
    ['{ "a": 1, "b": 2 , "c": 3 }', ['b'], '{ "a": 1 , "c": 3 }'],
    ['{ "a": 1, "b": 2 , "c": 3 }', ['c'], '{ "a": 1, "b": 2 }'],
    ['{\n  "a": 1,\n  "b": 2,\n  "c": 3\n}', ['a'], '{\n  "b": 2,\n  "c": 3\n}'],
    ['{\n  "a": 1,\n  "b": 2,\n  "c": 3\n}', ['c'], '{\n  "a": 1,\n  "b": 2\n}'],
    ['{"a":1,"a":2,"b":3,"a":4,"c":5,"a":6}', ['a'], '{"b":3,"c":5}'],
    ['{"b":3,"a":1,"a":2}', ['a'], '{"b":3}'],
    ['{"a":1,"a":2}', ['a'], '{}'],
    ['[1, {"a": [2, 3]}]', [1, 'a', 0], '[1, {"a": [3]}]'],
    ['[1, 2]', [1], '[1]'],
  ])('from %j at %j', (text, path, expected) => {
    expect(parse(text).remove(path).text).toBe(expected)
  })

  test.each<[string, Path]>([
    ['{"a": 1}', ['b']],
    ['{"a": 1}', ['a', 'b']],
    ['{"a": 1}', ['b', 'a']],
    ['{"0": 1}', [0]],
    ['[1]', [1]],
    ['[1]', ['0']],
    ['"abc"', ['length']],
  ])('nothing from %j at %j', (text, path) => {
    const document = parse(text)
    expect(document.remove(path)).toBe(document)
  })
})

describe('get', () => {
  test.each<[Path, unknown]>([
    [[], { a: [1, { b: 2 }], '10': 3 }],
    [['a', 1, 'b'], 2],
    [['10'], 3],
    [['a', 2], undefined],
    [['a', -1], undefined],
    [['a', 'length'], undefined],
    [['toString'], undefined],
    [['10', 'x'], undefined],
    [[10], undefined],
  ])('%j', (path, value) => {
    const node = parse('{"a": 0, "a": [1, {"b": 2}], "10": 3}').get(path)
    expect(node && plainValue(node)).toEqual(value)
  })
})

describe('what cannot be is an error', () => {
  const document = parse('{"a": 1, "b": {}}')

  test.each<[string, () => unknown, string]>([
    ['no object around', () => document.set(['a', 'x'], 1), 'there is no object or list at "a"'],
    ['nothing around', () => document.set(['c', 'x'], 1), 'there is no object or list at "c"'],
    ['an index of an object', () => document.set(['b', 0], 1), 'there is nothing at "b", 0'],
    ['an element that is not there', () => parse('[1]').set([1], 1), 'there is nothing at 1'],
    ['a key of a list', () => parse('[1]').set(['x'], 1), 'there is nothing at "x"'],
    ['no list', () => document.append(['b'], 1), 'there is no list at "b"'],
    ['not even a value', () => document.append(['c'], 1), 'there is no object or list at "c"'],
    ['nothing left', () => document.remove([]), 'a JSON text has a value'],
    ['undefined', () => document.set(['a'], undefined), 'JSON has no undefined'],
    ['a function', () => document.set(['a'], [() => 1]), 'JSON has no function'],
  ])('%s', (_, work, message) => {
    expect(work).toThrow(message)
  })

  test('a value without end', () => {
    const endless: unknown[] = []
    endless.push(endless)
    expect(() => document.set(['b'], endless)).toThrow('nested too deeply')
  })

  test('a broken text, with its place', () => {
    expect(() => parse('{\n"a" 1}')).toThrow(new Error('line 2, column 5: a colon is missing (at 1)'))
    expect(() => parse('\ufeff\ufeff{}')).toThrow('line 1, column 1')
  })
})

test('a byte order mark is not part of the text', () => {
  expect(parse('\ufeff{"a":1}').set(['b'], 2).text).toBe('{"a":1,"b":2}')
})

type Plain = null | number | string | Plain[] | { [key: string]: Plain }

function randomValue(random: () => number, depth = 0): Plain {
  const kind = random()
  if (depth > 3 || kind < 0.4) return pick(random, [null, 0, 1.5, 'x', 'é"\\\n', ''])
  const children = Array.from({ length: Math.floor(random() * 4) }, () => randomValue(random, depth + 1))
  return kind < 0.7 ? children : Object.fromEntries(children.map((child, index) => ['abcd'.charAt(index), child]))
}

function randomPath(random: () => number, node: Node): Path {
  if (!isContainer(node) || childrenOf(node).length === 0 || random() < 0.2) return []
  const index = Math.floor(random() * childrenOf(node).length)
  if (node.type === 'array') return [index, ...randomPath(random, node.items[index] as Node)]
  const key = node.members[index]?.key ?? ''
  const value = node.members.findLast((member) => member.key === key)?.value as Node
  return [key, ...randomPath(random, value)]
}

/** JavaScript's printer shows what a text in one style is after an edit: the edited value in that style. */
const styles: Record<string, (value: Plain) => string> = {
  'two spaces': (value) => JSON.stringify(value, null, 2),
  'tabs and CRLF': (value) => `${JSON.stringify(value, null, '\t').replaceAll('\n', '\r\n')}\r\n`,
  compact: (value) => JSON.stringify(value),
  'as Python': (value) =>
    JSON.stringify(value, null, 1)
      .replace(/(?<=[[{])\n\s*|\n\s*(?=[\]}])/g, '')
      .replace(/\n\s*/g, ' '),
}

/** A copy in which the value at the path is what `edit` makes of it; undefined removes it. */
function edited(value: Plain, path: Path, edit: (old: Plain) => Plain | undefined): Plain | undefined {
  const [step, ...rest] = path
  if (step === undefined) return edit(value)
  const child = edited((value as Plain[])[step as number] as Plain, rest, edit)
  if (Array.isArray(value)) return value.toSpliced(Number(step), 1, ...(child === undefined ? [] : [child]))
  return { ...(value as object), [step]: child } as Plain
}

test.each(Object.keys(styles))('random edits of a text in the style "%s" keep it', (style) => {
  const print = (value: Plain | undefined) =>
    (styles[style]?.(value ?? null) ?? '').replace(
      /[^\0-~]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
  const random = seeded(5)
  for (let count = 0; count < 300; count += 1) {
    const value = { first: 1, inner: randomValue(random), list: [randomValue(random)] }
    const document = parse(print(value))
    const path = randomPath(random, document.root)
    const added = randomValue(random)
    const type = document.get(path)?.type
    if (type === 'array') {
      const expected = edited(value, path, (old) => [...(old as Plain[]), added])
      expect(document.append(path, added).text).toBe(print(expected))
    }
    if (type === 'object') {
      const expected = edited(value, path, (old) => ({ ...(old as object), new: added }))
      expect(document.set([...path, 'new'], added).text).toBe(print(expected))
    }
    if (path.length > 0) {
      expect(document.set(path, added).text).toBe(print(edited(value, path, () => added)))
      expect(document.remove(path).text).toBe(print(edited(value, path, () => undefined)))
    }
  }
})

describe('in any layout', () => {
  test('what is appended and removed again leaves no trace', () => {
    const random = seeded(17)
    let appended = 0
    for (let count = 0; count < 500; count += 1) {
      const text = randomJson(random)
      const document = parse(text)
      const path = randomPath(random, document.root)
      const target = document.get(path)
      // An empty container gets new blanks inside.
      if (!target || !isContainer(target) || (childrenOf(target).length === 0 && target.end - target.start > 2))
        continue
      appended += 1
      const value = randomValue(random)
      const step = target.type === 'array' ? target.items.length : 'a new key'
      const grown = target.type === 'array' ? document.append(path, value) : document.set([...path, step], value)
      const node = grown.get([...path, step])
      expect(node && plainValue(node)).toEqual(value)
      expect(grown.remove([...path, step]).text).toBe(text)
    }
    expect(appended).toBeGreaterThan(150)
  })

  test('a new value changes nothing around it', () => {
    const random = seeded(29)
    let set = 0
    for (let count = 0; count < 500; count += 1) {
      const document = parse(randomJson(random))
      const path = randomPath(random, document.root)
      const key = path.at(-1)
      if (key === undefined) continue
      set += 1
      const parent = document.get(path.slice(0, -1)) as Node
      const members = parent.type === 'object' ? parent.members.filter((member) => member.key === key) : []
      const places = members.length > 0 ? members.map(({ value }) => value) : [document.get(path) as Node]
      const expected = places.reduceRight(
        (text, { start, end }) => `${text.slice(0, start)}"new"${text.slice(end)}`,
        document.text,
      )
      expect(document.set(path, 'new').text).toBe(expected)
    }
    expect(set).toBeGreaterThan(200)
  })
})
