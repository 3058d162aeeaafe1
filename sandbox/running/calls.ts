import { before } from '../abort.ts'
import type { AlgorithmProcess, Caller, RunningCall, Session } from '../accounts/auth.ts'
import type { Algorithm } from '../algorithms/algorithm.ts'
import type { Algorithms } from '../algorithms/store.ts'
import type { Build } from '../builds/build.ts'
import type { Builder } from '../builds/builder.ts'
import { messageOf } from '../errors.ts'
import type { HostedData } from '../hosted-data/store.ts'
import { parseJson } from '../http/request-body.ts'
import type { Failure } from './answer.ts'
import type { Insights } from './insights.ts'
import { LoadFailure, type Outcome } from './instance.ts'
import type { Pool } from './pool.ts'
import { requestLine } from './request.ts'
import type { RunErrors } from './run-errors.ts'
import type { Worker, Workers } from './workers.ts'

/** One call of an algorithm. */
export interface Call {
  caller: Caller
  algorithm: Algorithm
  build: Build
  /** One line of JSON: `{"content_type":...,"data":...}`. */
  request: string
  /** From now on, waiting and loading included. */
  timeoutSeconds: number
  /** The process of an algorithm that calls. */
  parent?: AlgorithmProcess | undefined
  /** Aborted when nobody waits for the answer any more: a call that has not begun does not begin then. */
  abandoned?: AbortSignal
}

/** What became of a call. */
export interface CallResult {
  outcome: Outcome
  requestId: string
  durationMs: number
}

/** What calls work with. */
export interface CallServices {
  algorithms: Algorithms
  builder: Builder
  workers: Workers
  pool: Pool
  insights: Insights
  errors: RunErrors
  data: HostedData
  log: (line: string) => void
}

/** At most so many calls that algorithms make are under way for one call from outside (platform reference §4, "Limits"). */
const nestedLimit = 24
const sampleTimeout = 60

/** Carries calls out. */
export class Calls {
  readonly #services: CallServices
  readonly #underWay = new Set<Promise<CallResult>>()

  constructor(services: CallServices) {
    this.#services = services
  }

  /** Never rejects for what the algorithm does: that is an outcome. */
  async carryOut(call: Call, requestId = `req-${crypto.randomUUID()}`): Promise<CallResult> {
    const work = this.#carryOut(call, requestId)
    this.#underWay.add(work)
    return await work.finally(() => this.#underWay.delete(work))
  }

  /** Resolves when no call is under way any more. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#underWay)
  }

  async #carryOut(call: Call, requestId: string): Promise<CallResult> {
    const { parent, timeoutSeconds } = call
    const refused = parent && refusal(parent.algorithm, parent.call?.session)
    if (refused) return { outcome: { failure: refused, stdout: '' }, requestId, durationMs: 0 }
    // Not AbortSignal.timeout: what it holds is only free when the time is up.
    const deadline = new AbortController()
    const timer = setTimeout(() => deadline.abort(), timeoutSeconds * 1000)
    try {
      if (parent?.call) return await this.#nested(call, requestId, parent.call.session, deadline.signal)
      return await this.#fromOutside(call, requestId, deadline.signal)
    } finally {
      clearTimeout(timer)
    }
  }

  async #fromOutside(call: Call, requestId: string, deadline: AbortSignal): Promise<CallResult> {
    const { pool, log } = this.#services
    const { abandoned, timeoutSeconds, algorithm } = call
    const session: Session = { id: `rses-${crypto.randomUUID()}`, nested: 0, isOver: false }
    const started = performance.now()
    const waiting = new AbortController()
    const giveUp = () => waiting.abort()
    for (const signal of [deadline, abandoned]) signal?.addEventListener('abort', giveUp, { once: true })
    try {
      return await pool.turn(async () => {
        try {
          return await this.#run(call, { requestId, session, insights: {} }, deadline)
        } finally {
          session.isOver = true
          await this.#endIfOver(session)
        }
      }, waiting.signal)
    } catch (error) {
      if (error !== waiting.signal.reason) throw error
      if (abandoned?.aborted) log(`a call of ${algorithm.owner}/${algorithm.name} did not begin: the client left`)
      const failure = timeout(`It was not its turn within ${timeoutSeconds} seconds, for so many other calls`)
      return { outcome: { failure, stdout: '' }, requestId, durationMs: performance.now() - started }
    } finally {
      for (const signal of [deadline, abandoned]) signal?.removeEventListener('abort', giveUp)
    }
  }

  /** The answer to a sample input as text; of a failure its message, as the platform records it (platform reference §3.1). */
  async runSample(caller: Caller, algorithm: Algorithm, build: Build, sample: string): Promise<string> {
    const isJson = parseJson(sample) !== undefined
    const request = isJson ? requestLine('json', sample) : requestLine('text', JSON.stringify(sample))
    const { outcome } = await this.carryOut({ caller, algorithm, build, request, timeoutSeconds: sampleTimeout })
    return 'failure' in outcome ? outcome.failure.message : outcome.result
  }

  async #nested(call: Call, requestId: string, session: Session, deadline: AbortSignal): Promise<CallResult> {
    session.nested += 1
    try {
      return await this.#run(call, { requestId, session, insights: {} }, deadline)
    } finally {
      session.nested -= 1
      await this.#endIfOver(session)
    }
  }

