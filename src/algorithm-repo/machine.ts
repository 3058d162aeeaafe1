import type { SimpleGit } from 'simple-git'
import { DeployError } from '../errors.ts'

/** The oldest git whose `clone`, `push --porcelain` and scoped credential helpers were tried: Ubuntu 20.04's. */
const oldestGit = [2, 25]

/** @throws DeployError when this machine has no git, or one that is too old */
export async function checkGit(git: SimpleGit): Promise<void> {
  const { installed, major, minor } = await git.version()
  if (!installed) throw new DeployError('git is not installed on this runner; install it before this step')
  const [needMajor = 0, needMinor = 0] = oldestGit
  if (major > needMajor || (major === needMajor && minor >= needMinor)) return
  throw new DeployError(`git ${major}.${minor} is too old; this action needs git ${oldestGit.join('.')} or newer`)
}

/** `url.<base>.insteadOf` of the machine would send the secret somewhere else. */
export async function refuseRewrittenUrl(git: SimpleGit, url: string): Promise<void> {
  refuseOther(url, await git.raw(['ls-remote', '--get-url', '--', url]))
}

/** The same for pushes, which have a setting of their own; it shows only in the clone. */
export async function refuseRewrittenPushUrl(git: SimpleGit, url: string): Promise<void> {
  refuseOther(url, await git.raw(['remote', 'get-url', '--push', 'origin']))
}

function refuseOther(url: string, output: string): void {
  const actual = output.trim()
  if (actual === url) return
  // Not shown with credentials, which such a setting may hold.
  const shown = actual.replace(/\/\/[^/]*@/, '//***@')
  throw new DeployError(
    `This machine's git configuration (url.*.insteadOf or pushInsteadOf) turns ${url} into ${shown}. The secret is not ` +
      'sent there; remove that setting, or set algorithm_repository to the address you mean',
  )
}
