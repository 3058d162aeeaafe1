import { describe, expect, test } from '@jest/globals'
import { explainGitError, isConnectionTrouble, isLostRace } from '../../src/algorithm-repo/git-errors.ts'
import { DeployError } from '../../src/errors.ts'
import type { GitProvider } from '../../src/git-hosts.ts'
import { mask } from '../../src/log.ts'
import { watchOutput } from '../support/runner.ts'

watchOutput()

const url = 'https://host.example/ada/wine.git'
const context = { url, provider: 'github', secretInput: 'github_pat', login: 'ada' } as const
const explain = (text: string) => explainGitError('Pushing', new Error(text), context).message

type Kind = 'race' | 'trouble' | 'final'

// The texts are git's and the servers' own, as they were recorded.
const texts: [string, string, Kind, string][] = [
  [
    'a wrong secret in a header',
    "fatal: could not read Username for 'https://host.example': terminal prompts disabled",
    'final',
    `${url} rejected github_pat (as ada), or it has expired`,
  ],
  [
    'a wrong secret',
    "remote: no such user\nfatal: Authentication failed for 'http://127.0.0.1:8765/full.git/'",
    'final',
    `${url} rejected github_pat (as ada), or it has expired`,
  ],
  [
    'no secret',
    "fatal: could not read Username for 'https://host.example': No such device or address",
    'final',
    `${url} rejected github_pat`,
  ],
  [
    'a token as user',
    "fatal: could not read Password for 'https://ada@host.example': terminal prompts disabled",
    'final',
    `${url} rejected github_pat`,
  ],
  [
    'an expired token',
    'remote: Invalid username or token. Password authentication is not supported for Git operations.',
    'final',
    `${url} rejected github_pat (as ada), or it has expired (App tokens and GITHUB_TOKEN live about an hour)`,
  ],
  [
    'g13: an account password on GitHub',
    'remote: Support for password authentication was removed on August 13, 2021.\n' +
      "fatal: Authentication failed for 'https://github.com/ada/wine.git/'",
    'final',
    'GitHub takes a token, not a password. Set github_pat to a token with `contents: write`',
  ],
  [
    'a missing repository',
    "remote: Repository not found.\nfatal: repository 'http://127.0.0.1:8765/missing.git/' not found",
    'final',
    `the repository ${url} is missing, misspelt, or not visible to github_pat`,
  ],
  [
    'no right to push',
    "remote: Permission to ada/wine.git denied to bob.\nfatal: unable to access 'http://h/ada/wine.git/': The requested URL returned error: 403",
    'final',
    `github_pat (as ada) may not write to ${url}. It needs write access`,
  ],
  [
    'no right to push, in other words',
    'remote: Write access to repository not granted.',
    'final',
    `github_pat (as ada) may not write to ${url}`,
  ],
  [
    'an unknown host',
    "fatal: unable to access 'https://nope.invalid/x/': Could not resolve host: nope.invalid",
    'trouble',
    'there is no host host.example; check git_host or algorithm_repository',
  ],
  [
    'a refused connection',
    "fatal: unable to access 'http://127.0.0.1:1/x/': Failed to connect to 127.0.0.1 port 1 after 0 ms: Couldn't connect to server",
    'trouble',
    'host.example could not be reached or broke off',
  ],
  [
    'a server error',
    "fatal: unable to access 'http://h/x/': The requested URL returned error: 503",
    'trouble',
    'host.example could not be reached or broke off',
  ],
  [
    'a rate limit',
    "fatal: unable to access 'http://h/x/': The requested URL returned error: 429",
    'trouble',
    'host.example could not be reached or broke off',
  ],
  [
    'a stalled server',
    'error: RPC failed; curl 28 Operation too slow. Less than 1 bytes/sec transferred the last 2 seconds',
    'trouble',
    'host.example could not be reached or broke off',
  ],
  [
    'a broken upload',
    'error: RPC failed; HTTP 408 curl 18 transfer closed\nfatal: the remote end hung up unexpectedly',
    'trouble',
    'host.example, or a proxy before it, broke the push off',
  ],
  [
    'a private certificate authority',
    "fatal: unable to access 'https://h/x/': server certificate verification failed. CAfile: none CRLfile: none",
    'final',
    'the certificate of host.example is not trusted on this runner; set GIT_SSL_CAINFO',
  ],
  [
    'a bad file of certificate authorities',
    "fatal: unable to access 'https://h/x/': Problem with the SSL CA cert (path? access rights?)",
    'final',
    'the certificate of host.example is not trusted on this runner; set GIT_SSL_CAINFO',
  ],
  [
    'two authorization headers',
    'remote: Duplicate header: "Authorization"\nfatal: unable to access \'http://h/x/\': The requested URL returned error: 400',
    'final',
    'git says:\nremote: Duplicate header: "Authorization"',
  ],
  [
    'a lost race',
    'To http://h/race.git\n!\trefs/heads/main:refs/heads/main\t[rejected] (fetch first)\nDone\n' +
      "error: failed to push some refs to 'http://h/race.git'\nhint: Updates were rejected because the remote contains work",
    'race',
    'git says:\n!\trefs/heads/main:refs/heads/main\t[rejected] (fetch first)\nerror: failed to push',
  ],
  ['a lost race after a fetch', ' ! [rejected]        HEAD -> main (non-fast-forward)', 'race', 'git says:'],
  [
    'a lost simultaneous race',
    "remote: error: cannot lock ref 'refs/heads/trunk': is at dffa8a4 but expected e0f1280\n" +
      ' ! [remote rejected] trunk -> trunk (failed to update ref)',
    'race',
    'git says:',
  ],
  [
    'a branch in the way',
    "remote: error: cannot lock ref 'refs/heads/a/b': 'refs/heads/a' exists; cannot create 'refs/heads/a/b'\n" +
      '!\tHEAD:refs/heads/a/b\t[remote rejected] (failed to update ref)',
    'final',
    `the branch a of ${url} is in the way`,
  ],
  [
    'a branch in the way, in the words of newer gits',
    '!\tHEAD:refs/heads/a/b\t[remote rejected] (directory file conflict)',
    'final',
    `another branch of ${url} is in the way`,
  ],
  [
    'a branch with too long a name',
    "remote: error: cannot lock ref 'refs/heads/xx': Unable to create '/srv/r.git/./refs/heads/xx.lock': File name too long\n" +
      '!\tHEAD:refs/heads/xx\t[remote rejected] (failed to update ref)',
    'final',
    'File name too long',
  ],
  [
    'a protected branch',
    'remote: error: GH006: Protected branch update failed for refs/heads/main.\n' +
      ' ! [remote rejected] main -> main (protected branch hook declined)',
    'final',
    `a rule of ${url} refused the push. The server says:\nremote: error: GH006: Protected branch update failed`,
  ],
  [
    'a hook',
    'remote: error: GH001: Large files detected.\n!\tHEAD:refs/heads/main\t[remote rejected] (pre-receive hook declined)',
    'final',
    `a rule of ${url} refused the push`,
  ],
  [
    'signed commits, in a repository with a telling name',
    'remote: error: GH013: Repository rule violations found for refs/heads/main.\n' +
      'remote: Review all repository rules at https://github.com/ada/secret-sauce/rules\n' +
      'remote: - Commits must have verified signatures.',
    'final',
    `a rule of ${url} wants signed commits`,
  ],
  [
    'push protection',
    'remote: error: GH013: Repository rule violations found for refs/heads/main.\nremote: - GITHUB PUSH PROTECTION\n' +
      'remote:     - Push cannot contain secrets\nremote:       path: src/key.py:3\nremote: https://github.com/a/b/unblock-secret/1',
    'final',
    'the host found a secret in the pushed files. Remove it from the code folder',
  ],
  [
    'g19: a workflow file',
    '! [remote rejected] main -> main (refusing to allow a GitHub App to create or update workflow `.github/workflows/ci.yml` without `workflows` permission)',
    'final',
    'the code holds the workflow file .github/workflows/ci.yml, and github_pat may not change workflows. Name it in copy_exclude, or use a token with the `workflow` scope',
  ],
  ['no git', 'Error: spawn git ENOENT', 'final', 'git is not installed on this runner'],
  ['anything else', 'fatal: something new', 'final', 'git says:\nfatal: something new'],
]

