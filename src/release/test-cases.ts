import type { CallInput } from '../algorithm.ts'
import { formatBytes } from '../format.ts'
import { isObject, type Json, type ListElement, locateElements, parseJson } from '../json.ts'
import { shorten } from '../log.ts'
import { fieldNames, schema } from './test-case-schema.ts'

/** What an answer has to be. Numbers in `expected` may deviate by either tolerance; both are 0 when none is given. */
export type Expectation =
  | { type: 'EXACT_MATCH' | 'CONTAINS'; expected: Json; tolerance: { absolute: number; relative: number } }
  | { type: 'GREATER_OR_EQUAL' | 'LESS_OR_EQUAL'; expected: number | bigint }
  /** A regular expression (flag u). */
  | { type: 'MATCHES'; expected: string }
  /** As a text, the error's type or a regular expression for its message; as an object, both hold. */
  | { type: 'ERROR_MATCHES'; expected: string | { type?: string; message?: string } }
  | { type: 'NO_EXCEPTION' | 'EXCEPTION'; expected: Json }

/** One case of a TEST_CASES.json (platform reference §7.2). */
export type TestCase = Expectation & {
  name: string
  /** Where the case starts in the file, 1-based. */
  line: number
  input: CallInput
  /** Keys and indexes to apply to the result, one after another; negative indexes count from the end. */
  tree: (string | number)[]
  maxLatencyMs: number | undefined
}

/** The most that a call may carry (platform reference §4). */
const maxInputBytes = 10 * 1024 * 1024

/**
 * Reads the text of a TEST_CASES.json. The inputs stay as they are spelt there.
 *
 * @throws Error that lists everything that is wrong, with case, field and what is allowed
 */
export function readTestCases(text: string): { cases: TestCase[]; warnings: string[] } {
  const json = text.replace(/^\ufeff/, '')
  const values = parseJson(json)
  if (!Array.isArray(values)) throw new Error('the test cases must be a list of objects: [{...}, {...}]')
  if (values.length === 0) throw new Error('the list of test cases is empty: add one, or delete the file')
  const elements = locateElements(json)
  const readings = values.map((value, index) =>
    readCase(value, index, elements[index] ?? { line: 1, fields: new Map() }),
  )
  const problems = readings.flatMap((reading) => reading.problems)
  if (problems.length > 0) throw new Error(inWords(problems))
  return {
    cases: readings.flatMap((reading) => reading.testCase ?? []),
    warnings: readings.flatMap((reading) => reading.warnings),
  }
}

interface Reading {
  testCase?: TestCase
  problems: string[]
  warnings: string[]
}

function readCase(value: Json, index: number, element: ListElement): Reading {
  const name = ownName(value)
  const label = `case ${index + 1} (${name === undefined ? '' : `${shorten(name, 60)}, `}line ${element.line})`
  if (!isObject(value)) return { problems: [`${label}: must be an object`], warnings: [] }
  const { data, error } = schema.safeParse(value)
  const input = inputOf(value, element)
  const problems = (error?.issues ?? []).map(({ path, message }) => `${label}: ${place(path)} ${message}`)
  const size = Buffer.byteLength(input.body)
  if (size > maxInputBytes) problems.push(`${label}: input is ${formatBytes(size)}; a call carries at most 10 MiB`)
  const warnings = unknownFields(element).map((field) => `${label}: the field ${field} is unknown, and ignored`)
  return {
    ...(data === undefined ? {} : { testCase: testCase(data, name ?? `case ${index + 1}`, element.line, input) }),
    problems,
    warnings,
  }
}

function inWords(problems: string[]): string {
  const different = [...new Set(problems)]
  const list = different.map((problem) => `- ${problem}`).join('\n')
  return different.length === 1 ? String(different[0]) : `${different.length} problems:\n${list}`
}

function testCase(fields: FieldsOfCase, name: string, line: number, input: CallInput): TestCase {
  const { type = 'EXACT_MATCH', expected_output = null, tree, max_latency_ms, tolerance = 0 } = fields
  const { absolute = 0, relative = 0 } = typeof tolerance === 'number' ? { absolute: tolerance } : tolerance
  return {
    name,
    line,
    type,
    input,
    expected: expected_output,
    tolerance: { absolute, relative },
    tree: tree ?? [],
    maxLatencyMs: max_latency_ms,
    // The schema has proved that type and expected output fit.
  } as TestCase
}

type FieldsOfCase = ReturnType<typeof schema.parse>

/** A text travels as it is, everything else as JSON (platform reference §7.2). */
function inputOf({ input }: { [key: string]: Json }, element: ListElement): CallInput {
  if (typeof input === 'string') return { contentType: 'text/plain', body: input }
  return { contentType: 'application/json', body: element.fields.get('input') ?? '' }
}

function ownName(value: Json): string | undefined {
  const name = isObject(value) ? value.case_name : undefined
  const text = typeof name === 'string' || typeof name === 'number' ? String(name).replace(/\s+/g, ' ').trim() : ''
  return text === '' ? undefined : text
}

function unknownFields({ fields }: ListElement): string[] {
  return [...fields.keys()].filter((field) => !fieldNames.has(field)).map((field) => shorten(field, 60))
}

/** `tree[1]`, `tolerance.relative` */
function place([field, ...inner]: PropertyKey[]): string {
  return String(field) + inner.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('')
}
