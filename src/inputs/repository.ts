import type { RepositoryInputs } from '../inputs.ts'
import { type RepositoryFacts, readGitHost } from './git-host.ts'
import type { InputReader } from './reader.ts'
import { boolean, branch, oneOf } from './values.ts'

/** The algorithm's repository, and what is pushed there. */
export function readRepositoryInputs(
  reader: InputReader,
  facts: RepositoryFacts,
): { inputs: Omit<RepositoryInputs, 'author' | 'message'>; algorithmOwner: string } | undefined {
  const place = readGitHost(reader, facts)
  const target = reader.optional('algorithm_branch', branch)
  const createBranch = reader.optional('create_branch', boolean) ?? false
  const pushTo = reader.optional('push_to', (raw) => oneOf(raw, ['branch', 'pull_request'] as const)) ?? 'branch'
  const requestBranch = reader.optional('pull_request_branch', branch)
  if (pushTo === 'pull_request' && target !== undefined && requestBranch === target) {
    reader.report(
      'pull_request_branch',
      `is "${target}", as algorithm_branch is, which it is to be merged into; name another one`,
    )
  }
  if (place === undefined) return undefined
  const { algorithmOwner, ...where } = place
  const pullRequest = pushTo === 'pull_request' ? { branch: requestBranch } : undefined
  return { inputs: { ...where, branch: target, createBranch, pullRequest }, algorithmOwner }
}
