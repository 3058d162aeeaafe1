import type { Caller, RunningCall, Session } from '../accounts/auth.ts'
import type { Algorithm } from '../algorithms/algorithm.ts'
import type { Build } from '../builds/build.ts'
import type { Builder } from '../builds/builder.ts'
import { messageOf } from '../errors.ts'
import type { HostedData } from '../hosted-data/store.ts'
import { parseJson } from '../http/request-body.ts'
import type { Failure } from './answer.ts'
import type { Insights } from './insights.ts'
import { LoadFailure, type Outcome } from './instance.ts'
import type { Pool } from './pool.ts'
import type { RunErrors } from './run-errors.ts'
import type { Worker, Workers } from './workers.ts'

/** One call of an algorithm. */
export interface Call {
  caller: Caller
  algorithm: Algorithm
  build: Build
  /** One line of JSON: `{"content_type":...,"data":...}`. */
  request: string
  timeoutSeconds: number
}

/** What became of a call. */
export interface CallResult {
  outcome: Outcome
  requestId: string
  durationMs: number
}

/** What calls work with. */
export interface CallServices {
  builder: Builder
  workers: Workers
  pool: Pool
  insights: Insights
  errors: RunErrors
  data: HostedData
}

/** At most so many calls that algorithms make are under way for one call from outside (platform reference §4, "Limits"). */
const nestedLimit = 24
const sampleTimeout = 60

/** Carries calls out. */
export class Calls {
  readonly #services: CallServices
  /** Those whose call from outside has its answer. */
  readonly #answered = new WeakSet<Session>()

  constructor(services: CallServices) {
    this.#services = services
  }

  /** Never rejects for what the algorithm does: that is an outcome. */
  async carryOut(call: Call, requestId = `req-${crypto.randomUUID()}`): Promise<CallResult> {
    const parent = call.caller.process
    const refused = parent && refusal(parent.algorithm, parent.call?.session)
    if (refused) return { outcome: { failure: refused, stdout: '' }, requestId, durationMs: 0 }
    if (parent?.call) return await this.#nested(call, requestId, parent.call.session)
    const session: Session = { id: `rses-${crypto.randomUUID()}`, nested: 0 }
    return await this.#services.pool.turn(async () => {
      try {
        return await this.#run(call, { requestId, session, insights: {} })
      } finally {
        this.#answered.add(session)
        await this.#endIfOver(session)
      }
    })
  }

  /** The answer to a sample input as text; of a failure its message, as the platform records it (platform reference §3.1). */
  async runSample(caller: Caller, algorithm: Algorithm, build: Build, sample: string): Promise<string> {
    const isJson = parseJson(sample) !== undefined
    const request = `{"content_type":"${isJson ? 'json' : 'text'}","data":${isJson ? sample.replaceAll(/[\r\n]/g, ' ') : JSON.stringify(sample)}}`
    const { outcome } = await this.carryOut({ caller, algorithm, build, request, timeoutSeconds: sampleTimeout })
    return 'failure' in outcome ? outcome.failure.message : outcome.result
  }

  async #nested(call: Call, requestId: string, session: Session): Promise<CallResult> {
    session.nested += 1
    try {
      return await this.#run(call, { requestId, session, insights: {} })
    } finally {
      session.nested -= 1
      await this.#endIfOver(session)
    }
  }

  /** A call that nobody waits for, or whose caller was ended, may outlive the one from outside. */
  async #endIfOver(session: Session): Promise<void> {
    if (this.#answered.has(session) && session.nested === 0) await this.#services.data.endSession(session.id)
  }

  async #run(call: Call, running: RunningCall): Promise<CallResult> {
    const { pool, workers, builder, insights, errors } = this.#services
    const { algorithm, build, caller } = call
    const start = async () => {
      return workers.start({ algorithm, user: caller.user, ...(await prepared(builder, build)) })
    }
    // An instance belongs to a caller, an algorithm and a version (platform reference §5.3).
    const key = `${algorithm.id} ${build.id} ${caller.user.name}`
    const started = performance.now()
    const outcome = await pool.use(key, start, (worker) => answerOf(worker, call, running)).catch(loadOutcome)
    const durationMs = performance.now() - started
    const { requestId } = running
    const version = build.version?.number ?? build.commit
    if (build.version?.insights) insights.record(running, algorithm, version, durationMs)
    if ('failure' in outcome) {
      errors.add(algorithm, {
        requestId,
        version,
        input: call.request,
        caller: caller.user.name,
        failure: outcome.failure,
      })
    }
    return { outcome, requestId, durationMs }
  }
}

async function prepared(builder: Builder, build: Build): Promise<{ source: string; python: string }> {
  try {
    return await builder.program(build)
  } catch (error) {
    const message = `The algorithm could not be prepared: ${messageOf(error)}`
    throw new LoadFailure({ message, type: 'InitializationError', trace: '' }, '')
  }
}

/** Loading counts as a part of the call: whoever calls does not wait longer than they said. */
async function answerOf(worker: Worker, { request, timeoutSeconds }: Call, running: RunningCall): Promise<Outcome> {
  const { instance, process } = worker
  const message = `The algorithm did not answer within ${timeoutSeconds} seconds`
  const timer = setTimeout(() => instance.kill({ message, type: 'TimeoutError', trace: '' }), timeoutSeconds * 1000)
  process.call = running
  try {
    await instance.loaded
    return await instance.call(request)
  } finally {
    process.call = undefined
    clearTimeout(timer)
  }
}

function loadOutcome(error: unknown): Outcome {
  if (error instanceof LoadFailure) return { failure: error.failure, stdout: error.stdout }
  throw error
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
