import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunningCall } from '../accounts/auth.ts'
import type { Algorithm } from '../algorithms/algorithm.ts'
import { badRequest } from '../errors.ts'
import { isObject } from '../http/request-body.ts'

const mostMetrics = 25
/** 25 KB in all (platform reference §9). */
export const insightBytes = 25_000

const reserved = [
  'request_id',
  'timestamp',
  'duration_milliseconds',
  'algorithm_owner',
  'algorithm_name',
  'algorithm_version',
]

/**
 * Reads what an algorithm reports: `[{"insight_key":...,"insight_value":...}]` (platform reference §9).
 *
 * @throws ApiError 400
 */
export function insightsFrom(body: unknown): Record<string, unknown> {
  if (!Array.isArray(body)) throw badRequest('Insights are a list of {"insight_key", "insight_value"}')
  if (body.length > mostMetrics) throw badRequest(`A call reports at most ${mostMetrics} insights, not ${body.length}`)
  const entries = body.map((item): [string, unknown] => {
    const key = isObject(item) ? item.insight_key : undefined
    if (!isObject(item) || typeof key !== 'string' || key === '') throw badRequest('An insight needs an insight_key')
    if (reserved.includes(key)) throw badRequest(`The insight_key "${key}" is reserved`)
    return [key, item.insight_value]
  })
  return Object.fromEntries(entries)
}

/** The records that the platform would send to its message broker, one an execution, kept in `insights.jsonl`. */
export class Insights {
  readonly #file: string

  constructor(stateDir: string) {
    this.#file = join(stateDir, 'insights.jsonl')
  }

  record(call: RunningCall, algorithm: Algorithm, version: string, durationMs: number): void {
    const record = {
      ...call.insights,
      duration_milliseconds: Math.round(durationMs),
      algorithm_version: version,
      session_id: call.session.id,
      time: new Date().toISOString().replace('Z', ''),
      algorithm_name: algorithm.name,
      request_id: call.requestId,
      algorithm_owner: algorithm.owner,
    }
    appendFileSync(this.#file, `${JSON.stringify(record)}\n`, { mode: 0o600 })
  }

  all(): Record<string, unknown>[] {
    if (!existsSync(this.#file)) return []
    const lines = readFileSync(this.#file, 'utf8').split('\n').filter(Boolean)
    return lines.map((line) => JSON.parse(line))
  }
}
