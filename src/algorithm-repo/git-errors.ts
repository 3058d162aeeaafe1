import { DeployError, messageOf } from '../errors.ts'
import { type GitProvider, providerWords } from '../git-hosts.ts'

/** The server says that there is no such repository, or hides one from this secret. */
export class MissingRepositoryError extends DeployError {
  override readonly name = 'MissingRepositoryError'
}

/** The repository is there, but has no commit yet, and what is wanted of it takes one. */
export class EmptyRepositoryError extends DeployError {
  override readonly name = 'EmptyRepositoryError'
}

/** What a failed git command means for a person. `url` and `secretInput` name what to look at. */
export interface GitErrorContext {
  url: string
  secretInput: string
  login: string
  provider: GitProvider
}

/** A rule of the host about branches or contents, in the words of GitHub, GitLab and Bitbucket. */
const ruled = /hook declined|GH0\d\d|protected branch/i

/** git keeps a branch as a file, so none has a name below that of another one. */
const clashing = /'refs\/heads\/([^']+)' exists; cannot create|directory file conflict/

/** The server cannot write the branch down, which no other push has to do with. */
const unwritable = /Unable to create '[^']*\.lock': (?!File exists)/

/**
 * Two runs pushed at once: the loser hears one of two texts, depending on how simultaneous it was. What the server's
 * rules refuse is no race, though it is worded as a rejection too.
 */
export function isLostRace(error: unknown): boolean {
  const text = messageOf(error)
  if (ruled.test(text) || clashing.test(text) || unwritable.test(text)) return false
  return /\(fetch first\)|\(non-fast-forward\)|cannot lock ref|failed to update ref|reference already exists|incorrect old value/.test(
    text,
  )
}

/** No answer, or one that passes: worth another try. */
export function isConnectionTrouble(error: unknown): boolean {
  const text = messageOf(error)
  // A verdict on the push, or of the server on the request, is an answer whatever else the text holds.
  if (/\[(remote )?rejected\]|returned error: (?!408|429)[34]\d\d|does not support/.test(text)) return false
  return /Could not resolve host|Failed to connect|Couldn't connect|Connection (was )?reset|Empty reply|timed out|Operation too slow|RPC failed|hung up unexpectedly|early EOF|returned error: (408|429|5\d\d)|Recv failure|Send failure/i.test(
    text,
  )
}

/** Whether the host shows the repository only to others, if it has it. */
export function isUnseen(error: unknown): boolean {
  return /returned error: 40[134]|\brepository .*not found|Authentication failed|could not read (Username|Password)/i.test(
    messageOf(error),
  )
}

/** Rewrites a GitError, whose object holds command lines, into a sentence that says what to do. */
export function explainGitError(action: string, error: unknown, context: GitErrorContext): DeployError {
  const text = messageOf(error)
  if (/spawn git ENOENT|git.*ENOENT/.test(text)) {
    return new DeployError(`${action} failed: git is not installed on this runner; install it before this step`)
  }
  const sentence =
    explainRule(text, context) ?? explainRefusal(action, text, context) ?? explainTrouble(error, text, context)
  const Failure = sentence === missing(context) ? MissingRepositoryError : DeployError
  return new Failure(`${action} failed: ${sentence}\n${tidy(text)}`.trim())
}

function missing({ url, secretInput, login }: GitErrorContext): string {
  return `the repository ${url} is missing, misspelt, or not visible to ${secretInput} (as ${login})`
}

