import { mkdir, writeFile } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { answerGet, type Credentials, hasNetrc, homeOfMachine } from './credentials.ts'

const refusedVariable = 'DEPLOY_REPOSITORY_REFUSED'

/**
 * How git-lfs gets the secret: from the same helper as git, but once it is rejected no more, since git-lfs would try it again
 * for ever. And never from the machine's `.netrc`, which it would ask first.
 *
 * @param temp an existing folder of this run
 * @returns settings for `git -c` and variables for its environment, beside those of git
 */
export async function lfsAccess(
  { url }: Credentials,
  temp: string,
): Promise<{ config: string[]; environment: Record<string, string> }> {
  const helper = `credential.${new URL(url).origin}.helper`
  const refused = `"$${refusedVariable}"`
  return {
    // The empty one takes git's own off the list.
    config: [
      `${helper}=`,
      `${helper}=!f() { test "$1" = erase && : > ${refused}; test -e ${refused} || { ${answerGet}; }; }; f`,
    ],
    environment: {
      [refusedVariable]: join(temp, 'refused').split(sep).join('/'),
      ...(hasNetrc() && { HOME: await makeHome(temp) }),
    },
  }
}

/** A home with the machine's git configuration, whose proxies and certificates are needed, and nothing else. */
async function makeHome(temp: string): Promise<string> {
  const home = join(temp, 'home')
  await mkdir(home, { recursive: true })
  const files = ['.config/git/config', '.gitconfig'].map((name) => join(homeOfMachine(), name).split(sep).join('/'))
  const includes = files.map((file) => `[include]\n\tpath = ${JSON.stringify(file)}\n`)
  await writeFile(join(home, '.gitconfig'), includes.join(''))
  return home
}
