import { mkdir, readFile, realpath, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { SimpleGit } from 'simple-git'
import { DeployError, messageOf } from '../errors.ts'
import { formatDuration } from '../format.ts'
import * as log from '../log.ts'
import { type GitOptions, openGit } from './git.ts'
import { explainGitError, type GitErrorContext, isConnectionTrouble, isLostRace } from './git-errors.ts'

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
const connectionTries = 4

/** A fresh clone of the algorithm's repository. What is pushed is one commit on top of the head of one branch. */
export class AlgorithmRepository {
  readonly folder: string
  readonly branch: string
  /** The head this run started from; undefined in an empty repository. */
  #head: string | undefined
  readonly #git: SimpleGit
  readonly #context: GitErrorContext
  #change: { apply: Change; force: readonly string[] } = { apply: async () => {}, force: [] }
  #staged: string[] = []

  private constructor(
    folder: string,
    git: SimpleGit,
    branch: string,
    head: string | undefined,
    context: GitErrorContext,
  ) {
    this.folder = folder
    this.#git = git
    this.branch = branch
    this.#head = head
    this.#context = context
  }

  /**
   * @param temp an existing folder of this run; the clone is made below it
   * @throws DeployError when the repository cannot be read
   */
  static async clone(location: RepositoryLocation, temp: string): Promise<AlgorithmRepository> {
    const { url, branch } = location
    const noHooks = join(temp, 'no-hooks')
    const folder = join(temp, 'algorithm')
    await mkdir(noHooks, { recursive: true })
    const options: GitOptions = { folder: temp, noHooks, author: location.author, credentials: location }
    await checkGit(openGit(options))
    await refuseRewrittenUrl(openGit(options), url)

    // Without a template: the machine's may hold settings, and rules what to ignore.
    const what = ['--depth=1', '--single-branch', '--no-tags', '--template=']
    if (branch !== undefined) what.push('--branch', branch)
    try {
      await persist(async () => {
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
    const pushUrl = (await git.raw(['remote', 'get-url', '--push', 'origin'])).trim()
    if (pushUrl !== url) throw rewritten(url, pushUrl)
    const head = (await git.raw(['rev-parse', '--verify', '--quiet', 'HEAD']).catch(() => '')).trim()
    const current = (await git.raw(['symbolic-ref', '--short', 'HEAD'])).trim()
    log.info(`${url}: branch ${current} at ${head || 'no commit yet'}`)
    return new AlgorithmRepository(await realpath(folder), git, current, head || undefined, location)
  }

  /**
   * Asks the server whether this secret may push, without pushing. What a branch rule forbids shows only at the push.
   *
   * @throws DeployError when it may not
   */
  async checkWriteAccess(): Promise<void> {
    const commit = this.#head ?? (await this.#git.raw(['commit-tree', emptyTree, '-m', 'Write check'])).trim()
    try {
      await persist(() =>
        this.#git.raw(['push', '--dry-run', '--porcelain', 'origin', `${commit}:refs/heads/${this.branch}`]),
      )
    } catch (error) {
      if (!isLostRace(error)) throw this.#explain('Checking write access to the algorithm repository', error)
    }
  }

  /** @returns a file of the clone as text; undefined when it is not there */
  async read(name: string): Promise<string | undefined> {
    return readFile(join(this.folder, name), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw new DeployError(`${name} in the algorithm's repository cannot be read: ${error.message}`)
    })
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
    await this.#reportIgnored()
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
   */
  async push(message: string): Promise<Delivery> {
    const deadline = Date.now() + raceDeadlineMs
    let troubles = 0
    for (let tries = 1; ; tries += 1) {
      if (this.#staged.length === 0) return { changed: false, commit: this.#head ?? '' }
      const commit = await this.#commit(message)
      try {
        await this.#git.raw(['push', '--porcelain', 'origin', `${commit}:refs/heads/${this.branch}`])
        return { changed: true, commit }
      } catch (error) {
        const race = isLostRace(error)
        if (!race && !isConnectionTrouble(error)) throw this.#explain('Pushing to the algorithm repository', error)
        // The answer may be lost although the push arrived.
        if (await this.#isOnRemote(commit)) return { changed: true, commit }
        if (!race) troubles += 1
        if (troubles >= connectionTries || Date.now() > deadline) {
          throw this.#explain('Pushing to the algorithm repository', error)
        }
        const pause = Math.random() * Math.min(5000, 250 * 2 ** tries)
        const reason = race ? 'Another push came first' : lastLine(error)
        log.info(`${reason}; again on top of the new head in ${formatDuration(pause)}`)
        await new Promise((resolve) => setTimeout(resolve, pause))
        await this.#resetToRemote()
        this.#staged = await this.#applyChange()
      }
    }
  }

  async #applyChange(): Promise<string[]> {
    // Whatever went wrong before, nothing is ever added to a repository around the clone.
    const top = (await this.#git.raw(['rev-parse', '--show-toplevel'])).trim()
    if ((await realpath(top)) !== this.folder) {
      throw new DeployError(`Expected the clone at ${this.folder}, found a repository at ${top}`)
    }
    await this.#change.apply(this.folder)
    await this.#git.raw(['add', '--all', '--', '.'])
    if (this.#change.force.length > 0) await this.#git.raw(['add', '--force', '--', ...this.#change.force])
    const changes = (await this.#git.raw(['diff', '--cached', '--raw', '--no-renames', '-z'])).split('\0')
    const files: string[] = []
    for (let index = 0; index + 1 < changes.length; index += 2) {
      const path = changes[index + 1] ?? ''
      if (/^:\d+ 160000 /.test(changes[index] ?? '')) {
        throw new DeployError(
          `${path} in the code folder is a git repository of its own; copy its files or name it in copy_exclude`,
        )
      }
      files.push(path)
    }
    return files
  }

  /** Ignored files in a fresh clone are the ones that were just copied. */
  async #reportIgnored(): Promise<void> {
    const ignored = (await this.#git.raw(['ls-files', '--others', '--ignored', '--exclude-standard', '-z'])).split('\0')
    const names = ignored.filter((name) => name !== '')
    if (names.length === 0) return
    const more = names.length > 10 ? ` and ${names.length - 10} more` : ''
    log.warning(
      `Not deployed, because .gitignore of the algorithm's repository excludes them: ${names.slice(0, 10).join(', ')}${more}`,
    )
  }

  async #commit(message: string): Promise<string> {
    await this.#git.raw(['commit', '--quiet', '--no-verify', '--cleanup=verbatim', '-m', message])
    const commit = (await this.#git.raw(['rev-parse', 'HEAD'])).trim()
    if (commit === this.#head) throw new DeployError('git made no commit although files had changed')
    return commit
  }

  async #isOnRemote(commit: string): Promise<boolean> {
    try {
      await this.#fetch()
      await this.#git.raw(['merge-base', '--is-ancestor', commit, this.#remoteBranch])
      // A "no" is a bare exit code, which simple-git takes for success: ask for the answer as text.
      return (await this.#git.raw(['merge-base', commit, this.#remoteBranch])).trim() === commit
    } catch (error) {
      log.debug(messageOf(error))
      return false
    }
  }

  async #resetToRemote(): Promise<void> {
    try {
      await this.#fetch()
    } catch (error) {
      throw this.#explain('Reading the algorithm repository again', error)
    }
    const head = (await this.#git.raw(['rev-parse', this.#remoteBranch])).trim()
    await this.#git.raw(['reset', '--hard', '--quiet', head])
    await this.#git.raw(['clean', '-ffdxq'])
    this.#head = head
  }

  /** Without a depth: on a shallow clone that would cut the new commits off from ours. */
  async #fetch(): Promise<void> {
    await persist(() =>
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

function lastLine(error: unknown): string {
  return messageOf(error).trimEnd().split('\n').at(-1) ?? ''
}

/** Repeats what only reads when the connection fails. */
async function persist(work: () => Promise<unknown>): Promise<void> {
  for (let number = 1; ; number += 1) {
    try {
      await work()
      return
    } catch (error) {
      if (!isConnectionTrouble(error) || number >= connectionTries) throw error
      const pause = 1000 * 2 ** (number - 1)
      log.info(
        `${messageOf(error).split('\n').at(-1)}; try ${number + 1} of ${connectionTries} in ${formatDuration(pause)}`,
      )
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
  }
}

/** The oldest git whose `clone`, `push --porcelain` and scoped credential helpers were tried: Ubuntu 20.04's. */
const oldestGit = [2, 25]

async function checkGit(git: SimpleGit): Promise<void> {
  const { installed, major, minor } = await git.version()
  if (!installed) throw new DeployError('git is not installed on this runner; install it before this step')
  const [needMajor = 0, needMinor = 0] = oldestGit
  if (major > needMajor || (major === needMajor && minor >= needMinor)) return
  throw new DeployError(`git ${major}.${minor} is too old; this action needs git ${oldestGit.join('.')} or newer`)
}

/** `url.<base>.insteadOf` of the machine would send the secret somewhere else. */
async function refuseRewrittenUrl(git: SimpleGit, url: string): Promise<void> {
  const actual = (await git.raw(['ls-remote', '--get-url', url])).trim()
  if (actual !== url) throw rewritten(url, actual)
}

function rewritten(url: string, actual: string): DeployError {
  // Not shown with credentials, which such a setting may hold.
  const shown = actual.replace(/\/\/[^/]*@/, '//***@')
  return new DeployError(
    `This machine's git configuration (url.*.insteadOf or pushInsteadOf) turns ${url} into ${shown}. The secret is not ` +
      'sent there; remove that setting, or set algorithm_repository to the address you mean',
  )
}
