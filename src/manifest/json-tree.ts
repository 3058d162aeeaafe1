import { parseSpelt } from '../json.ts'

/** What tells a node from a plain object that has the same fields. */
const mark = Symbol('a value of a JSON text')

/** Where something stands in the text: in UTF-16 units, the end is behind the last one. */
export interface Place {
  readonly start: number
  readonly end: number
}

interface Standing extends Place {
  readonly [mark]: true
}

export interface ObjectNode extends Standing {
  readonly type: 'object'
  /** As they stand there, with those whose key comes again. */
  readonly members: readonly Member[]
}

/** From the start of the key to the end of the value. */
export interface Member extends Place {
  readonly key: string
  /** The key with its quotes. */
  readonly spelling: string
  readonly keyEnd: number
  readonly value: Node
}

export interface ArrayNode extends Standing {
  readonly type: 'array'
  readonly items: readonly Node[]
}

export interface StringNode extends Standing {
  readonly type: 'string'
  readonly value: string
  /** With its quotes. */
  readonly spelling: string
}

export interface NumberNode extends Standing {
  readonly type: 'number'
  /** Also `NaN`, `Infinity` and `-Infinity`. */
  readonly spelling: string
}

export interface LiteralNode extends Standing {
  readonly type: 'literal'
  readonly value: true | false | null
  readonly spelling: string
}

export type Container = ObjectNode | ArrayNode
export type Node = Container | StringNode | NumberNode | LiteralNode

type Unmarked<T> = T extends unknown ? Omit<T, typeof mark> : never

export function node(fields: Unmarked<Node>): Node {
  return { [mark]: true, ...fields }
}

export function isNode(value: object): value is Node {
  return mark in value
}

export function isContainer(node: Node): node is Container {
  return node.type === 'object' || node.type === 'array'
}

export function childrenOf(container: Container): readonly Place[] {
  return container.type === 'object' ? container.members : container.items
}

/**
 * The value as JavaScript has it. A number that JavaScript would print in another way keeps its spelling, as with
 * parseSpelt; of members with the same key the last one counts.
 */
export function plainValue(node: Node): unknown {
  switch (node.type) {
    case 'object':
      return Object.fromEntries(node.members.map(({ key, value }) => [key, plainValue(value)]))
    case 'array':
      return node.items.map(plainValue)
    case 'number': {
      const number = Number(node.spelling)
      return String(number) === node.spelling ? number : parseSpelt(node.spelling)
    }
    default:
      return node.value
  }
}
