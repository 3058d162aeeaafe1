import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/**
 * How git gets the secret: from a credential helper that exists for one origin only and prints two variables of the
 * child's environment. So the secret is in no argument, no URL and no file, and a redirect to another host finds no
 * helper. Whatever the machine has configured (helpers, the header that actions/checkout leaves behind) is switched
 * off for this repository.
 */
export interface Credentials {
  url: string
  login: string
  /** Empty: only what everybody may read is read. */
  secret: string
}

// The names must not begin with GIT_: simple-git drops those.
const loginVariable = 'DEPLOY_REPOSITORY_LOGIN'
const secretVariable = 'DEPLOY_REPOSITORY_SECRET'

/** What the helper does, in a shell. `get` only: git also calls helpers to erase a rejected secret. */
export const answerGet = `test "$1" = get && printf "username=%s\\npassword=%s\\n" "$${loginVariable}" "$${secretVariable}"`

/** The settings for `git -c`; they hold no secret. */
export function credentialConfig({ url, secret }: Credentials): string[] {
  const nobody = [`http.${url}.extraheader=`, 'credential.helper=']
  if (secret === '') return nobody
  return [...nobody, `credential.${new URL(url).origin}.helper=!f() { ${answerGet}; }; f`]
}

/** Variables for the environment of git. */
export function credentialEnvironment({ login, secret }: Credentials): Record<string, string> {
  return { [loginVariable]: login, [secretVariable]: secret }
}

/** git lets curl take logins from this file before it asks a helper; with an empty login to begin with it does not. */
export function hasNetrc(): boolean {
  return ['.netrc', '_netrc'].some((name) => existsSync(join(homeOfMachine(), name)))
}

export function homeOfMachine(): string {
  return process.env.HOME ?? homedir()
}
