import type { AlgorithmAddress } from '../../src/algorithmia/algorithms.ts'
import type { HttpOptions } from '../../src/algorithmia/http.ts'
import { client } from './platform-lab.ts'
import type { Step } from './scripted-server.ts'

// What the platform says of builds and versions (platform reference §3), for scripted servers.

export const algorithmPath = '/v1/algorithms/demo/wine'
export const ours = 'c0ffee'.repeat(6).padEnd(40, '0')
export const theirs = 'decaf'.repeat(8)

/** The algorithm demo/wine on a server. */
export function algorithmAt(url: string, options: Partial<HttpOptions> = {}): AlgorithmAddress {
  return { http: client(url, options), owner: 'demo', name: 'wine', keyInput: 'algorithmia_api_key' }
}

export function buildRecord(commit: string, status: string, more: object = {}): object {
  return { build_id: `build of ${commit}`, commit_sha: commit, status, resource_type: 'build', ...more }
}

/** An algorithm as its versions show it. */
export function versionRecord(commit: string | undefined, number?: string): object {
  return {
    name: 'wine',
    version_info: { ...(commit && { git_hash: commit }), ...(number && { semantic_version: number }) },
    resource_type: 'algorithm',
  }
}

/** A page of a list. */
export function page(results: unknown, marker: unknown = null): Step {
  return { body: { marker, next_link: null, results } }
}

/** A step for each time a request comes, the last one for ever. */
export function inTurn(steps: Step[], nth: number): Step {
  return steps[Math.min(nth, steps.length - 1)] ?? {}
}

export function refusal(status: number, message: string, more: object = {}): Step {
  return { status, body: { error: { message, ...more } } }
}
