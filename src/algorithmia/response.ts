import { redact } from '../log.ts'

/** An answer of the platform. */
export interface Response {
  status: number
  headers: Record<string, string>
  /** The body as text; empty for HEAD. */
  body: string
}

/**
 * What the platform says about a failure: `error.message`, a flat `message`, `error` as text, or the header that
 * stands in for the body of a HEAD (platform reference §2.5).
 */
export function errorText(response: Response): string {
  const said = redact(messageIn(response.body) ?? response.headers['x-error-message'] ?? '')
  return said === '' ? `HTTP ${response.status}` : `HTTP ${response.status}: ${said}`
}

function messageIn(body: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(body)
    if (typeof parsed !== 'object' || parsed === null) return undefined
    const { error, message } = parsed as { error?: unknown; message?: unknown }
    const text =
      typeof error === 'object' && error !== null ? (error as { message?: unknown }).message : (error ?? message)
    return typeof text === 'string' ? text : undefined
  } catch {
    return undefined
  }
}
