import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { AlgorithmRepository } from '../../src/algorithm-repo/repository.ts'
import { writes } from '../support/git-changes.ts'
import { deploy, failure, locate, useLab } from '../support/git-lab.ts'
import type { BareRepository } from '../support/git-server.ts'
import { writeHistory } from '../support/long-history.ts'

// What large and odd repositories cost, and what becomes of them.

const lab = useLab()

const clone = (origin: BareRepository, branch?: string) =>
  AlgorithmRepository.clone(locate(origin, { branch }), mkdtempSync(join(lab.temp, 'run-')))

/** Bytes below a folder. */
const sizeOf = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0)

async function large() {
  const server = await lab.start()
  const origin = server.create('owner/algo.git')
  await writeHistory(origin, 200, 10_000_000)
  return { server, origin }
}

/** The present head with one more file, as a commit on top of others. */
function build(origin: BareRepository, ...parents: string[]): string {
  const blob = origin.run(['hash-object', '-w', '--stdin'], Buffer.from('theirs')).toString().trim()
  const listed = `${origin.text('ls-tree', 'main')}\n100644 blob ${blob}\ttheirs.py\n`
  const tree = origin.run(['mktree'], Buffer.from(listed)).toString().trim()
  return origin.text('commit-tree', tree, '-m', 'theirs', ...parents.flatMap((parent) => ['-p', parent]))
}

describe('a history of 200 commits and 10 MB', () => {
  test('costs what its head costs, on the wire and on disk', async () => {
    const { server, origin } = await large()
    const repository = await clone(origin)
    expect(server.traffic).toBeLessThan(100_000)
    // The file, and git's copy of it.
    expect(sizeOf(repository.folder)).toBeLessThan(250_000)
    await repository.stage(writes({ 'ours.py': 'ours' }), [])
    await repository.push('Deployed')
    expect(server.traffic).toBeLessThan(110_000)
  })

  test.each([
    ['g27', 'has new commits', (origin: BareRepository) => build(origin, build(origin, 'main'))],
    ['g27, g28', 'is rewritten', (origin: BareRepository) => build(origin, 'main~1')],
    ['g27', 'has merged a long side branch', (origin: BareRepository) => build(origin, 'main', 'main~100')],
  ] as const)(
    '%s: a branch that %s meanwhile costs as little, and keeps all of its history',
    async (_row, _what, change) => {
      const { server, origin } = await large()
      origin.run(['config', 'receive.shallowUpdate', 'false'])
      const repository = await clone(origin)
      await repository.stage(writes({ 'ours.py': 'ours' }), [])
      const theirs = change(origin)
      origin.run(['update-ref', 'refs/heads/main', theirs])
      const before = server.traffic
      const { commit } = await repository.push('Deployed')
      expect(server.traffic - before).toBeLessThan(20_000)
      expect(origin.text('rev-parse', 'main', 'main^').split('\n')).toEqual([commit, theirs])
      expect(Number(origin.text('rev-list', '--count', 'main'))).toBeGreaterThan(200)
      expect(Object.keys(origin.tree())).toEqual(['model.bin', 'ours.py', 'src/algorithm.py', 'theirs.py'])
      // The server's history has no hole.
      origin.run(['fsck', '--connectivity-only', '--no-dangling'])
    },
  )

  test('g29: a branch whose old commits the server has thrown away takes the push of a shallow clone', async () => {
    const { origin } = await large()
    origin.run(['config', 'receive.shallowUpdate', 'false'])
    const repository = await clone(origin)
    await repository.stage(writes({ 'ours.py': 'ours' }), [])
    const old = origin.head() ?? ''
    const theirs = build(origin, 'main~1')
    origin.run(['update-ref', 'refs/heads/main', theirs])
    origin.run(['gc', '--quiet', '--prune=now'])
    expect(() => origin.run(['cat-file', '-e', old])).toThrow()
    const { commit } = await repository.push('Deployed')
    expect(origin.history().slice(0, 2)).toEqual([commit, theirs])
  })
})

