import { DeployError } from '../errors.ts'
import { type AdkEntry, type AdkModel, readEntries, setModels, withLists } from './adk.ts'
import { JsonDocument } from './document.ts'
import { flatKeys, type ManifestEntry, removeEntry, setEntry } from './flat.ts'
import { freezeText, verifyFreeze } from './freeze.ts'
import { plainValue } from './json-tree.ts'
import { unstableCharacters } from './printability.ts'
import { spellJson, twoSpaces } from './spell-json.ts'

/** File names in the root of the algorithm's repository (platform reference §6.1, §6.2). */
export const manifestName = 'model_manifest.json'
export const freezeName = `${manifestName}.freeze`

/** The texts of both files; undefined where there is none. */
export interface ManifestFiles {
  manifest: string | undefined
  freeze: string | undefined
}

/** An object in storage that a manifest describes. */
export interface DescribedObject {
  /** With or without `data://`. */
  uri: string
  md5: string
  sha256: string | undefined
  /** Bytes. */
  size: number | undefined
}

export interface PresentManifest {
  /** The flat keys, as far as they are there. */
  flat: Partial<ManifestEntry>
  /** The entries for the ADK. */
  entries: AdkEntry[]
  /** Whether something in it is for the ADK. */
  isForAdk: boolean
  /** Whether there is a freeze, which is then written anew. */
  isFrozen: boolean
  /** All that it vouches for. */
  objects: DescribedObject[]
  /** What is wrong with the freeze, which will be written anew. */
  warnings: string[]
}

export interface ManifestChange {
  /** Undefined: no flat keys. */
  entry: ManifestEntry | undefined
  /** Undefined: the lists of the ADK stay as they are. */
  adk: readonly AdkModel[] | undefined
  /** The MD5 of an object that the manifest says none of. */
  checksumOf(sourceUri: string): string | undefined
  now: Date
}

/** @throws DeployError when the manifest is not one */
export function readManifest(files: ManifestFiles): PresentManifest {
  const document = baseOf(files)
  const entries = readEntries(document, files.manifest === undefined ? freezeName : manifestName)
  const freeze = readFreeze(files.freeze, entries, files.manifest !== undefined)
  const flat = plainValue(document.root) as Partial<ManifestEntry>
  return {
    flat,
    entries: entries.map((entry) => ({ ...entry, md5: entry.md5 ?? frozenMd5(freeze.entries, entry) })),
    isForAdk: document.get(['required_files']) !== undefined || files.freeze !== undefined,
    isFrozen: files.freeze !== undefined,
    objects: [...flatObject(flat), ...[...entries, ...freeze.entries].flatMap(entryObject)],
    warnings: freeze.warnings,
  }
}

/**
 * The manifest with what was deployed, and its freeze: always when there is one, for it would pin earlier models.
 *
 * @throws DeployError when the manifest is not one
 */
export function updateManifest(
  files: ManifestFiles,
  change: ManifestChange,
): { manifest: string; freeze: string | undefined } {
  const base = baseOf(files)
  const flat = change.entry ? setEntry(base, change.entry) : removeEntry(base)
  const document = change.adk ? setModels(withLists(flat), change.adk, manifestName) : flat
  const isFrozen = change.adk !== undefined || files.freeze !== undefined
  const manifest = document.text.endsWith('\n') ? document.text : `${document.text}\n`
  return { manifest, freeze: isFrozen ? freeze(document, files.freeze, change) : undefined }
}

/** Characters that might keep the freeze from verifying, because versions of Python print them in different ways. */
export function riskyCharacters(manifest: string): string[] {
  return unstableCharacters(JsonDocument.parse(manifest), flatKeys)
}

/** The freeze that is there, if only the time would be another one. */
function freeze(document: JsonDocument, present: string | undefined, { checksumOf, now }: ManifestChange): string {
  const entries = readEntries(document, manifestName)
  const frozen = (timestamp: string) =>
    freezeText(document, {
      timestamp,
      checksumOf: ({ list, index, source_uri = '' }) =>
        entries.some((entry) => entry.list === list && entry.index === index && entry.md5 === undefined)
          ? checksumOf(source_uri)
          : undefined,
      plainKeys: flatKeys,
    })
  const time = present === undefined ? undefined : parseFreeze(present)?.get(['timestamp'])
  const before = time?.type === 'string' ? frozen(time.value) : undefined
  return before !== undefined && before === present?.trimEnd() ? present : frozen(String(now.getTime() / 1000))
}

