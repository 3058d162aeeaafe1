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
  const { error, message } = parseObject(response.body) ?? {}
  const text = isObject(error) ? error.message : (error ?? message)
  const said = redact(typeof text === 'string' ? text : (response.headers['x-error-message'] ?? ''))
  return said === '' ? `HTTP ${response.status}` : `HTTP ${response.status}: ${said}`
}

/** The platform's number for a failure, nested or flat (platform reference §2.5, §3.6). */
export function errorCode(response: Response): number | undefined {
  const body = parseObject(response.body)
  const code = isObject(body?.error) ? body.error.code : body?.code
  return code === undefined || code === null ? undefined : Number(code)
}

/** A list that the platform sends bare or, as other documents have it, as a member (platform reference §3.5). */
export function listIn(response: Response, member: string): unknown[] {
  const list = parse(response.body)
  const found = isObject(list) ? list[member] : list
  return response.status === 200 && Array.isArray(found) ? found : []
}

/** The JSON object of a body; undefined when it holds anything else. */
export function parseObject(body: string): Record<string, unknown> | undefined {
  const parsed = parse(body)
  return isObject(parsed) ? parsed : undefined
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
