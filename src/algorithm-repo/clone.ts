import { realpath, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SimpleGit } from 'simple-git'
import { DeployError, messageOf, RefusedError } from '../errors.ts'
import type { GitProvider } from '../git-hosts.ts'
import * as log from '../log.ts'
import { type GitOptions, openGit } from './git.ts'
import { EmptyRepositoryError, explainGitError, isUnseen } from './git-errors.ts'
import { hasLfs } from './lfs.ts'
import { lfsAccess } from './lfs-access.ts'
import { checkGit, refuseRewrittenPushUrl, refuseRewrittenUrl } from './machine.ts'
import { persist } from './persist.ts'
import { maskProxyPasswords } from './proxy-secrets.ts'

export interface RepositoryLocation {
  /** http(s), without credentials. */
  url: string
  provider: GitProvider
  login: string
  /** Empty: it is read as anybody may. */
  secret: string
  /** The input that holds the secret, for messages. */
  secretInput: string
  /** Undefined: the repository's own default branch. */
  branch: string | undefined
  /** Whether a branch that is not there is made, from the default branch. */
  createBranch?: boolean
  /** The branch of a pull request into `branch`; undefined when there is to be none. */
  requestBranch?: string | undefined
  author: { name: string; email: string }
}

/** A repository on this machine with the newest commit of one branch, and what is needed to ask for more. */
export interface Clone {
  folder: string
  git: SimpleGit
  /** The same for uploads to Git LFS. */
  gitForLfs: SimpleGit
  branch: string
  /** The default branch, when `branch` is not on the server yet. */
  madeFrom: string | undefined
  /** Undefined in an empty repository. */
  head: string | undefined
  location: RepositoryLocation
  /** Whether git-lfs is there: files that it keeps cannot be changed without it. */
  hasLfs: boolean
  /** No new try of a transfer after this time. */
  patienceMs: number
}

/**
 * @param temp an existing folder of this run; the clone is made below it
 * @param stallSeconds seconds without a byte after which a transfer is given up
 * @throws DeployError when the repository cannot be read
 * @throws RefusedError when that takes a secret, and there is none
 */
export async function makeClone(location: RepositoryLocation, temp: string, stallSeconds: number): Promise<Clone> {
  maskProxyPasswords(process.env)
  const { url, branch } = location
  const noHooks = join(temp, 'no-hooks')
  const folder = join(temp, 'algorithm')
  await writeFile(noHooks, '')
  const options: GitOptions = {
    folder: temp,
    noHooks,
    author: location.author,
    credentials: location,
    hasLfs: false,
    stallSeconds,
  }
  await checkGit(openGit(options))
  options.hasLfs = await hasLfs(openGit(options))
  await refuseRewrittenUrl(openGit(options), url)

  const patienceMs = 2 * stallSeconds * 1000
  // Without a template: the machine's may hold settings, and rules what to ignore.
  const what = ['--depth=1', '--single-branch', '--no-tags', '--template=']
  const download = (named: readonly string[]) =>
    persist(patienceMs, async () => {
      await rm(folder, { recursive: true, force: true })
      await openGit(options).raw(['clone', '--quiet', ...what, ...named, '--', url, folder])
    })
  let isMissing = false
  try {
    await download(branch === undefined ? [] : ['--branch', branch]).catch(async (error: unknown) => {
      isMissing = /Remote branch .* not found/.test(messageOf(error))
      if (!isMissing) throw error
      if (!mayMakeBranch(location)) {
        const listed = await persist(patienceMs, () => openGit(options).raw(['ls-remote', '--heads', '--', url]))
        throw missingBranch(location, listed)
      }
      return download([])
    })
  } catch (error) {
    if (error instanceof DeployError) throw error
    if (location.secret === '' && isUnseen(error)) {
      throw new RefusedError(
        `${url} cannot be read without ${location.secretInput}, which is empty, or it does not exist`,
      )
    }
    throw explainGitError('Reading the algorithm repository', error, location)
  }
  const git = openGit({ ...options, folder })
  const gitForLfs = openGit({ ...options, folder, more: await lfsAccess(location, temp) })
  await refuseRewrittenPushUrl(git, url)
  const head = (await git.raw(['rev-parse', '--verify', '--quiet', 'HEAD']).catch(() => '')).trim()
  const current = (await git.raw(['symbolic-ref', '--quiet', '--short', 'HEAD']).catch(() => '')).trim()
  if (current === '') {
    throw new DeployError(
      branch === undefined
        ? `HEAD of ${url} names no branch; set algorithm_branch to the one you mean`
        : `algorithm_branch is "${branch}", which is a tag of ${url}; name a branch`,
    )
  }
  if (head === '') {
    const listed = await persist(patienceMs, () => git.raw(['ls-remote', '--heads', 'origin']))
    refuseOrphan(url, current, listed)
  }
  const clone = {
    folder: await realpath(folder),
    git,
    gitForLfs,
    head: head || undefined,
    location,
    hasLfs: options.hasLfs,
    patienceMs,
  }
  if (!isMissing || branch === undefined) {
    log.info(`${url}: branch ${current} at ${head || 'no commit yet'}`)
    return { ...clone, branch: current, madeFrom: undefined }
  }
  if (head !== '') {
    await git.raw(['update-ref', `refs/heads/${branch}`, head]).catch((error: unknown) => {
      throw explainGitError('Making algorithm_branch', error, location)
    })
  }
  await git.raw(['symbolic-ref', 'HEAD', `refs/heads/${branch}`])
  log.info(`${url}: branch ${branch} will be made from ${current} at ${head || 'no commit yet'}`)
  return { ...clone, branch, madeFrom: current }
}

function mayMakeBranch({ createBranch, requestBranch }: RepositoryLocation): boolean {
  return createBranch === true && requestBranch === undefined
}

function missingBranch({ url, branch, requestBranch }: RepositoryLocation, listed: string): DeployError {
  const remedy =
    requestBranch === undefined
      ? 'create it there first, or set `create_branch: true`'
      : 'a pull request needs a branch to merge into, so create it there first'
  const Failure = listed === '' ? EmptyRepositoryError : DeployError
  return new Failure(`algorithm_branch is "${branch}", which ${url} does not have; ${remedy}`)
}

/** A first commit on a branch of its own would leave out all that the other branches hold. */
function refuseOrphan(url: string, current: string, listed: string): void {
  const branches = [...listed.matchAll(/\trefs\/heads\/(.+)$/gm)].map(([, name]) => name)
  // Made since, by another first deployment: the push is then on top of it.
  if (branches.length === 0 || branches.includes(current)) return
  throw new DeployError(
    `The default branch of ${url} is ${current}, which does not exist there. Set algorithm_branch to the branch you mean (${branches.slice(0, 5).join(', ')}), or change the default branch`,
  )
}
