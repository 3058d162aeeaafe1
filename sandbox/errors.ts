/** The API-wide codes that this server answers with (platform reference §3.6). */
export const codes = {
  algorithmNotFound: 1000,
  nameExists: 1002,
  alreadyPublished: 1007,
  notAuthorised: 2001,
  invalidKey: 2002,
  invalidJson: 2013,
  invalidRequest: 2015,
  userNotFound: 3000,
  missingFields: 3005,
  organisationNotFound: 3100,
  unknownLanguage: 4001,
  sourceHostMissing: 4009,
  internal: 5001,
  badMarker: 5002,
  badLimit: 5003,
  notImplemented: 5005,
} as const

/**
 * The only error a handler throws on purpose. The server turns it into the JSON body and the `X-Error-Message` header
 * that clients read, in one place (`http/error-replies.ts`).
 */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  readonly code: number
  /** The `error` value of the body where the platform does not send an object. */
  readonly plain: boolean

  constructor(status: number, code: number, message: string, options: { plain?: boolean; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.status = status
    this.code = code
    this.plain = options.plain ?? false
  }
}

export function badRequest(message: string, code: number = codes.invalidRequest): ApiError {
  return new ApiError(400, code, message)
}

/** A missing or unknown key is 401 (platform reference §2.5). */
export function unauthenticated(message: string, code: number = codes.notAuthorised): ApiError {
  return new ApiError(401, code, message)
}

/** 403 with code 2001, in the platform's words and then ours (platform reference §2.5). */
export function forbidden(reason: string): ApiError {
  return new ApiError(403, codes.notAuthorised, `Caller is not authorized to perform the operation: ${reason}`)
}

export function notFound(message: string, code: number = codes.invalidRequest): ApiError {
  return new ApiError(404, code, message)
}

export function conflict(message: string): ApiError {
  return new ApiError(409, codes.nameExists, message)
}

/** A mistake of the person who starts the sandbox: shown as one line, without a stack. */
export class StartError extends Error {
  override readonly name = 'StartError'
}

/**
 * The `code` of a system error such as `ENOENT`, if it is one. Not by `instanceof`: test runners give each file its own
 * `Error`, and Node's errors are of another one.
 */
export function systemCode(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : undefined
}

/** What an error says, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
