import { openWorkspaceGit } from './git.ts'

/** The message of a commit of the user's own repository; undefined when the checkout does not hold it. */
export async function commitMessage(workspace: string, commit: string): Promise<string | undefined> {
  try {
    const message = await openWorkspaceGit(workspace).raw(['log', '-1', '--format=%B', commit, '--'])
    return message.replace(/\n+$/, '') || undefined
  } catch {
    // No git, no repository, or a shallow checkout of another commit: the caller says what that means.
    return undefined
  }
}
