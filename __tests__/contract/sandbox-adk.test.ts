import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { call } from '../support/http-call.ts'
import { clientRequirements, pythonWithClient, runPythonClient } from '../support/official-clients.ts'
import { algorithmPythons } from '../support/pythons.ts'
import { type AlgorithmAnswer, type BuildBody, noPackages, SandboxLab } from '../support/sandbox-lab.ts'

const [withTwo, withOne] = [clientRequirements['2.0.5'], clientRequirements['1.17.0']]
const md5 = (text: string) => createHash('md5').update(text).digest('hex')
/** The content of every model file, before somebody changes it. */
const original = 'the model'

const plain = `
import csv
import glob
import hashlib
import os
import base64

import Algorithmia
import adk
from Algorithmia import ADK

print("while loading")


def changed_files():
    """Of the installed official packages, by the hashes that they were published with."""
    root = os.path.dirname(os.path.dirname(adk.__file__))
    changed, seen = [], 0
    for record in glob.glob(os.path.join(root, "algorithmia*.dist-info", "RECORD")):
        with open(record) as lines:
            for path, digest, _ in csv.reader(lines):
                if path.endswith(".py"):
                    with open(os.path.join(root, path), "rb") as f:
                        hashed = base64.urlsafe_b64encode(hashlib.sha256(f.read()).digest()).decode().rstrip("=")
                    changed += [path] if digest != "sha256=" + hashed else []
                    seen += 1
    return [changed, seen > 20, "algorithmia_adk-1.2.4" in str(os.listdir(root))]


def apply(input):
    print("got", input if isinstance(input, str) else type(input).__name__)
    if input == "changed":
        return changed_files()
    if input == "fail":
        return {}["no such key"]
    if input == "typed":
        raise Algorithmia.errors.AlgorithmException("no good", error_type="UnsupportedError")
    if input == "untyped":
        raise Algorithmia.errors.AlgorithmException("no good either", error_type="HomeMadeError")
    if input == "bare":
        raise Algorithmia.errors.AlgorithmException("nothing more")
    if input == "exit":
        os._exit(3)
    return input


ADK(apply).init("not here")
`

/** Counts how often it was loaded, and hands two states on. */
const withLoad = `
import os

from Algorithmia import ADK

loads = []


def load():
    print("loaded by hand")
    loads.append(os.getpid())
    return {"loads": loads}


def apply(input, state):
    return [state["loads"], os.getpid()]


ADK(apply, load).init()
`

const failingLoad = `
from Algorithmia import ADK


def load():
    raise ValueError("cannot load")


def apply(input, state):
    return input


ADK(apply, load).init()
`

const withManifest = `
from Algorithmia import ADK


def load(model_data):
    with open(model_data.get_model("model")) as f:
        model_data["text"] = f.read()
    model_data["user"] = model_data.client.username()
    return model_data


def apply(input, state):
    if input == "state":
        return [state["text"], state["user"]]
    with open(state.get_model(input)) as f:
        return f.read()


ADK(apply, load).init()
`

const unknownModel = withManifest.replace('get_model("model")', 'get_model("stranger")')

const legacyFunction = `
def apply(input):
    return "legacy " + input
`

const handled = `
import Algorithmia


def load():
    return "state"


def apply(input, state):
    if input == "fail":
        raise ValueError("handled")
    return [input, state]


algorithm = Algorithmia.handler(apply, load)
algorithm.serve()
`

const unhandled = handled.replace('return "state"', 'raise ValueError("cannot load")')

function lineOf(source: string, words: string): number {
  return source.split('\n').findIndex((line) => line.includes(words)) + 1
}

interface ModelFile {
  name: string
  source_uri: string
  fail_on_tamper?: boolean
  md5_checksum?: string
}

