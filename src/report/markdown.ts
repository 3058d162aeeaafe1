import { redact } from '../log.ts'

/** Text of others in a table cell: no cell border, no HTML, no Markdown that would run on. */
export function cell(text: string): string {
  return escapeHtml(text)
    .replace(/[\\`*_[\]|~]/g, '\\$&')
    .replace(/\s+/g, ' ')
}

/** The same in the type of code, where a backslash would be seen. */
export function code(text: string): string {
  const inner = escapeHtml(text)
    .replace(/[\\`*[\]|~]|(?<![A-Za-z0-9])_+|_+(?![A-Za-z0-9])/g, asEntities)
    .replace(/\s+/g, ' ')
  return `<code>${inner}</code>`
}

function asEntities(text: string): string {
  return text.replace(/./g, (character) => `&#${character.charCodeAt(0)};`)
}

/** Redacts first: an escaped secret would not be known again. */
export function escapeHtml(text: string): string {
  return redact(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** A fence longer than any in the text, so that the text cannot end it. */
export function codeBlock(text: string, language = 'text'): string[] {
  const shown = redact(text)
  const longest = Math.max(2, ...(shown.match(/`+/g) ?? []).map((run) => run.length))
  const fence = '`'.repeat(longest + 1)
  return [fence + language, shown, fence]
}

/** A table whose head names the columns; `alignment` is its second line. */
export function table(head: string, alignment: string, rows: readonly (readonly string[])[]): string[] {
  return [head, alignment, ...rows.map((row) => `| ${row.join(' | ')} |`), '']
}

/** Lines that are folded until a person asks for them. @param title is escaped already */
export function folded(title: string, lines: readonly string[]): string[] {
  return ['<details>', `<summary>${title}</summary>`, '', ...lines, '</details>', '']
}
