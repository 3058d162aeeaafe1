import type { SimpleGit } from 'simple-git'
import { DeployError, messageOf } from '../errors.ts'
import * as log from '../log.ts'
import type { FileChange } from './changes.ts'
import type { Clone } from './clone.ts'
import { EmptyRepositoryError, explainGitError, isLostRace } from './git-errors.ts'
import { pushObjects } from './lfs.ts'
import { connectionTries } from './persist.ts'
import { headAfter, mayPushAgain, pauseAfter } from './push-trouble.ts'
import { RemoteBranch } from './remote-branch.ts'
import type { Staged } from './staging.ts'

const action = 'Pushing the branch of the pull request'

/** What happened to the branch of a pull request. */
export interface RequestDelivery {
  /** False when the branch already had it all. */
  changed: boolean
  commit: string
  branch: string
  /** In which it differs from the branch that it is to be merged into. */
  files: readonly FileChange[]
}

/** The work tree, on the branch that the pull request is to be merged into. */
export interface Workbench {
  head: string
  /** What the change made of it. */
  staged: Staged
  /** Paths that tell of the run itself, so that they differ even where nothing else does. */
  ofRun: readonly string[]
  /** Makes the change anew, on another commit. */
  applyOn(commit: string): Promise<Staged>
  /** Told each time before something else takes the place of the branch's head; throws to prevent it. */
  beforeReplacing(): Promise<void>
}

/**
 * The branch that a pull request comes from. What is pushed there is the head of the branch it is to be merged into,
 * and the change: so it merges without a conflict, however both branches came about, and no manifest is ever merged as
 * text. Nothing is forced: the commits that were there stay in the history.
 */
export class RequestBranch {
  readonly #clone: Clone
  readonly #base: RemoteBranch
  readonly #branch: RemoteBranch
  #head: string | undefined

  private constructor(clone: Clone, base: RemoteBranch, name: string) {
    this.#clone = clone
    this.#base = base
    this.#branch = new RemoteBranch(clone, name)
  }

  /**
   * @throws EmptyRepositoryError when there is nothing to merge into
   * @throws DeployError when the branch cannot be read
   */
  static async open(clone: Clone, base: RemoteBranch, name: string): Promise<RequestBranch> {
    const { location, head, branch } = clone
    if (head === undefined) {
      throw new EmptyRepositoryError(
        `push_to is pull_request, but ${location.url} has no commit yet that a pull request could be merged into; ` +
          'deploy the first time with `push_to: branch`',
      )
    }
    if (name === branch) {
      throw new DeployError(
        `pull_request_branch is "${name}", which is the branch that the pull request is to be merged into; name another one`,
      )
    }
    const request = new RequestBranch(clone, base, name)
    await request.#fetch()
    return request
  }

  get name(): string {
    return this.#branch.name
  }

  async checkPush(): Promise<void> {
    return this.#branch.checkPush()
  }

  /** Its head, as it was fetched last; undefined where there is no branch. */
  get head(): string | undefined {
    return this.#head
  }