describe.each(texts)('%s', (_, text, kind, sentence) => {
  test(`is ${kind === 'final' ? 'not tried again' : `tried again as ${kind}`}`, () => {
    expect(isLostRace(new Error(text))).toBe(kind === 'race')
    expect(isConnectionTrouble(new Error(text))).toBe(kind === 'trouble')
  })

  test('is explained', () => {
    expect(explain(text)).toContain(`Pushing failed: `)
    expect(explain(text)).toContain(sentence)
    expect(explainGitError('Pushing', new Error(text), context)).toBeInstanceOf(DeployError)
  })
})

// As the hosts were quoted by those who met them.
test.each<[row: string, provider: GitProvider, text: string, sentence: string]>([
  [
    'g11',
    'gitlab',
    'remote: HTTP Basic: Access denied. The provided password or token is incorrect or your account has 2FA enabled and you must use a personal access token instead of a password. See https://gitlab.com/help/topics/git/troubleshooting_git#error-on-git-fetch-http-basic-access-denied\n' +
      "fatal: Authentication failed for 'https://host.example/ada/wine.git/'",
    `${url} rejected github_pat (as ada), or it has expired, as each token of GitLab does`,
  ],
  [
    'g11',
    'bitbucket',
    "remote: Invalid credentials\nfatal: Authentication failed for 'https://host.example/ada/wine.git/'",
    `${url} rejected github_pat (as ada), or it has expired. Check the secret, and git_login`,
  ],
  [
    'g11',
    'other',
    "remote: Failed to authenticate user\nfatal: Authentication failed for 'https://host.example/ada/wine.git/'",
    `${url} rejected github_pat (as ada), or it has expired. Check the secret, and git_login`,
  ],
  [
    'g13',
    'gitlab',
    "remote: HTTP Basic: Access denied\nremote: You must use a personal access token with 'api' scope for Git over HTTP.\nfatal: Authentication failed for 'https://host.example/'",
    'GitLab takes a token, not a password. Set github_pat to a token with the scope `write_repository`',
  ],
  [
    'g13',
    'bitbucket',
    "remote: Bitbucket Cloud recently stopped supporting account passwords for Git authentication.\nfatal: Authentication failed for 'https://host.example/'",
    'Bitbucket takes a token, not a password. Set github_pat to a token with the permission to write',
  ],
  [
    'g16',
    'gitlab',
    "remote: You are not allowed to push code to this project.\nfatal: unable to access 'https://host.example/ada/wine.git/': The requested URL returned error: 403",
    `github_pat (as ada) may not write to ${url}. It needs write access to that repository (GitLab: the scope \`write_repository\` and a role that may push)`,
  ],
  [
    'g16',
    'other',
    "fatal: unable to access 'https://host.example/ada/wine.git/': The requested URL returned error: 403",
    `github_pat (as ada) may not write to ${url}. It needs write access to that repository\n`,
  ],
  [
    'g17',
    'gitlab',
    "remote: The project you were looking for could not be found or you don't have permission to view it.\nfatal: repository 'https://host.example/ada/wine.git/' not found",
    `the repository ${url} is missing, misspelt, or not visible to github_pat (as ada)`,
  ],
  [
    'g17',
    'bitbucket',
    "remote: You may not have access to this repository or it no longer exists in this workspace. If you think this repository exists and you have access, make sure you are authenticated.\nfatal: Authentication failed for 'https://host.example/'",
    `the repository ${url} is missing, misspelt, or not visible to github_pat (as ada)`,
  ],
  [
    'g17',
    'bitbucket',
    "remote: The requested repository either does not exist or you do not have access. If you believe this repository exists and you have access, make sure you're authenticated.\nfatal: unable to access 'https://host.example/': The requested URL returned error: 403",
    `the repository ${url} is missing, misspelt, or not visible to github_pat (as ada)`,
  ],
])('%s: what %s says (%#)', (_, provider, text, sentence) => {
  const { message } = explainGitError('Pushing', new Error(text), { ...context, provider })
  expect(message).toContain(sentence)
  for (const line of text.split('\n')) expect(message).toContain(line)
  expect([isLostRace(new Error(text)), isConnectionTrouble(new Error(text))]).toEqual([false, false])
})

