import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { errors, Lab, nastyKey, warnings } from '../support/lab.ts'
import { pythonClientVersions, runPythonClient } from '../support/official-clients.ts'

// Several models, folders, and the one manifest that every reader can read.

const md5 = (content: string | Buffer) => createHash('md5').update(content).digest('hex')

const labs: Lab[] = []
afterAll(async () => {
  for (const lab of labs) await lab.close()
})

async function newLab(): Promise<Lab> {
  const lab = await Lab.create()
  labs.push(lab)
  return lab
}

/** The files of the algorithm's repository at its head, for programs that read them from a folder. */
function manifestFolder(lab: Lab, files = ['model_manifest.json', 'model_manifest.json.freeze']): string {
  const folder = join(lab.root, `manifest-${Math.random()}`)
  mkdirSync(folder)
  for (const file of files) writeFileSync(join(folder, file), lab.deployed(file))
  return folder
}

/** What the ADK makes of a manifest: the content of each model, or why not. */
const loadWithAdk = (folder: string, names: string[]) => `
import adk.modeldata
os.chdir(${JSON.stringify(folder)})
def load():
    data = adk.modeldata.ModelData(client, "model_manifest.json")
    data.initialize()
    return {name: open(data.get_model(name)).read() for name in ${JSON.stringify(names)}}
try:
    result = load()
except Exception as error:
    result = str(error)
`

