import { describe, expect, test } from '@jest/globals'
import { BuildApi } from '../../src/algorithmia/builds.ts'
import { DeployError, RefusedError } from '../../src/errors.ts'
import { awaitBuild, type BuildWait } from '../../src/release/build.ts'
import {
  algorithmAt,
  algorithmPath,
  buildRecord,
  inTurn,
  ours,
  page,
  refusal,
  theirs,
} from '../support/algorithm-records.ts'
import { failureOf, key, platformLab } from '../support/platform-lab.ts'
import type { Step } from '../support/scripted-server.ts'
import { until } from '../support/until.ts'

// Waiting for the build of a commit: at a platform that is slow, wrong, late, refuses, or never builds it.

const lab = platformLab()
const list = `${algorithmPath}/builds?limit=50`
const one = `${algorithmPath}/builds/${encodeURIComponent(`build of ${ours}`)}`
const older = buildRecord(theirs, 'succeeded')

/** A platform that shows these lists one after the other, and then the build itself in these states. */
const serve = (lists: Step[], builds: Step[] = []) =>
  lab.serve(({ path, nth }) => inTurn(path.startsWith(list) ? lists : builds, nth))

const of = (url: string, timeoutMs?: number) => new BuildApi(algorithmAt(url), timeoutMs)

/** Waits with pauses that suit a test; the limits are met only by what never ends. */
const wait = (url: string, options: Partial<BuildWait> & { askMs?: number } = {}) => {
  const { askMs, ...limits } = options
  return awaitBuild(of(url, askMs), ours, { timeoutMs: 20_000, firstPauseMs: 2, longestPauseMs: 5, ...limits })
}

const state = (status: string, more: object = {}): Step => ({ body: buildRecord(ours, status, more) })
const listed = (status: string, more: object = {}) => page([buildRecord(ours, status, more), older])

describe('the build of a commit', () => {
  test.each(['succeeded', 'failed'])('that %s already is found with one question', async (status) => {
    const server = await serve([listed(status)])
    const build = await wait(server.url)
    expect(build).toEqual({ id: `build of ${ours}`, commit: ours, state: status })
    expect(server.seen).toMatchObject([{ method: 'GET', path: list, headers: { authorization: `Simple ${key}` } }])
  })

  test('that appears late and takes its time is followed by its id', async () => {
    const server = await serve(
      [page([]), page([older]), page([older]), listed('in-progress')],
      [state('in-progress'), state('in-progress', { finished_at: null }), state('succeeded')],
    )
    expect(await wait(server.url)).toMatchObject({ state: 'succeeded' })
    expect(server.seen.map(({ path }) => path)).toEqual([list, list, list, list, one, one, one])
    expect(lab.printed()).toContain('It is not in the list of builds yet (')
    expect(lab.printed()).toContain(`Build build of ${ours} is in progress (`)
    expect(lab.printed()).toContain(`Build build of ${ours} succeeded after `)
  })

  test('is told of in one line as long as nothing changes', async () => {
    const server = await serve([page([older])], [])
    await failureOf(wait(server.url, { appearMs: 200 }))
    expect(server.seen.length).toBeGreaterThan(1)
    expect(lab.printed().match(/not in the list of builds yet/g)).toHaveLength(1)
  })

  test('is found on a later page', async () => {
    const server = await lab.serve(({ path }) => {
      if (path === list) return page([older], 'a/b=')
      return path === `${list}&marker=a%2Fb%3D` ? page([older], 'c') : page([buildRecord(ours, 'succeeded')])
    })
    expect(await wait(server.url)).toMatchObject({ state: 'succeeded' })
    expect(server.seen.map(({ path }) => path)).toEqual([list, `${list}&marker=a%2Fb%3D`, `${list}&marker=c`])
  })

  test('is found although the platform writes the commit in upper case', async () => {
    const server = await serve([page([buildRecord(ours.toUpperCase(), 'succeeded')])])
    expect(await wait(server.url)).toMatchObject({ commit: ours, state: 'succeeded' })
  })

  test('is found beside records that are none', async () => {
    const server = await serve([
      page([null, 'x', { build_id: 'b' }, { commit_sha: ours }, ...[state('succeeded').body]]),
    ])
    expect(await wait(server.url)).toMatchObject({ id: `build of ${ours}` })
  })

  test('that another push has overtaken is found, and the other one is named', async () => {
    const server = await serve([page([older, buildRecord(ours, 'succeeded')])])
    expect(await wait(server.url)).toMatchObject({ commit: ours })
    expect(lab.printed()).toContain(`Another push came after this one: the newest build is of ${theirs}`)
  })

  test('has failed when it is finished in a word that nobody knows', async () => {
    const server = await serve([listed('queued')], [state('provisioning'), state('timed-out', { finished_at: '2021' })])
    expect(await wait(server.url)).toMatchObject({ state: 'failed' })
    expect(server.seen).toHaveLength(3)
  })

  test('has an id that cannot lead elsewhere', async () => {
    const server = await serve(
      [page([{ build_id: '../x?y#z', commit_sha: ours, status: 'in-progress' }])],
      [state('failed')],
    )
    await wait(server.url)
    expect(server.seen[1]?.path).toBe(`${algorithmPath}/builds/..%2Fx%3Fy%23z`)
  })
})

