import { formatUri, manifestPath } from '../algorithmia/data-uri.ts'
import type { StoredModel } from '../algorithmia/store.ts'
import type { AdkEntry, AdkModel } from '../manifest/adk.ts'
import { keepUnchanged, type ManifestEntry, manifestTime } from '../manifest/flat.ts'
import type { Metrics } from '../metrics.ts'
import type { Origin } from '../origin.ts'

/** A model under its name in the manifest. */
export interface NamedModel {
  entry: string
  isOptional: boolean
  stored: StoredModel
}

/**
 * The flat keys for a stored model. What was stored by an earlier run keeps its time.
 *
 * @param metrics of the training in this run, if it told any
 */
export function flatEntry(
  origin: Origin,
  stored: StoredModel,
  present: Partial<ManifestEntry>,
  metrics?: Metrics,
): ManifestEntry {
  const path = manifestPath(stored.uri)
  const storedBefore = !stored.uploaded && present.model_filepath === path ? present.model_uploaded_utc : undefined
  return keepUnchanged(present, {
    model_filepath: path,
    model_md5_hash: stored.md5,
    model_origin_commit_SHA: origin.commit,
    model_origin_commit_msg: origin.message,
    model_origin_repo: origin.repository,
    model_origin_ref: origin.ref,
    model_uploaded_utc: storedBefore ?? manifestTime(new Date()),
    model_sha256_hash: stored.sha256,
    model_size_bytes: stored.size,
    model_origin_run_url: origin.runUrl,
    model_origin_commit_utc: committedUtc(origin, present),
    model_metrics: metrics?.values,
  })
}

/**
 * The metadata tell what deployed these bytes first: they are left alone while the bytes are the same.
 *
 * @param isWitness whether nothing else in the manifest tells which commit is deployed: later runs want to know
 */
export function adkModel(
  { entry, isOptional, stored }: NamedModel,
  origin: Origin,
  earlier: readonly AdkEntry[],
  { metrics, isWitness }: { metrics: Metrics | undefined; isWitness: boolean },
): AdkModel {
  const sourceUri = formatUri(stored.uri)
  const same = earlier.find(
    ({ name, sourceUri: uri, md5 }) => name === entry && uri === sourceUri && md5 === stored.md5,
  )
  const from = {
    model_origin_repo: origin.repository,
    model_origin_ref: origin.ref,
    model_origin_commit_SHA: origin.commit,
    model_origin_commit_utc: committedUtc(origin, same?.metadata ?? {}),
  }
  const metadata = same?.metadata ?? {
    model_sha256_hash: stored.sha256,
    model_size_bytes: stored.size,
    ...from,
    model_uploaded_utc: manifestTime(new Date()),
    ...(metrics && { model_metrics: metrics.values }),
  }
  return { name: entry, isOptional, sourceUri, md5: stored.md5, metadata, ...(isWitness && { always: from }) }
}

/** A run that does not know the time keeps what an earlier run of the same commit knew. */
function committedUtc({ commit, committedAt }: Origin, present: Record<string, unknown> | Partial<ManifestEntry>) {
  if (committedAt !== undefined) return manifestTime(committedAt)
  const { model_origin_commit_SHA: before, model_origin_commit_utc: time } = present
  return before === commit && typeof time === 'string' ? time : undefined
}
