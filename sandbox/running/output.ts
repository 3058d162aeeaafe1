/** Kept of what an algorithm prints during one call; the rest is counted. */
const keptBytes = 1024 * 1024
/** An algorithm that prints more than this during one call is ended. */
export const floodBytes = 64 * 1024 * 1024

/** What an algorithm prints during one call. */
class Printed {
  readonly #chunks: Buffer[] = []
  size = 0

  add(chunk: Buffer): void {
    const room = keptBytes - this.size
    if (room > 0) this.#chunks.push(chunk.subarray(0, room))
    this.size += chunk.length
  }

  text(): string {
    const text = Buffer.concat(this.#chunks).toString('utf8')
    const dropped = this.size - keptBytes
    return dropped > 0 ? `${text}\n... and ${dropped} more bytes\n` : text
  }
}

/**
 * Cuts the output of a process at the marker that it prints before each answer, so that every call gets its own.
 */
export class OutputReader {
  readonly #marker: Buffer
  #carry: Buffer = Buffer.alloc(0)
  #printed = new Printed()

  /** @param marker as given to the process, which puts a zero byte on either side of it */
  constructor(marker: string) {
    this.#marker = Buffer.from(`\0${marker}\0`)
  }

  /** Bytes since the last marker. */
  get size(): number {
    return this.#printed.size
  }

  /** @returns the output of each call that ended within this chunk */
  read(chunk: Buffer): string[] {
    const ended: string[] = []
    let rest = this.#carry.length > 0 ? Buffer.concat([this.#carry, chunk]) : chunk
    for (let at = rest.indexOf(this.#marker); at !== -1; at = rest.indexOf(this.#marker)) {
      this.#printed.add(rest.subarray(0, at))
      ended.push(this.take())
      rest = rest.subarray(at + this.#marker.length)
    }
    // The beginning of a marker may stand at the end.
    const from = rest.indexOf(0, Math.max(0, rest.length - this.#marker.length + 1))
    const cut = from === -1 ? rest.length : from
    this.#printed.add(rest.subarray(0, cut))
    this.#carry = rest.subarray(cut)
    return ended
  }

  /** What was printed so far, which then begins anew. */
  take(): string {
    const text = this.#printed.text()
    this.#printed = new Printed()
    return text
  }
}
