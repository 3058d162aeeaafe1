import { realpath } from 'node:fs/promises'
import { DeployError, messageOf } from '../errors.ts'
import { type Clone, makeClone, type RepositoryLocation } from './clone.ts'
import { usualStallSeconds } from './git.ts'
import { explainGitError, isLostRace } from './git-errors.ts'
import { pathsInLfs, pushObjects } from './lfs.ts'
import { connectionTries } from './persist.ts'
import { headAfter, mayPushAgain, pauseAfter, wasNotSent } from './push-trouble.ts'
import { RemoteBranch } from './remote-branch.ts'
import { RequestBranch, type RequestDelivery } from './request-branch.ts'
import { revertCommit } from './revert.ts'
import { type Staged, stageAll, warnOfIgnored } from './staging.ts'

export type { RepositoryLocation } from './clone.ts'

export interface Delivery {
  /** False when the repository already had it all. */
  changed: boolean
  commit: string
  /** The branch of the pull request that has the commit; undefined when `commit` is of the branch itself. */
  request?: RequestDelivery
}

/** A commit, and what is in some of its files; undefined for those that it has not. */
export interface Look {
  commit: string
  texts: (string | undefined)[]
}

/** Changes the work tree of the clone; called again, on the new head, when another push came first. */
export type Change = (folder: string) => Promise<void>

const raceDeadlineMs = 10 * 60_000

/** A fresh clone of the algorithm's repository. What is pushed is one commit on top of the head of one branch. */
export class AlgorithmRepository {
  readonly #clone: Clone
  readonly #remote: RemoteBranch
  readonly #request: RequestBranch | undefined
  /** Whether the branch is still to be made on the server. */
  #isNew: boolean
  /** The head that changes are applied to; undefined in an empty repository. */
  #head: string | undefined
  #change: { apply: Change; force: readonly string[] } = { apply: async () => {}, force: [] }
  #staged: Staged = { files: [], skipped: [], objects: [] }

  private constructor(clone: Clone, remote: RemoteBranch, request: RequestBranch | undefined) {
    this.#clone = clone
    this.#remote = remote
    this.#request = request
    this.#isNew = clone.madeFrom !== undefined
    this.#head = clone.head
  }

  /**
   * @param temp an existing folder of this run; the clone is made below it
   * @param stallSeconds seconds without a byte after which a transfer is given up
   * @throws DeployError when the repository cannot be read, or has nothing that a pull request could be merged into
   * @throws RefusedError when that takes a secret, and there is none
   */
  static async clone(
    location: RepositoryLocation,
    temp: string,
    { stallSeconds = usualStallSeconds } = {},
  ): Promise<AlgorithmRepository> {
    const clone = await makeClone(location, temp, stallSeconds)
    const remote = new RemoteBranch(clone)
    const { requestBranch } = location
    const request = requestBranch === undefined ? undefined : await RequestBranch.open(clone, remote, requestBranch)
    return new AlgorithmRepository(clone, remote, request)
  }

  get folder(): string {
    return this.#clone.folder
  }

  /** The branch that is deployed to, or that a pull request is to be merged into. */
  get branch(): string {
    return this.#clone.branch
  }

  /** Whether it was without a commit when it was cloned. */
  get isEmpty(): boolean {
    return this.#clone.head === undefined
  }

  /** The default branch, when `branch` is not on the server yet and is made from it. */
  get madeFrom(): string | undefined {
    return this.#isNew ? this.#clone.madeFrom : undefined
  }

  /** The branch of the pull request that is pushed in place of `branch`. */
  get requestBranch(): string | undefined {
    return this.#request?.name
  }

  /** What that branch has, as it was fetched last; undefined where there is none. */
  async lookAtRequest(paths: readonly string[]): Promise<Look | undefined> {
    const commit = this.#request?.head
    return commit === undefined ? undefined : this.#look(commit, paths)
  }

  /** Undefined in an empty repository. */
  get head(): string | undefined {
    return this.#head
  }

