import { badRequest, codes } from '../errors.ts'

/** At most this many entries a page (platform reference §2.3). */
export const pageSize = 1000

/** Things by name, listed in the order of their names, page by page. */
export class NameIndex<T> {
  readonly #entries = new Map<string, T>()
  #sorted: string[] | undefined

  get(name: string): T | undefined {
    return this.#entries.get(name)
  }

  set(name: string, value: T): void {
    if (!this.#entries.has(name)) this.#sorted = undefined
    this.#entries.set(name, value)
  }

  delete(name: string): void {
    if (this.#entries.delete(name)) this.#sorted = undefined
  }

  /** In the order of their names. */
  values(): T[] {
    this.#sorted ??= [...this.#entries.keys()].sort()
    return this.#sorted.flatMap((name) => this.#entries.get(name) ?? [])
  }
}

/**
 * One page of a sorted list. The marker is the last name of the page before, so entries that come and go in between
 * neither repeat nor hide others.
 *
 * @throws ApiError 400 with code 5002 for a marker that this server never gave
 */
export function page<T extends { name: string }>(sorted: T[], marker: string): { entries: T[]; marker?: string } {
  const after = marker === '' ? undefined : nameFrom(marker)
  const start = after === undefined ? 0 : firstAfter(sorted, after)
  const entries = sorted.slice(start, start + pageSize)
  const last = entries.at(-1)
  return last && start + pageSize < sorted.length ? { entries, marker: markerFor(last.name) } : { entries }
}

function firstAfter<T extends { name: string }>(sorted: T[], name: string): number {
  const index = sorted.findIndex((entry) => entry.name > name)
  return index === -1 ? sorted.length : index
}

function markerFor(name: string): string {
  return `after-${Buffer.from(name, 'utf8').toString('base64url')}`
}

function nameFrom(marker: string): string {
  const name = Buffer.from(marker.replace(/^after-/, ''), 'base64url').toString('utf8')
  if (markerFor(name) !== marker) throw badRequest('The marker is not valid', codes.badMarker)
  return name
}
