import { layoutFor, layoutOf } from './json-layout.ts'
import { parseTree } from './json-parser.ts'
import { type Container, childrenOf, isContainer, type Node, type Place } from './json-tree.ts'
import { pythonText } from './python-text.ts'
import { oneLine, spellJson, spellString } from './spell-json.ts'

/** Keys of objects, and indexes of lists, from the outside. */
export type Path = readonly (string | number)[]

interface Edit extends Place {
  text: string
}

/**
 * A JSON text that stays as it is where it is not edited: its layout, its spelling, the order of its keys and those that
 * are there twice. Every edit returns another document. What is inserted lies as its surroundings do.
 */
export class JsonDocument {
  /** Without a byte order mark, which Python's `json.load` refuses. */
  readonly text: string
  readonly root: Node

  private constructor(text: string) {
    this.text = text
    this.root = parseTree(text)
  }

  /** @throws Error that says in words what is wrong, and in which line and column, for all that Python refuses */
  static parse(text: string): JsonDocument {
    return new JsonDocument(text.replace(/^\ufeff/, ''))
  }

  /** An object without members: those that it gets are indented by two spaces. */
  static empty(): JsonDocument {
    return new JsonDocument('{}\n')
  }

  /** The value there, if there is one. Of members with the same key the last one counts, as for Python. */
  get(path: Path): Node | undefined {
    let node: Node | undefined = this.root
    for (const step of path) node = node && placesOf(node, step).at(-1)?.value
    return node
  }

  /**
   * Replaces a value, in each of the members with this key, or appends a member. A value that is already there stays as
   * it is spelt.
   *
   * @param value as spellJson takes it
   * @throws Error when there is no object around it, or no such element of a list
   */
  set(path: Path, value: unknown): JsonDocument {
    const present = this.get(path)
    if (present && isSame(present, value)) return this
    const key = path.at(-1)
    if (key === undefined) return this.#replace([], [this.root], value)
    const trail = this.#trailTo(path.slice(0, -1))
    const container = trail.at(-1) as Container
    const places = placesOf(container, key)
    if (places.length > 0) {
      return this.#replace(
        trail,
        places.map((place) => place.value),
        value,
      )
    }
    if (container.type !== 'object' || typeof key === 'number') throw new Error(`there is nothing at ${show(path)}`)
    return this.#insert(trail, value, key)
  }

  /**
   * Sets many values at once, as `set` does one by one: a long text is parsed again after each edit.
   *
   * @param values none of the paths may lead into another one
   */
  setAll(values: readonly (readonly [Path, unknown])[]): JsonDocument {
    const missing = values.filter(([path]) => this.get(path) === undefined)
    const edits = values.flatMap(([path, value]): Edit[] => {
      const present = this.get(path)
      const key = path.at(-1)
      if (present === undefined || key === undefined || isSame(present, value)) return []
      const trail = this.#trailTo(path.slice(0, -1))
      return placesOf(trail.at(-1) as Container, key).map(({ value: node }) => this.#replacement(trail, node, value))
    })
    const edited = edits.length === 0 ? this : this.#edit(edits.sort((one, other) => one.start - other.start))
    return missing.reduce((next, [path, value]) => next.set(path, value), edited as JsonDocument)
  }

  /**
   * Appends an element to a list.
   *
   * @param value as spellJson takes it
   * @throws Error when there is no list
   */
  append(path: Path, value: unknown): JsonDocument {
    const trail = this.#trailTo(path)
    if (trail.at(-1)?.type !== 'array') throw new Error(`there is no list at ${show(path)}`)
    return this.#insert(trail, value)
  }

  /** Removes an element, or each of the members with this key; nothing happens when there is none. */
  remove(path: Path): JsonDocument {
    const key = path.at(-1)
    if (key === undefined) throw new Error('a JSON text has a value')
    const container = this.get(path.slice(0, -1))
    const gone = container ? placesOf(container, key).map(({ index }) => index) : []
    if (!container || !isContainer(container) || gone.length === 0) return this
    const children = childrenOf(container)
    const firstKept = children.findIndex((_, index) => !gone.includes(index))
    if (firstKept === -1) return this.#edit([{ start: container.start + 1, end: container.end - 1, text: '' }])
    const removals = gone.map((index): Edit => {
      // With the comma before it, so that what was appended leaves no trace; only the first ones have none.
      const start = index < firstKept ? children[index]?.start : children[index - 1]?.end
      const end = index < firstKept ? children[index + 1]?.start : children[index]?.end
      return { start: start ?? 0, end: end ?? 0, text: '' }
    })
    return this.#edit(removals)
  }

  /** The containers from the outermost one to the one at the path. */
  #trailTo(path: Path): Container[] {
    const nodes = Array.from({ length: path.length + 1 }, (_, length) => this.get(path.slice(0, length)))
    return nodes.map((node) => {
      if (!node || !isContainer(node)) throw new Error(`there is no object or list at ${show(path)}`)
      return node
    })
  }

  #replace(trail: Container[], nodes: readonly Node[], value: unknown): JsonDocument {
    return this.#edit(nodes.map((node) => this.#replacement(trail, node, value)))
  }

  #replacement(trail: Container[], node: Node, value: unknown): Edit {
    const { start, end } = node
    return { start, end, text: spellJson(value, layoutFor(this.text, trail, value, node)) }
  }

  #insert(trail: Container[], value: unknown, key?: string): JsonDocument {
    const container = trail.at(-1) as Container
    const last = childrenOf(container).at(-1)
    if (!last) {
      const filled = key === undefined ? [value] : new Map([[key, value]])
      return this.#replace(trail.slice(0, -1), [container], filled)
    }
    const { newline, indent, unit, comma, colon } = layoutOf(this.text, trail)
    const separator = newline === undefined ? comma : `,${newline}${indent}${unit}`
    const start = key === undefined ? '' : `${spellString(key)}${colon}`
    const spelt = spellJson(value, layoutFor(this.text, trail, value))
    return this.#edit([{ start: last.end, end: last.end, text: `${separator}${start}${spelt}` }])
  }

  #edit(edits: readonly Edit[]): JsonDocument {
    let rest = 0
    const parts = edits.map(({ start, end, text }) => {
      const before = this.text.slice(rest, start)
      rest = end
      return before + text
    })
    return new JsonDocument(parts.join('') + this.text.slice(rest))
  }
}

/** The values at a step, and which children of the node they are: several for members with the same key. */
function placesOf(node: Node, step: string | number): { index: number; value: Node }[] {
  if (node.type === 'object') {
    return node.members.flatMap(({ key, value }, index) => (key === step ? [{ index, value }] : []))
  }
  const value = node.type === 'array' && typeof step === 'number' ? node.items[step] : undefined
  return value && typeof step === 'number' ? [{ index: step, value }] : []
}

/** Whether Python sees no difference, also none in the order of keys, nor between 1 and 1.0. */
function isSame(node: Node, value: unknown): boolean {
  return pythonText(node) === pythonText(parseTree(spellJson(value, oneLine)))
}

function show(path: Path): string {
  return path.length === 0 ? 'the top' : path.map((step) => JSON.stringify(step)).join(', ')
}
