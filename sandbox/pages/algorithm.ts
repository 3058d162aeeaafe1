import type { Caller } from '../accounts/auth.ts'
import type { Algorithm } from '../algorithms/algorithm.ts'
import type { Build } from '../builds/build.ts'
import { statusOf } from './build.ts'
import { type Answer, answerOf, callForm, type Filled } from './call-box.ts'
import { durationOf, gitAddress, timeOf } from './format.ts'
import { address, type Html, html } from './html.ts'
import { type Page, table } from './layout.ts'
import type { VisibleAlgorithm } from './visible.ts'

/** Longer lists are for programs. */
const shownBuilds = 100

/**
 * @param visitor who looks at it
 * @param url the address of the server
 * @param filled what is in the form; without it the form is as new
 * @param answer of the call that was made with it
 */
export function algorithmPage(
  found: VisibleAlgorithm,
  visitor: Caller,
  url: string,
  filled?: Filled,
  answer?: Answer,
): Page {
  const { algorithm, versions, builds, insider } = found
  const { owner, name, details } = algorithm
  const git = `${gitAddress(url, visitor)}/${owner}/${name}.git`
  const readable = insider || algorithm.settings.source_visibility === 'open'
  const content = html`
${details.label ? html`<p class="plain">${details.label}</p>` : undefined}
${details.tagline ? html`<p class="plain note">${details.tagline}</p>` : undefined}
<dl>
<dt>Call</dt><dd><code>algo://${owner}/${name}</code></dd>
${readable ? html`<dt>git</dt><dd><code>git clone ${git}</code></dd>` : undefined}
</dl>
<h2 id="call">Call</h2>
${answer && answerOf(answer)}
${callForm(algorithm, versions, filled)}
${summaryOf(algorithm, versions)}
<h2>Versions</h2>
${versionTable(versions)}
<h2>Builds</h2>
${builds ? buildTable(algorithm, builds) : html`<p class="empty">${insider ? 'This API key may not read builds.' : `Only ${owner} sees them.`}</p>`}
<h2>Settings</h2>
${settingsOf(algorithm)}`
  return { title: `${owner}/${name}`, content, trail: [] }
}

/**
 * The README of the newest version, whose HTML comes from the algorithm's author: in a frame without scripts, forms,
 * links that lead anywhere or an origin, under this page's policy.
 */
function summaryOf({ details }: Algorithm, versions: Build[]): Html | undefined {
  const readme = versions.find(({ summary }) => summary !== undefined)?.summary
  if (readme !== undefined) {
    const page = html`<!doctype html><link rel="stylesheet" href="/style.css"><main>`.text + readme
    return html`<h2>Summary</h2><iframe title="Summary" sandbox srcdoc="${page}"></iframe>`
  }
  return details.summary === '' ? undefined : html`<h2>Summary</h2><p class="plain">${details.summary}</p>`
}

function versionTable(versions: Build[]): Html {
  const rows = versions.flatMap(({ commit, version }) => {
    if (!version) return []
    const { number, callability, publishedAt, releaseNotes } = version
    return [
      [number, commitOf(commit), callability, timeOf(publishedAt), html`<span class="plain">${releaseNotes}</span>`],
    ]
  })
  const columns = ['Version', 'Commit', 'Callable', 'Published', 'Release notes']
  return capped(table(columns, rows.slice(0, shownBuilds), 'Nothing is published yet.'), rows.length)
}

function buildTable({ owner, name }: Algorithm, builds: Build[]): Html {
  const rows = builds
    .slice(0, shownBuilds)
    .map((build) => [
      html`<a href="${address('algorithms', owner, name, 'builds', build.id)}">Build ${build.number}</a>`,
      statusOf(build),
      commitOf(build.commit),
      timeOf(build.startedAt),
      build.finishedAt === undefined ? '–' : durationOf(build.startedAt, build.finishedAt),
    ])
  const columns = ['Build', 'Status', 'Commit', 'Started', 'Took']
  return capped(table(columns, rows, 'Nothing is built yet: a push builds.'), builds.length)
}

function commitOf(commit: string): Html {
  return html`<code title="${commit}">${commit.slice(0, 10)}</code>`
}

function capped(list: Html, count: number): Html {
  if (count <= shownBuilds) return list
  return html`${list}<p class="note">The newest ${shownBuilds} of ${count}; the API lists them all.</p>`
}

function settingsOf({ id, settings }: Algorithm): Html {
  const rows = Object.entries({ id, ...settings }).map(
    ([name, value]) => html`<dt>${name}</dt><dd><code>${String(value)}</code></dd>
`,
  )
  return html`<dl>${rows}</dl>`
}
