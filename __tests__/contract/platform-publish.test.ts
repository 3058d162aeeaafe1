import { describe, expect, test } from '@jest/globals'
import type { PublishRequest } from '../../src/algorithm.ts'
import { BuildApi } from '../../src/algorithmia/builds.ts'
import type { HttpOptions } from '../../src/algorithmia/http.ts'
import { VersionApi } from '../../src/algorithmia/versions.ts'
import { DeployError, RefusedError, UncertainError } from '../../src/errors.ts'
import { confirmVersion, type Patience, type Publisher, publishBuild } from '../../src/release/publish.ts'
import {
  algorithmAt,
  algorithmPath,
  buildRecord,
  inTurn,
  ours,
  page,
  refusal,
  theirs,
  versionRecord,
} from '../support/algorithm-records.ts'
import { failureOf, key, platformLab } from '../support/platform-lab.ts'
import type { Seen, Step } from '../support/scripted-server.ts'
import { until } from '../support/until.ts'

// Publishing the build of one commit: exactly that, at most once, whatever the platform answers, and when.

const lab = platformLab()

/** What the platform does about each kind of request, one step after the other. */
interface Platform {
  /** The version of our commit. */
  ofCommit: Step[]
  newest: Step[]
  publish: Step[]
  compile: Step[]
  /** The algorithm itself. */
  algorithm: Step[]
  /** The published versions. */
  versions: Step[]
}

const unknown = refusal(404, 'not found')
const published = (number: string, commit: string | undefined = ours): Step => ({ body: versionRecord(commit, number) })
const unpublished: Step = { body: versionRecord(ours) }
const newest = (commit = ours) => page([buildRecord(commit, 'succeeded'), buildRecord(theirs, 'succeeded')])
const alreadyPublished = refusal(400, 'version already published', { code: 1007 })

const routes: [keyof Platform, string, RegExp][] = [
  ['ofCommit', 'GET', new RegExp(`^${algorithmPath}/versions/${ours}$`)],
  ['newest', 'GET', new RegExp(`^${algorithmPath}/builds\\?limit=50$`)],
  ['publish', 'POST', new RegExp(`^${algorithmPath}/versions$`)],
  ['compile', 'POST', new RegExp(`^${algorithmPath}/compile$`)],
  ['algorithm', 'GET', new RegExp(`^${algorithmPath}$`)],
  ['versions', 'GET', new RegExp(`^${algorithmPath}/versions\\?limit=50&published=true`)],
]

const kindOf = ({ method, path }: Seen) =>
  routes.find(([, verb, pattern]) => verb === method && pattern.test(path))?.[0]

/** A platform where our build is the newest and publishing works, but for what is given. */
async function serve(given: Partial<Platform>) {
  const platform: Platform = {
    ofCommit: [unknown],
    newest: [newest()],
    publish: [published('0.1.0')],
    compile: [],
    algorithm: [{ body: { details: { label: 'Wine' }, settings: { royalty_microcredits: 7 } } }],
    versions: [],
    ...given,
  }
  const counts = new Map<string, number>()
  const server = await lab.serve((request) => {
    const kind = kindOf(request)
    if (kind === undefined) throw new Error(`Nobody should ask for ${request.method} ${request.path}`)
    const nth = counts.get(kind) ?? 0
    counts.set(kind, nth + 1)
    return inTurn(platform[kind], nth)
  })
  return { ...server, asked: (kind: keyof Platform) => server.seen.filter((request) => kindOf(request) === kind) }
}

function publisherAt(url: string, options: Partial<HttpOptions> & { publishMs?: number } = {}): Publisher {
  const { publishMs, ...http } = options
  const builds = new BuildApi(algorithmAt(url, http))
  const versions = new VersionApi(algorithmAt(url, http), publishMs)
  return {
    newestBuild: () => builds.newest(),
    ofCommit: (commit) => versions.ofCommit(commit),
    withNumber: (number) => versions.withNumber(number),
    publish: (request) => versions.publish(request),
    compile: () => versions.compile(),
  }
}

