import { checkoutTokens } from '../algorithm-repo/checkout-token.ts'
import type { Deployment } from '../deployment.ts'
import type { Inputs } from '../inputs.ts'
import type { Origin } from '../origin.ts'

/**
 * Warns before the clone when the secret is the token of the job, which opens no other repository: GitHub would only
 * say that the repository is not found. What else begins as that token does, the token of an App, may open it.
 *
 * @see https://docs.github.com/en/actions/concepts/security/github_token
 */
export async function warnOfJobToken(
  { workspace, repository: { url, secret, secretInput } }: Inputs,
  deployment: Deployment,
  { repository, repositoryUrl }: Origin,
): Promise<void> {
  const isOwn = url.replace(/\.git$/, '').toLowerCase() === repositoryUrl.toLowerCase()
  // Tokens of persons need no look at the workspace.
  if (isOwn || !/^(ghs_|v1\.)/.test(secret)) return
  const { GITHUB_TOKEN, GH_TOKEN } = process.env
  if (![GITHUB_TOKEN, GH_TOKEN].includes(secret) && !(await checkoutTokens(workspace)).includes(secret)) return
  deployment.warn(
    `${secretInput} is the token that this job has for ${repository}. If that is GITHUB_TOKEN, it opens no other ` +
      `repository: for ${url} use a token of its own, of an account or of a GitHub App.`,
  )
}
