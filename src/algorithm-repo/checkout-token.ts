import { openWorkspaceGit } from './git.ts'

/**
 * The tokens that actions/checkout has left in the git configuration of the workspace, also in a file that it
 * includes. None without git or a repository.
 */
export async function checkoutTokens(workspace: string): Promise<string[]> {
  const git = openWorkspaceGit(workspace)
  const said = await git.raw(['config', '--get-regexp', '^http\\..*\\.extraheader$']).catch(() => '')
  return [...said.matchAll(/authorization: basic (\S+)/gi)].map(([, basic = '']) =>
    Buffer.from(basic, 'base64')
      .toString()
      .replace(/^[^:]*:/, ''),
  )
}
