import { existsSync } from 'node:fs'
import type { AlgorithmRepository } from './algorithm-repo/repository.ts'
import { fileIn, formatUri } from './algorithmia/data-uri.ts'
import { applyTo, manifestEntry } from './delivery.ts'
import type { Deployment } from './deployment.ts'
import type { Inputs } from './inputs.ts'
import * as log from './log.ts'
import { type ManifestEntry, manifestName } from './manifest/manifest.ts'
import { checkModel } from './model/check.ts'
import { remoteName } from './model/names.ts'
import { modelSource } from './model/source.ts'

/** What a deployment of the present workspace would change. Nothing is trained, stored, committed or pushed. */
export async function plan(
  inputs: Inputs,
  deployment: Deployment,
  repository: AlgorithmRepository,
  present: Partial<ManifestEntry>,
): Promise<void> {
  const { model, workspace, training, collection } = inputs
  if (training) deployment.note(`Would run ${training.notebook.relative}.`)
  if (training && !existsSync(model.absolute)) {
    deployment.note(`${model.relative} does not exist yet, so its upload and the manifest cannot be shown.`)
  } else if (deployment.origin) {
    const source = modelSource(await checkModel({ ...model, workspace, trainedSince: undefined }))
    const uri = fileIn(collection, remoteName(source.name, deployment.origin.commit))
    const digest = await source.digest()
    deployment.note(`Would store ${model.relative} (${source.size} bytes, MD5 ${digest.md5}) as ${formatUri(uri)}.`)
    const entry = manifestEntry(deployment.origin, { uri, size: source.size, uploaded: true, ...digest }, present)
    const files = await repository.stage(
      async (folder) => {
        await applyTo(folder, inputs.code, entry)
      },
      [manifestName],
    )
    deployment.note(
      `Would commit to ${repository.branch} of ${inputs.repository.url}: ${files.join(', ') || 'nothing'}.`,
    )
    log.info(await repository.difference(manifestName))
  }
  deployment.succeed('planned')
}
