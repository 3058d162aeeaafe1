import * as log from '../log.ts'
import { DataApi, needsCollection } from './data.ts'
import { type DataUri, formatUri } from './data-uri.ts'
import type { Http } from './http.ts'
import type { KnownObject } from './place.ts'
import { type StoredModel, type StoreRequest, storeModel } from './store.ts'

/** More gain little, and each takes memory for its own. */
const usuallySideBySide = 4

export interface StoreAllRequest {
  /** Makes the client for this stage; the signal ends its calls. */
  connect(cancelled: AbortSignal): Http
  collection: DataUri
  collectionExists: boolean
  known: readonly KnownObject[]
  models: readonly StoreRequest[]
  /** Uploads at the same time. */
  sideBySide?: number
  /** Told of each model as soon as it is stored, also when others fail later. */
  onStored(index: number, stored: StoredModel): void
  /** Told of uploads that were cut off because another one failed: they may have arrived. */
  onCutOff(uris: DataUri[]): void
}

/**
 * Stores models side by side, in any order.
 *
 * @returns what is stored, in the order of the models
 * @throws the first failure, once every other upload has ended
 */
export async function storeModels(request: StoreAllRequest): Promise<StoredModel[]> {
  const { collection, collectionExists, known, models, onStored, onCutOff, sideBySide = usuallySideBySide } = request
  const failed = new AbortController()
  const http = request.connect(failed.signal)
  const store = { http, data: new DataApi(http), collection, known }
  if (needsCollection(collection) && !collectionExists) {
    await store.data.createCollection(collection)
    log.info(`Created the collection ${formatUri(collection)}`)
  }
  const results: StoredModel[] = []
  const underWay = new Map<number, DataUri>()
  const waiting = [...models.entries()]
  const work = async () => {
    for (let next = waiting.shift(); next && !failed.signal.aborted; next = waiting.shift()) {
      const [index, model] = next
      const stored = await storeModel({ ...store, onUpload: (uri) => underWay.set(index, uri) }, model).catch(
        (error) => {
          if (!failed.signal.aborted) underWay.delete(index)
          throw error
        },
      )
      underWay.delete(index)
      results[index] = stored
      onStored(index, stored)
    }
  }
  const workers = models.slice(0, sideBySide).map(() => work().catch((error: unknown) => failed.abort(error)))
  await Promise.all(workers)
  if (underWay.size > 0) onCutOff([...underWay.values()])
  failed.signal.throwIfAborted()
  return results
}
