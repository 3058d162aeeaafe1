import { EmptyRepositoryError, MissingRepositoryError } from '../algorithm-repo/git-errors.ts'
import type { AlgorithmRepository } from '../algorithm-repo/repository.ts'
import { type AlgorithmAddress, findAlgorithm } from '../algorithmia/algorithms.ts'
import { createAlgorithm, type NewAlgorithm } from '../algorithmia/create.ts'
import { findEnvironment } from '../algorithmia/environments.ts'
import { findSourceHost } from '../algorithmia/source-hosts.ts'
import type { Deployment } from '../deployment.ts'
import { DeployError, messageOf } from '../errors.ts'
import { formatDuration } from '../format.ts'
import type { CreationInputs, Inputs } from '../inputs.ts'
import * as log from '../log.ts'
import { pause } from '../pause.ts'

/** An algorithm that is to be created, with all that can be looked up before. */
export interface PlannedAlgorithm {
  algorithm: AlgorithmAddress
  body: NewAlgorithm
  /** For people: `o/n (Python 3.8, closed, full network)`. */
  shown: string
}

interface Looked {
  inputs: Inputs
  creation: CreationInputs
  algorithm: AlgorithmAddress
  found: Awaited<ReturnType<typeof findAlgorithm>>
  opened: Promise<AlgorithmRepository>
}

/**
 * What is to be created. Everything that could be wrong with it shows here, as far as it can be seen.
 *
 * @returns undefined when the algorithm is there
 * @throws DeployError when it cannot be created as it is described
 */
export async function planAlgorithm(looked: Looked): Promise<PlannedAlgorithm | undefined> {
  const { inputs, creation, algorithm, found, opened } = looked
  if (found === 'exists') return undefined
  const trouble = await opened.then(
    () => undefined,
    (error: unknown) => error,
  )
  // A key that may not look is no reason to doubt what git shows.
  if (trouble === undefined && found === 'unknown') return undefined
  if (trouble === undefined) return refuseToAttach(looked)
  // What is wrong with the secret or the host does not mend itself.
  if (!(trouble instanceof MissingRepositoryError)) throw trouble
  const why = whyNoBranch(inputs)
  if (why !== undefined) throw new DeployError(why)

  const { name } = algorithm
  const { sourceVisibility, networkAccess, pipelineEnabled } = creation
  const [runtime, source] = await Promise.all([runtimeOf(creation, algorithm), sourceOf(inputs, algorithm)])
  const traits = [runtime.shown, sourceVisibility, `${networkAccess} network`]
  if (!pipelineEnabled) traits.push('calls no other algorithms')
  return {
    algorithm,
    body: {
      name,
      details: { label: name },
      settings: {
        algorithm_callability: 'private',
        source_visibility: sourceVisibility,
        license: 'apl',
        network_access: networkAccess,
        pipeline_enabled: pipelineEnabled,
        ...runtime.settings,
      },
      ...(source && { source }),
    },
    shown: `${algorithm.owner}/${name} (${traits.join(', ')})`,
  }
}

/** A repository without an algorithm, unless another run has just created both. */
async function refuseToAttach({ inputs, algorithm }: Looked): Promise<undefined> {
  if ((await findAlgorithm(algorithm)) !== 'missing') return undefined
  const { http, owner, name, keyInput } = algorithm
  const { url, provider } = inputs.repository
  const exists = `The repository ${url} exists, but ${http.apiUrl} shows no algorithm ${owner}/${name} to ${keyInput}`
  throw new DeployError(
    provider === 'algorithmia'
      ? `${exists}. Use a key of the algorithm's owner, or correct algorithmia_algoname or algorithm_owner`
      : `${exists}. Algorithmia makes the repository of a new algorithm itself and cannot attach one that exists: rename or ` +
          'delete it, name another in algorithm_repository, or correct algorithmia_algoname or algorithm_owner',
  )
}

/** The branch of a new repository (platform reference §1). */
function whyNoBranch({ repository }: Inputs): string | undefined {
  const { branch, createBranch, provider } = repository
  if (branch === undefined || createBranch || isFirstBranch(branch, provider)) return undefined
  return (
    `algorithm_branch is "${branch}", but the repository of a new algorithm has only its default branch; remove ` +
    'algorithm_branch, or set `create_branch: true`'
  )
}

/** Whether a new repository begins with this branch (platform reference §1: `main` on GitHub, otherwise `master`). */
export function isFirstBranch(branch: string, provider: Inputs['repository']['provider']): boolean {
  return branch === 'master' || (branch === 'main' && provider !== 'algorithmia')
}

async function runtimeOf({ runtime }: CreationInputs, algorithm: AlgorithmAddress) {
  const { language } = runtime
  if ('machine' in runtime) {
    const { machine } = runtime
    return { shown: `${language} on ${machine}`, settings: { language, environment: machine } }
  }
  const { id, name } = await findEnvironment(algorithm, language, runtime.environment)
  return { shown: name, settings: { algorithm_environment: id } }
}

/** Nothing for Algorithmia-hosted git, which is what the platform takes by itself. */
async function sourceOf({ repository }: Inputs, algorithm: AlgorithmAddress): Promise<NewAlgorithm['source']> {
  const { url, provider } = repository
  if (provider === 'algorithmia') return undefined
  const path = new URL(url).pathname.replace(/^\//, '').replace(/(\.git)?\/?$/, '')
  const owner = path.split('/').slice(0, -1).join('/')
  return {
    scm: await findSourceHost(algorithm, url, provider),
    repository_owner: decodeURIComponent(owner),
    repository_name: decodeURIComponent(path.slice(owner.length + 1)),
    initial_commit_message: 'Initial commit',
  }
}

/**
 * Creates the algorithm and waits for its repository.
 *
 * @param open clones it
 * @throws DeployError when it cannot be created, or not be cloned
 */
export async function create(
  { algorithm, body, shown }: PlannedAlgorithm,
  deployment: Deployment,
  open: () => Promise<AlgorithmRepository>,
): Promise<AlgorithmRepository> {
  const name = `${algorithm.owner}/${algorithm.name}`
  if ((await createAlgorithm(algorithm, body)) === 'created') {
    deployment.created = name
    deployment.note(`Created the algorithm ${shown}.`)
  } else {
    log.info(`${name} was created by somebody else in the meantime`)
  }
  return awaitRepository(open)
}

/**
 * Waits until the repository of an algorithm that was just created can be cloned and has its first commit.
 *
 * @param open clones it; called again as long as there is none
 * @throws DeployError after `limitMs`; anything else that is wrong with the repository at once
 */
export async function awaitRepository(
  open: () => Promise<AlgorithmRepository>,
  { limitMs = 120_000, firstPauseMs = 1000 } = {},
): Promise<AlgorithmRepository> {
  const deadline = Date.now() + limitMs
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, 10_000)) {
    let trouble = 'its repository is still empty'
    try {
      const repository = await open()
      if (!repository.isEmpty) return repository
    } catch (error) {
      if (!(error instanceof MissingRepositoryError || error instanceof EmptyRepositoryError)) throw error
      trouble = messageOf(error)
    }
    if (Date.now() + pauseMs > deadline) {
      throw new DeployError(
        `The algorithm is there, but not its repository, after ${formatDuration(limitMs)}. Check whether it is where this run looks; the next one goes on from there: ${trouble}`,
      )
    }
    log.info(`The repository is not there yet; looking again in ${formatDuration(pauseMs)}`)
    await pause(pauseMs)
  }
}