const request: PublishRequest = {
  commit: ours,
  increment: 'minor',
  releaseNotes: 'New wine',
  sampleInput: undefined,
  callability: undefined,
  insights: undefined,
}

const patience: Patience = { afterErrorMs: 0, showMs: 0, pauseMs: 2 }
const long: Patience = { afterErrorMs: 20_000, showMs: 20_000, pauseMs: 2 }

const publish = (url: string, how: Patience = patience, asked: Partial<PublishRequest> = {}) =>
  publishBuild(publisherAt(url), { ...request, ...asked }, how)

describe('a publication', () => {
  const bodyOf = async (asked: Partial<PublishRequest>, algorithm?: Step[]) => {
    const server = await serve(algorithm ? { algorithm } : {})
    expect(await publish(server.url, patience, asked)).toEqual({ number: '0.1.0', isNew: true })
    const [sent] = server.asked('publish')
    expect(sent?.headers).toMatchObject({ authorization: `Simple ${key}`, 'content-type': 'application/json' })
    return JSON.parse(sent?.body ?? '')
  }

  test('names the commit and changes nothing that the user did not give', async () => {
    expect(await bodyOf({})).toEqual({
      details: { label: 'Wine' },
      version_info: { version_type: 'minor', git_hash: ours, release_notes: 'New wine' },
    })
  })

  test('passes on what the user gave', async () => {
    const given = { increment: 'major', sampleInput: '{"x": 1.0}', callability: 'public', insights: false } as const
    expect(await bodyOf(given)).toEqual({
      details: { label: 'Wine' },
      settings: { algorithm_callability: 'public', insights_enabled: false },
      version_info: { version_type: 'major', git_hash: ours, release_notes: 'New wine', sample_input: '{"x": 1.0}' },
    })
  })

  test.each<[string, Step]>([
    ['that is empty', { body: { details: { label: '' } } }],
    ['that is none', { body: { details: null } }],
    ['that may not be read', refusal(403, 'no')],
    ['in no JSON', { body: '<html>' }],
  ])('does not make up a label in the place of one %s', async (_, algorithm) => {
    expect(await bodyOf({}, [algorithm])).not.toHaveProperty('details')
  })

  test('is not sent when the commit is published', async () => {
    const server = await serve({ ofCommit: [published('0.3.1')] })
    expect(await publish(server.url)).toEqual({ number: '0.3.1', isNew: false })
    expect(server.asked('publish')).toEqual([])
  })

  test('is sent for a build that has no number yet', async () => {
    const server = await serve({ ofCommit: [unpublished] })
    expect(await publish(server.url)).toEqual({ number: '0.1.0', isNew: true })
  })

  test.each<[string, Step]>([
    ['names no commit', { body: versionRecord(undefined, '0.1.0') }],
    ['names it in upper case', published('0.1.0', ours.toUpperCase())],
    ['is HTTP 201', { ...published('0.1.0'), status: 201 }],
  ])('succeeds also when its answer %s', async (_, answer) => {
    const server = await serve({ publish: [answer] })
    expect(await publish(server.url)).toEqual({ number: '0.1.0', isNew: true })
    expect(server.asked('publish')).toHaveLength(1)
  })

  test('that published another commit is said to be dangerous', async () => {
    const server = await serve({ publish: [published('0.1.0', theirs)] })
    const failure = await failureOf(publish(server.url))
    expect(failure).toBeInstanceOf(UncertainError)
    expect(failure.message).toContain(`Algorithmia published ${theirs} as 0.1.0, where ${ours} was asked for`)
    expect(server.asked('publish')).toHaveLength(1)
  })
})

