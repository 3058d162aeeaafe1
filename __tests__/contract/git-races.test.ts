import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { AlgorithmRepository } from '../../src/algorithm-repo/repository.ts'
import { writes } from '../support/git-changes.ts'
import { failure, locate, useLab } from '../support/git-lab.ts'

const lab = useLab()

async function serve(files: Record<string, string> = { 'a.py': 'a' }) {
  const server = await lab.start()
  const origin = server.create('owner/algo.git')
  origin.commit({ 'first.py': 'first' })
  origin.commit(files)
  return { server, origin }
}

async function staged(origin: Parameters<typeof locate>[0], files: Record<string, string>, run = 'run') {
  mkdirSync(join(lab.temp, run))
  const repository = await AlgorithmRepository.clone(locate(origin), join(lab.temp, run))
  await repository.stage(writes(files), [])
  return repository
}

test.each([2, 8])('g24: %i runs at once on different files all land', async (count) => {
  const { origin } = await serve()
  const names = Array.from({ length: count }, (_, index) => `${index}.py`)
  const runs = await Promise.all(names.map((name) => staged(origin, { [name]: name }, name)))
  const deliveries = await Promise.all(runs.map((run) => run.push('Deployed')))
  expect(deliveries.every(({ changed }) => changed)).toBe(true)
  expect(new Set(deliveries.map(({ commit }) => commit)).size).toBe(count)
  expect(origin.history()).toHaveLength(2 + count)
  expect(origin.history()).toEqual(expect.arrayContaining(deliveries.map(({ commit }) => commit)))
  expect(Object.keys(origin.tree())).toEqual([...names, 'a.py', 'first.py'].sort())
})

describe.each(['C', 'de_DE.UTF-8'])('with the language %s', (language) => {
  test('g25, g57: truly simultaneous pushes are tried again', async () => {
    for (const name of ['LANG', 'LC_ALL', 'LC_MESSAGES', 'LANGUAGE']) lab.set(name, language)
    const { server, origin } = await serve()
    // Both are let in before either may change the branch.
    const waiting = join(lab.temp, 'waiting')
    mkdirSync(waiting)
    origin.hook(
      'pre-receive',
      `touch '${waiting}'/$$; for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do [ $(ls '${waiting}' | wc -l) -ge 2 ] && break; sleep 0.2; done; sleep 0.3`,
    )
    const runs = await Promise.all(['x', 'y'].map((name) => staged(origin, { [`${name}.py`]: name }, name)))
    const deliveries = await Promise.all(runs.map((run) => run.push('Deployed')))
    expect(server.pushes.length).toBeGreaterThan(2)
    expect(deliveries.map(({ changed }) => changed)).toEqual([true, true])
    expect(Object.keys(origin.tree())).toEqual(['a.py', 'first.py', 'x.py', 'y.py'])
    expect(origin.history()).toHaveLength(4)
  })

  test('g26, g27: upstream touched the same file: ours is on top, theirs is in the history', async () => {
    for (const name of ['LANG', 'LC_ALL', 'LANGUAGE']) lab.set(name, language)
    lab.gitconfig('[color]\n\tui = always\n[pull]\n\trebase = true\n')
    const { origin } = await serve({ 'a.py': 'old\n', 'gone.py': 'gone' })
    const run = await staged(origin, { 'a.py': 'ours\n', 'new.py': 'ours' })
    const theirs = [
      origin.commit({ 'a.py': 'theirs\n', 'new.py': 'theirs', 'their.py': 'theirs' }),
      origin.commit({ 'first.py': 'touched', 'gone.py': undefined }),
    ]
    const { changed, commit } = await run.push('Deployed')
    expect(changed).toBe(true)
    expect(run.staged.files).toEqual([
      { path: 'a.py', kind: 'changed' },
      { path: 'new.py', kind: 'changed' },
    ])
    expect(origin.history().slice(0, 3)).toEqual([commit, ...theirs.reverse()])
    const content = Object.fromEntries(Object.keys(origin.tree()).map((path) => [path, origin.read(path).toString()]))
    expect(content).toEqual({ 'a.py': 'ours\n', 'new.py': 'ours', 'their.py': 'theirs', 'first.py': 'touched' })
    expect(lab.output()).toContain('Another push came first')
  })
})

test('upstream did the very same: nothing is left to push, and their commit is named', async () => {
  const { server, origin } = await serve()
  const run = await staged(origin, { 'b.py': 'same' })
  const theirs = origin.commit({ 'b.py': 'same' })
  expect(await run.push('Deployed')).toEqual({ changed: false, commit: theirs })
  expect(run.staged.files).toEqual([])
  expect(origin.history()).toHaveLength(3)
  expect(server.pushes.length).toBeLessThan(2)
})

test('the change is made anew on the new head, not replayed', async () => {
  const { origin } = await serve({ 'count.txt': '1' })
  mkdirSync(join(lab.temp, 'run'))
  const run = await AlgorithmRepository.clone(locate(origin), join(lab.temp, 'run'))
  const { readFileSync } = await import('node:fs')
  await run.stage(async (folder) => {
    const file = join(folder, 'count.txt')
    writeFileSync(file, String(Number(readFileSync(file, 'utf8')) + 1))
    // Neither an ignored file nor a left-over of the first time is in the way of the second.
    rmSync(join(folder, 'once'), { recursive: true, force: true })
    mkdirSync(join(folder, 'once'))
  }, [])
  origin.commit({ 'count.txt': '41', '.gitignore': '*.tmp\n' })
  await run.push('Deployed')
  expect(origin.read('count.txt').toString()).toBe('42')
})

test('g24: a lock that nobody holds any more is no endless race', async () => {
  const { server, origin } = await serve()
  const run = await staged(origin, { 'b.py': 'b' })
  writeFileSync(join(origin.folder, 'refs', 'heads', 'main.lock'), '')
  const message = await failure(run.push('Deployed'))
  expect(message).toContain('Pushing to the algorithm repository failed')
  expect(message).toContain('main.lock')
  expect(server.pushes.length).toBeGreaterThan(1)
  expect(server.pushes.length).toBeLessThan(10)
})
