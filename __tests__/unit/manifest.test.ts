import { describe, expect, test } from '@jest/globals'
import { DeployError } from '../../src/errors.ts'
import { parseSpelt } from '../../src/json.ts'
import { keepUnchanged, type ManifestEntry, manifestTime } from '../../src/manifest/flat.ts'
import * as manifest from '../../src/manifest/manifest.ts'

// The flat keys of the manifest, as the original action wrote them, and what stays beside them.

const updateManifest = (text: string | undefined, entry: ManifestEntry) => {
  const change = { entry, adk: undefined, checksumOf: () => undefined, now: new Date() }
  const { manifest: updated, freeze } = manifest.updateManifest({ manifest: text, freeze: undefined }, change)
  expect(freeze).toBeUndefined()
  return updated
}
const readManifest = (text: string | undefined) => manifest.readManifest({ manifest: text, freeze: undefined }).flat

const entry: ManifestEntry = {
  model_filepath: 'ada/wine/model_0123.pkl',
  model_md5_hash: 'd41d8cd98f00b204e9800998ecf8427e',
  model_origin_commit_SHA: '0123456789abcdef0123456789abcdef01234567',
  model_origin_commit_msg: 'Train',
  model_origin_repo: 'ada/wine-training',
  model_origin_ref: 'refs/heads/main',
  model_uploaded_utc: '2024-05-01 12:00:00.123000',
  model_sha256_hash: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  model_size_bytes: 42,
  model_origin_run_url: 'https://github.com/ada/wine-training/actions/runs/7',
}

const wholeEntry = `{
  "model_filepath": "ada/wine/model_0123.pkl",
  "model_md5_hash": "d41d8cd98f00b204e9800998ecf8427e",
  "model_origin_commit_SHA": "0123456789abcdef0123456789abcdef01234567",
  "model_origin_commit_msg": "Train",
  "model_origin_repo": "ada/wine-training",
  "model_origin_ref": "refs/heads/main",
  "model_uploaded_utc": "2024-05-01 12:00:00.123000",
  "model_sha256_hash": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "model_size_bytes": 42,
  "model_origin_run_url": "https://github.com/ada/wine-training/actions/runs/7"
}
`

/** As `json.dump` of the original action wrote it. */
const original =
  '{"model_filepath": "ada/wine/old.pkl", "model_md5_hash": "0", "model_origin_commit_SHA": "1", ' +
  '"model_origin_commit_msg": null, "model_origin_repo": "a/b", "model_origin_ref": "refs/heads/old", ' +
  '"model_uploaded_utc": "2020-10-14 21:30:25.522165"}'

