import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { AlgorithmRepository } from '../../src/algorithm-repo/repository.ts'
import { writes } from '../support/git-changes.ts'
import { deploy, failure, locate, useLab } from '../support/git-lab.ts'

const lab = useLab()

async function serve(files: Record<string, string | Buffer> = { 'a.py': 'a' }, branch = 'main') {
  const server = await lab.start()
  const origin = server.create('owner/algo.git', branch)
  origin.commit(files)
  return { server, origin }
}

const clone = (origin: Parameters<typeof locate>[0], run = 'run') => {
  mkdirSync(join(lab.temp, run))
  return AlgorithmRepository.clone(locate(origin), join(lab.temp, run))
}

describe('g20: the default branch', () => {
  test.each(['main', 'master', 'trunk'])('%s gets one commit on top of its head', async (branch) => {
    const { origin } = await serve({ 'a.py': 'a', 'keep.md': 'k' }, branch)
    const before = origin.head()
    lab.gitconfig('[init]\n\tdefaultBranch = elsewhere\n[push]\n\tdefault = nothing\n')
    const delivery = await deploy(locate(origin), lab.temp, { 'a.py': 'new' })
    expect(delivery).toEqual({ changed: true, commit: origin.head() })
    expect(origin.history()).toEqual([delivery.commit, before])
    expect(origin.text('for-each-ref', '--format=%(refname)')).toBe(`refs/heads/${branch}`)
    expect(origin.text('log', '-1', '--format=%an <%ae> %cn <%ce>')).toBe(
      'Deploy Bot <bot@example.com> Deploy Bot <bot@example.com>',
    )
  })

  test('another branch is used when it is given', async () => {
    const { origin } = await serve()
    const before = origin.head()
    origin.run(['branch', 'feature/x'])
    const location = locate(origin, { branch: 'feature/x' })
    const { commit } = await deploy(location, lab.temp, { 'b.py': 'b' })
    expect(origin.text('rev-parse', 'feature/x')).toBe(commit)
    expect(origin.head()).toBe(before)
  })
})

describe('g22: an empty repository', () => {
  test.each(['main', 'trunk'])('gets its first commit on %s', async (branch) => {
    const server = await lab.start()
    const origin = server.create('algo.git', branch)
    const { commit, changed } = await deploy(locate(origin), lab.temp, { 'a.py': 'a' })
    expect([changed, origin.head()]).toEqual([true, commit])
    expect(origin.history()).toHaveLength(1)
    expect(origin.read('a.py').toString()).toBe('a')
  })

  test('stays empty when only the right to write is asked', async () => {
    const server = await lab.start()
    const origin = server.create('algo.git')
    await (await clone(origin)).checkWriteAccess()
    expect(origin.head()).toBeUndefined()
  })

  test('takes its first commit also when the connection breaks once', async () => {
    const server = await lab.start()
    const origin = server.create('algo.git')
    let cuts = 0
    server.reply = ({ method, service }) => {
      if (method !== 'POST' || service !== 'git-receive-pack' || cuts > 1) return undefined
      cuts += 1
      return 'hang up'
    }
    const { commit, changed } = await deploy(locate(origin), lab.temp, { 'a.py': 'a' })
    expect([changed, origin.head()]).toEqual([true, commit])
    expect(origin.history()).toHaveLength(1)
  })

  test('two first commits at once: both land', async () => {
    const server = await lab.start()
    const origin = server.create('algo.git')
    origin.hook('pre-receive', 'sleep 0.5')
    await Promise.all(['1', '2'].map((name) => deploy(locate(origin), lab.temp, { [`${name}.py`]: name })))
    expect(Object.keys(origin.tree())).toEqual(['1.py', '2.py'])
    expect(origin.history()).toHaveLength(2)
  })
})

