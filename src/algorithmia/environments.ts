import { DeployError } from '../errors.ts'
import { type AlgorithmAddress, refusedBy } from './algorithms.ts'
import { listIn, type Response } from './response.ts'

/** What algorithms of one language can run on (platform reference §3.5). */
interface Environment {
  id: string
  name: string
  machine: string
}

const languages = '/v1/algorithm-environments/edge/languages'

/**
 * The environment that a new algorithm is to run on.
 *
 * @param wanted an id, or a display name in any case. Of several with that name the one without a GPU is meant; the
 * other one has ` GPU` after its name
 * @returns its name for people, and its id
 * @throws DeployError that lists what there is
 */
export async function findEnvironment(
  algorithm: AlgorithmAddress,
  language: string,
  wanted: string,
): Promise<{ id: string; name: string }> {
  const response = await algorithm.http.request('GET', `${languages}/${encodeURIComponent(language)}/environments`)
  if (response.status !== 200 && response.status !== 404) {
    throw refusedBy(algorithm, response, `read the environments of ${language}`)
  }
  const there = response.status === 404 ? [] : environmentsIn(response)
  if (there.length === 0) throw await noSuchLanguage(algorithm, language)
  const found = meant(there, wanted)
  const [environment, another] = found
  if (environment === undefined) {
    const names = there.map(nameOf).join(', ')
    throw new DeployError(
      `algorithm_environment is "${wanted}", which ${language} does not have; it has: ${names}. Write one of these names, or an id`,
    )
  }
  if (another !== undefined) {
    const ids = found.map(({ id, name }) => `${id} (${name})`).join(', ')
    throw new DeployError(`algorithm_environment is "${wanted}", which names several; write the id of one: ${ids}`)
  }
  return { id: environment.id, name: nameOf(environment) }
}

function meant(there: readonly Environment[], wanted: string): Environment[] {
  const text = wanted.toLowerCase()
  const withId = there.filter(({ id }) => id.toLowerCase() === text)
  if (withId.length > 0) return withId
  const named = there.filter(({ name }) => name.toLowerCase() === text)
  const withoutGpu = named.filter((environment) => !hasGpu(environment))
  if (withoutGpu.length > 0) return withoutGpu
  if (named.length > 0) return named
  return there.filter((environment) => nameOf(environment).toLowerCase() === text)
}

const hasGpu = ({ machine }: Environment) => machine.toUpperCase() === 'GPU'

/** As it can be written in a workflow, so that a GPU shows. */
function nameOf(environment: Environment): string {
  return hasGpu(environment) && !/\bGPU$/i.test(environment.name) ? `${environment.name} GPU` : environment.name
}

function environmentsIn(response: Response): Environment[] {
  return listIn(response, 'environments').flatMap((value) => {
    const { id, display_name: name, machine_type: machine } = Object(value) as Record<string, unknown>
    return typeof id === 'string' && typeof name === 'string' ? [{ id, name, machine: String(machine ?? '') }] : []
  })
}

/** Either the language is not there, or the installation is older than environments are. */
async function noSuchLanguage({ http }: AlgorithmAddress, language: string): Promise<DeployError> {
  const response = await http.request('GET', languages)
  const names = listIn(response, 'languages').flatMap((value) => {
    const { name } = Object(value) as { name?: unknown }
    return typeof name === 'string' ? [name] : []
  })
  return names.length === 0
    ? new DeployError(
        `${http.apiUrl} has no environments for algorithms. If it is an installation from before there were any, set ` +
          'algorithm_language to what it calls its languages, such as `python3-1`, and algorithm_environment to cpu or gpu',
      )
    : new DeployError(
        `algorithm_language is "${language}", which has no environments; these languages have some: ${names.join(', ')}`,
      )
}
