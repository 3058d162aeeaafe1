import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { systemCode } from '../../sandbox/errors.ts'
import { call } from '../support/http-call.ts'
import { clientRequirements, pythonWithClient, runPythonClient } from '../support/official-clients.ts'
import { SandboxLab } from '../support/sandbox-lab.ts'
import { until } from '../support/until.ts'

const [withTwo, withOne] = [clientRequirements['2.0.5'], clientRequirements['1.17.0']]
let lab: SandboxLab

/** `trying` gives what a step returned, or the words of its failure. */
const prologue = `
import Algorithmia

client = Algorithmia.client()


def trying(step):
    try:
        return step()
    except Exception as error:
        return str(error)


`

const reader = `${prologue}def apply(input):
    read = lambda path: trying(lambda: client.file("data://" + path).getString())
    return {
        "user": client.username(),
        "mine": read(".my/things/name"),
        "shared": read("anna/shared/x"),
        "private": read("anna/private/x"),
        "others": read("ben/things/name"),
    }
`

const middle = `${prologue}def apply(input):
    return {"below": client.algo("anna/Reader").pipe(input).result, "user": client.username()}
`

const top = `${prologue}def apply(input):
    return {"below": client.algo("algo://anna/Middle/1.0.0").pipe(input).result, "user": client.username()}
`

const catching = `${prologue}def apply(input):
    try:
        client.algo("anna/Failing").pipe(input)
    except Algorithmia.errors.AlgorithmException as error:
        return [error.message, error.error_type]


`

const failing = `
class Refused(Exception):
    error_type = "InputError"


def apply(input):
    raise Refused("not " + input)
`

const passingOn = `${prologue}def apply(input):
    return client.algo("anna/Failing").pipe(input).result
`

const secluded = `${prologue}def apply(input):
    return [
        trying(lambda: client.algo("anna/Reader").pipe(input).result),
        client.file("data://.my/things/name").getString(),
    ]
`

/** Calls itself without end; the last one passes the failure on when it is told to. */
const recursive = `${prologue}def apply(input):
    depth, catches = input
    try:
        return client.algo("anna/Recursive").pipe([depth + 1, catches]).result
    except Algorithmia.errors.AlgorithmException as error:
        if not catches:
            raise
        return [depth, error.message]
`

const curious = `${prologue}def apply(path):
    return trying(lambda: client.algo(path).pipe("x").result)
`

const hidden = `
def apply(input):
    return "the secret"
`

const writer = `${prologue}def apply(input):
    before = client.file("data://.session/note").exists()
    client.file("data://.session/note").put("from above " + input)
    client.file("data://.algo/temp/note").put("left by " + input)
    return [before, client.algo("anna/Finder").pipe(input).result]
`

const finder = `${prologue}def apply(input):
    return [
        client.file("data://.session/note").getString(),
        trying(lambda: client.file("data://.algo/temp/note").getString()),
        client.file("data://.algo/anna/Writer/temp/note").getString(),
    ]
`

const manager = `${prologue}def apply(input):
    return [
        trying(lambda: client.algo("anna/Manager").get_builds()),
        trying(lambda: client.file("data://anna/shared/x").put("changed by " + input)),
    ]
`

/** Is ended while the other one still works. */
const impatient = `${prologue}def apply(input):
    return client.algo("anna/Late").pipe(input).result
`

const late = `import time
${prologue}def apply(seconds):
    client.file("data://.session/early").put("early note %s" % seconds)
    time.sleep(seconds)
    client.file("data://.session/late").put("late note")
    note = client.file("data://.session/early").getString() + ", " + client.file("data://.session/late").getString()
    client.file("data://.my/things/done").put(note)
`

const inner = `${prologue}def apply(input):
    client.report_insights({"level": "inner"})
`

const outer = `${prologue}def apply(input):
    client.report_insights({"level": "outer"})
    client.algo("anna/Inner").pipe(input)
    client.report_insights({"after": 1})
`

/** Deploys and publishes as 1.0.0. */
async function publish(
  name: string,
  source: string,
  { requirements = withTwo, callability = 'public', settings = {}, insights = false } = {},
): Promise<void> {
  const files = { 'requirements.txt': requirements, [`src/${name}.py`]: source }
  const build = await lab.deploy(name, files, settings)
  if (build.status !== 'succeeded') throw new Error(await lab.buildLog(name, build.build_id))
  const answer = await lab.request('POST', `/v1/algorithms/anna/${name}/versions`, {
    version_info: { version_type: 'major' },
    settings: { algorithm_callability: callability, insights_enabled: insights },
  })
  expect([name, answer.status]).toEqual([name, 200])
}

