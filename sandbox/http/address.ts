import { badRequest } from '../errors.ts'

const hex = '[0-9a-fA-F]'

/** The form of an id, for the pattern of a route. */
export const uuidPattern = `${hex}{8}-${hex}{4}-${hex}{4}-${hex}{4}-${hex}{12}`

const uuid = new RegExp(`^${uuidPattern}$`)

export function isUuid(text: string): boolean {
  return uuid.test(text)
}

/**
 * A path, or a part of one, as it was before it became an address.
 *
 * @throws ApiError 400
 */
export function decodedPath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch (error) {
    throw badRequest(`The address is not valid percent-encoded UTF-8: ${String(error)}`)
  }
}
