import { spelling } from '../json.ts'
import { deepest } from './json-parser.ts'
import { isContainer, isNode } from './json-tree.ts'

/** How a container is laid out. */
export interface Layout {
  /** Undefined when all of it is on one line. */
  newline: string | undefined
  /** Of the line on which it ends. */
  indent: string
  /** What its children are indented further. */
  unit: string
  /** Between children on one line. */
  comma: string
  /** Between key and value. */
  colon: string
}

/** As Python's `json.dump` writes it. */
export const oneLine: Layout = { newline: undefined, indent: '', unit: '', comma: ', ', colon: ': ' }

/** As this action writes a new manifest. */
export const twoSpaces: Layout = { newline: '\n', indent: '', unit: '  ', comma: ', ', colon: ': ' }

/**
 * A value as JSON. What comes from another text (a node) keeps its spelling, but not its layout; all else is ASCII, and
 * spelt as Python's `json.dump` does: inference code may read the file in any locale.
 *
 * @param value may hold nodes, Maps (objects whose keys keep their order), bigints, and numbers from parseSpelt
 * @throws Error when it is nested too deeply, or a function or the like
 */
export function spellJson(value: unknown, layout: Layout, depth = 0): string {
  const digits = spelling(value)
  if (digits !== undefined) return digits
  if (typeof value === 'string') return spellString(value)
  if (typeof value === 'bigint' || typeof value === 'boolean' || value === null) return String(value)
  if (typeof value !== 'object') throw new TypeError(`JSON has no ${typeof value}`)
  if (isNode(value) && !isContainer(value)) return value.spelling
  if (depth === deepest) throw new Error('the value is nested too deeply')
  const inner = { ...layout, indent: layout.indent + layout.unit }
  const spell = (child: unknown) => spellJson(child, inner, depth + 1)
  if (Array.isArray(value)) return enclose('[', value.map(spell), ']', layout)
  if (isNode(value) && isContainer(value)) {
    if (value.type === 'array') return enclose('[', value.items.map(spell), ']', layout)
    const members = value.members.map((member) => `${member.spelling}${layout.colon}${spell(member.value)}`)
    return enclose('{', members, '}', layout)
  }
  const entries: [string, unknown][] = value instanceof Map ? [...value] : Object.entries(value)
  const members = entries.flatMap(([key, child]) =>
    child === undefined ? [] : [`${spellString(key)}${layout.colon}${spell(child)}`],
  )
  return enclose('{', members, '}', layout)
}

export function spellString(text: string): string {
  return JSON.stringify(text).replace(
    /[^\u0020-\u007e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function enclose(open: string, children: string[], close: string, layout: Layout): string {
  if (children.length === 0) return open + close
  if (layout.newline === undefined) return open + children.join(layout.comma) + close
  const line = layout.newline + layout.indent
  return `${open}${children.map((child) => line + layout.unit + child).join(',')}${line}${close}`
}
