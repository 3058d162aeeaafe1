import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { JsonDocument } from '../../src/manifest/document.ts'
import { type FrozenFile, freezeText, lockOf, verifyFreeze } from '../../src/manifest/freeze.ts'
import { stableText, unstableCharacters } from '../../src/manifest/printability.ts'
import { pythonText } from '../../src/manifest/python-text.ts'
import { askPython } from '../support/python-json.ts'
import { pick, randomJson, seeded } from '../support/random-json.ts'

/** The worked examples of platform reference §6.3: JSON, the length of the locked text in bytes, the lock. */
const examples: [string, string, number, string][] = [
  [
    'A, from the official guide',
    '{"required_files": [{"name": "scikit_model", "source_uri": "data://zeryx/scikit_demos/digits_classifier0001ABC.pkl", "fail_on_tamper": true, "md5_checksum": "bbb2113cb37feaae8f0989f25021aafd"}], "optional_files": [], "timestamp": "1635788201.4994009"}',
    251,
    'c30654c2359d42c8d6e36918516c52ad',
  ],
  [
    'B, with awkward values',
    String.raw`{"required_files": [], "optional_files": [], "note": "it's 5\" \u2014 ok", "who": "it's", "path": "a\\b\tc\u0007\u00a0\u00e9\ud83d\ude00", "n": [1, 1.0, 1e5, 1e16, 0.00001, -0.0, 12345678901234567890], "10": null, "2": {"t": true, "f": false, "e": {}}, "timestamp": "1700000000.25"}`,
    267,
    '4d2bbbb9a64960ad35b7fc38fd60d60c',
  ],
  [
    'C, with the keys of this action too',
    String.raw`{"model_filepath": "asli/xgboost_automated/model_b4aba5b.pkl", "model_md5_hash": "5b5056b8ec461a6bab3fe44f0d32feb0", "model_origin_commit_SHA": "b4aba5b", "model_origin_commit_msg": "Don't panic\n\nCo-authored-by: X", "model_origin_repo": "o/r", "model_origin_ref": "refs/heads/main", "model_uploaded_utc": "2020-10-14 21:30:25.522165", "required_files": [{"name": "model", "source_uri": "data://asli/xgboost_automated/model_b4aba5b.pkl", "fail_on_tamper": true, "metadata": null, "md5_checksum": "5b5056b8ec461a6bab3fe44f0d32feb0"}], "optional_files": [], "timestamp": "1602711025.522165"}`,
    590,
    '1b40eb8d13a6b5983d03db9cbafbc704',
  ],
]

const md5 = (text: string) => createHash('md5').update(text).digest('hex')
const freeze = (text: string, options: Partial<Parameters<typeof freezeText>[1]> = {}) =>
  freezeText(JsonDocument.parse(text), { timestamp: '1.5', checksumOf: () => undefined, plainKeys: [], ...options })

describe.each(examples)('example %s', (_, text, bytes, lock) => {
  test('has this lock', () => {
    const document = JsonDocument.parse(text)
    expect(Buffer.byteLength(pythonText(document.root))).toBe(bytes)
    expect(lockOf(document)).toBe(lock)
  })

  test.each([
    ['as its last member', (document: JsonDocument) => document.set(['lock_checksum'], lock).text],
    ['as its first member', () => text.replace('{', `{"lock_checksum":"${lock}", `)],
    ['twice, the last time right', () => text.replace('{', `{"lock_checksum": 1, "lock_checksum": "${lock}",\r\n`)],
  ])('is intact with it %s', (_, locked) => {
    expect(verifyFreeze(locked(JsonDocument.parse(text)))).toBe('intact')
  })

  test('is tampered with when a value, an order or the lock changes, and unlocked without one', () => {
    const locked = JsonDocument.parse(text).set(['lock_checksum'], lock)
    expect(verifyFreeze(locked.set(['timestamp'], 1.5).text)).toBe('tampered')
    expect(verifyFreeze(locked.remove(['optional_files']).set(['optional_files'], []).text)).toBe('tampered')
    expect(verifyFreeze(locked.set(['lock_checksum'], lock.toUpperCase()).text)).toBe('tampered')
    expect(verifyFreeze(locked.set(['lock_checksum'], null).text)).toBe('tampered')
    expect(verifyFreeze(text)).toBe('unlocked')
  })
})

test.each(['[]', '"lock_checksum"', 'null'])('%s is no freeze', (text) => {
  expect(() => verifyFreeze(text)).toThrow('it is not a JSON object')
  expect(() => freeze(text)).toThrow('it is not a JSON object')
  expect(() => verifyFreeze('{')).toThrow('line 1, column 2')
})

