import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeEach, expect, test } from '@jest/globals'
import { relationOf } from '../../src/algorithm-repo/workspace.ts'
import { useLab } from '../support/git-lab.ts'

const lab = useLab()
let origin: string
/** Three commits in a line, and one beside the last. */
let commits: [string, string, string, string]

beforeEach(() => {
  origin = join(lab.temp, 'origin')
  git(lab.temp, 'init', '--quiet', '--initial-branch=main', origin)
  for (const name of ['uploadpack.allowFilter', 'uploadpack.allowAnySHA1InWant']) git(origin, 'config', name, 'true')
  const line = [commit(), commit(), commit()]
  git(origin, 'checkout', '--quiet', '-b', 'side', 'HEAD^')
  commits = [...line, commit()] as typeof commits
  git(origin, 'checkout', '--quiet', 'main')
})

function git(folder: string, ...args: string[]): string {
  const identity = ['-c', 'user.name=A', '-c', 'user.email=a@a']
  const env = { PATH: process.env.PATH, HOME: lab.home }
  return execFileSync('git', ['-C', folder, ...identity, ...args], { encoding: 'utf8', env }).trim()
}

let made = 0
function commit(): string {
  made += 1
  git(origin, 'commit', '--quiet', '--allow-empty', '-m', `Commit ${made}`)
  return git(origin, 'rev-parse', 'HEAD')
}

function checkout(...options: string[]): string {
  const folder = join(lab.temp, 'checkout')
  git(lab.temp, 'clone', '--quiet', ...options, pathToFileURL(origin).href, folder)
  return folder
}

test('a full checkout knows who came first, and who came beside', async () => {
  const folder = checkout()
  const [first, second, third, side] = commits
  expect(await relationOf(folder, first, third)).toBe('ancestor')
  expect(await relationOf(folder, second, third)).toBe('ancestor')
  expect(await relationOf(folder, third, first)).toBe('descendant')
  expect(await relationOf(folder, side, third)).toBe('diverged')
})

test('a checkout of one commit knows nothing of others', async () => {
  const folder = checkout('--depth=1')
  const [first, , third] = commits
  expect(await relationOf(folder, third, first)).toBe('unknown')
  expect(await relationOf(folder, first, third)).toBe('unknown')
})

test('a history that is cut off proves what it has, and nothing by what it lacks', async () => {
  const folder = checkout('--depth=2')
  const [first, second, third] = commits
  expect(await relationOf(folder, second, third)).toBe('ancestor')
  expect(await relationOf(folder, third, second)).toBe('descendant')
  // Both are there now, and the way between them is not.
  git(folder, 'fetch', '--quiet', '--depth=1', 'origin', first, third)
  expect(git(folder, 'cat-file', '-t', first)).toBe('commit')
  expect(await relationOf(folder, first, third)).toBe('unknown')
  expect(await relationOf(folder, third, first)).toBe('unknown')
})

test('nothing is fetched to find out, also not by a partial clone', async () => {
  const folder = checkout('--filter=blob:none')
  const newer = commit()
  expect(await relationOf(folder, commits[2], newer)).toBe('unknown')
  expect(await relationOf(lab.temp, commits[0], commits[1])).toBe('unknown')
})
