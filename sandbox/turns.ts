/** Lets so many pieces of work run at the same time, and the others wait in line. */
export class Turns {
  readonly #waiting: (() => void)[] = []
  #free: number

  constructor(limit: number) {
    this.#free = limit
  }

  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    try {
      return await work()
    } finally {
      // The turn goes from hand to hand.
      const next = this.#waiting.shift()
      if (next) next()
      else this.#free += 1
    }
  }
}