/** Where only a freeze is there, it says what the manifest said. */
function baseOf({ manifest, freeze }: ManifestFiles): JsonDocument {
  if (manifest !== undefined) return parseManifest(manifest)
  const frozen = freeze === undefined ? undefined : parseFreeze(freeze)
  return frozen ? readable(frozen.remove(['timestamp']).remove(['lock_checksum'])) : JsonDocument.empty()
}

/** What a program wrote on one line is laid out, so that differences can be read; what has a layout keeps it. */
function readable(document: JsonDocument): JsonDocument {
  const text = document.text.trim()
  if (text.includes('\n')) return document
  return JsonDocument.parse(`${spellJson(document.root, twoSpaces)}\n`)
}

function parseManifest(text: string): JsonDocument {
  let document: JsonDocument
  try {
    document = JsonDocument.parse(text)
  } catch (error) {
    throw new DeployError(
      `${manifestName} in the algorithm's repository is not JSON (${(error as Error).message}). Repair or delete it there`,
    )
  }
  if (document.root.type === 'object') return readable(document)
  throw new DeployError(`${manifestName} in the algorithm's repository is not a JSON object. Repair or delete it there`)
}

function parseFreeze(text: string): JsonDocument | undefined {
  try {
    const document = JsonDocument.parse(text)
    return document.root.type === 'object' ? document : undefined
  } catch {
    return undefined
  }
}

/** What may be trusted of the freeze. */
function readFreeze(
  text: string | undefined,
  entries: readonly AdkEntry[],
  hasManifest: boolean,
): { entries: AdkEntry[]; warnings: string[] } {
  if (text === undefined) return { entries: [], warnings: [] }
  const distrust = (problem: string) => ({
    entries: [],
    warnings: [`${freezeName} in the algorithm's repository ${problem}; it is written anew.`],
  })
  const document = parseFreeze(text)
  if (document === undefined) return distrust('is not a JSON object')
  const state = verifyFreeze(text)
  const soNothingStarts = 'so no algorithm that uses the ADK could start'
  if (state === 'unlocked') return distrust(`has no lock_checksum, ${soNothingStarts}`)
  if (state === 'tampered' && unstableCharacters(document, []).length > 0)
    return distrust('cannot be verified, because it has characters that versions of Python print in different ways')
  if (state === 'tampered') return distrust(`was changed after it was locked, ${soNothingStarts}`)
  let frozen: AdkEntry[]
  try {
    frozen = readEntries(document, freezeName)
  } catch (error) {
    return distrust((error as Error).message)
  }
  const lost = hasManifest ? frozen.filter(({ name }) => !entries.some((entry) => entry.name === name)) : []
  if (lost.length === 0) return { entries: frozen, warnings: [] }
  const names = lost.map(({ name }) => JSON.stringify(name)).join(', ')
  const warning = `${freezeName} in the algorithm's repository has ${names}, which ${manifestName} does not have; it is written anew without.`
  return { entries: frozen, warnings: [warning] }
}

function frozenMd5(frozen: readonly AdkEntry[], { name, sourceUri }: AdkEntry): string | undefined {
  return frozen.find((entry) => entry.name === name && entry.sourceUri === sourceUri)?.md5
}

function flatObject(flat: Partial<ManifestEntry>): DescribedObject[] {
  const { model_filepath: uri, model_md5_hash: md5, model_sha256_hash: sha256, model_size_bytes: size } = flat
  // Others may have written anything there.
  if (typeof uri !== 'string' || typeof md5 !== 'string') return []
  return [{ uri, md5, sha256, size: typeof size === 'number' ? size : undefined }]
}

function entryObject({ sourceUri: uri, md5, sha256, size }: AdkEntry): DescribedObject[] {
  return md5 === undefined ? [] : [{ uri, md5, sha256, size }]
}
