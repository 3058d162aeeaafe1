import { describe, expect, test } from '@jest/globals'
import { commitUrl, type GitProvider, loginOfToken, providerNamedBy, pullRequestPage } from '../../src/git-hosts.ts'

test.each<[string, GitProvider, string, string]>([
  ['https://github.com/ada/wine.git', 'github', 'abc', 'https://github.com/ada/wine/commit/abc'],
  ['https://ghe.example/ada/wine', 'github', 'abc', 'https://ghe.example/ada/wine/commit/abc'],
  ['https://ghe.example:8443/ada/wine.git', 'github', 'abc', 'https://ghe.example:8443/ada/wine/commit/abc'],
  ['https://gitlab.com/a/b/wine.git', 'gitlab', 'abc', 'https://gitlab.com/a/b/wine/-/commit/abc'],
  ['https://bitbucket.org/ada/wine.git', 'bitbucket', 'abc', 'https://bitbucket.org/ada/wine/commits/abc'],
  ['https://bb.example/scm/ML/wine.git', 'bitbucket', 'abc', 'https://bb.example/projects/ML/repos/wine/commits/abc'],
  ['https://h/bb/scm/~ada/wine.git', 'bitbucket', 'abc', 'https://h/bb/users/ada/repos/wine/commits/abc'],
  ['https://bitbucket.org/scm/wine.git', 'bitbucket', 'abc', 'https://bitbucket.org/scm/wine/commits/abc'],
  ['https://gitea.example/scm/ada/wine.git', 'other', 'abc', 'https://gitea.example/scm/ada/wine/commit/abc'],
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

describe('where a pull request is opened', () => {
  const branches = { from: 'x/a#b%c&d+é', into: 're/1' }
  const inPath = 're/1...x/a%23b%25c%26d%2B%C3%A9'
  const inQuery = 'x%2Fa%23b%25c%26d%2B%C3%A9'

  test.each<[string, GitProvider, string]>([
    ['https://github.com/a/w.git', 'github', `https://github.com/a/w/compare/${inPath}?expand=1`],
    ['https://gitea.example/a/w', 'other', `https://gitea.example/a/w/compare/${inPath}`],
    [
      'https://gitlab.com/a/b/w.git',
      'gitlab',
      `https://gitlab.com/a/b/w/-/merge_requests/new?merge_request%5Bsource_branch%5D=${inQuery}&merge_request%5Btarget_branch%5D=re%2F1`,
    ],
    [
      'https://bitbucket.org/a/w.git',
      'bitbucket',
      `https://bitbucket.org/a/w/pull-requests/new?source=${inQuery}&dest=re%2F1`,
    ],
    [
      'https://bb.example/scm/ML/w.git',
      'bitbucket',
      `https://bb.example/projects/ML/repos/w/pull-requests?create&sourceBranch=refs%2Fheads%2F${inQuery}&targetBranch=refs%2Fheads%2Fre%2F1`,
    ],
    ['https://git.algorithmia.com/git/a/w.git', 'algorithmia', ''],
  ])('for %s (%s)', (url, provider, page) => {
    expect(pullRequestPage(url, provider, branches)).toBe(page)
  })
})

test.each<[GitProvider, string, string, string | undefined]>([
  ['github', 'github.com', 'ghs_1', 'x-access-token'],
  ['other', 'gitea.example', '0a1b', 'x-access-token'],
  ['gitlab', 'gitlab.com', 'glpat-1', 'oauth2'],
  ['bitbucket', 'bitbucket.org', 'ATCTT3x', 'x-token-auth'],
  ['bitbucket', 'bitbucket.org', 'of unknown kind', 'x-token-auth'],
  ['bitbucket', 'bitbucket.org', 'ATATT3x', 'x-bitbucket-api-token-auth'],
  ['bitbucket', 'bitbucket.org', 'ATBB1', undefined],
  ['bitbucket', 'bitbucket.example.com', 'ATCTT3x', undefined],
])('g12: on %s (%s) the token %s goes with %j', (provider, hostname, token, login) => {
  expect(loginOfToken(provider, hostname, token)).toBe(login)
})
