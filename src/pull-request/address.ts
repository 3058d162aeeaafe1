import { DeployError } from '../errors.ts'

/** A repository, as GitHub's API names it. */
export interface RepositoryAddress {
  /** Without trailing slash. */
  apiUrl: string
  owner: string
  name: string
}

/** How it is asked. */
export interface Access extends RepositoryAddress {
  token: string
  /** The input that holds the token, for messages. */
  tokenInput: string
}

/**
 * Where GitHub's API for a repository is: at a host of its own for github.com and for Enterprise Cloud with data residency
 * (`*.ghe.com`), below `/api/v3` on Enterprise Server.
 *
 * @param url web address of the repository, as it is cloned
 * @throws DeployError when it does not end in `/<owner>/<name>`
 * @see https://docs.github.com/en/enterprise-server/rest/using-the-rest-api/getting-started-with-the-rest-api
 */
export function repositoryAddress(url: string): RepositoryAddress {
  const { origin, hostname, host, protocol, pathname } = new URL(url)
  const [, owner, name] = /^\/([^/]+)\/([^/]+?)(?:\.git)?\/?$/.exec(pathname) ?? []
  if (owner === undefined || name === undefined) {
    throw new DeployError(
      `${url} does not end in /<owner>/<repository>, as on GitHub, so no pull request can be opened there. Correct ` +
        'algorithm_repository, or set git_provider to what the host runs',
    )
  }
  const hasHostOfItsOwn = /^(www\.)?github\.com$|\.ghe\.com$/i.test(hostname)
  const apiUrl = hasHostOfItsOwn ? `${protocol}//api.${host.replace(/^www\./i, '')}` : `${origin}/api/v3`
  return { apiUrl, owner: decodeURIComponent(owner), name: decodeURIComponent(name) }
}
