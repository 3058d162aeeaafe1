import { badRequest, codes } from '../errors.ts'
import { textOf } from '../http/request-body.ts'

/** The only place where secrets are kept (platform reference §3.5). The id is ours, the same in every sandbox. */
export const secretProvider = {
  id: '9d0a3c52-1f8b-4c7e-8f4b-5ec2e7000001',
  name: 'internal',
  description: 'Secrets kept by the sandbox',
}

/** A secret of an algorithm, which reaches its processes as a variable. */
export interface Secret {
  id: string
  algorithmId: string
  shortName: string
  /** The name of the variable. */
  key: string
  value: string
  description: string
  created: string
  modified: string
}

/** The platform's shape, never with the value (platform reference §3.5). */
export function secretBody(secret: Secret): Record<string, unknown> {
  return {
    id: secret.id,
    owner_type: 'algorithm',
    owner_id: secret.algorithmId,
    short_name: secret.shortName,
    provider_id: secretProvider.id,
    secret_key: secret.key,
    description: secret.description,
    created: secret.created,
    modified: secret.modified,
  }
}

/** What a request says about a secret. */
export type SecretSpec = Pick<Secret, 'shortName' | 'key' | 'value' | 'description'>

/** Names that would change how the algorithm's process starts, or whom its client speaks for. */
const reserved =
  /^(PATH|HOME|USER|LOGNAME|SHELL|PWD|LANG|LANGUAGE|TZ|TEMP|TMP|TMPDIR|VIRTUAL_ENV|ENV|BASH_ENV|IFS|LC_.*|LD_.*|DYLD_.*|PYTHON.*|ALGORITHMIA_.*)$/i

/**
 * Reads a request to set a secret of an algorithm.
 *
 * @throws ApiError 400
 */
export function secretFrom(body: Record<string, unknown>, algorithmId: string): SecretSpec {
  const expected = { owner_type: 'algorithm', owner_id: algorithmId, provider_id: secretProvider.id }
  for (const [member, value] of Object.entries(expected)) {
    if (body[member] !== undefined && body[member] !== value) throw badRequest(`${member} must be ${value}`)
  }
  const key = textOf(body, 'secret_key')
  const value = textOf(body, 'secret_value')
  if (!key || value === undefined) throw badRequest('secret_key and secret_value are needed', codes.missingFields)
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,199}$/.test(key)) {
    throw badRequest(
      'secret_key must be a letter or _ and then letters, digits and _: it names an environment variable',
    )
  }
  if (reserved.test(key)) throw badRequest(`secret_key must not be ${key}: the platform itself sets such variables`)
  if (value.includes('\0')) throw badRequest('secret_value must not contain the character NUL')
  return { key, value, shortName: textOf(body, 'short_name') ?? key, description: textOf(body, 'description') ?? '' }
}