test('g29: a push whose answer is lost is found below commits of others, without the history', async () => {
  const { server, origin } = await large()
  const repository = await clone(origin)
  await repository.stage(writes({ 'ours.py': 'ours' }), [])
  const later = 'git -c user.name=x -c user.email=x@x commit-tree -p main -m later main^{tree}'
  origin.hook('post-receive', `for i in 1 2 3 4 5 6; do ${later} | xargs git update-ref refs/heads/main; done`)
  server.reply = ({ method, service }) =>
    method === 'POST' && service === 'git-receive-pack' ? 'cut the answer' : undefined
  const before = server.traffic
  const { changed, commit } = await repository.push('Deployed')
  expect([changed, commit]).toEqual([true, origin.history()[6]])
  // Some commits further down than needed, of 50 kB each.
  expect(server.traffic - before).toBeLessThan(1_000_000)
})

test('branches, tags and submodules of others are not fetched, whatever the machine sets', async () => {
  const server = await lab.start()
  const [origin, other] = [server.create('owner/algo.git'), server.create('owner/sub.git')]
  const inside = other.commit({ 'b.py': 'b' })
  const modules = `[submodule "sub"]\n\tpath = sub\n\turl = ${other.url}\n`
  origin.commit({ '.gitmodules': modules, sub: inside }, { modes: { sub: '160000' } })
  const refs = Array.from({ length: 500 }, (_, index) => `create refs/tags/v${index} ${origin.head()}\n`)
  origin.run(['update-ref', '--stdin'], Buffer.from(refs.join('')))
  origin.run(['pack-refs', '--all'])
  lab.gitconfig(
    '[protocol]\n\tversion = 0\n[submodule]\n\trecurse = true\n\tactive = .\n[fetch]\n\trecurseSubmodules = true\n',
  )
  const repository = await clone(origin)
  expect(server.traffic).toBeLessThan(10_000)
  await repository.stage(writes({ 'ours.py': 'ours' }), [])
  origin.commit({ 'theirs.py': 'theirs' })
  await repository.push('Deployed')
  expect(origin.tree()).toMatchObject({ sub: '160000', 'ours.py': '100644', 'theirs.py': '100644' })
  expect(server.requests.filter(({ url }) => url.includes('/sub.git'))).toEqual([])
})

test('a head of 20,000 files takes one more', async () => {
  const server = await lab.start()
  const origin = server.create('owner/algo.git')
  origin.commit(Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`d${index % 100}/f${index}`, 'x'])))
  const before = server.traffic
  await deploy(locate(origin), lab.temp, { 'ours.py': 'ours' })
  expect(server.traffic - before).toBeLessThan(2_000_000)
  expect(origin.text('diff', '--name-only', 'main~1', 'main')).toBe('ours.py')
})

test.each(['release/1.0/x', 'größe', '日本', 'a@b', 'x%41#y'])(
  'g20: the default branch may be named %s',
  async (name) => {
    const server = await lab.start()
    const origin = server.create('owner/algo.git', name)
    const before = origin.commit({ 'a.py': 'a' })
    const { commit } = await deploy(locate(origin), lab.temp, { 'b.py': 'b' })
    const next = await deploy(locate(origin, { branch: name }), lab.temp, { 'c.py': 'c' })
    expect(origin.history()).toEqual([next.commit, commit, before])
  },
)

