import { StringDecoder } from 'node:string_decoder'

/** An unfinished line longer than this is handed on in pieces, all but the last `HELD_BACK` characters. */
const LONGEST_PARTIAL_LINE = 1024 * 1024
const HELD_BACK = 8192

/**
 * Cuts a stream of bytes into text that ends at the end of a line, so that what looks for secrets in it never sees half
 * of one. A carriage return ends a line too: progress bars use it, and so does the runner.
 */
export class WholeLines {
  readonly #sink: (text: string) => void
  readonly #clean: (text: string) => string
  readonly #decoder = new StringDecoder('utf8')
  #partial = ''

  /**
   * @param sink receives one or more whole lines, with their ends
   * @param clean is applied to the text before, such as `redact`
   */
  constructor(sink: (text: string) => void, clean: (text: string) => string = (text) => text) {
    this.#sink = sink
    this.#clean = clean
  }

  write(chunk: Buffer): void {
    this.#partial += this.#decoder.write(chunk)
    this.#handOn(Math.max(this.#partial.lastIndexOf('\n'), this.#partial.lastIndexOf('\r')) + 1)
    if (this.#partial.length > LONGEST_PARTIAL_LINE) {
      // Cleaned as a whole before the cut: a secret that is complete must not be cut in two.
      this.#partial = this.#clean(this.#partial)
      this.#handOn(this.#partial.length - HELD_BACK)
    }
  }

  /** Hands on what is left. */
  end(): void {
    this.#partial += this.#decoder.end()
    this.#handOn(this.#partial.length)
  }

  #handOn(length: number): void {
    if (length <= 0) return
    const text = this.#partial.slice(0, length)
    this.#partial = this.#partial.slice(length)
    this.#sink(this.#clean(text))
  }
}
