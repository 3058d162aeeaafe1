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
  return url.replace(/\.git$/, '') + folders[provider] + commit
}
