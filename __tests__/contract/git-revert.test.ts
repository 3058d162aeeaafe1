import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { AlgorithmRepository } from '../../src/algorithm-repo/repository.ts'
import { UncertainError } from '../../src/errors.ts'
import { writes } from '../support/git-changes.ts'
import { failure, locate, useLab } from '../support/git-lab.ts'
import type { BareRepository, Reply, SeenRequest } from '../support/git-server.ts'

const lab = useLab()
const before = { 'src/digits.py': 'old', 'model_manifest.json': '{"model": 1}', 'gone.py': 'gone' }

async function serve(files: Record<string, string> = before) {
  const server = await lab.start()
  const origin = server.create('owner/algo.git')
  origin.commit({ 'first.py': 'first' })
  origin.commit(files, { modes: { 'src/digits.py': '100755' } })
  return { server, origin }
}

async function stagedClone(origin: BareRepository) {
  mkdirSync(join(lab.temp, 'run'))
  const repository = await AlgorithmRepository.clone(locate(origin), join(lab.temp, 'run'))
  const change = writes({ 'src/digits.py': 'new', 'model_manifest.json': '{"model": 2}', 'added.py': 'added' })
  await repository.stage(change, [])
  return repository
}

async function delivered(origin: BareRepository) {
  const repository = await stagedClone(origin)
  const { commit } = await repository.push('Deployed')
  return { repository, commit }
}

const treeOf = (origin: BareRepository, commit: string) => origin.text('rev-parse', `${commit}^{tree}`)

/** Answers pushes in another way, the first times. */
const pushesReply =
  (reply: Reply, times = Number.POSITIVE_INFINITY) =>
  ({ method, service }: SeenRequest): Reply | undefined => {
    if (method !== 'POST' || service !== 'git-receive-pack' || times <= 0) return undefined
    times -= 1
    return reply
  }

describe('a delivered commit that is taken back', () => {
  test('gets one commit on top, with exactly the files that were there before it', async () => {
    const { origin } = await serve()
    const old = origin.head() ?? ''
    const { repository, commit } = await delivered(origin)
    const message = '# Revert "Deployed"\n\nIts tests failed\n'
    const undo = await repository.revert(commit, message)
    expect(origin.history().slice(0, 3)).toEqual([undo, commit, old])
    expect(treeOf(origin, undo)).toBe(treeOf(origin, old))
    expect(origin.tree()['src/digits.py']).toBe('100755')
    expect(origin.text('log', '-1', '--format=%an <%ae> %cn <%ce>|%B').trimEnd()).toBe(
      `Deploy Bot <bot@example.com> Deploy Bot <bot@example.com>|${message}`.trimEnd(),
    )
  })

  test('after a race goes back to what the other run had pushed', async () => {
    const { origin } = await serve()
    const repository = await stagedClone(origin)
    const theirs = origin.commit({ 'theirs.py': 'theirs', 'gone.py': undefined })
    const { commit } = await repository.push('Deployed')
    const undo = await repository.revert(commit, 'Reverted')
    expect(origin.history().slice(0, 3)).toEqual([undo, commit, theirs])
    expect(treeOf(origin, undo)).toBe(treeOf(origin, theirs))
  })
})

describe('nothing is taken back', () => {
  test('when somebody has pushed on top, also when the server would take it', async () => {
    const { server, origin } = await serve()
    origin.run(['config', 'receive.denyNonFastForwards', 'false'])
    const { repository, commit } = await delivered(origin)
    const theirs = origin.commit({ 'theirs.py': 'theirs' })
    const pushes = server.pushes.length
    const message = await failure(repository.revert(commit, 'Reverted'))
    expect(message).toContain(`another push came after it: main is at ${theirs}`)
    expect(message).toContain(`if ${commit} must go`)
    expect(origin.head()).toBe(theirs)
    expect(server.pushes).toHaveLength(pushes)
  })

  test('when somebody pushes at the same moment', async () => {
    const { origin } = await serve()
    const { repository, commit } = await delivered(origin)
    // Theirs lands once ours has been let in.
    origin.hook(
      'update',
      'git -c user.name=x -c user.email=x@x commit-tree -p main -m theirs main^{tree} | xargs git update-ref refs/heads/main',
    )
    const message = await failure(repository.revert(commit, 'Reverted'))
    expect(origin.text('log', '-1', '--format=%s')).toBe('theirs')
    expect(message).toContain(`another push came after it: main is at ${origin.head()}`)
    expect(origin.history()).toHaveLength(4)
  })

  test('when the branch was deleted or set back', async () => {
    const { origin } = await serve()
    const { repository, commit } = await delivered(origin)
    const old = origin.history()[1] ?? ''
    origin.run(['update-ref', 'refs/heads/main', old])
    expect(await failure(repository.revert(commit, 'Reverted'))).toContain(`main is at ${old}`)
    expect(origin.head()).toBe(old)
    origin.run(['update-ref', '-d', 'refs/heads/main'])
    expect(await failure(repository.revert(commit, 'Reverted'))).toContain('main is no longer there')
    expect(origin.head()).toBeUndefined()
  })

  test('when it was the first commit of all', async () => {
    const server = await lab.start()
    const origin = server.create('algo.git')
    const { repository, commit } = await delivered(origin)
    const message = await failure(repository.revert(commit, 'Reverted'))
    expect(message).toContain(`${commit} is the first commit of main, so there is nothing to go back to`)
    expect(origin.history()).toEqual([commit])
  })

  test('when this run did not make the commit', async () => {
    const { origin } = await serve()
    const repository = await stagedClone(origin)
    const commit = origin.head() ?? ''
    expect(await failure(repository.revert(commit, 'Reverted'))).toContain(`${commit} was not made by this run`)
    expect(origin.head()).toBe(commit)
  })

  test('when a rule of the server refuses it, in one try', async () => {
    const { server, origin } = await serve()
    const { repository, commit } = await delivered(origin)
    origin.hook('pre-receive', 'echo "no reverts on fridays" >&2; exit 1')
    const pushes = server.pushes.length
    const message = await failure(repository.revert(commit, 'Reverted'))
    expect(message).toMatch(/^Taking the push to the algorithm repository back failed: a rule of .* refused the push/)
    expect(message).toContain('no reverts on fridays')
    expect(origin.head()).toBe(commit)
    // git itself asks first, without content, who is there.
    expect(server.pushes.length - pushes).toBeLessThanOrEqual(2)
  })

  test('when a lock is left on the server, after some tries', async () => {
    const { origin } = await serve()
    const { repository, commit } = await delivered(origin)
    writeFileSync(join(origin.folder, 'refs', 'heads', 'main.lock'), '')
    expect(await failure(repository.revert(commit, 'Reverted'))).toContain('main.lock')
    expect(origin.head()).toBe(commit)
  })
})

