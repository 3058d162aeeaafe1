import { afterAll, beforeAll, beforeEach, expect } from '@jest/globals'
import type { StepResult } from '../../examples/run-action.ts'
import { casesFile, originalCases, tellingAlgorithm } from './digits.ts'
import { errors, Lab, type RemoteState } from './lab.ts'
import { type Meddle, MeddlingProxy, type ProxiedRequest } from './meddling-proxy.ts'
import { type BuildBody, noPackages } from './sandbox-lab.ts'

/** What the summary calls a failure after which no version has changed. */
export const notReleased = 'pushed but not released'

/** A lab whose algorithm is published as 0.1.0, and before each test a new commit that can be released. */
export class Releases {
  #lab: Lab | undefined
  /** What is there before each test. */
  before: RemoteState = { head: '', commits: 0, objects: {} }
  builds: BuildBody[] = []
  versions: [number: string, commit: string][] = []

  /** For the tests of a file. */
  static inTests(): Releases {
    const releases = new Releases()
    beforeAll(async () => {
      releases.#lab = await Lab.create()
      releases.#prepare()
      const { outputs } = await releases.lab.run({ publish: 'minor' })
      expect(outputs).toMatchObject({ status: 'released', version: '0.1.0' })
    })
    afterAll(() => releases.#lab?.close())
    beforeEach(async () => {
      releases.#prepare()
      await releases.remember()
    })
    return releases
  }

  get lab(): Lab {
    if (this.#lab === undefined) throw new Error('There is no lab before the tests')
    return this.#lab
  }

  /** Takes what is there now for what was there before. */
  async remember(): Promise<void> {
    this.before = await this.lab.remote()
    this.builds = await this.lab.builds()
    this.versions = await this.lab.versions()
  }

  #prepare(): void {
    this.lab.write('model.pkl', `a model ${Math.random()}`)
    this.lab.write('digits/requirements.txt', noPackages)
    this.lab.write('digits/src/digits.py', tellingAlgorithm)
    this.lab.write('TEST_CASES.json', casesFile(originalCases))
    this.lab.commit('A new commit')
  }

  /** Runs the action against a platform that somebody meddles with. */
  async runThrough(
    meddle: Meddle,
    changes: Record<string, string> = {},
  ): Promise<{ result: StepResult; requests: string[] }> {
    const proxy = await MeddlingProxy.start(this.lab.sandbox.url, meddle)
    const result = await this.lab.run({ algorithmia_api: proxy.url, ...changes }).finally(proxy.close)
    return { result, requests: proxy.requests }
  }

  /** A failure after the push: the last annotation says why, and what stands; nobody who calls a version notices. */
  async expectFailure(result: StepResult, phase: string, message: RegExp, headline = notReleased): Promise<void> {
    expect(result.exitCode).toBe(1)
    expect(errors(result).at(-1)).toMatch(message)
    expect(errors(result).at(-1)).toMatch(/%0ACommit \w{40} is pushed to master/)
    expect(result.outputs).toMatchObject({ status: 'failed', failed_phase: phase, version: '', endpoint_url: '' })
    expect(result.outputs.algorithm_commit_sha).toMatch(/^\w{40}$/)
    expect(result.summary).toContain(`### alice/digits: failed (${phase}), ${headline}`)
    if (headline !== notReleased) return
    const { head } = await this.lab.remote()
    expect(head).not.toBe(this.before.head)
    expect(result.outputs.algorithm_commit_sha).toBe(head)
    expect(await this.lab.versions()).toEqual(this.versions)
  }

  /** A failure before anything was trained, stored or pushed, in one annotation. */
  async expectNothingDone(result: StepResult, phase: string, message: RegExp): Promise<void> {
    expect(result.exitCode).toBe(1)
    expect(errors(result)).toHaveLength(1)
    expect(errors(result)[0]).toMatch(message)
    expect(result.outputs).toMatchObject({ status: 'failed', failed_phase: phase, algorithm_commit_sha: '' })
    expect(result.summary).toContain(`failed (${phase}), nothing was deployed`)
    expect(await this.lab.remote()).toEqual(this.before)
    await this.expectNoNewBuild()
    expect(await this.lab.versions()).toEqual(this.versions)
  }

  /** A build of the test before may end meanwhile. */
  async expectNoNewBuild(): Promise<void> {
    const ids = (list: BuildBody[]) => list.map(({ build_id }) => build_id)
    expect(ids(await this.lab.builds())).toEqual(ids(this.builds))
  }

  /** What is published beside what was there before. */
  async newVersions(): Promise<[number: string, commit: string][]> {
    const now = await this.lab.versions()
    expect(now.slice(-this.versions.length)).toEqual(this.versions)
    return now.slice(0, -this.versions.length)
  }

  /** Whether a build was there before the test. */
  isOld({ build_id }: BuildBody): boolean {
    return this.builds.some((build) => build.build_id === build_id)
  }
}

export const isBuildList = ({ method, path }: ProxiedRequest) => method === 'GET' && /\/builds\?limit=50/.test(path)
export const isPublication = ({ method, path }: ProxiedRequest) =>
  method === 'POST' && path.endsWith('/digits/versions')
export const isCallOfCommit = ({ method, path }: ProxiedRequest) =>
  method === 'POST' && /\/algo\/.*\/\w{40}\?/.test(path)
