import type { GitProvider } from '../git-hosts.ts'
import type { CreationInputs } from '../inputs.ts'
import type { InputReader } from './reader.ts'
import { boolean, oneOf, quote } from './values.ts'

/** Languages from before there were environments (platform reference §3.1). */
const legacyLanguages = ['java', 'javascript', 'python2-langpack', 'python3-1', 'r', 'ruby', 'rust', 'scala']
/** As in action.yml. It cannot be told from the same name written in a workflow. */
const defaultEnvironment = 'Python 3.8'

interface CreationFacts {
  apiKey: string
  managementKey: string
  /** Undefined when that is a problem of its own. */
  provider: GitProvider | undefined
}

/**
 * What an algorithm is to be that does not exist yet (platform reference §3.1).
 *
 * @returns undefined when none is to be created
 */
export function readCreationInputs(
  reader: InputReader,
  { apiKey, managementKey, provider }: CreationFacts,
): CreationInputs | undefined {
  const wanted = reader.optional('create_algorithm', boolean) ?? false
  const creation: CreationInputs = {
    apiKey: managementKey || apiKey,
    keyInput: managementKey === '' ? 'algorithmia_api_key' : 'algorithmia_management_api_key',
    runtime: runtimeFrom(reader, wanted),
    sourceVisibility: reader.optional('source_visibility', (raw) => oneOf(raw, ['closed', 'open'])) ?? 'closed',
    networkAccess: reader.optional('network_access', (raw) => oneOf(raw, ['full', 'isolated'])) ?? 'full',
    pipelineEnabled: reader.optional('pipeline_enabled', boolean) ?? true,
  }
  if (!wanted) return undefined
  if (provider === 'other') {
    reader.report(
      'create_algorithm',
      'is true, but the platform makes repositories only on its own git, GitHub, GitLab and Bitbucket; if the host of ' +
        'algorithm_repository is one of them, say so in git_provider, else create the algorithm by hand',
    )
  }
  return creation
}

function runtimeFrom(reader: InputReader, wanted: boolean): CreationInputs['runtime'] {
  const language = reader.text('algorithm_language') || 'python3'
  const environment = reader.text('algorithm_environment') || defaultEnvironment
  if (!legacyLanguages.includes(language)) return { language, environment }
  const machine = environment === defaultEnvironment ? 'cpu' : environment.toLowerCase()
  if (machine === 'cpu' || machine === 'gpu') return { language, machine }
  if (wanted) {
    reader.report(
      'algorithm_environment',
      `is ${quote(environment)}, but the legacy language ${language} has only cpu and gpu; write one of these`,
    )
  }
  return { language, machine: 'cpu' }
}
