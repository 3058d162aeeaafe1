import { appendFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Algorithm } from '../algorithms/algorithm.ts'
import { systemCode } from '../errors.ts'
import { parseJson } from '../http/request-body.ts'
import { replaceFile } from '../state.ts'
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
const messageLength = 2000
const typeLength = 200

/** The errors of one algorithm, oldest first. */
interface List {
  errors: RunError[]
  /** How many are in its file. */
  written: number
}

/**
 * The failed calls of each algorithm: at most 200, of the last seven days. Each is a line added to the algorithm's
 * file, so that a failed call costs no more than that; now and then the file is made anew without the old ones.
 */
export class RunErrors {
  readonly #folder: string
  /** By algorithm, once somebody asked. */
  readonly #lists = new Map<string, List>()
  readonly #removed = new Set<string>()

  constructor(stateDir: string) {
    this.#folder = join(stateDir, 'errors')
    mkdirSync(this.#folder, { recursive: true })
  }

  /** Does nothing for an algorithm that was removed while the call was under way. */
  add(
    algorithm: Algorithm,
    call: { requestId: string; version: string; input: string; caller: string; failure: Failure },
  ): void {
    if (this.#removed.has(algorithm.id)) return
    const error: RunError = {
      created_at: Date.now(),
      request_id: call.requestId,
      username: algorithm.owner,
      algoname: algorithm.name,
      algoversion: call.version,
      input: call.input.slice(0, inputLength),
      error: call.failure.message.slice(0, messageLength),
      error_type: call.failure.type.slice(0, typeLength),
      billable_to: call.caller,
      worker: 'sandbox',
    }
    const list = this.#listOf(algorithm.id)
    list.errors = [...list.errors, error].slice(-kept)
    const file = this.#file(algorithm.id)
    if (list.written < 2 * kept) {
      appendFileSync(file, line(error), { mode: 0o600 })
      list.written += 1
    } else {
      replaceFile(file, list.errors.map(line).join(''))
      list.written = list.errors.length
    }
  }

  /** The newest first. */
  of(algorithmId: string): RunError[] {
    const { errors } = this.#listOf(algorithmId)
    return errors.filter(({ created_at }) => Date.now() - created_at < keptMs).reverse()
  }

  remove(algorithmId: string): void {
    this.#removed.add(algorithmId)
    this.#lists.delete(algorithmId)
    rmSync(this.#file(algorithmId), { force: true })
  }

  #listOf(algorithmId: string): List {
    const known = this.#lists.get(algorithmId)
    if (known) return known
    const lines = linesOf(this.#file(algorithmId))
    // What a killed server left half written is no JSON.
    const errors = lines.flatMap((text) => (parseJson(text) as RunError | undefined) ?? [])
    const list = { errors: errors.slice(-kept), written: lines.length }
    this.#lists.set(algorithmId, list)
    return list
  }

  #file(algorithmId: string): string {
    return join(this.#folder, `${algorithmId}.jsonl`)
  }
}

/** The line break comes first: what was left half written before it harms only itself. */
function line(error: RunError): string {
  return `\n${JSON.stringify(error)}`
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n').slice(1)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return []
    throw error
  }
}
