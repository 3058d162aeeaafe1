import { describe, expect, test } from '@jest/globals'
import { Deployment } from '../../src/deployment.ts'
import * as log from '../../src/log.ts'
import { emptyPlan, type PlannedModel } from '../../src/plan.ts'
import { renderSummary } from '../../src/report/summary.ts'
import { nextVersion } from '../../src/stages/plan-release.ts'
import { coveringRows } from '../support/covering-rows.ts'
import { watchOutput } from '../support/runner.ts'

watchOutput()

test.each([
  ['0.1.0', 'minor', '0.2.0'],
  ['1.9.9', 'major', '2.0.0'],
  ['1.9.9', 'revision', '1.9.10'],
  [undefined, 'minor', '0.1.0'],
  [undefined, 'major', undefined],
] as const)('after %s a %s version is %s', (present, increment, next) => {
  expect(nextVersion(present, increment)).toBe(next)
})

const model: PlannedModel = {
  entry: 'model',
  path: 'model.pkl',
  uri: 's3+lab://bucket/model.pkl',
  md5: 'd41d8cd98f00b204e9800998ecf8427e',
  sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  size: 0,
  isStored: true,
}

test('outputs name a place only of what is stored', () => {
  const { outputs, recordPlanned } = new Deployment()
  recordPlanned.call({ outputs } as Deployment, [{ ...model, isStored: undefined }, model])
  expect(outputs).toMatchObject({ model_uri: '', model_filepath: '', model_md5_hash: model.md5 })
  expect(JSON.parse(outputs.models).map(({ uri }: { uri: string }) => uri)).toEqual(['', model.uri])
})

describe('the section of a plan', () => {
  const render = (changes: object) => {
    const deployment = new Deployment()
    deployment.plan = { ...emptyPlan(), ...changes }
    return renderSummary(deployment, undefined)
  }

  test('text of others stays text, and hides secrets', () => {
    log.mask('s3cret!')
    const summary = render({
      unchecked: ['<b>|x|'],
      models: [{ ...model, path: '`a`|<i>.pkl' }],
      commit: {
        target: '*main*',
        files: [{ path: '<img src=x>\n# H', kind: 'added' }],
        skipped: [],
        manifestDifference: 'diff --git a/m b/m\n--- a/m\n+++ b/m\n+````\n+# s3cret! \u202e\n',
      },
    })
    expect(summary).toContain('\n`````diff\n--- a/m\n+++ b/m\n+````\n+# *** \\u202e\n`````\n')
    expect(summary).toContain('- added <code>&lt;img src=x&gt; # H</code>\n')
    expect(summary).toContain('- &lt;b&gt;\\|x\\|\n')
    expect(summary).not.toMatch(/s3cret|<i>|<img|diff --git/)
  })

  test('what is long is cut, and says so', () => {
    const files = Array.from({ length: 103 }, (_, index) => ({ path: `f${index}`, kind: 'changed' as const }))
    const manifestDifference = `--- a/m\n${'+x\n'.repeat(304)}+${'y'.repeat(9000)}\n`
    const summary = render({ commit: { target: 'main', files, skipped: [], manifestDifference } })
    expect(summary).toContain('**Commit** to main: 103 changed\n')
    expect(summary).toContain('\n3 more are in the log.\n')
    expect(summary).toContain('\n6 more are in the log.\n')
    expect(summary.length).toBeLessThan(10_000)
  })
})

test('rows cover each pair that is allowed, and no other', () => {
  const factors = { a: ['1', '2'], b: ['1', '2', '3'], c: ['1', '2'], d: ['1', '2'] } as const
  const rows = coveringRows(factors, 2, ({ a, b }) => !(a === '1' && b === '3'))
  const pairs = new Set(rows.flatMap(({ a, b, c, d }) => [`a${a}b${b}`, `a${a}c${c}`, `b${b}c${c}`, `b${b}d${d}`]))
  expect([...pairs].sort()).toHaveLength(5 + 4 + 6 + 6)
  expect(rows.length).toBeLessThan(10)
})
