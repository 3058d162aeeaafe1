import { mask } from '../../log.ts'

/**
 * Hides the passwords of package indexes, which may stand in requirements files or in the variables of pip and uv.
 *
 * @param requirements texts of all files
 */
export function maskIndexPasswords(requirements: readonly string[], environment: NodeJS.ProcessEnv): void {
  const variables = Object.entries(environment)
  const addresses = variables.filter(([name]) => /^(PIP|UV)_|_PROXY$/i.test(name)).map(([, value]) => value ?? '')
  for (const match of [...requirements, ...addresses].join('\n').matchAll(/:\/\/([^\s/:@]*)(?::([^\s/@]+))?@/g)) {
    // A token may stand in either place, its counterpart being a word like `x` or `__token__`.
    for (const part of [match[1], match[2]]) maskIndexSecret(part ?? '')
  }
  for (const [name, value] of variables) if (/^UV_INDEX_.+_PASSWORD$/i.test(name)) maskIndexSecret(value ?? '')
}

function maskIndexSecret(text: string): void {
  // A reference to a variable is not the secret itself, and stars for a short word would only spoil the log.
  if (text.startsWith('${') || text.length < 6) return
  mask(text)
  if (/%[0-9a-f]{2}/i.test(text)) mask(decode(text))
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
