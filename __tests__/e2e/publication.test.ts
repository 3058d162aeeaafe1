import { beforeAll, describe, expect, test } from '@jest/globals'
import type { StepResult } from '../../examples/run-action.ts'
import { errors, type Lab } from '../support/lab.ts'
import { altered, jsonAnswer } from '../support/meddling-proxy.ts'
import { isCallOfCommit, isPublication, notReleased, Releases } from '../support/releases.ts'

const releases = Releases.inTests()
let lab: Lab
beforeAll(() => {
  lab = releases.lab
})

describe('a publication', () => {
  const released = async (result: StepResult, requests: string[]) => {
    expect(errors(result)).toEqual([])
    expect(result.exitCode).toBe(0)
    const [[version, commit] = ['', ''], ...others] = await releases.newVersions()
    expect(result.outputs).toMatchObject({ status: 'released', version, algorithm_commit_sha: commit })
    expect(others).toEqual([])
    expect(requests.filter((line) => /^POST .*\/versions$/.test(line))).toHaveLength(1)
  }

  test('is not made when another push comes between test and publication', async () => {
    let newer = ''
    const { result, requests } = await releases.runThrough(
      async (request) => {
        if (isCallOfCommit(request) && newer === '') newer = await lab.pushByHand({ 'note.txt': 'by hand' })
        return undefined
      },
      { publish: 'minor' },
    )
    expect(result.exitCode).toBe(1)
    expect(result.outputs).toMatchObject({ status: 'failed', failed_phase: 'publish', tests_passed: '6', version: '' })
    expect(errors(result)).toHaveLength(1)
    expect(errors(result)[0]).toContain(`::Not published: ${newer} was pushed after `)
    expect(result.outputs.algorithm_commit_sha).not.toBe(newer)
    expect(result.summary).toContain(`failed (publish), ${notReleased}`)
    expect((await lab.remote()).head).toBe(newer)
    expect(await lab.versions()).toEqual(releases.versions)
    expect(requests.filter((line) => /^POST .*\/versions$/.test(line))).toEqual([])
  })

  test('that is answered with 500 after it took effect is released, and made once', async () => {
    const { result, requests } = await releases.runThrough(
      async (request, forward) => {
        if (!isPublication(request)) return undefined
        await forward()
        return jsonAnswer({ error: { code: 5001, message: 'Internal error' } }, 500)
      },
      { publish: 'minor' },
    )
    await released(result, requests)
  })

  test('whose connection is cut after it took effect is released, and made once', async () => {
    const { result, requests } = await releases.runThrough(
      async (request, forward) => {
        if (!isPublication(request)) return undefined
        await forward()
        return 'cut'
      },
      { publish: 'minor' },
    )
    await released(result, requests)
  })

  test('whose connection is cut before it took effect is uncertain, and not made again', async () => {
    const { result, requests } = await releases.runThrough(
      async (request) => (isPublication(request) ? 'cut' : undefined),
      {
        publish: 'minor',
      },
    )
    const message = /::Publishing \w{12} got no clear answer \(.*\)\. It was not sent again/
    await releases.expectFailure(result, 'publish', message, 'and it is not known whether it was published')
    expect(errors(result)).toHaveLength(1)
    expect(errors(result)[0]).toContain('Whether it was published is not known.')
    expect(requests.filter((line) => /^POST .*\/versions$/.test(line))).toHaveLength(1)
    expect(await lab.versions()).toEqual(releases.versions)
    // It says so because it may be so; the next run finds out.
    const next = await lab.run({ publish: 'minor' })
    expect(next.outputs).toMatchObject({
      status: 'released',
      algorithm_commit_sha: result.outputs.algorithm_commit_sha,
    })
    expect(await releases.newVersions()).toHaveLength(1)
  }, 240_000)

  test('that shows as another commit is not proven', async () => {
    const { result } = await releases.runThrough(
      async (request, forward) =>
        request.method === 'GET' && /\/versions\?/.test(request.path)
          ? altered<{ results: { version_info: object }[] }>(await forward(), ({ results }) => ({
              results: results.map((version) => ({
                ...version,
                version_info: { ...version.version_info, git_hash: releases.before.head },
              })),
            }))
          : undefined,
      { publish: 'minor' },
    )
    const [[version] = ['']] = await releases.newVersions()
    const message = new RegExp(`::Version ${version} is ${releases.before.head}, not \\w{40}, the commit deployed here`)
    await releases.expectFailure(result, 'publish', message, `${version} is published but not proven`)
    expect(errors(result)).toHaveLength(1)
    expect(errors(result)[0]).toContain(`It is published as ${version}, but that was not proven.`)
  })

  test('that answers otherwise than its build is not proven', async () => {
    const { result } = await releases.runThrough(
      async (request, forward) =>
        /^\/v1\/algo\/.*\/\d+\.\d+\.\d+\?/.test(request.path)
          ? altered<object>(await forward(), (answer) => ({ ...answer, result: 'something else' }))
          : undefined,
      { publish: 'minor' },
    )
    const [[version] = ['']] = await releases.newVersions()
    const message = new RegExp(`::Version ${version} does not answer as its build did: echoes: `)
    await releases.expectFailure(result, 'publish', message, `${version} is published but not proven`)
  })
})