describe('a freeze', () => {
  /** The freeze as far as its lock, which is right. */
  const content = (frozen: string) => {
    const [, before, lock] = /^(.*), "lock_checksum": "(\w{32})"\}$/.exec(frozen) ?? []
    expect(verifyFreeze(frozen)).toBe('intact')
    expect(lock).toBe(lockOf(JsonDocument.parse(`${before}}`)))
    return before
  }

  test.each<[string, string, string]>([
    ['of nothing', '{}', '{"required_files": [], "optional_files": [], "timestamp": "1.5"'],
    [
      'keeps members, their order and their numbers, on one line and in ASCII',
      '{\n  "optional_files": [],\n  "n": [1.50, 1E+2, -0, 12345678901234567890, NaN],\n  "10": "é \\u00E9\\/🙂\u007f",\n  "required_files": []\n}\n',
      '{"optional_files": [], "n": [1.50, 1E+2, -0, 12345678901234567890, NaN], "10": "\\u00e9 \\u00e9/\\ud83d\\ude42\\u007f", "required_files": [], "timestamp": "1.5"',
    ],
    [
      'replaces the time in place, and every old lock',
      '{"lock_checksum": "x", "timestamp": 7, "required_files": [], "optional_files": [], "lock_checksum": "y"}',
      '{"timestamp": "1.5", "required_files": [], "optional_files": []',
    ],
    [
      'has a member once, as Python reads it',
      '{"a": 1, "required_files": [], "a": {"b": 1, "c": 2, "b": 3}, "__proto__": 4}',
      '{"a": {"b": 3, "c": 2}, "required_files": [], "__proto__": 4, "optional_files": [], "timestamp": "1.5"',
    ],
    [
      'leaves lists alone that are none',
      '{"required_files": {"name": "a"}, "optional_files": [1, null]}',
      '{"required_files": {"name": "a"}, "optional_files": [1, null], "timestamp": "1.5"',
    ],
  ])('%s', (_, manifest, expected) => {
    expect(content(freeze(manifest))).toBe(expected)
  })

  test('has the checksum of every file, required or optional, that has one', () => {
    const asked: FrozenFile[] = []
    const manifest = `{"required_files": [{"md5_checksum": 1, "name": "a", "source_uri": "data://u/c/a"}, {"name": 5}],
      "optional_files": [{"name": "o", "source_uri": "data://u/c/o", "metadata": {}}, {"name": "p", "md5_checksum": "old"}]}`
    const checksumOf = (file: FrozenFile) => {
      asked.push(file)
      return file.name === 'p' ? undefined : `${file.list[0]}${file.index}`
    }
    expect(content(freeze(manifest, { checksumOf }))).toBe(
      '{"required_files": [{"md5_checksum": "r0", "name": "a", "source_uri": "data://u/c/a"}, {"name": 5, "md5_checksum": "r1"}], ' +
        '"optional_files": [{"name": "o", "source_uri": "data://u/c/o", "metadata": {}, "md5_checksum": "o0"}, {"name": "p", "md5_checksum": "old"}], ' +
        '"timestamp": "1.5"',
    )
    expect(asked).toEqual([
      { list: 'required_files', index: 0, name: 'a', source_uri: 'data://u/c/a' },
      { list: 'required_files', index: 1, name: undefined, source_uri: undefined },
      { list: 'optional_files', index: 0, name: 'o', source_uri: 'data://u/c/o' },
      { list: 'optional_files', index: 1, name: 'p', source_uri: undefined },
    ])
  })

  test('has no character in the plain members that a Python may not know', () => {
    const manifest =
      '{"message": ["🩷 🚀", {"k🩷": "\\ud83e\\ude77"}], "other": {"a": "🩷", "message": "🩷"}, "required_files": [], "optional_files": []}'
    expect(content(freeze(manifest, { plainKeys: ['message', 'missing'] }))).toBe(
      '{"message": ["\\ufffd \\ud83d\\ude80", {"k\\ufffd": "\\ufffd"}], "other": {"a": "\\ud83e\\ude77", "message": "\\ufffd"}, "required_files": [], "optional_files": [], "timestamp": "1.5"',
    )
  })
})

