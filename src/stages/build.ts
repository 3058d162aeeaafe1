import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { BuildApi } from '../algorithmia/builds.ts'
import { VersionApi } from '../algorithmia/versions.ts'
import { type Annotation, DeployError, messageOf, RefusedError } from '../errors.ts'
import type { Inputs } from '../inputs.ts'
import * as log from '../log.ts'
import { publish } from '../outputs.ts'
import { awaitBuild, type FinishedBuild } from '../release/build.ts'
import { explainBuildLog } from '../release/build-log.ts'
import { lastLines } from '../release/log-lines.ts'
import type { Released } from './release.ts'

/**
 * Waits until the commit is built.
 *
 * @returns false when the key may not see whether it is
 * @throws DeployError when it is not built, with what its log says about that
 */
export async function buildCommit(released: Released): Promise<boolean> {
  const { release, deployment, algorithm, commit, cancelled } = released
  // Told before the wait: a later step wants to know most what was pushed when this run is killed.
  publish(deployment.outputs)
  const builds = new BuildApi(algorithm)
  const onFound = (id: string) => {
    deployment.outputs.build_id = id
  }
  const wait = { timeoutMs: release.buildTimeoutMs, cancelled, onFound }
  const waitForIt = () => awaitBuild(builds, commit, wait)
  let finished: FinishedBuild
  try {
    finished = await log.group('Wait for the build', waitForIt)
    // What failed in an earlier run may have failed for a passing reason, and no push will ever begin another build.
    if (finished.state === 'failed' && !deployment.pushed) {
      finished = await log.group('Build it again', () => buildAgain(released).then(waitForIt))
    }
  } catch (error) {
    if (!(error instanceof RefusedError) || release.publish !== 'none' || release.tests?.isDemanded) throw error
    log.warning(`Whether ${commit} is built is not known, and it was not tested: ${error.message}`)
    deployment.skip('Build and test', `${algorithm.keyInput} may not read builds`)
    return false
  }
  if (finished.state === 'failed') throw await buildFailure(builds, finished, released)
  // Who publishes asks again at the last moment.
  if (release.publish === 'none') await noteNewerPush(builds, released)
  return true
}

/** How it ends is read from the list of builds. */
async function buildAgain({ algorithm, release, cancelled }: Released): Promise<void> {
  log.info('This build failed in an earlier run, and nothing was pushed by this one: asking for another build')
  await new VersionApi(algorithm).compile(release.buildTimeoutMs).catch((error: unknown) => {
    cancelled.throwIfAborted()
    log.info(messageOf(error))
  })
}

/** That nobody answers is no reason to fail. */
async function noteNewerPush(builds: BuildApi, { deployment, commit, cancelled }: Released): Promise<void> {
  const page = await builds.page().catch((error: unknown) => {
    cancelled.throwIfAborted()
    log.info(`Whether another push came after this one is not known: ${messageOf(error)}`)
  })
  const newest = page?.builds[0]
  if (newest === undefined || newest.commit === commit) return
  deployment.note(`Another push came after this one: callers of the newest build get ${newest.commit}.`)
}

async function buildFailure(
  builds: BuildApi,
  { id, commit }: FinishedBuild,
  { inputs, repository }: Released,
): Promise<DeployError> {
  const what = `The build of ${commit.slice(0, 12)} failed`
  const said = await builds.log(id).catch((error: unknown) => void log.info(messageOf(error)))
  if (said === undefined) return new DeployError(`${what}, and its log could not be read: look at build ${id}`)
  // Before anything is cut: half of a secret would not be known again.
  const text = log.redact(said)
  await log.group(`Log of build ${id}`, async () => log.info(text))
  const { reason, file, line } = explainBuildLog(text, inputs.platform.algorithm, await contentOf(repository.folder))
  return new DeployError(`${what}: ${reason}.\nThe end of its log:\n${lastLines(text, 15).join('\n')}`, {
    annotation: { ...placeOf(file, line, inputs), title: 'The build failed' },
  })
}

/** What was built, as far as it helps to read the log. */
async function contentOf(folder: string): Promise<{ files: string[]; requirements?: string }> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !path.startsWith('.git/'))
  const requirements = await readFile(join(folder, 'requirements.txt'), 'utf8').catch(() => undefined)
  return { files, ...(requirements !== undefined && { requirements }) }
}

/** A file of the algorithm's repository as the one in the workspace that it was copied from. */
function placeOf(file: string | undefined, line: number | undefined, { code }: Inputs): Annotation {
  if (file === undefined || code === undefined || !existsSync(join(code.folder.absolute, file))) return {}
  const path = code.folder.relative === '.' ? file : `${code.folder.relative}/${file}`
  return { file: path, ...(line !== undefined && { startLine: line }) }
}
