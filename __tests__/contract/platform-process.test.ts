import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from '@jest/globals'
import { expectNoSecret, key, MB, platformLab } from '../support/platform-lab.ts'
import { scriptedPlatform } from '../support/scripted-platform.ts'
import type { Step } from '../support/scripted-server.ts'

// A process that uploads must end by itself: nothing may be left open that keeps a runner's job alive.

const lab = platformLab()
const program = join(import.meta.dirname, '../bench/upload-once.js')

/** Uploads in a process of its own, which is given 30 seconds after the server's last word. */
async function uploadOnce(put: Step, size: number) {
  const { path } = lab.model(size, 'process.bin')
  const server = await lab.serve(scriptedPlatform(({ method }) => (method === 'PUT' ? put : undefined)).script)
  const child = spawn(process.execPath, [program, server.url, path], {
    env: { PATH: process.env.PATH ?? '', API_KEY: key },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 30_000,
    killSignal: 'SIGKILL',
  })
  const ended = new Promise((resolve) => child.on('close', (code, signal) => resolve(signal ?? code)))
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)])
  expectNoSecret(output + errors)
  return { end: await ended, errors }
}

describe('a process that uploads ends', () => {
  test.each([MB, 24 * MB])('after %i bytes were stored', async (size) => {
    expect(await uploadOnce({}, size)).toEqual({ end: 0, errors: '' })
  })

  test.each<[string, Step]>([
    ['on a connection that stays open', { afterBytes: 0 }],
    ['on a connection that is closed', { afterBytes: 0, end: 'close' }],
    ['on a connection that is reset', { afterBytes: 0, end: 'reset' }],
    ['after some bytes, on a connection that stays open', { afterBytes: 5 * MB }],
  ])('after a refusal %s', async (_case, step) => {
    const refusal = { status: 401, body: { error: { message: 'who are you' } } }
    const { end, errors } = await uploadOnce({ ...refusal, ...step }, 24 * MB)
    expect(errors).toContain('(HTTP 401: who are you)')
    expect(end).toBe(1)
  })

  test('after a redirect', async () => {
    const { end, errors } = await uploadOnce({ status: 307, headers: { Location: '/x' }, afterBytes: 0 }, 24 * MB)
    expect(errors).toContain('redirect to /x')
    expect(end).toBe(1)
  })
})
