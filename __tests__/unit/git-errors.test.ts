import { describe, expect, test } from '@jest/globals'
import { explainGitError, isConnectionTrouble, isLostRace } from '../../src/algorithm-repo/git-errors.ts'
import { DeployError } from '../../src/errors.ts'
import { mask } from '../../src/log.ts'
import { watchOutput } from '../support/runner.ts'

watchOutput()

const url = 'https://host.example/ada/wine.git'
const context = { url, secretInput: 'github_pat', login: 'ada' }
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
    'an account password on GitHub',
    'remote: Support for password authentication was removed on August 13, 2021.\n' +
      "fatal: Authentication failed for 'https://github.com/ada/wine.git/'",
    'final',
    'takes a token, not a password. Set github_pat to a token with `contents: write`',
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
    'there is no host host.example; check git_host',
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
    'host.example could not be reached or broke off',
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
    `a rule of ${url} refused the push`,
  ],
  [
    'push protection',
    'remote: error: GH013: Repository rule violations found for refs/heads/main.\nremote: - GITHUB PUSH PROTECTION\n' +
      'remote:     - Push cannot contain secrets\nremote:       path: src/key.py:3\nremote: https://github.com/a/b/unblock-secret/1',
    'final',
    'the host found a secret in the pushed files. Remove it from the code folder',
  ],
  [
    'a workflow file',
    '! [remote rejected] main -> main (refusing to allow a GitHub App to create or update workflow `.github/workflows/ci.yml` without `workflows` permission)',
    'final',
    'the code holds a workflow file, and github_pat may not change workflows. Name it in copy_exclude',
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

  test('ends somewhere', () => {
    const lines = Array.from({ length: 300 }, (_, index) => `remote: line ${index}`)
    expect(explain(lines.join('\n')).split('\n')).toHaveLength(101)
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
