import { existsSync } from 'node:fs'
import type { AlgorithmRepository } from '../algorithm-repo/repository.ts'
import { fileIn, formatUri, manifestPath } from '../algorithmia/data-uri.ts'
import type { Deployment } from '../deployment.ts'
import { formatBytes } from '../format.ts'
import type { Inputs, ReleaseInputs } from '../inputs.ts'
import * as log from '../log.ts'
import { type ManifestEntry, manifestName, provesObject } from '../manifest/manifest.ts'
import { checkModel } from '../model/check.ts'
import { remoteName } from '../model/names.ts'
import { fileSource } from '../model/source.ts'
import type { Origin } from '../origin.ts'
import { applyTo, manifestEntry } from './delivery.ts'

/** What a deployment of the present workspace would change. Nothing is trained, stored, committed or pushed. */
export async function plan(
  inputs: Inputs,
  deployment: Deployment,
  origin: Origin,
  repository: AlgorithmRepository,
  present: Partial<ManifestEntry>,
  { release, releaseSkipped }: Pick<Inputs, 'release' | 'releaseSkipped'>,
): Promise<void> {
  const { model, workspace, training, collection } = inputs
  if (training) deployment.note(`Would run ${training.program.relative}.`)
  if (training && !existsSync(model.absolute)) {
    deployment.note(`${model.relative} does not exist yet, so its upload and the manifest cannot be shown.`)
  } else {
    deployment.phase = 'model'
    if (training)
      deployment.note(`Its model is not known yet; what follows is of the ${model.relative} that is there now.`)
    const source = fileSource(await checkModel({ ...model, workspace, trainedSince: undefined }))
    const uri = fileIn(collection, remoteName(source.name, origin.commit))
    const facts = { size: source.size, ...(await source.digest()) }
    const uploaded = !provesObject(present, { filepath: manifestPath(uri), ...facts })
    const shown = `${model.relative} (${formatBytes(facts.size)}, MD5 ${facts.md5})`
    deployment.note(
      uploaded ? `Would store ${shown} as ${formatUri(uri)}.` : `${shown} is stored already as ${formatUri(uri)}.`,
    )
    deployment.phase = 'copy'
    const entry = manifestEntry(origin, { uri, uploaded, ...facts }, present)
    const files = await repository.stage(
      async (folder) => {
        await applyTo(folder, inputs.code, entry)
      },
      [manifestName],
    )
    const target = `${repository.branch} of ${inputs.repository.url}`
    deployment.note(
      files.length === 0
        ? `Would commit nothing: ${target} has it all.`
        : `Would commit to ${target}: ${shorten(files)}.`,
    )
    const difference = await repository.difference(manifestName)
    if (difference !== '') log.info(difference)
  }
  if (release) noteRelease(release, deployment)
  else deployment.skip('Build, test and publication', releaseSkipped)
  deployment.succeed('planned')
}

function noteRelease({ tests, publish }: ReleaseInputs, deployment: Deployment): void {
  const steps = [
    'wait for the build of the pushed commit',
    ...(tests
      ? [
          `run the ${tests.cases.length === 1 ? 'test case' : `${tests.cases.length} test cases`} of ${tests.file.relative} against it`,
        ]
      : []),
    ...(publish === 'none' ? [] : [`publish it as a ${publish} version, unless it is published already`]),
  ]
  deployment.note(`Would ${steps.join(', then ')}.`)
}

function shorten(files: readonly string[]): string {
  return files.slice(0, 20).join(', ') + (files.length > 20 ? ` and ${files.length - 20} more` : '')
}
