import type { DataApi } from '../algorithmia/data.ts'
import { needsCollection } from '../algorithmia/data.ts'
import { fileIn, formatUri } from '../algorithmia/data-uri.ts'
import { findPlace, knownObjects, type Place } from '../algorithmia/place.ts'
import { endWhenCancelled } from '../cancellation.ts'
import type { Deployment } from '../deployment.ts'
import { formatBytes } from '../format.ts'
import type { Inputs } from '../inputs.ts'
import * as log from '../log.ts'
import type { Origin } from '../origin.ts'
import { emptyPlan, type Plan } from '../plan.ts'
import type { DeployedModel } from './delivery.ts'
import { absentModels, type Model, readModels } from './models.ts'
import { planCommit } from './plan-commit.ts'
import { planRelease } from './plan-release.ts'
import type { Before } from './preflight.ts'
import { gatherMetrics } from './train.ts'

/** What is there before a deployment. */
export interface PlanRequest extends Before {
  origin: Origin
  data: DataApi
  /** When the training of this run began; undefined when nothing was trained. */
  trainedSince: Date | undefined
}

/**
 * What a deployment of the present workspace would change. It reads, and writes nothing outside of the runner: nothing
 * is stored, committed to a server, built or published.
 */
export async function plan(inputs: Inputs, deployment: Deployment, request: PlanRequest): Promise<void> {
  const planned = emptyPlan()
  deployment.plan = planned
  await endWhenCancelled(() => planAll(inputs, deployment, request, planned))
  deployment.succeed('planned')
}

async function planAll(inputs: Inputs, deployment: Deployment, request: PlanRequest, planned: Plan): Promise<void> {
  tellUnchecked(inputs, planned)
  tellCreations(inputs, request, planned)
  const models = await deployment.stage('model', 'Plan the models', () =>
    planModels(inputs, deployment, request, planned),
  )
  const head = await deployment.stage('copy', 'Plan the commit', () =>
    planCommit(inputs, deployment, { ...request, models }, planned),
  )
  await deployment.stage('publish', 'Plan the release', () => planRelease(inputs, { ...request, head }, planned))
}

/** A line in the log, and in a list of the plan. */
export function tell(list: string[], sentence: string): void {
  log.info(sentence)
  list.push(sentence)
}

function tellUnchecked({ platform, release, collection, repository }: Inputs, planned: Plan) {
  const say = (sentence: string) => tell(planned.unchecked, sentence)
  if (platform.apiKey === '') {
    say(`algorithmia_api_key is empty, so neither ${formatUri(collection)} nor what is stored there was looked at.`)
  }
  if ((release ?? platform).apiKey === '') {
    const name = `${platform.owner}/${platform.algorithm}`
    say(`Without a key nobody was asked whether ${name} exists and its builds may be read, nor for its versions.`)
  }
  if (repository.secret === '') {
    say(`${repository.secretInput} is empty, so whether it may push to ${repository.url} was not checked.`)
  }
}

function tellCreations({ platform, creation, collection }: Inputs, request: PlanRequest, planned: Plan) {
  const { destination } = request
  if ('body' in destination) tell(planned.creations, `Would create the algorithm ${destination.shown}.`)
  else if ('whyUnseen' in destination && creation !== undefined && request.algorithm !== 'exists') {
    const unless = request.algorithm === 'missing' ? '' : ', unless it exists'
    tell(planned.creations, `Would create the algorithm ${platform.owner}/${platform.algorithm}${unless}.`)
  }
  if (needsCollection(collection) && request.collection === 'missing') {
    tell(planned.creations, `Would create the collection ${formatUri(collection)}.`)
  }
}

/** @returns the models as they would be stored; undefined when they are not there yet */
async function planModels(
  inputs: Inputs,
  deployment: Deployment,
  { origin, data, destination, trainedSince }: PlanRequest,
  planned: Plan,
): Promise<DeployedModel[] | undefined> {
  const { training } = inputs
  planned.modelsAreOld = training !== undefined && trainedSince === undefined
  if (training && planned.modelsAreOld) {
    deployment.note(
      `Training was not run; \`plan_training: true\` runs ${training.program.relative} in a dry run, too.`,
    )
    const absent = await absentModels(inputs)
    if (absent.length > 0) {
      const sentence = `${absent.join(', ')} does not exist yet, so its upload and the manifest are not shown.`
      return void tell(planned.unchecked, sentence)
    }
    const paths = inputs.models.lines.map(({ path }) => path.relative).join(', ')
    tell(
      planned.unchecked,
      `The model is not known before the training; what is shown is of the ${paths} that is there now.`,
    )
  } else {
    await gatherMetrics(inputs, deployment, trainedSince)
  }
  const known = 'repository' in destination ? destination.present.objects : []
  const models: DeployedModel[] = []
  // One after another: each takes memory and threads for its own.
  for (const model of await readModels(inputs, deployment, origin.commit, trainedSince)) {
    const facts = { size: model.model.size, ...(await model.model.digest()) }
    const place = await placeOf(model, facts, { data, collection: inputs.collection, known })
    tellModel(model, facts, place, planned)
    const { entry, isOptional, mlflow } = model
    models.push({ entry, isOptional, mlflow, stored: { uri: place.uri, uploaded: !place.isStored, ...facts } })
  }
  if (!planned.modelsAreOld) deployment.recordPlanned(planned.models)
  return models
}

type Facts = { size: number; md5: string; sha256: string }
type LikelyPlace = Pick<Place, 'uri'> & { isStored: boolean | undefined }

async function placeOf(
  { name, nameWithDigest }: Model,
  facts: Facts,
  storage: Parameters<typeof findPlace>[0],
): Promise<LikelyPlace> {
  const model = { size: facts.size, digest: async () => facts }
  if (storage.data.hasKey) return findPlace(storage, { name, nameWithDigest, model })
  const [vouchedFor] = knownObjects(storage, facts.size, facts)
  return { uri: vouchedFor ?? fileIn(storage.collection, name), isStored: undefined }
}

function tellModel({ entry, shown }: Model, facts: Facts, { uri, isStored }: LikelyPlace, planned: Plan): void {
  const described = `${shown} (${formatBytes(facts.size)}, MD5 ${facts.md5})`
  const unless = isStored === undefined ? ', unless it is stored already' : ''
  log.info(
    isStored
      ? `${described} is stored already as ${formatUri(uri)}.`
      : `Would store ${described} as ${formatUri(uri)}${unless}.`,
  )
  planned.models.push({ entry, path: shown, uri: formatUri(uri), isStored, ...facts })
}
