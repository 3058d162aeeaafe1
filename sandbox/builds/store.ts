import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemCode } from '../errors.ts'
import { readJsonFiles, writeJson } from '../state.ts'
import type { Build } from './build.ts'

/** The builds of all algorithms and their logs: a record and a text each, written through. */
export class Builds {
  readonly #folder: string
  /** By algorithm, oldest first. */
  readonly #builds = new Map<string, Build[]>()

  constructor(stateDir: string) {
    this.#folder = join(stateDir, 'builds')
    mkdirSync(this.#folder, { recursive: true })
    for (const algorithmId of readdirSync(this.#folder)) {
      const builds = readJsonFiles<Build>(join(this.#folder, algorithmId))
      this.#builds.set(
        algorithmId,
        builds.sort((a, b) => a.number - b.number),
      )
    }
  }

  /** The builds of an algorithm, newest first. */
  of(algorithmId: string): Build[] {
    return (this.#builds.get(algorithmId) ?? []).toReversed()
  }

  find(algorithmId: string, buildId: string): Build | undefined {
    return this.#builds.get(algorithmId)?.find(({ id }) => id === buildId)
  }

  /** Those that a stopped server left unfinished. */
  unfinished(): Build[] {
    return [...this.#builds.values()].flat().filter(({ status }) => status === 'in-progress')
  }

  begin(algorithmId: string, commit: string): Build {
    const earlier = this.#builds.get(algorithmId) ?? []
    const build: Build = {
      id: crypto.randomUUID(),
      algorithmId,
      number: (earlier.at(-1)?.number ?? 0) + 1,
      commit,
      status: 'in-progress',
      startedAt: new Date().toISOString(),
    }
    mkdirSync(join(this.#folder, algorithmId), { recursive: true })
    this.save(build)
    this.#builds.set(algorithmId, [...earlier, build])
    return build
  }

  finish(build: Build, status: 'succeeded' | 'failed', log: string): void {
    writeFileSync(this.#path(build, 'log'), log, { mode: 0o600 })
    build.status = status
    build.finishedAt = new Date().toISOString()
    this.save(build)
  }

  /** @returns undefined until the build is finished */
  log(build: Build): string | undefined {
    if (build.status === 'in-progress') return undefined
    try {
      return readFileSync(this.#path(build, 'log'), 'utf8')
    } catch (error) {
      // The disk was full, or somebody deleted it.
      return `There is no log of this build (${systemCode(error)})\n`
    }
  }

  save(build: Build): void {
    writeJson(this.#path(build, 'json'), build)
  }

  removeAll(algorithmId: string): void {
    this.#builds.delete(algorithmId)
    rmSync(join(this.#folder, algorithmId), { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }

  #path({ algorithmId, id }: Build, extension: string): string {
    return join(this.#folder, algorithmId, `${id}.${extension}`)
  }
}
