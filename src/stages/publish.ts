import type { CallInput, Increment } from '../algorithm.ts'
import { BuildApi } from '../algorithmia/builds.ts'
import { callTo } from '../algorithmia/calls.ts'
import { VersionApi } from '../algorithmia/versions.ts'
import { orCancelled } from '../cancellation.ts'
import type { Deployment } from '../deployment.ts'
import { DeployError, messageOf } from '../errors.ts'
import * as log from '../log.ts'
import { type PresentManifest, readManifest } from '../manifest/manifest.ts'
import type { Origin } from '../origin.ts'
import { confirmVersion, type Publisher, publishBuild } from '../release/publish.ts'
import { runTestCases } from '../release/run-tests.ts'
import { manifestFiles } from './manifest.ts'
import type { Released } from './release.ts'
import { yieldToNewer } from './supersede.ts'
import { runCases } from './test.ts'

/**
 * Publishes the built and tested commit, unless a newer one was deployed meanwhile: its version would be below this one.
 *
 * @throws Superseded when it was
 */
export async function publishVersion(released: Released, increment: Increment): Promise<void> {
  const { release, deployment, origin, commit, cancelled } = released
  await yieldToNewerHead(released)
  const request = {
    commit,
    increment,
    releaseNotes: release.releaseNotes ?? releaseNotes(origin, deployment),
    sampleInput: sampleOf(release.tests?.cases[0]?.input),
    callability: release.callability,
    insights: release.insights,
  }
  deployment.published = await publishBuild(publisherFor(released), request, { cancelled })
}

/**
 * A version is live when the platform has this commit for it, and it answers the first test case.
 *
 * @throws DeployError when it is not
 */
export async function proveVersion(released: Released): Promise<void> {
  const { release, deployment, inputs, algorithm, commit, cancelled } = released
  const number = deployment.published?.number ?? ''
  await confirmVersion(publisherFor(released), number, commit, { cancelled })
  const first = release.tests?.cases.slice(0, 1)
  if (first === undefined) {
    const uncalled = `Version ${number} was not called: there are no test cases (${release.testingSkipped})`
    log.warning(uncalled)
    deployment.note(`${uncalled}.`)
  } else {
    const { results } = await runTestCases(first, callTo(algorithm, number), { signal: cancelled })
    const failed = results.find(({ passed }) => !passed)
    if (failed)
      throw new DeployError(
        `Version ${number} does not answer as its build did: ${failed.testCase.name}: ${failed.why}`,
      )
  }
  deployment.recordRelease(number, `${inputs.platform.apiUrl}/v1/algo/${algorithm.owner}/${algorithm.name}/${number}`)
}

function publisherFor(released: Released): Publisher {
  const { algorithm, deployment, release, commit } = released
  const builds = new BuildApi(algorithm)
  const versions = new VersionApi(algorithm)
  return {
    newestBuild: async () => {
      const newest = await builds.newest()
      if (newest !== undefined && newest.commit !== commit) await yieldToNewerHead(released)
      return newest
    },
    ofCommit: (commit) => versions.ofCommit(commit),
    withNumber: (number) => versions.withNumber(number),
    publish: (request) => versions.publish(request),
    compile: async () => {
      const built = await versions.compile(release.buildTimeoutMs)
      deployment.outputs.build_id = (await builds.newest())?.id ?? ''
      // It may have newer packages than the one that was tested.
      if (built !== '' && built !== commit) await yieldToNewerHead(released)
      const failure = built === commit && release.tests ? await runCases(released, release.tests) : undefined
      if (failure) throw failure
      return built
    },
  }
}

/** That nobody can look is no reason to fail: the list of builds is asked, too. */
async function yieldToNewerHead({
  inputs,
  deployment,
  repository,
  origin,
  commit,
  cancelled,
}: Released): Promise<void> {
  let head: { commit: string; present: PresentManifest } | undefined
  try {
    const found = await orCancelled(repository.lookAgain(manifestFiles), cancelled)
    if (found === undefined || found.commit === commit) return
    const [manifest, freeze] = found.texts
    head = { commit: found.commit, present: readManifest({ manifest, freeze }) }
  } catch (error) {
    cancelled.throwIfAborted()
    return log.info(`Whether a newer commit was deployed meanwhile is not known: ${messageOf(error)}`)
  }
  await yieldToNewer(inputs, deployment, origin, head)
}

/** A sample is shown to people. */
const longestSample = 10_000

/** As JSON in any case: a text such as `5` would be taken for a number. */
function sampleOf(input: CallInput | undefined): string | undefined {
  if (input === undefined || input.body.length > longestSample) return undefined
  return input.contentType === 'text/plain' ? JSON.stringify(input.body) : input.body
}

/** What the version is, for somebody who knows only the platform. */
function releaseNotes(origin: Origin, { models }: Deployment): string {
  return [
    origin.message.trim(),
    '',
    `Commit: ${origin.repositoryUrl}/commit/${origin.commit}`,
    `Run: ${origin.runUrl}`,
    ...models.map(({ entry, uri, md5 }) => `${models.length === 1 ? 'Model' : entry}: ${uri} (MD5 ${md5})`),
  ]
    .join('\n')
    .trim()
}