describe('characters that not every Python knows', () => {
  test('are replaced, each by one', () => {
    expect(stableText('a🩷b\u0870\u{2ebf0}\u{10900}\u0378')).toBe('a\ufffdb\ufffd\ufffd\ufffd\ufffd')
  })

  test.each([
    ['12', '\u0c77\u0e86\ua7ba🥱🪀'],
    ['12.1', '\u32ff'],
    ['13', '\u0b55\u08be\u4db6\u9ff0🥲🫂\u{30000}'],
    ['14', '\u061d\u0870\u170d\u20c0🫠\u{2a6de}'],
    ['15', '\u0cf3\u0ece🩷\u{31350}'],
    ['15.1', '\u2ffc\u31ef\u{2ebf0}'],
    ['16', '\u0897\u1c89\u2427\ua7da\u{1fae9}'],
  ])('are those of Unicode %s', (_, text) => {
    expect(stableText(text)).toBe('\ufffd'.repeat([...text].length))
  })

  test.each([
    'Zażółć gęślą jaźń, Ελληνικά, Русский, עברית, العربية, हिन्दी, ไทย, 한국어, 日本語, 漢字, Tiếng Việt',
    '🎨⚡️🔥🐛🚑️✨📝🚀💄🎉✅🔒️🔐🔖🚨🚧💚⬇️⬆️📌👷📈♻️➕➖🔧🔨🌐✏️💩⏪️🔀📦️👽️🚚📄💥🍱♿️💡🍻💬🗃️🔊🔇👥🚸🏗️📱🤡🥚🙈📸⚗️🔍️🏷️🌱🚩🥅💫🗑️🛂🧐⚰️🧪👔💸🧵✈️',
    '😀😂🤣😊😍🙏👍🏽👏💯❤️💔🤔😭🎯🤖🧠📊📉🐍🦀🇩🇪👨‍👩‍👧 🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f} 𝒳 \u{20000}',
    'a\t\n\u0000\u00a0\u00ad\u200b\u2028\ufeff\ue000\u{f0000}\ud800 ½ € ™ → ✓ ★ “x” …',
  ])('are not among %j', (text) => {
    expect(stableText(text)).toBe(text)
    expect(unstableCharacters(JsonDocument.empty().set(['a'], text), [])).toEqual([])
  })

  test('are told, each once, but not of the plain members', () => {
    const text = '{"a": ["🩷", {"🫨": "x🩷"}], "plain": "\u0870", "k\u{1f9a3}": {"plain": "\\u0872", "x": "\\u0871"}}'
    expect(unstableCharacters(JsonDocument.parse(text), ['plain'])).toEqual(['🩷', '🫨', '\u{1f9a3}', '\u0871'])
    expect(unstableCharacters(JsonDocument.parse('"🩷"'), ['plain'])).toEqual(['🩷'])
  })

  test('are all those of which this Python and Node say different things', () => {
    // No version knows anything above, up to the private characters, but the tags and selectors from U+E0000 on.
    const last = 0x32000
    const script = `
import json, sys
json.dump([int(chr(code).isprintable()) for code in range(json.load(sys.stdin))], sys.stdout, separators=(',', ':'))
`
    const printable = askPython(script, last) as number[]
    const steady = printable.map((_, code) => String.fromCodePoint(code)).filter((text) => stableText(text) === text)
    const wrong = steady.filter((text) => {
      const isPrintable = text === ' ' || !/[\p{C}\p{Z}]/u.test(text)
      return isPrintable !== (printable[text.codePointAt(0) ?? 0] === 1)
    })
    expect(wrong).toEqual([])
    expect(steady.length).toBeGreaterThan(120_000)
  })
})

test('what the ADK does to check a lock finds random freezes intact, and those with one change tampered with', () => {
  const random = seeded(64)
  const entry = () => `{"name": ${JSON.stringify(pick(random, ['a', "it's", 'é']))}, "metadata": ${randomJson(random)}}`
  const freezes = Array.from({ length: 100 }, () =>
    freeze(
      `{"metrics": ${randomJson(random)}, "required_files": [${entry()}], "optional_files": [${entry()}, ${entry()}]}`,
      { timestamp: '1700000000.25', checksumOf: ({ list, index }) => md5(list + index) },
    ),
  )
  const tampered = freezes.map((text) => text.replace('1700000000.25', '1700000000.26'))
  const check = `
import hashlib, json, sys
def check_lock(manifest):
    expected = manifest.get('lock_checksum')
    del manifest['lock_checksum']
    return expected == hashlib.md5(str(manifest).encode()).hexdigest()
json.dump([check_lock(json.loads(text)) for text in json.load(sys.stdin)], sys.stdout)
`
  const isIntact = [...freezes.map(() => true), ...tampered.map(() => false)]
  expect(askPython(check, [...freezes, ...tampered])).toEqual(isIntact)
  expect([...freezes, ...tampered].map((text) => verifyFreeze(text) === 'intact')).toEqual(isIntact)
})
