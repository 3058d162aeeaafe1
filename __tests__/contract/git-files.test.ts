import { execFileSync } from 'node:child_process'
import { chmodSync, lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { copyCode } from '../../src/algorithm-repo/copy.ts'
import { AlgorithmRepository } from '../../src/algorithm-repo/repository.ts'
import { writes } from '../support/git-changes.ts'
import { deploy, failure, locate, useLab } from '../support/git-lab.ts'

const lab = useLab()

async function serve(files: Record<string, string | Buffer>, modes: Record<string, string> = {}) {
  const server = await lab.start()
  const origin = server.create('owner/algo.git')
  origin.commit(files, { modes })
  return { server, origin, repository: await AlgorithmRepository.clone(locate(origin), lab.temp) }
}

function source(files: Record<string, string | Buffer>): Promise<string> {
  const folder = join(lab.home, 'code')
  return writes(files)(folder).then(() => folder)
}

const copies =
  (from: string, mode: 'overlay' | 'mirror' = 'overlay') =>
  async (target: string) => {
    await copyCode({ source: from, target, mode, exclude: [] })
  }

const git = (folder: string, ...args: string[]) =>
  execFileSync('git', ['-C', folder, '-c', 'user.name=A', '-c', 'user.email=a@a', ...args], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: lab.temp, GIT_CONFIG_NOSYSTEM: '1' },
  }).trim()

test('g31: a file that git stores with other line ends than it was written with is no change', async () => {
  const { server, origin } = await serve({ '.gitattributes': '*.py text\n', 'a.py': 'a\nb\n' })
  const { changed } = await deploy(locate(origin), lab.temp, { 'a.py': 'a\r\nb\r\n' })
  expect(changed).toBe(false)
  expect(server.pushes).toEqual([])
})

test("g32: .gitattributes of the algorithm's repository counts", async () => {
  const { origin } = await serve({ '.gitattributes': '*.txt text eol=lf\n' })
  await deploy(locate(origin), lab.temp, { 'a.txt': 'a\r\n', 'a.dat': 'a\r\n' })
  expect([origin.read('a.txt').toString(), origin.read('a.dat').toString()]).toEqual(['a\n', 'a\r\n'])
})

test('g32: every byte arrives, whatever the machine does to line ends', async () => {
  lab.gitconfig('[core]\n\tautocrlf = true\n\tsafecrlf = true\n\teol = crlf\n')
  const files = {
    'crlf.py': 'a\r\nb\r\n',
    'lf.py': 'a\nb\n',
    'mixed.txt': 'a\r\nb\nc\r',
    'binary.pkl': Buffer.from(Array.from({ length: 512 }, (_, index) => index % 256)),
    'bom.txt': '\ufeffa\r\n',
    'empty.txt': '',
  }
  const { origin } = await serve({ 'a.py': 'lf\n', 'b.py': 'crlf\r\n' })
  const again = async () => (await deploy(locate(origin), lab.temp, files)).changed
  expect(await again()).toBe(true)
  for (const [path, content] of Object.entries(files)) expect(origin.read(path)).toEqual(Buffer.from(content))
  // What was there is not rewritten by the way, and nothing looks changed the next time.
  expect(origin.read('b.py').toString()).toBe('crlf\r\n')
  expect(await again()).toBe(false)
})

test('g33, g36, g37: dot files, links, executable bits and odd names arrive', async () => {
  const from = await source({
    '.env.example': 'x',
    '.hidden/x': 'x',
    'run.sh': '#!/bin/sh\n',
    'plain.py': 'x',
    'Grüße 你好 "q" \'s\' [1].py': 'x',
    '-dash.py': 'x',
    ':(top)magic.py': 'x',
  })
  chmodSync(join(from, 'run.sh'), 0o700)
  chmodSync(join(from, 'plain.py'), 0o664)
  symlinkSync('plain.py', join(from, 'link.py'))
  const { origin, repository } = await serve({ 'old.sh': 'x' }, { 'old.sh': '100755' })
  lab.gitconfig('[core]\n\tfileMode = false\n\tsymlinks = false\n')
  await repository.stage(copies(from), [])
  await repository.push('Deployed')
  expect(origin.tree()).toEqual({
    '-dash.py': '100644',
    '.env.example': '100644',
    '.hidden/x': '100644',
    ':(top)magic.py': '100644',
    '"Grüße 你好 \\"q\\" \'s\' [1].py"': '100644',
    'link.py': '120000',
    'old.sh': '100755',
    'plain.py': '100644',
    'run.sh': '100755',
  })
  expect(origin.read('link.py').toString()).toBe('plain.py')
})

