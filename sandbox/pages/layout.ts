import type { Caller } from '../accounts/auth.ts'
import { type Html, html, type Part } from './html.ts'

/** A page without its frame. */
export interface Page {
  title: string
  content: Html
  /** The pages between the overview and it. */
  trail?: { name: string; href: string }[]
  /** Loads itself again after so many seconds. */
  refresh?: number
}

/** A whole page, as the browser gets it. */
export function documentOf(page: Page, visitor: Caller | undefined): string {
  const { title, content, trail, refresh } = page
  const above = trail && [{ name: 'Overview', href: '/' }, ...trail]
  const steps = above?.map(
    ({ name, href }) => html`<li><a href="${href}">${name}</a></li>
`,
  )
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${refresh === undefined ? undefined : html`<meta http-equiv="refresh" content="${refresh}">`}
<title>${title} – Algorithmia sandbox</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/style.css">
</head>
<body>
<header>
<a class="home" href="/">Algorithmia sandbox</a>
${visitor && html`<span>signed in as <b>${visitor.user.name}</b></span>`}
</header>
<main>
${steps && html`<nav aria-label="Pages above"><ol>${steps}</ol></nav>`}
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`.text
}

/** A table that is a list of cards where the screen is narrow; without rows only a sentence. */
export function table(columns: string[], rows: Part[][], empty: string): Html {
  if (rows.length === 0) return html`<p class="empty">${empty}</p>`
  const row = (
    cells: Part[],
  ) => html`<tr>${cells.map((cell, index) => html`<td data-label="${columns[index]}">${cell}</td>`)}</tr>
`
  return html`<table>
<thead><tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>
${rows.map(row)}</tbody>
</table>`
}
