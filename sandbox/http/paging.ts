import { badRequest, codes } from '../errors.ts'

/** One page of a list (platform reference §3.3, "Pages"). */
export interface Page {
  marker: string | null
  next_link: string | null
  results: unknown[]
}

const defaultLimit = 50
const highestLimit = 1000

/**
 * @param entries all of them, in their order; the marker names the last one of a page, so entries that come meanwhile
 *   neither repeat nor hide others
 * @param query of the request: `limit`, `marker`
 * @param link the address of the list without a query, for `next_link`
 * @throws ApiError 400 with code 5003 or 5002
 */
export function pageOf<T extends { id: string }>(
  entries: T[],
  query: URLSearchParams,
  link: string,
  body: (entry: T) => unknown,
): Page {
  const limit = limitFrom(query.get('limit'))
  const start = startFrom(entries, query.get('marker'))
  const results = entries.slice(start, start + limit)
  const last = results.at(-1)
  if (!last || start + limit >= entries.length) return { marker: null, next_link: null, results: results.map(body) }
  const rest = new URLSearchParams(query)
  rest.set('marker', last.id)
  return { marker: last.id, next_link: `${link}?${rest}`, results: results.map(body) }
}

function limitFrom(text: string | null): number {
  if (text === null || text === '') return defaultLimit
  const limit = Number(text)
  if (!/^\d{1,6}$/.test(text) || limit === 0) throw badRequest(`limit must be 1 or more, not "${text}"`, codes.badLimit)
  return Math.min(limit, highestLimit)
}

function startFrom(entries: { id: string }[], marker: string | null): number {
  if (marker === null || marker === '') return 0
  const index = entries.findIndex(({ id }) => id === marker)
  if (index === -1) throw badRequest(`The marker "${marker}" is not one of this list`, codes.badMarker)
  return index + 1
}