describe('a build that another push has overtaken', () => {
  test('is not published', async () => {
    const server = await serve({ newest: [newest(theirs)] })
    const { message } = await failureOf(publish(server.url))
    expect(message).toContain(`Not published: ${theirs} was pushed after ${ours.slice(0, 12)}`)
    expect(server.asked('publish')).toEqual([])
  })

  test('is not published in a second try either', async () => {
    const server = await serve({ newest: [newest(), newest(theirs)], publish: [refusal(500, 'oops')] })
    expect((await failureOf(publish(server.url))).message).toContain(`Not published: ${theirs} was pushed after`)
    expect(server.asked('publish')).toHaveLength(1)
  })

  test('is told from a platform that lists no build', async () => {
    const server = await serve({ newest: [page([])] })
    expect(await publish(server.url)).toMatchObject({ number: '0.1.0' })
  })
})

describe('"already published" (1007)', () => {
  const compiled = (commit: string | undefined = ours): Step => ({ body: versionRecord(commit) })

  test.each<[string, Step]>([
    ['nested', alreadyPublished],
    ['flat', { status: 400, body: { code: 1007, message: 'published' } }],
    ['as a text', { status: 409, body: { error: { code: '1007', message: 'published' } } }],
    ['in a 200', { body: { error: { code: 1007, message: 'published' } } }],
    ['in a 500', { status: 500, body: { error: { code: 1007, message: 'published' } } }],
  ])('%s: the version that shows is taken', async (_, answer) => {
    const server = await serve({ ofCommit: [unknown, unpublished, published('1.0.0')], publish: [answer] })
    expect(await publish(server.url, long)).toEqual({ number: '1.0.0', isNew: true })
    expect([server.asked('publish').length, server.asked('compile').length]).toEqual([1, 0])
  })

  test.each<[string, Step]>([
    ['names', compiled()],
    ['does not name', { body: {} }],
  ])('without a version: another build is made, and published once it is ours; compile %s it', async (_, answer) => {
    const server = await serve({ publish: [alreadyPublished, published('0.1.1')], compile: [answer] })
    expect(await publish(server.url)).toEqual({ number: '0.1.1', isNew: true })
    expect(server.asked('publish')).toHaveLength(2)
    expect(server.asked('compile')).toMatchObject([{ body: '{}' }])
    expect(server.asked('newest')).toHaveLength(2)
  })

  test('when the other build is of another commit, nothing is published', async () => {
    const server = await serve({ publish: [alreadyPublished], compile: [compiled(theirs)] })
    expect((await failureOf(publish(server.url))).message).toContain(`Not published: ${theirs} was pushed after`)
    expect(server.asked('publish')).toHaveLength(1)
  })

  test('when the other build fails, that is said', async () => {
    const server = await serve({ publish: [alreadyPublished], compile: [refusal(400, 'compilation failed')] })
    const failure = await failureOf(publish(server.url))
    expect(failure.message).toBe('Algorithmia could not build the algorithm again (HTTP 400: compilation failed)')
    expect(failure).not.toBeInstanceOf(UncertainError)
    expect(server.asked('compile')).toHaveLength(1)
  })

  test('twice ends it', async () => {
    const server = await serve({ publish: [alreadyPublished], compile: [compiled()] })
    const failure = await failureOf(publish(server.url))
    expect(failure.message).toBe(
      `Algorithmia could not publish ${ours.slice(0, 12)} (HTTP 400: version already published; 2 tries)`,
    )
    expect([server.asked('publish').length, server.asked('compile').length]).toEqual([2, 1])
  })
})

