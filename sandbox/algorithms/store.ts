import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { conflict } from '../errors.ts'
import type { Repositories } from '../git/repositories.ts'
import { readJsonFiles, writeJson } from '../state.ts'
import type { Algorithm, NewAlgorithm } from './algorithm.ts'
import { templateFor } from './runtime.ts'

/** The algorithms of a sandbox: one record each, and a repository. */
export class Algorithms {
  readonly #folder: string
  readonly #repositories: Repositories
  readonly #byId = new Map<string, Algorithm>()
  readonly #inCreation = new Set<string>()

  constructor(stateDir: string, repositories: Repositories) {
    this.#folder = join(stateDir, 'algorithms')
    this.#repositories = repositories
    for (const algorithm of readJsonFiles<Algorithm>(this.#folder)) this.#byId.set(algorithm.id, algorithm)
    repositories.keepOnly(new Set(this.#byId.keys()))
  }

  all(): Algorithm[] {
    return [...this.#byId.values()]
  }

  withId(id: string): Algorithm | undefined {
    return this.#byId.get(id)
  }

  find(owner: string, name: string): Algorithm | undefined {
    for (const algorithm of this.#byId.values()) {
      if (algorithm.owner === owner && algorithm.name === name) return algorithm
    }
    return undefined
  }

  /** The algorithms of an account or organisation. */
  of(owner: string): Algorithm[] {
    return [...this.#byId.values()].filter((algorithm) => algorithm.owner === owner)
  }

  /**
   * Creates an algorithm with its repository, seeded from the language's template. That does not build it (platform
   * reference §1, "Git access").
   */
  async create(owner: string, { name, details, settings }: NewAlgorithm): Promise<Algorithm> {
    const key = `${owner}/${name}`
    if (this.find(owner, name) || this.#inCreation.has(key)) throw conflict(`The algorithm ${key} already exists`)
    this.#inCreation.add(key)
    try {
      const algorithm: Algorithm = { id: crypto.randomUUID(), owner, name, details, settings }
      await this.#repositories.create(algorithm.id, templateFor(owner, name, settings))
      writeJson(this.#recordPath(algorithm), algorithm)
      this.#byId.set(algorithm.id, algorithm)
      return algorithm
    } finally {
      this.#inCreation.delete(key)
    }
  }

  change(algorithm: Algorithm, { details, settings }: NewAlgorithm): void {
    writeJson(this.#recordPath(algorithm), { ...algorithm, details, settings } satisfies Algorithm)
    Object.assign(algorithm, { details, settings })
  }

  /** From then on nobody finds the algorithm; its repository is still there. */
  forget(algorithm: Algorithm): void {
    rmSync(this.#recordPath(algorithm), { force: true })
    this.#byId.delete(algorithm.id)
  }

  #recordPath(algorithm: Algorithm): string {
    return join(this.#folder, `${algorithm.id}.json`)
  }
}
