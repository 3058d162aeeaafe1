import { type ChildProcess, spawn } from 'node:child_process'
import { sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { systemCode } from '../errors.ts'
import { killGroup, ownGroup } from '../processes.ts'
import { type Answer, type Failure, parseAnswer } from './answer.ts'
import { exitFailure, loadFailure, stopped, systemError } from './failures.ts'
import { floodBytes, OutputReader } from './output.ts'

/** What a process is started with. */
export interface Program {
  python: string
  /** The root of the algorithm's repository. */
  source: string
  /** The module in `src` that is the algorithm. */
  module: string
  env: Record<string, string>
}

/** What one call gave. */
export type Outcome = Answer & {
  stdout: string
  /** True if the process ended before it read the request: then another one can answer it as well. */
  unread?: boolean
}

/** The process ended before it could answer calls. */
export class LoadFailure extends Error {
  override readonly name = 'LoadFailure'
  readonly failure: Failure
  readonly stdout: string

  constructor(failure: Failure, stdout: string) {
    super(failure.message)
    this.failure = failure
    this.stdout = stdout
  }
}

const runner = fileURLToPath(new URL('runner.py', import.meta.url))
const initialised = 'PIPE_INIT_COMPLETE'
/** 15 MB, as on the platform, and the envelope (platform reference §4, "Limits"). */
const answerLimit = 15_000_000
const stopGraceMs = 3000
/** The byte with which the runner says that it has read a request. */
const receipt = 6

/** One process of an algorithm. It loads, then answers one call at a time (platform reference §5.2). */
export class Instance {
  /** Resolves when it can be called; rejects with a LoadFailure when it never will. */
  readonly loaded: Promise<void>
  /** Resolves when the process and its children are gone, to what it printed since its last answer. */
  readonly ended: Promise<string>
  readonly #child: ChildProcess
  readonly #source: string
  readonly #output: OutputReader
  #tail = ''
  #isLoaded = false
  #hasEnded = false
  #answer: Buffer[] = []
  #answerSize = 0
  #line: string | undefined
  #stdout: string | undefined
  #whyEnded: Failure | undefined
  #settle: ((outcome: Outcome) => void) | undefined
  /** Whether the process has read the request that it was sent last. */
  #hasRead = true

  constructor({ python, source, module, env }: Program) {
    const marker = crypto.randomUUID()
    this.#source = source
    this.#output = new OutputReader(marker)
    this.#child = spawn(python, [runner, module, marker], {
      cwd: source,
      env,
      stdio: ['pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
      ...ownGroup,
      windowsHide: true,
    })
    const closed = this.#closed()
    const [stdin, stdout, stderr, answers, life] = this.#child.stdio ?? []
    for (const stream of [stdin, stdout, stderr, answers, life]) stream?.on('error', () => undefined)
    stdout?.on('data', (chunk: Buffer) => this.#read(chunk))
    // Only what Python itself says before the runner has begun.
    stderr?.on('data', (chunk: Buffer) => this.#read(chunk))
    answers?.on('data', (chunk: Buffer) => this.#readAnswer(chunk))
    const loaded = Promise.withResolvers<void>()
    this.loaded = loaded.promise
    this.loaded.catch(() => undefined)
    this.#onLoaded = () => loaded.resolve()
    this.ended = closed.then((why) => {
      this.#hasEnded = true
      const stdout = this.#inRepository(this.#stdout ?? withoutSignal(this.#output.take()))
      loaded.reject(new LoadFailure(this.#whyEnded ?? loadFailure(why, stdout), stdout))
      const unread = !this.#hasRead && this.#whyEnded === undefined
      this.#finish({ failure: this.#whyEnded ?? exitFailure(why, stdout), stdout, unread })
      return stdout
    })
  }

  readonly #onLoaded: () => void

  /** Why the process ended, once it and its children are gone. */
  #closed(): Promise<string> {
    return new Promise((resolve) => {
      this.#child.once('error', (error) => resolve(`could not be started (${systemCode(error)})`))
      this.#child.once('exit', (code, signal) => {
        // A child of the algorithm may hold the pipes open; it goes the same way.
        killGroup(this.#child)
        const why = code === null ? `the algorithm was killed by ${signal}` : `exited with code ${code}`
        this.#child.once('close', () => resolve(why))
        setTimeout(() => resolve(why), 1000).unref()
      })
    })
  }

  /** False once it has ended or was ended. */
  get usable(): boolean {
    const { exitCode, signalCode } = this.#child
    return !this.#hasEnded && this.#whyEnded === undefined && exitCode === null && signalCode === null
  }

  /**
   * Passes one request on. Never rejects: a process that ends meanwhile is an outcome too.
   *
   * @param request one line of JSON: `{"content_type":...,"data":...}`
   */
  async call(request: string): Promise<Outcome> {
    if (this.#settle) throw new Error('A process answers one call at a time')
    if (this.#hasEnded) return { failure: this.#whyEnded ?? exitFailure('has ended', ''), stdout: '', unread: true }
    const { promise, resolve } = Promise.withResolvers<Outcome>()
    this.#settle = resolve
    this.#hasRead = false
    this.#child.stdin?.write(`${request}\n`)
    return await promise
  }

  /** Ends the process at once. @param why the failure of the call that it is working on, if there is one */
  kill(why: Failure): void {
    if (this.#hasEnded) return
    this.#whyEnded ??= why
    killGroup(this.#child)
  }

  /**
   * Lets the process end by itself, which it has three seconds for (platform reference §5.2).
   *
   * @returns what it printed since its last answer
   */
  async stop(): Promise<string> {
    this.#whyEnded ??= stopped
    this.#child.stdin?.end()
    const timer = setTimeout(() => killGroup(this.#child), stopGraceMs)
    const printed = await this.ended
    clearTimeout(timer)
    return printed
  }

  #read(chunk: Buffer): void {
    if (!this.#isLoaded) {
      this.#tail += chunk.toString('latin1')
      if (this.#tail.includes(initialised)) {
        this.#isLoaded = true
        this.#onLoaded()
      }
      this.#tail = this.#tail.slice(-initialised.length)
    }
    for (const stdout of this.#output.read(chunk)) this.#stdout = withoutSignal(stdout)
    if (this.#output.size > floodBytes) {
      this.kill(systemError(`The algorithm printed more than ${floodBytes} bytes during one call`))
    }
    this.#finishIfComplete()
  }

  #readAnswer(data: Buffer): void {
    let chunk = data
    if (this.#answerSize === 0 && chunk[0] === receipt) {
      this.#hasRead = true
      chunk = chunk.subarray(1)
    }
    if (chunk.length === 0) return
    const end = chunk.indexOf(10)
    this.#answer.push(end === -1 ? chunk : chunk.subarray(0, end))
    this.#answerSize += chunk.length
    if (this.#answerSize > answerLimit) {
      this.#answer = []
      const message = `The result is larger than ${answerLimit} bytes`
      this.kill({ message, type: 'TooLargeError', trace: '' })
      return
    }
    if (end === -1) return
    this.#line = Buffer.concat(this.#answer).toString('utf8')
    this.#answer = []
    this.#answerSize = 0
    this.#finishIfComplete()
  }

  /** The answer and the output come on two ways, in either order. */
  #finishIfComplete(): void {
    if (this.#line === undefined || this.#stdout === undefined || this.#whyEnded) return
    const [line, stdout] = [this.#line, this.#stdout]
    const answer = parseAnswer(line)
    // Before the first call only a failure to load is an answer.
    if (!answer || !this.#settle) {
      const failure =
        answer && 'failure' in answer ? answer.failure : systemError('The answer of the algorithm is not valid')
      this.kill(failure)
      return
    }
    if (!('failure' in answer)) this.#finish({ ...answer, stdout })
    else this.#finish({ failure: { ...answer.failure, trace: this.#inRepository(answer.failure.trace) }, stdout })
  }

  /** Names files of the algorithm as its author does: where this machine keeps them is nobody's business. */
  #inRepository(text: string): string {
    return text.replaceAll(this.#source + sep, '')
  }

  #finish(outcome: Outcome): void {
    this.#line = undefined
    this.#stdout = undefined
    const settle = this.#settle
    this.#settle = undefined
    settle?.(outcome)
  }
}

/** The line that says it has loaded is not the algorithm's. */
function withoutSignal(output: string): string {
  return output.includes(initialised) ? output.replace(/.*PIPE_INIT_COMPLETE.*\n?/, '') : output
}
