import type { FastifyReply } from 'fastify'
import { headerText } from '../http/error-replies.ts'
import type { CallResult } from './calls.ts'

/** What the caller may see beside the result. */
export interface Visibility {
  /** What the algorithm printed. */
  stdout: boolean
  /** Where in the source an error came from. */
  trace: boolean
}

/** Answers a call in the platform's default form: HTTP 200 for success and failure alike (platform reference §4). */
export function sendResult(reply: FastifyReply, result: CallResult, { stdout, trace }: Visibility): FastifyReply {
  const { outcome, requestId, durationMs } = result
  const metadata = {
    ...(!('failure' in outcome) && { content_type: outcome.contentType }),
    duration: Math.round(durationMs * 1000) / 1_000_000,
    ...(stdout && { stdout: outcome.stdout }),
    request_id: requestId,
  }
  reply.header('content-type', 'application/json')
  if (!('failure' in outcome)) {
    return reply.send(`{"result":${outcome.result},"metadata":${JSON.stringify(metadata)}}`)
  }
  const { message, type, trace: stack } = outcome.failure
  // Clients disagree on the name of the trace.
  const error = { message, ...(trace && { stacktrace: stack, stack_trace: stack }), error_type: type }
  // Too much data is the one failure with a status of its own.
  if (type === 'TooLargeError') reply.code(413)
  return reply.send(JSON.stringify({ error, metadata }))
}

/** Answers with nothing but the result; 400 for a failure (platform reference §4, `output=raw`). */
export function sendRaw(reply: FastifyReply, result: CallResult, visibility: Visibility): FastifyReply {
  const { outcome } = result
  if ('failure' in outcome) {
    reply.code(400).header('x-error-message', headerText(outcome.failure.message))
    return sendResult(reply, result, visibility)
  }
  if (outcome.contentType === 'json') return reply.header('content-type', 'application/json').send(outcome.result)
  const text = String(JSON.parse(outcome.result))
  if (outcome.contentType === 'text') return reply.header('content-type', 'text/plain; charset=utf-8').send(text)
  return reply.header('content-type', 'application/octet-stream').send(Buffer.from(text, 'base64'))
}
