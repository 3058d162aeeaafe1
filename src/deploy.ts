import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { AlgorithmRepository } from './algorithm-repo/repository.ts'
import { commitFacts } from './algorithm-repo/workspace.ts'
import { DataApi } from './algorithmia/data.ts'
import { Http } from './algorithmia/http.ts'
import type { Deployment } from './deployment.ts'
import { messageOf } from './errors.ts'
import { commitUrl } from './git-hosts.ts'
import type { Inputs } from './inputs.ts'
import * as log from './log.ts'
import { readOrigin } from './origin.ts'
import { deliver } from './stages/deliver.ts'
import { warnOfJobToken } from './stages/job-token.ts'
import { readModels, storeAll } from './stages/models.ts'
import { plan } from './stages/plan.ts'
import { preflight } from './stages/preflight.ts'
import { requestBranchOf } from './stages/pull-request.ts'
import { algorithmOf, releaseCommit } from './stages/release.ts'
import { readyRepository } from './stages/repository.ts'
import { yieldToNewer, yieldToNewerRequest } from './stages/supersede.ts'
import { gatherMetrics, trainModel } from './stages/train.ts'
import { Superseded } from './supersede.ts'

/**
 * The deployment, top to bottom. Any failure ends it, and until the push nothing that production reads has changed.
 * What becomes known goes into `deployment`, which is reported in either case.
 */
export async function deploy(inputs: Inputs, deployment: Deployment): Promise<void> {
  const temp = await mkdtemp(join(inputs.temp, 'deploy-to-algorithmia-'))
  const data = new DataApi(new Http(inputs.platform))
  try {
    const before = await deployment.stage('preflight', 'Preflight', async () => {
      deployment.origin = await readOrigin(process.env, (commit) => commitFacts(inputs.workspace, commit))
      await warnOfJobToken(inputs, deployment, deployment.origin)
      const location = { ...inputs.repository, requestBranch: requestBranchOf(inputs, deployment.origin) }
      const open = () => AlgorithmRepository.clone(location, temp)
      const found = await preflight(inputs, algorithmOf(inputs), data, open)
      if ('repository' in found.destination) {
        const { present, repository } = found.destination
        await yieldToNewer(inputs, deployment, deployment.origin, { present, commit: repository.head })
        await yieldToNewerRequest(inputs, deployment, deployment.origin, repository)
      }
      return { origin: deployment.origin, open, ...found }
    })
    const ready = inputs.dryRun ? undefined : await readyRepository(inputs, deployment, before)

    const { training } = inputs
    if (training === undefined) deployment.skip('Training', inputs.trainingSkipped)
    const trainedSince =
      training && (!inputs.dryRun || inputs.planTraining)
        ? await deployment.stage('train', undefined, () => trainModel(training, inputs, deployment, temp))
        : undefined

    if (ready === undefined) return await plan(inputs, deployment, { ...before, data, trainedSince })
    const { origin, collection } = before
    const { repository, present, release, releaseSkipped } = ready

    const models = await deployment.stage('model', 'Check the model', async () => {
      await gatherMetrics(inputs, deployment, trainedSince)
      return readModels(inputs, deployment, origin.commit, trainedSince)
    })

    const collectionExists = collection === 'exists'
    const stored = await deployment.stage('store', 'Store the model', () =>
      storeAll(inputs, deployment, models, { collectionExists, known: present.objects }),
    )

    const delivery = await deliver(inputs, deployment, { origin, data, repository, models, stored })

    const { commit } = delivery
    if (release === undefined) deployment.skip('Build, test and publication', releaseSkipped)
    const reached = release
      ? await releaseCommit({ inputs, release, deployment, repository, origin, commit })
      : 'pushed'
    deployment.succeed(delivery.isNew || deployment.published?.isNew ? reached : 'unchanged')
  } catch (outcome) {
    if (!(outcome instanceof Superseded)) throw outcome
    deployment.giveWay(outcome, commitUrl(inputs.repository.url, inputs.repository.provider, outcome.head))
  } finally {
    // What is left there must not hide how the deployment ended.
    await rm(temp, { recursive: true, force: true, maxRetries: 3 }).catch((error: unknown) =>
      log.warning(`${temp} could not be removed: ${messageOf(error)}`),
    )
  }
}
