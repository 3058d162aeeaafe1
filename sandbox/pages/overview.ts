import type { Caller } from '../accounts/auth.ts'
import { type ConnectorRecord, reachInWords } from '../connectors/connector.ts'
import type { Collection } from '../hosted-data/store.ts'
import { statusOf } from './build.ts'
import { gitAddress, sizeOf, timeOf } from './format.ts'
import { address, type Html, html } from './html.ts'
import { type Page, table } from './layout.ts'
import type { VisibleAccount, VisibleAlgorithm } from './visible.ts'

/**
 * @param connectors those that the visitor has
 * @param visitor who looks at it
 * @param url the address of the server
 */
export function overviewPage(
  accounts: VisibleAccount[],
  connectors: ConnectorRecord[],
  visitor: Caller,
  url: string,
): Page {
  const { name } = visitor.user
  const git = `${gitAddress(url, visitor)}/${name}/<algorithm>.git`
  const others = accounts.filter(({ own }) => !own)
  const content = html`
<dl>
<dt>API</dt><dd><code>${url}</code></dd>
<dt>git</dt><dd><code>git clone ${git}</code></dd>
<dt>Clients</dt><dd><code>export ALGORITHMIA_API=${url}</code></dd>
${connectors.map((connector) => html`<dt>Data connector</dt><dd><code>${connector.name}://</code> ${reachInWords(connector)}</dd>`)}
</dl>
<p class="note">The sandbox printed the passwords and API keys when it started. git takes either as the password.</p>
${accounts.filter(({ own }) => own).map((account) => ownAccount(account, visitor))}
${others.length > 0 ? html`<h2>Shared by others</h2>${others.map(sharedAccount)}` : undefined}`
  return { title: 'Overview', content }
}

function ownAccount({ owner, collections, algorithms }: VisibleAccount, visitor: Caller): Html {
  const hidden = visitor.key.data === 'none' ? 'This API key has no access to data.' : 'No collections yet.'
  return html`
<section aria-label="${owner}">
<h2>Algorithms of <bdi>${owner}</bdi></h2>
${algorithmTable(algorithms, owner)}
<h2>Collections of <bdi>${owner}</bdi></h2>
${collectionTable(collections, owner, hidden)}
</section>`
}

function sharedAccount({ owner, collections, algorithms }: VisibleAccount): Html {
  return html`
<section aria-label="${owner}">
<h3><bdi>${owner}</bdi></h3>
${algorithms.length > 0 ? algorithmTable(algorithms, owner) : undefined}
${collections.length > 0 ? collectionTable(collections, owner, '') : undefined}
</section>`
}

function algorithmTable(algorithms: VisibleAlgorithm[], owner: string): Html {
  const rows = algorithms.map(({ algorithm: { name, details }, versions, builds }) => {
    const [build] = builds ?? []
    const newest = versions.find(({ version }) => version)?.version
    return [
      html`<a href="${address('algorithms', owner, name)}">${name}</a> <span class="note">${details.tagline}</span>`,
      build ? html`${statusOf(build)} ${timeOf(build.startedAt)}` : '–',
      newest ? `${newest.number} (${newest.callability})` : '–',
    ]
  })
  return table(['Algorithm', 'Newest build', 'Newest version'], rows, 'No algorithms yet.')
}

const readers = { private: 'owner only', default: "owner, and the owner's algorithms", public: 'everybody' }

function collectionTable(collections: Collection[], owner: string, empty: string): Html {
  const rows = collections.map(({ name, acl, files }) => {
    const all = files.values()
    const size = all.reduce((sum, file) => sum + file.size, 0)
    return [html`<a href="${address('data', owner, name)}">${name}</a>`, all.length, sizeOf(size), readers[acl]]
  })
  return table(['Collection', 'Files', 'Size', 'Readable by'], rows, empty)
}