test("g34: a code folder that is a repository changes neither the clone's remote nor its own .git", async () => {
  const from = await source({ 'a.py': 'x' })
  git(from, 'init', '--quiet', '--initial-branch=theirs')
  git(from, 'add', '.')
  git(from, 'commit', '--quiet', '-m', 'source')
  git(from, 'remote', 'add', 'origin', 'https://example.com/source.git')
  const head = git(from, 'rev-parse', 'HEAD')
  const { origin, repository } = await serve({ 'old.py': 'x' })
  await repository.stage(copies(from), [])
  const { commit } = await repository.push('Deployed')
  expect(origin.head()).toBe(commit)
  expect(git(repository.folder, 'remote', 'get-url', 'origin')).toBe(origin.url)
  expect(git(repository.folder, 'symbolic-ref', 'HEAD')).toBe('refs/heads/main')
  expect([git(from, 'rev-parse', 'HEAD'), git(from, 'status', '--porcelain')]).toEqual([head, ''])
})

describe('g35: repositories inside', () => {
  test('the files of a nested one arrive', async () => {
    const from = await source({ 'lib/b.py': 'b' })
    git(join(from, 'lib'), 'init', '--quiet')
    const { origin, repository } = await serve({ 'a.py': 'a' })
    await repository.stage(copies(from), [])
    await repository.push('Deployed')
    expect(origin.tree()).toEqual({ 'a.py': '100644', 'lib/b.py': '100644' })
  })

  test('a new gitlink is never committed', async () => {
    const { server, repository } = await serve({ 'a.py': 'a' })
    const message = await failure(
      repository.stage(async (folder) => {
        mkdirSync(join(folder, 'lib'))
        git(join(folder, 'lib'), 'init', '--quiet')
        git(join(folder, 'lib'), 'commit', '--quiet', '--allow-empty', '-m', 'x')
      }, []),
    )
    expect(message).toContain('lib in the code folder is a git repository of its own')
    expect(server.pushes).toEqual([])
  })

  test('a submodule that is there already stays', async () => {
    const { origin, repository } = await serve({ 'a.py': 'a', sub: 'c'.repeat(40) }, { sub: '160000' })
    await repository.stage(writes({ 'b.py': 'b' }), [])
    await repository.push('Deployed')
    expect(origin.tree()).toEqual({ 'a.py': '100644', 'b.py': '100644', sub: '160000' })
  })

  test('files for the folder of a submodule are not lost in silence', async () => {
    const { server, repository } = await serve({ 'a.py': 'a', sub: 'c'.repeat(40) }, { sub: '160000' })
    const message = await failure(repository.stage(writes({ 'b.py': 'b', 'sub/lost.py': 'x' }), []))
    expect(message).toContain('sub')
    expect(message).toContain('submodule')
    expect(server.pushes).toEqual([])
  })
})

test('g36: nothing is written through a link of the target', async () => {
  const outside = join(lab.home, 'outside.txt')
  writeFileSync(outside, 'safe')
  const { origin, repository } = await serve({ 'a.py': outside }, { 'a.py': '120000' })
  const from = await source({ 'a.py': 'mine' })
  await repository.stage(copies(from), [])
  await repository.push('Deployed')
  expect(readFileSync(outside, 'utf8')).toBe('safe')
  expect(origin.tree()).toEqual({ 'a.py': '100644' })
  expect(lstatSync(join(repository.folder, 'a.py')).isSymbolicLink()).toBe(false)
})

