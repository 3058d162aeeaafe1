import { MissingRepositoryError } from '../algorithm-repo/git-errors.ts'
import type { AlgorithmRepository } from '../algorithm-repo/repository.ts'
import { type AlgorithmAddress, type findAlgorithm, requireAlgorithm } from '../algorithmia/algorithms.ts'
import { endWhenCancelled } from '../cancellation.ts'
import type { Deployment } from '../deployment.ts'
import { DeployError, RefusedError } from '../errors.ts'
import type { Inputs } from '../inputs.ts'
import * as log from '../log.ts'
import { type PresentManifest, readManifest } from '../manifest/manifest.ts'
import { awaitRepository, create, isFirstBranch, type PlannedAlgorithm, planAlgorithm } from './create.ts'
import { readManifestFiles } from './manifest.ts'
import { headOfRequest } from './pull-request.ts'

/** Where the deployment goes: the repository that is there, or the algorithm that is to be created first. */
export type Destination = Opened | PlannedAlgorithm | Unseen

/** The algorithm's repository, and what is in it. */
export interface Opened {
  repository: AlgorithmRepository
  present: PresentManifest
  /** Why the platform builds nothing of what is pushed. */
  whyNoBuild: string | undefined
}

/** In a dry run without a secret. */
export interface Unseen {
  whyUnseen: string
}

/** Clones the algorithm's repository; may be called again. */
export type Open = () => Promise<AlgorithmRepository>

type Found = Awaited<ReturnType<typeof findAlgorithm>>

/**
 * Looks at the algorithm's repository, or at what an algorithm takes that is to be created.
 *
 * @param opening the first clone, under way
 * @param looking whether the algorithm exists
 * @throws DeployError when there is none and none is to be created, or it cannot be read or written to
 */
export async function findDestination(
  inputs: Inputs,
  algorithm: AlgorithmAddress,
  { open, opening, looking }: { open: Open; opening: Promise<AlgorithmRepository>; looking: Promise<Found> },
): Promise<Destination> {
  const { creation, repository, dryRun } = inputs
  try {
    const planned =
      creation && (await planAlgorithm({ inputs, creation, algorithm, found: await looking, opened: opening }))
    return planned ?? (await checkRepository(await openedOrCreated(opening, open, creation), inputs))
  } catch (error) {
    // A missing algorithm has no repository either: one mistake, one message.
    if (creation === undefined) requireAlgorithm(await looking.catch(() => 'unknown'), algorithm)
    const lacksSecret = repository.secret === '' || !algorithm.http.hasKey
    if (dryRun && lacksSecret && error instanceof RefusedError) return { whyUnseen: error.message }
    throw error
  }
}

/**
 * The repository to deploy to: the one that is there, or that of an algorithm that is created for it.
 *
 * @throws DeployError when it cannot be created, or not be used once it is
 */
export async function readyRepository(
  inputs: Inputs,
  deployment: Deployment,
  {
    destination,
    open,
    ...follows
  }: Pick<Inputs, 'release' | 'releaseSkipped'> & { destination: Destination; open: Open },
) {
  if ('repository' in destination) return { ...destination, ...follows }
  if ('whyUnseen' in destination) throw new DeployError(destination.whyUnseen)
  return deployment.stage('create', 'Create the algorithm', async () => {
    const opened = await endWhenCancelled(async () =>
      checkRepository(await create(destination, deployment, open), inputs),
    )
    return { ...opened, ...releasable(follows, opened.whyNoBuild, undefined) }
  })
}

/**
 * Whether what is to follow the push can be done, and why not.
 *
 * @throws DeployError when it cannot, although the workflow demands it
 */
export function releasable(
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

/** Why nothing is built of what is pushed there; undefined when it is, or nobody knows. */
export function whyNoBuildAt(destination: Destination, { branch, provider }: Inputs['repository']): string | undefined {
  if ('repository' in destination) return destination.whyNoBuild
  if ('whyUnseen' in destination || branch === undefined || isFirstBranch(branch, provider)) return undefined
  return notBuilt(branch)
}

/** Another run may have created the algorithm in the same seconds; then its repository is waited for, too. */
async function openedOrCreated(
  opening: Promise<AlgorithmRepository>,
  open: Open,
  creation: Inputs['creation'],
): Promise<AlgorithmRepository> {
  return opening.catch((error: unknown) => {
    if (!creation || !(error instanceof MissingRepositoryError)) throw error
    return awaitRepository(open, { limitMs: 20_000 })
  })
}

async function checkRepository(repository: AlgorithmRepository, inputs: Inputs): Promise<Opened> {
  if (inputs.repository.secret !== '') await repository.checkWriteAccess()
  const whyNoBuild = (await repository.onDefaultBranch()) === false ? notBuilt(repository.branch) : undefined
  const present = readManifest(await readManifestFiles(repository.folder))
  // No manifest of the branch itself vouches for those yet.
  const objects = [...present.objects, ...((await headOfRequest(repository))?.present.objects ?? [])]
  return { repository, present: { ...present, objects }, whyNoBuild }
}

function notBuilt(branch: string): string {
  return `algorithm_branch is "${branch}", and Algorithmia builds only the repository's default branch`
}
