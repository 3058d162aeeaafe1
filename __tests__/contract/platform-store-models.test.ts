import { describe, expect, test } from '@jest/globals'
import type { StoredModel } from '../../src/algorithmia/store.ts'
import { storeModels } from '../../src/algorithmia/store-models.ts'
import { Deployment } from '../../src/deployment.ts'
import type { Inputs } from '../../src/inputs.ts'
import { readManifest } from '../../src/manifest/manifest.ts'
import { fileSource } from '../../src/model/source.ts'
import { confirmAll } from '../../src/stages/models.ts'
import { client, collection, failureOf, kB, key, platformLab } from '../support/platform-lab.ts'
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
  const cutOff: string[] = []
  const stored = storeModels({
    connect: (cancelled) => client(server.url, { cancelled }),
    collection,
    collectionExists,
    known: [],
    models,
    onStored: (index, model) => {
      told[index] = model
    },
    onCutOff: (uris) => cutOff.push(...uris.map(({ path }) => path)),
  })
  return { stored, told, cutOff, seen: server.seen, objects: scripted.objects }
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
    const { stored, told, cutOff, seen } = await storeAll(12, { answer })
    const started = performance.now()
    const { message } = await failureOf(stored)
    expect(message).toContain('may not store data://demo/models/m1_abc.bin (HTTP 403: quota)')
    expect(performance.now() - started).toBeLessThan(20_000)
    expect(told.filter(Boolean).map(({ uri }) => uri.path)).toEqual(['demo/models/m0_abc.bin'])
    expect(puts(seen).length).toBeLessThanOrEqual(5)
    // Whether those arrived is not known.
    expect(cutOff.toSorted()).toEqual(['demo/models/m2_abc.bin', 'demo/models/m3_abc.bin', 'demo/models/m4_abc.bin'])
  })
})

describe('when the manifest of another run names the same object as another model', () => {
  const uri = { protocol: 'data', path: 'demo/models/m_abc.bin' }

  /** @returns where the model is then, and what was called */
  async function confirm(holds: 'own' | 'other', head: (md5: string) => object) {
    const { path, bytes, md5, sha256 } = lab.model(size)
    const body = holds === 'own' ? bytes : Buffer.from('of the other run')
    const isRead = ({ method, path: called }: Seen) => method === 'GET' && called === `/v1/data/${uri.path}`
    const scripted = scriptedPlatform((request) => (isRead(request) ? { body } : undefined))
    const server = await lab.serve(scripted.script)
    const inputs = { platform: { apiUrl: server.url, apiKey: key }, collection } as Inputs
    const request = { model: fileSource({ path, size }), name: 'm_abc.bin', nameWithDigest: () => 'm_beside.bin' }
    const model = { ...request, entry: 'm', isOptional: false, shown: 'm.bin', mlflow: undefined }
    const stored = [{ uri, md5, sha256, size, uploaded: true }]
    const present = readManifest({ manifest: JSON.stringify(head(md5)), freeze: undefined })
    const deployment = new Deployment()
    const [confirmed] = await confirmAll(inputs, deployment, [model], stored, present)
    return {
      confirmed,
      reads: server.seen.filter(isRead).length,
      told: deployment.models[0]?.uri,
      puts: puts(server.seen),
    }
  }
  const flat = (md5: string) => ({ model_filepath: uri.path, model_md5_hash: md5 })
  const listed = (md5: string) => ({
    required_files: [{ name: 'x', source_uri: `data://${uri.path}`, md5_checksum: md5 }],
    optional_files: [],
  })

  test.each([flat, listed])('and it is: the model goes beside it (%p)', async (head) => {
    const { confirmed, told, puts } = await confirm('other', () => head('0'.repeat(32)))
    expect([confirmed?.uri.path, told, puts]).toEqual([
      'demo/models/m_beside.bin',
      'data://demo/models/m_beside.bin',
      ['m_beside.bin'],
    ])
  })

  test('but it is not: the object is used', async () => {
    const { confirmed, reads, puts } = await confirm('own', () => flat('0'.repeat(32)))
    expect([confirmed?.uri, reads, puts]).toEqual([uri, 1, []])
  })

  test('or rather as the same model: it is not even read', async () => {
    const { confirmed, reads } = await confirm('own', flat)
    expect([confirmed?.uri, reads]).toEqual([uri, 0])
  })
})