describe('g30, g31: nothing to commit', () => {
  test('is success without a push, and names the commit that has it all', async () => {
    const { server, origin } = await serve()
    const delivery = await deploy(locate(origin), lab.temp, { 'a.py': 'a' })
    expect(delivery).toEqual({ changed: false, commit: origin.head() })
    expect(server.pushes).toEqual([])
    expect(origin.history()).toHaveLength(1)
  })

  test('a new time of a file is no change; a new byte is', async () => {
    const { origin } = await serve({ '.gitattributes': '*.txt text\n', 'a.txt': 'one\ntwo\n' })
    // The target's own attributes count: this differs on disk and not in the repository.
    expect((await deploy(locate(origin), lab.temp, { 'a.txt': 'one\r\ntwo\r\n' })).changed).toBe(false)
    expect((await deploy(locate(origin), lab.temp, { 'a.txt': 'one\ntwo\n\n' })).changed).toBe(true)
  })
})

test.each([
  'a "b" $(id)\n\n# c',
  '-m leading option',
  '--amend',
  '# only what looks like a comment',
  'Grüße 你好 🚀\n\n[skip ci]\n',
  '\n\n  spaces around  \n\n',
  'C:\\path\\n %s %n `id` ${HOME} !x',
])('g48: the message %j is stored as it is', async (message) => {
  const { origin } = await serve()
  lab.gitconfig('[commit]\n\tcleanup = strip\n[core]\n\tcommentChar = G\n[i18n]\n\tcommitEncoding = latin1\n')
  const { commit } = await deploy(locate(origin), lab.temp, { 'b.py': 'b' }, { message })
  const raw = origin.run(['cat-file', 'commit', commit]).toString('utf8')
  expect(raw.slice(raw.indexOf('\n\n') + 2).replace(/\n$/, '')).toBe(message.replace(/\n$/, ''))
  expect(raw).not.toContain('encoding')
})

test('g48: a blank message fails before anything is pushed', async () => {
  const { server, origin } = await serve()
  await failure(deploy(locate(origin), lab.temp, { 'b.py': 'b' }, { message: '' }))
  expect(server.pushes).toEqual([])
})

describe('g28, g29: what others did', () => {
  test('a rewritten branch is built upon, never forced back', async () => {
    const { origin } = await serve()
    const repository = await clone(origin)
    await repository.stage(writes({ 'ours.py': 'ours' }), [])
    const old = origin.head() ?? ''
    origin.run(['update-ref', '-d', 'refs/heads/main'])
    const rewritten = origin.commit({ 'other.py': 'rewritten' })
    const { commit } = await repository.push('Deployed')
    expect(origin.history()).toEqual([commit, rewritten])
    expect(origin.history()).not.toContain(old)
    expect(Object.keys(origin.tree())).toEqual(['other.py', 'ours.py'])
  })

  test('a branch that is deleted meanwhile is not made anew', async () => {
    const { origin } = await serve()
    const repository = await clone(origin)
    await repository.stage(writes({ 'ours.py': 'ours' }), [])
    origin.run(['update-ref', '-d', 'refs/heads/main'])
    await repository.push('Deployed').catch(() => undefined)
    // Either refused, or with all that was there before.
    expect(origin.head() === undefined || Object.keys(origin.tree()).includes('a.py')).toBe(true)
  })

  test('no push ever asks to force', async () => {
    const { origin } = await serve()
    origin.run(['config', 'receive.denyNonFastForwards', 'false'])
    const repository = await clone(origin)
    await repository.stage(writes({ 'ours.py': 'ours' }), [])
    lab.gitconfig('[remote "origin"]\n\tpush = +refs/heads/*:refs/heads/*\n[push]\n\tdefault = matching\n')
    const theirs = origin.commit({ 'theirs.py': 'theirs' })
    const { commit } = await repository.push('Deployed')
    expect(origin.history().slice(0, 2)).toEqual([commit, theirs])
  })
})

