import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Algorithm } from '../algorithms/algorithm.ts'
import { readJson, writeJson } from '../state.ts'
import type { Failure } from './answer.ts'

/** A call that failed, as the platform lists it (platform reference §3.2, "errors"). */
export interface RunError {
  /** Milliseconds since 1970. */
  created_at: number
  request_id: string
  username: string
  algoname: string
  algoversion: string
  input: string
  error: string
  error_type: string
  billable_to: string
  worker: string
}

const kept = 200
const keptMs = 7 * 24 * 60 * 60 * 1000
const inputLength = 1000

/** The failed calls of each algorithm: at most 200, of the last seven days. */
export class RunErrors {
  readonly #folder: string

  constructor(stateDir: string) {
    this.#folder = join(stateDir, 'errors')
    mkdirSync(this.#folder, { recursive: true })
  }

  add(
    algorithm: Algorithm,
    call: { requestId: string; version: string; input: string; caller: string; failure: Failure },
  ): void {
    const error: RunError = {
      created_at: Date.now(),
      request_id: call.requestId,
      username: algorithm.owner,
      algoname: algorithm.name,
      algoversion: call.version,
      input: call.input.slice(0, inputLength),
      error: call.failure.message,
      error_type: call.failure.type,
      billable_to: call.caller,
      worker: 'sandbox',
    }
    writeJson(this.#file(algorithm.id), [error, ...this.of(algorithm.id)].slice(0, kept))
  }

  /** The newest first. */
  of(algorithmId: string): RunError[] {
    const errors = readJson<RunError[]>(this.#file(algorithmId)) ?? []
    return errors.filter(({ created_at }) => Date.now() - created_at < keptMs)
  }

  remove(algorithmId: string): void {
    rmSync(this.#file(algorithmId), { force: true })
  }

  #file(algorithmId: string): string {
    return join(this.#folder, `${algorithmId}.json`)
  }
}
