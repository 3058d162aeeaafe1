import { DeployError, messageOf } from '../errors.ts'

/** What a failed git command means for a person. `url` and `secretInput` name what to look at. */
export interface GitErrorContext {
  url: string
  secretInput: string
  login: string
}

/**
 * Two runs pushed at once: the loser hears one of two texts, depending on how simultaneous it was. What the server's
 * rules refuse is no race, though it is worded as a rejection too.
 */
export function isLostRace(error: unknown): boolean {
  const text = messageOf(error)
  if (/hook declined|GH0\d\d|protected branch/i.test(text)) return false
  return /\(fetch first\)|\(non-fast-forward\)|cannot lock ref|failed to update ref|reference already exists|incorrect old value/.test(
    text,
  )
}

/** No answer, or one that passes: worth another try. */
export function isConnectionTrouble(error: unknown): boolean {
  const text = messageOf(error)
  // A verdict on the push, or of the server on the request, is an answer whatever else the text holds.
  if (/\[(remote )?rejected\]|returned error: (?!408|429)[34]\d\d/.test(text)) return false
  return /Could not resolve host|Failed to connect|Couldn't connect|Connection (was )?reset|Empty reply|timed out|Operation too slow|RPC failed|hung up unexpectedly|early EOF|returned error: (408|429|5\d\d)|Recv failure|Send failure/i.test(
    text,
  )
}

/** Rewrites a GitError, whose object holds command lines, into a sentence that says what to do. */
export function explainGitError(
  action: string,
  error: unknown,
  { url, secretInput, login }: GitErrorContext,
): DeployError {
  const text = messageOf(error)
  const said = (sentence: string) => new DeployError(`${action} failed: ${sentence}\n${tidy(text)}`.trim())
  if (/spawn git ENOENT|git.*ENOENT/.test(text)) {
    return new DeployError(`${action} failed: git is not installed on this runner; install it before this step`)
  }
  if (/refusing to allow .* to create or update workflow/.test(text)) {
    return said(
      `the code holds a workflow file, and ${secretInput} may not change workflows. Name it in copy_exclude, or use a token with the \`workflow\` scope`,
    )
  }
  if (/Support for password authentication was removed/.test(text)) {
    return said(`${url} takes a token, not a password. Set ${secretInput} to a token with \`contents: write\``)
  }
  if (/Push cannot contain secrets/i.test(text)) {
    return said('the host found a secret in the pushed files. Remove it from the code folder')
  }
  if (/GH0\d\d|hook declined|protected branch/i.test(text)) {
    return said(`a rule of ${url} refused the push. The server says:`)
  }
  if (/returned error: 403|Permission to .* denied|Write access to repository not granted/.test(text)) {
    const [right, needed] = action.startsWith('Reading') ? ['read', 'read and write'] : ['write to', 'write']
    return said(
      `${secretInput} (as ${login}) may not ${right} ${url}. It needs ${needed} access to that repository (for GitHub tokens: \`contents: write\`)`,
    )
  }
  const [, scheme = '', host] =
    /could not read (?:Username|Password) for '(https?:\/\/)(?:[^/'@]*@)?([^/']*)/.exec(text) ?? []
  const asked = host === undefined ? undefined : scheme + host
  if (asked !== undefined && asked !== new URL(url).origin) {
    return said(
      `${url} leads to ${asked}. ${secretInput} was not sent there; if that is where the repository is, set algorithm_repository or git_host to it`,
    )
  }
  if (
    /Authentication failed|could not read (Username|Password)|Invalid username or token|returned error: 401/.test(text)
  ) {
    return said(
      secretInput === 'algorithmia_password'
        ? `${url} rejected ${secretInput} (as ${login}). Check the secret; an API key of the account works as the password too`
        : `${url} rejected ${secretInput} (as ${login}), or it has expired (App tokens and GITHUB_TOKEN live about an hour). Check the secret`,
    )
  }
  if (/not found|does not appear to be a git repository/i.test(text)) {
    return said(`the repository ${url} is missing, misspelt, or not visible to ${secretInput}`)
  }
  if (/certificate|SSL CA cert/i.test(text)) {
    return said(
      `the certificate of ${new URL(url).host} is not trusted on this runner; set GIT_SSL_CAINFO to your CA file`,
    )
  }
  if (/Could not resolve host/.test(text)) return said(`there is no host ${new URL(url).host}; check git_host`)
  if (isConnectionTrouble(error)) return said(`${new URL(url).host} could not be reached or broke off`)
  return said('git says:')
}

/** The lines that tell something; progress, hints and the echo of the refspec do not. */
function tidy(text: string): string {
  return text
    .split('\n')
    .filter((line) => !/^(hint:.*|To https?:.*|Done|Cloning into.*|Pushing to .*|remote:|)$/.test(line.trim()))
    .slice(0, 100)
    .join('\n')
}