const keysOf = (text: string) =>
  [...text.matchAll(/^ {2}("(?:[^"\\]|\\.)*"):/gm)].map((match) => JSON.parse(match[1] ?? ''))

describe('a manifest from nothing', () => {
  test.each([undefined, '{}', ' { } ', '\ufeff{}', '{}\r\n', '{\n}\n'])('%j', (text) => {
    expect(updateManifest(text, entry)).toBe(wholeEntry)
  })
})

describe('a manifest of the original action', () => {
  const updated = updateManifest(original, entry)

  test('gets new values in place, and the new keys behind', () => {
    expect(updated).toBe(wholeEntry)
  })

  test('keeps the order of its keys', () => {
    const turned = '{"model_origin_ref": "x", "mine": 1, "model_filepath": "y"}'
    expect(keysOf(updateManifest(turned, entry))).toEqual([
      'model_origin_ref',
      'mine',
      'model_filepath',
      ...Object.keys(entry).filter((key) => key !== 'model_origin_ref' && key !== 'model_filepath'),
    ])
  })
})

describe('what the manifest does not know stays as it is spelt', () => {
  test.each([
    '"threshold": 1.0',
    '"exponent": 1E+2',
    '"negative": -0.0',
    '"big": 12345678901234567890123',
    '"long": 0.1000000000000000055511151231257827',
    '"__proto__": "x"',
    '"constructor": null',
    '"10": "ten"',
    '"": "empty name"',
    '"escaped": "\\u00e9\\/\\u2028\\"\\\\"',
    '"raw": "é 漢字 🙂 \u2028 \u007f"',
    '"\\u0041": true',
    '"a.b[0]": "// no comment /* here */"',
    '"text": "{ \\"x\\" : [1,2] ,}"',
    '"required_files": []',
    '"optional_files": {}',
  ])('%s', (property) => {
    const name = property.slice(0, property.indexOf('":') + 1)
    for (const text of [`{${property}}`, `{ ${property}, "model_size_bytes": 1, "10": 0 }`]) {
      const lines = updateManifest(text, entry).split('\n')
      expect(lines[1]).toBe(`  ${property},`)
      expect(lines.filter((line) => line.startsWith(`  ${name}:`))[0]).toBe(`  ${property},`)
    }
    const laidOut = `{\r\n\t ${property}  ,\r\n\t"model_size_bytes" :7}`
    expect(updateManifest(laidOut, entry).startsWith(`{\r\n\t ${property}  ,\r\n\t"model_size_bytes" :42,\r\n\t`)).toBe(
      true,
    )
  })

  test('also deep inside', () => {
    const text = '{"files":[{"name":"a","weight":1.0,"tags":["x",[],{}]}],"10":1,"2":2,"model_size_bytes":7}'
    expect(updateManifest(text, entry)).toBe(`{
  "files": [
    {
      "name": "a",
      "weight": 1.0,
      "tags": [
        "x",
        [],
        {}
      ]
    }
  ],
  "10": 1,
  "2": 2,
  "model_size_bytes": 42,
${wholeEntry
  .split('\n')
  .filter((line) => /"model_/.test(line) && !line.includes('model_size_bytes'))
  .join('\n')}
}
`)
  })

  test('and keys of the entry inside of others are not the entry', () => {
    const updated = updateManifest('{"before": {"model_md5_hash": "inner"}}', entry)
    expect(JSON.parse(updated)).toEqual({ before: { model_md5_hash: 'inner' }, ...entry })
  })
})

describe('it is the same data as merging would give', () => {
  test.each([original, '{"a": 1.5, "model_md5_hash": [1, {"x": 2}], "b": {}}', '{"\\u006dodel_size_bytes": 1}'])(
    '%s',
    (text) => {
      expect(JSON.parse(updateManifest(text, entry))).toEqual({ ...JSON.parse(text), ...entry })
    },
  )

  test('a key that is there twice has one value in the end', () => {
    const updated = updateManifest('{"model_md5_hash": "a", "x": 1, "model_md5_hash": "b"}', entry)
    expect(JSON.parse(updated)).toEqual({ x: 1, ...entry })
    expect(updated).not.toMatch(/"[ab]"/)
  })
})

describe('its form', () => {
  test.each([
    ['CRLF', '{\r\n  "x": 1,\r\n  "y": [\r\n    2\r\n  ]\r\n}\r\n', ',\r\n  ', '\r\n}\r\n'],
    ['tabs', '{\n\t"x": 1,\n\t"y": [\n\t\t2\n\t]\n}', ',\n\t', '\n}\n'],
    ['four spaces', '\n\n{\n\n    "x": 1,\n\n    "y": [\n        2\n    ]\n}\n\n\n', ',\n    ', '\n}\n\n\n'],
  ])('of %s stays, up to a last line that ends', (_, text, separator, end) => {
    const updated = updateManifest(text, entry)
    const before = text.slice(0, text.lastIndexOf(']') + 1)
    const members = Object.entries(entry).map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`)
    expect(updated).toBe([before, ...members].join(separator) + end)
  })

  test('of one line becomes two spaces', () => {
    const updated = updateManifest('{"x": 1, "y": [2], "z": {"nan": NaN, "inf": -Infinity}}', entry)
    expect(updated.slice(0, updated.indexOf('"model'))).toBe(
      '{\n  "x": 1,\n  "y": [\n    2\n  ],\n  "z": {\n    "nan": NaN,\n    "inf": -Infinity\n  },\n  ',
    )
    expect(updated).toMatch(/[^\n]\n$/)
  })

  test('of one line may be large and deep', () => {
    const many = JSON.stringify(Array.from({ length: 20_000 }, (_, index) => ({ name: `n${index}`, k: 'v' })))
    const started = performance.now()
    const updated = updateManifest(`{"deep": ${'['.repeat(300)}${']'.repeat(300)}, "many": ${many}}`, entry)
    expect(performance.now() - started).toBeLessThan(10_000)
    expect(JSON.stringify(JSON.parse(updated).many)).toBe(many)
  })

  test.each([undefined, original, '{"x": 1.0, "y": {"z": []}}', '\ufeff{"x":"é"}\r\n'])('of %j is final', (text) => {
    const once = updateManifest(text, entry)
    expect(updateManifest(once, entry)).toBe(once)
  })

  test.each([
    ["it's", '"it\'s"'],
    ['two\nlines\r\n\ttab', '"two\\nlines\\r\\n\\ttab"'],
    ['é 漢 🙂', '"\\u00e9 \\u6f22 \\ud83d\\ude42"'],
    ['quote " and \\ and /', '"quote \\" and \\\\ and /"'],
    ['\u007f\u0080\u2028\u0000\b\f', '"\\u007f\\u0080\\u2028\\u0000\\b\\f"'],
    ['$& $1 `', '"$& $1 `"'],
    ['', '""'],
  ])('writes the message %j in ASCII, as Python does', (message, json) => {
    const updated = updateManifest(original, { ...entry, model_origin_commit_msg: message })
    expect(updated.split('\n').filter((line) => line.includes('commit_msg'))).toEqual([
      `  "model_origin_commit_msg": ${json},`,
    ])
    expect(JSON.parse(updated).model_origin_commit_msg).toBe(message)
  })
})

describe('what is not a JSON object is refused', () => {
  test.each([
    '',
    ' ',
    '{',
    '{"a": 1,}',
    '{"a": 1} // x',
    "{'a': 1}",
    '<<<<<<< HEAD\n{}',
    'version https://git-lfs',
    '{"a": nan}',
  ])('not JSON: %j', (text) => {
    for (const read of [() => updateManifest(text, entry), () => readManifest(text)]) {
      expect(read).toThrow(DeployError)
      expect(read).toThrow("model_manifest.json in the algorithm's repository is not JSON (")
    }
  })

  test.each(['[]', '[{}]', 'null', '1', '"{}"', 'true'])('no object: %s', (text) => {
    for (const read of [() => updateManifest(text, entry), () => readManifest(text)]) {
      expect(read).toThrow(DeployError)
      expect(read).toThrow('is not a JSON object. Repair or delete it there')
    }
  })
})

test('what was written is read', () => {
  expect(readManifest(wholeEntry)).toEqual(entry)
  expect(readManifest(`\ufeff${original}`)).toEqual(JSON.parse(original))
  expect(readManifest(undefined)).toEqual({})
})

describe('keepUnchanged', () => {
  const later = { ...entry, model_uploaded_utc: '2025-01-01 00:00:00.000000', model_origin_run_url: 'https://run/8' }

  test('keeps time and run when nothing else changes', () => {
    expect(keepUnchanged(entry, later)).toEqual(entry)
    expect(updateManifest(wholeEntry, keepUnchanged(entry, later))).toBe(wholeEntry)
  })

  test.each(
    (Object.keys(entry) as (keyof ManifestEntry)[]).filter(
      (key) => key !== 'model_uploaded_utc' && !key.endsWith('url'),
    ),
  )('takes the new ones when %s is another', (key) => {
    const next = { ...later, [key]: key === 'model_size_bytes' ? 43 : 'other' }
    expect(keepUnchanged(entry, next)).toEqual(next)
    const { [key]: _, ...incomplete } = entry
    expect(keepUnchanged(incomplete, later)).toEqual(later)
  })

  test.each(['model_uploaded_utc', 'model_origin_run_url'] as const)(
    'takes the new ones when there was no %s',
    (key) => {
      const { [key]: _, ...incomplete } = entry
      expect(keepUnchanged(incomplete, later)).toEqual(later)
      expect(keepUnchanged({ ...entry, [key]: null } as never, later)).toEqual(later)
    },
  )

  test('takes the new ones for the manifest of the original action', () => {
    expect(keepUnchanged(readManifest(original), later)).toEqual(later)
    expect(keepUnchanged({}, later)).toEqual(later)
  })
})

describe('the metrics of a model', () => {
  const metrics = { rmse: 0.79, parameters: { alpha: '0.5' } }
  const withMetrics = { ...entry, model_metrics: metrics }
  const later = { ...entry, model_uploaded_utc: '2025-01-01 00:00:00.000000', model_origin_run_url: 'https://run/8' }
  const otherModel = { ...later, model_md5_hash: '0', model_sha256_hash: '1' }

  test('are the last key, after those of others', () => {
    const updated = updateManifest('{"mine": 1}', withMetrics)
    expect(keysOf(updated)).toEqual(['mine', ...Object.keys(entry), 'model_metrics'])
    expect(
      updated.endsWith(`"model_metrics": {
    "rmse": 0.79,
    "parameters": {
      "alpha": "0.5"
    }
  }
}
`),
    ).toBe(true)
    expect(updateManifest(updated, withMetrics)).toBe(updated)
  })

  test('are ASCII and keep their digits, also when they are read and written again', () => {
    const model_metrics = parseSpelt('{"é": 1.0, "n": 12345678901234567890, "x": 1e-7}') as Record<string, unknown>
    const updated = updateManifest(undefined, { ...entry, model_metrics })
    expect(updated).toContain('"\\u00e9": 1.0,\n    "n": 12345678901234567890,\n    "x": 1e-7\n')
    expect(updateManifest(updated, keepUnchanged(readManifest(updated), later))).toBe(updated)
  })

  test.each<[string, Partial<ManifestEntry>, ManifestEntry, unknown]>([
    ['measured again are those of before', withMetrics, { ...later, model_metrics: { rmse: 0.8 } }, metrics],
    ['that were unknown are added', entry, { ...later, model_metrics: metrics }, metrics],
    ['not told this time stay', withMetrics, later, metrics],
    ['not told this time stay, also for another commit', withMetrics, { ...later, model_origin_ref: 'x' }, metrics],
    [
      'of the same model, trained by another commit, are the new ones',
      withMetrics,
      { ...later, model_origin_ref: 'x', model_metrics: { a: 1 } },
      { a: 1 },
    ],
    ['of another model are the new ones', withMetrics, { ...otherModel, model_metrics: { a: 1 } }, { a: 1 }],
    ['of another model are not kept', withMetrics, otherModel, undefined],
    ['nobody ever told are none', entry, later, undefined],
  ])('%s', (_, present, next, expected) => {
    const kept = keepUnchanged(present, next)
    expect(kept.model_metrics).toEqual(expected)
    const text = updateManifest(updateManifest(undefined, present as ManifestEntry), kept)
    expect(JSON.parse(text).model_metrics).toEqual(expected)
  })

  test('that are added leave time and run of an unchanged model as they are', () => {
    expect(keepUnchanged(entry, { ...later, model_metrics: metrics })).toEqual(withMetrics)
  })

  test.each([
    '{"model_metrics": {"a": [1]}}',
    '{"model_metrics": 1, "model_md5_hash": "x"}',
    '{"model_md5_hash": "x", "model_metrics": null}',
    '{"model_metrics": 1, "model_metrics": {"b": 2}}',
  ])('of another model are removed from %s', (text) => {
    expect(JSON.parse(updateManifest(text, entry))).toEqual(entry)
  })

  test('of a model inside of others are not those of the model', () => {
    const text = '{"before": {"model_metrics": 1.0}}'
    expect(updateManifest(text, entry)).toContain('"before": {\n    "model_metrics": 1.0\n  },')
  })
})

describe('what it vouches for', () => {
  const objects = (present: object) =>
    manifest.readManifest({ manifest: JSON.stringify(present), freeze: undefined }).objects
  const described = {
    uri: entry.model_filepath,
    md5: entry.model_md5_hash,
    sha256: entry.model_sha256_hash,
    size: entry.model_size_bytes,
  }
  const { model_sha256_hash: _, model_size_bytes: __, ...ofOriginal } = entry

  test.each<[string, object, object[]]>([
    ['an entry', entry, [described]],
    ['an entry of the original action', ofOriginal, [{ ...described, sha256: undefined, size: undefined }]],
    ['a size as text', { ...entry, model_size_bytes: '42' }, [{ ...described, size: undefined }]],
    ['nothing', {}, []],
    ['no MD5', { model_filepath: entry.model_filepath }, []],
    ['a path that is none', { ...entry, model_filepath: 1 }, []],
  ])('with %s', (_name, present, expected) => {
    expect(objects(present)).toEqual(expected)
  })
})

test.each([
  ['2020-10-14T21:30:25.522Z', '2020-10-14 21:30:25.522000'],
  ['2020-10-14T23:30:25.000+02:00', '2020-10-14 21:30:25.000000'],
])('manifestTime(%s) is %s', (time, text) => {
  expect(manifestTime(new Date(time))).toBe(text)
})