/** What the host does not take, from anybody. */
function explainRule(text: string, { url, secretInput, login }: GitErrorContext): string | undefined {
  if (/refusing to allow .* to create or update workflow/.test(text)) {
    const file = /workflow `([^`]+)`/.exec(text)?.[1]
    return (
      `the code holds ${file === undefined ? 'a workflow file' : `the workflow file ${file}`}, and ${secretInput} may not ` +
      'change workflows. Name it in copy_exclude, or use a token with the `workflow` scope (App tokens: `workflows: write`)'
    )
  }
  if (/Push cannot contain secrets/i.test(text)) {
    return 'the host found a secret in the pushed files. Remove it from the code folder'
  }
  if (/must have verified signatures|must be signed/i.test(text)) {
    return `a rule of ${url} wants signed commits, which a plain push cannot satisfy: this action signs nothing. Let ${login} bypass that rule, or push to a branch it does not cover (algorithm_branch). The server says:`
  }
  const clash = clashing.exec(text)
  if (clash !== null) {
    const other = clash[1] === undefined ? 'another branch' : `the branch ${clash[1]}`
    return (
      `${other} of ${url} is in the way: git has no branch whose name goes on with "/" after that of ` +
      'another one. Delete that branch there, or name another one in pull_request_branch or algorithm_branch. The server says:'
    )
  }
  return ruled.test(text) ? `a rule of ${url} refused the push. The server says:` : undefined
}

/** What the host does not take from this secret. */
function explainRefusal(action: string, text: string, context: GitErrorContext): string | undefined {
  const { url, secretInput, login, provider } = context
  const words = providerWords[provider]
  if (
    /Support for password authentication was removed|stopped supporting account passwords|^remote: You must use a personal access token/im.test(
      text,
    )
  ) {
    return `${words.name} takes a token, not a password. Set ${secretInput} to a token with ${words.right}`
  }
  // Bitbucket says so with 401 and 403, GitLab with 404.
  if (
    /could not be found or you don't have permission|does not exist or you do not have access|may not have access to this repository/i.test(
      text,
    )
  ) {
    return missing(context)
  }
  if (/returned error: 403|Permission to .* denied|Write access to repository not granted/.test(text)) {
    const [right, needed] = action.startsWith('Reading') ? ['read', 'read and write'] : ['write to', 'write']
    const detail = provider === 'other' ? '' : ` (${words.name}: ${words.right})`
    return `${secretInput} (as ${login}) may not ${right} ${url}. It needs ${needed} access to that repository${detail}`
  }
  const [, scheme = '', host] =
    /could not read (?:Username|Password) for '(https?:\/\/)(?:[^/'@]*@)?([^/']*)/.exec(text) ?? []
  const asked = host === undefined ? undefined : scheme + host
  if (asked !== undefined && asked !== new URL(url).origin) {
    return `${url} leads to ${asked}. ${secretInput} was not sent there; if that is where the repository is, set algorithm_repository or git_host to it`
  }
  if (
    /Authentication failed|could not read (Username|Password)|Invalid username or token|HTTP Basic: Access denied|Invalid credentials|returned error: 401/.test(
      text,
    )
  ) {
    return explainRejection(context)
  }
  if (/not found|does not appear to be a git repository/i.test(text)) {
    return missing(context)
  }
  return undefined
}

function explainRejection({ url, secretInput, login, provider }: GitErrorContext): string {
  const rejected = `${url} rejected ${secretInput} (as ${login})`
  if (secretInput === 'algorithmia_password') {
    return `${rejected}. Check the secret; an API key of the account works as the password too`
  }
  if (provider === 'gitlab') return `${rejected}, or it has expired, as each token of GitLab does. Check the secret`
  if (provider === 'bitbucket') {
    return `${rejected}, or it has expired. Check the secret, and git_login: each kind of token of Bitbucket goes with a user name of its own`
  }
  if (provider === 'other') {
    return `${rejected}, or it has expired. Check the secret, and git_login, the user name that goes with it`
  }
  return `${rejected}, or it has expired (App tokens and GITHUB_TOKEN live about an hour). Check the secret`
}

/** What has nothing to do with rights. */
function explainTrouble(error: unknown, text: string, { url }: GitErrorContext): string {
  const { host } = new URL(url)
  if (/RPC failed; HTTP (400|408|413)/.test(text)) {
    return `${host}, or a proxy before it, broke the push off. It may limit how large a push is, or how long it takes; keep large files out of it with copy_exclude, or raise that limit`
  }
  if (/hash algorithm|object format/.test(text)) {
    return `git on this runner and ${url} do not name commits by the same hash (SHA-1 or SHA-256). An empty repository does not tell older gits which it uses: make a first commit there, or update git`
  }
  if (/certificate|SSL CA cert/i.test(text)) {
    return `the certificate of ${host} is not trusted on this runner; set GIT_SSL_CAINFO to your CA file`
  }
  if (/Could not resolve host/.test(text)) return `there is no host ${host}; check git_host or algorithm_repository`
  return isConnectionTrouble(error) ? `${host} could not be reached or broke off` : 'git says:'
}

/** In lines; more than any rule of a host was seen to say. */
const longest = 1000

/** The lines that tell something; progress, hints and the echo of the refspec do not. */
function tidy(text: string): string {
  const lines = text
    .split('\n')
    .filter((line) => !/^(hint:.*|To https?:.*|Done|Cloning into.*|Pushing to .*|remote:|)$/.test(line.trim()))
  const rest = lines.length - longest
  return [...lines.slice(0, longest), ...(rest > 0 ? [`(and ${rest} more lines)`] : [])].join('\n')
}
