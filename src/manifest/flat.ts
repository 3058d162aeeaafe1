import type { JsonDocument } from './document.ts'

/**
 * What the manifest says of the model, in the order of its keys. The first seven are those of the original action,
 * with its value formats (platform reference §6.1).
 */
export interface ManifestEntry {
  /** Hosted data without `data://`. */
  model_filepath: string
  /** Lower-case hex. */
  model_md5_hash: string
  model_origin_commit_SHA: string
  model_origin_commit_msg: string
  /** `owner/name` */
  model_origin_repo: string
  /** `refs/heads/main` */
  model_origin_ref: string
  /** `YYYY-MM-DD HH:MM:SS.ffffff`, UTC */
  model_uploaded_utc: string
  model_sha256_hash: string
  model_size_bytes: number
  model_origin_run_url: string
  /** In the same format; absent when nobody knows. */
  model_origin_commit_utc?: string | undefined
  /** What the training said of the model; a manifest of a model without metrics has no such key. */
  model_metrics?: Record<string, unknown> | undefined
}

/** The keys of the manifest that belong to this action. */
export const flatKeys: readonly (keyof ManifestEntry)[] = [
  'model_filepath',
  'model_md5_hash',
  'model_origin_commit_SHA',
  'model_origin_commit_msg',
  'model_origin_repo',
  'model_origin_ref',
  'model_uploaded_utc',
  'model_sha256_hash',
  'model_size_bytes',
  'model_origin_run_url',
  'model_origin_commit_utc',
  'model_metrics',
]

/** What changes with every run, even if nothing else does. */
const perRun: readonly (keyof Omit<ManifestEntry, 'model_metrics'>)[] = ['model_uploaded_utc', 'model_origin_run_url']

/**
 * The manifest with this entry in it: present keys are replaced in place, missing ones appended in order, metrics of
 * another model are removed, everything else stays as it is spelt.
 */
export function setEntry(document: JsonDocument, entry: ManifestEntry): JsonDocument {
  return flatKeys.reduce(
    (next, key) => (entry[key] === undefined ? next.remove([key]) : next.set([key], entry[key])),
    document,
  )
}

/** The manifest without an entry: it would be one of an earlier model. */
export function removeEntry(document: JsonDocument): JsonDocument {
  return flatKeys.reduce((next, key) => next.remove([key]), document)
}

/**
 * The entry to write: the present one, when it says the same but for what changes with every run, measured metrics
 * included. So a deployment that changes nothing leaves no trace. A model whose metrics this run does not know keeps
 * those that it has.
 */
export function keepUnchanged(present: Partial<ManifestEntry>, next: ManifestEntry): ManifestEntry {
  const { model_metrics, ...facts } = next
  const keys = Object.keys(facts) as (keyof typeof facts)[]
  const same = keys.every((key) => perRun.includes(key) || present[key] === next[key])
  const complete = perRun.every((key) => typeof present[key] === 'string')
  if (same && complete) {
    return withMetrics({ ...facts, ...pick(present, perRun) }, present.model_metrics ?? model_metrics)
  }
  const isSameModel = (['model_md5_hash', 'model_sha256_hash'] as const).every((key) => present[key] === next[key])
  return withMetrics(facts, model_metrics ?? (isSameModel ? present.model_metrics : undefined))
}

function withMetrics(entry: ManifestEntry, metrics: ManifestEntry['model_metrics']): ManifestEntry {
  return metrics === undefined ? entry : { ...entry, model_metrics: metrics }
}

/** As Python prints a naive UTC datetime; JavaScript's clock knows no microseconds. */
export function manifestTime(date: Date): string {
  return `${date.toISOString().replace('T', ' ').replace('Z', '')}000`
}

function pick<T, K extends keyof T>(object: T, keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(keys.map((key) => [key, object[key]])) as Pick<T, K>
}