  /**
   * Pushes the change, made on the head that the base has by then.
   *
   * @returns undefined when the base has it all
   * @throws DeployError when the push is refused; the remote is then as it was
   * @throws UncertainError when nobody can tell whether it arrived
   */
  async push(bench: Workbench, message: string, deadline: number): Promise<RequestDelivery | undefined> {
    const { location } = this.#clone
    const branch = this.name
    const made: string[] = []
    let base = bench.head
    let { staged } = bench
    let troubles = 0
    for (let tries = 1; ; tries += 1) {
      // The base last: whoever pushed that head must not have built it on a newer base than is known here.
      await this.#fetch()
      const before = this.#head
      const newest = await this.#newestBase()
      if (newest !== base) staged = await bench.applyOn(newest)
      base = newest
      const { files } = staged
      if (files.length === 0) return undefined
      if (before !== undefined && made.includes(before)) return { changed: true, commit: before, branch, files }
      if (before !== undefined) await bench.beforeReplacing()
      if (before !== undefined && (await this.#mayHold(before, base, bench.ofRun))) {
        const rest = await bench.applyOn(before)
        if (rest.files.length === 0) return { changed: false, commit: before, branch, files }
        staged = await bench.applyOn(base)
      }
      const commit = await this.#commit(before, base, message)
      made.push(commit)
      if (staged.objects.length > 0) await pushObjects(this.#clone, staged.objects)
      try {
        await this.#branch.push(commit)
        return { changed: true, commit, branch, files }
      } catch (error) {
        const failed = explainGitError(action, error, location)
        if (!mayPushAgain(error)) throw failed
        await pauseAfter(error, tries)
        const race = isLostRace(error)
        const head = await headAfter(failed, { remote: this.#branch, branch, unsure: race ? undefined : commit })
        troubles = race && head !== before ? 0 : troubles + 1
        if (head === commit) return { changed: true, commit, branch, files }
        if (troubles >= connectionTries || Date.now() > deadline) throw failed
      }
    }
  }

  async #fetch(): Promise<void> {
    this.#head = await this.#branch.head().catch((error: unknown) => {
      throw explainGitError('Reading the branch of the pull request', error, this.#clone.location)
    })
  }

  async #newestBase(): Promise<string> {
    const head = await this.#base.head().catch((error: unknown) => {
      throw explainGitError('Reading the algorithm repository', error, this.#clone.location)
    })
    if (head !== undefined) return head
    throw new DeployError(`${action} failed: the branch ${this.#base.name}, to be merged into, is no longer there`)
  }

  /** Whether the head is this very change on this base, but perhaps for what tells of the run. */
  async #mayHold(head: string, base: string, ofRun: readonly string[]): Promise<boolean> {
    const { git } = this.#clone
    if (!(await parentsOf(git, head)).includes(base)) return false
    const differing = (await git.raw(['diff', '--cached', '--name-only', '--no-renames', '-z', head])).split('\0')
    return differing.every((path) => path === '' || ofRun.includes(path))
  }

  /**
   * What is staged, as a commit. The base is always a parent, so that its head alone tells next time whether the branch
   * has it: the clone has no history to look that up in.
   */
  async #commit(head: string | undefined, base: string, message: string): Promise<string> {
    const { git } = this.#clone
    const tree = (await git.raw(['write-tree'])).trim()
    const replaced = head === base ? undefined : head
    if (replaced !== undefined) await this.#warnOfOthers(replaced, tree)
    const parents = [...(replaced === undefined ? [] : [replaced]), base].flatMap((parent) => ['-p', parent])
    return (await git.raw(['commit-tree', tree, ...parents, '-m', message])).trim()
  }

  /** Of the head alone: the commits below it were told of when they were replaced. */
  async #warnOfOthers(head: string, tree: string): Promise<void> {
    const { git, location } = this.#clone
    const said = await git.raw(['log', '-1', '--no-show-signature', '--format=%T%n%an <%ae>%n%ae%n%ce', head])
    const [theirs, author, ...addresses] = said.trimEnd().split('\n')
    if (theirs === tree || addresses.every((address) => address === location.author.email)) return
    log.warning(
      `${this.name} belongs to this action, but ${author} has committed to it (${head}). That commit stays in the ` +
        'history, and what it changed is replaced; to keep such changes, put them into the code that is deployed',
    )
  }
}

/** Also those that the clone does not have. */
async function parentsOf(git: SimpleGit, commit: string): Promise<string[]> {
  try {
    const [header = ''] = (await git.raw(['cat-file', 'commit', commit])).split('\n\n', 1)
    return [...header.matchAll(/^parent (\w+)$/gm)].map((match) => match[1] ?? '')
  } catch (error) {
    log.debug(messageOf(error))
    return []
  }
}