describe('a repository', () => {
  async function odd() {
    const server = await lab.start()
    const origin = server.create('owner/algo.git')
    origin.commit({ 'a.py': 'a' })
    return { server, origin }
  }

  test('g20: whose HEAD names a branch that is not there gets no history of its own', async () => {
    const { origin } = await odd()
    origin.run(['symbolic-ref', 'HEAD', 'refs/heads/gone'])
    const message = await failure(clone(origin))
    expect(message).toContain(`The default branch of ${origin.url} is gone, which does not exist there`)
    expect(message).toContain('Set algorithm_branch to the branch you mean (main)')
    expect((await deploy(locate(origin, { branch: 'main' }), lab.temp, { 'b.py': 'b' })).commit).toBe(origin.head())
  })

  test('g20: whose HEAD names no branch asks for one', async () => {
    const { origin } = await odd()
    const first = origin.head() ?? ''
    origin.commit({ 'b.py': 'b' })
    origin.run(['update-ref', '--no-deref', 'HEAD', first])
    expect(await failure(clone(origin))).toContain('names no branch; set algorithm_branch')
  })

  test('with tags only takes its first commit on the default branch; a tag is no branch', async () => {
    const { origin } = await odd()
    origin.run(['tag', 'v1'])
    origin.run(['update-ref', '-d', 'refs/heads/main'])
    expect(await failure(clone(origin, 'v1'))).toContain('algorithm_branch is "v1", which is a tag')
    const { commit } = await deploy(locate(origin), lab.temp, { 'b.py': 'b' })
    expect(origin.history()).toEqual([commit])
  })

  test('of odd file names keeps each, and takes changes to it', async () => {
    const { origin } = await odd()
    const names = ['-x', '--all', ':(exclude)a.py', 'A.py', 'new\nline', 'q"u\'o\\te', 'tab\t', ' space ']
    const bytes = Buffer.from([0x62, 0xff, 0xfe])
    const repository = await clone(origin)
    const change = async (folder: string, text: string) => {
      await writes(Object.fromEntries(names.map((name) => [name, text])))(folder)
      writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), bytes]), text)
    }
    await repository.stage((folder) => change(folder, 'one'), [])
    await repository.push('Deployed')
    const again = await clone(origin)
    await again.stage((folder) => change(folder, 'two'), [])
    await again.push('Deployed')
    const listed = origin.run(['diff', '--name-only', '-z', 'main~1', 'main']).toString('latin1')
    const expected = [...names, bytes.toString('latin1')]
    expect(listed.split('\0').filter(Boolean).sort()).toEqual(expected.sort())
  })

  test('of attributes changes nothing that was not written, or says which file does not fit', async () => {
    const { origin } = await odd()
    const attributes = '*.crlf text eol=crlf\n*.id ident\n*.u16 working-tree-encoding=UTF-16\n*.ex export-ignore\n'
    const files = { 'b.crlf': 'a\nb\n', 'c.id': '$Id$\n', 'd.u16': 'hällo\n', 'e.ex': 'e', 'f.foo': 'f' }
    origin.commit({ '.gitattributes': `${attributes}*.foo filter=foo\n`, ...files })
    const repository = await clone(origin)
    const { files: changed } = await repository.stage(writes({ 'b.crlf': 'a\r\nb\r\n', 'new.foo': 'new' }), [])
    expect(changed).toEqual([{ path: 'new.foo', kind: 'added' }])
    const message = await failure(repository.stage(writes({ 'd.u16': 'not of that encoding' }), []))
    expect(message).toContain('git could not add what changed to the clone')
    expect(message).toContain("'d.u16'")
  })

  test.each([true, false])('of SHA-256 is pushed to, or says why not (empty: %s)', async (empty) => {
    const { origin } = await odd()
    rmSync(origin.folder, { recursive: true })
    mkdirSync(origin.folder)
    origin.run(['init', '--quiet', '--bare', '--object-format=sha256', '--initial-branch=main'])
    if (!empty) origin.commit({ 'a.py': 'a' })
    const outcome = await deploy(locate(origin), lab.temp, { 'b.py': 'b' }).then(
      ({ commit }) => commit,
      (error: Error) => error.message,
    )
    // git since 2.41 learns the format of an empty repository, too.
    if (origin.head() === undefined) expect(outcome).toMatch(/do not name commits by the same hash.*first commit/)
    else expect(outcome).toMatch(new RegExp(`^${origin.head()}$`))
    expect(empty || origin.head()?.length === 64).toBe(true)
  })
})
