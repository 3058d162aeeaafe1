import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Repositories } from '../git/repositories.ts'
import { removeTree } from '../processes.ts'

/** The checked-out commits of algorithms, which builds and calls use. Each appears complete or not at all. */
export class Sources {
  readonly #folder: string
  readonly #repositories: Repositories
  readonly #inProgress = new Map<string, Promise<void>>()

  constructor(stateDir: string, repositories: Repositories) {
    this.#folder = join(stateDir, 'sources')
    this.#repositories = repositories
    mkdirSync(this.#folder, { recursive: true })
    // Half written when the server was killed.
    for (const entry of readdirSync(this.#folder, { withFileTypes: true })) {
      if (!entry.isDirectory()) continue
      const folder = join(this.#folder, entry.name)
      for (const name of readdirSync(folder)) {
        if (name.includes('.')) rmSync(join(folder, name), { recursive: true, force: true })
      }
    }
  }

  /** The folder with the files of a commit. */
  async of(algorithmId: string, commit: string): Promise<string> {
    const folder = join(this.#folder, algorithmId, commit)
    if (existsSync(folder)) return folder
    const writing = this.#inProgress.get(folder) ?? this.#write(algorithmId, commit, folder)
    this.#inProgress.set(folder, writing)
    await writing.finally(() => this.#inProgress.delete(folder))
    return folder
  }

  async removeAll(algorithmId: string): Promise<void> {
    await removeTree(join(this.#folder, algorithmId))
  }

  async #write(algorithmId: string, commit: string, folder: string): Promise<void> {
    const unfinished = `${folder}.tmp`
    mkdirSync(unfinished, { recursive: true })
    await this.#repositories.checkout(algorithmId, commit, unfinished)
    renameSync(unfinished, folder)
  }
}
