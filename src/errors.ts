import { redact } from './log.ts'

/** Where an error annotation points: a file of the user's repository, and a headline. */
export interface Annotation {
  title?: string
  /** Path relative to the workspace, as the runner expects it. */
  file?: string
  /** 1-based. */
  startLine?: number
}

/**
 * A failure that a person can act on. The message says what failed, where, and what to do about it; the cause, if
 * any, stays out of the annotation and is only ever described by its message.
 */
export class DeployError extends Error {
  override readonly name: string = 'DeployError'
  readonly annotation: Annotation

  constructor(message: string, options: { cause?: unknown; annotation?: Annotation } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.annotation = options.annotation ?? {}
  }
}

/** A key or another secret is refused something (401, 403), or is not there: trying again cannot help, another one may. */
export class RefusedError extends DeployError {
  override readonly name = 'RefusedError'
}

/** A failure after which nobody can tell whether production changed; the message says where to look. */
export class UncertainError extends DeployError {
  override readonly name = 'UncertainError'
}

/**
 * An error as text: its message and those of its causes, redacted. Never the object itself: the error objects of
 * axios and simple-git carry authorization headers and command lines.
 */
export function describeError(error: unknown): string {
  const messages: string[] = []
  for (let current: unknown = error, depth = 0; current !== undefined && depth < 8; depth += 1) {
    const message = current instanceof Error ? current.message || current.name : String(current)
    if (!messages.some((earlier) => earlier.includes(message))) messages.push(message)
    current = current instanceof Error ? current.cause : undefined
  }
  return redact(messages.join(': '))
}

/** The message of an error without its causes, redacted. */
export function messageOf(error: unknown): string {
  return redact(error instanceof Error ? error.message : String(error))
}
