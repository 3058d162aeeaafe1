import { beforeAll, describe, expect, test } from '@jest/globals'
import { errors, type Lab } from '../support/lab.ts'
import { altered, jsonAnswer } from '../support/meddling-proxy.ts'
import { isBuildList, isCallOfCommit, Releases } from '../support/releases.ts'
import type { BuildBody } from '../support/sandbox-lab.ts'

const releases = Releases.inTests()
let lab: Lab
beforeAll(() => {
  lab = releases.lab
})

interface BuildPage {
  results: BuildBody[]
}

describe('a build that keeps one waiting', () => {
  test('never appears', async () => {
    const { result } = await releases.runThrough(
      async (request, forward) =>
        isBuildList(request)
          ? altered<BuildPage>(await forward(), (page) => ({
              ...page,
              results: page.results.filter((build) => releases.isOld(build)),
            }))
          : undefined,
      { publish: 'minor', build_timeout_minutes: '0.05' },
    )
    await releases.expectFailure(result, 'build', /::No build of \w{12} has appeared within [\d.]+ s; /)
    expect(errors(result)).toHaveLength(1)
    expect(errors(result)[0]).toContain(
      `the newest build is of ${releases.builds[0]?.commit_sha}, perhaps a later push`,
    )
  })

  test('is not finished in time', async () => {
    const unfinished = ({ finished_at, ...build }: BuildBody) => ({ ...build, status: 'in-progress' })
    const { result } = await releases.runThrough(
      async (request, forward) => {
        if (isBuildList(request)) {
          const change = ({ results }: BuildPage) => ({
            results: results.map((build) => (releases.isOld(build) ? build : unfinished(build))),
          })
          return altered(await forward(), change)
        }
        return /\/builds\/[^/]+$/.test(request.path) ? altered(await forward(), unfinished) : undefined
      },
      { publish: 'minor', build_timeout_minutes: '0.05' },
    )
    const message = /::The build of \w{12} is not finished after [\d.]+ s \(build_timeout_minutes\)/
    await releases.expectFailure(result, 'build', message)
    expect(errors(result)).toHaveLength(1)
  })

  test('appears late', async () => {
    let looks = 0
    const { result } = await releases.runThrough(async (request, forward) => {
      if (!isBuildList(request)) return undefined
      looks += 1
      return looks > 3
        ? undefined
        : altered<BuildPage>(await forward(), (page) => ({
            ...page,
            results: page.results.filter((build) => releases.isOld(build)),
          }))
    })
    expect(errors(result)).toEqual([])
    expect(result.outputs).toMatchObject({ status: 'built', tests_passed: '6' })
    // The last one asks whether another push came meanwhile.
    expect(looks).toBe(5)
    expect(result.output).toContain('\nIt is not in the list of builds yet (')
  })

  test('appears on a later page', async () => {
    const { result } = await releases.runThrough(async (request, forward) => {
      if (!isBuildList(request)) return undefined
      const isLater = request.path.includes('marker=')
      request.path = request.path.replace(/&marker=.*/, '')
      return altered<BuildPage>(await forward(), ({ results }) => ({
        results: results.filter((build) => releases.isOld(build) !== isLater),
        marker: isLater ? null : 'the/next+page',
      }))
    })
    expect(errors(result)).toEqual([])
    expect(result.outputs).toMatchObject({ status: 'built', build_id: (await lab.builds())[0]?.build_id })
  })
})

describe('a call that is answered', () => {
  test('late: a fresh build that cannot be called yet is asked again', async () => {
    let calls = 0
    const { result } = await releases.runThrough(async (request) => {
      if (!isCallOfCommit(request)) return undefined
      calls += 1
      const message = `algorithm algo://${request.path.slice('/v1/algo/'.length).replace(/\?.*/, '')} not found`
      return calls > 2 ? undefined : jsonAnswer({ error: { message } })
    })
    expect(errors(result)).toEqual([])
    expect(result.outputs).toMatchObject({ status: 'built', tests_passed: '6' })
  })
})
