import { describe, expect, test } from '@jest/globals'
import { isSecretName, secretsInAddresses } from '../../src/training/secrets.ts'

describe('n47: what is secret in addresses', () => {
  test.each<[string, string, string[]]>([
    ['a password, not its user', 'https://somebody:pass-word-1@host/simple', ['pass-word-1']],
    ['a token as user', 'https://tok-en-123456@host/simple', ['tok-en-123456']],
    ['a token with an empty password', 'https://tok-en-123456:@host', ['tok-en-123456']],
    ['a token with a word for a password', 'git+https://tok-en-123456:x-oauth-basic@github.com/o/r', ['tok-en-123456']],
    ['the other word', 'https://tok-en-123456:x-token-auth@bitbucket.org', ['tok-en-123456']],
    ['a token as password', 'https://x-token-auth:tok-en-123456@bitbucket.org', ['tok-en-123456']],
    ['what is encoded, in both forms', 'https://me:p%40ssw%2Frd@h', ['p%40ssw%2Frd', 'p@ssw/rd']],
    ['what is encoded badly', 'https://me:p%zzsword@h', ['p%zzsword']],
    ['a token in a query', 'foo @ https://h/foo.tar.gz?v=1&token=abc%2Fdef123#egg=foo', ['abc%2Fdef123', 'abc/def123']],
    ['a signature of a storage', 'https://h/f?X-Amz-Signature=0123456789&keyword=anything', ['0123456789']],
    ['an @ that is not encoded', 'https://me:pass@word@host/', ['pass@word']],
    [
      'several',
      'a=https://u:secret-1@h b=http://u:secret-2@h,https://u:secret-3@h',
      ['secret-1', 'secret-2', 'secret-3'],
    ],
    ['in TOML', 'url = "https://u:secret-1@h"', ['secret-1']],
    ['a login of ssh', 'git+ssh://gituser@github.com/o/r', []],
    ['a well-known login', 'https://oauth2accesstoken@pkg.dev/x', []],
    ['a short word', 'https://me:abc@h', []],
    ['a path with an @', 'https://host/a@b?c=d@e', []],
    ['a reference that is not known', 'https://${USER}:${INDEX_PASSWORD}@h', []],
    ['no address', 'me:password@host', []],
  ])('%s', (_, text, secrets) => {
    expect(secretsInAddresses(text)).toEqual(secrets)
  })

  test('a reference to a variable means its value', () => {
    expect(secretsInAddresses('https://me:${PW}@h', { PW: 'secret-9' })).toEqual(['secret-9'])
  })
})

describe('n30: names that say that their value is secret', () => {
  test.each([
    ...['HF_TOKEN', 'DB_PASSWORD', 'MYSQL_PWD', 'PGPASS', 'DB_PASS', 'GH_PAT', 'SENTRY_DSN', 'AZURE_SAS', 'API_KEY'],
    ...[
      'AZURE_STORAGE_CONNECTION_STRING',
      'DB_CONN_STR',
      'SLACK_WEBHOOK',
      'my_secret',
      'AWS_SECRET_ACCESS_KEY',
      'BASIC_AUTH',
      'AUTHORIZATION',
    ],
  ])('%s', (name) => {
    expect(isSecretName(name)).toBe(true)
  })

  test.each([
    'PATH',
    'PATTERN',
    'DATA_PATH',
    'GIT_AUTHOR_NAME',
    'TOKENIZERS_PARALLELISM',
    'PWD',
    'OLDPWD',
    'COMPASSES',
    'SASS_DIR',
  ])('but not %s', (name) => {
    expect(isSecretName(name)).toBe(false)
  })
})
