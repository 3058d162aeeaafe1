import type { FastifyInstance } from 'fastify'
import type { Caller } from '../accounts/auth.ts'

export interface CallInput {
  contentType: 'text/plain' | 'application/json'
  body: string
}

/**
 * Calls an algorithm.
 *
 * @param path `<owner>/<name>[/<version>]`
 * @param options timeout in seconds
 * @returns the answer of the API: a status and a JSON text (platform reference §4)
 */
export type CallAlgorithm = (
  caller: Caller,
  path: string,
  input: CallInput,
  options: { timeout: number },
) => Promise<{ status: number; body: string }>

/** Calls the way any client does, so that a page can do no more than its visitor's key. */
export function callThroughApi(app: FastifyInstance): CallAlgorithm {
  return async ({ key }, path, { contentType, body }, { timeout }) => {
    const answer = await app.inject({
      method: 'POST',
      url: `/v1/algo/${path}`,
      query: { timeout: String(timeout), stdout: 'true' },
      headers: { authorization: `Simple ${key.key}`, 'content-type': contentType },
      payload: body,
    })
    return { status: answer.statusCode, body: answer.body }
  }
}
