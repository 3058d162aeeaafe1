/** A language in which algorithms are written in an environment (platform reference §3.5). */
export interface Language {
  name: string
  display_name: string
  /** JSON as text. */
  configuration: string
}

/** What an algorithm runs in, as it can be chosen by its id. */
export interface Environment {
  id: string
  specificationId: string
  displayName: string
  description: string
  /** The older name of the same choice. */
  packageSet: string
  machine: 'CPU' | 'GPU'
  language: Language
}

const python3: Language = {
  name: 'python3',
  display_name: 'Python 3',
  configuration: JSON.stringify({
    display_name: 'Python 3',
    req_files: ['requirements.txt'],
    artifacts: [
      { source: '/home/algo/.local', destination: '/home/algo/.local/' },
      { source: '/opt/algorithm', destination: '/opt/algorithm/' },
    ],
  }),
}

/** The languages that have environments. */
export const languages = [python3]

const createdAt = '2022-01-01T00:00:00.000Z'

/**
 * All environments. The ids are ours, the same in every sandbox, because settings and scripts name them. Whatever is
 * chosen, algorithms run on the machine's own Python.
 */
export const environments: Environment[] = [
  python('7', '7d1f3f66-5c0e-4c59-8d0b-37a000000037', 'b3a7f2c4-20d9-4f0a-9e61-37a000000037'),
  python('8', '7d1f3f66-5c0e-4c59-8d0b-38a000000038', 'b3a7f2c4-20d9-4f0a-9e61-38a000000038'),
  python('9', '7d1f3f66-5c0e-4c59-8d0b-39a000000039', 'b3a7f2c4-20d9-4f0a-9e61-39a000000039'),
]

function python(minor: string, id: string, specificationId: string): Environment {
  return {
    id,
    specificationId,
    displayName: `Python 3.${minor}`,
    description: `An algorithm for Python 3.${minor}, run on the Python of the sandbox's machine`,
    packageSet: `python3${minor}`,
    machine: 'CPU',
    language: python3,
  }
}

export function environmentWithId(id: string): Environment | undefined {
  return environments.find((environment) => environment.id === id.toLowerCase())
}

/** An environment in the platform's shape (platform reference §3.5). */
export function environmentBody(environment: Environment): Record<string, unknown> {
  return {
    id: environment.id,
    environment_specification_id: environment.specificationId,
    display_name: environment.displayName,
    description: environment.description,
    created_at: createdAt,
    language: environment.language,
    machine_type: environment.machine,
  }
}
