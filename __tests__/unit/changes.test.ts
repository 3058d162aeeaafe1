import { describe, expect, test } from '@jest/globals'
import type { FileChange } from '../../src/algorithm-repo/changes.ts'
import { Deployment } from '../../src/deployment.ts'
import { mask } from '../../src/log.ts'
import { codeSection } from '../../src/report/code-section.ts'
import { recordChanges } from '../../src/stages/changes.ts'
import { watchOutput } from '../support/runner.ts'

const printed = watchOutput()

const added = (count: number): FileChange[] =>
  Array.from({ length: count }, (_, index) => ({ path: `src/${index}.py`, kind: 'added' }))

function delivered(files: FileChange[], skipped: NonNullable<Deployment['changes']>['skipped'] = []): Deployment {
  const deployment = new Deployment()
  recordChanges(deployment, { files, skipped })
  deployment.recordDelivery({ changed: true, commit: 'c', branch: 'main', url: '', manifest: '' })
  return deployment
}

describe('the log', () => {
  test('lists by kind what changes, and by reason what is left out', () => {
    const deployment = new Deployment()
    deployment.skippedCode = [{ path: 'data/', why: 'copy_exclude names it' }]
    const files: FileChange[] = [...added(2), { path: 'x', kind: 'deleted' }, { path: 'y', kind: 'changed' }]
    const ignored = { path: 'x.log', why: 'a .gitignore excludes it' } as const
    recordChanges(deployment, { files, skipped: [ignored] })
    expect(printed.lines().slice(0, -1)).toEqual([
      '2 added: src/0.py, src/1.py',
      '1 changed: y',
      '1 deleted: x',
      '1 skipped, because copy_exclude names it: data/',
      '1 skipped, because a .gitignore excludes it: x.log',
    ])
    expect(deployment.changes).toEqual({ files, skipped: [...deployment.skippedCode, ignored] })
  })

  test('stays short for thousands of files', () => {
    recordChanges(new Deployment(), { files: added(10_000), skipped: [] })
    expect(printed.text()).toMatch(/^10000 added: src\/0\.py, .*, src\/19\.py and 9980 more\n$/)
  })

  test('tells of a second list only when it is another one', () => {
    const deployment = new Deployment()
    recordChanges(deployment, { files: added(1), skipped: [] })
    recordChanges(deployment, { files: added(1), skipped: [] })
    recordChanges(deployment, { files: added(2), skipped: [] })
    expect(printed.text()).toBe('1 added: src/0.py\n2 added: src/0.py, src/1.py\n')
  })
})

describe('the summary', () => {
  test('counts, and lists the files', () => {
    const skipped = [{ path: 'data/', why: 'copy_exclude names it' }] as const
    expect(codeSection(delivered([...added(1), { path: 'b.py', kind: 'deleted' }], skipped))).toEqual([
      '**Files: 1 added, 0 changed, 1 deleted, 1 skipped**',
      '',
      '| Path | |',
      '|---|---|',
      '| <code>src/0.py</code> | added |',
      '| <code>b.py</code> | deleted |',
      '',
      '| Path | |',
      '|---|---|',
      '| <code>data/</code> | skipped, because copy\\_exclude names it |',
      '',
    ])
  })

  test('folds a long list, and cuts a very long one', () => {
    const section = codeSection(delivered(added(10_000)))
    expect(section.slice(0, 2)).toEqual(['<details>', '<summary>Files: 10000 added, 0 changed, 0 deleted</summary>'])
    expect(section).toContain('and 9980 more')
    expect(section.filter((line) => line.startsWith('| <code>'))).toHaveLength(20)
  })

  test('shows no secret and no markup of a file name', () => {
    mask('sim-secret-0001')
    const section = codeSection(delivered([{ path: '<b>|`sim-secret-0001\n.py', kind: 'added' }])).join('\n')
    expect(section).toContain('<code>&lt;b&gt;&#124;&#96;&#42;&#42;&#42; .py</code>')
  })

  test('says nothing of a commit that did not arrive, and of no change', () => {
    const failed = new Deployment()
    recordChanges(failed, { files: added(1), skipped: [] })
    expect([codeSection(failed), codeSection(delivered([]))]).toEqual([[], []])
  })
})
