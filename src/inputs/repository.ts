import { type GitProvider, gitProviders, providerNamedBy } from '../git-hosts.ts'
import type { RepositoryInputs } from '../inputs.ts'
import type { InputName } from './names.ts'
import { type InputReader, whySecretsAreEmpty } from './reader.ts'
import { account, boolean, branch, hostOrigin, httpUrl, oneOf } from './values.ts'

interface RepositoryFacts {
  apiUrl: string
  username: string | undefined
  algorithm: string | undefined
  password: string
  token: string
}

/**
 * Where the algorithm's repository is and which secret opens it. A password selects Algorithmia hosting, as in the
 * original action; the secret is refused to a host that was probably not meant.
 */
export function readRepositoryInputs(
  reader: InputReader,
  facts: RepositoryFacts,
): { inputs: Omit<RepositoryInputs, 'author' | 'message'>; algorithmOwner: string | undefined } | undefined {
  const { username, algorithm, password, token } = facts
  const owner = reader.optional('algorithm_owner', account)
  const hosting = password === '' && !reader.failed('algorithmia_password') ? 'github' : 'algorithmia'
  const secretInput: InputName = hosting === 'github' ? 'github_pat' : 'algorithmia_password'
  const githubUser = reader.optional('github_username', account)
  const given = reader.optional('algorithm_repository', httpUrl)
  const host = reader.optional('git_host', hostOrigin) ?? 'https://github.com'
  const origin = given === undefined ? host : new URL(given).origin
  const where: InputName = given === undefined ? 'git_host' : 'algorithm_repository'
  const platformGit = gitHostOf(facts.apiUrl)
  const hostname = new URL(origin).hostname

  if (given === origin) {
    reader.report('algorithm_repository', "is only a host; write the full address of the algorithm's repository")
  }
  if (hosting === 'algorithmia' && /(^|\.)(github\.com|gitlab\.com|bitbucket\.org)$/.test(hostname)) {
    reader.report(
      where,
      `is ${hostname}, but algorithmia_password is set, which selects Algorithmia-hosted git. Set git_host to the git ` +
        `host of your Algorithmia (${platformGit}), or remove algorithmia_password and set github_pat. The password was not sent anywhere`,
    )
  }
  if (hosting === 'github' && hostname === platformGit) {
    reader.report(
      'algorithmia_password',
      `is empty, but ${where} is Algorithmia's own ${hostname}. ${whySecretsAreEmpty}`,
    )
  } else if (hosting === 'github' && token === '' && !reader.failed('github_pat')) {
    reader.report(
      'github_pat',
      `is empty, and so is algorithmia_password: one of them must open the algorithm's repository. ${whySecretsAreEmpty}`,
    )
  }

  const repositoryOwner = owner ?? (hosting === 'github' ? githubUser : username)
  if (
    given === undefined &&
    hosting === 'github' &&
    repositoryOwner === undefined &&
    !reader.failed('github_username')
  ) {
    reader.report('github_username', "is empty; set it to the owner of the algorithm's repository on GitHub")
  }
  const named = reader.optional('git_provider', (raw) => oneOf(raw, gitProviders)) ?? providerNamedBy(hostname)
  const provider: GitProvider =
    hosting === 'algorithmia' ? 'algorithmia' : (named ?? (given === undefined ? 'github' : 'other'))
  const givenLogin = reader.text('git_login')
  const target = reader.optional('algorithm_branch', branch)
  const createBranch = reader.optional('create_branch', boolean) ?? false
  const pushTo = reader.optional('push_to', (raw) => oneOf(raw, ['branch', 'pull_request'] as const)) ?? 'branch'
  const requestBranch = reader.optional('pull_request_branch', branch)
  if (username === undefined || algorithm === undefined) return undefined
  const folder = hosting === 'algorithmia' ? '/git' : ''
  return {
    inputs: {
      provider,
      secretInput,
      secret: hosting === 'algorithmia' ? password : token,
      url: given ?? `${host}${folder}/${repositoryOwner}/${algorithm}.git`,
      // GitHub takes any token with this name; a user who names both an owner and an account means the account as login.
      login:
        givenLogin || (hosting === 'algorithmia' ? username : ((owner ?? given) && githubUser) || 'x-access-token'),
      branch: target,
      createBranch,
      pullRequest: pushTo === 'pull_request' ? { branch: requestBranch } : undefined,
    },
    // On GitHub the owner of the repository need not be an account of Algorithmia.
    algorithmOwner: (hosting === 'algorithmia' || given !== undefined ? owner : undefined) ?? username,
  }
}

/** The platform's git host, from its API's; a test server serves both at one address (platform reference §1). */
function gitHostOf(apiUrl: string): string {
  const { protocol, hostname } = new URL(apiUrl)
  return protocol === 'http:' ? apiUrl : `git.${hostname.replace(/^api\./, '')}`
}
