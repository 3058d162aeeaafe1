/** The Python source of each value, which has the same type there. */
export function pythonSources(parameters: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, pythonSource(value)]))
}

/**
 * @param value whole numbers are bigint, other numbers float; a mapping is a Map or an object
 * @returns an expression of builtins only, in one line
 */
export function pythonSource(value: unknown): string {
  if (value === null || value === undefined) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'number') return float(value)
  // What JSON escapes, Python reads the same.
  if (typeof value === 'string') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(pythonSource).join(', ')}]`
  const entries = value instanceof Map ? [...value] : Object.entries(value)
  return `{${entries.map(([key, part]) => `${pythonSource(key)}: ${pythonSource(part)}`).join(', ')}}`
}

function float(value: number): string {
  if (Number.isNaN(value)) return 'float("nan")'
  if (!Number.isFinite(value)) return value > 0 ? 'float("inf")' : 'float("-inf")'
  return /[.e]/.test(String(value)) ? String(value) : `${value}.0`
}
