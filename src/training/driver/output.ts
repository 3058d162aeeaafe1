import { closeSync, constants, fstatSync, lstatSync, mkdirSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { formatBytes } from '../../format.ts'
import { redact } from '../../log.ts'
import { WholeLines } from '../whole-lines.ts'

/** As `w`, but a link is not followed. */
const REPLACE = constants.O_RDWR | constants.O_CREAT | constants.O_TRUNC | (constants.O_NOFOLLOW ?? 0)

/** In bytes. A program that runs wild must not fill the disk that the model is to be written to. */
const LARGEST_FILE = 1_000_000_000

/** How much of the end is kept at hand, in characters. */
const TAIL = 64 * 1024

/**
 * What a training prints, without secrets and otherwise unchanged: all of it goes to a file as it arrives, and to the
 * log of the job as much as that can take.
 */
export class TrainingOutput {
  readonly #path: string
  readonly #limit: number
  readonly #largestFile: number
  #file: number | undefined
  #fileProblem = ''
  #filed = 0
  #shown = 0
  #hidden = 0
  #atLineStart = true
  #tail = ''
  readonly #streams: WholeLines[] = []

  /**
   * @param path absolute path of the file, which is replaced
   * @param limit how much goes to the log, in bytes
   * @param largestFile how much goes to the file, in bytes
   */
  constructor(path: string, limit: number, largestFile = LARGEST_FILE) {
    this.#path = path
    this.#limit = limit
    this.#largestFile = largestFile
    this.#tryFile(() => {
      mkdirSync(dirname(path), { recursive: true })
      this.#file = openSync(path, REPLACE)
    })
  }

  /** A stream of the training. Lines of several ones are not mixed. */
  stream(): WholeLines {
    const lines = new WholeLines((text) => this.#take(text), redact)
    this.#streams.push(lines)
    return lines
  }

  /** The last lines that arrived. */
  get tail(): string {
    return this.#tail
  }

  /** Whether the log has only a part of it. */
  get isCut(): boolean {
    return this.#hidden > 0
  }

  /** Keeps a text in the file that the log shows otherwise. */
  keep(text: string): void {
    this.#toFile(redact(text))
  }

  /** Hands on what the streams hold back, and says in the log how much of it is missing there. */
  flush(): void {
    for (const stream of this.#streams) stream.end()
    if (this.isCut) this.#say(`(${formatBytes(this.#hidden)} more were printed; ${this.#whereAllIs()}.)`)
  }

  /** @returns what went wrong with the file; empty when it is complete */
  close(): string {
    this.#tryFile(() => {
      if (this.#file === undefined) return
      const [written, there] = [fstatSync(this.#file), lstatSync(this.#path, { throwIfNoEntry: false })]
      if (there?.ino !== written.ino || there.dev !== written.dev) this.#writeAgain(this.#file)
    })
    if (this.#file !== undefined) closeSync(this.#file)
    this.#file = undefined
    return this.#fileProblem === '' ? '' : `The training log ${this.#path} is not complete: ${this.#fileProblem}.`
  }

  /** What the training has put in place of the file is not ours to offer: nobody has looked for secrets in it. */
  #writeAgain(written: number): void {
    rmSync(this.#path, { recursive: true, force: true })
    mkdirSync(dirname(this.#path), { recursive: true })
    const file = openSync(this.#path, REPLACE)
    const buffer = Buffer.alloc(1024 * 1024)
    try {
      for (let position = 0, length = -1; length !== 0; position += length) {
        length = readSync(written, buffer, 0, buffer.length, position)
        for (let done = 0; done < length; ) done += writeSync(file, buffer, done, length - done)
      }
    } finally {
      closeSync(file)
    }
  }

  #take(text: string): void {
    this.#toFile(text)
    this.#tail = (this.#tail + text).slice(-TAIL)
    const bytes = Buffer.from(text)
    if (this.#hidden > 0) {
      this.#hidden += bytes.length
      return
    }
    const room = this.#limit - this.#shown
    if (bytes.length <= room) {
      this.#show(text)
      this.#shown += bytes.length
      return
    }
    // Whole lines only: the runner reads a half one together with what follows.
    const cut = bytes.subarray(0, Math.max(0, room)).lastIndexOf('\n') + 1
    this.#show(bytes.subarray(0, cut).toString())
    this.#hidden = bytes.length - cut
    this.#say(
      `(The log shows the first ${formatBytes(this.#limit)} of the output (training_log_megabytes); ${this.#whereAllIs()}.)`,
    )
  }

  #whereAllIs(): string {
    return this.#fileProblem === ''
      ? `all of it is in ${this.#path}`
      : `its file ${this.#path} is not complete: ${this.#fileProblem}`
  }

  #say(line: string): void {
    this.#show(`${this.#atLineStart ? '' : '\n'}${line}\n`)
  }

  #show(text: string): void {
    if (text === '') return
    process.stdout.write(text)
    this.#atLineStart = text.endsWith('\n')
  }

  #toFile(text: string): void {
    // Written at once, so that it is there when this process is killed.
    this.#tryFile(() => {
      const bytes = Buffer.from(text)
      this.#filed += bytes.length
      if (this.#filed > this.#largestFile) throw new Error(`it ends after ${formatBytes(this.#largestFile)}`)
      for (let done = 0; this.#file !== undefined && done < bytes.length; ) done += writeSync(this.#file, bytes, done)
    })
  }

  /** A full disk must not end hours of training; it is told at the end. */
  #tryFile(work: () => void): void {
    if (this.#fileProblem !== '') return
    try {
      work()
    } catch (error) {
      this.#fileProblem = error instanceof Error ? error.message : String(error)
    }
  }
}
