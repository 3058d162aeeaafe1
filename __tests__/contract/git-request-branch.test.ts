import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { AlgorithmRepository, type Change } from '../../src/algorithm-repo/repository.ts'
import { writes } from '../support/git-changes.ts'
import { failure, locate, useLab } from '../support/git-lab.ts'
import { BareRepository, type SeenRequest } from '../support/git-server.ts'

// `push_to: pull_request`: what is pushed to the branch of the pull request, without a host that has such requests.

const lab = useLab()
const name = 'deploy-to-algorithmia/main'
const manifest = 'model_manifest.json'

async function serve() {
  const server = await lab.start()
  const origin = server.create('owner/algo.git', 'trunk')
  origin.commit({ 'a.py': 'a\n', [manifest]: '{"model": 0, "theirs": 1}\n' })
  return { server, origin, branch: new BareRepository(origin.url, origin.folder, name, server.environment) }
}

async function staged(origin: BareRepository, change: Change | Record<string, string>, requestBranch = name) {
  const location = locate(origin, { requestBranch })
  const repository = await AlgorithmRepository.clone(location, mkdtempSync(join(lab.temp, 'run-')))
  await repository.checkWriteAccess()
  await repository.stage(typeof change === 'function' ? change : writes(change), [manifest])
  return repository
}

const deploy = async (origin: BareRepository, change: Change | Record<string, string>) =>
  (await staged(origin, change)).push('Deployed')

const parents = (repository: BareRepository, commit: string) =>
  repository.text('log', '-1', '--format=%P', commit).split(' ')

/** Merges as a host does, and looks at what comes out. */
function merge(origin: BareRepository, branch: string) {
  const tree = origin.text('merge-tree', '--write-tree', origin.branch, branch)
  return { tree, isThat: (commit: string) => tree === origin.text('rev-parse', `${commit}^{tree}`) }
}

const isPush = ({ method, service }: SeenRequest) => method === 'POST' && service === 'git-receive-pack'

test('g28: one commit on top of the base, which stays where it is', async () => {
  const { server, origin, branch } = await serve()
  const base = origin.head() ?? ''
  const run = await staged(origin, { 'b.py': 'b' })
  expect(server.pushes).toEqual([])
  const { changed, commit, request } = await run.push('Deployed')
  expect({ changed, request }).toEqual({
    changed: true,
    request: { changed: true, commit, branch: name, files: [{ path: 'b.py', kind: 'added' }] },
  })
  expect(branch.history()).toEqual([commit, base])
  expect(origin.head()).toBe(base)
})

test('g26, g28: the base moves between two runs: it still merges cleanly, and nothing is lost', async () => {
  const { origin, branch } = await serve()
  const first = await deploy(origin, { 'a.py': 'ours 1\n', [manifest]: '{"model": 1, "theirs": 1}\n', 'old.py': 'old' })
  // Both lines that the deployment changes, too.
  const moved = origin.commit({ 'a.py': 'theirs\n', [manifest]: '{"model": 0, "theirs": 2}\n', 'their.py': 'theirs' })
  expect(() => merge(origin, name)).toThrow()
  const second = await deploy(origin, { 'a.py': 'ours 2\n', [manifest]: '{"model": 2, "theirs": 2}\n' })
  expect(parents(branch, second.commit)).toEqual([first.commit, moved])
  expect(merge(origin, name).isThat(second.commit)).toBe(true)
  // Not what the first run alone had brought.
  expect(Object.keys(branch.tree())).toEqual(['a.py', manifest, 'their.py'])
  expect(second.request?.files.map(({ path }) => path)).toEqual(['a.py', manifest])
  // And so it goes on, with a base that stays.
  const third = await deploy(origin, { 'a.py': 'ours 3\n' })
  expect(parents(branch, third.commit)).toEqual([second.commit, moved])
  expect(merge(origin, name).isThat(third.commit)).toBe(true)
  expect(lab.output()).not.toContain('::warning')
})