describe('a build that is never there', () => {
  test('ends the wait, and the newest build is named', async () => {
    const server = await serve([page([older])])
    const { message } = await failureOf(wait(server.url, { appearMs: 50 }))
    expect(message).toMatch(
      new RegExp(`^No build of ${ours.slice(0, 12)} has appeared within \\d+ ms; the newest build is`),
    )
    expect(message).toContain(`is of ${theirs}`)
    expect(message).toContain('webhook')
  })

  test('ends the wait also where nothing was ever built', async () => {
    const server = await serve([page([])])
    const { message } = await failureOf(wait(server.url, { appearMs: 50 }))
    expect(message).toMatch(/has appeared within \d+ ms\. Algorithmia builds each push to the default branch/)
  })

  test('is looked for no longer than the whole wait may take', async () => {
    const server = await serve([page([])])
    await failureOf(wait(server.url, { timeoutMs: 50, appearMs: 3_600_000 }))
  })

  test('is not looked for on the same page again and again', async () => {
    const server = await lab.serve(() => page([older], 'same'))
    await failureOf(wait(server.url, { appearMs: 0 }))
    expect(server.seen.map(({ path }) => path)).toEqual([list, `${list}&marker=same`])
  })

  test('is not looked for on pages without end', async () => {
    const server = await lab.serve(({ at }) => page([older], `marker ${at}`))
    await failureOf(wait(server.url, { appearMs: 0 }))
    expect(new Set(server.seen.map(({ path }) => path)).size).toBe(200)
  })
})

test('a build that is not finished in time goes on without this run', async () => {
  const server = await serve([listed('in-progress')], [state('in-progress')])
  const { message } = await failureOf(wait(server.url, { timeoutMs: 50 }))
  expect(message).toMatch(new RegExp(`^The build of ${ours.slice(0, 12)} is not finished after \\d+ ms `))
  expect(message).toContain('(build_timeout_minutes). It goes on by itself: run this job again')
})

