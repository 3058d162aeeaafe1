/** Random numbers from 0 up to 1, the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export function pick<T>(random: () => number, choices: readonly T[]): T {
  return choices[Math.floor(random() * choices.length)] as T
}

const keys = ['10', '2', '-1', '01', '__proto__', 'constructor', 'lock_checksum', '', 'a', 'b', "it's", 'a\\"b']
const awkward = [
  ...'\'"\'"\\/\b\f\n\r\t\u0000\u001b\u001f \u007f\u0085\u00a0\u00ad\u00e9\u00ff\u0100\u0301\u0378\u061c\u200b\u200d',
  ...'\u2028\u2029\u202e\u3000\u4e2d\ud7ff\ue000\ufeff\ufffd\ufffe\uffff😀🚀👩🏽\u{1d400}\u{20000}\u{e0001}\u{f0000}\u{10ffff}',
  '\ud800',
  '\udbff',
  '\udc00',
  '\udfff',
]

/**
 * JSON as people, programs and enemies write it: any layout, keys that come twice or look like numbers, numbers that only
 * Python tells apart, strings with anything in them, deep nesting. Its characters are the same to every Unicode from 11 on.
 */
export function randomJson(random: () => number, depth = 0): string {
  const blank = () => (random() < 0.7 ? '' : pick(random, [' ', '  ', '\n', '\r\n', '\t', '\n    ', '\r']))
  const nest = random() < (depth === 0 ? 0.95 : 0.45 - depth * 0.03)
  if (!nest) return randomScalar(random)
  if (depth === 1 && random() < 0.01) return randomTower(random)
  const isObject = depth === 0 || random() < 0.5
  const children = Array.from({ length: Math.floor(random() * (depth === 0 ? 9 : 6)) }, () => {
    const value = randomJson(random, depth + 1)
    return isObject ? `${randomKey(random)}${blank()}:${blank()}${value}` : value
  })
  const inner = children.map((child) => `${blank()}${child}${blank()}`).join(',') || blank()
  return isObject ? `{${inner}}` : `[${inner}]`
}

/** A value in many lists and objects. */
function randomTower(random: () => number): string {
  const levels = Array.from({ length: Math.floor(random() * 400) }, () => pick(random, ['[', '{"a": ', '[0, ']))
  const ends = levels.map((level) => (level.startsWith('{') ? '}' : ']')).reverse()
  return levels.join('') + randomScalar(random) + ends.join('')
}

function randomScalar(random: () => number): string {
  const kind = random()
  if (kind < 0.2) return pick(random, ['true', 'false', 'null', 'NaN', 'Infinity', '-Infinity'])
  return kind < 0.6 ? randomNumber(random) : randomString(random)
}

function randomKey(random: () => number): string {
  return random() < 0.6 ? spellRandomly(random, pick(random, keys)) : randomString(random)
}

function randomDigits(random: () => number, most: number): string {
  return Array.from({ length: 1 + Math.floor(random() * most) }, () => Math.floor(random() * 10)).join('')
}

function randomNumber(random: () => number): string {
  const kind = random()
  if (kind < 0.1) return pick(random, ['0', '-0', '0.0', '-0.0', '0e0', '-0E-5', '1e16', '1e15', '9999999999999998.0'])
  if (kind < 0.2)
    return pick(random, ['5e-324', '2.2250738585072014e-308', '1.7976931348623157e308', '1e309', '-1e999'])
  if (kind < 0.35) {
    // Any double, as bits.
    const bits = new DataView(new ArrayBuffer(8))
    bits.setUint32(0, random() * 2 ** 32)
    bits.setUint32(4, random() * 2 ** 32)
    const value = bits.getFloat64(0)
    return Number.isFinite(value) ? String(value) : 'NaN'
  }
  const whole = randomDigits(random, kind < 0.45 ? 400 : 20).replace(/^0+(?=\d)/, '')
  const fraction = random() < 0.5 ? `.${randomDigits(random, 20)}` : ''
  const power = random() < 0.3 ? pick(random, ['e', 'E']) + pick(random, ['', '+', '-']) + randomDigits(random, 3) : ''
  return pick(random, ['', '-']) + whole + fraction + power
}

function randomString(random: () => number): string {
  const length = Math.floor(random() * 12)
  const text = Array.from({ length }, () => (random() < 0.5 ? pick(random, [...'ab1 _-']) : pick(random, awkward)))
  return spellRandomly(random, text.join(''))
}

/** Escapes what must be escaped, and some of the rest. A surrogate without its other half can only be written as an escape. */
function spellRandomly(random: () => number, text: string): string {
  const short: Record<string, string> = { '\b': 'b', '\f': 'f', '\n': 'n', '\r': 'r', '\t': 't', '/': '/' }
  const spelt = [...text].map((character) => {
    const must = /["\\\u0000-\u001f\ud800-\udfff]/u.test(character)
    if (!must && random() < 0.7) return character
    if (/["\\]/.test(character)) return `\\${character}`
    if (short[character] && random() < 0.7) return `\\${short[character]}`
    const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index))
    const escapes = units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')
    return random() < 0.3 ? escapes.replace(/[a-f]/g, (digit) => digit.toUpperCase()) : escapes
  })
  return `"${spelt.join('')}"`
}

/** The text with one or a few mistakes, or what may be one. */
export function mutate(random: () => number, text: string): string {
  const pieces = [
    ...'{}[],:"\\/-+.eE0123456789 \n\t\u00a0\u0001\u007fNntf',
    'NaN',
    'Infinity',
    '-Infinity',
    '\\u',
    '\\ud83d',
  ]
  let mutated = text
  for (let count = 1 + Math.floor(random() * 2); count > 0; count -= 1) {
    const at = Math.floor(random() * (mutated.length + 1))
    const gone = random() < 0.4 ? 0 : 1
    const piece = random() < 0.3 ? '' : pick(random, pieces)
    mutated = mutated.slice(0, at) + piece + mutated.slice(at + gone)
  }
  // Halves of a character are no text that a file can hold.
  return mutated.toWellFormed()
}
