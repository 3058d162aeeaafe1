import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { BareRepository, GitServer } from '../support/git-server.ts'
import { GitHubApi } from '../support/github-api.ts'
import { errors, Lab } from '../support/lab.ts'

// `push_to: pull_request`, against a git server and GitHub's API beside it.

const token = 'github_pat_11ABC/+=d%41_?'
const from = 'deploy-to-algorithmia/main'
let lab: Lab
let github: GitServer
let api: GitHubApi
let base: BareRepository
let branch: BareRepository

beforeAll(async () => {
  lab = await Lab.create()
  lab.secrets.push(token)
  github = await GitServer.start()
  github.authorise = (login) => login === `x-access-token:${token}`
  api = new GitHubApi(github, 'analysts/digits', token)
  base = github.create('analysts/digits.git', 'trunk')
  base.commit({ 'README.md': 'An algorithm\n' })
  branch = new BareRepository(base.url, base.folder, from, github.environment)
})
afterAll(async () => {
  await github.close()
  await lab.close()
})

const inputs = (changes: Record<string, string> = {}) => ({
  algorithmia_password: '',
  github_username: 'analysts',
  github_pat: token,
  git_host: github.url,
  push_to: 'pull_request',
  ...changes,
})

/** Each run, with a look at the base, which no run may change, and at the requests to the API. */
async function run(changes: Record<string, string> = {}) {
  const before = base.head()
  const result = await lab.run(inputs(changes))
  expect(base.head()).toBe(before)
  expect(api.violations).toEqual([])
  return result
}

/** What the host would make of the merge; throws where there is a conflict. */
const mergedTree = () => base.text('merge-tree', '--write-tree', 'trunk', from)

test('a dry run says what it would do', async () => {
  const { outputs, summary } = await run({ dry_run: 'true' })
  expect(outputs.status).toBe('planned')
  expect(summary).toContain(`Would push to ${from} and open a pull request from there into trunk.`)
  expect([branch.head(), api.pulls, github.pushes]).toEqual([undefined, [], []])
})

test('the first run opens one, from which nothing is deployed', async () => {
  const result = await run()
  expect(errors(result)).toEqual([])
  const { outputs, summary, output } = result
  const [pull] = api.pulls
  expect(outputs).toMatchObject({
    status: 'pushed',
    failed_phase: '',
    algorithm_commit_sha: branch.head(),
    pull_request_number: '7',
    pull_request_url: pull?.html_url,
    build_id: '',
    version: '',
  })
  expect(branch.history()).toHaveLength(2)
  expect(pull).toMatchObject({
    title: 'Deploy alice/digits: First commit',
    head: { ref: from },
    base: { ref: 'trunk' },
  })
  for (const part of [outputs.model_uri, outputs.model_md5_hash, outputs.model_sha256_hash, 'model_manifest.json']) {
    expect(pull?.body).toContain(part)
  }
  expect(summary).toContain('pull request #7 is open, nothing is deployed until it is merged')
  expect(summary).toContain(
    `| Pull request | [#7](${pull?.html_url}) from <code>${from}</code> into <code>trunk</code> |`,
  )
  expect(output).toContain('Build, test and publication skipped: Algorithmia builds nothing of a pull request')
  const manifest = JSON.parse(branch.read('model_manifest.json').toString())
  expect((await lab.download(manifest.model_filepath)).toString()).toBe('the first model')
})

test('the same again changes nothing, also in another run', async () => {
  const [head, objects] = [branch.head(), (await lab.remote()).objects]
  lab.environment.GITHUB_RUN_ID = '99'
  const { outputs, summary } = await run()
  expect(outputs).toMatchObject({
    status: 'unchanged',
    algorithm_commit_sha: head,
    pull_request_number: '7',
    manifest: branch.read('model_manifest.json').toString(),
  })
  expect(summary).toContain('unchanged, pull request #7 already has this model and code')
  expect(branch.head()).toBe(head)
  expect((await lab.remote()).objects).toEqual(objects)
})

test('a new commit updates it, though the base has moved on, and it merges without a conflict', async () => {
  const first = branch.head()
  const theirs = {
    'src/digits.py': 'theirs\n',
    'model_manifest.json': '{"model_filepath": "theirs", "note": "keep"}\n',
  }
  const moved = base.commit(theirs)
  expect(mergedTree).toThrow()
  lab.write('model.pkl', 'the second model')
  lab.commit('Second commit, fixes #12 for @octocat')
  const { outputs } = await run()
  expect(outputs).toMatchObject({ status: 'pushed', pull_request_number: '7' })
  expect(branch.text('log', '-1', '--format=%P', from)).toBe(`${first} ${moved}`)
  expect(mergedTree()).toBe(branch.text('rev-parse', `${from}^{tree}`))
  expect(JSON.parse(branch.read('model_manifest.json').toString())).toMatchObject({
    note: 'keep',
    model_md5_hash: outputs.model_md5_hash,
  })
  expect(api.pulls).toHaveLength(1)
  expect(api.pulls[0]?.body).toContain(outputs.model_md5_hash)
  expect(api.pulls[0]?.title).toBe('Deploy alice/digits: Second commit, fixes #\u200b12 for @\u200boctocat')
})