const troubles: [string, Step, string | RegExp][] = [
  ['HTTP 500', refusal(500, 'down'), 'could not read the builds of the algorithm (HTTP 500: down)'],
  ['HTTP 404', refusal(404, 'not found'), '(HTTP 404: not found)'],
  ['HTTP 429', { status: 429 }, '(HTTP 429)'],
  ['HTML', { body: '<html>Maintenance</html>' }, 'something else than JSON about builds'],
  ['half a JSON', { body: '{"results": [' }, 'something else than JSON about builds'],
  ['JSON of something else', { body: [] }, 'something else than JSON about builds'],
  ['no answer in time', { instead: 'hang' }, 'there was no answer in time'],
  ['a cut connection', { instead: 'reset' }, 'the connection was cut'],
  ['a cut answer', { body: 'x'.repeat(100), cutAfter: 10, end: 'reset' }, /cut|aborted/],
  [
    'a redirect',
    { status: 302, headers: { Location: 'https://elsewhere.invalid/x?t=1' } },
    'answered with a redirect to',
  ],
]

describe.each(troubles)('%s', (_, trouble, words) => {
  const askMs = 300

  test('is survived before the build is known', async () => {
    const server = await serve([page([older]), trouble, trouble, listed('succeeded')])
    expect(await wait(server.url, { askMs })).toMatchObject({ state: 'succeeded' })
    expect(server.seen).toHaveLength(4)
    expect(lab.printed()).toMatch(words)
    expect(lab.printed().match(/It is not in the list of builds yet; asking for it failed: /g)).toHaveLength(1)
  })

  test('is survived afterwards', async () => {
    const server = await serve([listed('in-progress')], [state('in-progress'), trouble, state('succeeded')])
    expect(await wait(server.url, { askMs })).toMatchObject({ state: 'succeeded' })
    expect(lab.printed()).toContain('is in progress; asking for it failed: ')
  })

  test('until the deadline is what the failure names', async () => {
    const server = await serve([trouble])
    const { message } = await failureOf(wait(server.url, { askMs, appearMs: 0 }))
    expect(message).toContain('has appeared within')
    const [, last = ''] = message.split('Asking for it failed at last: ')
    expect(last).toMatch(words)
  })
})

test('what is no list and what is no build is survived too', async () => {
  const server = await serve(
    [{ body: { results: null } }, { body: {} }, listed('in-progress')],
    [{ body: { build_id: 'x' } }, state('succeeded')],
  )
  expect(await wait(server.url)).toMatchObject({ state: 'succeeded' })
  expect(lab.printed()).toContain('something else than a list of builds')
  expect(lab.printed()).toContain('something else than a build')
})

test('a mistake of our own ends the wait at once', async () => {
  const builds = {
    page: () => Promise.reject(new TypeError('a bug')),
    get: () => Promise.reject(new TypeError('a bug')),
  }
  await expect(awaitBuild(builds, ours, { timeoutMs: 20_000 })).rejects.toEqual(new TypeError('a bug'))
})

describe.each([
  [401, /^Algorithmia rejected algorithmia_api_key .*HTTP 401: who are you/],
  [403, /^algorithmia_api_key may not read the builds .*HTTP 403: who are you.*"may manage my algorithms"/],
])('a key that is refused (%i)', (status, words) => {
  const refused = refusal(status, 'who are you')

  test.each<[string, Step[], Step[]]>([
    ['the list', [refused], []],
    ['the list, after a while', [page([]), refused], []],
    ['the build', [listed('in-progress')], [refused]],
  ])('%s ends the wait at once', async (_, lists, builds) => {
    const server = await serve(lists, builds)
    const failure = await failureOf(wait(server.url))
    expect(failure).toBeInstanceOf(RefusedError)
    expect(failure.message).toMatch(words)
    expect(server.seen).toHaveLength(lists.length + builds.length)
  })

  test('is known before the deployment begins', async () => {
    const server = await lab.serve(() => refused)
    expect(await of(server.url).whyUnreadable()).toMatch(words)
    expect(server.seen.map(({ path }) => path)).toEqual([`${algorithmPath}/builds?limit=1`])
  })
})

