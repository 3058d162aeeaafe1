import type { DataApi } from '../algorithmia/data.ts'
import { fileIn, formatUri } from '../algorithmia/data-uri.ts'
import { type KnownObject, knownObjects } from '../algorithmia/place.ts'
import type { Deployment } from '../deployment.ts'
import { formatBytes } from '../format.ts'
import type { Inputs, ReleaseInputs } from '../inputs.ts'
import * as log from '../log.ts'
import { manifestName } from '../manifest/manifest.ts'
import type { Origin } from '../origin.ts'
import { type PlannedAlgorithm, planCreation } from './create.ts'
import { applyTo, type DeployedModel } from './delivery.ts'
import { manifestFiles } from './manifest.ts'
import { absentModels, type Model, readModels } from './models.ts'
import type { Opened } from './preflight.ts'
import { planBranches } from './pull-request.ts'

/** What is there before a deployment. */
export interface Before {
  origin: Origin
  place: Opened | PlannedAlgorithm
  data: DataApi
  release: ReleaseInputs | undefined
  releaseSkipped: string
}

/** What a deployment of the present workspace would change. Nothing is trained, stored, committed or pushed. */
export async function plan(inputs: Inputs, deployment: Deployment, before: Before): Promise<void> {
  const { training } = inputs
  if (!('repository' in before.place)) planCreation(before.place, deployment)
  if (training) deployment.note(`Would run ${training.program.relative}.`)
  const absent = training ? await absentModels(inputs) : []
  if (absent.length > 0) {
    deployment.note(`${absent.join(', ')} does not exist yet, so its upload and the manifest cannot be shown.`)
  } else {
    if (training) {
      const paths = inputs.models.lines.map(({ path }) => path.relative).join(', ')
      deployment.note(`Its model is not known yet; what follows is of the ${paths} that is there now.`)
    }
    await planDelivery(inputs, deployment, before)
  }
  if (before.release) noteRelease(before.release, deployment)
  else deployment.skip('Build, test and publication', before.releaseSkipped)
  deployment.succeed('planned')
}

async function planDelivery(inputs: Inputs, deployment: Deployment, before: Before): Promise<void> {
  const { origin, place, data } = before
  const known = 'repository' in place ? place.present.objects : []
  deployment.phase = 'model'
  const found = await readModels(inputs, deployment, origin.commit, undefined)
  const models: DeployedModel[] = []
  // One after another: each takes memory and threads for its own.
  for (const model of found) {
    const { sentence, ...planned } = await planModel(model, inputs, known)
    deployment.note(sentence)
    models.push(planned)
  }
  if (!('repository' in place)) return
  const { repository } = place
  deployment.phase = 'copy'
  const request = { deployment, data, origin, format: inputs.manifestFormat, models, metrics: undefined }
  const { files } = await repository.stage(
    async (folder) => void (await applyTo(folder, inputs, request)),
    manifestFiles,
  )
  const target = `${repository.branch} of ${inputs.repository.url}`
  deployment.note(
    files.length === 0
      ? `Would commit nothing: ${target} has it all.`
      : `Would commit to ${target}: ${shorten(files.map(({ path }) => path))}.`,
  )
  await planBranches(inputs, deployment, repository, files)
  const difference = await repository.difference(manifestName)
  if (difference !== '') log.info(difference)
}

async function planModel(model: Model, { collection }: Inputs, known: readonly KnownObject[]) {
  const { shown, entry, isOptional, mlflow, model: source } = model
  const facts = { size: source.size, ...(await source.digest()) }
  const [proven] = knownObjects({ known, collection }, facts.size, facts)
  const uri = proven ?? fileIn(collection, model.name)
  const described = `${shown} (${formatBytes(facts.size)}, MD5 ${facts.md5})`
  const sentence = proven
    ? `${described} is stored already as ${formatUri(uri)}.`
    : `Would store ${described} as ${formatUri(uri)}.`
  return { sentence, entry, isOptional, mlflow, stored: { uri, uploaded: proven === undefined, ...facts } }
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
