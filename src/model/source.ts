import { basename } from 'node:path'
import type { CheckedModel } from './check.ts'
import type { Digest } from './hashers.ts'
import { changed, ModelReader } from './reader.ts'

/** A model that can be read as often as somebody needs its bytes; all passes must find the same bytes. */
export function modelSource({ path, size }: CheckedModel) {
  let known: Digest | undefined
  let version: string | undefined

  async function pass(ready?: Promise<void>): Promise<ModelReader> {
    const reader = await ModelReader.open(path, size, ready)
    version ??= reader.version
    if (reader.version === version) return reader
    await reader.discard()
    throw changed(path, 'something wrote to it')
  }

  return {
    name: basename(path),
    size,
    open: pass,
    /** Hashes the file without sending it anywhere. */
    async digest(): Promise<Digest> {
      if (known) return known
      const reader = await pass()
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