describe('before the deployment begins', () => {
  test.each<[string, Step]>([
    ['builds', page([older])],
    ['no builds', page([])],
    ['no algorithm', refusal(404, 'No such algorithm')],
  ])('a key that is shown %s may read them', async (_, step) => {
    const server = await lab.serve(() => step)
    expect(await of(server.url).whyUnreadable()).toBeUndefined()
  })

  test('trouble that passes is survived, and trouble that does not is none of the key', async () => {
    const passing = await lab.serve(({ nth }) => inTurn([refusal(500, 'down'), page([])], nth))
    expect(await of(passing.url).whyUnreadable()).toBeUndefined()
    const server = await lab.serve(() => refusal(500, 'down'))
    const failure = await failureOf(of(server.url).whyUnreadable())
    expect(failure).not.toBeInstanceOf(RefusedError)
    expect(failure.message).toContain('HTTP 500: down')
  })
})

describe('a cancelled run', () => {
  const reason = new DeployError('The run was cancelled (SIGTERM)')

  test.each<[string, Step[], Step[]]>([
    ['in a pause before the build is there', [page([])], []],
    ['in a pause of a build', [listed('in-progress')], [state('in-progress')]],
    ['in a question for the list that hangs', [{ instead: 'hang' }], []],
    ['in a question for the build that hangs', [listed('in-progress')], [{ instead: 'hang' }]],
  ])('ends the wait with its reason: %s', async (_, lists, builds) => {
    const server = await serve(lists, builds)
    const controller = new AbortController()
    const algorithm = algorithmAt(server.url, { cancelled: controller.signal })
    const pauses = { firstPauseMs: builds.length > 0 ? 1 : 3_600_000, longestPauseMs: 3_600_000 }
    const limits = { timeoutMs: 86_400_000, cancelled: controller.signal }
    const ended = expect(awaitBuild(new BuildApi(algorithm, 3_600_000), ours, { ...pauses, ...limits })).rejects.toBe(
      reason,
    )
    await until(() => server.seen.length >= lists.length + builds.length)
    controller.abort(reason)
    await ended
    expect(lab.printed()).not.toContain('asking for it failed')
  })

  test('that was cancelled before asks nothing', async () => {
    const server = await serve([listed('succeeded')])
    const cancelled = AbortSignal.abort(reason)
    const builds = new BuildApi(algorithmAt(server.url, { cancelled }))
    await expect(awaitBuild(builds, ours, { timeoutMs: 20_000, cancelled })).rejects.toBe(reason)
    expect(server.seen).toEqual([])
  })
})

describe('the log of a build', () => {
  test('is its text', async () => {
    const server = await lab.serve(() => ({ body: { logs: 'line 1\nline 2\n' } }))
    expect(await of(server.url).log('a/b')).toBe('line 1\nline 2\n')
    expect(server.seen[0]?.path).toBe(`${algorithmPath}/builds/a%2Fb/logs`)
  })

  test.each<[string, Step]>([
    ['there is none yet', refusal(404, 'not found')],
    ['it is refused', refusal(403, 'no')],
    ['it is no JSON', { body: 'line 1' }],
    ['it is no text', { body: { logs: ['line 1'] } }],
  ])('is undefined when %s', async (_, step) => {
    const server = await lab.serve(() => step)
    expect(await of(server.url).log('b')).toBeUndefined()
    expect(server.seen).toHaveLength(1)
  })

  test('is asked for again when the platform is in trouble', async () => {
    const server = await lab.serve(({ nth }) => inTurn([{ status: 502 }, { body: { logs: 'x' } }], nth))
    expect(await of(server.url).log('b')).toBe('x')
  })
})

describe('the newest build', () => {
  test('is the first of the list, and is asked for again when the platform is in trouble', async () => {
    const lists = [{ status: 500 }, page([older, buildRecord(ours, 'succeeded')], 'more')]
    const server = await serve(lists)
    expect(await of(server.url).newest()).toMatchObject({ commit: theirs })
    expect(server.seen).toHaveLength(2)
  })

  test('is undefined where nothing was built', async () => {
    expect(await of((await serve([page([])])).url).newest()).toBeUndefined()
  })
})