describe('three models for the ADK', () => {
  const model_path = ['classifier: models/clf.pkl', 'models/words.txt', 'optional: labels: data/labels.json'].join('\n')
  const names = ['classifier', 'words', 'labels']
  const contents = { classifier: 'the classifier', words: 'a b c', labels: '["x"]' }
  let lab: Lab
  beforeAll(async () => {
    lab = await newLab()
    lab.write('models/clf.pkl', contents.classifier)
    lab.write('models/words.txt', contents.words)
    lab.write('data/labels.json', contents.labels)
    lab.write('digits/.adk', '')
  })
  const load = (folder: string) =>
    runPythonClient('2.0.5', { url: lab.sandbox.url, key: nastyKey }, loadWithAdk(folder, names))

  test('are stored, told, and described in one manifest with its freeze', async () => {
    const commit = lab.commit('Three models 🚀')
    const result = await lab.run({ model_path })
    expect(errors(result)).toEqual([])
    expect(warnings(result)).toEqual([])
    expect(result.outputs).toMatchObject({ status: 'built', model_md5_hash: md5(contents.classifier) })
    expect(JSON.parse(result.outputs.models ?? '')).toMatchObject([
      { name: 'classifier', uri: `data://alice/digits/clf_${commit}.pkl`, uploaded: true },
      { name: 'words', md5_hash: md5(contents.words), size_bytes: 5 },
      { name: 'labels', uri: `data://alice/digits/labels_${commit}.json` },
    ])
    const manifest = JSON.parse(lab.deployed('model_manifest.json'))
    expect(manifest).toMatchObject({
      model_filepath: `alice/digits/clf_${commit}.pkl`,
      required_files: [{ name: 'classifier' }, { name: 'words' }],
      optional_files: [{ name: 'labels', fail_on_tamper: true, md5_checksum: md5(contents.labels) }],
    })
    expect(result.summary).toContain('**3 models**, 3 of them uploaded')
  })

  test('are loaded by the official ADK, frozen and plain', async () => {
    expect(await load(manifestFolder(lab))).toEqual(contents)
    expect(await load(manifestFolder(lab, ['model_manifest.json']))).toEqual(contents)
  })

  test('are read by a script for the original action, with both clients', async () => {
    const script = `
manifest = json.load(open(${JSON.stringify(join(manifestFolder(lab), 'model_manifest.json'))}))
import hashlib
content = client.file(manifest["model_filepath"]).getBytes()
result = [content.decode(), hashlib.md5(content).hexdigest() == manifest["model_md5_hash"]]
`
    for (const version of pythonClientVersions) {
      const connection = { url: lab.sandbox.url, key: nastyKey }
      expect(await runPythonClient(version, connection, script)).toEqual([contents.classifier, true])
    }
  })

  test('deployed again change nothing', async () => {
    const before = await lab.remote()
    expect((await lab.run({ model_path })).outputs.status).toBe('unchanged')
    expect(await lab.remote()).toEqual(before)
  })

  test('of which one changed: that one is uploaded, the entries of the others stay as they are', async () => {
    const before = JSON.parse(lab.deployed('model_manifest.json'))
    lab.write('models/words.txt', 'd e f')
    const commit = lab.commit('Other words')
    const result = await lab.run({ model_path })
    expect(JSON.parse(result.outputs.models ?? '').map(({ uploaded }: { uploaded: boolean }) => uploaded)).toEqual([
      false,
      true,
      false,
    ])
    expect(result.summary).toContain('**3 models**, 1 of them uploaded')
    const after = JSON.parse(lab.deployed('model_manifest.json'))
    expect(after.model_filepath).toBe(before.model_filepath)
    expect(after.model_origin_commit_SHA).toBe(commit)
    expect(after.required_files[0]).toEqual(before.required_files[0])
    expect(after.optional_files).toEqual(before.optional_files)
    expect(after.required_files[1]).toMatchObject({
      source_uri: `data://alice/digits/words_${commit}.txt`,
      metadata: { model_origin_commit_SHA: commit },
    })
    expect(Object.keys((await lab.remote()).objects)).toHaveLength(4)
    expect(await load(manifestFolder(lab))).toEqual({ ...contents, words: 'd e f' })
  })

  test('of which one is changed in storage are refused by the ADK', async () => {
    const { model_filepath } = JSON.parse(lab.deployed('model_manifest.json'))
    const put = (content: string) =>
      fetch(`${lab.sandbox.url}/v1/data/${model_filepath}`, {
        method: 'PUT',
        body: content,
        headers: { Authorization: `Simple ${nastyKey}` },
      })
    await put('something else')
    expect(await load(manifestFolder(lab))).toMatch(/^Model File Mismatch for classifier\n/)
    await put(contents.classifier)
  })

  test('for the ADK alone: no flat keys, and the ADK loads them', async () => {
    const result = await lab.run({ model_path, manifest_format: 'adk' })
    expect(errors(result)).toEqual([])
    expect(Object.keys(JSON.parse(lab.deployed('model_manifest.json')))).toEqual(['required_files', 'optional_files'])
    expect(await load(manifestFolder(lab))).toEqual({ ...contents, words: 'd e f' })
    expect((await lab.run({ model_path, manifest_format: 'adk' })).outputs.status).toBe('unchanged')
    await lab.run({ model_path, manifest_format: 'both' })
    expect(JSON.parse(lab.deployed('model_manifest.json'))).toHaveProperty('model_filepath')
    expect(await load(manifestFolder(lab))).toEqual({ ...contents, words: 'd e f' })
  })

  test('that one manifest cannot describe in the format that is asked for: nothing is changed', async () => {
    const before = await lab.remote()
    lab.write('models/other.txt', 'not stored either')
    const result = await lab.run({ model_path: 'models/*.txt', manifest_format: 'flat' })
    expect(errors(result).join()).toContain('manifest_format is flat, which describes one model')
    expect(result.outputs.failed_phase).toBe('model')
    expect(await lab.remote()).toEqual(before)
  })
})

describe('a folder', () => {
  let lab: Lab
  beforeAll(async () => {
    lab = await newLab()
    for (const [path, content] of Object.entries({
      'config.json': '{}',
      'weights/0.bin': 'w0',
      'weights/1.bin': 'w1',
    })) {
      lab.write(`net/${path}`, content)
    }
    lab.commit('A network')
  })

  test('is one archive, which Python unpacks', async () => {
    const result = await lab.run({ model_path: 'net' })
    expect(errors(result)).toEqual([])
    expect(result.outputs.model_uri).toMatch(/\/net_[0-9a-f]{40}\.tar\.gz$/)
    const unpack = `
import tarfile
archive = client.file("${result.outputs.model_uri}").getFile().name
result = {m.name: tarfile.open(archive).extractfile(m).read().decode() for m in tarfile.open(archive) if m.isfile()}
`
    expect(await runPythonClient('2.0.5', { url: lab.sandbox.url, key: nastyKey }, unpack)).toEqual({
      'net/config.json': '{}',
      'net/weights/0.bin': 'w0',
      'net/weights/1.bin': 'w1',
    })
  })

  test('of the same content is the same archive, wherever and whenever it was written', async () => {
    cpSync(join(lab.workspace, 'net'), join(lab.root, 'copy'), { recursive: true })
    rmSync(join(lab.workspace, 'net'), { recursive: true })
    cpSync(join(lab.root, 'copy'), join(lab.workspace, 'net'), { recursive: true })
    utimesSync(join(lab.workspace, 'net/config.json'), new Date(0), new Date(0))
    expect((await lab.run({ model_path: 'net' })).outputs.status).toBe('unchanged')
  })
})

