import { parseJson } from '../json.ts'
import { type Member, type Node, node, type Place } from './json-tree.ts'

/** Python gives up at a depth of about 1000, and the code that reads the manifest takes a few of these levels itself. */
export const deepest = 900

/** The digits of an integer that Python reads, in all versions since a security fix of 2022. */
const mostDigits = 4300

const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?|NaN|-?Infinity/y
const blanks = /[ \t\n\r]*/y
const literals = { true: true, false: false, null: null }

/**
 * Reads a text that Python's `json.loads` accepts: JSON, and the numbers NaN, Infinity and -Infinity.
 *
 * @throws Error that says in words what is wrong, and in which line and column
 */
export function parseTree(text: string): Node {
  const parser = new Parser(text)
  const root = parser.value(0)
  if (parser.next() !== '') parser.fail()
  return root
}

/** 1-based; a column is a UTF-16 unit. */
export function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  const lines = text.slice(0, offset).split(/\r\n|\r|\n/)
  return { line: lines.length, column: (lines.at(-1) ?? '').length + 1 }
}

class Parser {
  readonly #text: string
  #at = 0
  /** The numbers that are none in JSON. */
  readonly #words: Place[] = []

  constructor(text: string) {
    this.#text = text
  }

  /** The next character that is not blank; empty at the end. */
  next(): string {
    blanks.lastIndex = this.#at
    blanks.test(this.#text)
    this.#at = blanks.lastIndex
    return this.#text.charAt(this.#at)
  }

  value(depth: number): Node {
    const first = this.next()
    if (first === '{' || first === '[') {
      if (depth === deepest) this.fail('the value is nested too deeply')
      return first === '{' ? this.#object(depth + 1) : this.#array(depth + 1)
    }
    if (first === '"') return node({ type: 'string', ...this.#string() })
    return this.#literal() ?? this.#number()
  }

  #object(depth: number): Node {
    const start = this.#at
    this.#at += 1
    const members: Member[] = []
    while (!this.#closes('}', members.length)) {
      if (this.next() !== '"') this.fail()
      const { value: key, end: keyEnd, ...rest } = this.#string()
      this.#expect(':')
      const value = this.value(depth)
      members.push({ ...rest, key, keyEnd, value, end: value.end })
    }
    return node({ type: 'object', start, end: this.#at, members })
  }

  #array(depth: number): Node {
    const start = this.#at
    this.#at += 1
    const items: Node[] = []
    while (!this.#closes(']', items.length)) items.push(this.value(depth))
    return node({ type: 'array', start, end: this.#at, items })
  }

  /** Goes beyond the bracket, or the comma that there must be before every child but the first. */
  #closes(bracket: string, children: number): boolean {
    const closes = this.next() === bracket
    if (closes) this.#at += 1
    else if (children > 0) this.#expect(',')
    return closes
  }

  #expect(character: string): void {
    if (this.next() !== character) this.fail()
    this.#at += 1
  }

  #string(): Place & { value: string; spelling: string } {
    const start = this.#at
    let last = start + 1
    for (; this.#text[last] !== '"'; last += this.#text[last] === '\\' ? 2 : 1) {
      if (last >= this.#text.length) this.fail()
    }
    const end = last + 1
    const spelling = this.#text.slice(start, end)
    try {
      const value = JSON.parse(spelling) as string
      this.#at = end
      return { start, end, value, spelling }
    } catch {
      return this.fail()
    }
  }

  #literal(): Node | undefined {
    for (const [spelling, value] of Object.entries(literals)) {
      if (this.#text.startsWith(spelling, this.#at)) {
        return node({ type: 'literal', value, spelling, ...this.#pass(spelling) })
      }
    }
    return undefined
  }

  #number(): Node {
    numberPattern.lastIndex = this.#at
    const spelling = numberPattern.exec(this.#text)?.[0] ?? this.fail()
    if (spelling.length > mostDigits && /^-?\d+$/.test(spelling) && spelling.replace('-', '').length > mostDigits) {
      this.fail(`Python reads no integer of more than ${mostDigits} digits`)
    }
    const place = this.#pass(spelling)
    if (/[NI]/.test(spelling)) this.#words.push(place)
    return node({ type: 'number', spelling, ...place })
  }

  #pass(spelling: string): Place {
    const start = this.#at
    this.#at += spelling.length
    return { start, end: this.#at }
  }

  fail(problem?: string): never {
    const { line, column } = lineAndColumn(this.#text, this.#at)
    const words = problem ?? this.#problem()
    throw new Error(words.startsWith('line ') ? words : `line ${line}, column ${column}: ${words}`)
  }

  /** What is wrong, in the words of parseJson, which would stumble over the numbers that it does not know. */
  #problem(): string {
    let rest = 0
    const known = this.#words.map(({ start, end }) => {
      const before = this.#text.slice(rest, start)
      rest = end
      return before + '0'.padEnd(end - start)
    })
    try {
      parseJson(known.join('') + this.#text.slice(rest))
    } catch (error) {
      return (error as Error).message
    }
    return 'this is not JSON'
  }
}
