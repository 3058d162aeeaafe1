import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { DataApi } from '../algorithmia/data.ts'
import { formatUri } from '../algorithmia/data-uri.ts'
import { Http } from '../algorithmia/http.ts'
import type { KnownObject } from '../algorithmia/place.ts'
import { confirmStored, type StoredModel, type StoreRequest } from '../algorithmia/store.ts'
import { storeModels } from '../algorithmia/store-models.ts'
import { orCancelled, untilCancelled } from '../cancellation.ts'
import type { Deployment } from '../deployment.ts'
import type { Inputs, ModelLine } from '../inputs.ts'
import type { PresentManifest } from '../manifest/manifest.ts'
import { type MlflowModel, readMlflowModel } from '../mlflow/model.ts'
import { checkModels, type DeployableModel } from '../model/check-models.ts'
import { findModels } from '../model/find.ts'
import { nameObjects, type ObjectName } from '../model/names.ts'
import { archiveSource, fileSource } from '../model/source.ts'
import { namesOtherModel } from './manifest.ts'
import { checkFormat } from './manifest-format.ts'
import { foldersOf } from './train.ts'

/** A model that is ready to be stored. */
export interface Model extends StoreRequest {
  /** Of its entry in the manifest. */
  entry: string
  /** Whether the ADK loads it only when it is asked for. */
  isOptional: boolean
  /** Path in the workspace, with forward slashes. */
  shown: string
  /** Where it lies, and what MLflow says of it, when it is one of MLflow's. */
  mlflow: { model: MlflowModel; folder: string } | undefined
}

/**
 * The models that the workspace has, found and checked.
 *
 * @param trainedSince when the training of this run began; undefined when nothing was trained
 * @throws DeployError that tells all problems
 */
export async function readModels(
  inputs: Inputs,
  deployment: Deployment,
  commit: string,
  trainedSince: Date | undefined,
): Promise<Model[]> {
  const { workspace, training } = inputs
  const by = trainedSince && training && { trainedBy: training.kind, trainedIn: foldersOf(training) }
  const found = await checkModels(inputs.models, { workspace, trainedSince, ...by })
  checkFormat(inputs.manifestFormat, found)
  for (const { shown, writtenAt, isOlder, isOptional } of found) {
    if (!isOlder || trainedSince === undefined) continue
    const sentence =
      `The training did not write ${shown}: it is from ${writtenAt.toISOString()}, the training began at ` +
      `${trainedSince.toISOString()}. It is deployed as it is.`
    if (isOptional) deployment.note(sentence)
    else deployment.warn(sentence)
  }
  const packed = await Promise.all(found.map(pack))
  const names = nameObjects(packed, commit)
  return packed.map(({ source, mlflow, entry, isOptional, shown }, index) => {
    const name = names[index] as ObjectName
    return { entry, isOptional, shown, mlflow, model: source, name: name(), nameWithDigest: name }
  })
}

/**
 * A folder is shipped as an archive with one folder at its top; one of MLflow is called after its run, as by MLflow's own
 * plugin (platform reference §8).
 */
async function pack({ name: entry, path, size, listing, isOptional, shown }: DeployableModel) {
  const description = listing && (await readMlflowModel(path))
  const topName = description?.name ?? basename(path)
  const source = listing
    ? await archiveSource(listing, { topName, name: `${topName}.tar.gz` })
    : fileSource({ path, size })
  const mlflow = description && { model: description, folder: path }
  return { entry, isOptional, shown, mlflow, source, file: source.name, isOfOneRun: mlflow !== undefined }
}

/** Lines of `model_path` for which nothing is there yet. */
export async function absentModels({ models, workspace }: Inputs): Promise<string[]> {
  const { places } = await findModels(models, workspace)
  const isThere = (line: ModelLine) => places.some((place) => place.line === line && existsSync(place.absolute))
  return models.lines.filter((line) => !isThere(line)).map(({ path }) => path.relative)
}

/** Stores them side by side, and records each. */
export async function storeAll(
  { platform, collection }: Inputs,
  deployment: Deployment,
  models: readonly Model[],
  { collectionExists, known }: { collectionExists: boolean; known: readonly KnownObject[] },
): Promise<StoredModel[]> {
  return untilCancelled((cancelled) => {
    const storing = storeModels({
      connect: (failed) => new Http({ ...platform, cancelled: AbortSignal.any([failed, cancelled]) }),
      collection,
      collectionExists,
      known,
      models,
      onStored: (index, stored) => deployment.recordModel(index, models[index]?.entry ?? '', stored),
      onCutOff: (uris) =>
        deployment.note(`Perhaps left behind, because the upload was cut off: ${uris.map(formatUri).join(', ')}.`),
    })
    return orCancelled(storing, cancelled)
  })
}

/** Looks again at each object that the manifest of the head has as another model: another run came first. */
export async function confirmAll(
  { platform, collection }: Inputs,
  deployment: Deployment,
  models: readonly Model[],
  stored: readonly StoredModel[],
  head: PresentManifest,
): Promise<StoredModel[]> {
  const http = new Http(platform)
  const store = { http, data: new DataApi(http), collection, known: [] }
  const confirmed: StoredModel[] = []
  for (const [index, model] of models.entries()) {
    const before = stored[index] as StoredModel
    const now = namesOtherModel(head, before) ? await confirmStored(store, model, before) : before
    if (now !== before) deployment.recordModel(index, model.entry, now)
    confirmed.push(now)
  }
  return confirmed
}
