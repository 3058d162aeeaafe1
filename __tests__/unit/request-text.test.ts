import { expect, test } from '@jest/globals'
import { marked } from 'marked'
import { Deployment } from '../../src/deployment.ts'
import type { Origin } from '../../src/origin.ts'
import { repositoryAddress } from '../../src/pull-request/address.ts'
import { requestBranchFor } from '../../src/pull-request/branch-name.ts'
import { requestBody, requestTitle, withoutReferences } from '../../src/report/request-text.ts'

const origin: Origin = {
  repository: 'ada/wine-training',
  ref: 'refs/heads/main',
  commit: '4f2a'.repeat(10),
  message: 'Better wine\n\nby @octocat, fixes #12 and closes https://github.com/a/b/issues/1, GH-3',
  runUrl: 'https://github.com/ada/wine-training/actions/runs/99',
  repositoryUrl: 'https://github.com/ada/wine-training',
}
const facts = {
  origin,
  commitMessage: undefined,
  into: 'main',
  isBuilt: true,
  files: ['model_manifest.json', 'src/a.py'],
}

function deployed(models = 1): Deployment {
  const deployment = new Deployment()
  deployment.target = { algorithm: 'ada/wine', repositoryUrl: 'https://github.com/ada/wine.git' }
  for (let index = 0; index < models; index += 1) {
    const stored = { size: 2048, md5: `md5-${index}`, sha256: `sha-${index}`, uploaded: true }
    const name = `wine_${index}.pkl`
    deployment.recordModel(index, `wine@${index}`, { ...stored, uri: { protocol: 'data', path: `ada/wine/${name}` } })
  }
  deployment.recordMetrics({ values: { 'rmse @team': 0.5, 'see #7': 1 }, source: 'metrics.json' })
  return deployment
}

/** What GitHub looks for in the text that a reader sees. */
const references = /@\w|#\d|GH-\d|(fix|clos|resolv)\w* (\S*#\d|https?:\/\/)/i

test('the body tells of model, metrics, origin, files and what merging does', async () => {
  const html = await marked.parse(requestBody(deployed(), facts))
  for (const part of [
    'data://ada/wine/wine_0.pkl</code> (2.0 kB)',
    '<code>md5-0</code>',
    '<code>sha-0</code>',
    `<a href="${origin.repositoryUrl}/commit/${origin.commit}">ada/wine-training@4f2a4f2</a>`,
    `<a href="${origin.runUrl}">99</a>`,
    '<td align="right">0.5</td>',
    'Better wine',
    '2 files changed',
    '<li><code>src/a.py</code></li>',
    'Merging it deploys: Algorithmia builds what is on <code>main</code>',
    'nothing is tested or published from here',
  ]) {
    expect(html).toContain(part)
  }
})

test('several models have a table, and all their hashes', () => {
  const body = requestBody(deployed(2), facts)
  for (const part of ['**2 models**', 'wine_1.pkl', 'md5-1', 'sha-0', 'sha-1']) expect(body).toContain(part)
})

test('a branch that is not built is told of', () => {
  expect(requestBody(deployed(), { ...facts, isBuilt: false })).toContain(
    'merging into <code>main</code> deploys nothing',
  )
})

test('nobody is mentioned, and no issue is closed', async () => {
  const files = ['src/fixes #1.py', '@me.py']
  for (const models of [1, 2]) {
    const html = await marked.parse(requestBody(deployed(models), { ...facts, files }))
    const text = html.replace(/<[^>]+>/g, '').replaceAll('&#39;', "'")
    expect(text).toContain('by @')
    expect(
      text.split('\n').filter((line) => references.test(line.replace(/^.*ada\/wine-training@4f2a4f2/, ''))),
    ).toEqual([])
  }
})

test('a text of others ends no fence, cell or link', async () => {
  const message = 'x\n```\n<img src=x onerror=alert(1)>\n</details>\n| [a](b) |'
  const html = await marked.parse(requestBody(deployed(), { ...facts, origin: { ...origin, message } }))
  expect(html).not.toMatch(/<img|<\/details>|<a href="b"/)
})

test('a body is never longer than GitHub takes', () => {
  const values = Object.fromEntries(
    Array.from({ length: 30 }, (_, index) => [`${index}${'&'.repeat(100)}`, 'é|'.repeat(100)]),
  )
  const deployment = deployed(50)
  deployment.recordMetrics({ values, source: 'metrics.json' })
  const long = `${'|&<'.repeat(300)}/`
  const files = Array.from({ length: 500 }, (_, index) => `${long.repeat(4)}${index}`)
  const body = requestBody(deployment, { ...facts, files })
  expect(body.length).toBeLessThanOrEqual(65_536)
  expect(body).toContain('The rest is too long')
})

test.each([
  [undefined, origin.message, 'Deploy ada/wine: Better wine'],
  [undefined, '', 'Deploy ada/wine: 4f2a4f2'],
  ['Release 7\n\nbody', origin.message, 'Release 7'],
  [undefined, 'Fixes #1 for @me', 'Deploy ada/wine: Fixes #\u200b1 for @\u200bme'],
  ['x'.repeat(300), '', `${'x'.repeat(255)}…`],
])('commit message %j and origin %j: %s', (commitMessage, message, title) => {
  expect(requestTitle(deployed(), { ...facts, commitMessage, origin: { ...origin, message } })).toBe(title)
})

test.each(['a@b.example', '@org/team', 'fixes a/b#1', 'gh-1', 'closes https://github.com/a/b/issues/1'])(
  '%s',
  (text) => {
    expect(withoutReferences(text)).not.toMatch(references)
    expect(withoutReferences(text).replaceAll('\u200b', '')).toBe(text)
  },
)

test.each([
  ['refs/heads/main', 'main'],
  ['refs/heads/feature/x', 'feature/x'],
  ['refs/tags/v1.2', 'v1.2'],
  ['refs/pull/7/merge', 'pull-7'],
  ['refs/heads/a b..c', 'a-b-c'],
  ['refs/heads/x.lock', 'x-'],
])('%s comes from the branch deploy-to-algorithmia/%s', (ref, name) => {
  expect(requestBranchFor(ref)).toBe(`deploy-to-algorithmia/${name}`)
})

test.each([
  ['https://github.com/ada/wine.git', 'https://api.github.com', 'ada', 'wine'],
  ['https://www.github.com/ada/wine', 'https://api.github.com', 'ada', 'wine'],
  ['https://octo.ghe.com/ada/wi.ne.git', 'https://api.octo.ghe.com', 'ada', 'wi.ne'],
  ['https://ghe.example:8443/ada/wine.git', 'https://ghe.example:8443/api/v3', 'ada', 'wine'],
  ['http://127.0.0.1:8000/ada/wine.git', 'http://127.0.0.1:8000/api/v3', 'ada', 'wine'],
])('the API for %s is at %s', (url, apiUrl, owner, name) => {
  expect(repositoryAddress(url)).toEqual({ apiUrl, owner, name })
})

test('an address that is not as on GitHub is refused', () => {
  expect(() => repositoryAddress('https://ghe.example/a/b/c.git')).toThrow(/does not end in \/<owner>\/<repository>/)
})
