import type { AlgorithmRepository } from '../algorithm-repo/repository.ts'
import type { DataApi } from '../algorithmia/data.ts'
import type { StoredModel } from '../algorithmia/store.ts'
import { endWhenCancelled } from '../cancellation.ts'
import type { Deployment } from '../deployment.ts'
import { commitUrl } from '../git-hosts.ts'
import type { Inputs } from '../inputs.ts'
import * as log from '../log.ts'
import { readManifest } from '../manifest/manifest.ts'
import type { Origin } from '../origin.ts'
import { recordChanges } from './changes.ts'
import { applyTo, commitText, pushUntilCancelled } from './delivery.ts'
import { manifestFiles, readManifestFiles } from './manifest.ts'
import { confirmAll, type Model } from './models.ts'
import { openRequest } from './pull-request.ts'
import { yieldToNewer, yieldToNewerRequest } from './supersede.ts'

interface Delivered {
  origin: Origin
  data: DataApi
  repository: AlgorithmRepository
  models: readonly Model[]
  stored: readonly StoredModel[]
}

/**
 * Copies the code, writes the manifest, commits both and pushes; opens the pull request where there is to be one. When
 * another push comes first, all of it is done again on top of that.
 *
 * @returns the commit that holds the deployment, and whether this run made anything of it
 * @throws Superseded when the head turns out to be the deployment of a newer commit
 */
export async function deliver(
  inputs: Inputs,
  deployment: Deployment,
  { origin, data, repository, models, stored: first }: Delivered,
): Promise<{ commit: string; isNew: boolean }> {
  let stored = first
  let manifest = ''
  const change = async (folder: string) => {
    const head = readManifest(await readManifestFiles(folder))
    await yieldToNewer(inputs, deployment, origin, { present: head, commit: repository.head })
    stored = await confirmAll(inputs, deployment, models, stored, head)
    manifest = await applyTo(folder, inputs, {
      deployment,
      data,
      origin,
      format: inputs.manifestFormat,
      models: models.map((model, index) => ({ ...model, stored: stored[index] as StoredModel })),
      metrics: deployment.metrics,
    })
  }
  if (inputs.code === undefined) deployment.skip('Copying code', inputs.codeSkipped)
  await deployment.stage('copy', 'Copy the code and write the manifest', async () =>
    recordChanges(deployment, await repository.stage(change, manifestFiles)),
  )

  const delivery = await deployment.stage('push', 'Commit and push', async () => {
    const pushed = await pushUntilCancelled(repository, inputs.repository.message ?? commitText(origin), () =>
      yieldToNewerRequest(inputs, deployment, origin, repository),
    )
    recordChanges(deployment, repository.staged)
    return pushed
  })
  const { changed, commit, request } = delivery
  const branch = request?.branch ?? repository.branch
  const { url, provider } = inputs.repository
  deployment.recordDelivery({ changed, commit, branch, url: commitUrl(url, provider, commit), manifest })
  log.info(
    changed
      ? `Pushed ${commit} to ${branch} of ${url}`
      : `Unchanged: ${commit} on ${branch} already holds this model and code`,
  )
  if (repository.requestBranch === undefined) return { commit, isNew: changed }
  const isOpened = await deployment.stage('push', 'Pull request', () =>
    endWhenCancelled(() => openRequest(inputs, deployment, repository, { delivery, origin })),
  )
  return { commit, isNew: changed || isOpened }
}
