import { type Caller, requireCaller, requireDataRead } from '../accounts/auth.ts'
import type { Users } from '../accounts/users.ts'
import { notFound } from '../errors.ts'
import { mayRead, ownerOf, readableDirectory } from './access.ts'
import { aclBody } from './acl.ts'
import { page } from './name-index.ts'
import type { DataPath } from './paths.ts'
import type { FileRecord, HostedData } from './store.ts'

/** What a directory holds; a part is absent when it is empty (platform reference §2.3, "Listing"). */
export interface Listing {
  folders?: { name: string; acl?: { read: string[] } }[]
  files?: FileEntry[]
  marker?: string
  acl?: { read: string[] }
}

interface FileEntry {
  filename: string
  last_modified: string
  size: number
}

/**
 * One page of a directory.
 *
 * @param options the query: `marker` and `acl=true`
 */
export async function listing(
  data: HostedData,
  users: Users,
  path: Extract<DataPath, { kind: 'root' | 'account' | 'directory' }>,
  caller: Caller | undefined,
  options: URLSearchParams,
): Promise<Listing> {
  requireDataRead(caller)
  const marker = options.get('marker') ?? ''
  const withAcl = options.get('acl') === 'true'
  // Clients learn their own account's name from the first folder here.
  if (path.kind === 'root') return { folders: [{ name: requireCaller(caller).user.name }] }
  if (path.kind === 'account') return accountListing(data, users, path, caller, marker)
  const collection = await readableDirectory(data, users, path, caller)
  const result = page(collection.files.values(), marker)
  const files = result.entries.map(fileEntry)
  return {
    ...(files.length > 0 && { files }),
    ...(result.marker !== undefined && { marker: result.marker }),
    // Scratch space has no ACL (platform reference §2.3, "Listing").
    ...(withAcl && path.directory.kind === 'collection' && { acl: aclBody(collection.acl) }),
  }
}

/** Everybody sees the collections of an account that they may read. */
function accountListing(
  data: HostedData,
  users: Users,
  path: { owner: string; uri: string },
  caller: Caller | undefined,
  marker: string,
): Listing {
  const owner = ownerOf(path, caller)
  requireCaller(caller)
  if (!users.isOwner(owner)) throw notFound(`The account ${owner} does not exist`)
  const visible = data
    .collectionsOf(owner)
    .values()
    .filter((collection) => mayRead(collection, users, caller))
  const result = page(visible, marker)
  const folders = result.entries.map(({ name, acl }) => ({ name, acl: aclBody(acl) }))
  return { ...(folders.length > 0 && { folders }), ...(result.marker !== undefined && { marker: result.marker }) }
}

/** One client demands the literal `.000Z`, another fails without a fraction (platform reference §2.3). */
export function fileEntry({ name, modified, size }: FileRecord): FileEntry {
  return { filename: name, last_modified: `${new Date(modified).toISOString().slice(0, 19)}.000Z`, size }
}
