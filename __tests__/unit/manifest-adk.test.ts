import { describe, expect, test } from '@jest/globals'
import type { AdkModel } from '../../src/manifest/adk.ts'
import type { ManifestEntry } from '../../src/manifest/flat.ts'
import { verifyFreeze } from '../../src/manifest/freeze.ts'
import { type ManifestChange, type ManifestFiles, readManifest, updateManifest } from '../../src/manifest/manifest.ts'

// The lists that the Algorithm Development Kit reads, and the freeze beside them.

const entry = { model_filepath: 'ada/wine/clf_1.pkl', model_md5_hash: 'a'.repeat(32) } as ManifestEntry
const clf: AdkModel = {
  name: 'clf',
  isOptional: false,
  sourceUri: 'data://ada/wine/clf_1.pkl',
  md5: 'a'.repeat(32),
  metadata: { model_sha256_hash: 'b'.repeat(64), model_size_bytes: 7 },
}
const labels: AdkModel = { ...clf, name: 'labels', isOptional: true, sourceUri: 'data://ada/wine/labels_1.json' }
const frozenOn = new Date(1_700_000_000_250)

function update(files: Partial<ManifestFiles>, change: Partial<ManifestChange> = {}) {
  const usual = { entry, adk: [clf, labels], checksumOf: () => undefined, now: frozenOn }
  return updateManifest({ manifest: undefined, freeze: undefined, ...files }, { ...usual, ...change })
}
const read = (files: Partial<ManifestFiles>) => readManifest({ manifest: undefined, freeze: undefined, ...files })
const written = (model: AdkModel) => ({
  name: model.name,
  source_uri: model.sourceUri,
  fail_on_tamper: true,
  metadata: model.metadata,
  md5_checksum: model.md5,
})

describe('several models', () => {
  const { manifest, freeze = '' } = update({})

  test('are beside the flat keys, which describe the first', () => {
    expect(Object.entries(JSON.parse(manifest))).toEqual([
      ...Object.entries(entry),
      ['required_files', [written(clf)]],
      ['optional_files', [written(labels)]],
    ])
    expect(manifest).toContain('\n  "required_files": [\n    {\n      "name": "clf",\n')
  })

  test('are frozen: the same with time and lock, on one line', () => {
    const { timestamp, lock_checksum, ...same } = JSON.parse(freeze)
    expect(same).toEqual(JSON.parse(manifest))
    expect(timestamp).toBe('1700000000.25')
    expect(lock_checksum).toMatch(/^[0-9a-f]{32}$/)
    expect(freeze).not.toContain('\n')
    expect(verifyFreeze(freeze)).toBe('intact')
  })

  test('deployed again leave both files as they are, also a newer clock', () => {
    expect(update({ manifest, freeze }, { now: new Date() })).toEqual({ manifest, freeze })
    const changed = update({ manifest, freeze }, { now: new Date(5), entry: { ...entry, model_size_bytes: 1 } })
    expect(JSON.parse(changed.freeze ?? '').timestamp).toBe('0.005')
  })

  test('for the ADK alone have no flat keys, not even those of an earlier model', () => {
    const next = update({ manifest: '{"mine": 1, "model_filepath": "old", "model_metrics": {}}' }, { entry: undefined })
    expect(JSON.parse(next.manifest)).toEqual({
      mine: 1,
      required_files: [written(clf)],
      optional_files: [written(labels)],
    })
  })
})

