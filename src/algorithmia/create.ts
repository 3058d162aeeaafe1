import { DeployError, messageOf } from '../errors.ts'
import * as log from '../log.ts'
import { pause } from '../pause.ts'
import { type AlgorithmAddress, findAlgorithm, refusedBy } from './algorithms.ts'
import { ConnectionError } from './connection-error.ts'
import { errorCode, errorText, parseObject, type Response } from './response.ts'

/** A new algorithm as the platform takes it (platform reference §3.1, §3.2). */
export interface NewAlgorithm {
  name: string
  details: { label: string }
  settings: {
    algorithm_callability: 'private'
    source_visibility: string
    license: 'apl'
    network_access: string
    pipeline_enabled: boolean
  } & ({ algorithm_environment: string } | { language: string; environment: string })
  /** Where its repository is to be; left out: the platform hosts it. */
  source?: { scm: string; repository_owner: string; repository_name: string; initial_commit_message: string }
}

/** Platform reference §3.6. */
const codes = { nameExists: 1002, hostFailed: 1008, userMissing: 3000, organisationMissing: 3100, noHost: 4009 }
const hostRefuses = [4080, 4084]

const tries = 4
/** The answer waits for the repository, which another host may have to make. */
const timeoutMs = 120_000

/**
 * Creates an algorithm and its repository. A name is given only once, so an answer that got lost is no harm: the platform
 * is asked what is there, and the request sent again only if there is nothing.
 *
 * @returns `existed` when somebody else was first
 * @throws RefusedError when the key may not
 * @throws DeployError when the platform will not, or there is no telling
 */
export async function createAlgorithm(
  algorithm: AlgorithmAddress,
  body: NewAlgorithm,
  firstPauseMs = 1000,
): Promise<'created' | 'existed'> {
  const { http, owner, name } = algorithm
  const path = `/v1/algorithms/${encodeURIComponent(owner)}`
  for (let number = 1; ; number += 1) {
    let trouble: string
    try {
      const response = await http.postJson(path, body, { attempts: 1, timeoutMs })
      if (errorCode(response) === codes.nameExists) return number === 1 ? 'existed' : 'created'
      const settled = response.status < 500 && response.status !== 408 && response.status !== 429
      if (settled || explained(algorithm, response) !== undefined) return settle(algorithm, response)
      trouble = errorText(response)
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error
      trouble = messageOf(error)
    }
    const found = await findAlgorithm(algorithm)
    if (found === 'exists') return 'created'
    if (number >= tries) {
      throw new DeployError(
        `Algorithmia could not create the algorithm ${owner}/${name} (${trouble}), and does not have it now; run again later`,
      )
    }
    log.info(`POST ${path}: ${trouble}; try ${number + 1} of ${tries}`)
    await pause(firstPauseMs * 2 ** (number - 1))
  }
}

function settle(algorithm: AlgorithmAddress, response: Response): 'created' {
  const failed = response.status >= 300 || parseObject(response.body)?.error !== undefined
  if (!failed) return 'created'
  const { owner, name } = algorithm
  throw explained(algorithm, response) ?? refusedBy(algorithm, response, `create the algorithm ${owner}/${name}`)
}

/** Failures whose cause the platform's code tells better than its status. */
function explained({ http, owner, name }: AlgorithmAddress, response: Response): DeployError | undefined {
  const code = errorCode(response) ?? 0
  const failed = `Algorithmia could not create the algorithm ${owner}/${name} (${errorText(response)})`
  if (code === codes.userMissing || code === codes.organisationMissing) {
    return new DeployError(
      `${failed}: ${http.apiUrl} has no account or organisation "${owner}"; correct algorithm_owner, or algorithmia_username`,
    )
  }
  if (code === codes.hostFailed) {
    return new DeployError(
      `${failed}: its repository could not be made. Algorithmia makes the repository itself and cannot attach one that ` +
        'exists: rename or delete that one, or name another in algorithm_repository',
    )
  }
  if (code === codes.noHost || hostRefuses.includes(code)) {
    return new DeployError(
      `${failed}: Algorithmia has no access to the git host. Connect the account that the key belongs to with the host, in ` +
        "Algorithmia's own pages, and let it make repositories for that owner",
    )
  }
  return undefined
}
