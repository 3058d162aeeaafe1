import { type Container, childrenOf, isContainer, isNode, type Member, type Node } from './json-tree.ts'
import type { Layout } from './spell-json.ts'

/**
 * How the value should lie that becomes a child of the last container: as the value whose place it takes or, in a list,
 * as the last of its kind; otherwise as the container does.
 *
 * @param trail the containers around the value, from the outside; none around the whole text
 * @param present the value whose place it takes
 */
export function layoutFor(text: string, trail: readonly Container[], value: unknown, present?: Node): Layout {
  const parent = trail.at(-1)
  const kind = kindOf(value)
  const isModel = (node: Node | undefined): node is Container =>
    node !== undefined && node.type === kind && isContainer(node) && childrenOf(node).length > 0
  const siblings = parent?.type === 'array' ? parent.items : []
  const model = isModel(present) ? present : siblings.findLast(isModel)
  if (model) return layoutOf(text, [...trail, model])
  if (!parent) return { newline: newlineIn(text) ?? '\n', indent: '', unit: '  ', comma: ', ', colon: ': ' }
  const layout = layoutOf(text, trail)
  return { ...layout, indent: layout.indent + layout.unit }
}

/** How the last of these containers lies, which must not be empty. */
export function layoutOf(text: string, trail: readonly Container[]): Layout {
  const container = trail.at(-1) as Container
  const gaps = gapsOf(text, container)
  const end = gaps.pop() ?? ''
  const colon = colonIn(text, trail)
  const newline = newlineIn(gaps.join(''))
  if (newline === undefined) {
    const comma = gaps.length > 1 ? (gaps.at(-1) ?? '') : /\s$/.test(colon) ? ', ' : ','
    return { newline, indent: '', unit: '', comma, colon }
  }
  const inner = indentIn(gaps.findLast((gap) => newlineIn(gap) !== undefined) ?? '')
  const outer = newlineIn(end) === undefined ? indentOfLine(text, container.start) : indentIn(end)
  const indent = inner.startsWith(outer) ? outer : ''
  return { newline, indent, unit: inner.slice(indent.length), comma: ', ', colon }
}

function kindOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  return isNode(value) ? value.type : Array.isArray(value) ? 'array' : 'object'
}

/** What is before, between and behind the children. */
function gapsOf(text: string, container: Container): string[] {
  let from = container.start + 1
  const gaps = childrenOf(container).map(({ start, end }) => {
    const gap = text.slice(from, start)
    from = end
    return gap
  })
  return [...gaps, text.slice(from, container.end - 1)]
}

/** What is between key and value in the nearest object. */
function colonIn(text: string, trail: readonly Container[]): string {
  for (const container of trail.toReversed()) {
    const member = container.type === 'object' ? container.members.at(-1) : lastMemberIn(container.items)
    if (!member) continue
    const colon = text.slice(member.keyEnd, member.value.start)
    return newlineIn(colon) === undefined ? colon : ': '
  }
  return ': '
}

function lastMemberIn(items: readonly Node[]): Member | undefined {
  const object = items.findLast((item) => item.type === 'object' && item.members.length > 0)
  return object?.type === 'object' ? object.members.at(-1) : undefined
}

function newlineIn(text: string): string | undefined {
  return /\r\n|\r|\n/.exec(text)?.[0]
}

/** What follows the last newline. */
function indentIn(blanks: string): string {
  return /[ \t]*$/.exec(blanks)?.[0] ?? ''
}

function indentOfLine(text: string, offset: number): string {
  const line =
    text
      .slice(0, offset)
      .split(/[\r\n]/)
      .at(-1) ?? ''
  return /^[ \t]*/.exec(line)?.[0] ?? ''
}
