import type { Node } from './json-tree.ts'

/**
 * The text that Python's `str` makes of the parsed JSON, of which the lock of a freeze is the checksum (platform
 * reference §6.3). Which characters are printable, and stand there as they are, says the Unicode version of Node.
 */
export function pythonText(node: Node): string {
  switch (node.type) {
    case 'object': {
      const last = new Map(node.members.map(({ key, value }) => [key, value]))
      return `{${[...last].map(([key, value]) => `${pythonString(key)}: ${pythonText(value)}`).join(', ')}}`
    }
    case 'array':
      return `[${node.items.map(pythonText).join(', ')}]`
    case 'string':
      return pythonString(node.value)
    case 'number':
      return /^-?\d+$/.test(node.spelling) ? String(BigInt(node.spelling)) : pythonFloat(Number(node.spelling))
    default:
      return node.value === null ? 'None' : node.value ? 'True' : 'False'
  }
}

function pythonFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  if (!Number.isFinite(value)) return `${sign}inf`
  const [mantissa = '', power] = Math.abs(value).toExponential().split('e')
  const exponent = Number(power)
  if (exponent < -4 || exponent >= 16) {
    return `${sign}${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
  }
  const digits = mantissa.replace('.', '')
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`
  return `${sign}${digits.slice(0, exponent + 1).padEnd(exponent + 1, '0')}.${digits.slice(exponent + 1) || '0'}`
}

const shortEscapes: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

function pythonString(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  const escaped = text.replace(/['"\\]|(?! )[\p{C}\p{Z}]/gu, (character) => {
    if (character === "'" || character === '"') return character === quote ? `\\${quote}` : character
    return shortEscapes[character] ?? escapeCode(character.codePointAt(0) ?? 0)
  })
  return quote + escaped + quote
}

function escapeCode(code: number): string {
  const hex = code.toString(16)
  if (code < 0x100) return `\\x${hex.padStart(2, '0')}`
  return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
}
