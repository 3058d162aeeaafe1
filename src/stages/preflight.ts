import { posix } from 'node:path'
import { checkCode } from '../algorithm-repo/copy.ts'
import { MissingRepositoryError } from '../algorithm-repo/git-errors.ts'
import { checkSizes } from '../algorithm-repo/large-files.ts'
import type { AlgorithmRepository } from '../algorithm-repo/repository.ts'
import { type AlgorithmAddress, findAlgorithm } from '../algorithmia/algorithms.ts'
import { BuildApi } from '../algorithmia/builds.ts'
import { type DataApi, needsCollection } from '../algorithmia/data.ts'
import { formatUri } from '../algorithmia/data-uri.ts'
import { VersionApi } from '../algorithmia/versions.ts'
import { DeployError, messageOf } from '../errors.ts'
import type { CodeInputs, Inputs, ReleaseInputs } from '../inputs.ts'
import * as log from '../log.ts'
import { manifestName, type PresentManifest, readManifest } from '../manifest/manifest.ts'
import { checkNotebook } from '../training/notebook/check-notebook.ts'
import { awaitRepository, isFirstBranch, type PlannedAlgorithm, planAlgorithm } from './create.ts'
import { readManifestFiles } from './manifest.ts'
import { findRequest, objectsOfRequest } from './pull-request.ts'

/** The algorithm's repository, and what is in it. */
export interface Opened {
  repository: AlgorithmRepository
  present: PresentManifest
  /** Why the platform builds nothing of what is pushed. */
  whyNoBuild: string | undefined
}

/**
 * Everything that can fail early fails here, in seconds and all at once: the notebook's file, the key, the algorithm,
 * reading and writing the algorithm's repository, the manifest that is there, the links of the code.
 *
 * @param open clones the algorithm's repository
 * @returns among others `place`: the opened repository, or the algorithm that is to be created first
 */
export async function preflight(
  inputs: Inputs,
  algorithm: AlgorithmAddress,
  data: DataApi,
  open: () => Promise<AlgorithmRepository>,
) {
  const looking = findAlgorithm(algorithm)
  const opening = open()
  // When the algorithm is in trouble, nobody may ask any more.
  opening.catch(() => undefined)
  const { creation } = inputs
  const planning =
    creation && looking.then((found) => planAlgorithm({ inputs, creation, algorithm, found, opened: opening }))
  const required = creation ? looking : looking.then((found) => requireAlgorithm(found, algorithm))
  const checked = Promise.resolve(planning)
    .then(
      async (planned): Promise<Opened | PlannedAlgorithm> =>
        planned ?? checkRepository(await openedOrCreated(opening, open, creation)),
    )
    .catch(async (error) => {
      // A missing algorithm has no repository either: one mistake, one message.
      if ((await looking.catch(() => 'unknown')) === 'missing') await required
      throw error
    })
  const unreadable = inputs.release && new BuildApi(algorithm).whyUnreadable()
  const releasing = Promise.all([checked, unreadable]).then(([place, whyUnreadable]) =>
    releasable(inputs, 'repository' in place ? place.whyNoBuild : whyNoBuildOfNew(inputs), whyUnreadable),
  )
  const [collection, found, place, { release, releaseSkipped }] = await allChecks([
    data.findCollection(inputs.collection),
    required,
    checked,
    releasing,
    inputs.release && checkCallability(inputs.release, algorithm),
    inputs.repository.pullRequest &&
      opening.catch(() => undefined).then((clone) => clone && findRequest(inputs, clone)),
    inputs.code && checkCodeFolder(inputs.code, inputs.repository.url, opening),
    inputs.training?.kind === 'notebook' ? checkNotebook(inputs.training.program) : undefined,
  ])
  const missing = needsCollection(inputs.collection) ? 'will be created' : 'is not there yet'
  log.info(`The key is accepted; ${formatUri(inputs.collection)} ${collection === 'exists' ? 'exists' : missing}`)
  const { owner, name, keyInput } = algorithm
  if (found === 'unknown' && 'repository' in place) {
    log.warning(`${keyInput} may not read algorithms, so whether ${owner}/${name} exists was not checked`)
  }
  return { collection, place, release, releaseSkipped }
}

/** Another run may have created the algorithm in the same seconds; then its repository is waited for, too. */
async function openedOrCreated(
  opening: Promise<AlgorithmRepository>,
  open: () => Promise<AlgorithmRepository>,
  creation: Inputs['creation'],
): Promise<AlgorithmRepository> {
  return opening.catch((error: unknown) => {
    if (!creation || !(error instanceof MissingRepositoryError)) throw error
    return awaitRepository(open, { limitMs: 20_000 })
  })
}

/** The same for the repository of an algorithm that was created after the preflight. */
export async function checkNewRepository(
  repository: AlgorithmRepository,
  checked: Pick<Inputs, 'release' | 'releaseSkipped'>,
) {
  const opened = await checkRepository(repository)
  return { ...opened, ...releasable(checked, opened.whyNoBuild, undefined) }
}

/**
 * Whether what is to follow the push can be done, and why not.
 *
 * @throws DeployError when it cannot, although the workflow demands it
 */
function releasable(
  { release, releaseSkipped }: Pick<Inputs, 'release' | 'releaseSkipped'>,
  whyNoBuild: string | undefined,
  whyUnreadable: string | undefined,
) {
  const why = whyNoBuild ?? whyUnreadable
  if (release === undefined || why === undefined) return { release, releaseSkipped }
  const { publish, tests, keyInput } = release
  if (whyUnreadable !== undefined && keyInput !== 'algorithmia_api_key') throw new DeployError(whyUnreadable)
  if (publish !== 'none') throw new DeployError(`publish is "${publish}", which cannot be done: ${why}`)
  if (tests?.isDemanded)
    throw new DeployError(`test_cases_path is ${tests.file.relative}, but nothing can be tested: ${why}`)
  if (whyUnreadable !== undefined) log.warning(`The build will not be awaited, nor tested: ${whyUnreadable}`)
  return { release: undefined, releaseSkipped: why }
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

function requireAlgorithm(found: 'exists' | 'missing' | 'unknown', { http, owner, name }: AlgorithmAddress) {
  if (found !== 'missing') return found
  throw new DeployError(
    `There is no algorithm ${owner}/${name} on ${http.apiUrl}; set \`create_algorithm: true\`, create it there, or correct algorithmia_algoname or its owner`,
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

async function checkRepository(repository: AlgorithmRepository): Promise<Opened> {
  await repository.checkWriteAccess()
  const whyNoBuild = (await repository.onDefaultBranch()) === false ? notBuilt(repository.branch) : undefined
  const present = readManifest(await readManifestFiles(repository.folder))
  const objects = [...present.objects, ...(await objectsOfRequest(repository))]
  return { repository, present: { ...present, objects }, whyNoBuild }
}

function whyNoBuildOfNew({ repository: { branch, provider } }: Inputs): string | undefined {
  return branch === undefined || isFirstBranch(branch, provider) ? undefined : notBuilt(branch)
}

function notBuilt(branch: string): string {
  return `algorithm_branch is "${branch}", and Algorithmia builds only the repository's default branch`
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