  /**
   * Whether the platform builds what is pushed: it does so for the default branch only (platform reference §1).
   *
   * @returns undefined when the server does not say
   */
  async onDefaultBranch(): Promise<boolean | undefined> {
    return this.#remote.isDefault()
  }

  /**
   * Asks the server whether this secret may push, without pushing. What a branch rule forbids shows only at the push.
   *
   * @throws DeployError when it may not
   */
  async checkWriteAccess(): Promise<void> {
    try {
      await (this.#request ?? this.#remote).checkPush()
    } catch (error) {
      if (!isLostRace(error)) throw this.#explain('Checking write access to the algorithm repository', error)
    }
  }

  /**
   * Applies a change to the work tree and stages it.
   *
   * @param force paths that are committed even if the repository ignores them
   * @returns what changes; nothing when the repository already has it all
   */
  async stage(change: Change, force: readonly string[]): Promise<Staged> {
    this.#change = { apply: change, force }
    this.#staged = await this.#applyChange()
    warnOfIgnored(this.#staged.skipped)
    return this.#staged
  }

  /** What the newest commit of this clone changes: another list than before when another push came first. */
  get staged(): Staged {
    return this.#staged
  }

  /** @returns those of the paths that the repository keeps in Git LFS, as it is now */
  async pathsInLfs(paths: readonly string[]): Promise<string[]> {
    return pathsInLfs(this.#clone.git, paths)
  }

  /** The staged difference of one file, as text. */
  async difference(path: string): Promise<string> {
    return this.#clone.git.raw(['diff', '--cached', '--no-color', '--no-ext-diff', '--', path])
  }

  /**
   * What the server has by now, with files that it has there; the work tree stays as it is.
   *
   * @returns undefined when there is no such branch any more
   * @throws DeployError when the repository cannot be read
   */
  async lookAgain(paths: readonly string[]): Promise<Look | undefined> {
    const commit = await this.#remote.head().catch((error: unknown) => {
      throw this.#explain('Reading the algorithm repository again', error)
    })
    return commit === undefined ? undefined : this.#look(commit, paths)
  }

  /**
   * Commits what is staged and pushes it. When another push came first, the change is applied again on top of it;
   * nothing is ever forced or merged. A new branch is pushed even if it does not differ from the default branch.
   *
   * @param beforeReplacing told before something takes the place of what the branch of a pull request has; throws to
   *   prevent it
   * @throws DeployError when the push is refused; the remote is then as it was
   * @throws UncertainError when nobody can tell whether it arrived
   */
  async push(message: string, beforeReplacing = async (): Promise<void> => {}): Promise<Delivery> {
    const deadline = Date.now() + raceDeadlineMs
    if (this.#request) return this.#pushRequest(this.#request, { message, deadline, beforeReplacing })
    /** Commits of which nobody knows whether they arrived. */
    const doubtful = new Map<string, Staged>()
    let troubles = 0
    for (let tries = 1; ; tries += 1) {
      const isSame = this.#staged.files.length === 0
      if (isSame && (!this.#isNew || this.#head === undefined)) return { changed: false, commit: this.#head ?? '' }
      const commit = isSame ? (this.#head ?? '') : await this.#commit(message)
      if (this.#staged.objects.length > 0) await pushObjects(this.#clone, this.#staged.objects)
      try {
        await this.#remote.push(commit)
        return { changed: true, commit }
      } catch (error) {
        const failed = this.#explain('Pushing to the algorithm repository', error)
        if (!mayPushAgain(error)) throw failed
        if (!isSame && !wasNotSent(error)) doubtful.set(commit, this.#staged)
        await pauseAfter(error, tries)
        const race = isLostRace(error)
        const before = this.#head
        const head = await this.#headAfter(failed, race ? undefined : commit)
        // The answer may be lost although the push arrived, perhaps that of an earlier try.
        const arrived = await this.#remote.findFirst([...doubtful.keys()], head)
        if (arrived !== undefined) {
          this.#staged = doubtful.get(arrived) ?? this.#staged
          return { changed: true, commit: arrived }
        }
        await this.#reset(head)
        // A race that nobody won is trouble too: a lock that was left behind on the server looks like one.
        troubles = race && head !== before ? 0 : troubles + 1
        if (troubles >= connectionTries || Date.now() > deadline) throw failed
        this.#staged = await this.#applyChange()
      }
    }
  }

  /**
   * Takes a delivered commit back: pushes one commit on top of it that restores all files as they were before it.
   *
   * @returns the new commit
   * @throws DeployError when it is the first commit or no longer the head, or when the push is refused; the remote is
   *   then as it was
   * @throws UncertainError when nobody can tell whether it arrived
   */
  async revert(commit: string, message: string): Promise<string> {
    return revertCommit(this.#clone, this.#remote, commit, message)
  }

  async #pushRequest(
    request: RequestBranch,
    { message, deadline, beforeReplacing }: { message: string; deadline: number; beforeReplacing: () => Promise<void> },
  ): Promise<Delivery> {
    const bench = {
      beforeReplacing,
      head: this.#head ?? '',
      staged: this.#staged,
      ofRun: this.#change.force,
      applyOn: async (commit: string) => {
        await this.#reset(commit)
        this.#staged = await this.#applyChange()
        return this.#staged
      },
    }
    const delivered = await request.push(bench, message, deadline)
    if (delivered === undefined) return { changed: false, commit: this.#head ?? '' }
    return { changed: delivered.changed, commit: delivered.commit, request: delivered }
  }

  async #look(commit: string, paths: readonly string[]): Promise<Look> {
    const read = (path: string) => this.#clone.git.raw(['cat-file', 'blob', `${commit}:${path}`]).catch(() => undefined)
    return { commit, texts: await Promise.all(paths.map(read)) }
  }

  async #applyChange(): Promise<Staged> {
    const { git, folder } = this.#clone
    // Whatever went wrong before, nothing is ever added to a repository around the clone.
    const top = (await git.raw(['rev-parse', '--show-toplevel'])).trim()
    if ((await realpath(top)) !== folder) {
      throw new DeployError(`Expected the clone at ${folder}, found a repository at ${top}`)
    }
    await this.#change.apply(folder)
    return stageAll(this.#clone, this.#change.force).catch((error: unknown) => {
      if (error instanceof DeployError) throw error
      throw new DeployError(`git could not add what changed to the clone. It says:\n${messageOf(error).trim()}`)
    })
  }

  async #commit(message: string): Promise<string> {
    const { git } = this.#clone
    await git.raw(['commit', '--quiet', '--no-verify', '--cleanup=verbatim', '-m', message])
    const commit = (await git.raw(['rev-parse', 'HEAD'])).trim()
    if (commit === this.#head) throw new DeployError('git made no commit although files had changed')
    return commit
  }

  async #headAfter(failed: DeployError, unsure: string | undefined): Promise<string | undefined> {
    const head = await headAfter(failed, { remote: this.#remote, branch: this.branch, unsure })
    if (head !== undefined) this.#isNew = false
    // Nobody else has made it either.
    if (this.#isNew) return this.#clone.head
    // Only a repository that was empty may still be without the branch.
    if (head !== undefined || this.#head === undefined) return head
    throw new DeployError(`${failed.message}\nThe branch ${this.branch} is no longer there`)
  }

  async #reset(head: string | undefined): Promise<void> {
    const { git, branch } = this.#clone
    if (head === undefined) {
      await git.raw(['update-ref', '-d', `refs/heads/${branch}`])
      await git.raw(['read-tree', '--empty'])
    } else {
      await git.raw(['reset', '--hard', '--quiet', head])
    }
    await git.raw(['clean', '-ffdxq'])
    this.#head = head
  }

  #explain(action: string, error: unknown): DeployError {
    return explainGitError(action, error, this.#clone.location)
  }
}