test('after a merge, nothing is left to do, and the next change builds on both', async () => {
  const { origin, branch } = await serve()
  const first = await deploy(origin, { 'b.py': '1' })
  const merged = origin
    .run(['commit-tree', `${first.commit}^{tree}`, '-p', origin.branch, '-p', first.commit, '-m', 'Merge'])
    .toString()
    .trim()
  origin.run(['update-ref', 'refs/heads/trunk', merged])
  expect(await deploy(origin, { 'b.py': '1' })).toEqual({ changed: false, commit: merged })
  expect(branch.head()).toBe(first.commit)
  const next = await deploy(origin, { 'b.py': '2' })
  expect(parents(branch, next.commit)).toEqual([first.commit, merged])
  expect(merge(origin, name).isThat(next.commit)).toBe(true)
})

test('the base has it all: no branch', async () => {
  const { server, origin, branch } = await serve()
  expect(await deploy(origin, { 'a.py': 'a\n' })).toEqual({ changed: false, commit: origin.head() })
  expect([branch.head(), server.pushes]).toEqual([undefined, []])
})

describe('the branch has it already', () => {
  test('to the last byte', async () => {
    const { server, origin, branch } = await serve()
    const { commit } = await deploy(origin, { 'b.py': 'b' })
    const again = await deploy(origin, { 'b.py': 'b' })
    expect(again).toMatchObject({ changed: false, commit, request: { branch: name, files: [{ path: 'b.py' }] } })
    expect(branch.head()).toBe(commit)
    expect(server.pushes).toHaveLength(1)
  })

  /** Writes the run into the manifest, unless it is only that which would change. */
  const ofRun =
    (run: string, model: string): Change =>
    async (folder) => {
      const { readFileSync } = await import('node:fs')
      const present = JSON.parse(readFileSync(join(folder, manifest), 'utf8'))
      if (present.model !== model) writeFileSync(join(folder, manifest), JSON.stringify({ model, run }))
      writeFileSync(join(folder, 'b.py'), 'b')
    }

  test('but for what the manifest tells of the run', async () => {
    const { origin, branch } = await serve()
    const { commit } = await deploy(origin, ofRun('run 1', 'm1'))
    expect(await deploy(origin, ofRun('run 2', 'm1'))).toMatchObject({ changed: false, commit })
    const next = await deploy(origin, ofRun('run 3', 'm2'))
    expect(next.changed).toBe(true)
    expect(JSON.parse(branch.read(manifest).toString())).toEqual({ model: 'm2', run: 'run 3' })
  })

  test('but on an older base, with which it would not merge', async () => {
    const { origin, branch } = await serve()
    const { commit } = await deploy(origin, { 'a.py': 'ours\n' })
    const moved = origin.commit({ 'a.py': 'theirs\n' })
    const next = await deploy(origin, { 'a.py': 'ours\n' })
    expect(next.changed).toBe(true)
    expect(parents(branch, next.commit)).toEqual([commit, moved])
    expect(merge(origin, name).isThat(next.commit)).toBe(true)
  })
})

test('g28: commits of others are told of, and stay in the history', async () => {
  const { origin, branch } = await serve()
  await deploy(origin, { 'b.py': '1' })
  const theirs = branch.commit({ 'a.py': 'a person\n' })
  const { commit } = await deploy(origin, { 'b.py': '2' })
  expect(branch.history()).toContain(theirs)
  expect(lab.output()).toMatch(/::warning::.* T <t@t> has committed to it/)
  expect(branch.read('a.py').toString()).toBe('a\n')
  expect(branch.head()).toBe(commit)
})

