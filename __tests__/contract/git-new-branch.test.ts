import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { AlgorithmRepository, type RepositoryLocation } from '../../src/algorithm-repo/repository.ts'
import { writes } from '../support/git-changes.ts'
import { failure, locate, useLab } from '../support/git-lab.ts'
import { BareRepository, type SeenRequest } from '../support/git-server.ts'

// `create_branch`: a branch that the server does not have is made from its default branch.

const lab = useLab()
const name = 'release/1'

async function serve(files: Record<string, string> | undefined = { 'a.py': 'a' }) {
  const server = await lab.start()
  const origin = server.create('owner/algo.git', 'trunk')
  if (Object.keys(files).length > 0) origin.commit(files)
  return { server, origin, branch: new BareRepository(origin.url, origin.folder, name, server.environment) }
}

async function staged(origin: BareRepository, files: Record<string, string>, other: Partial<RepositoryLocation> = {}) {
  const location = locate(origin, { branch: name, createBranch: true, ...other })
  const repository = await AlgorithmRepository.clone(location, mkdtempSync(join(lab.temp, 'run-')))
  await repository.checkWriteAccess()
  await repository.stage(writes(files), [])
  return repository
}

const isPush = ({ method, service }: SeenRequest) => method === 'POST' && service === 'git-receive-pack'

test('g21: the branch is made from the default branch, and used the second time', async () => {
  const { server, origin, branch } = await serve()
  const base = origin.head()
  const first = await staged(origin, { 'b.py': '1' })
  expect([first.madeFrom, first.branch, await first.onDefaultBranch()]).toEqual(['trunk', name, false])
  expect(server.pushes).toEqual([])
  const { changed, commit } = await first.push('Deployed')
  expect(changed).toBe(true)
  expect(branch.history()).toEqual([commit, base])
  const second = await staged(origin, { 'b.py': '2' })
  expect(second.madeFrom).toBeUndefined()
  const next = await second.push('Deployed')
  expect(branch.history()).toEqual([next.commit, commit, base])
  expect(await (await staged(origin, { 'b.py': '2' })).push('Deployed')).toEqual({
    changed: false,
    commit: next.commit,
  })
  expect(origin.head()).toBe(base)
})

test('g21: without create_branch, the error names branch and both inputs', async () => {
  const { origin } = await serve()
  const message = await failure(staged(origin, {}, { createBranch: false }))
  expect(message).toContain(`algorithm_branch is "${name}", which ${origin.url} does not have`)
  expect(message).toContain('`create_branch: true`')
})

test('g21: a wrong secret makes no branch', async () => {
  const { server, origin, branch } = await serve()
  expect(await failure(staged(origin, {}, { secret: 'expired' }))).toContain('rejected github_pat')
  expect([server.pushes, branch.head()]).toEqual([[], undefined])
})

test('g21, g22: in an empty repository, the first commit makes the branch', async () => {
  const { origin, branch } = await serve({})
  const { commit } = await (await staged(origin, { 'b.py': '1' })).push('Deployed')
  expect(branch.history()).toEqual([commit])
  expect(origin.head()).toBeUndefined()
})

test('with nothing to change, the branch is made all the same', async () => {
  const { origin, branch } = await serve()
  const base = origin.head()
  expect(await (await staged(origin, { 'a.py': 'a' })).push('Deployed')).toEqual({ changed: true, commit: base })
  expect(branch.head()).toBe(base)
})

test.each([2, 5])('g21, g24: %i runs make it at once, and all land', async (count) => {
  const { origin, branch } = await serve()
  const names = Array.from({ length: count }, (_, index) => `${index}.py`)
  const runs = await Promise.all(names.map((file) => staged(origin, { [file]: file })))
  const deliveries = await Promise.all(runs.map((run) => run.push('Deployed')))
  expect(deliveries.map(({ changed }) => changed)).toEqual(names.map(() => true))
  expect(Object.keys(branch.tree())).toEqual([...names, 'a.py'].sort())
  expect(branch.history()).toHaveLength(1 + count)
})

test('g21, g24: it appears meanwhile, on another commit of the default branch', async () => {
  const { origin, branch } = await serve()
  const run = await staged(origin, { 'b.py': 'b' })
  const theirs = origin.commit({ 'their.py': 'theirs' })
  branch.run(['update-ref', `refs/heads/${name}`, theirs])
  const { commit } = await run.push('Deployed')
  expect(branch.history().slice(0, 2)).toEqual([commit, theirs])
  expect(Object.keys(branch.tree())).toEqual(['a.py', 'b.py', 'their.py'])
})

test('g21, g24: it appears meanwhile, with another content, while this run had nothing to change', async () => {
  const { origin, branch } = await serve()
  const run = await staged(origin, { 'a.py': 'a' })
  branch.run(['update-ref', `refs/heads/${name}`, origin.head() ?? ''])
  const theirs = branch.commit({ 'a.py': 'theirs' })
  const { changed, commit } = await run.push('Deployed')
  expect(changed).toBe(true)
  expect(branch.history().slice(0, 2)).toEqual([commit, theirs])
  expect(branch.read('a.py').toString()).toBe('a')
})

test('g21: a push that does not get through is tried again', async () => {
  const { server, origin, branch } = await serve()
  const run = await staged(origin, { 'b.py': 'b' })
  let cuts = 1
  server.reply = (request) => (isPush(request) && cuts-- > 0 ? { status: 503 } : undefined)
  const { commit } = await run.push('Deployed')
  expect(branch.history()).toEqual([commit, origin.head()])
})

test('g21: an answer that was lost makes no second commit', async () => {
  const { server, origin, branch } = await serve()
  const run = await staged(origin, { 'b.py': 'b' })
  let cuts = 1
  server.reply = (request) => (isPush(request) && cuts-- > 0 ? 'cut the answer' : undefined)
  const { changed, commit } = await run.push('Deployed')
  expect(changed).toBe(true)
  expect(branch.history()).toEqual([commit, origin.head()])
})
