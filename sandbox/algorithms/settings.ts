import { badRequest } from '../errors.ts'
import { isObject, textOf } from '../http/request-body.ts'
import { languageOf, type Runtime, runtimeFrom } from './runtime.ts'

/** What people read about an algorithm. */
export interface Details {
  label: string
  summary: string
  tagline: string
}

/** How an algorithm behaves (platform reference §3.1). */
export interface Settings extends Runtime {
  algorithm_callability: string
  source_visibility: string
  license: string
  network_access: string
  pipeline_enabled: boolean
  insights_enabled: boolean
  royalty_microcredits: number
}

const choices = {
  algorithm_callability: ['private', 'public'],
  source_visibility: ['closed', 'open'],
  license: ['apl', 'apache2', 'gpl3', 'mit'],
  network_access: ['full', 'isolated'],
  environment: ['cpu', 'gpu'],
}

/** Reads `details`; what is left out stays as it was. */
export function detailsFrom(value: unknown, earlier?: Details): Details {
  const details = isObject(value) ? value : {}
  const read = (name: keyof Details) => textOf(details, name) ?? earlier?.[name] ?? ''
  return { label: read('label'), summary: read('summary'), tagline: read('tagline') }
}

/**
 * Reads `settings`. What is left out stays as it was, or gets the platform's usual value (platform reference §3.1);
 * unknown members are ignored.
 *
 * @param earlier of an algorithm that exists: it keeps its language
 * @throws ApiError 400
 */
export function settingsFrom(value: unknown, earlier?: Settings): Settings {
  const given = isObject(value) ? value : {}
  const choose = (name: keyof typeof choices, fallback: string) => {
    const choice = textOf(given, name) ?? earlier?.[name] ?? fallback
    if (!choices[name].includes(choice)) {
      throw badRequest(`settings.${name} must be one of ${choices[name].join(', ')}, not "${choice}"`)
    }
    return choice
  }
  choose('algorithm_callability', 'private')
  const settings: Settings = {
    // Until something is published, and then each version has its own.
    algorithm_callability: 'private',
    source_visibility: choose('source_visibility', 'closed'),
    license: choose('license', 'apl'),
    network_access: choose('network_access', 'full'),
    pipeline_enabled: flagOf(given, 'pipeline_enabled') ?? earlier?.pipeline_enabled ?? true,
    insights_enabled: flagOf(given, 'insights_enabled') ?? earlier?.insights_enabled ?? false,
    royalty_microcredits: Number(given.royalty_microcredits ?? earlier?.royalty_microcredits) || 0,
    ...runtimeIn(given, choose('environment', 'cpu'), earlier),
  }
  if (settings.source_visibility === 'closed' && settings.license !== 'apl') {
    throw badRequest('Only the license apl allows closed source')
  }
  return settings
}

function runtimeIn(given: Record<string, unknown>, machine: string, earlier: Settings | undefined): Runtime {
  const named = Object.fromEntries(
    (['language', 'package_set', 'algorithm_environment'] as const).flatMap((name) => {
      const text = textOf(given, name)
      return text === undefined || text === '' ? [] : [[name, text]]
    }),
  )
  if (!earlier) return runtimeFrom(named, machine)
  const { language, package_set, algorithm_environment } = earlier
  const kept = { language, package_set, algorithm_environment }
  const runtime = runtimeFrom(Object.keys(named).length > 0 ? named : definedIn(kept), machine)
  if (languageOf(runtime) !== languageOf(earlier)) {
    throw badRequest(`The language of an algorithm cannot change: this one is written in ${languageOf(earlier)}`)
  }
  return runtime
}

function definedIn(runtime: Record<keyof Omit<Runtime, 'environment'>, string | undefined>): Runtime {
  return Object.fromEntries(Object.entries(runtime).filter(([, value]) => value !== undefined))
}

function flagOf(source: Record<string, unknown>, name: string): boolean | undefined {
  const value = source[name]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'boolean') throw badRequest(`${name} must be true or false`)
  return value
}