describe('while the run goes on', () => {
  test('g24: another run makes the branch, on a newer base', async () => {
    const { origin, branch } = await serve()
    const late = await staged(origin, { 'b.py': 'late' })
    const moved = origin.commit({ 'their.py': 'theirs' })
    const early = await deploy(origin, { 'b.py': 'early' })
    const { commit } = await late.push('Deployed')
    expect(parents(branch, commit)).toEqual([early.commit, moved])
    // A merge must not take back what the base has.
    expect(Object.keys(branch.tree())).toContain('their.py')
    expect(merge(origin, name).isThat(commit)).toBe(true)
  })

  test('g24, g25: three runs at once: each is in the history, the last one is what merges', async () => {
    const { origin, branch } = await serve()
    const runs = await Promise.all(['x', 'y', 'z'].map((text) => staged(origin, { 'b.py': text })))
    const commits = (await Promise.all(runs.map((run) => run.push('Deployed')))).map(({ commit }) => commit)
    expect(branch.text('rev-list', name).split('\n')).toEqual(expect.arrayContaining(commits))
    expect(merge(origin, name).isThat(branch.head() ?? '')).toBe(true)
  })

  test('an answer is lost: nothing is pushed twice', async () => {
    const { server, origin, branch } = await serve()
    const run = await staged(origin, { 'b.py': 'b' })
    let cuts = 1
    server.reply = (request) => (isPush(request) && cuts-- > 0 ? 'cut the answer' : undefined)
    const { changed, commit } = await run.push('Deployed')
    expect(changed).toBe(true)
    expect(branch.history()).toEqual([commit, origin.history()[0]])
  })

  test('the base goes', async () => {
    const { origin } = await serve()
    const run = await staged(origin, { 'b.py': 'b' })
    origin.run(['update-ref', '-d', 'refs/heads/trunk'])
    expect(await failure(run.push('Deployed'))).toContain('the branch trunk, to be merged into, is no longer there')
  })
})

test('g16: a token that may not push there is told before anything else', async () => {
  const { server, origin } = await serve()
  server.reply = ({ service }) => (service === 'git-receive-pack' ? { status: 403, body: 'Denied.' } : undefined)
  expect(await failure(staged(origin, {}))).toContain('may not write to')
})

test.each([
  ['an empty repository', 'other', false, /has no commit yet that a pull request could be merged into/],
  ['the base itself', 'trunk', true, /pull_request_branch is "trunk", which is the branch that/],
])('%s is refused', async (_, requestBranch, hasCommit, message) => {
  const server = await lab.start()
  const origin = server.create('owner/new.git', 'trunk')
  if (hasCommit) origin.commit({ 'a.py': 'a' })
  expect(await failure(staged(origin, {}, requestBranch))).toMatch(message)
})

test('what another run has pushed meanwhile is only replaced if the caller lets it', async () => {
  const { origin, branch } = await serve()
  const run = await staged(origin, { 'b.py': 'older' })
  const { commit } = await deploy(origin, { 'b.py': 'newer' })
  const seen: unknown[] = []
  const push = run.push('Deployed', async () => {
    seen.push(await run.lookAtRequest(['b.py']))
    throw new Error('a newer one is there')
  })
  expect(await failure(push)).toBe('a newer one is there')
  expect(seen).toEqual([{ commit, texts: ['newer'] }])
  expect(branch.head()).toBe(commit)
})

test('only the head of the branch is fetched', async () => {
  const { origin, branch } = await serve()
  await deploy(origin, { 'b.py': '0' })
  const old = branch.commit({ 'big.bin': 'x'.repeat(100_000) })
  branch.commit({ 'big.bin': undefined })
  const location = locate(origin, { requestBranch: name })
  const repository = await AlgorithmRepository.clone(location, mkdtempSync(join(lab.temp, 'run-')))
  expect(await repository.lookAtRequest(['b.py', 'none.py'])).toEqual({
    commit: branch.head(),
    texts: ['0', undefined],
  })
  const { execFileSync } = await import('node:child_process')
  expect(() => execFileSync('git', ['cat-file', '-e', old], { cwd: repository.folder, stdio: 'ignore' })).toThrow()
})
