import { DeployError } from '../errors.ts'
import type { JsonDocument, Path } from './document.ts'
import { fileLists } from './freeze.ts'
import { type Node, plainValue } from './json-tree.ts'

/** An entry of one of the lists: what is loaded at the start, or what when it is asked for (platform reference §6.2). */
export interface AdkEntry {
  list: (typeof fileLists)[number]
  index: number
  name: string
  sourceUri: string
  /** Lower-case hex; these three are only there when somebody wrote them. */
  md5: string | undefined
  sha256: string | undefined
  /** Bytes. */
  size: number | undefined
  metadata: Record<string, unknown> | undefined
  /** Whether the ADK refuses to load other bytes; it then fails without an MD5, too. */
  failOnTamper: boolean
}

/** What an entry says of a model that this action deployed. */
export interface AdkModel {
  name: string
  isOptional: boolean
  /** With its protocol. */
  sourceUri: string
  md5: string
  /** Keys that are not ours stay beside these; those without a value are removed. */
  metadata: Record<string, unknown>
  /** What is written into the metadata also when the model is the same. */
  always?: Record<string, unknown>
}

/**
 * @param file for messages
 * @throws DeployError for what the ADK could not read either
 */
export function readEntries(document: JsonDocument, file: string): AdkEntry[] {
  const entries = fileLists.flatMap((list) => {
    const node = document.get([list])
    if (node === undefined) return []
    if (node.type !== 'array') throw malformed(file, `${list} is not a list`)
    return node.items.map((item, index) => readEntry(item, list, index, file))
  })
  const first = new Map<string, AdkEntry>()
  for (const entry of entries) {
    const { list, name } = entry
    const twin = first.get(name)
    if (twin === undefined) {
      first.set(name, entry)
      continue
    }
    const where = twin.list === list ? `${list} has two entries` : `${twin.list} and ${list} both have an entry`
    throw malformed(file, `${where} called ${JSON.stringify(name)}`)
  }
  return entries
}

function readEntry(node: Node, list: AdkEntry['list'], index: number, file: string): AdkEntry {
  const value = (node.type === 'object' ? plainValue(node) : {}) as Record<string, unknown>
  const { name, source_uri, md5_checksum, fail_on_tamper } = value
  const place = `${list}[${index}]`
  if (node.type !== 'object') throw malformed(file, `${place} is not an object`)
  if (typeof name !== 'string') throw malformed(file, `${place} has no name`)
  if (typeof source_uri !== 'string') throw malformed(file, `${place} has no source_uri`)
  const { model_sha256_hash, model_size_bytes } = (value.metadata ?? {}) as Record<string, unknown>
  return {
    list,
    index,
    name,
    sourceUri: source_uri,
    md5: typeof md5_checksum === 'string' && md5_checksum !== '' ? md5_checksum : undefined,
    sha256: typeof model_sha256_hash === 'string' ? model_sha256_hash : undefined,
    size: typeof model_size_bytes === 'number' ? model_size_bytes : undefined,
    metadata: Object(value.metadata) === value.metadata ? (value.metadata as Record<string, unknown>) : undefined,
    // As Python takes it.
    failOnTamper: Boolean(fail_on_tamper),
  }
}

function malformed(file: string, problem: string): DeployError {
  return new DeployError(`${file} in the algorithm's repository: ${problem}, so the ADK cannot read it. Mend it there`)
}

/** The manifest with both lists; the ADK demands them even when they are empty. */
export function withLists(document: JsonDocument): JsonDocument {
  return fileLists.reduce((next, list) => (next.get([list]) ? next : next.set([list], [])), document)
}

/**
 * The manifest with these models in it. An entry of the name of one is changed in place, its other keys are kept; one that
 * says the same of the model already stays as it is.
 */
export function setModels(document: JsonDocument, models: readonly AdkModel[], file: string): JsonDocument {
  const entries = new Map(readEntries(document, file).map((entry) => [entry.name, entry]))
  const changes = models.flatMap((model) => {
    const present = entries.get(model.name)
    if (present === undefined) return []
    const place = [present.list, present.index]
    const isSame = present.sourceUri === model.sourceUri && present.md5 === model.md5
    if (!isSame) return changedFields(document, place, model)
    return present.metadata ? changedMetadata(place, model.always ?? {}) : []
  })
  const [gone, set] = [
    changes.filter(([, value]) => value === undefined),
    changes.filter(([, value]) => value !== undefined),
  ]
  const changed = gone.reduce((next, [path]) => next.remove(path), document.setAll(set))
  return models.reduce((next, model) => {
    const list = model.isOptional ? 'optional_files' : 'required_files'
    const present = entries.get(model.name)
    if (present === undefined) return next.append([list], newEntry(model))
    return present.list === list ? next : move(next, model.name, list, file)
  }, changed)
}

function move(document: JsonDocument, name: string, list: AdkEntry['list'], file: string): JsonDocument {
  const present = readEntries(document, file).find((entry) => entry.name === name)
  const place = present && [present.list, present.index]
  const entry = place && document.get(place)
  return entry ? document.remove(place).append([list], entry) : document
}

function newEntry({ name, sourceUri, metadata, md5 }: AdkModel): Record<string, unknown> {
  return { name, source_uri: sourceUri, fail_on_tamper: true, metadata, md5_checksum: md5 }
}

/** The values to set in an entry that is there. */
function changedFields(document: JsonDocument, entry: Path, model: AdkModel): [Path, unknown][] {
  const { source_uri, fail_on_tamper, metadata, md5_checksum } = newEntry(model)
  const hasTamper = document.get([...entry, 'fail_on_tamper']) !== undefined
  const hasMetadata = document.get([...entry, 'metadata'])?.type === 'object'
  return [
    [[...entry, 'source_uri'], source_uri],
    ...(hasTamper ? [] : [[[...entry, 'fail_on_tamper'], fail_on_tamper] as [Path, unknown]]),
    ...(hasMetadata ? changedMetadata(entry, model.metadata) : [[[...entry, 'metadata'], metadata] as [Path, unknown]]),
    [[...entry, 'md5_checksum'], md5_checksum],
  ]
}

function changedMetadata(entry: Path, metadata: Record<string, unknown>): [Path, unknown][] {
  return Object.entries(metadata).map(([key, value]) => [[...entry, 'metadata', key], value])
}
