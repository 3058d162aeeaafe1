import { runInNewContext } from 'node:vm'
import { Marked } from 'marked'
import { escapeHtml } from '../http/escape-html.ts'

// What a link or picture may lead to: the web, a mailbox, a place in the page. Everything else would run in the reader.
const harmless = /^(?:https?:|mailto:|[^:]*$|[^:]*[/?#])/i

const marked = new Marked({
  async: false,
  gfm: true,
  renderer: { html: ({ text }) => escapeHtml(text) },
  walkTokens: (token) => {
    if (token.type === 'link' || token.type === 'image') token.href = safeUrl(token.href)
  },
})

/** Characters. Longer ones are for the repository, not for a page. */
const longest = 64_000
/** Milliseconds; what people write takes a few. */
const patience = 1000

/**
 * The README.md of an algorithm as HTML for its page. HTML inside is shown as text, not carried out; so is a text that
 * the library cannot cope with.
 */
export function readmeHtml(markdown: string): string {
  const shown = markdown.slice(0, longest).toWellFormed()
  const cut = `<p>Only the first ${longest} of ${markdown.length} characters are shown.</p>\n`
  return markdown.length > longest ? cut + rendered(shown) : rendered(shown)
}

/** Deep nesting exhausts the library's stack, and some repetitions take it minutes during which nobody gets an answer. */
function rendered(markdown: string): string {
  try {
    const parse = () => String(marked.parse(markdown))
    // Only a script can be stopped, together with all that it calls.
    return String(runInNewContext('parse()', { parse }, { timeout: patience }))
  } catch {
    return `<pre>${escapeHtml(markdown)}</pre>\n`
  }
}

/** Not even a character reference may spell what is not harmless: the library passes references on. */
function safeUrl(href: string): string {
  return harmless.test(asBrowserReads(href)) ? href.replaceAll(/&(?!amp;)/g, '&amp;') : '#'
}

/** Without the characters that a browser skips in an address. */
function asBrowserReads(href: string): string {
  return href.replaceAll(/[\u0000-\u0020\u007f-\u00a0]/g, '')
}
