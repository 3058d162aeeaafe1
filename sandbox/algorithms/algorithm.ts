import { badRequest, codes } from '../errors.ts'
import { isObject } from '../http/request-body.ts'
import { internalHost } from '../source-hosts/internal.ts'
import { type Details, detailsFrom, type Settings, settingsFrom } from './settings.ts'

/** What a client sends to create an algorithm. */
export interface NewAlgorithm {
  name: string
  details: Details
  settings: Settings
}

/** An algorithm as it is kept. */
export interface Algorithm extends NewAlgorithm {
  id: string
  owner: string
}

/** Letter first, then letters, digits, `_` (platform reference §3.1). */
const algorithmName = /^[A-Za-z][A-Za-z0-9_]*$/

/**
 * Reads a request to create an algorithm.
 *
 * @throws ApiError 400
 */
export function newAlgorithm(body: Record<string, unknown>): NewAlgorithm {
  const { name } = body
  if (typeof name !== 'string' || name === '')
    throw badRequest('The name of the algorithm is missing', codes.missingFields)
  if (!algorithmName.test(name) || name.length > 200) {
    throw badRequest(`"${name}" cannot be the name of an algorithm: a letter first, then letters, digits and _`)
  }
  refuseOtherHosts(body.source)
  return { name, details: detailsFrom(body.details), settings: settingsFrom(body.settings) }
}

/** Reads a request to change an algorithm: what is left out stays. */
export function changedAlgorithm(algorithm: Algorithm, body: Record<string, unknown>): NewAlgorithm {
  refuseOtherHosts(body.source)
  const { name, details, settings } = algorithm
  return { name, details: detailsFrom(body.details, details), settings: settingsFrom(body.settings, settings) }
}

/** `source` names the host of the repository by its id, or repeats what an algorithm's body says. */
function refuseOtherHosts(source: unknown): void {
  const scm = isObject(source) ? source.scm : undefined
  const id = isObject(scm) ? scm.id : scm
  if (id === undefined || id === null || id === '' || id === internalHost.id) return
  throw badRequest(
    `The repository cannot be at "${String(id)}": the sandbox hosts repositories itself, as "${internalHost.id}"`,
    codes.sourceHostMissing,
  )
}

/** The algorithm in the platform's shape (platform reference §3.1): parts that do not exist yet are left out. */
export function algorithmBody({ id, name, details, settings }: Algorithm): Record<string, unknown> {
  const { name: _name, ...scm } = internalHost
  return { id, name, details, settings, source: { scm }, resource_type: 'algorithm' }
}
