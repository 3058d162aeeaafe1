import { mkdir, realpath, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { SimpleGit } from 'simple-git'
import { DeployError, messageOf, UncertainError } from '../errors.ts'
import { formatDuration } from '../format.ts'
import * as log from '../log.ts'
import { type GitOptions, openGit, usualStallSeconds } from './git.ts'
import { explainGitError, type GitErrorContext, isConnectionTrouble, isLostRace } from './git-errors.ts'
import { checkGit, refuseRewrittenPushUrl, refuseRewrittenUrl } from './machine.ts'
import { connectionTries, lastLine, persist } from './persist.ts'
import { maskProxyPasswords } from './proxy-secrets.ts'
import { stageAll, warnOfIgnored } from './staging.ts'

export interface RepositoryLocation {
  /** http(s), without credentials. */
  url: string
  login: string
  secret: string
  /** The input that holds the secret, for messages. */
  secretInput: string
  /** Undefined: the repository's own default branch. */
  branch: string | undefined
  author: { name: string; email: string }
}

export interface Delivery {
  /** False when the repository already had it all. */
  changed: boolean
  commit: string
}

/** Changes the work tree of the clone; called again, on the new head, when another push came first. */
export type Change = (folder: string) => Promise<void>

/** git's name for the tree without files; it exists in every repository. */
const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904'
const raceDeadlineMs = 10 * 60_000

/** A fresh clone of the algorithm's repository. What is pushed is one commit on top of the head of one branch. */
export class AlgorithmRepository {
  readonly folder: string
  readonly branch: string
  /** The head this run started from; undefined in an empty repository. */
  #head: string | undefined
  readonly #git: SimpleGit
  readonly #context: GitErrorContext
  readonly #patienceMs: number
  #change: { apply: Change; force: readonly string[] } = { apply: async () => {}, force: [] }
  #staged: string[] = []

  private constructor(
    folder: string,
    git: SimpleGit,
    branch: string,
    head: string | undefined,
    context: GitErrorContext,
    patienceMs: number,
  ) {
    this.folder = folder
    this.#git = git
    this.branch = branch
    this.#head = head
    this.#context = context
    this.#patienceMs = patienceMs
  }

  /**
   * @param temp an existing folder of this run; the clone is made below it
   * @param stallSeconds seconds without a byte after which a transfer is given up
   * @throws DeployError when the repository cannot be read
   */
  static async clone(
    location: RepositoryLocation,
    temp: string,
    { stallSeconds = usualStallSeconds } = {},
  ): Promise<AlgorithmRepository> {
    maskProxyPasswords(process.env)
    const { url, branch } = location
    const noHooks = join(temp, 'no-hooks')
    const folder = join(temp, 'algorithm')
    await mkdir(noHooks, { recursive: true })
    const options: GitOptions = { folder: temp, noHooks, author: location.author, credentials: location, stallSeconds }
    await checkGit(openGit(options))
    await refuseRewrittenUrl(openGit(options), url)

    const patienceMs = 2 * stallSeconds * 1000
    // Without a template: the machine's may hold settings, and rules what to ignore.
    const what = ['--depth=1', '--single-branch', '--no-tags', '--template=']
    if (branch !== undefined) what.push('--branch', branch)
    try {
      await persist(patienceMs, async () => {
        await rm(folder, { recursive: true, force: true })
        await openGit(options).raw(['clone', '--quiet', ...what, '--', url, folder])
      })
    } catch (error) {
      if (branch !== undefined && /Remote branch .* not found/.test(messageOf(error))) {
        throw new DeployError(`algorithm_branch is "${branch}", which ${url} does not have; create it there first`)
      }
      throw explainGitError('Reading the algorithm repository', error, location)
    }
    const git = openGit({ ...options, folder })
    await refuseRewrittenPushUrl(git, url)
    const head = (await git.raw(['rev-parse', '--verify', '--quiet', 'HEAD']).catch(() => '')).trim()
    const current = (await git.raw(['symbolic-ref', '--quiet', '--short', 'HEAD']).catch(() => '')).trim()
    if (current === '')
      throw new DeployError(`algorithm_branch is "${branch}", which is a tag of ${url}; name a branch`)
    log.info(`${url}: branch ${current} at ${head || 'no commit yet'}`)
    return new AlgorithmRepository(await realpath(folder), git, current, head || undefined, location, patienceMs)
  }

  /**
   * Asks the server whether this secret may push, without pushing. What a branch rule forbids shows only at the push.
   *
   * @throws DeployError when it may not
   */
  async checkWriteAccess(): Promise<void> {
    const commit = this.#head ?? (await this.#git.raw(['commit-tree', emptyTree, '-m', 'Write check'])).trim()
    try {
      await persist(this.#patienceMs, () =>
        this.#git.raw(['push', '--dry-run', '--porcelain', 'origin', `${commit}:refs/heads/${this.branch}`]),
      )
    } catch (error) {
      if (!isLostRace(error)) throw this.#explain('Checking write access to the algorithm repository', error)
    }
  }

  /**
   * Applies a change to the work tree and stages it.
   *
   * @param force paths that are committed even if the repository ignores them
   * @returns changed paths; none when the repository already has it all
   */
  async stage(change: Change, force: readonly string[]): Promise<string[]> {
    this.#change = { apply: change, force }
    this.#staged = await this.#applyChange()
    await warnOfIgnored(this.#git)
    return this.#staged
  }

  /** The staged difference of one file, as text. */
  async difference(path: string): Promise<string> {
    return this.#git.raw(['diff', '--cached', '--no-color', '--no-ext-diff', '--', path])
  }

  /**
   * Commits what is staged and pushes it. When another push came first, the change is applied again on top of it;
   * nothing is ever forced or merged.
   *
   * @throws DeployError when the push is refused; the remote is then as it was
   * @throws UncertainError when nobody can tell whether it arrived
   */
  async push(message: string): Promise<Delivery> {
    const deadline = Date.now() + raceDeadlineMs
    const made: string[] = []
    let troubles = 0
    for (let tries = 1; ; tries += 1) {
      if (this.#staged.length === 0) return { changed: false, commit: this.#head ?? '' }
      const commit = await this.#commit(message)
      made.push(commit)
      try {
        await this.#pushCommit(commit)
        return { changed: true, commit }
      } catch (error) {
        const failed = this.#explain('Pushing to the algorithm repository', error)
        const race = isLostRace(error)
        if (!race && !isConnectionTrouble(error)) throw failed
        const pause = Math.random() * Math.min(5000, 250 * 2 ** tries)
        const reason = race ? 'Another push came first' : lastLine(error)
        log.info(`${reason}; again on top of the new head in ${formatDuration(pause)}`)
        await new Promise((resolve) => setTimeout(resolve, pause))
        const before = this.#head
        const head = await this.#remoteHead(failed, race ? undefined : commit)
        // The answer may be lost although the push arrived, perhaps that of an earlier try.
        const arrived = await this.#findOnRemote(made)
        if (arrived !== undefined) return { changed: true, commit: arrived }
        await this.#reset(head)
        // A race that nobody won is trouble too: a lock that was left behind on the server looks like one.
        troubles = race && head !== before ? 0 : troubles + 1
        if (troubles >= connectionTries || Date.now() > deadline) throw failed
        this.#staged = await this.#applyChange()
      }
    }
  }

  async #pushCommit(commit: string): Promise<void> {
    const said = await this.#git.raw(['push', '--porcelain', 'origin', `${commit}:refs/heads/${this.branch}`])
    if (!/^Done$/m.test(said)) throw new Error(`git did not say that the push is done\n${said}`)
  }

  async #applyChange(): Promise<string[]> {
    // Whatever went wrong before, nothing is ever added to a repository around the clone.
    const top = (await this.#git.raw(['rev-parse', '--show-toplevel'])).trim()
    if ((await realpath(top)) !== this.folder) {
      throw new DeployError(`Expected the clone at ${this.folder}, found a repository at ${top}`)
    }
    await this.#change.apply(this.folder)
    return stageAll(this.#git, this.folder, this.#change.force)
  }

  async #commit(message: string): Promise<string> {
    await this.#git.raw(['commit', '--quiet', '--no-verify', '--cleanup=verbatim', '-m', message])
    const commit = (await this.#git.raw(['rev-parse', 'HEAD'])).trim()
    if (commit === this.#head) throw new DeployError('git made no commit although files had changed')
    return commit
  }

  /** @returns the first of these commits that the remote branch holds */
  async #findOnRemote(commits: readonly string[]): Promise<string | undefined> {
    for (const commit of commits) {
      // Without a common commit git has no answer, and says so by failing.
      const base = await this.#git.raw(['merge-base', commit, this.#remoteBranch]).catch(() => '')
      if (base.trim() === commit) return commit
    }
    return undefined
  }

  /**
   * @param failed why this is asked
   * @param unsure a commit of which nobody knows whether it arrived
   * @returns the head of the remote branch; undefined in a repository that is still empty
   */
  async #remoteHead(failed: DeployError, unsure: string | undefined): Promise<string | undefined> {
    try {
      await this.#fetch()
    } catch (error) {
      log.debug(messageOf(error))
      const missing = /couldn't find remote ref/.test(messageOf(error))
      if (missing && this.#head === undefined) return undefined
      if (missing) throw new DeployError(`${failed.message}\nThe branch ${this.branch} is no longer there`)
      const doubt = `Afterwards the repository could not be read, so whether it arrived is not known: look for commit ${unsure} on ${this.branch} before the next run`
      throw unsure === undefined ? failed : new UncertainError(`${failed.message}\n${doubt}`)
    }
    return (await this.#git.raw(['rev-parse', this.#remoteBranch])).trim()
  }

  async #reset(head: string | undefined): Promise<void> {
    if (head === undefined) {
      await this.#git.raw(['update-ref', '-d', `refs/heads/${this.branch}`])
      await this.#git.raw(['read-tree', '--empty'])
    } else {
      await this.#git.raw(['reset', '--hard', '--quiet', head])
    }
    await this.#git.raw(['clean', '-ffdxq'])
    this.#head = head
  }

  /** Without a depth: on a shallow clone that would cut the new commits off from ours. */
  async #fetch(): Promise<void> {
    await persist(this.#patienceMs, () =>
      this.#git.raw(['fetch', '--quiet', '--no-tags', 'origin', `+refs/heads/${this.branch}:${this.#remoteBranch}`]),
    )
  }

  get #remoteBranch(): string {
    return `refs/remotes/origin/${this.branch}`
  }

  #explain(action: string, error: unknown): DeployError {
    return explainGitError(action, error, this.#context)
  }
}
