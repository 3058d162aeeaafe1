import { expect, test } from '@jest/globals'
import { commitUrl, type GitProvider, providerNamedBy } from '../../src/git-hosts.ts'

test.each<[string, GitProvider, string, string]>([
  ['https://github.com/ada/wine.git', 'github', 'abc', 'https://github.com/ada/wine/commit/abc'],
  ['https://ghe.example/ada/wine', 'github', 'abc', 'https://ghe.example/ada/wine/commit/abc'],
  ['https://gitlab.com/a/b/wine.git', 'gitlab', 'abc', 'https://gitlab.com/a/b/wine/-/commit/abc'],
  ['https://bitbucket.org/ada/wine.git', 'bitbucket', 'abc', 'https://bitbucket.org/ada/wine/commits/abc'],
  ['https://github.com/gitlab/x.git.git', 'github', 'abc', 'https://github.com/gitlab/x.git/commit/abc'],
  ['https://git.algorithmia.com/git/ada/wine.git', 'algorithmia', 'abc', ''],
  ['https://github.com/ada/wine.git', 'github', '', ''],
])('the page of a commit of %s (%s, %j) is %j', (url, provider, commit, page) => {
  expect(commitUrl(url, provider, commit)).toBe(page)
})

test.each([
  ['github.com', 'github'],
  ['github.example.com', 'github'],
  ['corp.ghe.com', 'github'],
  ['gitlab.com', 'gitlab'],
  ['gitlab.example.com', 'gitlab'],
  ['bitbucket.org', 'bitbucket'],
  ['git.example.com', undefined],
  ['notgithub.com', undefined],
])('the name %s tells of %s', (hostname, provider) => {
  expect(providerNamedBy(hostname)).toBe(provider)
})
