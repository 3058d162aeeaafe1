import { DeployError } from '../errors.ts'
import { formatBytes, formatDuration } from '../format.ts'
import * as log from '../log.ts'
import { type DataApi, refusal } from './data.ts'
import { apiPath, type DataUri, formatUri, sameObject } from './data-uri.ts'
import type { Http, UploadBody } from './http.ts'
import { type Digest, findPlace, type Placed, placeBeside, type Storage } from './place.ts'

/** The model as this stage needs it: its size, its digest, and its bytes as often as a try needs them. */
export interface ModelSource {
  /** File name, for messages. */
  name: string
  /** Bytes. */
  size: number
  /** Reads the file once without sending it. */
  digest(): Promise<Digest>
  /** Bytes for one try; `digest()` of the body is known once the last byte was handed out. */
  open(ready: Promise<void>): Promise<UploadBody & { digest(): Promise<Digest> }>
}

export interface StoredModel extends Digest {
  uri: DataUri
  /** Bytes. */
  size: number
  /** False when the object was already there with the same bytes. */
  uploaded: boolean
}

export interface Store extends Storage {
  http: Http
  /** Milliseconds between two lines about an upload that takes long. */
  progressEveryMs?: number
  /** Told where an upload is about to begin. */
  onUpload?(uri: DataUri): void
}

export interface StoreRequest extends Placed {
  model: ModelSource
}

/** Stores one model, or finds it stored. An object that exists is never overwritten. */
export async function storeModel(store: Store, request: StoreRequest): Promise<StoredModel> {
  const place = await findPlace(store, request)
  return place.isStored
    ? reuse(place.uri, place.digest, request.model.size)
    : upload(store, request, place.uri, place.digest)
}

/**
 * Makes sure that an object still holds the model of this run. Two runs of one commit may find the name free at the
 * same time; the platform has no conditional write, so whoever comes second looks again.
 */
export async function confirmStored(store: Store, request: StoreRequest, stored: StoredModel): Promise<StoredModel> {
  log.info(`Another run of this commit stored a model of the same name: reading ${formatUri(stored.uri)} again`)
  const { md5, sha256 } = stored
  const present = await store.data.digest(stored.uri)
  if (present.md5 === md5 && present.sha256 === sha256) return stored
  const place = await placeBeside(store, request, { md5, sha256 })
  return place.isStored ? reuse(place.uri, place.digest, stored.size) : upload(store, request, place.uri, place.digest)
}

function reuse(uri: DataUri, digest: Digest, size: number): StoredModel {
  log.info(`${formatUri(uri)} is already stored with the same bytes: nothing to upload`)
  return { uri, size, uploaded: false, ...digest }
}

async function upload(
  store: Store,
  { model }: StoreRequest,
  uri: DataUri,
  expected: Digest | undefined,
): Promise<StoredModel> {
  const { http, data } = store
  const started = performance.now()
  store.onUpload?.(uri)
  log.info(`Uploading ${model.name} (${formatBytes(model.size)}) to ${formatUri(uri)}`)
  const progress = reportProgress(model, store.progressEveryMs ?? 5000)
  const { response, body } = await http
    .upload(apiPath(uri), model.size, async (ready) => {
      const body = await model.open(ready)
      progress.follow(body)
      return body
    })
    .finally(progress.stop)
  if (response.status !== 200) throw refusal(response, 'store', uri, 'writing')
  if (body.bytesRead !== model.size) {
    throw new DeployError(
      `Algorithmia answered that ${formatUri(uri)} is stored after only ${body.bytesRead} of ${model.size} bytes were sent`,
    )
  }
  const digest = await body.digest()
  if (expected && expected.md5 !== digest.md5) throw new DeployError(`${model.name} changed while it was deployed`)
  checkAnswer(response.body, uri)
  await checkStored(data, uri, model)
  const elapsed = performance.now() - started
  log.info(
    `Stored ${model.name} (${formatBytes(model.size)}) in ${formatDuration(elapsed)}` +
      `${elapsed < 1000 ? '' : ` (${formatRate(model.size, elapsed)})`}, MD5 ${digest.md5}`,
  )
  return { uri, size: model.size, uploaded: true, ...digest }
}

/** An answer without the object's own URI is no success: an empty 200 has been seen for a refusal (platform reference §2.5). */
function checkAnswer(body: string, uri: DataUri): void {
  let result: unknown
  try {
    result = (JSON.parse(body) as { result?: unknown } | null)?.result
  } catch {
    result = undefined
  }
  if (typeof result === 'string' && sameObject(result, uri)) return
  const shown = body.length > 200 ? `${body.slice(0, 200)}...` : body
  throw new DeployError(
    `Algorithmia did not confirm that ${formatUri(uri)} is stored; it answered: ${shown || 'nothing'}`,
  )
}

async function checkStored(data: DataApi, uri: DataUri, model: ModelSource): Promise<void> {
  const stored = await data.storedSize(uri)
  if (stored === model.size) return
  // Not removed: another run of this commit may have stored its own model there a moment ago.
  throw new DeployError(
    stored === undefined
      ? `${formatUri(uri)} is not there although Algorithmia confirmed it`
      : `${formatUri(uri)} is stored with ${stored} bytes instead of ${model.size}; a new run stores the model beside it`,
  )
}

/** A line every few seconds for uploads that take long: percent, rate, time left. */
function reportProgress({ name, size }: ModelSource, everyMs: number) {
  let body: UploadBody | undefined
  let started = performance.now()
  const timer = setInterval(() => {
    if (body === undefined || body.bytesRead === 0) return
    const elapsed = performance.now() - started
    const left = (elapsed / body.bytesRead) * (size - body.bytesRead)
    const percent = Math.floor((body.bytesRead / size) * 100)
    log.info(`${name}: ${percent} % sent, ${formatRate(body.bytesRead, elapsed)}, ${formatDuration(left)} left`)
  }, everyMs)
  return {
    follow(next: UploadBody) {
      body = next
      started = performance.now()
    },
    stop: () => clearInterval(timer),
  }
}

function formatRate(bytes: number, milliseconds: number): string {
  return `${(bytes / 1e6 / (Math.max(milliseconds, 1) / 1000)).toFixed(1)} MB/s`
}
