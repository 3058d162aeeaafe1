/** Lets so many pieces of work run at the same time, and the others wait in line. */
export class Turns {
  readonly #waiting = new Set<() => void>()
  #free: number

  constructor(limit: number) {
    this.#free = limit
  }

  /**
   * @param signal takes the work out of the line; once it has its turn, that is its own affair
   * @throws the signal's reason
   */
  async take<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (this.#free > 0) this.#free -= 1
    else await this.#wait(signal)
    try {
      return await work()
    } finally {
      // The turn goes from hand to hand.
      const [next] = this.#waiting
      if (next) next()
      else this.#free += 1
    }
  }

  async #wait(signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const leave = () => {
      this.#waiting.delete(begin)
      reject(signal?.reason)
    }
    const begin = () => {
      this.#waiting.delete(begin)
      signal?.removeEventListener('abort', leave)
      resolve()
    }
    this.#waiting.add(begin)
    if (signal?.aborted) leave()
    else signal?.addEventListener('abort', leave, { once: true })
    await promise
  }
}
