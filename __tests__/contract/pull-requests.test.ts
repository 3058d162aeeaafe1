import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { mask } from '../../src/log.ts'
import { PullRequests } from '../../src/pull-request/pull-requests.ts'
import { failure } from '../support/git-lab.ts'
import { GitServer } from '../support/git-server.ts'
import { type ApiCall, type ApiReply, GitHubApi, invalid } from '../support/github-api.ts'
import { watchOutput } from '../support/runner.ts'

const printed = watchOutput()
const token = 'ghp_Secret/1+2='
const branches = { from: 'deploy-to-algorithmia/a b#c', into: 're/1' }
const text = { title: 'A title', body: 'A body with "quotes" & <b>' }

let server: GitServer
let api: GitHubApi
let requests: PullRequests

beforeEach(async () => {
  server = await GitServer.start()
  api = new GitHubApi(server, 'analysts/digits', token)
  requests = new PullRequests({
    apiUrl: `${server.url}/api/v3`,
    owner: 'analysts',
    name: 'digits',
    token,
    tokenInput: 'github_pat',
  })
})
afterEach(async () => {
  await server.close()
  expect(api.violations).toEqual([])
  expect(printed.text().replace(/^::add-mask::.*$/gm, '')).not.toContain(token)
})

/** Answers calls of a method so, the first times. */
const first = (method: string, reply: ApiReply, times = 1) => {
  let left = times
  return (call: ApiCall) => (call.method === method && left-- > 0 ? reply : undefined)
}
const hurried: ApiReply = { status: 429, headers: { 'retry-after': '0' }, body: { message: 'Slow down' } }

test('opens one, and then updates it', async () => {
  const opened = await requests.openOrUpdate(branches, text)
  expect(opened).toEqual({ number: 7, url: `${server.url}/analysts/digits/pull/7`, isNew: true })
  expect(api.pulls).toMatchObject([{ ...text, head: { ref: branches.from }, base: { ref: branches.into } }])
  const again = await requests.openOrUpdate(branches, { title: 'Another', body: 'body' })
  expect(again).toMatchObject({ number: 7, isNew: false })
  expect(api.pulls).toMatchObject([{ title: 'Another', body: 'body' }])
  expect(api.seen).toEqual(['GET /pulls', 'POST /pulls', 'GET /pulls', 'PATCH /pulls/7'])
})

test('those of other branches, and closed ones, are left alone', async () => {
  api.open(branches.from, 'main')
  api.open('theirs', branches.into)
  api.open(branches.from, branches.into).state = 'closed'
  // As for a filter that GitHub does not understand.
  api.reply = (call) => (call.method === 'GET' ? { status: 200, body: api.pulls.slice(0, 2) } : undefined)
  expect(await requests.openOrUpdate(branches, text)).toMatchObject({ number: 10, isNew: true })
  expect(api.pulls.map(({ title }) => title)).toEqual(['by hand', 'by hand', 'by hand', text.title])
})

describe('what passes', () => {
  test('another run opens it at the same time: it is updated', async () => {
    api.reply = (call) => {
      if (call.method === 'POST' && api.pulls.length === 0) api.open(branches.from, branches.into)
      return undefined
    }
    expect(await requests.openOrUpdate(branches, text)).toMatchObject({ number: 7, isNew: false })
    expect(api.pulls).toMatchObject([text])
  })

  test.each<[string, ApiReply]>([
    ['no answer', 'hang up'],
    ['502', { status: 502, body: { message: 'Server Error' } }],
  ])('%s to a request that did open it: none is opened twice', async (_, reply) => {
    api.replyAfter = first('POST', reply)
    expect(await requests.openOrUpdate(branches, text)).toMatchObject({ number: 7, isNew: true })
    expect(api.pulls).toHaveLength(1)
    expect(api.seen).toEqual(['GET /pulls', 'POST /pulls', 'GET /pulls', 'PATCH /pulls/7'])
  })

  test.each(['GET', 'POST', 'PATCH'])('%s is tried again', async (method) => {
    if (method === 'PATCH') api.open(branches.from, branches.into)
    api.reply = first(method, hurried, 3)
    expect(await requests.openOrUpdate(branches, text)).toMatchObject({ number: 7 })
    expect(api.calls.filter((call) => call.method === method).length).toBeGreaterThan(3)
    expect(api.pulls).toMatchObject([text])
  })

  test('but not for ever, nor for an hour', async () => {
    api.reply = first('GET', hurried, 99)
    expect(await failure(requests.find(branches))).toContain('takes no more requests of github_pat for now')
    expect(api.calls).toHaveLength(4)
    const inAnHour = String(Math.round(Date.now() / 1000) + 3600)
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': inAnHour }
    api.reply = first('GET', { status: 403, headers, body: { message: 'API rate limit exceeded' } }, 99)
    expect(await failure(requests.find(branches))).toContain('for now')
    expect(api.calls).toHaveLength(5)
  })
})

test('branches that do not differ need none', async () => {
  api.reply = first('POST', invalid('No commits between re/1 and deploy'))
  expect(await requests.openOrUpdate(branches, text)).toBeUndefined()
})

test.each<[string, ApiReply, RegExp]>([
  [
    '401',
    { status: 401, body: { message: 'Bad credentials' } },
    /rejected github_pat, or it has expired.*\n.*Bad cred/,
  ],
  [
    '403',
    { status: 403, body: { message: 'Resource not accessible by personal access token' } },
    /github_pat may not .* analysts\/digits\. It needs `pull-requests: write`.*\n.*not accessible/,
  ],
  ['404', { status: 404, body: { message: 'Not Found' } }, /not visible to it.*`pull-requests: write`/],
  [
    'the settings',
    { status: 403, body: { message: 'GitHub Actions is not permitted to create or approve pull requests.' } },
    /do not let workflows open pull requests.*Settings > Actions/,
  ],
  ['422', invalid('base is not a branch'), /does not take it.*\n.*base is not a branch/],
  ['a repository that moved', { status: 301, headers: { location: 'https://h/new' } }, /has moved.*https:\/\/h\/new/],
  ['an answer of something else', { status: 200, body: { message: 'hello' } }, /something else/],
  // What a server echoes is no way around the mask.
  ['the token in an answer', { status: 400, body: { message: `Bad ${token}` } }, /HTTP 400:\nBad \*\*\*$/],
])('%s is explained, and not tried again', async (_, reply, message) => {
  mask(token)
  api.reply = first('POST', reply, 9)
  expect(await failure(requests.openOrUpdate(branches, text))).toMatch(message)
  expect(api.calls).toHaveLength(2)
})