describe.each<[string, Step, string]>([
  ['HTTP 500', refusal(500, 'oops'), 'HTTP 500: oops'],
  ['HTTP 503 in HTML', { status: 503, body: '<html>' }, 'HTTP 503'],
  ['HTTP 429', { status: 429 }, 'HTTP 429'],
  ['an error in a 200', refusal(200, 'oops'), 'HTTP 200: oops'],
])('%s', (_, trouble, words) => {
  test('after it took effect is a publication, and is not sent again', async () => {
    const server = await serve({ ofCommit: [unknown, unknown, published('0.2.0')], publish: [trouble] })
    expect(await publish(server.url, long)).toEqual({ number: '0.2.0', isNew: true })
    expect(server.asked('publish')).toHaveLength(1)
    expect(lab.printed()).toContain(`Publishing was answered: ${words}. Looking whether it took effect`)
  })

  test('without effect is tried once more', async () => {
    const server = await serve({ publish: [trouble, published('0.1.0')] })
    expect(await publish(server.url)).toEqual({ number: '0.1.0', isNew: true })
  })

  test('twice without effect ends it, and nothing is published', async () => {
    const server = await serve({ publish: [trouble] })
    const failure = await failureOf(publish(server.url))
    expect(failure).not.toBeInstanceOf(UncertainError)
    expect(failure.message).toBe(`Algorithmia could not publish ${ours.slice(0, 12)} (${words}; 2 tries)`)
    expect(server.asked('publish')).toHaveLength(2)
  })

  test('and then "already published" was a publication that nobody sees', async () => {
    const server = await serve({ publish: [trouble, alreadyPublished] })
    expect(await failureOf(publish(server.url))).toBeInstanceOf(UncertainError)
    // Another build would become another version.
    expect(server.asked('compile')).toEqual([])
  })
})

describe.each<[string, Step, string]>([
  ['a cut connection', { instead: 'reset' }, 'the connection was cut'],
  ['no answer in time', { instead: 'hang' }, 'there was no answer in time'],
  ['a cut answer', { ...published('0.2.0'), cutAfter: 5, end: 'reset' }, 'could not be reached'],
  // A proxy's words: what is behind it may still publish.
  ['HTTP 502', { status: 502, body: '<html>' }, 'HTTP 502'],
  ['HTTP 504', { status: 504 }, 'HTTP 504'],
  ['HTML in a 200', { body: '<html>Welcome</html>' }, 'HTTP 200, without a version'],
  ['no number in a 200', { body: versionRecord(ours) }, 'HTTP 200, without a version'],
])('%s', (_, trouble, words) => {
  const publisher = (url: string) => publisherAt(url, { publishMs: 400 })

  test('after it took effect is a publication', async () => {
    const server = await serve({ ofCommit: [unknown, unpublished, published('0.2.0')], publish: [trouble] })
    expect(await publishBuild(publisher(server.url), request, long)).toEqual({ number: '0.2.0', isNew: true })
    expect(server.asked('publish')).toHaveLength(1)
  })

  test('without effect is never sent again, and nobody claims to know', async () => {
    const server = await serve({ publish: [trouble] })
    const failure = await failureOf(publishBuild(publisher(server.url), request, patience))
    expect(failure).toBeInstanceOf(UncertainError)
    expect(failure.message).toContain(words)
    expect(failure.message).toContain("look at the algorithm's versions, or run this job again later")
    expect(server.asked('publish')).toHaveLength(1)
  })
})

test('when nobody can see whether a failed publication took effect, it is not sent again', async () => {
  const server = await serve({ ofCommit: [unknown, { status: 500 }], publish: [refusal(500, 'oops')] })
  const failure = await failureOf(publish(server.url))
  expect(failure).toBeInstanceOf(UncertainError)
  expect(failure.message).toContain('(HTTP 500: oops; then Algorithmia could not read the versions')
  expect(server.asked('publish')).toHaveLength(1)
})