describe('an entry that is there', () => {
  const present = `{
  "optional_files": [ {"name": "words", "source_uri": "data://x/y/w.txt", "weight": 1.0} ],
  "required_files": [
    {"metadata": {"10": "ten", "model_size_bytes": 9}, "fail_on_tamper": false, "name": "clf", "source_uri": "data://x/y/old"},
    { "name" : "other", "source_uri": "s3+l://b/k" }
  ],
  "n": 1e5
}
`

  test('is changed in place; its other keys and all other entries stay, byte for byte', () => {
    const { manifest } = update({ manifest: present }, { adk: [clf], entry: undefined })
    expect(manifest).toBe(
      present
        .replace('"model_size_bytes": 9', `"model_size_bytes": 7, "model_sha256_hash": "${'b'.repeat(64)}"`)
        .replace('"data://x/y/old"', `"data://ada/wine/clf_1.pkl", "md5_checksum": "${clf.md5}"`),
    )
  })

  test('goes to the other list when the line of model_path says so, with all it has', () => {
    const { manifest } = update({ manifest: present }, { adk: [{ ...clf, isOptional: true }] })
    const { required_files, optional_files } = JSON.parse(manifest)
    expect(required_files).toEqual([{ name: 'other', source_uri: 's3+l://b/k' }])
    expect(optional_files).toEqual([
      { name: 'words', source_uri: 'data://x/y/w.txt', weight: 1 },
      {
        metadata: { '10': 'ten', ...clf.metadata },
        fail_on_tamper: false,
        name: 'clf',
        source_uri: clf.sourceUri,
        md5_checksum: clf.md5,
      },
    ])
  })

  test('of the same bytes stays as it is: it tells who deployed them first', () => {
    const { manifest } = update({})
    const later = { ...clf, metadata: { model_origin_commit_SHA: 'another' } }
    expect(update({ manifest }, { adk: [later, labels] }).manifest).toBe(manifest)
  })

  test.each(['null', '[]', '"text"'])('with metadata %s gets ours', (metadata) => {
    const text = `{"required_files": [{"name": "clf", "source_uri": "x", "metadata": ${metadata}}], "optional_files": []}`
    expect(JSON.parse(update({ manifest: text }).manifest).required_files[0].metadata).toEqual(clf.metadata)
  })
})

test('a thousand models that all change do not take a minute', () => {
  const models = Array.from({ length: 1000 }, (_, index) => ({
    ...clf,
    name: `m${index}`,
    sourceUri: `data://a/b/${index}`,
  }))
  const required_files = models.map((model) => ({
    ...written(model),
    md5_checksum: 'd'.repeat(32),
    metadata: { mine: 1, model_sha256_hash: 'e', model_size_bytes: 0 },
  }))
  const manifest = JSON.stringify({ required_files, optional_files: [] }, undefined, 2)
  const started = performance.now()
  const updated = update({ manifest }, { adk: models })
  expect(performance.now() - started).toBeLessThan(10_000)
  expect(JSON.parse(updated.manifest).required_files[999]).toEqual({
    ...written(models[999] as AdkModel),
    metadata: { mine: 1, ...clf.metadata },
  })
})

