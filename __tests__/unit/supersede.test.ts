import { describe, expect, test } from '@jest/globals'
import { Deployment } from '../../src/deployment.ts'
import type { AdkEntry } from '../../src/manifest/adk.ts'
import { deployedCommits } from '../../src/manifest/deployed-commits.ts'
import { renderSummary } from '../../src/report/summary.ts'
import { type DeployedCommit, judge, type OriginCommit, type Relation, Superseded } from '../../src/supersede.ts'
import { watchOutput } from '../support/runner.ts'

const printed = watchOutput()

const branch = { repository: 'ada/wine', ref: 'refs/heads/main' }
const [early, late] = [new Date('2026-01-02T03:04:05Z'), new Date('2026-01-02T03:04:06Z')]
const [ourCommit, theirCommit] = ['a'.repeat(40), 'b'.repeat(40)]

describe('a commit and the deployed one', () => {
  type Times = { ours?: Date; theirs?: Date; uploaded?: Date }
  const verdict = (relation: Relation, { ours, theirs, uploaded }: Times, other: Partial<OriginCommit> = {}) => {
    const deployed: DeployedCommit = { ...branch, commit: theirCommit, committedAt: theirs, uploadedAt: uploaded }
    return judge({ ...branch, commit: ourCommit, committedAt: ours }, { ...deployed, ...other }, relation)
  }
  const [older, newer] = [
    { ours: early, theirs: late },
    { ours: late, theirs: early },
  ]

  test.each<[string, string, Relation, Times, Partial<OriginCommit>?]>([
    ['superseded', 'before it in history, whatever the times say', 'ancestor', newer],
    ['superseded', 'before it in history, without times', 'ancestor', {}],
    ['go on', 'after it in history, whatever the times say', 'descendant', older],
    ['superseded', 'older, in histories that are cut off', 'unknown', older],
    ['superseded', 'older, on a branch that was rewritten', 'diverged', older],
    ['go on', 'newer, in histories that are cut off', 'unknown', newer],
    ['go on', 'newer, on a branch that was rewritten', 'diverged', newer],
    ['go on', 'of the same second', 'unknown', { ours: early, theirs: early }],
    ['go on', 'made after the model of the other was stored', 'unknown', { ours: late, uploaded: early }],
    ['unknown', 'made before the model of the other was stored', 'unknown', { ours: early, uploaded: late }],
    ['unknown', 'made when the model of the other was stored', 'diverged', { ours: early, uploaded: early }],
    ['unknown', 'older than a time to come', 'unknown', { ours: early, theirs: new Date(Date.now() + 3_600_000) }],
    ['unknown', 'without a time', 'unknown', { theirs: late, uploaded: late }],
    ['unknown', 'with the only time', 'unknown', { ours: early }],
    ['go on', 'the same', 'unknown', older, { commit: ourCommit }],
    ['go on', 'of another branch', 'ancestor', older, { ref: 'refs/heads/other' }],
    ['go on', 'of another repository', 'ancestor', older, { repository: 'ada/fork' }],
  ])('%s: %s', (outcome, _, relation, times, other = {}) => {
    expect(verdict(relation, times, other).outcome).toBe(outcome)
  })

  test.each<[Relation, string]>([
    ['ancestor', ': the history of this checkout leads from the one to the other'],
    ['unknown', ': the times of the commits say so, as the checkout does not hold the history of both'],
    ['diverged', ': the times of the commits say so, as neither is in the history of the other'],
  ])('are told with their times, and what decided: %s', (relation, end) => {
    expect(verdict(relation, older)).toEqual({
      outcome: 'superseded',
      why:
        'Commit aaaaaaaaaaaa (committed 2026-01-02T03:04:05Z) is older than bbbbbbbbbbbb (committed 2026-01-02T03:04:06Z), ' +
        `which is deployed${end}`,
    })
  })

  test('that cannot be compared are told, too', () => {
    const start = 'Whether aaaaaaaaaaaa is older than bbbbbbbbbbbb, which is deployed, was not checked: '
    expect(verdict('unknown', { theirs: late })).toEqual({
      outcome: 'unknown',
      why: `${start}when the former was made is not known`,
    })
    expect(verdict('unknown', { ours: late })).toEqual({
      outcome: 'unknown',
      why: `${start}the manifest does not say when the latter was made`,
    })
  })
})

