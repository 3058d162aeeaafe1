import type { InputName } from './names.ts'
import { type InputReader, whySecretsAreEmpty } from './reader.ts'
import { account, hostOrigin, httpUrl } from './values.ts'

interface RepositoryFacts {
  apiUrl: string
  username: string | undefined
  algorithm: string | undefined
  owner: string | undefined
  password: string
  token: string
}

/**
 * Where the algorithm's repository is and which secret opens it. A password selects Algorithmia hosting, as in the
 * original action; the secret is refused to a host that was probably not meant.
 */
export function locateRepository(reader: InputReader, facts: RepositoryFacts) {
  const { username, algorithm, owner, password, token } = facts
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
  if (username === undefined || algorithm === undefined) return undefined
  const folder = hosting === 'algorithmia' ? '/git' : ''
  return {
    hosting,
    secretInput,
    secret: hosting === 'algorithmia' ? password : token,
    url: given ?? `${host}${folder}/${repositoryOwner}/${algorithm}.git`,
    // GitHub takes any token with this name; a user who names both an owner and an account means the account as login.
    login: hosting === 'algorithmia' ? username : ((owner ?? given) && githubUser) || 'x-access-token',
    // On GitHub the owner of the repository need not be an account of Algorithmia.
    algorithmOwner: (hosting === 'algorithmia' || given !== undefined ? owner : undefined) ?? username,
  } as const
}

/** The platform's git host, from its API's; a test server serves both at one address (platform reference §1). */
function gitHostOf(apiUrl: string): string {
  const { protocol, hostname } = new URL(apiUrl)
  return protocol === 'http:' ? apiUrl : `git.${hostname.replace(/^api\./, '')}`
}
