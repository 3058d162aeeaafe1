import { describe, expect, test } from '@jest/globals'
import type { StoredModel } from '../../src/algorithmia/store.ts'
import { storeModels } from '../../src/algorithmia/store-models.ts'
import { fileSource } from '../../src/model/source.ts'
import { client, collection, failureOf, kB, platformLab } from '../support/platform-lab.ts'
import { scriptedPlatform } from '../support/scripted-platform.ts'
import type { Seen, Step } from '../support/scripted-server.ts'

// Several models of one deployment: side by side, and all or nothing.

const lab = platformLab()
const size = 20 * kB

async function storeAll(
  count: number,
  {
    collectionExists = true,
    answer,
  }: { collectionExists?: boolean; answer?: (request: Seen) => Step | undefined } = {},
) {
  const scripted = scriptedPlatform(answer)
  const server = await lab.serve(scripted.script)
  const models = Array.from({ length: count }, (_, index) => {
    const { path } = lab.model(size, `m${index}.bin`)
    return {
      model: fileSource({ path, size }),
      name: `m${index}_abc.bin`,
      nameWithDigest: () => `m${index}_beside.bin`,
    }
  })
  const told: StoredModel[] = []
  const stored = storeModels({
    connect: (cancelled) => client(server.url, { cancelled }),
    collection,
    collectionExists,
    known: [],
    models,
    onStored: (index, model) => {
      told[index] = model
    },
  })
  return { stored, told, seen: server.seen, objects: scripted.objects }
}

const puts = (seen: Seen[]) => seen.filter(({ method }) => method === 'PUT').map(({ path }) => path.split('/').at(-1))

describe('several models', () => {
  test('all are stored and told, in the order of the models, in a collection that is created once', async () => {
    const { stored, told, seen } = await storeAll(9, { collectionExists: false })
    const uris = Array.from({ length: 9 }, (_, index) => `demo/models/m${index}_abc.bin`)
    expect((await stored).map(({ uri }) => uri.path)).toEqual(uris)
    expect(told).toEqual(await stored)
    expect(seen.filter(({ method }) => method === 'POST').map(({ path }) => path)).toEqual(['/v1/data/demo'])
    expect(seen[0]?.method).toBe('POST')
  })

  test('four at a time', async () => {
    let waiting = 0
    let most = 0
    const answer = ({ method }: Seen): Step | undefined => {
      if (method === 'HEAD') most = Math.max(most, ++waiting)
      if (method === 'PUT') waiting -= 1
      return method === 'HEAD' ? { status: 404, delayMs: 50 } : undefined
    }
    const { stored } = await storeAll(10, { answer })
    await stored
    expect(most).toBe(4)
  })

  test('when one is refused, no other is begun, those under way are cut off, and what is stored was told', async () => {
    const answer = ({ method, path }: Seen): Step | undefined => {
      if (method !== 'PUT') return undefined
      if (path.includes('/m0_')) return undefined
      if (path.includes('/m1_')) return { delayMs: 300, status: 403, body: { error: { message: 'quota' } } }
      return { delayMs: 60_000 }
    }
    const { stored, told, seen } = await storeAll(12, { answer })
    const started = performance.now()
    const { message } = await failureOf(stored)
    expect(message).toContain('may not store data://demo/models/m1_abc.bin (HTTP 403: quota)')
    expect(performance.now() - started).toBeLessThan(20_000)
    expect(told.filter(Boolean).map(({ uri }) => uri.path)).toEqual(['demo/models/m0_abc.bin'])
    expect(puts(seen).length).toBeLessThanOrEqual(5)
  })
})
