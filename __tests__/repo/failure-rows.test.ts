import { describe, expect, test } from '@jest/globals'
import { filesBelow, read } from './repository.ts'

// What is known to go wrong when code is delivered through git has a number, g1 to g60. Each has a test that is named by
// its numbers: the title, or the part of it that a table fills in, begins with them, as in `g44, g45: ...`.

const rows = Array.from({ length: 60 }, (_, index) => `g${index + 1}`)

/** The rows that titles of a test file begin with. */
function rowsNamedIn(source: string): string[] {
  const code = source.replace(/^\s*\/\*.*?\*\//gms, '').replace(/^\s*\/\/.*$/gm, '')
  const titles = code.matchAll(/['"`](g\d+(?:, g\d+)*)(?:['"`],|: )/g)
  return [...titles].flatMap(([, names = '']) => names.split(', '))
}

describe('the rows of a test file', () => {
  test.each([
    ["test('g7: one header', () => {})", ['g7']],
    ["describe('g30, g31: nothing to commit', () => {", ['g30', 'g31']],
    ['test("g34: the clone\'s remote", () => {', ['g34']],
    ["  test.each([2, 8])('g24: %i runs', () => {", ['g24']],
    ["  ['g18', 'pre-receive', 'text'],", ['g18']],
  ])('%s', (source, expected) => {
    expect(rowsNamedIn(source)).toEqual(expected)
  })

  test.each(["// 'g7: one header'", "/* test('g7: one header') */", "test('one header, see g7', () => {})"])(
    '%s names none',
    (source) => {
      expect(rowsNamedIn(source)).toEqual([])
    },
  )
})

test('each row has a test', () => {
  const files = filesBelow('__tests__', '.test.ts').filter((path) => !path.endsWith('/failure-rows.test.ts'))
  const named = new Set(files.flatMap((path) => rowsNamedIn(read(path))))
  expect(rows.filter((row) => !named.has(row))).toEqual([])
})
