import type { Answer } from '../algorithm.ts'
import { formatDuration } from '../format.ts'
import { isObject, type Json, showJson } from '../json.ts'
import { shorten } from '../log.ts'
import { count, type Difference, difference, lack, numberOf, show } from './compare.ts'
import { SearchFailure, search } from './search.ts'
import type { TestCase } from './test-cases.ts'

export interface Verdict {
  passed: boolean
  /** What the answer had to be, for a table. */
  expected: string
  /** What it was, for a table. */
  got: string
  /** A sentence that a person acts on; empty when the case passed. */
  why: string
}

/** The characters of a value in a table. */
const cellLength = 200

type Result = Extract<Answer, { outcome: 'result' }>
type AlgorithmError = Extract<Answer, { outcome: 'error' }>

/** Judges one answer by one case (platform reference §7.2). Texts of the verdict hold no secrets. */
export function judge(testCase: TestCase, answer: Answer): Verdict {
  const target = answer.outcome === 'result' ? follow(testCase, answer.result) : undefined
  const why = problemOf(testCase, answer, target) ?? slowness(testCase, answer) ?? ''
  return { passed: why === '', expected: describeExpected(testCase), got: describeAnswer(answer, target), why }
}

function problemOf(testCase: TestCase, answer: Answer, target: Target | undefined): string | undefined {
  switch (answer.outcome) {
    case 'no-answer':
      return `there was no usable answer: ${shorten(answer.message, cellLength)}`
    case 'not-ready':
      return `the build cannot be called yet: ${shorten(answer.message, cellLength)}`
    case 'error':
      return problemOfError(testCase, answer)
    case 'result':
      return problemOfResult(testCase, answer, target)
  }
}

function problemOfError(testCase: TestCase, error: AlgorithmError): string | undefined {
  if (testCase.type === 'EXCEPTION') return undefined
  if (testCase.type !== 'ERROR_MATCHES') return `the algorithm failed: ${describeError(error)}`
  const { expected } = testCase
  if (typeof expected === 'string') {
    if (error.type === expected) return undefined
    const wrong = searchProblem(expected, error.message, `the message of the error`)
    return wrong === undefined ? undefined : `the type of the error is ${show(error.type ?? null)}, and ${wrong}`
  }
  if (expected.type !== undefined && expected.type !== error.type) {
    return `the type of the error is ${show(error.type ?? null)}, and ${show(expected.type)} was expected`
  }
  return expected.message === undefined
    ? undefined
    : searchProblem(expected.message, error.message, `the message of the error`)
}

function problemOfResult(testCase: TestCase, { result }: Result, target: Target | undefined): string | undefined {
  if (testCase.type === 'NO_EXCEPTION') return undefined
  if (testCase.type === 'EXCEPTION' || testCase.type === 'ERROR_MATCHES') {
    return `the algorithm answered ${show(result)}, and an error was expected`
  }
  if (target === undefined || 'problem' in target) return target?.problem
  const { value } = target
  switch (testCase.type) {
    case 'EXACT_MATCH':
      return sentence(testCase.tree, difference(testCase.expected, value, testCase.tolerance))
    case 'CONTAINS':
      return sentence(testCase.tree, lack(testCase.expected, value, testCase.tolerance))
    case 'MATCHES':
      if (typeof value !== 'string') return `${placeOf(testCase.tree)} is ${show(value)}, and MATCHES needs a text`
      return searchProblem(testCase.expected, value, placeOf(testCase.tree))
    case 'GREATER_OR_EQUAL':
    case 'LESS_OR_EQUAL':
      return disorder(testCase, value)
  }
}

function disorder(testCase: TestCase & { expected: number | bigint }, value: Json): string | undefined {
  const number = numberOf(value)
  const place = placeOf(testCase.tree)
  if (number === undefined) return `${place} is ${show(value)}, which has no order with ${show(testCase.expected)}`
  const atLeast = testCase.type === 'GREATER_OR_EQUAL'
  if (atLeast ? number >= testCase.expected : number <= testCase.expected) return undefined
  return `${place} is ${show(value)}, which is ${atLeast ? 'less' : 'greater'} than ${show(testCase.expected)}`
}