describe('the commits that a manifest names', () => {
  const flat = {
    model_origin_repo: branch.repository,
    model_origin_ref: branch.ref,
    model_origin_commit_SHA: theirCommit,
    model_uploaded_utc: '2026-01-02 03:04:05.250000',
  }
  const uploaded = { ...branch, commit: theirCommit, uploadedAt: new Date('2026-01-02T03:04:05.250Z') }
  const withMetadata = (metadata: AdkEntry['metadata']) => ({ metadata }) as AdkEntry

  test('are that of the flat keys, which entries of earlier deployments do not outvote', () => {
    const entries = [withMetadata({ ...flat, model_origin_commit_SHA: ourCommit })]
    const present = { flat: { ...flat, model_origin_commit_utc: '2026-01-02 03:04:06.000000' }, entries }
    expect(deployedCommits(present)).toEqual([{ ...uploaded, committedAt: late }])
  })

  test('are those of all entries, where there are no flat keys', () => {
    const entries = [withMetadata(undefined), withMetadata({ mine: 1 }), withMetadata(flat), withMetadata(flat)]
    expect(deployedCommits({ flat: {}, entries })).toEqual([uploaded, uploaded])
  })

  test.each([
    ['2020-10-14 21:30:25.522165', new Date('2020-10-14T21:30:25.522Z')],
    ['2020-10-14 21:30:25', new Date('2020-10-14T21:30:25Z')],
    ['2020-10-14T21:30:25Z', undefined],
    ['2020-99-14 21:30:25', undefined],
    [1602711025, undefined],
    [null, undefined],
  ])('have the time %j of the upload', (text, uploadedAt) => {
    const present = { flat: { ...flat, model_uploaded_utc: text as string }, entries: [] }
    expect(deployedCommits(present)).toEqual([{ ...branch, commit: theirCommit, uploadedAt }])
  })

  test.each(['--output=/tmp/x', 'main', `${theirCommit}\n`, '', null, 7])('are no commit when it is %j', (commit) => {
    expect(deployedCommits({ flat: { ...flat, model_origin_commit_SHA: commit as string }, entries: [] })).toEqual([])
  })
})

describe('a deployment that gives way', () => {
  const superseded = new Superseded('Commit a is older than b', 'c'.repeat(40))
  const stored = { uri: { protocol: 'data', path: 'ada/wine/m.pkl' }, md5: 'm', sha256: 's', size: 1, uploaded: true }

  test('before anything was stored is a success that names what stands, and what to do', () => {
    const deployment = new Deployment()
    deployment.giveWay(superseded, 'https://h/c')
    expect(deployment.outputs).toMatchObject({
      status: 'superseded',
      failed_phase: '',
      algorithm_commit_sha: superseded.head,
      algorithm_commit_url: 'https://h/c',
    })
    expect(printed.lines()).toEqual([
      '::notice title=Superseded by a newer commit::Commit a is older than b. Nothing was pushed. A run of an older commit ' +
        'does not replace a newer deployment, also when an old job is run again on purpose: to roll back to its commit, set ' +
        '`force: true`',
      '',
    ])
    expect(renderSummary(deployment, undefined)).toContain('superseded by a newer commit, nothing was pushed\n')
  })

  test('after it stored a model tells what is left behind', () => {
    const deployment = new Deployment()
    deployment.recordModel(0, 'model', stored)
    deployment.giveWay(superseded, '')
    expect(deployment.notes[0]).toMatch(
      /^Left behind: data:\/\/ada\/wine\/m.pkl is stored, but no manifest points to it/,
    )
  })

  test('after its push keeps the commit that it pushed', () => {
    const deployment = new Deployment()
    deployment.recordModel(0, 'model', stored)
    const commit = 'd'.repeat(40)
    deployment.recordDelivery({ changed: true, commit, branch: 'master', url: 'https://h/d', manifest: '{}' })
    deployment.giveWay(superseded, 'https://h/c')
    expect(deployment.outputs).toMatchObject({ status: 'superseded', algorithm_commit_sha: commit })
    expect(deployment.outputs.algorithm_commit_url).toBe('https://h/d')
    expect(deployment.notes).toEqual([expect.stringContaining(`What it pushed, ${commit}, is not published`)])
    expect(renderSummary(deployment, undefined)).toContain('superseded by a newer commit, pushed but not published\n')
  })
})