test('a run of an older commit does not replace what waits to be merged', async () => {
  const before = { head: branch.head(), objects: (await lab.remote()).objects }
  const older = lab.git('rev-parse', 'HEAD~1')
  lab.write('inference.py', 'of the older commit')
  const result = await lab.run(inputs(), { commit: older })
  expect(result.outputs).toMatchObject({ status: 'superseded', algorithm_commit_sha: before.head })
  expect(result.output).toContain(`which waits on ${from} to be merged`)
  expect({ head: branch.head(), objects: (await lab.remote()).objects }).toEqual(before)
})

test('GitHub refuses it after the push: the run says what is there, and the next one makes up for it', async () => {
  lab.commit('Third commit')
  for (const pull of api.pulls) pull.state = 'closed'
  const refused = { status: 403, body: { message: `Resource not accessible by ${token}` } }
  api.reply = ({ method }) => (method === 'POST' ? refused : undefined)
  const result = await run()
  api.reply = () => undefined
  expect(result.exitCode).toBe(1)
  expect(result.outputs).toMatchObject({
    status: 'failed',
    failed_phase: 'push',
    algorithm_commit_sha: branch.head(),
    pull_request_number: '',
  })
  const [error] = errors(result)
  expect(error).toContain('needs `pull-requests: write`')
  expect(error).toContain(`${github.url}/analysts/digits/compare/trunk...${from}?expand=1`)
  expect(error).toContain(`Commit ${branch.head()} is pushed to ${from}`)
  const { outputs } = await run()
  expect(outputs).toMatchObject({ status: 'pushed', pull_request_number: '8', algorithm_commit_sha: branch.head() })
})

test('a token that may not read pull requests is noticed before anything is stored', async () => {
  lab.write('model.pkl', 'the third model')
  lab.commit('Fourth commit')
  const before = await lab.remote()
  api.reply = () => ({ status: 404, body: { message: 'Not Found' } })
  const result = await run()
  api.reply = () => undefined
  expect(result.outputs.failed_phase).toBe('preflight')
  expect(errors(result)[0]).toMatch(/Looking for the pull request failed.*pull-requests: write/)
  expect(await lab.remote()).toEqual(before)
})

test('a dry run names the one that is open', async () => {
  const { summary } = await run({ dry_run: 'true' })
  expect(summary).toContain(`Would push to ${from} and update pull request #8 into trunk.`)
})

test('what needs a build is refused at once', async () => {
  lab.write('cases.json', '[]')
  const result = await run({
    publish: 'minor',
    test_cases_path: 'cases.json',
    algorithm_branch: 'x',
    pull_request_branch: 'x',
  })
  expect(result.outputs.failed_phase).toBe('inputs')
  const [error] = errors(result)
  for (const input of ['publish', 'test_cases_path', 'pull_request_branch']) expect(error).toContain(`- ${input} is`)
})

test('once it is merged there is nothing to do', async () => {
  expect((await run()).outputs.status).toBe('pushed')
  const merge = ['commit-tree', mergedTree(), '-p', 'trunk', '-p', from, '-m', 'Merge']
  base.run(['update-ref', 'refs/heads/trunk', base.text(...merge)])
  const calls = api.calls.length
  const { outputs, summary } = await run()
  expect(outputs).toMatchObject({ status: 'unchanged', pull_request_url: '', algorithm_commit_sha: base.head() })
  expect(summary).toContain('No pull request: trunk has it all')
  // The look of the preflight.
  expect(api.calls.length).toBe(calls + 1)
})

test('a dry run would make a missing branch', async () => {
  const changes = { algorithm_branch: 'release/1', create_branch: 'true', dry_run: 'true', push_to: 'branch' }
  const { summary } = await run(changes)
  expect(summary).toContain('Would make the branch release/1 from trunk.')
  expect(base.text('for-each-ref', 'refs/heads/release')).toBe('')
})

describe('a host of another kind', () => {
  test.each([
    ['gitlab', /\/analysts\/digits\/-\/merge_requests\/new\?merge_request%5Bsource_branch%5D=by-/],
    ['other', /\/analysts\/digits\/compare\/trunk\.\.\.by-/],
  ])('%s: the branch is pushed, and the page is shown', async (provider, page) => {
    const name = `by-${provider}`
    lab.commit(`For ${provider}`)
    const calls = api.calls.length
    // The login of a token depends on the host.
    github.authorise = (login) => login?.endsWith(`:${token}`) ?? false
    const { outputs, summary, output } = await run({ git_provider: provider, pull_request_branch: name })
    expect(outputs).toMatchObject({
      status: 'pushed',
      pull_request_number: '',
      algorithm_commit_sha: base.text('rev-parse', name),
    })
    expect(outputs.pull_request_url).toMatch(page)
    expect(output).toContain(`open a pull request and merge it: ${outputs.pull_request_url}`)
    expect(summary).toContain(`[Open one](${outputs.pull_request_url})`)
    expect(api.calls.length).toBe(calls)
  })

  test('Algorithmia: the commands for a merge by hand are shown', async () => {
    await lab.pushByHand({ 'README.md': 'An algorithm\n' })
    const before = (await lab.remote()).head
    const { outputs, output } = await lab.run({ push_to: 'pull_request' })
    expect(outputs).toMatchObject({ status: 'pushed', pull_request_url: '', build_id: '' })
    expect(output).toContain(`git merge origin/${from}`)
    expect((await lab.remote()).head).toBe(before)
    expect(lab.deployed('model_manifest.json', from)).toBe(outputs.manifest)
  })
})
