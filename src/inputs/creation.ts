import type { CreationInputs } from '../inputs.ts'
import type { InputReader } from './reader.ts'
import { boolean, oneOf } from './values.ts'

/**
 * What an algorithm is to be that does not exist yet (platform reference §3.1).
 *
 * @returns undefined when none is to be created
 */
export function readCreationInputs(reader: InputReader): CreationInputs | undefined {
  const wanted = reader.optional('create_algorithm', boolean) ?? false
  const creation: CreationInputs = {
    language: reader.text('algorithm_language') || 'python3',
    environment: reader.text('algorithm_environment') || 'Python 3.8',
    sourceVisibility: reader.optional('source_visibility', (raw) => oneOf(raw, ['closed', 'open'])) ?? 'closed',
    networkAccess: reader.optional('network_access', (raw) => oneOf(raw, ['full', 'isolated'])) ?? 'full',
    pipelineEnabled: reader.optional('pipeline_enabled', boolean) ?? true,
  }
  return wanted ? creation : undefined
}
