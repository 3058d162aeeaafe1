import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { badRequest } from '../errors.ts'
import { readJson, writeJson } from '../state.ts'
import type { Secret, SecretSpec } from './secret.ts'

/** An operating system takes this much in one variable, and somewhat more in all. */
const largest = 100_000

/** The secrets of algorithms: one file each, readable by the account that runs the sandbox only. */
export class Secrets {
  readonly #folder: string
  /** By algorithm. */
  readonly #secrets = new Map<string, Secret[]>()

  constructor(stateDir: string) {
    this.#folder = join(stateDir, 'secrets')
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
    for (const name of readdirSync(this.#folder)) {
      const path = join(this.#folder, name)
      if (name.endsWith('.tmp')) rmSync(path, { force: true })
      else this.#secrets.set(name.replace(/\.json$/, ''), readJson<Secret[]>(path) ?? [])
    }
  }

  of(algorithmId: string): Secret[] {
    return this.#secrets.get(algorithmId) ?? []
  }

  /** What the processes of an algorithm get as their environment, beside what all processes get. */
  variablesOf(algorithmId: string): Record<string, string> {
    return Object.fromEntries(this.of(algorithmId).map(({ key, value }) => [key, value]))
  }

  /**
   * Adds a secret, or replaces the one of the same key.
   *
   * @throws ApiError 400 when there would be more than fits into a process
   */
  set(algorithmId: string, spec: SecretSpec): Secret {
    const now = new Date().toISOString()
    const earlier = this.of(algorithmId).find(({ key }) => key === spec.key)
    const { id, created } = earlier ?? { id: crypto.randomUUID(), created: now }
    const secret: Secret = { ...spec, id, algorithmId, created, modified: now }
    const secrets = [...this.of(algorithmId).filter((other) => other !== earlier), secret]
    const size = secrets.reduce((sum, { key, value }) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0)
    if (size > largest) throw badRequest(`The secrets of an algorithm must not exceed ${largest} bytes together`)
    writeJson(this.#path(algorithmId), secrets)
    this.#secrets.set(algorithmId, secrets)
    return secret
  }

  removeAll(algorithmId: string): void {
    this.#secrets.delete(algorithmId)
    rmSync(this.#path(algorithmId), { force: true })
  }

  #path(algorithmId: string): string {
    return join(this.#folder, `${algorithmId}.json`)
  }
}
