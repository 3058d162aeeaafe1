import type { JsonDocument } from './document.ts'
import type { Node } from './json-tree.ts'

/*
 * The characters that `str` of some Pythons leaves as they are, and that others escape because their Unicode does not know
 * them: 3.7 has Unicode 11, 3.14 has 16. Made from `str.isprintable` of Python 3.7 to 3.13, and from the tables of Unicode
 * 16 and 17 that the package unicodedata2 has; ranges go on over what no version knows.
 */

/** Below U+10000: those that differ. */
const newer = ranges(`
  61d 870-88f 897-89f 8b5 8be-8d2 b55 c3c c5c-c5d c77 cdc-cdd cf3 d04 d81 e86 e89 e8c e8e-e93 e98 ea0 ea8-ea9 eac
  eba ece 170d 1715-171f 180f 1abf-1aeb 1b4c-1b4f 1b7d-1b7f 1c89-1c8a 1cfa 1dfa 20c0-20c1 2427-2429 2b96-2b97 2bc9
  2bff 2c2f 2c5f 2e4f-2e5d 2ffc-2fff 31bb-31bf 31e4-31ef 32ff 4db6-4dbf 9ff0-9fff a7ba-a7f6 a82c ab66-ab6b fbc2-fbd2
  fd40-fd4f fd90-fd91 fdc8-fdcf fdfe-fdff
`)

/** From U+10000 on: the symbols, emoji and ideographs that are the same everywhere. Rare scripts are not worth their lists. */
const steady = ranges(`
  1d000-1d1e8 1d400-1d7ff 1f000-1f10c 1f110-1f16b 1f170-1f1ac 1f1e6-1f6d4 1f6e0-1f6f9 1f700-1f773 1f780-1f7d8
  1f800-1f8ad 1f900-1f90b 1f910-1f93e 1f940-1f970 1f973-1f976 1f97a 1f97c-1f9a2 1f9b0-1f9b9 1f9c0-1f9c2 1f9d0-1f9ff
  1fa60-1fa6d 20000-2a6d6 2a700-2b734 2b740-2cea1 2ceb0-2ebe0 2f800-2fa1d e0001-e01ef f0000-10fffd
`)

/** A character that a Python may not know, is unknown to all, or is of a rare script. */
const unstable = new RegExp(`[\\p{Cn}${newer}]|(?![${steady}])[\\u{10000}-\\u{10ffff}]`, 'gu')

/** The text with U+FFFD for each character that not all Pythons show alike. */
export function stableText(text: string): string {
  return text.replace(unstable, '\ufffd')
}

/**
 * The characters, each once, for which the lock of a freeze may hold in one version of Python and not in another.
 *
 * @param plainKeys members, at any depth, that are frozen without such characters
 */
export function unstableCharacters(document: JsonDocument, plainKeys: readonly string[]): string[] {
  const found = new Set<string>()
  const look = (text: string) => {
    for (const [character] of text.matchAll(unstable)) found.add(character)
  }
  const visit = (node: Node): void => {
    if (node.type === 'string') look(node.value)
    else if (node.type === 'array') node.items.forEach(visit)
    else if (node.type === 'object') {
      for (const { key, value } of node.members) {
        look(key)
        if (!plainKeys.includes(key)) visit(value)
      }
    }
  }
  visit(document.root)
  return [...found]
}

/** Ranges of code points, in hex, as a regular expression has them between brackets. */
function ranges(list: string): string {
  return list.replace(/[0-9a-f]+/g, '\\u{$&}').replace(/\s/g, '')
}
