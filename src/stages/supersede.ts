import type { AlgorithmRepository } from '../algorithm-repo/repository.ts'
import { relationOf } from '../algorithm-repo/workspace.ts'
import type { Deployment } from '../deployment.ts'
import type { Inputs } from '../inputs.ts'
import { deployedCommits } from '../manifest/deployed-commits.ts'
import type { PresentManifest } from '../manifest/manifest.ts'
import type { Origin } from '../origin.ts'
import { areComparable, judge, Superseded } from '../supersede.ts'
import { headOfRequest } from './pull-request.ts'

interface Head {
  /** Undefined in an empty repository. */
  commit: string | undefined
  present: PresentManifest
  /** What holds it: `which <stands>`. */
  stands?: string
}

/**
 * Ends the run when a head of the algorithm's repository holds the deployment of a newer commit of the same branch.
 * With `force` it goes on and says so, and a dry run says how it would end.
 *
 * @throws Superseded
 */
export async function yieldToNewer(
  { workspace, force, dryRun }: Pick<Inputs, 'workspace' | 'force' | 'dryRun'>,
  deployment: Deployment,
  origin: Origin,
  { commit = '', present, stands = 'is deployed' }: Head,
): Promise<void> {
  for (const deployed of deployedCommits(present)) {
    if (!areComparable(origin, deployed)) continue
    const verdict = judge(origin, deployed, await relationOf(workspace, origin.commit, deployed.commit), stands)
    if (verdict.outcome === 'unknown') deployment.note(`${verdict.why}.`)
    if (verdict.outcome !== 'superseded') continue
    if (force) deployment.note(`${verdict.why}. It is replaced, because force is true.`)
    else if (dryRun) deployment.note(`${verdict.why}. The run would end as superseded and change nothing.`)
    else throw new Superseded(verdict.why, commit)
  }
}

/** The same for what the branch of a pull request has: a merge would deploy it. */
export async function yieldToNewerRequest(
  inputs: Parameters<typeof yieldToNewer>[0],
  deployment: Deployment,
  origin: Origin,
  repository: AlgorithmRepository,
): Promise<void> {
  const head = await headOfRequest(repository)
  const stands = `waits on ${repository.requestBranch} to be merged`
  if (head !== undefined) await yieldToNewer(inputs, deployment, origin, { ...head, stands })
}