async function store(collection: { name: string; acl?: object }, file: string, content: string, key = lab.key) {
  const owner = key === lab.key ? 'anna' : 'ben'
  await lab.request('POST', `/v1/data/${owner}`, collection, key)
  await call(lab.sandbox.url, `/v1/data/${owner}/${collection.name}/${file}`, { method: 'PUT', key, body: content })
}

// Installing the packages takes its time on the first run of a machine.
beforeAll(async () => {
  lab = await SandboxLab.start()
  await pythonWithClient('2.0.5')
  await store({ name: 'things', acl: { read: [] } }, 'name', 'of anna')
  await store({ name: 'things', acl: { read: [] } }, 'name', 'of ben', lab.otherKey)
  await store({ name: 'shared' }, 'x', 'for callers')
  await store({ name: 'private', acl: { read: [] } }, 'x', 'only for anna')
  await Promise.all([
    publish('Reader', reader, { requirements: withOne }),
    publish('Middle', middle),
    publish('Top', top, { requirements: withOne }),
    publish('Catching', catching),
    publish('Failing', failing),
    publish('PassingOn', passingOn, { requirements: withOne }),
    publish('Secluded', secluded, { settings: { pipeline_enabled: false } }),
    publish('Recursive', recursive),
    publish('Curious', curious),
    publish('Hidden', hidden, { callability: 'private' }),
    publish('Writer', writer),
    publish('Finder', finder, { requirements: withOne }),
    publish('Manager', manager),
    publish('Impatient', impatient),
    publish('Late', late),
    publish('Inner', inner, { insights: true }),
    publish('Outer', outer, { insights: true, requirements: withOne }),
  ])
}, 1_200_000)
afterAll(() => lab.close())

describe('three levels deep', () => {
  const script = `result = client.algo('anna/Top').pipe('x').result`
  const ask = (key: string) => runPythonClient('2.0.5', { url: lab.sandbox.url, key }, script)

  test('the author is the author everywhere', async () => {
    expect(await ask(lab.key)).toEqual({
      user: 'anna',
      below: {
        user: 'anna',
        below: {
          user: 'anna',
          mine: 'of anna',
          shared: 'for callers',
          private: 'only for anna',
          others: expect.stringContaining('ben has not shared this collection'),
        },
      },
    })
  })

  test('another account is itself everywhere, and sees what the author shares with callers', async () => {
    expect(await ask(lab.otherKey)).toEqual({
      user: 'ben',
      below: {
        user: 'ben',
        below: {
          user: 'ben',
          mine: 'of ben',
          shared: 'for callers',
          private: expect.stringContaining('anna has not shared this collection'),
          others: 'of ben',
        },
      },
    })
    // Which is not what the account sees by itself.
    const direct = `result = message(client.file('data://anna/shared/x').getString)`
    expect(await runPythonClient('2.0.5', { url: lab.sandbox.url, key: lab.otherKey }, direct)).toContain(
      'anna has not shared this collection',
    )
  })

  test('callers that come at the same time are not mixed up', async () => {
    const keys = Array.from({ length: 12 }, (_, index) => (index % 3 === 0 ? lab.key : lab.otherKey))
    const users = await Promise.all(
      keys.map(async (key) => {
        const { result } = await lab.ask('Top', 'x', key)
        return (result as { below: { below: { mine: string } } }).below.below.mine
      }),
    )
    expect(users).toEqual(keys.map((key) => (key === lab.key ? 'of anna' : 'of ben')))
  })
})

