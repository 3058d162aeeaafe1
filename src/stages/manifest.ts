import { lstat, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DataApi } from '../algorithmia/data.ts'
import { formatUri, parseUri } from '../algorithmia/data-uri.ts'
import type { StoredModel } from '../algorithmia/store.ts'
import type { Deployment } from '../deployment.ts'
import { DeployError } from '../errors.ts'
import type { ManifestFormat } from '../inputs.ts'
import * as log from '../log.ts'
import type { AdkEntry } from '../manifest/adk.ts'
import {
  freezeName,
  type ManifestFiles,
  manifestName,
  type PresentManifest,
  readManifest,
  riskyCharacters,
  updateManifest,
} from '../manifest/manifest.ts'
import type { Metrics } from '../metrics.ts'
import type { Origin } from '../origin.ts'
import { checksumsOf } from './freeze-checksums.ts'
import { adkModel, flatEntry, type NamedModel } from './manifest-entries.ts'
import { chooseFormat } from './manifest-format.ts'

/** Both files, which every deployment commits, whatever the repository ignores. */
export const manifestFiles = [manifestName, freezeName]

export interface ManifestRequest {
  deployment: Deployment
  data: DataApi
  origin: Origin
  format: ManifestFormat
  /** The first one is what the flat keys describe. */
  models: readonly NamedModel[]
  metrics: Metrics | undefined
  /** What the clone had before code was copied over it. */
  before?: ManifestFiles
}

/**
 * Writes the manifest, and its freeze where there is one to be, into a clone that has the code.
 *
 * @returns the manifest's text
 * @throws DeployError when the manifest that is there cannot be read, or the format does not fit
 */
export async function writeManifest(folder: string, request: ManifestRequest): Promise<string> {
  const { deployment, data, models, origin, metrics } = request
  const [first] = models
  if (first === undefined) throw new DeployError('There is no model to write a manifest for')
  const copied = await readManifestFiles(folder)
  // A freeze that was copied is an old one.
  const files = { ...copied, freeze: request.before?.freeze ?? copied.freeze }
  const present = readManifest(files)
  const earlier = request.before ? readManifest(request.before) : present
  const { format, why } = await chooseFormat(folder, request, present)
  for (const warning of earlier.warnings) deployment.warn(warning)
  warnOfLost(deployment, earlier, present, models)
  const updated = format === 'flat' ? [] : models.map(({ entry }) => entry)
  const kept = present.entries.filter(({ name }) => !updated.includes(name))
  tellKept(request, kept)
  const entry = flatEntry(origin, first.stored, earlier.flat, metrics)
  const isFrozen = format !== 'flat' || files.freeze !== undefined
  const checksums = isFrozen ? await checksumsOf(kept, data, deployment) : new Map<string, string>()
  const { manifest, freeze } = updateManifest(files, {
    entry: format === 'adk' ? undefined : entry,
    adk:
      format === 'flat'
        ? undefined
        : models.map((model) =>
            adkModel(model, origin, earlier.entries, {
              metrics: model === first ? metrics : undefined,
              isWitness: model === first && format === 'adk',
            }),
          ),
    checksumOf: (uri) => checksums.get(uri),
    now: new Date(),
  })
  log.info(`Manifest: ${contents[format]} (${why})`)
  await writeFile(join(folder, manifestName), manifest)
  if (freeze !== undefined) {
    await writeFile(join(folder, freezeName), freeze)
    warnOfCharacters(deployment, manifest)
  }
  return manifest
}

const contents = {
  flat: 'the flat keys',
  adk: 'the lists of the ADK alone, and their freeze',
  both: 'the flat keys, the lists of the ADK, and the freeze',
}

/** The texts of a clone. A link is not followed: it may lead out of the clone. */
export async function readManifestFiles(folder: string): Promise<ManifestFiles> {
  const [manifest, freeze] = await Promise.all(manifestFiles.map((name) => readText(folder, name)))
  return { manifest, freeze }
}

async function readText(folder: string, name: string): Promise<string | undefined> {
  const path = join(folder, name)
  const present = await lstat(path).catch(() => undefined)
  if (present === undefined) return undefined
  if (present.isFile()) return readFile(path, 'utf8')
  throw new DeployError(`${name} in the algorithm's repository is a link or a folder; replace it there by a file`)
}

/** Whether a manifest points to the same object and says that it is another model. */
export function namesOtherModel({ objects }: PresentManifest, { uri, md5 }: StoredModel): boolean {
  return objects.some((object) => {
    const other = parseUri(object.uri)
    return other !== undefined && formatUri(other) === formatUri(uri) && object.md5 !== md5
  })
}

/** The algorithm may load one of these where a model of this run was meant. */
function tellKept({ deployment, models: [first], format }: ManifestRequest, kept: readonly AdkEntry[]): void {
  const isNamesake = format === 'flat' && kept.some(({ name }) => name === first?.entry)
  const names = kept.map(({ name }) => JSON.stringify(name))
  if (isNamesake) {
    deployment.warn(
      `manifest_format is flat, so the entry ${JSON.stringify(first?.entry)} of ${manifestName} stays as it is, and may name another model.`,
    )
  } else if (names.length > 0) {
    const [entries, stay] = names.length === 1 ? ['entry', 'stays as it is'] : ['entries', 'stay as they are']
    deployment.note(
      `The ${entries} ${names.join(', ')} of ${manifestName} ${stay}: no model of this run has such a name.`,
    )
  }
}

/** The manifest of the code takes the place of the one that is there. */
function warnOfLost(
  deployment: Deployment,
  earlier: PresentManifest,
  present: PresentManifest,
  models: readonly NamedModel[],
): void {
  const kept = new Set([...present.entries.map(({ name }) => name), ...models.map(({ entry }) => entry)])
  const lost = earlier.entries.filter(({ name }) => !kept.has(name)).map(({ name }) => JSON.stringify(name))
  if (lost.length === 0) return
  deployment.warn(
    `The code brings a ${manifestName} without ${lost.join(', ')}, which the one in the algorithm's repository has; name it in ` +
      'copy_exclude to keep them.',
  )
}

function warnOfCharacters(deployment: Deployment, manifest: string): void {
  const characters = riskyCharacters(manifest)
  if (characters.length === 0) return
  deployment.warn(
    `${manifestName} has characters that not every version of Python prints alike (${characters.slice(0, 5).join(' ')}), so the ADK ` +
      `may take ${freezeName} for tampered, and the algorithm would not start. Replace them in the entries that have them.`,
  )
}