  /** A call that nobody waits for, or whose caller was ended, may outlive the one from outside. */
  async #endIfOver(session: Session): Promise<void> {
    if (session.isOver && session.nested === 0) await this.#services.data.endSession(session.id)
  }

  async #run(call: Call, running: RunningCall, deadline: AbortSignal): Promise<CallResult> {
    const { algorithms, insights, errors } = this.#services
    const { algorithm, build, caller, request } = call
    const started = performance.now()
    let outcome = await this.#answer(call, running, deadline)
    // It ended while it waited, so another one can answer.
    if (outcome.unread) outcome = await this.#answer(call, running, deadline)
    const durationMs = performance.now() - started
    const { requestId } = running
    const version = build.version?.number ?? build.commit
    if (build.version?.insights) insights.record(running, algorithm, version, durationMs)
    if ('failure' in outcome && algorithms.withId(algorithm.id)) {
      const { failure } = outcome
      errors.add(algorithm, { requestId, version, input: request, caller: caller.user.name, failure })
    }
    return { outcome, requestId, durationMs }
  }

  async #answer(call: Call, running: RunningCall, deadline: AbortSignal): Promise<Outcome> {
    const { algorithm, build, caller } = call
    // An instance belongs to a caller, an algorithm and a version (platform reference §5.3).
    const key = `${algorithm.id} ${build.id} ${caller.user.name}`
    const start = () => this.#start(call, deadline)
    const work = (worker: Worker) => answerOf(worker, call, running, deadline)
    try {
      return await this.#services.pool.use(key, start, work)
    } catch (error) {
      if (error instanceof LoadFailure) return { failure: error.failure, stdout: error.stdout }
      throw error
    }
  }

  async #start({ algorithm, build, caller, timeoutSeconds }: Call, deadline: AbortSignal): Promise<Worker> {
    const { workers, builder, log } = this.#services
    try {
      const program = await before(deadline, builder.program(build))
      return await workers.start({ algorithm, user: caller.user, ...program })
    } catch (error) {
      if (deadline.aborted) throw new LoadFailure(timeout(notAnswered(timeoutSeconds)), '')
      log(`a process of ${algorithm.owner}/${algorithm.name} cannot be started: ${messageOf(error)}`)
      const message = 'The algorithm could not be started; the log of the server says why'
      throw new LoadFailure({ message, type: 'InitializationError', trace: '' }, '')
    }
  }
}

async function answerOf(
  { instance, process }: Worker,
  { request, timeoutSeconds }: Call,
  running: RunningCall,
  deadline: AbortSignal,
): Promise<Outcome> {
  const end = () => instance.kill(timeout(notAnswered(timeoutSeconds)))
  deadline.addEventListener('abort', end, { once: true })
  if (deadline.aborted) end()
  process.call = running
  try {
    await instance.loaded
    return await instance.call(request)
  } finally {
    process.call = undefined
    deadline.removeEventListener('abort', end)
  }
}

function notAnswered(seconds: number): string {
  return `The algorithm did not answer within ${seconds} seconds`
}

function timeout(message: string): Failure {
  return { message, type: 'TimeoutError', trace: '' }
}

/** Why an algorithm may not call another one, if it may not. */
function refusal({ owner, name, settings }: Algorithm, session: Session | undefined): Failure | undefined {
  const refuse = (message: string): Failure => ({ message, type: 'AlgorithmError', trace: '' })
  if (!settings.pipeline_enabled) {
    return refuse(`algo://${owner}/${name} may not call other algorithms: its setting pipeline_enabled is off`)
  }
  if (!session) return refuse(`algo://${owner}/${name} may call other algorithms only while it is called itself`)
  if (session.nested >= nestedLimit)
    return refuse(`An algorithm may make ${nestedLimit} calls at a time, recursive ones included`)
  return undefined
}
