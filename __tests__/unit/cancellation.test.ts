import { getEventListeners } from 'node:events'
import { describe, expect, test } from '@jest/globals'
import { untilCancelled } from '../../src/cancellation.ts'
import { DeployError } from '../../src/errors.ts'
import { pause } from '../../src/pause.ts'

describe.each(['SIGINT', 'SIGTERM'] as const)('%s', (signal) => {
  test('ends a pause with an error that says so', async () => {
    const work = untilCancelled(async (cancelled) => {
      setImmediate(() => process.emit(signal, signal))
      await pause(600_000, cancelled)
    })
    await expect(work).rejects.toEqual(new DeployError(`The run was cancelled (${signal})`))
  })

  test('leaves the decision to the work: what is done is done', async () => {
    const work = untilCancelled(async (cancelled) => {
      process.emit(signal, signal)
      process.emit(signal, signal)
      return cancelled.aborted
    })
    expect(await work).toBe(true)
  })

  test.each([
    ['succeeds', async () => 42],
    ['fails', () => Promise.reject(new Error('no'))],
  ])('means what it meant before when the work %s', async (_, work) => {
    const before = process.listeners(signal)
    await untilCancelled(async () => {
      expect(process.listenerCount(signal)).toBe(before.length + 1)
      return work()
    }).catch(() => undefined)
    expect(process.listeners(signal)).toEqual(before)
  })
})

describe('a pause', () => {
  test('passes without a signal, and with one that stays silent', async () => {
    await pause(1)
    await pause(1, new AbortController().signal)
  })

  test('does not begin when it is over already', async () => {
    await expect(pause(600_000, AbortSignal.abort(new DeployError('over')))).rejects.toEqual(new DeployError('over'))
  })

  test('leaves no listener behind', async () => {
    const controller = new AbortController()
    for (let round = 0; round < 20; round += 1) await pause(0, controller.signal)
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  })
})