describe('a nested call that fails', () => {
  test('is an exception that the caller may catch', async () => {
    expect((await lab.ask('Catching', 'this')).result).toEqual(['not this', 'InputError'])
  })

  test('fails the caller otherwise', async () => {
    const { error } = await lab.ask('PassingOn', 'that')
    expect(error).toMatchObject({
      message: expect.stringContaining('not that'),
      error_type: 'InputError',
      stacktrace: expect.stringMatching(/src\/PassingOn\.py", line \d+, in apply/),
    })
  })
})

test('an algorithm whose pipeline is switched off calls no others, but has its data', async () => {
  expect((await lab.ask('Secluded', 'x', lab.otherKey)).result).toEqual([
    expect.stringContaining('algo://anna/Secluded may not call other algorithms: its setting pipeline_enabled is off'),
    'of ben',
  ])
})

describe('recursion', () => {
  test('ends with an error after 24 calls', async () => {
    const limit = 'An algorithm may make 24 calls at a time, recursive ones included'
    expect((await lab.ask('Recursive', [0, true])).result).toEqual([24, limit])
  })

  test('that nobody catches fails the first call, and the next one works', async () => {
    // The client doubles all quotes and backslashes of an error each time it passes through.
    const { error } = await lab.ask('Recursive', [0, false])
    expect(error).toMatchObject({ error_type: 'AlgorithmError', stacktrace: expect.stringContaining('Recursive.py') })
    expect(error?.message.length).toBeLessThan(100_000)
    expect((await lab.ask('Reader', 'x')).result).toMatchObject({ user: 'anna' })
  })
})

test('a private version is for its owner only, also from inside of an algorithm', async () => {
  const paths = ['anna/Hidden/1.0.0', 'anna/Hidden/latestPrivate', 'anna/Hidden']
  const asked = async (key: string) =>
    await Promise.all(paths.map(async (path) => (await lab.ask('Curious', path, key)).result))
  const missing = (path: string) => expect.stringContaining(`algorithm algo://${path} not found`)
  expect(await asked(lab.key)).toEqual(['the secret', 'the secret', missing('anna/Hidden')])
  expect(await asked(lab.otherKey)).toEqual(paths.map(missing))
})

test('scratch space is that of one call, and of one algorithm and user', async () => {
  for (const [name, key] of [
    ['anna', lab.key],
    ['ben', lab.otherKey],
    ['ben again', lab.otherKey],
  ] as const) {
    expect((await lab.ask('Writer', name, key)).result).toEqual([
      false,
      [`from above ${name}`, expect.stringContaining('unable to get file'), `left by ${name}`],
    ])
  }
  const kept = await call(lab.sandbox.url, '/v1/data/.algo/anna/Writer/temp/note', { key: lab.otherKey })
  expect([kept.status, kept.text]).toEqual([200, 'left by ben again'])
  // What belonged to a call is gone with it.
  expect(stored(/^(from above|left by) /)).toEqual(['left by anna', 'left by ben again'])
})

test('scratch space lasts as long as anything works in it', async () => {
  // Once without haste, so that both are loaded.
  await lab.ask('Impatient', 0)
  const { error } = await lab.ask('Impatient?timeout=2', 5)
  expect(error).toMatchObject({ error_type: 'TimeoutError' })
  const done = 'early note 5, late note'
  await until(() => stored(/note/).includes(done))
  await until(() => stored(/note/).length === 1)
  expect(stored(/note/)).toEqual([done])
})

/** The content of those files in hosted data, of anybody, that match. */
function stored(pattern: RegExp): string[] {
  const folder = join(lab.sandbox.stateDir, 'blobs')
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const contents = files.map((file) => contentOf(join(file.parentPath, file.name)))
  return contents.filter((content) => pattern.test(content)).sort()
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    // Removed a moment ago.
    if (systemCode(error) === 'ENOENT') return ''
    throw error
  }
}

test('an algorithm manages nothing, and another account cannot write through it', async () => {
  expect((await lab.ask('Manager', 'ben', lab.otherKey)).result).toEqual([
    expect.stringContaining('Caller is not authorized to perform the operation'),
    expect.stringContaining('Non-Algorithm related Failure: <Response [403]>'),
  ])
  expect((await lab.ask('Reader', 'x')).result).toMatchObject({ shared: 'for callers' })
})

test('what an algorithm reports belongs to its own run', async () => {
  await lab.ask('Outer', 'x')
  const [below, above] = lab.sandbox.insights()
  expect(lab.sandbox.insights()).toHaveLength(2)
  expect(below).toMatchObject({ level: 'inner', algorithm_name: 'Inner', session_id: above?.session_id })
  expect(below).not.toHaveProperty('after')
  expect(above).toMatchObject({ level: 'outer', after: 1, algorithm_name: 'Outer', algorithm_version: '1.0.0' })
  expect(above?.request_id).not.toBe(below?.request_id)
})
