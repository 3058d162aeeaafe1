import type { DataRight } from '../accounts/keys.ts'
import type { FurtherKey } from '../accounts/users.ts'
import { StartError } from '../errors.ts'

const example = 'user=demo,data=read,manage=no,algorithms=algo://demo/*'

const readers: Record<string, (value: string, earlier: FurtherKey) => FurtherKey> = {
  user: (user) => ({ user }),
  data: (value) => ({
    data: oneOf<DataRight>('data', value, { none: 'none', read: 'read', 'read-write': 'read-write' }),
  }),
  manage: (value) => ({ manage: oneOf('manage', value, { yes: true, no: false }) }),
  algorithms: (value, { algorithms = [] }) => ({ algorithms: value === 'none' ? algorithms : [...algorithms, value] }),
  key: (key) => ({ key }),
}

/**
 * Reads what `--key` says about a key: parts such as `data=read`, with commas between.
 *
 * @throws StartError naming the part that is wrong, and what it may be
 */
export function keyOption(text: string): FurtherKey {
  let key: FurtherKey = {}
  const seen = new Set<string>()
  for (const part of text.split(',')) {
    const [, name = '', value = ''] = /^([^=]*)=(.*)$/s.exec(part.trim()) ?? []
    const read = Object.hasOwn(readers, name) ? readers[name] : undefined
    if (!read || value === '') {
      throw new StartError(
        `--key ${mistake(name, read !== undefined)}; its parts are ${Object.keys(readers).join(', ')}: ${example}`,
      )
    }
    if (seen.has(name) && name !== 'algorithms') throw new StartError(`--key has ${name} twice`)
    seen.add(name)
    key = { ...key, ...read(value, key) }
  }
  if (key.user === undefined) throw new StartError(`--key must say whose key it is: ${example}`)
  return key
}

/** Without the text of the part: it may be the key itself, which is not for logs. */
function mistake(name: string, known: boolean): string {
  if (name === '') return 'has a part without a name'
  return known ? `needs a value for ${name}` : `does not know "${name}"`
}

function oneOf<T>(name: string, value: string, meanings: Record<string, T>): T {
  const meaning = Object.hasOwn(meanings, value) ? meanings[value] : undefined
  if (meaning === undefined) {
    throw new StartError(`--key: ${name} must be ${Object.keys(meanings).join(' or ')}, not "${value}"`)
  }
  return meaning
}
