import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { DataApi } from '../../src/algorithmia/data.ts'
import { Http } from '../../src/algorithmia/http.ts'
import { Deployment } from '../../src/deployment.ts'
import type { CodeInputs, Inputs, ManifestFormat } from '../../src/inputs.ts'
import { JsonDocument } from '../../src/manifest/document.ts'
import type { ManifestEntry } from '../../src/manifest/flat.ts'
import { freezeText } from '../../src/manifest/freeze.ts'
import type { Origin } from '../../src/origin.ts'
import { applyTo, commitText, type DeployedModel } from '../../src/stages/delivery.ts'
import { flatEntry } from '../../src/stages/manifest-entries.ts'
import { watchOutput } from '../support/runner.ts'
import { tempFolder, writeFiles } from '../support/temp-folder.ts'

const printed = watchOutput()

const origin: Origin = {
  repository: 'ada/wine-training',
  ref: 'refs/heads/main',
  commit: 'a'.repeat(40),
  message: 'Train',
  committedAt: new Date('2026-01-02T03:04:05Z'),
  runUrl: 'https://github.com/ada/wine-training/actions/runs/7',
  repositoryUrl: 'https://github.com/ada/wine-training',
}
const stored = {
  uri: { protocol: 'data', path: 'ada/wine/model.pkl' },
  md5: 'm'.repeat(32),
  sha256: 's'.repeat(64),
  size: 42,
  uploaded: true,
}
const before = '2020-10-14 21:30:25.522165'
const time = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/

describe('the entry of the manifest', () => {
  const entry = flatEntry(origin, stored, {})

  test('says what is stored and where it comes from, with the keys in order', () => {
    expect(entry).toEqual({
      model_filepath: 'ada/wine/model.pkl',
      model_md5_hash: stored.md5,
      model_origin_commit_SHA: origin.commit,
      model_origin_commit_msg: 'Train',
      model_origin_repo: 'ada/wine-training',
      model_origin_ref: 'refs/heads/main',
      model_uploaded_utc: expect.stringMatching(time),
      model_sha256_hash: stored.sha256,
      model_size_bytes: 42,
      model_origin_run_url: origin.runUrl,
      model_origin_commit_utc: '2026-01-02 03:04:05.000000',
    })
    expect(Object.keys(entry).slice(0, 7)).toEqual([
      'model_filepath',
      'model_md5_hash',
      'model_origin_commit_SHA',
      'model_origin_commit_msg',
      'model_origin_repo',
      'model_origin_ref',
      'model_uploaded_utc',
    ])
  })

  test('keeps the scheme of a connector', () => {
    const uri = { protocol: 's3+label', path: 'bucket/model.pkl' }
    expect(flatEntry(origin, { ...stored, uri }, {}).model_filepath).toBe('s3+label://bucket/model.pkl')
  })

  const present = { ...entry, model_uploaded_utc: before }
  test.each<[string, { uploaded: boolean }, Partial<ManifestEntry>, boolean]>([
    ['stored by an earlier run', { uploaded: false }, { ...present, model_origin_commit_msg: 'Other' }, true],
    [
      'stored by an earlier run of the original action',
      { uploaded: false },
      { model_filepath: 'ada/wine/model.pkl', model_uploaded_utc: before },
      true,
    ],
    ['stored now', { uploaded: true }, { ...present, model_origin_commit_msg: 'Other' }, false],
    ['stored by an earlier run, under another name', { uploaded: false }, { ...present, model_filepath: 'x' }, false],
    [
      'stored by an earlier run that told no time',
      { uploaded: false },
      { model_filepath: 'ada/wine/model.pkl' },
      false,
    ],
  ])('of a model %s', (_, { uploaded }, old, kept) => {
    const { model_uploaded_utc } = flatEntry(origin, { ...stored, uploaded }, old)
    expect(model_uploaded_utc).toMatch(time)
    expect(model_uploaded_utc === before).toBe(kept)
  })

  test('ends with the metrics of the training, if it told any', () => {
    const values = { rmse: 0.79 }
    expect(Object.entries(flatEntry(origin, stored, {}, { values, source: '' })).at(-1)).toEqual([
      'model_metrics',
      values,
    ])
    expect(Object.keys(entry)).not.toContain('model_metrics')
  })

  test('is the present one, when only the run is another', () => {
    const again = { ...origin, runUrl: 'https://github.com/ada/wine-training/actions/runs/8' }
    expect(flatEntry(again, { ...stored, uploaded: false }, present)).toEqual(present)
  })

  test('keeps the time of the same commit, but not that of another one, when this run does not know it', () => {
    const unaware = { ...origin, committedAt: undefined }
    const timeOf = (other: Partial<Origin>) =>
      flatEntry({ ...unaware, ...other }, stored, present).model_origin_commit_utc
    expect(timeOf({})).toBe('2026-01-02 03:04:05.000000')
    expect(timeOf({ commit: 'b'.repeat(40) })).toBeUndefined()
  })
})

