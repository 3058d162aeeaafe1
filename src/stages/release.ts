import type { AlgorithmRepository } from '../algorithm-repo/repository.ts'
import type { AlgorithmAddress } from '../algorithmia/algorithms.ts'
import { Http } from '../algorithmia/http.ts'
import { untilCancelled } from '../cancellation.ts'
import type { Deployment } from '../deployment.ts'
import type { Inputs, ReleaseInputs } from '../inputs.ts'
import * as log from '../log.ts'
import type { Origin } from '../origin.ts'
import type { Reached } from '../outputs.ts'
import { buildCommit } from './build.ts'
import { proveVersion, publishVersion } from './publish.ts'
import { testCommit } from './test.ts'

/** What the stages after the push work on. */
export interface Released {
  inputs: Inputs
  release: ReleaseInputs
  deployment: Deployment
  repository: AlgorithmRepository
  origin: Origin
  /** What was pushed, or was there already. */
  commit: string
  algorithm: AlgorithmAddress
  cancelled: AbortSignal
}

/**
 * From the pushed commit to a version that is live. When the run is cancelled, it ends with an error within seconds.
 *
 * @returns how far it got
 */
export async function releaseCommit(work: Omit<Released, 'algorithm' | 'cancelled'>): Promise<Reached> {
  return untilCancelled(async (cancelled) => {
    const { release, deployment } = work
    const released: Released = { ...work, algorithm: algorithmOf(work.inputs, cancelled), cancelled }

    const isBuilt = await deployment.stage('build', undefined, () => buildCommit(released))
    if (!isBuilt) return 'pushed'

    const { tests } = release
    if (tests === undefined) deployment.skip('Testing', release.testingSkipped)
    else await deployment.stage('test', undefined, () => testCommit(released, tests))

    const { publish } = release
    if (publish === 'none') return 'built'
    await deployment.stage('publish', undefined, async () => {
      await log.group('Publish', () => publishVersion(released, publish))
      await log.group('Prove that it is live', () => proveVersion(released))
    })
    return 'released'
  })
}

/** The algorithm, as the key for creating it and for everything after the push sees it. */
export function algorithmOf({ platform, release, creation }: Inputs, cancelled?: AbortSignal): AlgorithmAddress {
  const { apiUrl, owner, algorithm } = platform
  const { apiKey, keyInput } = release ?? creation ?? { apiKey: platform.apiKey, keyInput: 'algorithmia_api_key' }
  return { http: new Http({ apiUrl, apiKey, ...(cancelled && { cancelled }) }), owner, name: algorithm, keyInput }
}