describe('a refusal', () => {
  const visibility = 'The visibility can only be changed by a major release'

  test.each<[string, Step, string | RegExp]>([
    [
      '400',
      refusal(400, visibility),
      `Algorithmia could not publish a version of the algorithm (HTTP 400: ${visibility})`,
    ],
    ['422, flat', { status: 422, body: { code: 2015, message: 'no' } }, /\(HTTP 422: no\)$/],
    ['404', unknown, /\(HTTP 404: not found\)$/],
    ['401', refusal(401, 'who are you'), /^Algorithmia rejected algorithmia_api_key .*HTTP 401: who are you/],
    ['403', refusal(403, 'no'), /^algorithmia_api_key may not publish a version .*"may manage my algorithms"/],
    ['redirect', { status: 307, headers: { Location: '/elsewhere' } }, /answered with a redirect to \/elsewhere/],
  ])('%s ends it with the words of the platform, and nothing is published', async (status, answer, words) => {
    const server = await serve({ publish: [answer] })
    const failure = await failureOf(publish(server.url))
    expect(failure.message).toMatch(words)
    expect(failure).not.toBeInstanceOf(UncertainError)
    expect(failure instanceof RefusedError).toBe(status === '401' || status === '403')
    expect(server.asked('publish')).toHaveLength(1)
  })

  test.each<[string, Partial<Platform>]>([
    ['versions', { ofCommit: [refusal(403, 'no')] }],
    ['versions in no JSON', { ofCommit: [{ body: '<html>' }] }],
    ['builds', { newest: [refusal(403, 'no')] }],
    ['the algorithm', { algorithm: [{ instead: 'reset' }] }],
  ])('of %s ends it before anything is sent', async (_, platform) => {
    const server = await serve(platform)
    expect(await failureOf(publish(server.url))).not.toBeInstanceOf(UncertainError)
    expect(server.asked('publish')).toEqual([])
  })
})

describe('a cancelled run', () => {
  const reason = new DeployError('The run was cancelled (SIGTERM)')

  async function cancelWhen(platform: Partial<Platform>, kind: keyof Platform, count: number) {
    const server = await serve(platform)
    const controller = new AbortController()
    const publisher = publisherAt(server.url, { cancelled: controller.signal, publishMs: 3_600_000 })
    const how = { cancelled: controller.signal, afterErrorMs: 3_600_000, showMs: 3_600_000, pauseMs: 3_600_000 }
    const ended = failureOf(publishBuild(publisher, request, how))
    await until(() => server.asked(kind).length === count)
    controller.abort(reason)
    return { failure: await ended, server }
  }

  test.each<[string, Partial<Platform>, keyof Platform, number]>([
    ['while it is sent', { publish: [{ instead: 'hang' }] }, 'publish', 1],
    ['while its effect is looked for', { publish: [{ instead: 'reset' }] }, 'ofCommit', 2],
    [
      'while an answer about its effect hangs',
      { publish: [refusal(500, 'x')], ofCommit: [unknown, { instead: 'hang' }] },
      'ofCommit',
      2,
    ],
  ])('%s ends it at once, and nobody claims to know', async (_, platform, kind, count) => {
    const { failure, server } = await cancelWhen(platform, kind, count)
    expect(failure).toBeInstanceOf(UncertainError)
    expect(failure.message).toContain('The run was cancelled (SIGTERM)')
    expect(server.asked('publish')).toHaveLength(1)
  })

  test.each<[string, Partial<Platform>, keyof Platform]>([
    ['the version of the commit', { ofCommit: [{ instead: 'hang' }] }, 'ofCommit'],
    ['the newest build', { newest: [{ instead: 'hang' }] }, 'newest'],
    [
      'another build',
      { publish: [alreadyPublished], ofCommit: [unknown, published('')], compile: [{ instead: 'hang' }] },
      'compile',
    ],
  ])('while it waits for %s ends it with its reason: nothing is published', async (_, platform, kind) => {
    const server = await serve(platform)
    const controller = new AbortController()
    const publisher = publisherAt(server.url, { cancelled: controller.signal })
    const ended = publishBuild(publisher, request, { ...patience, cancelled: controller.signal })
    const expected = expect(ended).rejects.toBe(reason)
    await until(() => server.asked(kind).length === 1)
    controller.abort(reason)
    await expected
  })
})

