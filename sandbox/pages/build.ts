import { stripVTControlCharacters } from 'node:util'
import type { Algorithm } from '../algorithms/algorithm.ts'
import type { Build } from '../builds/build.ts'
import { durationOf, preformatted, timeOf } from './format.ts'
import { address, type Html, html } from './html.ts'
import type { Page } from './layout.ts'

export function statusOf({ status }: Build): Html {
  return html`<span class="status ${status}">${status}</span>`
}

/** @param log of the build, once it is finished */
export function buildPage({ owner, name }: Algorithm, build: Build, log: string | undefined): Page {
  const running = build.status === 'in-progress'
  const content = html`
<dl>
<dt>Status</dt><dd>${statusOf(build)}</dd>
<dt>Commit</dt><dd><code>${build.commit}</code></dd>
<dt>Started</dt><dd>${timeOf(build.startedAt)}</dd>
${build.finishedAt === undefined ? undefined : html`<dt>Finished</dt><dd>${timeOf(build.finishedAt)}, after ${durationOf(build.startedAt, build.finishedAt)}</dd>`}
${build.version && html`<dt>Published as</dt><dd>${build.version.number} (${build.version.callability})</dd>`}
</dl>
<h2>Log</h2>
${logOf(log, running)}`
  return {
    title: `Build ${build.number}`,
    content,
    trail: [{ name: `${owner}/${name}`, href: address('algorithms', owner, name) }],
    ...(running && { refresh: 3 }),
  }
}

function logOf(log: string | undefined, running: boolean): Html {
  if (running) return html`<p class="empty">It comes when the build has finished. This page loads itself again.</p>`
  if (!log) return html`<p class="empty">The log is empty.</p>`
  // Installers colour what they print, for terminals.
  return preformatted(stripVTControlCharacters(log), 'end')
}
