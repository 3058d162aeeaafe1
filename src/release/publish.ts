import type { Build, PublishAnswer, PublishRequest, Version } from '../algorithm.ts'
import { DeployError, messageOf, UncertainError } from '../errors.ts'
import { formatDuration } from '../format.ts'
import * as log from '../log.ts'
import { pause } from '../pause.ts'

/** What publishing needs of the platform. */
export interface Publisher {
  newestBuild(): Promise<Build | undefined>
  ofCommit(commit: string): Promise<Version | undefined>
  withNumber(number: string): Promise<Version | undefined>
  publish(request: PublishRequest): Promise<PublishAnswer>
  /** Builds the head again. @returns the commit that was built */
  compile(): Promise<string>
}

export interface Patience {
  cancelled?: AbortSignal
  /** For a version to show after a publication that was answered with an error, in milliseconds. */
  afterErrorMs?: number
  /** For a version to show after a publication that succeeded or got no answer, in milliseconds. */
  showMs?: number
  pauseMs?: number
}

const tries = 2

/**
 * Publishes the build of a commit: never another one, and never twice.
 *
 * @returns the version's number, and whether this call made it
 * @throws DeployError when it is not published
 * @throws UncertainError when nobody can tell whether it is
 */
export async function publishBuild(
  publisher: Publisher,
  request: PublishRequest,
  patience: Patience = {},
): Promise<{ number: string; isNew: boolean }> {
  const { commit } = request
  const present = (await publisher.ofCommit(commit))?.number
  if (present !== undefined) {
    log.info(`${commit} is published already, as ${present}`)
    return { number: present, isNew: false }
  }
  let reason = ''
  for (let turn = 1; turn <= tries; turn += 1) {
    await requireNewest(publisher, commit)
    const answer = await publisher.publish(request)
    if (answer.outcome === 'published') {
      const number = publishedNumber(answer.version, commit)
      log.info(`Published ${commit} as ${number}`)
      return { number, isNew: true }
    }
    reason = answer.message
    log.info(`Publishing was answered: ${reason}. Looking whether it took effect`)
    const number = await numberOf(publisher, commit, answer.outcome, patience).catch((error: unknown) => {
      patience.cancelled?.throwIfAborted()
      throw unanswered(commit, `${reason}; then ${messageOf(error)}`)
    })
    if (number !== undefined) {
      log.info(`${commit} is published, as ${number}`)
      return { number, isNew: true }
    }
    if (answer.outcome === 'no-answer') throw unanswered(commit, reason)
    if (answer.outcome === 'already-published') await compileAgain(publisher, commit)
  }
  throw new DeployError(`Algorithmia could not publish ${commit.slice(0, 12)} (${reason}; ${tries} tries)`)
}

/** Without it, a publication may mean what was pushed meanwhile (platform reference §3.4). */
async function requireNewest(publisher: Publisher, commit: string): Promise<void> {
  const newest = await publisher.newestBuild()
  if (newest !== undefined && newest.commit !== commit) throw overtaken(commit, newest.commit)
}

function overtaken(commit: string, newer: string): DeployError {
  return new DeployError(
    `Not published: ${newer} was pushed after ${commit.slice(0, 12)}, which was built and tested here. The run that pushed ` +
      'it publishes it; if it was pushed by hand, run this job again',
  )
}

function unanswered(commit: string, reason: string): UncertainError {
  return new UncertainError(
    `Publishing ${commit.slice(0, 12)} got no clear answer (${reason}), and no version of it shows. It was not sent again, because ` +
      "it may still take effect: look at the algorithm's versions, or run this job again later, which publishes only what " +
      'is not published',
  )
}

function publishedNumber(version: Version, commit: string): string {
  const { number = 'a version without a number' } = version
  // An answer that names no commit is confirmed by reading the version back.
  if (version.number !== undefined && (version.commit === commit || version.commit === '')) return number
  throw new UncertainError(
    `Algorithmia published ${version.commit || 'no commit'} as ${number}, where ${commit} was asked for. Look at this version ` +
      'before it is used',
  )
}

/** "Published already", though no version shows: the platform wants a build of its own for each version. */
async function compileAgain(publisher: Publisher, commit: string): Promise<void> {
  log.info('Algorithmia asks for another build of this commit first')
  const built = await publisher.compile()
  if (built !== commit) throw overtaken(commit, built)
}

/** The number under which a commit is published, as soon as it shows. */
async function numberOf(
  publisher: Publisher,
  commit: string,
  outcome: PublishAnswer['outcome'],
  { cancelled, afterErrorMs = 5000, showMs = 60_000, pauseMs = 1000 }: Patience,
): Promise<string | undefined> {
  const deadline = performance.now() + (outcome === 'no-answer' ? showMs : afterErrorMs)
  for (;;) {
    const number = (await publisher.ofCommit(commit))?.number
    if (number !== undefined || performance.now() >= deadline) return number
    await pause(pauseMs, cancelled)
  }
}

/**
 * Reads a version back as soon as it shows, and checks which commit it is.
 *
 * @throws DeployError when it does not show, or is another commit
 */
export async function confirmVersion(
  publisher: Publisher,
  number: string,
  commit: string,
  { cancelled, showMs = 60_000, pauseMs = 1000 }: Patience = {},
): Promise<void> {
  const deadline = performance.now() + showMs
  for (;;) {
    const version = await publisher.withNumber(number)
    if (version?.commit === commit) {
      log.info(`Version ${number} is ${commit}`)
      return
    }
    if (version !== undefined) {
      throw new DeployError(
        `Version ${number} is ${version.commit || 'of no commit'}, not ${commit}, the commit deployed here`,
      )
    }
    if (performance.now() >= deadline) {
      throw new DeployError(`Version ${number} does not show among the versions after ${formatDuration(showMs)}`)
    }
    await pause(pauseMs, cancelled)
  }
}