describe('a manifest in the repository', () => {
  let lab: Lab
  beforeAll(async () => {
    lab = await newLab()
  })
  const entryOf = (name: string, file: string) => ({ name, source_uri: `data://alice/shared/${file}` })

  test.each<[string, string, RegExp]>([
    ['that is not JSON', '{"a": 1,}', /is not JSON \(line 1/],
    ['that is a list', '[]', /is not a JSON object\. Repair or delete it there/],
    [
      'with two entries of one name',
      JSON.stringify({ required_files: [entryOf('a', 'x'), entryOf('a', 'y')], optional_files: [] }),
      /required_files has two entries called "a"/,
    ],
  ])('%s ends the run before anything is stored', async (_, manifest, message) => {
    await lab.pushByHand({ 'model_manifest.json': manifest })
    const before = await lab.remote()
    const result = await lab.run()
    expect(errors(result)).toEqual([expect.stringMatching(message)])
    expect(result.outputs.failed_phase).toBe('preflight')
    expect(await lab.remote()).toEqual(before)
  })

  test('keeps the entries of others as they are, and their MD5 goes into the freeze', async () => {
    const url = `${lab.sandbox.url}/v1/data/alice`
    const headers = { Authorization: `Simple ${nastyKey}` }
    await fetch(url, { method: 'POST', body: '{"name": "shared"}', headers })
    await fetch(`${url}/shared/o.txt`, { method: 'PUT', body: 'of others', headers })
    const present = `{\n  "required_files": [\n    {"name":"others", "source_uri":"data://alice/shared/o.txt", "w":1.0}\n  ],\n  "optional_files": []\n}\n`
    await lab.pushByHand({
      'model_manifest.json': present,
      'model_manifest.json.freeze': '{"required_files": [], "optional_files": [], "lock_checksum": "0"}',
    })
    const result = await lab.run()
    expect(errors(result)).toEqual([])
    expect(warnings(result)).toEqual([expect.stringContaining('was changed after it was locked')])
    expect(lab.deployed('model_manifest.json')).toContain(
      '\n    {"name":"others", "source_uri":"data://alice/shared/o.txt", "w":1.0}',
    )
    expect(JSON.parse(lab.deployed('model_manifest.json.freeze')).required_files).toMatchObject([
      { name: 'others', md5_checksum: md5('of others') },
      { name: 'model', md5_checksum: md5('the first model') },
    ])
    const script = loadWithAdk(manifestFolder(lab), ['others', 'model'])
    expect(await runPythonClient('2.0.5', { url: lab.sandbox.url, key: nastyKey }, script)).toEqual({
      others: 'of others',
      model: 'the first model',
    })
  })

  test('of the code is checked as early', async () => {
    lab.write('digits/model_manifest.json', '{"a": 1,}')
    const result = await lab.run()
    expect(errors(result)).toEqual([
      expect.stringMatching(/preflight::model_manifest\.json in the code folder digits is not JSON/),
    ])
    rmSync(join(lab.workspace, 'digits/model_manifest.json'))
  })
})

test('what is wrong with model_path is told at once, before anything is stored', async () => {
  const lab = await newLab()
  const before = await lab.remote()
  mkdirSync(join(lab.workspace, 'empty'))
  const result = await lab.run({ model_path: 'model.pkl\nmodels/*.onnx\nempty\nx: missing.bin' })
  expect(errors(result)).toHaveLength(1)
  for (const line of [
    'line 2: "models/*.onnx" matches no file',
    'line 3: The model empty is an empty folder',
    'line 4: Model file not found',
  ]) {
    expect(errors(result)[0]).toContain(`model_path ${line}`)
  }
  expect(await lab.remote()).toEqual(before)
})
