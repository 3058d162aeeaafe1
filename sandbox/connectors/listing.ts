import { fileEntry, type Listing } from '../hosted-data/listing.ts'
import { type NameIndex, page } from '../hosted-data/name-index.ts'
import type { FileRecord } from '../hosted-data/store.ts'

/** What is below a path; a folder that was created as such counts, under its name and a slash. */
export function below(files: NameIndex<FileRecord>, key: string): FileRecord[] {
  const prefix = prefixOf(key)
  return files.values().filter(({ name }) => name.startsWith(prefix))
}

/**
 * One page of a directory: what stores such as S3 list for a prefix, up to the next slash.
 *
 * @throws ApiError 400 for a marker that this server never gave
 */
export function connectorListing(found: FileRecord[], key: string, marker: string): Listing {
  const prefix = prefixOf(key)
  // A folder keeps its slash, as a file may have the same name.
  const entries = new Map<string, { name: string; file: FileRecord }>()
  for (const file of found) {
    const name = /^[^/]+\/?/.exec(file.name.slice(prefix.length))?.[0]
    if (name !== undefined && !entries.has(name)) entries.set(name, { name, file })
  }
  const result = page([...entries.values()], marker)
  const isFolder = ({ name }: { name: string }) => name.endsWith('/')
  const folders = result.entries.filter(isFolder).map(({ name }) => ({ name: name.slice(0, -1) }))
  const files = result.entries.filter((entry) => !isFolder(entry)).map(({ name, file }) => fileEntry({ ...file, name }))
  return {
    ...(folders.length > 0 && { folders }),
    ...(files.length > 0 && { files }),
    ...(result.marker !== undefined && { marker: result.marker }),
  }
}

function prefixOf(key: string): string {
  return key === '' ? '' : `${key}/`
}