describe('a push whose answer is lost', () => {
  test('but which arrived is reported, and not made twice', async () => {
    const { server, origin } = await serve()
    const repository = await clone(origin)
    await repository.stage(writes({ 'b.py': 'b' }), [])
    server.reply = ({ method, service }) =>
      method === 'POST' && service === 'git-receive-pack' ? 'cut the answer' : undefined
    const delivery = await repository.push('Deployed')
    expect(delivery).toEqual({ changed: true, commit: origin.head() })
    expect(origin.history()).toHaveLength(2)
  })

  test('also when another commit came on top of it meanwhile', async () => {
    const { server, origin } = await serve()
    const repository = await clone(origin)
    await repository.stage(writes({ 'b.py': 'b' }), [])
    origin.hook(
      'post-receive',
      'git -c user.name=x -c user.email=x@x commit-tree -p main -m later main^{tree} | xargs git update-ref refs/heads/main',
    )
    server.reply = ({ method, service }) =>
      method === 'POST' && service === 'git-receive-pack' ? 'cut the answer' : undefined
    const { changed, commit } = await repository.push('Deployed')
    expect(changed).toBe(true)
    expect(origin.history()).toHaveLength(3)
    expect(origin.history()[1]).toBe(commit)
  })

  test('and which arrives only after the next try has begun: it still was this run', async () => {
    const { server, origin } = await serve()
    const repository = await clone(origin)
    // Each commit has a time of its own, so that the second is another one.
    await repository.stage(async (folder) => {
      await new Promise((resolve) => setTimeout(resolve, 1100))
      await writes({ 'b.py': 'b' })(folder)
    }, [])
    // The first is still held up while the second one is sent, and passes before it.
    const mark = join(lab.temp, 'held')
    origin.hook('pre-receive', `if mkdir '${mark}' 2>/dev/null; then sleep 3; else sleep 5; fi`)
    let pushes = 0
    server.reply = ({ method, service }) => {
      if (method !== 'POST' || service !== 'git-receive-pack') return undefined
      pushes += 1
      // curl itself sends a request again whose connection ends before any answer.
      return pushes === 1 ? 'hang up early' : pushes === 2 ? 'hang up' : undefined
    }
    const { changed, commit } = await repository.push('Deployed')
    expect(changed).toBe(true)
    expect(origin.history()).toHaveLength(2)
    expect(origin.head()).toBe(commit)
    expect(pushes).toBeGreaterThan(2)
  })
})

describe('a connection that is cut', () => {
  test('once: the next try makes one commit', async () => {
    const { server, origin } = await serve()
    const repository = await clone(origin)
    await repository.stage(writes({ 'b.py': 'b' }), [])
    let cuts = 0
    server.reply = ({ method, service }) => {
      if (method !== 'POST' || service !== 'git-receive-pack' || cuts > 1) return undefined
      cuts += 1
      return 'hang up'
    }
    expect((await repository.push('Deployed')).commit).toBe(origin.head())
    expect(origin.history()).toHaveLength(2)
  })

  test('for good: nothing has changed, and there is one clear error', async () => {
    const { server, origin } = await serve()
    const before = origin.head()
    const repository = await clone(origin)
    await repository.stage(writes({ 'b.py': 'b' }), [])
    server.reply = ({ service }) => (service === 'git-receive-pack' ? 'hang up' : undefined)
    const message = await failure(repository.push('Deployed'))
    expect(message).toMatch(
      /^Pushing to the algorithm repository failed: 127\.0\.0\.1:\d+ could not be reached or broke off/,
    )
    expect(origin.head()).toBe(before)
  })

  test('for good and for everything: the error says that the outcome is unknown', async () => {
    const { server, origin } = await serve()
    const repository = await clone(origin)
    await repository.stage(writes({ 'b.py': 'b' }), [])
    let arrived = false
    server.reply = ({ method, service }) => {
      if (arrived) return 'hang up'
      arrived = method === 'POST' && service === 'git-receive-pack'
      return arrived ? 'cut the answer' : undefined
    }
    const message = await failure(repository.push('Deployed'))
    expect(message).toContain('Pushing to the algorithm repository failed')
    expect(message).toContain('whether it arrived is not known')
    expect(message).toContain(origin.head() ?? '')
  })
})