test('a rule that mentions a race is no race', () => {
  expect(isLostRace(new Error('GH006: Protected branch\n[remote rejected] (failed to update ref)'))).toBe(false)
  expect(isLostRace(new Error('[rejected] (fetch first)\n[remote rejected] (pre-receive hook declined)'))).toBe(false)
})

describe('the explanation', () => {
  test('keeps the lines of the server whole, and drops progress and hints', () => {
    const kept = ['remote: path: src/key.py:3', 'remote: https://github.com/a/b/unblock-secret/1', 'error: failed']
    const noise = [
      "Cloning into 'x'...",
      'To https://h/x.git',
      'Pushing to https://h/x.git',
      'hint: try again',
      'Done',
      '  ',
    ]
    const text = [...noise, 'remote: Push cannot contain secrets', ...kept, ...noise].join('\n')
    expect(explain(text).split('\n').slice(2)).toEqual(kept)
  })

  test('ends somewhere, and says so', () => {
    const lines = Array.from({ length: 3000 }, (_, index) => `remote: line ${index}`)
    const shown = explain(lines.join('\n')).split('\n')
    expect(shown.slice(1, -1)).toEqual(lines.slice(0, shown.length - 2))
    expect(shown.length).toBeGreaterThan(500)
    expect(shown.at(-1)).toBe(`(and ${3000 - (shown.length - 2)} more lines)`)
  })

  test('shows no secret: neither that of the message nor the command line of the object', () => {
    const secret = 's3cr3tTOKEN+/'
    mask(secret, 'ada')
    const error = Object.assign(
      new Error(
        `fatal: could not read Password for 'http://${encodeURIComponent(secret)}@h': terminal prompts disabled`,
      ),
      { task: { commands: ['clone', `https://ada:${secret}@h/x`] } },
    )
    const explained = explainGitError('Reading', error, context)
    expect(explained.message).toContain("for 'http://***@h'")
    expect(explained.cause).toBeUndefined()
    expect(JSON.stringify(explained) + explained.message).not.toMatch(/s3cr3t/)
  })
})
