import { setTimeout as sleep } from 'node:timers/promises'
import { say, seconds } from './stage.ts'

/** Where a platform is, and who asks. */
export interface Platform {
  /** Without `/v1`. */
  url: string
  apiKey: string
}

interface Build {
  build_id: string
  commit_sha: string
  status: string
}

const limitMs = 10 * 60 * 1000
const pauseMs = 500

/**
 * Waits until the platform has built a commit, as any client has to after a push.
 *
 * @param algorithm `owner/name`
 * @throws Error with the end of the build's log when the build fails
 */
export async function waitForBuild(platform: Platform, algorithm: string, commit: string): Promise<void> {
  const builds = `/v1/algorithms/${algorithm}/builds`
  say(`Waiting for the build of ${algorithm} at ${commit.slice(0, 12)}: pip installs its packages, then it is loaded`)
  const started = performance.now()
  while (performance.now() - started < limitMs) {
    const { results } = await get<{ results: Build[] }>(platform, `${builds}?limit=10`)
    const build = results.find((candidate) => candidate.commit_sha === commit)
    if (build?.status === 'succeeded') {
      say(`It has succeeded (waited ${seconds(started)})`)
      return
    }
    if (build?.status === 'failed') {
      const { logs } = await get<{ logs: string }>(platform, `${builds}/${build.build_id}/logs`)
      throw new Error(`The build of ${algorithm} failed:\n${logs.slice(-2000)}`)
    }
    await sleep(pauseMs)
  }
  throw new Error(`The build of ${algorithm} at ${commit} is not finished after ${seconds(started)}`)
}

async function get<T>({ url, apiKey }: Platform, path: string): Promise<T> {
  const response = await fetch(`${url}${path}`, { headers: { Authorization: `Simple ${apiKey}` } })
  if (!response.ok) throw new Error(`GET ${path} answered ${response.status}: ${await response.text()}`)
  return (await response.json()) as T
}
