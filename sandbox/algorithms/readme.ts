import { Marked } from 'marked'

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

/** The README.md of an algorithm as HTML for its page. HTML inside is shown as text, not carried out. */
export function readmeHtml(markdown: string): string {
  return String(marked.parse(markdown))
}

/** Not even a character reference may spell what is not harmless: the library passes references on. */
function safeUrl(href: string): string {
  return harmless.test(asBrowserReads(href)) ? href.replaceAll(/&(?!amp;)/g, '&amp;') : '#'
}

/** Without the characters that a browser skips in an address. */
function asBrowserReads(href: string): string {
  return href.replaceAll(/[\u0000-\u0020\u007f-\u00a0]/g, '')
}

function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character)
}
