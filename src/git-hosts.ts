/** What runs on the host of a git repository: it decides logins and web addresses. */
export const gitProviders = ['algorithmia', 'github', 'gitlab', 'bitbucket', 'other'] as const

export type GitProvider = (typeof gitProviders)[number]

/** The provider that a host's name tells of; undefined when it tells nothing. */
export function providerNamedBy(hostname: string): GitProvider | undefined {
  const names: [RegExp, GitProvider][] = [
    [/(^|[.-])github([.-]|$)|\.ghe\.com$/i, 'github'],
    [/(^|[.-])gitlab([.-]|$)/i, 'gitlab'],
    [/(^|[.-])bitbucket([.-]|$)/i, 'bitbucket'],
  ]
  return names.find(([pattern]) => pattern.test(hostname))?.[1]
}

/** What a provider is called, and what a token needs there to push. */
export const providerWords: Record<GitProvider, { name: string; right: string }> = {
  algorithmia: { name: 'Algorithmia', right: "access to the owner's algorithms" },
  github: { name: 'GitHub', right: '`contents: write`' },
  gitlab: { name: 'GitLab', right: 'the scope `write_repository` and a role that may push' },
  bitbucket: { name: 'Bitbucket', right: 'the permission to write repositories' },
  other: { name: 'The host', right: 'write access' },
}

/** Where everybody is a guest of the provider: what runs there is no question. */
export function isPublicHost(hostname: string): boolean {
  return /(^|\.)(github\.com|ghe\.com|gitlab\.com|bitbucket\.org)$/i.test(hostname)
}

/**
 * The user name that goes with a token; undefined where it is the name of the token's account.
 *
 * GitHub, Gitea and Forgejo take any token with `x-access-token`, GitLab with any name, also those of OAuth with
 * `oauth2`. Bitbucket Cloud tells tokens of accounts (`ATATT`), which go with a fixed name of their own, app passwords
 * (`ATBB`), and those of a repository, project or workspace. Bitbucket Data Center has no such name.
 *
 * @see https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/authenticating-as-a-github-app-installation
 * @see https://docs.gitlab.com/user/profile/personal_access_tokens/
 * @see https://support.atlassian.com/bitbucket-cloud/docs/using-api-tokens/
 * @see https://support.atlassian.com/bitbucket-cloud/docs/using-access-tokens/
 * @see https://confluence.atlassian.com/bitbucketserver/http-access-tokens-939515499.html
 */
export function loginOfToken(provider: GitProvider, hostname: string, token: string): string | undefined {
  if (provider === 'gitlab') return 'oauth2'
  if (provider !== 'bitbucket') return 'x-access-token'
  if (!isPublicHost(hostname) || token.startsWith('ATBB')) return undefined
  return token.startsWith('ATATT') ? 'x-bitbucket-api-token-auth' : 'x-token-auth'
}

/** @param host an origin @param owner an account, organisation, group, workspace or project */
export function repositoryUrl(host: string, provider: GitProvider, owner: string, name: string): string {
  const dataCenter = provider === 'bitbucket' && !isPublicHost(new URL(host).hostname)
  const folder = provider === 'algorithmia' ? '/git' : dataCenter ? '/scm' : ''
  return `${host}${folder}/${owner}/${name}.git`
}

/** Web page of a commit. Algorithmia's own git has none (platform reference §1). */
export function commitUrl(url: string, provider: GitProvider, commit: string): string {
  if (provider === 'algorithmia' || commit === '') return ''
  const folders = { github: '/commit/', gitlab: '/-/commit/', bitbucket: '/commits/', other: '/commit/' }
  return repositoryPage(url, provider) + folders[provider] + commit
}

/**
 * Web page where a person opens a pull or merge request from a branch that is pushed; empty where there is none. For
 * `other` it is that of Gitea and Forgejo, which is GitHub's as well.
 */
export function pullRequestPage(
  url: string,
  provider: GitProvider,
  { from, into }: { from: string; into: string },
): string {
  if (provider === 'algorithmia') return ''
  const page = repositoryPage(url, provider)
  if (provider === 'gitlab') {
    const branches = { 'merge_request[source_branch]': from, 'merge_request[target_branch]': into }
    return `${page}/-/merge_requests/new?${new URLSearchParams(branches)}`
  }
  if (provider === 'bitbucket' && isDataCenter(url)) {
    const branches = { sourceBranch: `refs/heads/${from}`, targetBranch: `refs/heads/${into}` }
    return `${page}/pull-requests?create&${new URLSearchParams(branches)}`
  }
  if (provider === 'bitbucket') {
    return `${page}/pull-requests/new?${new URLSearchParams({ source: from, dest: into })}`
  }
  const inPath = (branch: string) => branch.split('/').map(encodeURIComponent).join('/')
  return `${page}/compare/${inPath(into)}...${inPath(from)}${provider === 'github' ? '?expand=1' : ''}`
}

/** Bitbucket Data Center clones from `/scm/<project>/<repository>.git`, and shows it under `/projects` or `/users`. */
const dataCenterPath = /\/scm\/(~|%7e)?([^/]+)\/([^/]+)$/i

function isDataCenter(url: string): boolean {
  return dataCenterPath.test(url)
}

function repositoryPage(url: string, provider: GitProvider): string {
  const page = url.replace(/\.git$/, '')
  if (provider !== 'bitbucket') return page
  return page.replace(dataCenterPath, (_, personal: string | undefined, owner: string, name: string) =>
    personal === undefined ? `/projects/${owner}/repos/${name}` : `/users/${owner}/repos/${name}`,
  )
}