function searchProblem(pattern: string, text: string, place: string): string | undefined {
  try {
    if (search(pattern, text)) return undefined
    return `${place}, ${show(text)}, does not match /${shorten(pattern, cellLength)}/`
  } catch (error) {
    if (!(error instanceof SearchFailure)) throw error
    return `the regular expression /${shorten(pattern, cellLength)}/ cannot be applied to ${place} (${error.message}): write it without repetitions inside repetitions`
  }
}

function slowness({ maxLatencyMs }: TestCase, { milliseconds }: Answer): string | undefined {
  if (maxLatencyMs === undefined || milliseconds <= maxLatencyMs) return undefined
  return `the answer took ${formatDuration(milliseconds)}, which is longer than ${formatDuration(maxLatencyMs)} (max_latency_ms)`
}

type Target = { value: Json } | { problem: string }

/** The value that `tree` leads to, by Python's rules. */
function follow({ tree }: TestCase, result: Json): Target {
  let value = result
  for (const [index, key] of tree.entries()) {
    const next = step(value, key)
    if (next === undefined) return { problem: `${placeOf(tree.slice(0, index))} ${whyNoStep(value, key)}` }
    value = next
  }
  return { value }
}

function step(value: Json, key: string | number): Json | undefined {
  if (typeof key === 'string') return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined
  if (Array.isArray(value)) return value.at(key)
  return typeof value === 'string' ? [...value].at(key) : undefined
}

function whyNoStep(value: Json, key: string | number): string {
  const fits = typeof key === 'string' ? isObject(value) : Array.isArray(value) || typeof value === 'string'
  if (!fits) return `is ${show(value)}, which has no ${typeof key === 'string' ? 'key' : 'index'} ${show(key)}`
  if (Array.isArray(value)) return `has only ${count(value.length, 'element')}, and no index ${key}`
  if (typeof value === 'string') return `is the text ${show(value)}, which has no index ${key}`
  const keys = Object.keys(value as object)
  return `has no key ${show(key)}; it has ${keys.length === 0 ? 'none' : showJson(keys, 120).slice(1, -1)}`
}

function sentence(tree: TestCase['tree'], found: Difference | undefined): string | undefined {
  return found && `${placeOf([...tree, ...found.path])} ${found.how}`
}

/** `["probabilities", 0]` */
function placeOf(path: (string | number)[]): string {
  return path.length === 0 ? 'the result' : `[${path.map((key) => show(key)).join(', ')}]`
}

function describeExpected(testCase: TestCase): string {
  const limit = testCase.maxLatencyMs === undefined ? '' : ` within ${formatDuration(testCase.maxLatencyMs)}`
  return `${describeExpectation(testCase)}${limit}`
}

function describeExpectation(testCase: TestCase): string {
  const shown = () => showJson(testCase.expected as Json, cellLength)
  switch (testCase.type) {
    case 'EXACT_MATCH':
      return `${shown()}${describeTolerance(testCase.tolerance)}`
    case 'CONTAINS':
      return `contains ${shown()}${describeTolerance(testCase.tolerance)}`
    case 'GREATER_OR_EQUAL':
      return `at least ${shown()}`
    case 'LESS_OR_EQUAL':
      return `at most ${shown()}`
    case 'MATCHES':
      return `matches ${shown()}`
    case 'NO_EXCEPTION':
      return 'any result'
    case 'EXCEPTION':
      return 'an error'
    case 'ERROR_MATCHES':
      return `an error like ${shown()}`
  }
}

function describeTolerance({ absolute, relative }: { absolute: number; relative: number }): string {
  const parts = [
    ...(absolute > 0 ? [`${absolute}`] : []),
    ...(relative > 0 ? [`${Number((relative * 100).toPrecision(6))} %`] : []),
  ]
  return parts.length === 0 ? '' : ` ± ${parts.join(' or ')}`
}

function describeAnswer(answer: Answer, target: Target | undefined): string {
  if (answer.outcome === 'result') {
    return showJson(target && 'value' in target ? target.value : answer.result, cellLength)
  }
  return answer.outcome === 'error' ? describeError(answer) : `no answer: ${shorten(answer.message, cellLength)}`
}

function describeError({ type, message }: AlgorithmError): string {
  return `${shorten(type ?? 'error', 60)}: ${shorten(message, cellLength)}`
}
