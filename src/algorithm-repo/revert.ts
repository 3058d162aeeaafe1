import { DeployError } from '../errors.ts'
import type { Clone } from './clone.ts'
import { explainGitError, isLostRace } from './git-errors.ts'
import { connectionTries } from './persist.ts'
import { headAfter, mayPushAgain, pauseAfter } from './push-trouble.ts'
import type { RemoteBranch } from './remote-branch.ts'

const action = 'Taking the push to the algorithm repository back'

/**
 * Pushes one commit on top of a delivered one that restores all files as they were before it.
 *
 * @param commit made in this clone, and the head of the branch
 * @returns the new commit
 * @throws DeployError when there is nothing to go back to, when another push came on top, or when the push is refused;
 *   the remote is then as it was
 * @throws UncertainError when nobody can tell whether it arrived
 */
export async function revertCommit(
  { git, branch, location }: Clone,
  remote: RemoteBranch,
  commit: string,
  message: string,
): Promise<string> {
  const tree = await treeBefore()
  await expectHead(
    await remote.head().catch((error: unknown) => {
      throw explainGitError(action, error, location)
    }),
  )
  const undo = (await git.raw(['commit-tree', tree, '-p', commit, '-m', message])).trim()
  let unsure: string | undefined
  for (let tries = 1; ; tries += 1) {
    try {
      await remote.push(undo)
      return undo
    } catch (error) {
      const failed = explainGitError(action, error, location)
      if (!mayPushAgain(error)) throw failed
      if (!isLostRace(error)) unsure = undo
      await pauseAfter(error, tries)
      const head = await headAfter(failed, { remote, branch, unsure })
      // The answer may be lost although the push arrived; others may have built upon it since.
      if ((await remote.findFirst([undo], head)) !== undefined) return undo
      await expectHead(head)
      if (tries >= connectionTries) throw failed
    }
  }

  /** The clone is shallow: it has the commit that it began with, and none of those before. */
  async function treeBefore(): Promise<string> {
    const [head = ''] = (await git.raw(['cat-file', 'commit', commit])).split('\n\n', 1)
    const parent = /^parent (\w+)$/m.exec(head)?.[1]
    if (parent === undefined) {
      throw new DeployError(
        `${action} is not possible: ${commit} is the first commit of ${branch}, so there is nothing to go back to`,
      )
    }
    try {
      return (await git.raw(['rev-parse', '--verify', '--quiet', `${parent}^{tree}`])).trim()
    } catch (error) {
      throw new DeployError(`${action} is not possible: ${commit} was not made by this run`, { cause: error })
    }
  }

  async function expectHead(head: string | undefined): Promise<void> {
    if (head === commit) return
    const found =
      head === undefined ? `${branch} is no longer there` : `another push came after it: ${branch} is at ${head}`
    throw new DeployError(
      `${action} was not done, because ${found}. Nothing was changed; if ${commit} must go, take it back there by hand`,
    )
  }
}
