import { isObject, type Json, showJson } from '../json.ts'

/**
 * Equality and order as Python has them (platform reference §7.2): deep, `1 == 1.0`, `True == 1`, the order of keys
 * counts nothing, integers and floats are compared exactly.
 */

/** By how much a number may deviate; either suffices. `relative` is a share of the expected number. */
export interface Tolerance {
  absolute: number
  relative: number
}

/** Where a value differs first, and how; the sentence goes on after the place. */
export interface Difference {
  path: (string | number)[]
  how: string
}

/** The first difference between two values; undefined when they are equal. */
export function difference(expected: Json, got: Json, tolerance: Tolerance): Difference | undefined {
  if (Array.isArray(expected) && Array.isArray(got)) {
    if (got.length !== expected.length) {
      return here(`has ${count(got.length, 'element')}, and ${expected.length} were expected`)
    }
    return firstIn(expected.keys(), (index) => difference(at(expected, index), at(got, index), tolerance))
  }
  if (isObject(expected) && isObject(got)) {
    const extra = keyOnlyIn(got, expected)
    return (
      missingKey(expected, got) ??
      (extra === undefined ? undefined : here(`has the key ${show(extra)}, which was not expected`)) ??
      firstIn(Object.keys(expected), (key) => difference(at(expected, key), at(got, key), tolerance))
    )
  }
  return unequal(expected, got, tolerance)
}

/**
 * Why a value does not contain another: an object needs the keys, a list the elements (in any order), a text the text,
 * each as far as the expected value goes; everything else has to be equal.
 */
export function lack(expected: Json, got: Json, tolerance: Tolerance): Difference | undefined {
  if (Array.isArray(expected) && Array.isArray(got)) {
    const missing = expected.find((item) => got.every((candidate) => lack(item, candidate, tolerance)))
    return missing === undefined ? undefined : here(`has no element that contains ${show(missing)}`)
  }
  if (isObject(expected) && isObject(got)) {
    return (
      missingKey(expected, got) ??
      firstIn(Object.keys(expected), (key) => lack(at(expected, key), at(got, key), tolerance))
    )
  }
  if (typeof expected === 'string' && typeof got === 'string') {
    return got.includes(expected) ? undefined : here(`is ${show(got)}, which does not contain ${show(expected)}`)
  }
  return unequal(expected, got, tolerance)
}

/** The number that Python sees: True is 1. Undefined for everything that has no order among numbers. */
export function numberOf(value: Json): number | bigint | undefined {
  if (typeof value === 'boolean') return Number(value)
  return isNumber(value) ? value : undefined
}

/** A value of others in a sentence. */
export function show(value: Json): string {
  return showJson(value, 120)
}

/** `1 element`, `2 elements` */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

function unequal(expected: Json, got: Json, tolerance: Tolerance): Difference | undefined {
  const [a, b] = [numberOf(expected), numberOf(got)]
  const equal = a === undefined || b === undefined ? expected === got : sameNumber(a, b)
  if (equal || isClose(expected, got, tolerance)) return undefined
  return here(`is ${show(got)}, and ${show(expected)} was expected`)
}

/** JavaScript orders a bigint and a number exactly, as Python does; `===` would compare their types. */
function sameNumber(a: number | bigint, b: number | bigint): boolean {
  return a <= b && a >= b
}

/** Booleans do not deviate. */
function isClose(expected: Json, got: Json, { absolute, relative }: Tolerance): boolean {
  if (!isNumber(expected) || !isNumber(got)) return false
  const limit = Math.max(absolute, relative * Math.abs(Number(expected)))
  const bothBig = typeof expected === 'bigint' && typeof got === 'bigint'
  const deviation = Math.abs(bothBig ? Number(got - expected) : Number(got) - Number(expected))
  // Without a limit the exact comparison stands. Any share of infinity is infinity.
  return limit > 0 && Number.isFinite(deviation) && deviation <= limit
}

function isNumber(value: Json): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint'
}

function missingKey(expected: { [key: string]: Json }, got: { [key: string]: Json }): Difference | undefined {
  const key = keyOnlyIn(expected, got)
  return key === undefined ? undefined : here(`has no key ${show(key)}`)
}

function keyOnlyIn(one: { [key: string]: Json }, other: { [key: string]: Json }): string | undefined {
  return Object.keys(one).find((key) => !Object.hasOwn(other, key))
}

/** The first difference of the items, each of which is the first step of the path to it. */
function firstIn<K extends string | number>(
  items: Iterable<K>,
  search: (item: K) => Difference | undefined,
): Difference | undefined {
  for (const item of items) {
    const found = search(item)
    if (found) return { ...found, path: [item, ...found.path] }
  }
  return undefined
}

function here(how: string): Difference {
  return { path: [], how }
}

/** For keys that are there. */
function at(value: Json[] | { [key: string]: Json }, key: string | number): Json {
  return (value as { [key: string | number]: Json })[key] as Json
}
