import { posix } from 'node:path'
import { checkCode } from '../algorithm-repo/copy.ts'
import { checkSizes } from '../algorithm-repo/large-files.ts'
import type { AlgorithmRepository } from '../algorithm-repo/repository.ts'
import { type AlgorithmAddress, findAlgorithm, requireAlgorithm } from '../algorithmia/algorithms.ts'
import { BuildApi } from '../algorithmia/builds.ts'
import { type DataApi, needsCollection } from '../algorithmia/data.ts'
import { formatUri } from '../algorithmia/data-uri.ts'
import { VersionApi } from '../algorithmia/versions.ts'
import { DeployError, messageOf } from '../errors.ts'
import type { CodeInputs, Inputs, ReleaseInputs } from '../inputs.ts'
import * as log from '../log.ts'
import { manifestName, readManifest } from '../manifest/manifest.ts'
import { checkNotebook } from '../training/notebook/check-notebook.ts'
import { readManifestFiles } from './manifest.ts'
import { findRequest } from './pull-request.ts'
import { type Destination, findDestination, type Open, releasable, whyNoBuildAt } from './repository.ts'

/** What is there before a deployment. What is unknown is so in dry runs only, or because the key may not look. */
export interface Before {
  collection: 'exists' | 'missing' | 'unknown'
  algorithm: 'exists' | 'missing' | 'unknown'
  destination: Destination
  release: ReleaseInputs | undefined
  releaseSkipped: string
}

/**
 * Everything that can fail early fails here, in seconds and all at once: the notebook's file, the key, the algorithm,
 * reading and writing the algorithm's repository, the manifest that is there, the links of the code. In a dry run, what
 * cannot be looked at without a secret is no failure.
 *
 * @param open clones the algorithm's repository
 */
export async function preflight(
  inputs: Inputs,
  algorithm: AlgorithmAddress,
  data: DataApi,
  open: Open,
): Promise<Before> {
  const looking = findAlgorithm(algorithm)
  const opening = open()
  // When the algorithm is in trouble, nobody may ask any more.
  opening.catch(() => undefined)
  const finding = findDestination(inputs, algorithm, { open, opening, looking })
  const unreadable = inputs.release && new BuildApi(algorithm).whyUnreadable()
  const releasing = Promise.all([finding, unreadable]).then(([destination, whyUnreadable]) =>
    releasable(inputs, whyNoBuildAt(destination, inputs.repository), whyUnreadable),
  )
  const [collection, found, destination, { release, releaseSkipped }] = await allChecks([
    data.findCollection(inputs.collection),
    looking.then((found) => (inputs.creation ? found : requireAlgorithm(found, algorithm))),
    finding,
    releasing,
    inputs.release && algorithm.http.hasKey ? checkCallability(inputs.release, algorithm) : undefined,
    inputs.repository.pullRequest &&
      opening.catch(() => undefined).then((clone) => clone && findRequest(inputs, clone)),
    inputs.code && checkCodeFolder(inputs.code, inputs.repository.url, opening),
    inputs.training?.kind === 'notebook' ? checkNotebook(inputs.training.program) : undefined,
  ])
  const missing = needsCollection(inputs.collection) ? 'will be created' : 'is not there yet'
  if (collection !== 'unknown') {
    log.info(`The key is accepted; ${formatUri(inputs.collection)} ${collection === 'exists' ? 'exists' : missing}`)
  }
  const { owner, name, keyInput } = algorithm
  if (found === 'unknown' && algorithm.http.hasKey && 'repository' in destination) {
    log.warning(`${keyInput} may not read algorithms, so whether ${owner}/${name} exists was not checked`)
  }
  return { collection, algorithm: found, destination, release, releaseSkipped }
}

/** Minor versions and revisions keep the visibility of earlier ones (platform reference §3.4). */
async function checkCallability({ publish, callability }: ReleaseInputs, algorithm: AlgorithmAddress): Promise<void> {
  if (callability === undefined || (publish !== 'minor' && publish !== 'revision')) return
  // Whether the key may look is another check's question.
  const present = await new VersionApi(algorithm).callability().catch(() => undefined)
  if (present === undefined || present === callability) return
  throw new DeployError(
    `algorithm_callability is "${callability}", but the published versions are ${present}, which only \`publish: major\` may ` +
      'change; remove algorithm_callability, or publish a major version',
  )
}

/** Its manifest takes the place of the one in the algorithm's repository. */
async function checkCodeFolder(
  { folder, exclude }: CodeInputs,
  url: string,
  opened: Promise<AlgorithmRepository>,
): Promise<void> {
  const files = await checkCode({ source: folder.absolute, exclude })
  const large = await checkSizes(url, { root: folder.absolute, paths: files }, async (paths) => {
    // Attributes that come with the code count only once they are there, and then it is checked again.
    if (files.some((path) => posix.basename(path) === '.gitattributes')) return paths
    // Why it cannot be opened is another check's answer.
    return opened.then(
      (repository) => repository.pathsInLfs(paths),
      () => paths,
    )
  })
  if (large.length > 0) log.warning(`github.com advises against files over 50 MiB: ${large.join(', ')}`)
  if (!files.includes(manifestName)) return
  try {
    const { manifest } = await readManifestFiles(folder.absolute)
    readManifest({ manifest, freeze: undefined })
  } catch (error) {
    throw new DeployError(messageOf(error).replace("the algorithm's repository", `the code folder ${folder.relative}`))
  }
}

/** Waits for all checks and reports all failures at once. */
async function allChecks<T extends readonly unknown[]>(
  checks: { [K in keyof T]: Promise<T[K]> | undefined },
): Promise<T> {
  const results = await Promise.allSettled(checks)
  const failures = results.filter((result) => result.status === 'rejected').map((result) => result.reason)
  // A server that is down fails several checks with the same words.
  const messages = [...new Set(failures.map(messageOf))]
  if (messages.length === 1) throw failures[0]
  if (messages.length > 1) throw new DeployError(`${messages.length} checks failed:\n- ${messages.join('\n- ')}`)
  return results.map((result) => (result as PromiseFulfilledResult<unknown>).value) as unknown as T
}
