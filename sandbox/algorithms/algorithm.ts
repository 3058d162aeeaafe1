import { badRequest, codes } from '../errors.ts'
import { isObject } from '../request-body.ts'

interface Details {
  label: string
  summary: string
  tagline: string
}

interface Settings {
  algorithm_callability: string
  source_visibility: string
  license: string
  network_access: string
  pipeline_enabled: boolean
  insights_enabled: boolean
  royalty_microcredits: number
  /** The runtime, named in one of three ways. */
  language?: string
  environment?: string
  package_set?: string
  algorithm_environment?: string
}

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

const choices = {
  algorithm_callability: ['private', 'public'],
  source_visibility: ['closed', 'open'],
  license: ['apl', 'apache2', 'gpl3', 'mit'],
  network_access: ['full', 'isolated'],
  environment: ['cpu', 'gpu'],
}

const pythonLanguages = ['python2', 'python2-langpack', 'python3', 'python3-1', 'anaconda3']

/**
 * Reads a request to create an algorithm. What is left out gets the platform's usual value (platform reference §3.1);
 * unknown members are ignored.
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
  return { name, details: detailsFrom(body.details), settings: settingsFrom(body.settings) }
}

function detailsFrom(value: unknown): Details {
  const details = isObject(value) ? value : {}
  const read = (name: string) => textOf(details, name) ?? ''
  return { label: read('label'), summary: read('summary'), tagline: read('tagline') }
}

function settingsFrom(value: unknown): Settings {
  const given = isObject(value) ? value : {}
  const choose = (name: keyof typeof choices, fallback: string) => {
    const choice = textOf(given, name) ?? fallback
    if (!choices[name].includes(choice)) {
      throw badRequest(`settings.${name} must be one of ${choices[name].join(', ')}, not "${choice}"`)
    }
    return choice
  }
  const settings: Settings = {
    algorithm_callability: choose('algorithm_callability', 'private'),
    source_visibility: choose('source_visibility', 'closed'),
    license: choose('license', 'apl'),
    network_access: choose('network_access', 'full'),
    pipeline_enabled: given.pipeline_enabled !== false,
    insights_enabled: given.insights_enabled === true,
    royalty_microcredits: Number(given.royalty_microcredits) || 0,
    ...runtimeFrom(given, choose('environment', 'cpu')),
  }
  if (settings.source_visibility === 'closed' && settings.license !== 'apl') {
    throw badRequest('Only the license apl allows closed source')
  }
  return settings
}

function runtimeFrom(given: Record<string, unknown>, machine: string): Partial<Settings> {
  const environment = textOf(given, 'algorithm_environment')
  if (environment)
    return { algorithm_environment: environment, package_set: textOf(given, 'package_set') ?? 'python38' }
  const packages = textOf(given, 'package_set')
  if (packages) return { package_set: packages }
  const language = textOf(given, 'language') ?? 'python3-1'
  if (!pythonLanguages.includes(language)) {
    throw badRequest(
      `The sandbox does not run "${language}", only ${pythonLanguages.join(', ')}`,
      codes.unknownLanguage,
    )
  }
  return { language, environment: machine }
}

function textOf(source: Record<string, unknown>, name: string): string | undefined {
  const value = source[name]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') throw badRequest(`${name} must be a string`)
  return value
}

/** The algorithm in the platform's shape (platform reference §3.1): parts that do not exist yet are left out. */
export function algorithmBody({ id, name, details, settings }: Algorithm): Record<string, unknown> {
  const scm = { id: 'internal', provider: 'internal', default: true, enabled: true }
  return { id, name, details, settings, source: { scm }, resource_type: 'algorithm' }
}