test('g44, g45, g46: the settings of the machine take no part', async () => {
  const { origin } = await serve()
  const [hooks, template, mark] = ['hooks', 'template', 'mark'].map((name) => join(lab.home, name)) as [
    string,
    string,
    string,
  ]
  const script = { mode: 0o755 }
  for (const folder of [hooks, join(template, 'hooks')]) {
    mkdirSync(folder, { recursive: true })
    for (const name of [
      'pre-commit',
      'prepare-commit-msg',
      'commit-msg',
      'pre-push',
      'post-commit',
      'post-checkout',
      'reference-transaction',
    ]) {
      writeFileSync(join(folder, name), `#!/bin/sh\necho ${name} >> '${mark}'\nexit 1\n`, script)
    }
  }
  mkdirSync(join(template, 'info'))
  writeFileSync(join(template, 'info', 'exclude'), '*.py\n')
  writeFileSync(join(template, 'info', 'attributes'), '*.txt text\n*.md ident\n')
  writeFileSync(join(lab.home, 'fsmonitor'), `#!/bin/sh\necho fsmonitor >> '${mark}'\n`, script)
  writeFileSync(join(lab.home, 'ignore'), '*.py\n*.txt\n')
  writeFileSync(join(lab.home, 'attributes'), '*.txt text\n')
  lab.gitconfig(`[core]
	hooksPath = ${hooks}
	fsmonitor = ${lab.home}/fsmonitor
	excludesFile = ${lab.home}/ignore
	attributesFile = ${lab.home}/attributes
	autocrlf = true
	safecrlf = true
	eol = crlf
	quotePath = true
	symlinks = false
	pager = false
	editor = false
[init]
	templateDir = ${template}
[commit]
	gpgSign = true
	template = ${lab.home}/missing
	verbose = true
[gpg]
	program = false
[push]
	gpgSign = true
	followTags = true
	pushOption = ci.skip
[user]
	name = Machine
	email = machine@example.com
	useConfigOnly = true
	signingKey = none
[author]
	name = Author
	email = author@example.com
[committer]
	name = Committer
	email = committer@example.com
[color]
	ui = always
[diff]
	noprefix = true
	external = false
	renames = copies
[log]
	showSignature = true
[remote]
	pushDefault = nowhere
[clone]
	defaultRemoteName = upstream
[submodule]
	recurse = true
[fetch]
	recurseSubmodules = true
	prune = true
[gc]
	auto = 1
`)
  for (const [name, value] of Object.entries({
    GIT_AUTHOR_NAME: 'Env',
    GIT_DIR: '/nowhere',
    GIT_WORK_TREE: '/',
    GIT_INDEX_FILE: '/x',
    EDITOR: 'false',
    PAGER: 'false',
    EMAIL: 'env@e',
  })) {
    lab.set(name, value)
  }
  const files = { 'b.py': 'b', 'crlf.txt': 'a\r\nb\r\n', 'id.md': '$Id: keep $' }
  const repository = await clone(origin)
  const staged = await repository.stage(writes(files), [])
  expect(staged.files.map(({ path }) => path)).toEqual(['b.py', 'crlf.txt', 'id.md'])
  expect(await repository.difference('b.py')).toContain('\n+b\n')
  const { commit } = await repository.push('Deployed')
  expect(origin.head()).toBe(commit)
  for (const [path, content] of Object.entries(files)) expect(origin.read(path).toString()).toBe(content)
  expect(origin.text('log', '-1', '--format=%an <%ae> %cn <%ce> %G?')).toBe(
    'Deploy Bot <bot@example.com> Deploy Bot <bot@example.com> N',
  )
  expect(() => execFileSync('cat', [mark], { stdio: 'pipe' })).toThrow('No such file')
})

test.each(['empty', 'missing', 'unset'])('g46: no identity and HOME %s', async (home) => {
  const { origin } = await serve()
  if (home === 'missing') rmSync(lab.home, { recursive: true })
  if (home === 'unset') lab.set('HOME', undefined)
  expect((await deploy(locate(origin), lab.temp, { 'b.py': 'b' })).commit).toBe(origin.head())
})
