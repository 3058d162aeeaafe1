import { DeployError } from '../../errors.ts'

const KEYWORDS = new Set(
  (
    'False None True and as assert async await break class continue def del elif else except finally for from global ' +
    'if import in is lambda nonlocal not or pass raise return try while with yield'
  ).split(' '),
)

/**
 * Checks that each parameter can become a Python variable.
 *
 * @throws DeployError that names the first one that cannot
 */
export function checkParameters(parameters: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(parameters)) {
    if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) || KEYWORDS.has(name)) {
      throw parameterError(`\`${name}\` is not a name that a Python variable can have`)
    }
    checkValue(name, value)
  }
}

function checkValue(name: string, value: unknown): void {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw parameterError(`\`${name}\` holds ${value}, which cannot be passed to the notebook`)
  }
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) checkValue(name, part)
  }
}

/**
 * The values as JSON that Python reads with the same types: whole numbers of any size stay whole (bigint), and `1.0`
 * stays a float (number).
 */
export function pythonValues(value: unknown): unknown {
  if (typeof value === 'bigint') return rawJson(String(value))
  if (typeof value === 'number') return rawJson(/[.e]/.test(String(value)) ? String(value) : `${value}.0`)
  if (Array.isArray(value)) return value.map(pythonValues)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, pythonValues(part)]))
}

/** @see https://github.com/tc39/proposal-json-parse-with-source, in Node from 21 on */
function rawJson(text: string): unknown {
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(text)
}

function parameterError(problem: string): DeployError {
  return new DeployError(`In the input notebook_parameters ${problem}.`, {
    annotation: { title: 'Parameter not usable' },
  })
}