describe('the freeze', () => {
  const plain = '{"required_files": [{"name": "other", "source_uri": "data://x/y/o"}], "optional_files": []}'

  test('has the MD5 of entries that are not ours, which the manifest need not have', () => {
    const { manifest, freeze = '' } = update({ manifest: plain }, { checksumOf: (uri) => `md5 of ${uri}` })
    expect(JSON.parse(manifest).required_files[0]).not.toHaveProperty('md5_checksum')
    expect(JSON.parse(freeze).required_files[0].md5_checksum).toBe('md5 of data://x/y/o')
    expect(JSON.parse(freeze).required_files[1].md5_checksum).toBe(clf.md5)
    expect(verifyFreeze(freeze)).toBe('intact')
    // The next run knows them from there.
    expect(read({ manifest, freeze }).entries.map(({ md5 }) => md5)).toEqual([
      'md5 of data://x/y/o',
      clf.md5,
      labels.md5,
    ])
  })

  test.each(['null', '""'])('has it as well where the manifest says %s', (none) => {
    const manifest = plain.replace('"source_uri"', `"md5_checksum": ${none}, "source_uri"`)
    expect(read({ manifest }).entries[0]?.md5).toBeUndefined()
    const { freeze = '' } = update({ manifest }, { checksumOf: () => 'f'.repeat(32) })
    expect(JSON.parse(freeze).required_files[0].md5_checksum).toBe('f'.repeat(32))
  })

  test('is written where one is, even for flat keys alone: it would pin an earlier model', () => {
    const first = update({ manifest: plain })
    const { freeze = '' } = update(first, { adk: undefined, entry: { ...entry, model_size_bytes: 5 } })
    expect(JSON.parse(freeze).model_size_bytes).toBe(5)
    expect(verifyFreeze(freeze)).toBe('intact')
    expect(update({ manifest: plain }, { adk: undefined }).freeze).toBeUndefined()
  })

  test('alone is the manifest of its models', () => {
    const { freeze = '' } = update({}, { entry: undefined })
    const next = update({ freeze }, { entry: undefined, adk: [{ ...clf, md5: 'c'.repeat(32) }] })
    const { timestamp, lock_checksum, ...rest } = JSON.parse(next.manifest)
    expect([timestamp, lock_checksum]).toEqual([undefined, undefined])
    expect(rest).toEqual({
      required_files: [{ ...written(clf), md5_checksum: 'c'.repeat(32) }],
      optional_files: [written(labels)],
    })
  })

  test('verifies in every Python, whatever the commit says', () => {
    const message = "Don't 🚀\n\u{1fae8} “quoted” é"
    const { manifest, freeze = '' } = update({}, { entry: { ...entry, model_origin_commit_msg: message } })
    expect(JSON.parse(manifest).model_origin_commit_msg).toBe(message)
    expect(JSON.parse(freeze).model_origin_commit_msg).toBe("Don't 🚀\n\ufffd “quoted” é")
    expect(verifyFreeze(freeze)).toBe('intact')
  })

  const intact = update({}).freeze ?? ''
  test.each<[string, string, RegExp]>([
    ['was changed', intact.replace('clf_1', 'clf_2'), /was changed after it was locked/],
    ['has no lock', '{"required_files": [], "optional_files": []}', /has no lock_checksum/],
    ['is not JSON', intact.slice(1), /is not a JSON object/],
    ['is a list', '[]', /is not a JSON object/],
  ])('that %s is not believed, told of, and written anew', (_case, freeze, warning) => {
    const files = { manifest: update({}).manifest, freeze }
    const { warnings, objects } = read(files)
    expect(warnings).toEqual([expect.stringMatching(warning)])
    expect(warnings[0]).toContain('it is written anew')
    expect(objects).toHaveLength(3)
    expect(verifyFreeze(update(files).freeze ?? '')).toBe('intact')
  })

  test('with an entry that the manifest has not is told of', () => {
    const { manifest } = update({}, { adk: [clf] })
    expect(read({ manifest, freeze: intact }).warnings).toEqual([
      'model_manifest.json.freeze in the algorithm\'s repository has "labels", which model_manifest.json does not have; it is written anew without.',
    ])
    expect(read({ freeze: intact }).warnings).toEqual([])
    expect(() => read({ freeze: '{"required_files": [1]}' })).toThrow(/^model_manifest\.json\.freeze in the/)
  })
})

describe('what the ADK could not read is refused', () => {
  const one = '{"name": "a", "source_uri": "x"}'
  test.each([
    [`{"required_files": [${one}, ${one}]}`, 'required_files has two entries called "a"'],
    [`{"optional_files": [${one}, ${one}]}`, 'optional_files has two entries called "a"'],
    [
      `{"required_files": [${one}], "optional_files": [${one}]}`,
      'required_files and optional_files both have an entry called "a"',
    ],
    ['{"required_files": {}}', 'required_files is not a list'],
    ['{"optional_files": null}', 'optional_files is not a list'],
    [`{"required_files": [${one}, 1]}`, 'required_files[1] is not an object'],
    ['{"required_files": [{"source_uri": "x"}]}', 'required_files[0] has no name'],
    ['{"optional_files": [{"name": "a", "source_uri": 1}]}', 'optional_files[0] has no source_uri'],
  ])('%s', (manifest, problem) => {
    const message = `model_manifest.json in the algorithm's repository: ${problem}, so the ADK cannot read it. Mend it there`
    expect(() => read({ manifest })).toThrow(message)
    expect(() => update({ manifest })).toThrow(message)
  })
})

test('an MD5 of the freeze is not that of an entry which names another object by now', () => {
  const old = { name: 'a', source_uri: 'data://ada/wine/old' }
  const { freeze } = update({
    manifest: JSON.stringify({ required_files: [{ ...old, md5_checksum: 'f'.repeat(32) }] }),
  })
  const md5Of = (source_uri: string) =>
    read({ manifest: JSON.stringify({ required_files: [{ ...old, source_uri }] }), freeze }).entries[0]?.md5
  expect(md5Of('data://ada/wine/old')).toBe('f'.repeat(32))
  expect(md5Of('data://ada/wine/new')).toBeUndefined()
})