describe.each(algorithmPythons())('on Python $name', ({ command }) => {
  let lab: SandboxLab
  let folder: string
  const builds = new Map<string, BuildBody>()

  const deploy = async (name: string, source: string, files: Record<string, string> = {}) => {
    // One without the marker that the platform knows them by.
    const marker = name === 'Unmarked' ? {} : { '.adk': '' }
    const all = { 'requirements.txt': withTwo, ...marker, [`src/${name}.py`]: source, ...files }
    builds.set(name, await lab.deploy(name, all))
  }
  /** Calls the build, and gives the answer with what was printed. */
  const ask = async (name: string, input: unknown): Promise<AlgorithmAnswer> =>
    await lab.ask(`${name}/${builds.get(name)?.commit_sha}?stdout=true`, input)
  const put = (path: string, content: string) =>
    call(lab.sandbox.url, `/v1/data/anna/${path}`, { method: 'PUT', key: lab.key, body: content })
  const failure = (message: unknown, type = 'LoadingError') => ({
    message,
    error_type: type,
    stacktrace: expect.stringContaining('Traceback'),
    stack_trace: expect.stringContaining('Traceback'),
  })

  /** As the official client freezes it. */
  async function frozen(manifest: object): Promise<string> {
    const path = join(folder, 'model_manifest.json')
    await writeFile(path, JSON.stringify(manifest))
    const connection = { url: lab.sandbox.url, key: lab.key }
    const script = `client.freeze(${JSON.stringify(path)}, ${JSON.stringify(folder)})\nresult = None`
    await runPythonClient('2.0.5', connection, script)
    return await readFile(`${path}.freeze`, 'utf8')
  }
  const required = (
    file: string,
    more: Partial<ModelFile> = {},
  ): { required_files: ModelFile[]; optional_files: ModelFile[] } => ({
    required_files: [{ name: 'model', source_uri: `data://anna/models/${file}`, ...more }],
    optional_files: [],
  })

  // Installing the packages takes its time on the first run of a machine.
  beforeAll(async () => {
    lab = await SandboxLab.start({ python: command })
    folder = await mkdtemp(join(tmpdir(), 'sandbox-adk-'))
    await pythonWithClient('2.0.5')
    await lab.request('POST', '/v1/data/anna', { name: 'models' })
    for (const file of ['kept', 'changed', 'extra']) await put(`models/${file}`, original)
    const tampered = await frozen(required('changed', { fail_on_tamper: true }))
    const tolerant = await frozen(required('changed'))
    const extra: ModelFile = { name: 'extra', source_uri: 'data://anna/models/extra', fail_on_tamper: true }
    const lenient = { ...extra, fail_on_tamper: false }
    const lax = required('kept')
    const kept = required('kept', { fail_on_tamper: true })
    const good = await frozen({ ...kept, optional_files: [lenient] })
    const strictOptional = await frozen({ ...kept, optional_files: [extra] })
    const { lock_checksum: _lock, ...unlocked } = JSON.parse(good)
    await put('models/changed', 'another model')

    const manifest = (value: object) => ({ 'model_manifest.json': JSON.stringify(value) })
    const freeze = (text: string) => ({ 'model_manifest.json.freeze': text })
    await Promise.all([
      deploy('Plain', plain),
      deploy('OldClient', plain, { 'requirements.txt': withOne }),
      deploy('Unmarked', withLoad),
      deploy('WithLoad', withLoad),
      deploy('FailingLoad', failingLoad),
      deploy('Manifest', withManifest, manifest({ ...required('kept'), optional_files: [lenient], more: 1 })),
      deploy('Flat', plain, manifest({ model_filepath: 'anna/models/kept', model_md5_hash: md5(original) })),
      deploy('Unfrozen', withManifest, manifest(required('kept', { fail_on_tamper: true }))),
      deploy('Frozen', withManifest, { ...freeze(good), ...manifest({ broken: true }) }),
      deploy('StrictOptional', withManifest, freeze(strictOptional)),
      deploy('Tampered', withManifest, freeze(tampered)),
      deploy('Tolerant', withManifest, freeze(tolerant)),
      deploy('BadLock', withManifest, freeze(good.replace('"model"', '"other"'))),
      deploy('NoLock', withManifest, freeze(JSON.stringify(unlocked))),
      deploy(
        'Twice',
        withManifest,
        manifest({ ...lax, required_files: [...lax.required_files, ...lax.required_files] }),
      ),
      deploy('Stranger', unknownModel, manifest(required('kept'))),
      deploy('Gone', withManifest, manifest(required('gone'))),
      deploy('OnlyApply', legacyFunction),
      deploy('NoPackages', legacyFunction, { 'requirements.txt': noPackages }),
      deploy('Handled', handled),
      deploy('Unhandled', unhandled),
    ])
  }, 1_200_000)
  afterAll(async () => {
    await lab.close()
    await rm(folder, { recursive: true, force: true })
  })

  test('all are built that can be imported, and no others', () => {
    const failed = [...builds].filter(([, { status }]) => status !== 'succeeded').map(([name]) => name)
    expect(failed.sort()).toEqual(['BadLock', 'NoLock', 'Unhandled'])
  })

  describe.each(['Plain', 'OldClient'])('%s answers', (name) => {
    test('text, JSON and bytes with the same, in the unchanged official packages', async () => {
      for (const input of ['héllo\n😀', { a: [1, null, 0.1] }, 7, null, []]) {
        expect((await ask(name, input)).result).toEqual(input)
      }
      const bytes = await call(lab.sandbox.url, `/v1/algo/anna/${name}/${builds.get(name)?.commit_sha}`, {
        method: 'POST',
        key: lab.key,
        headers: { 'content-type': 'application/octet-stream' },
        body: Buffer.from([0, 128, 255]),
      })
      expect(bytes.json()).toMatchObject({ result: 'AID/', metadata: { content_type: 'binary' } })
      expect((await ask(name, 'changed')).result).toEqual([[], true, true])
    })

    test('an error with its type and with where it came from', async () => {
      const failed = await ask(name, 'fail')
      expect(failed.error).toEqual(failure("'no such key'", 'AlgorithmError'))
      expect(failed.error?.stacktrace).toMatch(
        new RegExp(`src/${name}\\.py", line ${lineOf(plain, '{}["no such key"]')}, in apply`),
      )
      expect((await ask(name, 'typed')).error).toEqual(failure("'no good'", 'UnsupportedError'))
      expect((await ask(name, 'untyped')).error).toEqual(failure("'no good either'", 'AlgorithmError'))
      expect((await ask(name, 'bare')).error).toEqual(failure("'nothing more'", 'AlgorithmError'))
    })

    test('with the prints of each call, and the first one with those of loading', async () => {
      await ask(name, 'exit')
      const printed = []
      for (const input of ['a', 'b', 'fail', 'c']) printed.push((await ask(name, input)).metadata?.stdout)
      expect(printed).toEqual(['while loading\ngot a\n', 'got b\n', 'got fail\n', 'got c\n'])
    })

    test('after a process that died in the middle of a call', async () => {
      expect((await ask(name, 'exit')).error).toMatchObject({ message: 'exited with code 3', error_type: 'SystemExit' })
      expect((await ask(name, 'again')).result).toBe('again')
    })
  })

  test('many at once answer through a pipe of their own each', async () => {
    const names = ['Plain', 'OldClient']
    const calls = Array.from({ length: 40 }, (_, index) => ({ name: names[index % 2] ?? '', input: `${index}` }))
    const answers = await Promise.all(calls.map(({ name, input }) => ask(name, input)))
    expect(answers.map(({ result }) => result)).toEqual(calls.map(({ input }) => input))
    for (const [index, { metadata }] of answers.entries()) expect(metadata?.stdout).toContain(`got ${index}\n`)
  })

  test.each(['WithLoad', 'Unmarked'])(
    'load of %s is called once a process, and its state is passed on',
    async (name) => {
      const answers = []
      for (let round = 0; round < 3; round += 1) answers.push(await ask(name, round))
      const [first] = answers.map(({ result }) => (result as [number[], number])[1])
      expect(answers.map(({ result }) => result)).toEqual(Array.from({ length: 3 }, () => [[first], first]))
      expect(answers.map(({ metadata }) => metadata?.stdout)).toEqual(['loaded by hand\n', '', ''])
    },
  )

  test('a load that fails is the answer of every call', async () => {
    for (let round = 0; round < 2; round += 1) {
      const { error } = await ask('FailingLoad', round)
      expect(error).toEqual(failure('cannot load'))
      expect(error?.stacktrace).toMatch(
        new RegExp(`src/FailingLoad\\.py", line ${lineOf(failingLoad, 'cannot load')}, in load`),
      )
    }
  })

  test('a manifest brings its models', async () => {
    expect((await ask('Manifest', 'state')).result).toEqual([original, 'anna'])
    expect((await ask('Manifest', 'model')).result).toBe(original)
    expect((await ask('Manifest', 'extra')).result).toBe(original)
    expect((await ask('Manifest', 'stranger')).error).toEqual(
      failure('model name stranger not found in manifest', 'AlgorithmError'),
    )
  })

  test('a frozen manifest brings its models, and counts more than a plain one', async () => {
    expect((await ask('Frozen', 'state')).result).toEqual([original, 'anna'])
    expect((await ask('Frozen', 'extra')).result).toBe(original)
  })

  test('a changed model is refused, if the manifest says so', async () => {
    const message = `Model File Mismatch for model\nexpected hash:  ${md5(original)}\nreal hash: ${md5('another model')}`
    for (let round = 0; round < 2; round += 1) {
      expect((await ask('Tampered', 'state')).error).toEqual(failure(message))
    }
    expect((await ask('Tolerant', 'state')).result).toEqual(['another model', 'anna'])
  })

  test.each([
    ['BadLock', 'Manifest FreezeFile Tamper Detected; please use the CLI'],
    ['NoLock', "KeyError: 'lock_checksum'"],
    ['Unhandled', 'cannot load'],
  ])('%s does not start, and its build says why', async (name, words) => {
    const build = builds.get(name)
    expect(await lab.buildLog(name, String(build?.build_id))).toContain(words)
    expect((await ask(name, 'x')).error?.message).toBe(`algorithm algo://anna/${name}/${build?.commit_sha} not found`)
  })

  test.each([
    ['Flat', "'required_files'"],
    ['Unfrozen', 'can only concatenate str (not "NoneType") to str'],
    ['Twice', expect.stringContaining("Duplicate 'name' detected. \nmodel was found to be used by more than one")],
    ['Stranger', 'model name stranger not found in manifest'],
    ['Gone', expect.stringContaining('unable to get file anna/models/gone - ')],
  ])('the manifest of %s makes every call fail', async (name, message) => {
    for (let round = 0; round < 2; round += 1) expect((await ask(name, 'state')).error).toEqual(failure(message))
  })

  test('an optional model that official freezing left without a checksum fails when asked for', async () => {
    expect((await ask('StrictOptional', 'state')).result).toEqual([original, 'anna'])
    expect((await ask('StrictOptional', 'extra')).error).toEqual(
      failure('can only concatenate str (not "NoneType") to str', 'AlgorithmError'),
    )
  })

  test('a function is served although the marker of the ADK is there', async () => {
    expect((await ask('OnlyApply', 'x')).result).toBe('legacy x')
    expect((await ask('NoPackages', 'x')).result).toBe('legacy x')
  })

  test('the handler of the client is served', async () => {
    expect((await ask('Handled', { a: 1 })).result).toEqual([{ a: 1 }, 'state'])
    expect((await ask('Handled', 'fail')).error).toEqual(failure('handled', 'AlgorithmError'))
    expect((await ask('Handled', 'again')).result).toEqual(['again', 'state'])
  })
})
