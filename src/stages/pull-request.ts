import type { AlgorithmRepository, Delivery } from '../algorithm-repo/repository.ts'
import type { Deployment } from '../deployment.ts'
import { DeployError, messageOf } from '../errors.ts'
import { pullRequestPage } from '../git-hosts.ts'
import type { Inputs } from '../inputs.ts'
import * as log from '../log.ts'
import { type PresentManifest, readManifest } from '../manifest/manifest.ts'
import type { Origin } from '../origin.ts'
import { repositoryAddress } from '../pull-request/address.ts'
import { requestBranchFor } from '../pull-request/branch-name.ts'
import { type Branches, type PullRequest, PullRequests } from '../pull-request/pull-requests.ts'
import { requestBody, requestTitle } from '../report/request-text.ts'
import { manifestFiles } from './manifest.ts'

type RequestInputs = Pick<Inputs, 'repository'>

/** The branch to push to for a pull request; undefined when there is to be none. */
export function requestBranchOf({ repository: { pullRequest } }: RequestInputs, origin: Origin): string | undefined {
  return pullRequest && (pullRequest.branch ?? requestBranchFor(origin.ref))
}

/**
 * The pull request that is open already, on GitHub.
 *
 * @throws DeployError when the token may not read pull requests
 */
export async function findRequest(
  inputs: RequestInputs,
  repository: AlgorithmRepository,
): Promise<PullRequest | undefined> {
  const branches = branchesOf(repository)
  return branches && requestsOf(inputs)?.find(branches)
}

/** What an earlier run pushed for a pull request that is not merged yet; undefined where nothing readable is there. */
export async function headOfRequest(
  repository: AlgorithmRepository,
): Promise<{ commit: string; present: PresentManifest } | undefined> {
  const found = await repository.lookAtRequest(manifestFiles)
  if (found === undefined) return undefined
  const [manifest, freeze] = found.texts
  try {
    return { commit: found.commit, present: readManifest({ manifest, freeze }) }
  } catch (error) {
    // It is replaced anyway.
    log.debug(messageOf(error))
    return undefined
  }
}

/**
 * Which branches and pull requests a deployment would make or update, in sentences. Only reads.
 *
 * @param files that it would change; none: nothing is to be merged
 */
export async function planBranches(
  inputs: RequestInputs,
  repository: AlgorithmRepository,
  files: readonly unknown[],
): Promise<string[]> {
  const { madeFrom, branch } = repository
  const branches = branchesOf(repository)
  if (branches === undefined) return madeFrom === undefined ? [] : [`Would make the branch ${branch} from ${madeFrom}.`]
  const { from, into } = branches
  if (files.length === 0) return [`Would open no pull request: ${into} has it all.`]
  const present = await findRequest(inputs, repository)
  const opened = inputs.repository.provider === 'github' ? 'open a pull request' : 'show where to open a pull request'
  return [
    present
      ? `Would push to ${from} and update pull request #${present.number} into ${into}.`
      : `Would push to ${from} and ${opened} from there into ${into}.`,
  ]
}

/**
 * Opens or updates the pull request of a branch that is pushed; none, where there is nothing to merge. On other hosts than
 * GitHub it says where a person can do it.
 *
 * @returns whether one was opened
 * @throws DeployError when GitHub refuses it
 */
export async function openRequest(
  inputs: RequestInputs,
  deployment: Deployment,
  repository: AlgorithmRepository,
  { delivery, origin }: { delivery: Delivery; origin: Origin },
): Promise<boolean> {
  const { request, commit } = delivery
  if (request === undefined) {
    deployment.note(`No pull request: ${repository.branch} has it all, at ${commit}.`)
    return false
  }
  const branches = { from: request.branch, into: repository.branch }
  const { url, provider, message } = inputs.repository
  const page = pullRequestPage(url, provider, branches)
  const requests = requestsOf(inputs)
  if (requests === undefined) {
    deployment.recordRequest({ ...branches, url: page, number: undefined })
    deployment.note(
      page === '' ? mergeByHand(url, branches) : `To deploy it, open a pull request and merge it: ${page}`,
    )
    return false
  }
  const isBuilt = await repository.onDefaultBranch()
  const facts = {
    origin,
    commitMessage: message,
    into: branches.into,
    isBuilt,
    files: request.files.map(({ path }) => path),
  }
  try {
    const text = { title: requestTitle(deployment, facts), body: requestBody(deployment, facts) }
    const opened = await requests.openOrUpdate(branches, text)
    if (opened === undefined)
      throw new DeployError(`GitHub sees no difference between ${branches.from} and ${branches.into}`)
    deployment.recordRequest({ ...branches, url: opened.url, number: opened.number })
    log.info(`Pull request #${opened.number} is ${opened.isNew ? 'opened' : 'updated'}: ${opened.url}`)
    return opened.isNew
  } catch (error) {
    throw new DeployError(
      `${messageOf(error)}\nThe branch ${branches.from} is pushed, and nothing is deployed until it is merged into ` +
        `${branches.into}. Run again, or open the pull request by hand: ${page}`,
    )
  }
}

function branchesOf({ requestBranch, branch }: AlgorithmRepository): Branches | undefined {
  return requestBranch === undefined ? undefined : { from: requestBranch, into: branch }
}

function requestsOf({ repository: { url, provider, secret, secretInput } }: RequestInputs): PullRequests | undefined {
  // Without a token a dry run says what it would do all the same.
  if (provider !== 'github' || secret === '') return undefined
  return new PullRequests({ ...repositoryAddress(url), token: secret, tokenInput: secretInput })
}

/** Algorithmia's own git has no pull requests (platform reference §1). */
function mergeByHand(url: string, { from, into }: Branches): string {
  const commands = [`git clone --branch ${into} ${url} .`, `git merge origin/${from}`, `git push origin ${into}`]
  return `This host has no pull requests. To deploy it, merge it by hand: ${commands.join(' && ')}`
}
