// Loaded before simple-git, for what it does then.
import './debug-output.ts'
import { type SimpleGit, type SimpleGitOptions, simpleGit } from 'simple-git'
import { formatDuration } from '../format.ts'
import { type Credentials, credentialConfig, credentialEnvironment, hasNetrc } from './credentials.ts'
import { restoreDebugVariable } from './debug-output.ts'
import { lfsConfig } from './lfs.ts'
import { endGit } from './process-tree.ts'

restoreDebugVariable()

/** Variables that git needs and simple-git drops unless it is told not to. */
const kept = [
  'GIT_TERMINAL_PROMPT',
  'GIT_SSL_CAINFO',
  'GIT_SSL_CAPATH',
  'GIT_PROXY_SSL_CAINFO',
  'GIT_HTTP_PROXY_AUTHMETHOD',
]

/** Not for git: editors and pagers (simple-git refuses them), tracing (prints secrets), and the job's own secrets. */
const dropped =
  /^(GIT_.*|INPUT_.*|ACTIONS_.*|GITHUB_TOKEN|EDITOR|VISUAL|PAGER|PREFIX|SSH_ASKPASS|LANG|LANGUAGE|LC_.*)$/i

/** Seconds without a byte after which git gives a transfer up. */
export const usualStallSeconds = 60

/** Of a server that sends a byte now and then: how many times as long a command may take. */
const stallsAtMost = 30

/**
 * simple-git takes a git that fails without a word for a success, and a git that has ended for one whose output has
 * all been read.
 */
const strict: Partial<SimpleGitOptions> = {
  completion: { onClose: true, onExit: false },
  errors: (error, { exitCode }) => {
    if (error !== undefined || exitCode === 0) return error
    return new Error(`git ${exitCode === null ? 'was ended' : `ended with exit code ${exitCode}`} and did not say why`)
  },
}

export interface GitOptions {
  folder: string
  /** An empty file: no hook of the machine runs, and git-lfs, which puts its own where hooks are, cannot. */
  noHooks: string
  author: { name: string; email: string }
  credentials: Credentials
  /** Whether git-lfs is there. */
  hasLfs: boolean
  stallSeconds: number
  /** Beside what all commands get. */
  more?: { config: string[]; environment: Record<string, string> }
}

/**
 * git for the algorithm's repository, on any machine: nothing is asked, no hook, signature, identity or line-ending conversion
 * of the machine takes part, nothing is written to its configuration, messages are in English.
 */
export function openGit({ folder, noHooks, author, credentials, hasLfs, stallSeconds, more }: GitOptions): SimpleGit {
  const git = simpleGit({
    baseDir: folder,
    ...strict,
    // What is set to nothing here is refused all the same.
    unsafe: {
      allowUnsafeAskPass: true,
      allowUnsafeCredentialHelper: true,
      allowUnsafeFilter: true,
      allowUnsafeFsMonitor: true,
      allowUnsafeHooksPath: true,
      allowUnsafeTemplateDir: true,
    },
    allowEnvironment: kept,
    config: [
      ...credentialConfig(credentials),
      ...(hasNetrc() ? ['http.emptyAuth=true'] : []),
      'core.askPass=',
      `core.hooksPath=${noHooks}`,
      'core.fsmonitor=',
      'core.autocrlf=false',
      'core.safecrlf=false',
      'core.excludesFile=',
      'core.attributesFile=',
      'commit.gpgsign=false',
      'push.gpgSign=false',
      'push.followTags=false',
      'push.pushOption=',
      'push.recurseSubmodules=no',
      'fetch.recurseSubmodules=no',
      'submodule.recurse=false',
      'clone.defaultRemoteName=origin',
      'gc.auto=0',
      'maintenance.auto=false',
      'advice.detachedHead=false',
      // Older gits, and machines that say so, ask for the list of all branches and tags each time.
      'protocol.version=2',
      'http.lowSpeedLimit=1',
      `http.lowSpeedTime=${Math.ceil(stallSeconds)}`,
      'i18n.commitEncoding=UTF-8',
      ...lfsConfig(hasLfs, stallSeconds),
      ...(more?.config ?? []),
      ...['user', 'author', 'committer'].flatMap((who) => [
        `${who}.name=${author.name}`,
        `${who}.email=${author.email}`,
      ]),
    ],
  }).env({
    ...gitEnvironment(process.env),
    ...credentialEnvironment(credentials),
    ...more?.environment,
  })
  // Uploads to Git LFS end by its own limit for stalls: they may be as large as they like.
  return more === undefined ? limited(git, stallSeconds * stallsAtMost) : git
}

/** Commands that take too long are ended as a whole, which simple-git's own time limit cannot do. */
function limited(git: SimpleGit, seconds: number): SimpleGit {
  const raw = git.raw.bind(git) as (args: string[]) => Promise<string>
  const guarded = async (args: string[]) => {
    let late = false
    const timer = setTimeout(() => {
      late = true
      void endGit()
    }, seconds * 1000)
    try {
      return await raw(args)
    } catch (error) {
      throw late ? new Error(`timed out: not done after ${formatDuration(seconds * 1000)}`, { cause: error }) : error
    } finally {
      clearTimeout(timer)
    }
  }
  return Object.assign(git, { raw: guarded })
}

/** git for reading the user's own repository, whoever owns the folder. What is not there is not fetched. */
export function openWorkspaceGit(folder: string): SimpleGit {
  const noFetch = 'GIT_NO_LAZY_FETCH'
  return simpleGit({
    ...strict,
    baseDir: folder,
    config: [`safe.directory=${folder}`],
    allowEnvironment: [...kept, noFetch],
  }).env({ ...gitEnvironment(process.env), [noFetch]: '1' })
}

function gitEnvironment(environment: NodeJS.ProcessEnv): Record<string, string> {
  const entries = Object.entries(environment).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && (!dropped.test(entry[0]) || kept.includes(entry[0])),
  )
  return { ...Object.fromEntries(entries), GIT_TERMINAL_PROMPT: '0', GCM_INTERACTIVE: 'Never', LC_ALL: 'C' }
}
