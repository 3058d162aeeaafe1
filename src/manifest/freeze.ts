import { createHash } from 'node:crypto'
import { JsonDocument } from './document.ts'
import type { Node, ObjectNode } from './json-tree.ts'
import { stableText } from './printability.ts'
import { pythonText } from './python-text.ts'
import { oneLine, spellJson } from './spell-json.ts'

/** The lists of files that a manifest of the ADK has; it reads both without asking whether they are there. */
export const fileLists = ['required_files', 'optional_files'] as const

/** A file of the manifest that is frozen, by what tells it from others. */
export interface FrozenFile {
  list: (typeof fileLists)[number]
  /** In the list, from 0. */
  index: number
  /** Undefined if it is missing or no text. */
  name: string | undefined
  source_uri: string | undefined
}

/**
 * The checksum that the ADK compares with `lock_checksum`: that of all other members (platform reference §6.3).
 *
 * @throws Error when the document is no object
 */
export function lockOf(document: JsonDocument): string {
  const root = rootOf(document)
  const locked = { ...root, members: root.members.filter(({ key }) => key !== 'lock_checksum') }
  return createHash('md5').update(pythonText(locked)).digest('hex')
}

/**
 * What the ADK finds when it loads a freeze: it refuses a tampered one, and fails on one without a lock.
 *
 * @throws Error when the text is not JSON, or no object
 */
export function verifyFreeze(text: string): 'intact' | 'unlocked' | 'tampered' {
  const document = JsonDocument.parse(text)
  const actual = lockOf(document)
  const lock = document.get(['lock_checksum'])
  if (!lock) return 'unlocked'
  return lock.type === 'string' && lock.value === actual ? 'intact' : 'tampered'
}

/**
 * The content of `model_manifest.json.freeze`, as the official client writes it, but with checksums of optional files
 * too (platform reference §6.2): the members of the manifest in their order, then the lock.
 *
 * @param options.timestamp seconds since 1970 with a fraction, as text
 * @param options.checksumOf the MD5 of a file; one without keeps what the manifest says
 * @param options.plainKeys members, at any depth, from which characters are taken that not all Pythons show alike
 * @throws Error when the manifest is no object
 */
export function freezeText(
  manifest: JsonDocument,
  options: {
    timestamp: string
    checksumOf: (file: FrozenFile) => string | undefined
    plainKeys: readonly string[]
  },
): string {
  const frozen = asDict(rootOf(manifest), options.plainKeys) as Map<string, unknown>
  frozen.delete('lock_checksum')
  for (const list of fileLists) {
    if (!frozen.has(list)) frozen.set(list, [])
    const entries = frozen.get(list)
    for (const [index, entry] of Array.isArray(entries) ? entries.entries() : []) {
      if (!(entry instanceof Map)) continue
      const [name, source_uri] = ['name', 'source_uri'].map((key) => textIn(entry, key))
      const checksum = options.checksumOf({ list, index, name, source_uri })
      if (checksum !== undefined) entry.set('md5_checksum', checksum)
    }
  }
  frozen.set('timestamp', options.timestamp)
  // Of the very text, as the ADK will read it.
  frozen.set('lock_checksum', lockOf(JsonDocument.parse(spellJson(frozen, oneLine))))
  return spellJson(frozen, oneLine)
}

function rootOf({ root }: JsonDocument): ObjectNode {
  if (root.type !== 'object') throw new Error('it is not a JSON object')
  return root
}

/**
 * As Python has it: of members with the same key the last value counts, at the place of the first. Numbers stay as spelt.
 *
 * @param isPlain whether characters are taken that not all Pythons show alike
 */
function asDict(node: Node, plainKeys: readonly string[], isPlain = false): unknown {
  const mend = (text: string) => (isPlain ? stableText(text) : text)
  switch (node.type) {
    case 'object':
      return new Map(
        node.members.map(({ key, value }) => [mend(key), asDict(value, plainKeys, isPlain || plainKeys.includes(key))]),
      )
    case 'array':
      return node.items.map((item) => asDict(item, plainKeys, isPlain))
    case 'string':
      return mend(node.value)
    default:
      return node
  }
}

function textIn(entry: Map<string, unknown>, key: string): string | undefined {
  const value = entry.get(key)
  return typeof value === 'string' ? value : undefined
}