describe('g38: files that the repository ignores', () => {
  test('are named in a warning; what must be there is committed all the same', async () => {
    const { origin, repository } = await serve({ '.gitignore': '*.log\nmodel_manifest.json\ndata/\n' })
    const files = { 'b.py': 'b', 'x.log': 'x', 'data/y.csv': 'y', 'model_manifest.json': '{}' }
    expect(await repository.stage(writes(files), ['model_manifest.json'])).toMatchObject({
      files: [
        { path: 'b.py', kind: 'added' },
        { path: 'model_manifest.json', kind: 'added' },
      ],
      skipped: ['data/y.csv', 'x.log'].map((path) => ({ path, why: expect.stringContaining('.gitignore') })),
    })
    expect(lab.output()).toMatch(/^::warning::Not deployed, because a \.gitignore .*: data\/y\.csv, x\.log$/m)
    await repository.push('Deployed')
    expect(Object.keys(origin.tree())).toEqual(['.gitignore', 'b.py', 'model_manifest.json'])
  })

  test('are not decided by the machine', async () => {
    const { origin, repository } = await serve({ 'a.py': 'a' })
    mkdirSync(join(lab.home, '.config', 'git'), { recursive: true })
    writeFileSync(join(lab.home, '.config', 'git', 'ignore'), '*.py\n')
    writeFileSync(join(lab.home, '.config', 'git', 'attributes'), '*.py text eol=lf\n')
    await repository.stage(writes({ 'b.py': 'b\r\n' }), [])
    await repository.push('Deployed')
    expect(origin.read('b.py').toString()).toBe('b\r\n')
    expect(lab.output()).not.toContain('Not deployed')
  })
})

test('g36: a link that leads out of the code folder is refused', async () => {
  const from = await source({ 'a.py': 'new' })
  symlinkSync('../outside', join(from, 'link'))
  const { server, repository } = await serve({ 'a.py': 'old' })
  expect(await failure(repository.stage(copies(from), []))).toContain('link in the code folder is a link to ../outside')
  expect(server.pushes).toEqual([])
})

describe("g39: what is only in the algorithm's repository", () => {
  const there = { 'a.py': 'a', 'old/b.py': 'b', 'README.md': 'r', '.github/workflows/ci.yml': 'ci' }
  const own = { 'model_manifest.json': '{}', 'model_manifest.json.freeze': '{}', 'algorithmia.conf': '{}' }

  test('stays by default', async () => {
    const { origin, repository } = await serve({ ...there, ...own })
    const { files } = await repository.stage(copies(await source({ 'a.py': 'new' })), [])
    await repository.push('Deployed')
    expect(files).toEqual([{ path: 'a.py', kind: 'changed' }])
    expect(Object.keys(origin.tree())).toEqual(Object.keys({ ...there, ...own }).sort())
  })

  test('goes in mirror mode, but for what the deployment, the platform and submodules need', async () => {
    const files = { ...there, ...own, '.gitmodules': '[submodule "sub"]', sub: 'c'.repeat(40), 'x/sub': 'c'.repeat(40) }
    const { origin, repository } = await serve({ ...files, 'x/gone': '' }, { sub: '160000', 'x/sub': '160000' })
    const staged = await repository.stage(copies(await source({ 'a.py': 'new', 'c.py': 'c' }), 'mirror'), [])
    expect(staged.files).toEqual([
      { path: '.github/workflows/ci.yml', kind: 'deleted' },
      { path: 'README.md', kind: 'deleted' },
      { path: 'a.py', kind: 'changed' },
      { path: 'c.py', kind: 'added' },
      { path: 'old/b.py', kind: 'deleted' },
      { path: 'x/gone', kind: 'deleted' },
    ])
    await repository.push('Deployed')
    const kept = ['.gitmodules', 'a.py', 'c.py', 'sub', 'x/sub', ...Object.keys(own)]
    expect(Object.keys(origin.tree())).toEqual(kept.sort())
  })

  test('makes room in mirror mode: a file for a folder, and the reverse', async () => {
    const { origin, repository } = await serve({ 'lib/x.py': 'x', src: 'file' })
    await repository.stage(copies(await source({ lib: 'file', 'src/x.py': 'x' }), 'mirror'), [])
    await repository.push('Deployed')
    expect(Object.keys(origin.tree())).toEqual(['lib', 'src/x.py'])
  })
})