describe('a change of the clone', () => {
  function folders() {
    const root = tempFolder()
    mkdirSync(join(root, 'clone'))
    writeFiles(root, { 'code/x.py': 'code', 'code/model_manifest.json': '{"from": "the code folder"}' })
    const code: CodeInputs = {
      folder: { relative: 'code', absolute: join(root, 'code') },
      mode: 'overlay',
      exclude: [],
    }
    return { clone: join(root, 'clone'), code, root }
  }

  /** Applies a change, and returns what the run says beside the log. */
  async function apply(
    folder: string,
    code: CodeInputs | undefined,
    {
      format = 'auto',
      models = [model],
      deployment = new Deployment(),
      from = origin,
    }: { format?: ManifestFormat; models?: DeployedModel[]; deployment?: Deployment; from?: Origin } = {},
  ): Promise<string[]> {
    const inputs = { code, workspace: join(folder, '..'), platform: { algorithm: 'wine' } } as Inputs
    const data = new DataApi(new Http({ apiUrl: 'http://127.0.0.1:9', apiKey: 'k', attempts: 1 }))
    await applyTo(folder, inputs, { deployment, data, origin: from, format, models, metrics: undefined })
    return deployment.notes
  }
  const model: DeployedModel = { entry: 'model', isOptional: false, stored, mlflow: undefined }
  const entry = { ...flatEntry(origin, stored, {}), model_uploaded_utc: expect.stringMatching(time) }
  const manifestOf = (clone: string) => JSON.parse(readFileSync(join(clone, 'model_manifest.json'), 'utf8'))
  const isFrozen = (clone: string) => existsSync(join(clone, 'model_manifest.json.freeze'))

  test('without code writes the manifest, over the one that is there', async () => {
    const { clone } = folders()
    await apply(clone, undefined)
    expect(manifestOf(clone)).toEqual(entry)
    writeFileSync(join(clone, 'model_manifest.json'), '{"mine": 1, "model_md5_hash": "old"}')
    await apply(clone, undefined)
    expect(manifestOf(clone)).toEqual({ mine: 1, ...entry })
    expect(isFrozen(clone)).toBe(false)
    expect(printed.text()).toBe('Manifest: the flat keys (one model, and no sign of the ADK)\n'.repeat(2))
  })

  test('writes the manifest last, so that nothing copied can replace it', async () => {
    const { clone, code } = folders()
    await apply(clone, code)
    expect(manifestOf(clone)).toEqual({ from: 'the code folder', ...entry })
    expect(readFileSync(join(clone, 'x.py'), 'utf8')).toBe('code')
    expect(printed.text()).toMatch(/^Code: 2 files from code\nManifest: .*\n$/)
  })

  test('is none the second time, although the code brings a manifest and a freeze of old', async () => {
    const { clone, code, root } = folders()
    const others = { name: 'o', source_uri: 'data://x/y/o', md5_checksum: 'f'.repeat(32) }
    const files = ['model_manifest.json', 'model_manifest.json.freeze']
    writeFiles(root, {
      'code/model_manifest.json': JSON.stringify({ required_files: [others], optional_files: [] }),
      'code/model_manifest.json.freeze': '{"required_files": [], "optional_files": [], "lock_checksum": "0"}',
      'clone/model_manifest.json': JSON.stringify({
        required_files: [{ ...others, name: 'lost' }],
        optional_files: [],
      }),
    })
    expect((await apply(clone, code)).join()).toContain('The code brings a model_manifest.json without "lost", which')
    const read = () => files.map((file) => readFileSync(join(clone, file), 'utf8'))
    const first = read()
    expect(manifestOf(clone).required_files[1]).toMatchObject({ name: 'model', md5_checksum: stored.md5 })
    expect(await apply(clone, code)).toEqual([expect.stringContaining('The entry "o"')])
    expect(read()).toEqual(first)
  })

  test('says how much it removed, and what it left out', async () => {
    const { clone, code } = folders()
    writeFiles(clone, { old: '' })
    const deployment = new Deployment()
    await apply(clone, { ...code, mode: 'mirror', exclude: ['*.json'] }, { deployment })
    expect(printed.text()).toMatch(/^Code: 1 file from code, 1 removed that it does not have\nManifest: .*\n$/)
    expect(deployment.skippedCode).toEqual([{ path: 'model_manifest.json', why: 'copy_exclude names it' }])
  })

  test.each<[string, Record<string, string>, boolean]>([
    ['stays where the code uses the kit', { 'src/wine.py': 'from Algorithmia import ADK\n' }, true],
    ['stays where the code has no main file', {}, true],
    ['goes where the main file does not use the kit', { 'src/wine.py': 'def apply(input): ...\n' }, false],
  ])('that mirrors or not: the marker of the ADK %s', async (_, files, stays) => {
    for (const mode of ['mirror', 'overlay'] as const) {
      const { clone, code, root } = folders()
      writeFiles(clone, { '.adk': '' })
      writeFiles(join(root, 'code'), files)
      await apply(clone, { ...code, mode })
      expect(existsSync(join(clone, '.adk'))).toBe(stays)
    }
  })

  // On Windows a junction to a folder: links to files need rights there.
  test.each(['there', 'nowhere'])('writes no manifest through a link of the clone to %s', async (name) => {
    for (const file of ['model_manifest.json', 'model_manifest.json.freeze']) {
      const { clone, root } = folders()
      const outside = process.platform === 'win32' ? {} : { there: '{"precious": true}' }
      writeFiles(root, outside)
      symlinkSync(join(root, name), join(clone, file), 'junction')
      await expect(apply(clone, undefined)).rejects.toThrow(`${file} in the algorithm's repository is a link`)
      for (const [path, text] of Object.entries(outside)) expect(readFileSync(join(root, path), 'utf8')).toBe(text)
      expect(existsSync(join(root, 'nowhere'))).toBe(false)
    }
  })

  describe('is for the ADK too', () => {
    const lists = ['required_files', 'optional_files']
    test.each<[string, Record<string, string>]>([
      ['its marker file', { '.adk': '' }],
      ['an import', { 'src/wine.py': 'import os\nfrom Algorithmia import ADK\n' }],
      ['an import over lines', { 'src/wine.py': 'from Algorithmia import (\n    client,\n    ADK,\n)\n' }],
      ['an import of several', { 'src/wine.py': 'from Algorithmia import client, ADK as Kit\n' }],
      ['the use of its class', { 'src/other.py': 'import Algorithmia\nAlgorithmia.ADK(apply).init()\n' }],
      ['a manifest', { 'model_manifest.json': '{"required_files": [], "optional_files": []}' }],
    ])('where the repository has %s', async (_, files) => {
      const { clone } = folders()
      writeFiles(clone, files)
      await apply(clone, undefined)
      expect(manifestOf(clone)).toMatchObject({
        ...entry,
        required_files: [{ name: 'model', md5_checksum: stored.md5 }],
      })
      expect(isFrozen(clone)).toBe(true)
    })

    test.each<[string, Record<string, string>]>([
      [
        'code that speaks of it',
        { 'src/wine.py': '# from Algorithmia import ADK\n"""The ADK(...)"""\nimport Algorithmia\n' },
      ],
      ['another one in another folder', { 'docs/x.py': 'from Algorithmia import ADK\n' }],
    ])('but not where it has %s', async (_, files) => {
      const { clone } = folders()
      writeFiles(clone, files)
      await apply(clone, undefined)
      expect(Object.keys(manifestOf(clone))).toEqual(Object.keys(entry))
    })

    test('when there are several models, or an optional one', async () => {
      for (const models of [[model, { ...model, entry: 'b' }], [{ ...model, isOptional: true }]]) {
        const { clone } = folders()
        await apply(clone, undefined, { models })
        expect(Object.keys(manifestOf(clone)).slice(-2)).toEqual(lists)
      }
    })

    test('or not, as manifest_format says', async () => {
      const { clone } = folders()
      writeFiles(clone, { '.adk': '' })
      expect(await apply(clone, undefined, { format: 'flat' })).toEqual([
        expect.stringContaining(
          'the algorithm uses the ADK, which fails on a model_manifest.json without required_files',
        ),
      ])
      expect([Object.keys(manifestOf(clone)), isFrozen(clone)]).toEqual([Object.keys(entry), false])
      await apply(clone, undefined, { format: 'adk' })
      expect([Object.keys(manifestOf(clone)), isFrozen(clone)]).toEqual([lists, true])
      await apply(clone, undefined, { format: 'both' })
      expect(new Set(Object.keys(manifestOf(clone)))).toEqual(new Set([...lists, ...Object.keys(entry)]))
      const notes = await apply(clone, undefined, { format: 'flat' })
      expect(notes.join()).toContain(
        'manifest_format is flat, so the entry "model" of model_manifest.json stays as it is',
      )
    })
  })

  test('for the ADK alone names the commit that is deployed, also when the models are those of an earlier one', async () => {
    const { clone } = folders()
    const [second, third] = ['b', 'c'].map((digit) => ({ ...origin, commit: digit.repeat(40) })) as [Origin, Origin]
    const deployed = async (format: ManifestFormat, from: Origin) => {
      await apply(clone, undefined, { format, from, models: [model, { ...model, entry: 'other' }] })
      const entries = manifestOf(clone).required_files as { metadata: Record<string, unknown> }[]
      return entries.map(({ metadata }) => [metadata.model_origin_commit_SHA, metadata.model_origin_commit_utc])
    }
    const time = '2026-01-02 03:04:05.000000'
    const [first, later] = [[origin.commit, time], '2026-01-02 03:04:06.000000']
    expect(await deployed('adk', origin)).toEqual([first, first])
    const committedAt = new Date('2026-01-02T03:04:06Z')
    expect(await deployed('adk', { ...second, committedAt })).toEqual([[second.commit, later], first])
    // A time that is not known is not that of another commit.
    expect(await deployed('adk', { ...third, committedAt: undefined })).toEqual([[third.commit, undefined], first])
    // The flat keys tell it here.
    expect(await deployed('both', origin)).toEqual([[third.commit, undefined], first])
  })

  test('that is flat keeps the MD5 that only the freeze has, without which the ADK would load nothing', async () => {
    const { clone } = folders()
    const old = { name: 'model', source_uri: 'data://x/y/old', fail_on_tamper: true }
    const manifest = JSON.stringify({ required_files: [old], optional_files: [] })
    const md5 = 'a'.repeat(32)
    const freeze = freezeText(JsonDocument.parse(manifest), { timestamp: '1', checksumOf: () => md5, plainKeys: [] })
    writeFiles(clone, { 'model_manifest.json': manifest, 'model_manifest.json.freeze': freeze })
    await apply(clone, undefined, { format: 'flat' })
    expect(manifestOf(clone).required_files).toEqual([old])
    const frozen = readFileSync(join(clone, 'model_manifest.json.freeze'), 'utf8')
    expect(JSON.parse(frozen).required_files).toEqual([{ ...old, md5_checksum: md5 }])
  })

  test('is refused when the format cannot tell what is there', async () => {
    const { clone } = folders()
    const several = { format: 'flat', models: [model, { ...model, entry: 'b' }] } as const
    await expect(apply(clone, undefined, { ...several, models: [...several.models] })).rejects.toThrow(
      'manifest_format is flat, which describes one model that is always loaded, but model_path means 2; use `both`, or `auto`',
    )
  })

  describe('of an MLflow model', () => {
    const description = { name: 'model-4f', runId: '4f', mlflowVersion: '3.1.0', loader: 'mlflow.sklearn' }
    const prepared = (files: Record<string, string>) => {
      const { clone, root } = folders()
      writeFiles(root, { 'net/MLmodel': '', 'net/requirements.txt': 'scikit-learn==1.7.2\n' })
      writeFiles(clone, files)
      return { clone, models: [{ ...model, mlflow: { model: description, folder: join(root, 'net') } }] }
    }

    test('has code where there is none, which is told', async () => {
      const { clone, models } = prepared({})
      expect(await apply(clone, undefined, { models })).toEqual([
        'The code for the MLflow model is generated: requirements.txt, src/__init__.py, src/_mlflow_model.py, src/wine.py.',
      ])
      expect(isFrozen(clone)).toBe(false)
    })

    test.each<[string, Record<string, string>, string]>([
      ['legacy', {}, 'def apply(input)'],
      ['ADK', { '.adk': '' }, 'ADK('],
      ['ADK (which the old main file tells)', { 'src/wine.py': 'from Algorithmia import ADK\n' }, 'ADK('],
    ])('keeps its generated %s code when a code folder without any is mirrored', async (_, files, marks) => {
      const { clone, models } = prepared({ ...files, 'README.md': 'gone' })
      const code: CodeInputs = {
        folder: { relative: 'code', absolute: join(clone, '..', 'code') },
        mode: 'mirror',
        exclude: [],
      }
      const contents = () =>
        Object.fromEntries(
          readdirSync(clone, { recursive: true, withFileTypes: true })
            .filter((entry) => entry.isFile())
            .map((entry) => join(entry.parentPath, entry.name))
            .map((path) => [path, readFileSync(path, 'utf8')]),
        )
      const unchanged = models.map((each) => ({ ...each, stored: { ...stored, uploaded: false } }))
      await apply(clone, code, { models })
      const first = contents()
      await apply(clone, code, { models: unchanged })
      expect(contents()).toEqual(first)
      expect(readFileSync(join(clone, 'src/wine.py'), 'utf8')).toContain(marks)
      expect([existsSync(join(clone, '.adk')), existsSync(join(clone, 'README.md'))]).toEqual([marks === 'ADK(', false])
    })

    test('leaves the code of others alone, and tells what its requirements lack', async () => {
      const own = prepared({ 'src/wine.py': 'def apply(input): ...\n' })
      expect(await apply(own.clone, undefined, { models: own.models })).toEqual([])
      const { clone, models } = prepared({ 'requirements.txt': 'numpy\n' })
      expect(await apply(clone, undefined, { models })).toContainEqual(
        expect.stringMatching(/^requirements\.txt is your own and stays as it is, but .* scikit-learn==1\.7\.2/),
      )
    })

    test('for the ADK is refused in a format that the generated code could not read', async () => {
      const { clone, models } = prepared({ '.adk': '' })
      await expect(apply(clone, undefined, { models, format: 'flat' })).rejects.toThrow(
        'manifest_format is flat, but the algorithm uses the ADK, and the code that is generated for it',
      )
      expect(await apply(clone, undefined, { models })).toHaveLength(1)
      expect(readFileSync(join(clone, 'src/wine.py'), 'utf8')).toContain('ENTRY = "model"')
    })
  })

  test('is refused when an entry of others has no MD5, demands one, and cannot be read', async () => {
    const other = (tamper: unknown) =>
      JSON.stringify({
        required_files: [{ name: 'o', source_uri: 'data://x/y/o', fail_on_tamper: tamper }],
        optional_files: [],
      })
    const { clone } = folders()
    writeFiles(clone, { 'model_manifest.json': other(1) })
    await expect(apply(clone, undefined)).rejects.toThrow(
      'has the entry "o", and its object data://x/y/o could not be read',
    )
    expect(readFileSync(join(clone, 'model_manifest.json'), 'utf8')).toBe(other(1))
    writeFiles(clone, { 'model_manifest.json': other(0) })
    expect(await apply(clone, undefined)).toEqual([
      'The entry "o" of model_manifest.json stays as it is: no model of this run has such a name.',
      expect.stringContaining('so the freeze has no MD5 of it'),
    ])
  })
})

test('the message of the commit is that of the original action, with the way back', () => {
  expect(commitText(origin)).toBe(`Automated deployment via Github CI

Repository: https://github.com/ada/wine-training
Commit: https://github.com/ada/wine-training/commit/${'a'.repeat(40)}
Run: https://github.com/ada/wine-training/actions/runs/7
`)
})
