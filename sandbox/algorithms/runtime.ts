import { environmentWithId } from '../environments/catalogue.ts'
import { badRequest, codes } from '../errors.ts'
import { adkTemplate, legacyTemplate } from '../git/template.ts'

/** What an algorithm runs on, named in one of three ways (platform reference §3.1). */
export interface Runtime {
  language?: string
  /** `cpu` or `gpu`, beside a language. */
  environment?: string
  package_set?: string
  algorithm_environment?: string
}

const pythonLanguages = ['python2', 'python2-langpack', 'python3', 'python3-1', 'anaconda3']

/**
 * Reads the runtime of an algorithm's settings. An `algorithm_environment` comes before a `package_set`, that before a
 * `language`, and nothing at all is the legacy Python 3.
 *
 * @param machine what goes with a language
 * @throws ApiError 400 for what the sandbox does not run
 */
export function runtimeFrom(given: Runtime, machine: string): Runtime {
  if (given.algorithm_environment) {
    const environment = environmentWithId(given.algorithm_environment)
    if (!environment) {
      throw badRequest(
        `The algorithm_environment ${given.algorithm_environment} does not exist; see /v1/algorithm-environments/edge/languages`,
      )
    }
    return { algorithm_environment: environment.id, package_set: environment.packageSet }
  }
  if (given.package_set) {
    if (!/python-?\d/i.test(given.package_set)) throw unknownLanguage(given.package_set)
    return { package_set: given.package_set }
  }
  const { language = 'python3-1' } = given
  if (!pythonLanguages.includes(language)) throw unknownLanguage(language)
  return { language, environment: machine }
}

/** The language of a runtime, which an algorithm keeps (platform reference §3.2, `PUT`). */
export function languageOf(runtime: Runtime): string {
  const environment = environmentWithId(runtime.algorithm_environment ?? '')
  if (environment) return environment.language.name
  if (runtime.package_set) return /python-?2/i.test(runtime.package_set) ? 'python2' : 'python3'
  return runtime.language ?? 'python3-1'
}

/** The first files of an algorithm: for the ADK in the newest way of naming a runtime, else the legacy ones. */
export function templateFor(owner: string, name: string, runtime: Runtime): Record<string, string> {
  if (runtime.algorithm_environment !== undefined || runtime.language === 'python3') return adkTemplate(owner, name)
  return legacyTemplate(owner, name, languageOf(runtime).startsWith('python2') ? 'python2' : 'python3')
}

function unknownLanguage(wanted: string) {
  return badRequest(`The sandbox does not run "${wanted}", only ${pythonLanguages.join(', ')}`, codes.unknownLanguage)
}
