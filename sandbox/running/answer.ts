import { isObject, parseJson } from '../http/request-body.ts'

/** Why a call has no result, in the words of the platform (platform reference §4). */
export interface Failure {
  message: string
  type: string
  trace: string
}

/** What an algorithm answered. */
export type Answer = { contentType: 'text' | 'json' | 'binary'; result: string } | { failure: Failure }

const errorTypes = new Set([
  'InputError',
  'UnsupportedError',
  'InitializationError',
  'OutOfMemoryError',
  'OutOfGpuMemoryError',
  'LanguageError',
  'TooLargeError',
  'ParsingError',
  'EntityNotFoundError',
  'ThirdPartyCredentialError',
  'AlgorithmError',
  'TimeoutError',
  'PaymentRequiredError',
  'LoadingError',
  'SystemExit',
  'SystemError',
])

const prefix = '{"result": '

/**
 * Kept of a message and of a trace, at either end. The official client escapes both again at each level of nested calls,
 * so that they double: uncut, the failure of a deep call would outgrow every limit on the way up.
 */
const keptAtEachEnd = 20_000

/**
 * Reads one document of a process (platform reference §5.2). The text of the result stays as it is: numbers keep their
 * spelling.
 *
 * @returns undefined for what is no answer at all, after which the process cannot be trusted any more
 */
export function parseAnswer(line: string): Answer | undefined {
  const document = parseJson(line)
  if (document === undefined) return holdsNan(line) ? { failure: nanFailure } : undefined
  if (!isObject(document)) return undefined
  if (isObject(document.error)) return { failure: failureFrom(document.error) }
  const contentType = isObject(document.metadata) ? document.metadata.content_type : undefined
  if (!('result' in document) || (contentType !== 'text' && contentType !== 'json' && contentType !== 'binary')) {
    return undefined
  }
  const suffix = `, "metadata": {"content_type": "${contentType}"}}`
  const plain = line.startsWith(prefix) && line.endsWith(suffix)
  return { contentType, result: plain ? line.slice(prefix.length, -suffix.length) : JSON.stringify(document.result) }
}

const nanFailure: Failure = {
  message: 'The result holds NaN or Infinity, which JSON cannot express; return None or a text instead',
  type: 'AlgorithmError',
  trace: '',
}

/** Python writes these words where the standard knows none, outside of strings. */
function holdsNan(line: string): boolean {
  const finite = line.replaceAll(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (match) =>
    match[0] === '"' ? match : '0',
  )
  return finite !== line && parseJson(finite) !== undefined
}

function failureFrom(error: Record<string, unknown>): Failure {
  const type = typeof error.error_type === 'string' && errorTypes.has(error.error_type) ? error.error_type : ''
  return {
    message: shortened(typeof error.message === 'string' ? error.message : JSON.stringify(error.message ?? null)),
    type: type || 'AlgorithmError',
    trace: shortened(typeof error.stacktrace === 'string' ? error.stacktrace : ''),
  }
}

function shortened(text: string): string {
  const dropped = text.length - 2 * keptAtEachEnd
  if (dropped <= 0) return text
  return `${text.slice(0, keptAtEachEnd)}\n... ${dropped} characters ...\n${text.slice(-keptAtEachEnd)}`
}
