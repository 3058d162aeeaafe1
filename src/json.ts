import { type Node, type ParseErrorCode, parseTree, printParseErrorCode, visit } from 'jsonc-parser'
import { shorten } from './log.ts'

/** A JSON value as Python reads it: integers keep all of their digits. */
export type Json = null | boolean | number | bigint | string | Json[] | { [key: string]: Json }

export function isObject(value: Json): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Like JSON.parse, but an integer that a number cannot hold becomes a bigint.
 *
 * @throws Error that says in words what is wrong, and in which line and column
 */
export function parseJson(text: string): Json {
  try {
    // Most texts hold no such integer, and the plain parser is many times faster.
    return /\d{16}/.test(text) ? JSON.parse(text, exactInteger as Reviver) : JSON.parse(text)
  } catch (error) {
    const { message } = error as Error
    throw new Error(error instanceof RangeError ? tooDeep : (withinStack(() => syntaxProblem(text)) ?? message))
  }
}

// The library of TypeScript does not know the third argument yet.
type Reviver = (key: string, value: unknown) => unknown

function exactInteger(_key: string, value: unknown, { source }: { source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  return source !== undefined && /^-?\d+$/.test(source) ? BigInt(source) : value
}

/** Additions to JSON of which the library of TypeScript does not know yet. */
const { rawJSON, isRawJSON } = JSON as unknown as {
  rawJSON(text: string): object
  isRawJSON(value: unknown): value is { rawJSON: string }
}

/**
 * Like JSON.parse, but a number that JavaScript would print in another way keeps its spelling, such as `1.0`:
 * JSON.stringify writes it as it was, and `spelling` tells what that is.
 *
 * @throws Error as parseJson does
 */
export function parseSpelt(text: string): unknown {
  parseJson(text)
  return withinStack(() => JSON.parse(text, keepSpelling as Reviver))
}

function keepSpelling(_key: string, value: unknown, { source }: { source?: string }): unknown {
  return typeof value !== 'number' || source === undefined || source === String(value) ? value : rawJSON(source)
}

/** The digits of a number, also of one from parseSpelt; undefined for any other value. */
export function spelling(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value)
  return isRawJSON(value) ? value.rawJSON : undefined
}

const syntaxProblems: Record<string, string> = {
  InvalidSymbol: 'this is no JSON value',
  InvalidNumberFormat: 'this is no JSON number',
  PropertyNameExpected: 'a key in double quotes is missing',
  ValueExpected: 'a value is missing',
  ColonExpected: 'a colon is missing',
  CommaExpected: 'a comma is missing',
  CloseBraceExpected: 'a closing } is missing',
  CloseBracketExpected: 'a closing ] is missing',
  EndOfFileExpected: 'nothing may follow the value',
  InvalidCommentToken: 'JSON has no comments',
  UnexpectedEndOfComment: 'JSON has no comments',
  UnexpectedEndOfString: 'the closing quotes of a text are missing',
  UnexpectedEndOfNumber: 'a number is incomplete',
  InvalidUnicode: 'an escape after \\u needs four hex digits',
  InvalidEscapeCharacter: 'JSON has no such escape',
  InvalidCharacter: 'a control character in a text must be escaped',
}

function syntaxProblem(text: string): string | undefined {
  let first: string | undefined
  const onError = (code: ParseErrorCode, offset: number, length: number, line: number, column: number) => {
    const near = shorten(text.slice(offset, offset + length).replace(/\s+/g, ' '), 40)
    const words = syntaxProblems[printParseErrorCode(code)] ?? 'this is not JSON'
    first ??= `line ${line + 1}, column ${column + 1}: ${words}${near.trim() === '' ? '' : ` (at ${near})`}`
  }
  visit(text, { onError }, { disallowComments: true })
  return first
}

const tooDeep = 'the value is nested too deeply'

/** The parser of jsonc-parser is recursive. */
function withinStack<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw error instanceof RangeError ? new Error(tooDeep) : error
  }
}

/** An element of a list, as it is spelt. */
export interface ListElement {
  /** 1-based. */
  line: number
  /** The source text of each field's value; of fields with the same name, the last, which is the one that counts. */
  fields: Map<string, string>
}

/**
 * Where the elements of a JSON list stand.
 *
 * @param text a list that parseJson can read
 * @throws Error when it is nested too deeply
 */
export function locateElements(text: string): ListElement[] {
  const newlines = [...text.matchAll(/\n/g)].map((match) => match.index)
  let line = 1
  return (withinStack(() => parseTree(text))?.children ?? []).map((element) => {
    while ((newlines[line - 1] ?? element.offset) < element.offset) line += 1
    return { line, fields: new Map(fieldsOf(text, element)) }
  })
}

function fieldsOf(text: string, element: Node): [string, string][] {
  const properties = element.type === 'object' ? (element.children ?? []) : []
  return properties.flatMap(({ children: [key, value] = [] }) =>
    key && value ? [[String(key.value), text.slice(value.offset, value.offset + value.length)]] : [],
  )
}

/** Characters beyond the cut, so that a secret is whole when it is looked for: half of one would not be known again. */
const redactionMargin = 16_384

/** A value as compact JSON of at most `maxLength` characters, for tables and sentences; secrets are hidden. */
export function showJson(value: Json, maxLength: number): string {
  return shorten(compact(value, maxLength + redactionMargin, 0), maxLength)
}

/** Ends soon after `enough` characters, and at a depth that nobody reads: values of others may outgrow the stack. */
function compact(value: Json, enough: number, depth: number): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value !== 'object' || value === null) return String(value)
  if (depth === 50) return '…'
  const parts: string[] = []
  let length = 0
  for (const [key, item] of Object.entries(value)) {
    if (length > enough) {
      parts.push('…')
      break
    }
    const part = compact(item, enough - length, depth + 1)
    parts.push(Array.isArray(value) ? part : `${JSON.stringify(key)}:${part}`)
    length += part.length + key.length
  }
  return Array.isArray(value) ? `[${parts.join(',')}]` : `{${parts.join(',')}}`
}
