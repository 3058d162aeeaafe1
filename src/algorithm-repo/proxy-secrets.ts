import * as log from '../log.ts'

/** Hides the passwords of the proxies that the environment names. */
export function maskProxyPasswords(environment: NodeJS.ProcessEnv): void {
  for (const [name, value = ''] of Object.entries(environment)) {
    if (!/^(https?|all)_proxy$/i.test(name)) continue
    // Not parsed as a URL: what curl accepts is more than that.
    const [, user = '', password] = /^(?:[\w+.-]+:\/\/)?([^:@/]*):(.+)@[^@]*$/.exec(value) ?? []
    if (password === undefined) continue
    log.mask(password, user)
    log.mask(decoded(password), decoded(user))
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
