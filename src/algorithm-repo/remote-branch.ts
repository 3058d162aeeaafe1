import { messageOf } from '../errors.ts'
import * as log from '../log.ts'
import type { Clone } from './clone.ts'
import { persist } from './persist.ts'

/** git's name for the tree without files; it exists in every repository. */
const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904'

/** The branch on the server that a clone was made of. Its errors are git's own. */
export class RemoteBranch {
  readonly #clone: Clone

  constructor(clone: Clone) {
    this.#clone = clone
  }

  /** Asks for the right to push, without pushing. */
  async checkPush(): Promise<void> {
    const { git, head, patienceMs } = this.#clone
    const commit = head ?? (await git.raw(['commit-tree', emptyTree, '-m', 'Write check'])).trim()
    await persist(patienceMs, () => git.raw(['push', '--dry-run', '--porcelain', 'origin', this.#target(commit)]))
  }

  /** Never forced: the server refuses a commit that is not on top of its head. */
  async push(commit: string): Promise<void> {
    const said = await this.#clone.git.raw(['push', '--porcelain', 'origin', this.#target(commit)])
    if (!/^Done$/m.test(said)) throw new Error(`git did not say that the push is done\n${said}`)
  }

  /** Fetches what is new. @returns the head; undefined when there is no such branch */
  async head(): Promise<string | undefined> {
    const { git, branch, patienceMs } = this.#clone
    try {
      // Without a depth: on a shallow clone that would cut the new commits off from ours.
      await persist(patienceMs, () =>
        git.raw(['fetch', '--quiet', '--no-tags', 'origin', `+refs/heads/${branch}:${this.#tracking}`]),
      )
    } catch (error) {
      if (!/couldn't find remote ref/.test(messageOf(error))) throw error
      log.debug(messageOf(error))
      return undefined
    }
    return (await git.raw(['rev-parse', this.#tracking])).trim()
  }

  /** @returns the first of these commits that the branch holds, as far as it was fetched */
  async findFirst(commits: readonly string[]): Promise<string | undefined> {
    for (const commit of commits) {
      // Without a common commit git has no answer, and says so by failing.
      const base = await this.#clone.git.raw(['merge-base', commit, this.#tracking]).catch(() => '')
      if (base.trim() === commit) return commit
    }
    return undefined
  }

  /** Whether it is the branch that the repository's HEAD names; undefined when nobody says. */
  async isDefault(): Promise<boolean | undefined> {
    const { git, branch, location, patienceMs } = this.#clone
    // A clone that names no branch is one of the default branch.
    if (location.branch === undefined) return true
    try {
      const said = await persist(patienceMs, () => git.raw(['ls-remote', '--symref', 'origin', 'HEAD']))
      const name = /^ref: refs\/heads\/(.+)\tHEAD$/m.exec(said)?.[1]
      return name === undefined ? undefined : name === branch
    } catch (error) {
      log.debug(messageOf(error))
      return undefined
    }
  }

  get #tracking(): string {
    return `refs/remotes/origin/${this.#clone.branch}`
  }

  #target(commit: string): string {
    return `${commit}:refs/heads/${this.#clone.branch}`
  }
}
