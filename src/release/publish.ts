import type { Build, PublishAnswer, PublishRequest, Version } from '../algorithm.ts'
import { DeployError, messageOf, RefusedError, UncertainError } from '../errors.ts'
import { formatDuration } from '../format.ts'
import * as log from '../log.ts'
import { pause } from '../pause.ts'

/** What publishing needs of the platform. */
export interface Publisher {
  newestBuild(): Promise<Build | undefined>
  ofCommit(commit: string): Promise<Version | undefined>
  withNumber(number: string): Promise<Version | undefined>
  publish(request: PublishRequest): Promise<PublishAnswer>
  /** Builds the head again. @returns the commit that was built; empty when the platform does not say */
  compile(): Promise<string>
}

export interface Patience {
  cancelled?: AbortSignal
  /** For a version to show after a publication that was answered with an error, in milliseconds. */
  afterErrorMs?: number
  /** For a version to show that was published, or may have been, in milliseconds. */
  showMs?: number
  pauseMs?: number
}

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
  const first = await publishOnce(publisher, request, patience)
  if ('number' in first) return { number: first.number, isNew: true }
  if (first.outcome === 'already-published') await compileAgain(publisher, commit)
  const second = await publishOnce(publisher, request, patience).catch((error: unknown) => {
    // The first one may still take effect.
    if (first.outcome !== 'failed' || error instanceof UncertainError) throw error
    throw unanswered(commit, `${first.message}; then ${messageOf(error)}`)
  })
  if ('number' in second) return { number: second.number, isNew: true }
  // Then it was the first publication that took effect.
  if (first.outcome === 'failed' && second.outcome === 'already-published') throw unanswered(commit, second.message)
  throw new DeployError(`Algorithmia could not publish ${commit.slice(0, 12)} (${second.message}; 2 tries)`)
}

/** Sends the publication once, and looks for its effect when the answer does not tell. */
async function publishOnce(
  publisher: Publisher,
  request: PublishRequest,
  patience: Patience,
): Promise<{ number: string } | { outcome: 'failed' | 'already-published'; message: string }> {
  const { commit } = request
  await requireNewest(publisher, commit)
  const answer = await publisher.publish(request).catch((error: unknown) => {
    throw patience.cancelled?.aborted ? unanswered(commit, messageOf(error)) : error
  })
  if (answer.outcome === 'published') {
    requireCommit(answer, commit)
    log.info(`Published ${commit} as ${answer.number}`)
    return answer
  }
  const { outcome, message } = answer
  log.info(`Publishing was answered: ${message}. Looking whether it took effect`)
  const number = await numberOf(publisher, commit, outcome, patience).catch((error: unknown) => {
    throw unanswered(commit, `${message}; then ${messageOf(error)}`)
  })
  if (number !== undefined) {
    log.info(`${commit} is published, as ${number}`)
    return { number }
  }
  if (outcome === 'no-answer') throw unanswered(commit, message)
  return { outcome, message }
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
    `Publishing ${commit.slice(0, 12)} got no clear answer (${reason}). It was not sent again, because ` +
      "it may still take effect: look at the algorithm's versions, or run this job again later, which publishes only what " +
      'is not published',
  )
}

/** An answer that names no commit is confirmed by reading the version back. */
function requireCommit({ commit, number }: { commit: string; number: string }, wanted: string): void {
  if (commit === wanted || commit === '') return
  throw new UncertainError(
    `Algorithmia published ${commit} as ${number}, where ${wanted} was asked for. Look at this version before it is used`,
  )
}

/** "Published already", though no version shows: the platform wants a build of its own for each version. */
async function compileAgain(publisher: Publisher, commit: string): Promise<void> {
  log.info('Algorithmia asks for another build of this commit first')
  const built = await publisher.compile()
  // One that is not named is looked for before the next try.
  if (built !== '' && built !== commit) throw overtaken(commit, built)
}

/** The number under which a commit is published, as soon as it shows. */
async function numberOf(
  publisher: Publisher,
  commit: string,
  outcome: PublishAnswer['outcome'],
  { cancelled, afterErrorMs = 5000, showMs = 60_000, pauseMs = 1000 }: Patience,
): Promise<string | undefined> {
  const deadline = performance.now() + (outcome === 'failed' ? afterErrorMs : showMs)
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
    const { version, trouble } = await look(publisher, number)
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
      const why = trouble === undefined ? '' : `: ${trouble}`
      throw new DeployError(`Version ${number} does not show among the versions after ${formatDuration(showMs)}${why}`)
    }
    await pause(pauseMs, cancelled)
  }
}

/** What goes wrong while looking may pass: the version is there already, only its proof waits. */
async function look(
  publisher: Publisher,
  number: string,
): Promise<{ version?: Version | undefined; trouble?: string }> {
  try {
    return { version: await publisher.withNumber(number) }
  } catch (error) {
    if (!(error instanceof DeployError) || error instanceof RefusedError) throw error
    return { trouble: messageOf(error) }
  }
}
