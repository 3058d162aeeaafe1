import type { FastifyReply } from 'fastify'
import type { Caller } from '../accounts/auth.ts'
import { notFound } from '../errors.ts'
import { readableDirectory } from '../hosted-data/access.ts'
import { page, pageSize } from '../hosted-data/name-index.ts'
import type { Collection } from '../hosted-data/store.ts'
import { counted, sizeOf, timeOf } from './format.ts'
import { address, type Html, html } from './html.ts'
import { type Page, table } from './layout.ts'
import type { Shown } from './visible.ts'

export interface CollectionAddress {
  owner: string
  collection: string
}

/** @throws ApiError 403, 404 */
async function collectionFor(
  visitor: Caller,
  { users, data }: Shown,
  { owner, collection }: CollectionAddress,
): Promise<Collection> {
  const directory = { kind: 'collection', owner, collection } as const
  return await readableDirectory(data, users, { uri: `data://${owner}/${collection}`, directory }, visitor)
}

/**
 * One page of the files of a collection.
 *
 * @param marker where it begins; empty for the first page
 * @throws ApiError 400, 403, 404
 */
export async function collectionPage(
  visitor: Caller,
  shown: Shown,
  at: CollectionAddress,
  marker: string,
): Promise<Page> {
  const { owner, name, files } = await collectionFor(visitor, shown, at)
  const all = files.values()
  const { entries, marker: next } = page(all, marker)
  const rows = entries.map((file) => [
    html`<a href="${address('data', owner, name, file.name)}" download>${file.name}</a>`,
    sizeOf(file.size),
    timeOf(file.modified),
  ])
  const content = html`
<p><code>data://${owner}/${name}</code> – ${counted(all.length, 'file')}</p>
${table(['File', 'Size', 'Changed'], rows, all.length === 0 ? 'No files yet.' : 'No more files.')}
${pager(address('data', owner, name), marker, next)}`
  return { title: `${owner}/${name}`, content, trail: [] }
}

function pager(href: string, marker: string, next: string | undefined): Html | undefined {
  if (marker === '' && next === undefined) return undefined
  return html`<p>
${marker === '' ? undefined : html`<a href="${href}">First files</a>`}
${next === undefined ? undefined : html`<a rel="next" href="${href}?marker=${next}">Next ${pageSize} files</a>`}
</p>`
}

/**
 * Sends a file to be kept, not to be shown: whatever is in it, it never becomes a page of this origin.
 *
 * @throws ApiError 403, 404
 */
export async function download(
  visitor: Caller,
  shown: Shown,
  at: CollectionAddress & { file: string },
  reply: FastifyReply,
): Promise<FastifyReply> {
  const file = (await collectionFor(visitor, shown, at)).files.get(at.file)
  if (!file) throw notFound(`The file data://${at.owner}/${at.collection}/${at.file} does not exist`)
  return reply
    .headers({
      'content-type': 'application/octet-stream',
      'content-length': file.size,
      'content-disposition': disposition(file.name),
      'content-security-policy': "default-src 'none'; sandbox",
    })
    .send(shown.data.read(file))
}

/** Any name in the form of RFC 6266: what is not ASCII in a second parameter that all browsers prefer. */
function disposition(name: string): string {
  const plain = name.replaceAll(/[^\x20-\x7e]|["%\\]/gu, '_')
  const encoded = encodeURIComponent(name.toWellFormed()).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16)}`,
  )
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`
}
