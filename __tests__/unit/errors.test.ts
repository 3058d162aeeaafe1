import { describe, expect, test } from '@jest/globals'
import { DeployError, describeError, messageOf } from '../../src/errors.ts'
import { mask } from '../../src/log.ts'
import { watchOutput } from '../support/runner.ts'

watchOutput()

/** Errors as axios and simple-git throw them: the secret is in the properties, and at worst in the message. */
const secret = 'k3y/With+special=chars'
const axiosLike = () =>
  Object.assign(new Error('Request failed with status code 401'), {
    config: { headers: { Authorization: `Simple ${secret}` }, url: `http://host/?key=${secret}` },
    request: { _header: `PUT / HTTP/1.1\r\nAuthorization: Simple ${secret}\r\n` },
    response: { status: 401, data: secret },
    toJSON: () => ({ secret }),
  })
const gitLike = () =>
  Object.assign(new Error("fatal: could not read Password for 'http://host': terminal prompts disabled"), {
    task: { commands: ['clone', `https://ada:${secret}@host/x.git`] },
    toString: () => secret,
  })

describe('describeError', () => {
  test.each([
    ['axios', axiosLike],
    ['git', gitLike],
  ])('shows of an error of %s only the message', (_, make) => {
    for (const error of [make(), new DeployError('It failed', { cause: make() }), new Error('', { cause: make() })]) {
      const text = describeError(error)
      expect(text).toContain(make().message)
      expect(text).not.toContain(secret)
      expect(messageOf(error)).not.toContain(secret)
    }
  })

  test('joins the messages of the causes, each once', () => {
    const root = new Error('connect ECONNREFUSED')
    const middle = new Error('Upload failed: connect ECONNREFUSED', { cause: root })
    const error = new DeployError('Storing failed', { cause: middle })
    expect(describeError(error)).toBe('Storing failed: Upload failed: connect ECONNREFUSED')
    expect(messageOf(error)).toBe('Storing failed')
  })

  test('ends although the causes go round in a circle', () => {
    const first = new Error('first')
    const second = new Error('second', { cause: first })
    first.cause = second
    expect(describeError(first)).toBe('first: second')
  })

  test.each([
    ['text', 'text'],
    [undefined, ''],
    [null, 'null'],
    [{ secret }, '[object Object]'],
    [new TypeError(), 'TypeError'],
  ])('describes %p too', (thrown, text) => {
    expect(describeError(thrown)).toBe(text)
  })

  test.each([
    ['as it is', secret],
    ['URL-encoded', encodeURIComponent(secret)],
    ['base64', Buffer.from(secret).toString('base64')],
    ['as HTTP Basic sends it', Buffer.from(`ada:${secret}`).toString('base64')],
  ])('redacts a known secret %s, also in a cause', (_, form) => {
    mask(secret, 'ada')
    expect(describeError(new DeployError(`a ${form} b`))).toBe('a *** b')
    expect(describeError(new DeployError('failed', { cause: new Error(`a ${form} b`) }))).toBe('failed: a *** b')
    expect(messageOf(new Error(`a ${form} b`))).toBe('a *** b')
  })
})

describe('DeployError', () => {
  test('is an Error with a name, an annotation and a cause', () => {
    const cause = new Error('why')
    const error = new DeployError('what', { cause, annotation: { file: 'a.ipynb', startLine: 3 } })
    expect(error).toBeInstanceOf(Error)
    expect({ ...error, message: error.message, cause: error.cause }).toEqual({
      name: 'DeployError',
      message: 'what',
      cause,
      annotation: { file: 'a.ipynb', startLine: 3 },
    })
  })

  test('has no cause and an empty annotation unless given', () => {
    const error = new DeployError('what')
    expect('cause' in error).toBe(false)
    expect(error.annotation).toEqual({})
  })
})
