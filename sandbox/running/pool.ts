import { Turns } from '../turns.ts'
import type { Worker } from './workers.ts'

/** The limits of a pool. */
export interface PoolLimits {
  /** Calls from outside at work at the same time; further ones wait for their turn. */
  calls: number
  /** Processes that wait for another call. */
  idle: number
  /** How long they wait, in milliseconds. */
  idleMs: number
}

export const defaultLimits: PoolLimits = { calls: 8, idle: 16, idleMs: 5 * 60 * 1000 }

interface Wait {
  key: string
  timer: NodeJS.Timeout
}

/** Keeps the processes of algorithms warm: one that has answered waits for the next call with the same key. */
export class Pool {
  readonly #limits: PoolLimits
  readonly #turns: Turns
  /** The one that waits longest is the first. */
  readonly #idle = new Map<Worker, Wait>()
  readonly #busy = new Map<Worker, string>()
  readonly #retired = new WeakSet<Worker>()

  constructor(limits: PoolLimits) {
    this.#limits = limits
    this.#turns = new Turns(limits.calls)
  }

  /**
   * Runs a call from outside when it is its turn. Calls that algorithms make take no turn: the call that they belong to
   * has one until they are answered.
   *
   * @param signal ends the waiting
   * @throws the signal's reason
   */
  async turn<T>(call: () => Promise<T>, signal: AbortSignal): Promise<T> {
    return await this.#turns.take(call, signal)
  }

  /**
   * Lends a worker to `work`.
   *
   * @param key says which workers will do
   * @param start makes a worker when none waits
   */
  async use<T>(key: string, start: () => Promise<Worker>, work: (worker: Worker) => Promise<T>): Promise<T> {
    const worker = this.#takeIdle(key) ?? (await this.#start(start))
    this.#busy.set(worker, key)
    try {
      return await work(worker)
    } finally {
      this.#busy.delete(worker)
      this.#giveBack(worker, key)
    }
  }

  /** Ends the workers whose key fits, those at work once they have answered. */
  retire(fits: (key: string) => boolean): void {
    for (const [worker, { key }] of this.#idle) if (fits(key)) this.#dismiss(worker)
    for (const [worker, key] of this.#busy) if (fits(key)) this.#retired.add(worker)
  }

  async #start(start: () => Promise<Worker>): Promise<Worker> {
    const worker = await start()
    void worker.instance.ended.then(() => this.#forget(worker))
    return worker
  }

  /** The one that was at work last: its memory is warmest, and the others may end. */
  #takeIdle(key: string): Worker | undefined {
    const worker = [...this.#idle.keys()].findLast((idle) => this.#idle.get(idle)?.key === key && idle.instance.usable)
    if (worker) this.#forget(worker)
    return worker
  }

  #giveBack(worker: Worker, key: string): void {
    if (!worker.instance.usable) return
    if (this.#retired.has(worker)) {
      void worker.instance.stop()
      return
    }
    this.#idle.set(worker, { key, timer: setTimeout(() => this.#dismiss(worker), this.#limits.idleMs) })
    const [oldest] = this.#idle.keys()
    if (oldest && this.#idle.size > this.#limits.idle) this.#dismiss(oldest)
  }

  #dismiss(worker: Worker): void {
    this.#forget(worker)
    void worker.instance.stop()
  }

  #forget(worker: Worker): void {
    clearTimeout(this.#idle.get(worker)?.timer)
    this.#idle.delete(worker)
  }
}
