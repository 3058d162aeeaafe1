import type { Build } from '../algorithm.ts'
import { DeployError, messageOf, RefusedError } from '../errors.ts'
import { formatDuration } from '../format.ts'
import * as log from '../log.ts'
import { pause } from '../pause.ts'

/** Where builds are looked up. */
export interface Builds {
  /** One page, newest first. */
  page(marker?: string): Promise<{ builds: Build[]; next: string | undefined }>
  get(id: string): Promise<Build>
}

export interface BuildWait {
  /** For the whole wait, in milliseconds. */
  timeoutMs: number
  /** For the build to appear in the list, in milliseconds. */
  appearMs?: number
  firstPauseMs?: number
  longestPauseMs?: number
  cancelled?: AbortSignal
  /** Told of the build once it is found, however it ends. */
  onFound?: (id: string) => void
}

export interface FinishedBuild extends Build {
  state: 'succeeded' | 'failed'
}

/** A line about a build that takes long, every so often. */
const reportEveryMs = 60_000
/** Nobody waits for a list that never ends. */
const mostPages = 200

/**
 * Waits until a commit is built. What goes wrong while asking is tried again until the deadline: the build goes on
 * meanwhile.
 *
 * @throws RefusedError when the key may not read builds
 * @throws DeployError when no build of the commit appears, or it is not finished in time
 */
export async function awaitBuild(builds: Builds, commit: string, wait: BuildWait): Promise<FinishedBuild> {
  const { timeoutMs, firstPauseMs = 1000, longestPauseMs = 15_000, cancelled } = wait
  const appearMs = Math.min(wait.appearMs ?? 10 * 60_000, timeoutMs)
  log.info(`Waiting for the build of ${commit}, for ${formatDuration(timeoutMs)} at most`)
  const watch = new BuildWatch(builds, commit, timeoutMs)
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 1.5, longestPauseMs)) {
    const build = await watch.look(cancelled)
    if (build !== undefined) wait.onFound?.(build.id)
    const milliseconds = watch.elapsed()
    if (build !== undefined && build.state !== 'in-progress') {
      log.info(`Build ${build.id} ${build.state} after ${formatDuration(milliseconds)}`)
      return { ...build, state: build.state }
    }
    const left = (build === undefined ? appearMs : timeoutMs) - milliseconds
    if (left <= 0) throw watch.timedOut()
    await pause(Math.min(pauseMs, left), cancelled)
  }
}

/** What is known of a build so far, and what was said of it. */
class BuildWatch {
  readonly #builds: Builds
  readonly #commit: string
  readonly #timeoutMs: number
  readonly #started = performance.now()
  #build: Build | undefined
  /** The newest build, when it is of another commit. */
  #newest: Build | undefined
  #pages = mostPages
  #trouble = ''
  #said = { text: '', at: 0 }

  constructor(builds: Builds, commit: string, timeoutMs: number) {
    this.#builds = builds
    this.#commit = commit
    this.#timeoutMs = timeoutMs
  }

  /** Milliseconds since the wait began. */
  elapsed(): number {
    return performance.now() - this.#started
  }

  async look(cancelled: AbortSignal | undefined): Promise<Build | undefined> {
    try {
      this.#build = this.#build === undefined ? await this.#find() : await this.#builds.get(this.#build.id)
      this.#trouble = ''
    } catch (error) {
      cancelled?.throwIfAborted()
      if (error instanceof RefusedError || !(error instanceof DeployError)) throw error
      this.#trouble = messageOf(error)
    }
    this.#report()
    return this.#build
  }

  timedOut(): DeployError {
    const commit = this.#commit.slice(0, 12)
    const waited = formatDuration(this.elapsed())
    const trouble = this.#trouble === '' ? '' : ` Asking for it failed at last: ${this.#trouble}.`
    if (this.#build !== undefined) {
      return new DeployError(
        `The build of ${commit} is not finished after ${waited} (build_timeout_minutes).${trouble} It goes on by itself: ` +
          'run this job again to wait for it, or set a higher limit',
      )
    }
    const others = this.#newest ? `; the newest build is of ${this.#newest.commit}, perhaps a later push` : ''
    return new DeployError(
      `No build of ${commit} has appeared within ${waited}${others}.${trouble} Algorithmia builds each push to the default ` +
        "branch of the algorithm's repository: check that this is that repository, and its webhook if it is not hosted " +
        'by Algorithmia',
    )
  }

  /** The list cannot be asked for a commit: page by page (platform reference §3.3). */
  async #find(): Promise<Build | undefined> {
    let marker: string | undefined
    for (let number = 0; number < this.#pages && this.elapsed() < this.#timeoutMs; number += 1) {
      const page = await this.#builds.page(marker)
      const found = page.builds.find((build) => build.commit === this.#commit)
      if (number === 0) this.#newest = page.builds[0]?.commit === this.#commit ? undefined : page.builds[0]
      if (found !== undefined && this.#newest) {
        log.info(`Another push came after this one: the newest build is of ${this.#newest.commit}`)
      }
      if (found !== undefined) return found
      if (page.next === undefined || page.next === marker) break
      marker = page.next
    }
    // What appears later is on top.
    this.#pages = 2
    return undefined
  }

  #report(): void {
    if (this.#build !== undefined && this.#build.state !== 'in-progress') return
    const state = this.#build ? `Build ${this.#build.id} is in progress` : 'It is not in the list of builds yet'
    const text = this.#trouble === '' ? state : `${state}; asking for it failed: ${this.#trouble}`
    const now = this.elapsed()
    if (text === this.#said.text && now - this.#said.at < reportEveryMs) return
    log.info(`${text} (${formatDuration(now)})`)
    this.#said = { text, at: now }
  }
}