describe('a connection that breaks', () => {
  test('once: the next try makes one commit', async () => {
    const { server, origin } = await serve()
    const { repository, commit } = await delivered(origin)
    // curl itself sends a request again whose connection ends before any answer.
    server.reply = pushesReply('hang up', 2)
    const undo = await repository.revert(commit, 'Reverted')
    expect(origin.history().slice(0, 2)).toEqual([undo, commit])
    expect(origin.history()).toHaveLength(4)
  })

  test('after the push has arrived: it is reported, and not made twice', async () => {
    const { server, origin } = await serve()
    const { repository, commit } = await delivered(origin)
    server.reply = pushesReply('cut the answer')
    const undo = await repository.revert(commit, 'Reverted')
    expect(origin.history().slice(0, 2)).toEqual([undo, commit])
    expect(origin.history()).toHaveLength(4)
  })

  test('after the push has arrived, and others built upon it', async () => {
    const { server, origin } = await serve()
    const { repository, commit } = await delivered(origin)
    origin.hook(
      'post-receive',
      'git -c user.name=x -c user.email=x@x commit-tree -p main -m later main^{tree} | xargs git update-ref refs/heads/main',
    )
    server.reply = pushesReply('cut the answer')
    const undo = await repository.revert(commit, 'Reverted')
    expect(origin.history().slice(1, 3)).toEqual([undo, commit])
    expect(origin.text('log', '-1', '--format=%s')).toBe('later')
  })

  test('for good: nothing has changed, and there is one clear error', async () => {
    const { server, origin } = await serve()
    const { repository, commit } = await delivered(origin)
    server.reply = ({ service }) => (service === 'git-receive-pack' ? 'hang up' : undefined)
    const message = await failure(repository.revert(commit, 'Reverted'))
    expect(message).toMatch(/back failed: 127\.0\.0\.1:\d+ could not be reached or broke off/)
    expect(origin.head()).toBe(commit)
  })

  test('before anything was sent: nothing is uncertain', async () => {
    const { server, origin } = await serve()
    const { repository, commit } = await delivered(origin)
    server.reply = () => ({ status: 403 })
    const error = await repository.revert(commit, 'Reverted').catch((thrown: unknown) => thrown)
    expect(error).not.toBeInstanceOf(UncertainError)
    expect(String(error)).toContain('may not write to')
    expect(origin.head()).toBe(commit)
  })

  test('for good and for everything: the error says that the outcome is unknown', async () => {
    const { server, origin } = await serve()
    const { repository, commit } = await delivered(origin)
    let arrived = false
    server.reply = (request) => {
      if (arrived) return 'hang up'
      const reply = pushesReply('cut the answer')(request)
      arrived = reply !== undefined
      return reply
    }
    const error = await repository.revert(commit, 'Reverted').catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(UncertainError)
    expect(String(error)).toContain('whether it arrived is not known')
    expect(String(error)).toContain(origin.head() ?? '')
    expect(origin.head()).not.toBe(commit)
  })
})

describe('the default branch, which is the one that the platform builds', () => {
  const cloneOf = (origin: BareRepository, branch?: string) =>
    AlgorithmRepository.clone(locate(origin, { branch }), lab.temp)

  test('is what a clone without a branch is of, and nobody is asked', async () => {
    const { server, origin } = await serve()
    const repository = await cloneOf(origin)
    const asked = server.requests.length
    expect(await repository.onDefaultBranch()).toBe(true)
    expect(server.requests).toHaveLength(asked)
  })

  test.each([
    ['main', true],
    ['feature/x', false],
    // Not only the end of a name counts.
    ['x/main', false],
  ])('%s: %s', async (branch, expected) => {
    const { origin } = await serve()
    if (branch !== 'main') origin.run(['branch', branch])
    expect(await (await cloneOf(origin, branch)).onDefaultBranch()).toBe(expected)
  })

  test('is asked for again when the connection breaks', async () => {
    const { server, origin } = await serve()
    const repository = await cloneOf(origin, 'main')
    let cuts = 0
    server.reply = () => (cuts++ < 2 ? 'hang up' : undefined)
    expect(await repository.onDefaultBranch()).toBe(true)
  })

  test('is unknown when the server names none, or does not answer', async () => {
    const { server, origin } = await serve()
    const repository = await cloneOf(origin, 'main')
    origin.run(['update-ref', '--no-deref', 'HEAD', origin.head() ?? ''])
    expect(await repository.onDefaultBranch()).toBeUndefined()
    server.reply = () => ({ status: 404 })
    expect(await repository.onDefaultBranch()).toBeUndefined()
  })
})
