import { applyEdits, type Edit, format, modify, type Node, parseTree } from 'jsonc-parser'
import { DeployError } from '../errors.ts'
import { parseSpelt } from '../json.ts'

/** File name in the root of the algorithm's repository (platform reference §6.1). */
export const manifestName = 'model_manifest.json'

/**
 * What the manifest says of the model, in the order of its keys. The first seven are those of the original action,
 * with its value formats.
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
  /** What the training said of the model; a manifest of a model without metrics has no such key. */
  model_metrics?: Record<string, unknown> | undefined
}

/** What changes with every run, even if nothing else does. */
const perRun: readonly (keyof Omit<ManifestEntry, 'model_metrics'>)[] = ['model_uploaded_utc', 'model_origin_run_url']

/**
 * The manifest's text with this entry in it: present keys are replaced in place, missing ones appended in order,
 * metrics of another model are removed, everything else stays as it is spelt. Two-space indent, final newline.
 *
 * @param text the manifest so far; undefined when there is none
 * @throws DeployError when `text` is not a JSON object
 */
export function updateManifest(text: string | undefined, entry: ManifestEntry): string {
  const { model_metrics, ...always } = entry
  const present = text === undefined ? '{}' : objectText(text)
  const base = model_metrics === undefined ? without(present, 'model_metrics') : present
  const root = parseTree(base)
  const properties = root?.children ?? []
  const edits: Edit[] = []
  const missing: string[] = []
  for (const [key, value] of Object.entries(model_metrics === undefined ? always : entry)) {
    const present = properties.filter((property) => keyOf(property) === key)
    if (present.length === 0) missing.push(`${JSON.stringify(key)}: ${asciiJson(value)}`)
    for (const property of present) {
      const node = property.children?.[1]
      if (node) edits.push({ offset: node.offset, length: node.length, content: asciiJson(value) })
    }
  }
  if (missing.length > 0 && root) {
    const last = properties.at(-1)
    const offset = last ? last.offset + last.length : root.offset + 1
    edits.push({ offset, length: 0, content: (last ? ',' : '') + missing.join(',') })
  }
  const updated = applyEdits(base, edits)
  const options = { insertSpaces: true, tabSize: 2, eol: '\n' }
  return `${applyEdits(updated, format(updated, undefined, options)).trimEnd()}\n`
}

/** The entry that a manifest holds, as far as it has one. */
export function readManifest(text: string | undefined): Partial<ManifestEntry> {
  return text === undefined ? {} : (parseSpelt(objectText(text)) as Partial<ManifestEntry>)
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

/** Whether the manifest vouches that the object holds exactly these bytes. */
export function provesObject(
  present: Partial<ManifestEntry>,
  object: { filepath: string; md5: string; sha256: string; size: number },
): boolean {
  const { model_filepath, model_md5_hash, model_sha256_hash, model_size_bytes } = present
  return (
    model_filepath === object.filepath &&
    model_md5_hash === object.md5 &&
    // Manifests of the original action have neither of these.
    (model_sha256_hash === undefined || model_sha256_hash === object.sha256) &&
    (model_size_bytes === undefined || model_size_bytes === object.size)
  )
}

/** As Python prints a naive UTC datetime; JavaScript's clock knows no microseconds. */
export function manifestTime(date: Date): string {
  return `${date.toISOString().replace('T', ' ').replace('Z', '')}000`
}

function objectText(text: string): string {
  // Line ends are never inside a JSON string, so only the layout changes; the formatter stumbles over CR.
  const base = text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n')
  let value: unknown
  try {
    value = JSON.parse(base)
  } catch (error) {
    throw new DeployError(
      `${manifestName} in the algorithm's repository is not JSON (${(error as Error).message}). Repair or delete it there`,
    )
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new DeployError(
      `${manifestName} in the algorithm's repository is not a JSON object. Repair or delete it there`,
    )
  }
  return base
}

/** The text without a key of the outermost object, however often it is there. */
function without(text: string, key: string): string {
  const edits = modify(text, [key], undefined, {})
  return edits.length === 0 ? text : without(applyEdits(text, edits), key)
}

function keyOf(property: Node): unknown {
  return property.children?.[0]?.value
}

/** JSON in ASCII, as the original action wrote it: inference code may read the file in any locale. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^\u0020-\u007e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function pick<T, K extends keyof T>(object: T, keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(keys.map((key) => [key, object[key]])) as Pick<T, K>
}
