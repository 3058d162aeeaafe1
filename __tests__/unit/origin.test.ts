import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { type EventPayload, originOf, readOrigin } from '../../src/origin.ts'
import { watchOutput } from '../support/runner.ts'
import { tempFolder, writeFiles } from '../support/temp-folder.ts'

const printed = watchOutput()

const commit = 'a'.repeat(40)
const head = 'b'.repeat(40)
const push = {
  GITHUB_EVENT_NAME: 'push',
  GITHUB_REPOSITORY: 'ada/wine',
  GITHUB_REF: 'refs/heads/main',
  GITHUB_SHA: commit,
  GITHUB_RUN_ID: '7',
}
const facts = {
  repository: 'ada/wine',
  ref: 'refs/heads/main',
  commit,
  repositoryUrl: 'https://github.com/ada/wine',
  runUrl: 'https://github.com/ada/wine/actions/runs/7',
}

describe('the origin', () => {
  test.each<[string, NodeJS.ProcessEnv, EventPayload, object]>([
    [
      'of a push',
      push,
      { head_commit: { id: commit, message: 'Train\n\nmore', timestamp: '2026-01-02T03:04:05+02:00' } },
      { ...facts, message: 'Train\n\nmore', committedAt: new Date('2026-01-02T01:04:05Z') },
    ],
    [
      'of a push, with a message in the environment as the original action wanted it',
      { ...push, HEAD_COMMIT_MSG: 'Mine' },
      { head_commit: { id: commit, message: 'Theirs' } },
      { ...facts, message: 'Mine' },
    ],
    [
      'of a workflow_dispatch, where that variable is empty',
      { ...push, GITHUB_EVENT_NAME: 'workflow_dispatch', HEAD_COMMIT_MSG: '' },
      {},
      { ...facts, message: undefined },
    ],
    ['of a deleted branch', push, { head_commit: null }, { ...facts, message: undefined }],
    [
      'of a head commit without a message, and with a time that is none',
      push,
      { head_commit: { id: commit, timestamp: 'soon' } },
      { ...facts, message: undefined },
    ],
    [
      'of a push, where the payload tells of another commit',
      push,
      { head_commit: { id: head, message: 'Other', timestamp: '2026-01-02T03:04:05Z' } },
      { ...facts, message: undefined },
    ],
    [
      'of a pull request is the head of the branch',
      { ...push, GITHUB_EVENT_NAME: 'pull_request', GITHUB_REF: 'refs/pull/3/merge' },
      { pull_request: { head: { sha: head } } },
      { ...facts, ref: 'refs/pull/3/merge', commit: head, message: undefined },
    ],
    [
      'of a pull request that says nothing of its head',
      { ...push, GITHUB_EVENT_NAME: 'pull_request' },
      { pull_request: {} },
      { ...facts, message: undefined },
    ],
    [
      'of a pull_request_target is what ran: the base',
      { ...push, GITHUB_EVENT_NAME: 'pull_request_target' },
      { pull_request: { head: { sha: head } } },
      { ...facts, message: undefined },
    ],
    [
      'on another server',
      { ...push, GITHUB_SERVER_URL: 'https://ghe.example' },
      {},
      {
        ...facts,
        message: undefined,
        repositoryUrl: 'https://ghe.example/ada/wine',
        runUrl: 'https://ghe.example/ada/wine/actions/runs/7',
      },
    ],
    [
      'of a SHA-256 repository',
      { ...push, GITHUB_SHA: 'c'.repeat(64) },
      {},
      { ...facts, commit: 'c'.repeat(64), message: undefined },
    ],
  ])('%s', (_, environment, payload, origin) => {
    expect(originOf(environment, payload)).toEqual(origin)
  })

  test('needs the variables of the runner, and names all that are missing', () => {
    expect(() => originOf({ ...push, GITHUB_REF: '', GITHUB_RUN_ID: undefined }, {})).toThrow(
      'GITHUB_REF, GITHUB_RUN_ID not set: this action runs inside GitHub Actions',
    )
    expect(() => originOf({}, {})).toThrow('GITHUB_REPOSITORY, GITHUB_REF, GITHUB_SHA, GITHUB_RUN_ID not set')
  })

  test.each(['main', 'A'.repeat(40), 'a'.repeat(41), `${'a'.repeat(40)}\n`, '--all'])('%j is no commit', (sha) => {
    expect(() => originOf({ ...push, GITHUB_SHA: sha }, {})).toThrow('which is not a commit hash')
  })
})

describe('the message', () => {
  const nowhere = async () => ({ message: undefined, committedAt: undefined })

  test('is looked up in the history when nothing else has it', async () => {
    const found = { message: 'From history', committedAt: new Date('2026-01-02T03:04:05Z') }
    const inHistory = async (wanted: string) => (wanted === commit ? found : nowhere())
    await expect(readOrigin(push, inHistory)).resolves.toEqual({ ...facts, ...found })
    await expect(readOrigin({ ...push, HEAD_COMMIT_MSG: 'Mine' }, inHistory)).resolves.toEqual({
      ...facts,
      ...found,
      message: 'Mine',
    })
    expect(printed.text()).toBe('')
  })

  test('is empty, never null, when nobody knows it, and a warning says what to do', async () => {
    const environment = { ...push, GITHUB_EVENT_PATH: join(tempFolder(), 'missing.json') }
    await expect(readOrigin(environment, nowhere)).resolves.toEqual({ ...facts, message: '' })
    expect(printed.lines()).toEqual([expect.stringMatching(/^::warning::The message of commit a{40} is not known/), ''])
  })

  test('is that of the event', async () => {
    const timestamp = '2026-01-02T03:04:05Z'
    const event = JSON.stringify({ head_commit: { id: commit, message: 'From the event', timestamp } })
    const path = join(writeFiles(tempFolder(), { 'event.json': event }), 'event.json')
    // @actions/github reads it once, when it is loaded.
    process.env.GITHUB_EVENT_PATH = path
    await expect(readOrigin({ ...push, GITHUB_EVENT_PATH: path }, nowhere)).resolves.toMatchObject({
      message: 'From the event',
      committedAt: new Date(timestamp),
    })
    // Every run of a commit must tell the same time, and most events tell none.
    const committedAt = new Date('2026-01-02T03:04:06Z')
    const inHistory = async () => ({ message: 'From history', committedAt })
    await expect(readOrigin({ ...push, GITHUB_EVENT_PATH: path }, inHistory)).resolves.toMatchObject({
      message: 'From the event',
      committedAt,
    })
    expect(printed.text()).toBe('')
  })
})