describe('the version that was published', () => {
  const list = (...versions: object[]) => page(versions)
  const confirm = (url: string, how: Patience = long) => confirmVersion(publisherAt(url), '0.1.0', ours, how)

  test('is read back as soon as it shows', async () => {
    const server = await serve({
      versions: [list(), list(versionRecord(theirs, '0.0.9')), list(versionRecord(ours.toUpperCase(), '0.1.0'))],
    })
    await confirm(server.url)
    expect(server.asked('versions')).toHaveLength(3)
    expect(lab.printed()).toContain(`Version 0.1.0 is ${ours}`)
  })

  test('is found on a later page', async () => {
    const server = await lab.serve(({ path }) =>
      path.endsWith('&marker=a%2Fb')
        ? list(versionRecord(ours, '0.1.0'))
        : page([versionRecord(theirs, '9.0.0')], 'a/b'),
    )
    await confirm(server.url)
    expect(server.seen).toHaveLength(2)
  })

  test.each([
    ['of another commit', theirs, `Version 0.1.0 is ${theirs}, not ${ours}`],
    ['of no commit', undefined, 'Version 0.1.0 is of no commit, not'],
  ])('is not proven when it is %s', async (_, commit, words) => {
    const server = await serve({ versions: [list(versionRecord(commit, '0.1.0'))] })
    expect((await failureOf(confirm(server.url))).message).toContain(words)
    expect(server.asked('versions')).toHaveLength(1)
  })

  test.each<[string, Step]>([
    ['never shows', list(versionRecord(theirs, '0.0.9'))],
    ['shows in no list', { body: { results: {} } }],
  ])('is not proven when it %s', async (_, step) => {
    const server = await serve({ versions: [step] })
    const { message } = await failureOf(confirm(server.url, { showMs: 40, pauseMs: 5 }))
    expect(message).toBe('Version 0.1.0 does not show among the versions after 40 ms')
    expect(server.asked('versions').length).toBeGreaterThan(1)
  })

  test.each<[string, (request: Seen) => string, number]>([
    ['the same marker', () => 'same', 2],
    ['no end', ({ at }) => `marker ${at}`, 200],
  ])('is not looked for on pages with %s', async (_, marker, pages) => {
    const server = await lab.serve((request) => page([versionRecord(theirs, '9.0.0')], marker(request)))
    await failureOf(confirm(server.url, { showMs: 0 }))
    expect(server.seen).toHaveLength(pages)
  })

  test.each<[string, Step]>([
    ['HTTP 500', { status: 500 }],
    ['HTML', { body: '<html>Maintenance</html>' }],
    ['a cut connection', { instead: 'reset' }],
    ['HTTP 404', unknown],
  ])('survives %s until it shows', async (_, trouble) => {
    const steps = Array.from({ length: 6 }, () => trouble)
    const server = await serve({ versions: [...steps, list(versionRecord(ours, '0.1.0'))] })
    await confirm(server.url)
    expect(server.asked('versions')).toHaveLength(7)
  })

  test('is not proven when trouble does not pass, and the trouble is named', async () => {
    const server = await serve({ versions: [{ body: '<html>' }] })
    const { message } = await failureOf(confirm(server.url, patience))
    expect(message).toBe(
      'Version 0.1.0 does not show among the versions after 0 ms: Algorithmia could not list the versions of the algorithm: its answer is not JSON',
    )
  })

  test('is not looked for again when the key may not list versions', async () => {
    const server = await serve({ versions: [refusal(403, 'no')] })
    expect(await failureOf(confirm(server.url))).toBeInstanceOf(RefusedError)
    expect(server.asked('versions')).toHaveLength(1)
  })

  test.each<[string, Step]>([
    ['in a pause', list()],
    ['in a question that hangs', { instead: 'hang' }],
  ])('is not looked for when the run is cancelled %s', async (_, step) => {
    const server = await serve({ versions: [step] })
    const controller = new AbortController()
    const reason = new DeployError('The run was cancelled (SIGTERM)')
    const publisher = publisherAt(server.url, { cancelled: controller.signal })
    const how = { cancelled: controller.signal, showMs: 3_600_000, pauseMs: 3_600_000 }
    const ended = expect(confirmVersion(publisher, '0.1.0', ours, how)).rejects.toBe(reason)
    await until(() => server.asked('versions').length === 1)
    controller.abort(reason)
    await ended
  })
})
