import { badRequest, codes } from '../errors.ts'
import { isUuid } from '../http/address.ts'

export const ownerNameRule = 'letters, digits, _ and - only, at most 64, and not in the form of an id'

/** True for what can be the name of an account or organisation: an address that begins with an id means an algorithm. */
export function mayBeOwnerName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(name) && !isUuid(name)
}

/**
 * Reads the name of a new account or organisation from a request.
 *
 * @throws ApiError 400
 */
export function ownerNameFrom(body: Record<string, unknown>, member: string): string {
  const name = body[member]
  if (typeof name !== 'string' || name === '') throw badRequest(`${member} is missing`, codes.missingFields)
  if (!mayBeOwnerName(name)) throw badRequest(`"${name}" cannot be a name: ${ownerNameRule}`)
  return name
}
