import { StringDecoder } from 'node:string_decoder'
import { exec } from '@actions/exec'

export interface ChildOptions {
  cwd: string
  env: Record<string, string>
  /** Receives stdout and stderr; nothing is printed otherwise. */
  onStdout?: (chunk: Buffer) => void
  onStderr?: (chunk: Buffer) => void
}

/** How long stdout may stay open after a child has ended, in milliseconds: something it started may hold it. */
const STREAM_GRACE_MS = 3000

/**
 * Runs a program without a shell, silently, and resolves with its exit code (-1 when a signal ended it).
 *
 * @throws Error when the program cannot be started
 */
export async function runChild(program: string, args: readonly string[], options: ChildOptions): Promise<number> {
  const listeners = {
    stdout: options.onStdout ?? (() => {}),
    stderr: options.onStderr ?? (() => {}),
  }
  // The library splits its first argument at spaces unless they are quoted.
  const code: number | null = await exec(`"${program.replaceAll('"', '\\"')}"`, [...args], {
    cwd: options.cwd,
    env: options.env,
    silent: true,
    ignoreReturnCode: true,
    delay: STREAM_GRACE_MS,
    listeners,
  })
  return code ?? -1
}

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
