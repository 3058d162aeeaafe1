import { execFileSync } from 'node:child_process'

const program = `
import hashlib, json, sys
def read(text):
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return hashlib.md5(repr(value).encode()).hexdigest()
json.dump([read(text) for text in json.load(sys.stdin)], sys.stdout)
`

/**
 * The MD5 of the text that Python makes of each value (for a dict that of `str`), and null for the texts that `json.loads`
 * refuses; in one process.
 */
export function pythonDigests(texts: readonly string[], python = process.env.PYTHON || 'python3'): (string | null)[] {
  return askPython(program, texts, python) as (string | null)[]
}

/** What a Python program prints as JSON, which reads JSON from its standard input. */
export function askPython(script: string, input: unknown, python = process.env.PYTHON || 'python3'): unknown {
  // In ASCII: what Python reads from a pipe depends on the locale.
  const ascii = JSON.stringify(input).replace(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  const options = { input: ascii, encoding: 'utf8', maxBuffer: 2 ** 28 } as const
  return JSON.parse(execFileSync(python, ['-c', script], options))
}
