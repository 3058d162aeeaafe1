import { basename } from 'node:path'
import type { OpenBytes } from './bytes.ts'
import { FileBytes } from './file.ts'
import { type FolderListing, refuseChangedFolder } from './folder.ts'
import type { Digest } from './hashers.ts'
import { ModelReader } from './reader.ts'

/** A model that can be read as often as somebody needs its bytes; all passes find the same bytes, or fail. */
export type ModelSource = ReturnType<typeof sourceOf>

/** A file as it is. @param size bytes */
export function fileSource({ path, size }: { path: string; size: number }): ModelSource {
  let version: string | undefined
  return sourceOf(basename(path), size, async () => {
    const file = await FileBytes.open(path, { size, version })
    version = file.version
    return file
  })
}

/**
 * A folder as a `.tar.gz`, made while it is read. Its bytes depend on nothing but names and contents.
 *
 * @param topName the one folder at the top of the archive
 * @param name file name of the archive
 */
export async function archiveSource(
  listing: FolderListing,
  { topName, name }: { topName: string; name: string },
): Promise<ModelSource> {
  // Loaded only now: most models are files.
  const [{ StoredGzip }, { TarBytes }] = await Promise.all([import('./gzip.ts'), import('./tar.ts')])
  const archive = () => new StoredGzip(new TarBytes(listing, topName))
  return sourceOf(name, archive().size, async () => {
    await refuseChangedFolder(listing)
    return archive()
  })
}

function sourceOf(name: string, size: number, openBytes: () => Promise<OpenBytes>) {
  let known: Digest | undefined
  const open = async (ready?: Promise<void>) => new ModelReader(await openBytes(), ready)

  return {
    name,
    /** Bytes. */
    size,
    /** @param ready no byte is read before it resolves */
    open,
    /** Hashes the model without sending it anywhere. */
    async digest(): Promise<Digest> {
      if (known) return known
      const reader = await open()
      try {
        for await (const _ of reader.stream);
        known = await reader.digest()
        return known
      } finally {
        await reader.discard()
      }
    },
  }
}
