import { escapeHtml } from '../http/escape-html.ts'

/** Text that is HTML already. Only `html` makes it, so everything in it was written here or escaped. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** What a template may hold: HTML goes in as it is, lists one after the other, everything else as text. */
export type Part = Html | string | number | undefined | readonly Part[]

/**
 * Makes HTML of a template. Values are escaped for text and for quoted attributes; they must not stand anywhere else,
 * and an address must not begin with one, whose scheme it would be.
 */
export function html(strings: TemplateStringsArray, ...values: Part[]): Html {
  return new Html(strings.map((string, index) => string + rendered(values[index])).join(''))
}

function rendered(part: Part): string {
  if (part === undefined) return ''
  if (part instanceof Html) return part.text
  if (typeof part === 'string' || typeof part === 'number') return escapeHtml(String(part))
  return part.map(rendered).join('')
}

/** An address on this server: each segment may be any text. */
export function address(...segments: string[]): string {
  // A name may hold half a surrogate pair, which has no UTF-8.
  return `/${segments.map((segment) => encodeURIComponent(segment.toWellFormed())).join('/')}`
}
