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
