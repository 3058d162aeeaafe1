import { DeployError } from '../errors.ts'
import type { JsonDocument } from './document.ts'
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
  /** Keys that are not ours stay beside these. */
  metadata: Record<string, unknown>
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
  for (const [index, { list, name }] of entries.entries()) {
    const twin = entries.slice(0, index).find((entry) => entry.name === name)
    if (twin === undefined) continue
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
 * The manifest with this model in it. An entry of its name is changed in place, its other keys are kept; one that says the
 * same of the model already stays as it is.
 */
export function setModel(document: JsonDocument, model: AdkModel, file: string): JsonDocument {
  const list = model.isOptional ? 'optional_files' : 'required_files'
  const present = readEntries(document, file).find((entry) => entry.name === model.name)
  if (present === undefined) return document.append([list], newEntry(model))
  const place = [present.list, present.index]
  const isSame = present.sourceUri === model.sourceUri && present.md5 === model.md5
  const updated = isSame ? document : setFields(document, place, model)
  const entry = updated.get(place)
  return present.list === list || entry === undefined ? updated : updated.remove(place).append([list], entry)
}

function newEntry({ name, sourceUri, metadata, md5 }: AdkModel): Record<string, unknown> {
  return { name, source_uri: sourceUri, fail_on_tamper: true, metadata, md5_checksum: md5 }
}

function setFields(document: JsonDocument, entry: readonly (string | number)[], model: AdkModel): JsonDocument {
  const { source_uri, fail_on_tamper, metadata, md5_checksum } = newEntry(model)
  let next = document.set([...entry, 'source_uri'], source_uri)
  if (next.get([...entry, 'fail_on_tamper']) === undefined) {
    next = next.set([...entry, 'fail_on_tamper'], fail_on_tamper)
  }
  if (next.get([...entry, 'metadata'])?.type !== 'object') next = next.set([...entry, 'metadata'], metadata)
  else for (const [key, value] of Object.entries(model.metadata)) next = next.set([...entry, 'metadata', key], value)
  return next.set([...entry, 'md5_checksum'], md5_checksum)
}
