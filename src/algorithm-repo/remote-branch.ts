import { messageOf, UncertainError } from '../errors.ts'
import * as log from '../log.ts'
import type { Clone } from './clone.ts'
import { persist } from './persist.ts'
import { BrokenPush, isBrokenPush, sizeOfPush } from './push-trouble.ts'

/** How many commits deep a push of unknown outcome is looked for. */
const searchDepths = [1, 4, 16, 64]

/** A branch on the server that is pushed to. Its errors are git's own. */
export class RemoteBranch {
  readonly #clone: Clone
  readonly name: string
  /** Settings that a push which broke off has taught. */
  #lessons: readonly string[] = []

  /** @param name the branch that the clone was made of, or is to become, unless another one is meant */
  constructor(clone: Clone, name = clone.branch) {
    this.#clone = clone
    this.name = name
  }

  /** Asks for the right to push, without pushing. */
  async checkPush(): Promise<void> {
    const { git, head, patienceMs } = this.#clone
    const commit = head ?? (await this.#emptyCommit())
    await persist(patienceMs, () => git.raw(['push', '--dry-run', '--porcelain', 'origin', this.#target(commit)]))
  }

  /** Never forced: the server refuses a commit that is not on top of its head. */
  async push(commit: string): Promise<void> {
    const { git } = this.#clone
    try {
      const said = await git.raw([...this.#lessons, 'push', '--porcelain', 'origin', this.#target(commit)])
      if (!/^Done$/m.test(said)) throw new Error(`git did not say that the push is done\n${said}`)
    } catch (error) {
      if (!isBrokenPush(error)) throw error
      const isFirst = this.#lessons.length === 0
      // Proxies and servers that break HTTP/2 off, or large bodies in it, often take them in the older version.
      this.#lessons = ['-c', 'http.version=HTTP/1.1']
      throw new BrokenPush(error, await sizeOfPush(git, commit), isFirst)
    }
  }

  /**
   * Fetches the head, and nothing below it: of a branch that was rewritten, or that has merged a long history, that
   * could be all there is. Nothing is rebased or merged here, so what a shallow clone lacks is not missed.
   *
   * @returns the head; undefined when there is no such branch
   */
  async head(): Promise<string | undefined> {
    try {
      await this.#fetch(1)
    } catch (error) {
      if (!isNoSuchBranch(error)) throw error
      log.debug(messageOf(error))
      return undefined
    }
    return (await this.#clone.git.raw(['rev-parse', this.#tracking])).trim()
  }

  /**
   * Looks for commits below the head that was fetched last, no deeper than where this clone began.
   *
   * @param head undefined when there is no such branch
   * @returns the first of these commits that the branch holds
   * @throws UncertainError when the history cannot be read far enough
   */
  async findFirst(commits: readonly string[], head: string | undefined): Promise<string | undefined> {
    if (commits.length === 0 || head === undefined) return undefined
    for (const depth of searchDepths) {
      try {
        if (depth > 1) await this.#fetch(depth)
      } catch (error) {
        if (isNoSuchBranch(error)) return undefined
        throw new UncertainError(
          `The repository could not be read after the push of ${commits.join(' or ')}, so whether it arrived is not known: look ` +
            `for it on ${this.name} before the next run`,
          { cause: error },
        )
      }
      for (const commit of commits) if (await this.#holds(commit)) return commit
      if (this.#clone.head !== undefined && (await this.#holds(this.#clone.head))) return undefined
    }
    return undefined
  }

  /** Whether it is the branch that the repository's HEAD names; undefined when nobody says. */
  async isDefault(): Promise<boolean | undefined> {
    const { git, location, head, madeFrom, patienceMs } = this.#clone
    // A clone that names no branch is one of the default branch.
    if (location.branch === undefined) return true
    // Nobody answers for a branch without a commit.
    if (head === undefined && madeFrom !== undefined) return madeFrom === this.name
    try {
      const said = await persist(patienceMs, () => git.raw(['ls-remote', '--symref', 'origin', 'HEAD']))
      const name = /^ref: refs\/heads\/(.+)\tHEAD$/m.exec(said)?.[1]
      return name === undefined ? undefined : name === this.name
    } catch (error) {
      log.debug(messageOf(error))
      return undefined
    }
  }

  async #fetch(depth: number): Promise<void> {
    const { git, patienceMs } = this.#clone
    const what = [`--depth=${depth}`, '--no-tags', 'origin', `+refs/heads/${this.name}:${this.#tracking}`]
    await persist(patienceMs, () => git.raw(['fetch', '--quiet', ...what]))
  }

  async #holds(commit: string): Promise<boolean> {
    // Without a common commit git has no answer, and says so by failing.
    const base = await this.#clone.git.raw(['merge-base', commit, this.#tracking]).catch(() => '')
    return base.trim() === commit
  }

  /** The clone is empty, and so is its index. */
  async #emptyCommit(): Promise<string> {
    const { git } = this.#clone
    const tree = (await git.raw(['write-tree'])).trim()
    return (await git.raw(['commit-tree', tree, '-m', 'Write check'])).trim()
  }

  get #tracking(): string {
    return `refs/remotes/origin/${this.name}`
  }

  #target(commit: string): string {
    return `${commit}:refs/heads/${this.name}`
  }
}

function isNoSuchBranch(error: unknown): boolean {
  return /couldn't find remote ref/.test(messageOf(error))
}
