import * as hosts from '../git-hosts.ts'
import type { RepositoryInputs } from '../inputs.ts'
import { mask } from '../log.ts'
import type { InputReader } from './reader.ts'
import { account, gitLogin, hostOrigin, httpUrl, oneOf, repositoryOwner } from './values.ts'

export interface RepositoryFacts {
  apiUrl: string
  username: string | undefined
  algorithm: string | undefined
  password: string
  token: string
  /** Whether the secrets may be empty. */
  isPlan: boolean
}

/** What is known of the host before the secret may go there. */
interface Host {
  /** The input that names it. */
  input: 'git_host' | 'algorithm_repository'
  hostname: string
  /** What git_provider says. */
  wanted: hosts.GitProvider | undefined
  hasPassword: boolean
  /** The platform's own git host, by its API's. */
  platformGit: string
}

/**
 * Where the algorithm's repository is and which secret opens it. A password selects Algorithmia hosting, as in the
 * original action; the secret is refused to a host that was probably not meant.
 */
export function readGitHost(
  reader: InputReader,
  { apiUrl, username, algorithm, password, token, isPlan }: RepositoryFacts,
):
  | (Pick<RepositoryInputs, 'provider' | 'secretInput' | 'secret' | 'url' | 'login'> & { algorithmOwner: string })
  | undefined {
  const owner = reader.optional('algorithm_owner', repositoryOwner)
  const githubUser = reader.optional('github_username', account)
  const given = reader.optional('algorithm_repository', httpUrl)
  const origin = given ?? reader.optional('git_host', hostOrigin) ?? 'https://github.com'
  const { hostname } = new URL(origin)
  const wanted = reader.optional('git_provider', (raw) => oneOf(raw, hosts.gitProviders))
  const hasPassword = password !== '' || reader.failed('algorithmia_password')
  const platformGit = gitHostOf(apiUrl)
  const told = wanted ?? hosts.providerNamedBy(hostname)
  // Without any secret, the host and the lack of an owner on GitHub tell.
  const isUntold = told === undefined && given === undefined && githubUser === undefined
  const seemsPlatform = isPlan && token === '' && (hostname === platformGit || isUntold)
  const onPlatform = hasPassword || wanted === 'algorithmia' || seemsPlatform
  const named = told ?? (given === undefined ? 'github' : 'other')
  const provider = onPlatform ? 'algorithmia' : named
  const secret = onPlatform ? password : token

  if (given !== undefined && given === new URL(given).origin) {
    reader.report('algorithm_repository', "is only a host; write the full address of the algorithm's repository")
  }
  const input = given === undefined ? 'git_host' : 'algorithm_repository'
  const host: Host = { input, hostname, wanted, hasPassword, platformGit }
  if (reportHost(reader, host)) reportSecret(reader, host, token, isPlan)

  const folder = owner ?? (onPlatform ? username : githubUser)
  if (given === undefined && folder === undefined && !onPlatform) reportOwner(reader, provider)

  // A user who names both an owner and an account means the account as login.
  const accountLogin = onPlatform ? username : (owner ?? given) && githubUser
  const login = reader.optional('git_login', gitLogin) ?? accountLogin ?? hosts.loginOfToken(provider, hostname, secret)
  if (login === undefined && secret !== '') {
    reader.report(
      'git_login',
      token.startsWith('ATBB')
        ? 'is empty, but github_pat is an app password, which goes with the name of its account; set git_login to that, or use an access token'
        : 'is empty, but Bitbucket Data Center takes a token only with the name of its account; set git_login to that. Tokens of projects and repositories have no account and cannot be used here',
    )
  }
  mask(secret, login)
  if (username === undefined || algorithm === undefined) return undefined
  return {
    provider,
    secretInput: onPlatform ? 'algorithmia_password' : 'github_pat',
    secret,
    url: given ?? hosts.repositoryUrl(origin, provider, folder ?? '', algorithm),
    login: login ?? '',
    // On another host the owner of the repository need not be an account of Algorithmia.
    algorithmOwner: (onPlatform || given !== undefined ? owner : undefined) ?? username,
  }
}

/** @returns whether the secret may be meant for this host */
function reportHost(reader: InputReader, { input, hostname, wanted, hasPassword, platformGit }: Host): boolean {
  const name = hosts.providerNamedBy(hostname)
  const isPublic = hosts.isPublicHost(hostname)
  if (hasPassword && wanted !== undefined && wanted !== 'algorithmia') {
    const remedy = `remove git_provider, or remove algorithmia_password and set github_pat to a token of that host`
    reader.report(
      'git_provider',
      `is ${wanted}, but algorithmia_password is set, which selects Algorithmia-hosted git; ${remedy}`,
    )
    return false
  }
  // The name of another host may mislead, and git_provider says so.
  const isElsewhere = isPublic || (name !== undefined && hostname !== platformGit && wanted === undefined)
  if (hasPassword && isElsewhere) {
    reader.report(
      input,
      `is ${hostname}, but algorithmia_password is set, which selects Algorithmia-hosted git. Set git_host to the git ` +
        `host of your Algorithmia (${platformGit}), or remove algorithmia_password and set github_pat. The password was not sent anywhere`,
    )
    return false
  }
  if (isPublic && wanted !== undefined && wanted !== 'other' && wanted !== name) {
    reader.report(
      input,
      `is ${hostname}, but git_provider is ${wanted}. Set ${input} to the host of your ${hosts.providerWords[wanted].name}, ` +
        'or remove git_provider. No secret was sent anywhere',
    )
  }
  return true
}

/** @param isPlan whether there need not be a secret */
function reportSecret(reader: InputReader, host: Host, token: string, isPlan: boolean): void {
  const { input, hostname, wanted, hasPassword, platformGit } = host
  if (hasPassword) return
  if (wanted === 'algorithmia') {
    reader.reportEmptySecret('algorithmia_password', 'is empty, but git_provider is algorithmia', isPlan)
  } else if (hostname === platformGit) {
    const isAllowed = isPlan && token === ''
    reader.reportEmptySecret(
      'algorithmia_password',
      `is empty, but ${input} is Algorithmia's own ${hostname}`,
      isAllowed,
    )
  } else if (token === '' && !reader.failed('github_pat')) {
    const both = "is empty, and so is algorithmia_password: one of them must open the algorithm's repository"
    reader.reportEmptySecret('github_pat', both, isPlan)
  }
}

function reportOwner(reader: InputReader, provider: hosts.GitProvider): void {
  if (reader.failed('github_username') || reader.failed('algorithm_owner')) return
  if (provider === 'github') {
    reader.report('github_username', "is empty; set it to the owner of the algorithm's repository on GitHub")
    return
  }
  const { name } = hosts.providerWords[provider]
  reader.report(
    'algorithm_owner',
    `is empty; set it to the owner of the algorithm's repository on ${name}, or set algorithm_repository`,
  )
}

/** The platform's git host, from its API's; a test server serves both at one address (platform reference §1). */
function gitHostOf(apiUrl: string): string {
  const { protocol, hostname } = new URL(apiUrl)
  return protocol === 'http:' ? apiUrl : `git.${hostname.replace(/^api\./, '')}`
}
