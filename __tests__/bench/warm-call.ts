/**
 * Calls of a trivial algorithm that is warm: through a sandbox in a process of its own, and straight to a process of
 * the algorithm, in turn. Prints `{"own":[...],"call":[...]}`, all times in milliseconds.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Instance } from '../../sandbox/running/instance.ts'
import { annasKey, noPackages } from '../support/sandbox-lab.ts'
import { SandboxProcess } from '../support/sandbox-process.ts'

const rounds = Number(process.argv[2] ?? 500)
const source = 'def apply(input):\n    return input\n'
const input = JSON.stringify('x'.repeat(100))

const folder = mkdtempSync(join(tmpdir(), 'warm-call-'))
const own = join(folder, 'own')
mkdirSync(join(own, 'src'), { recursive: true })
writeFileSync(join(own, 'src', 'Echo.py'), source)
const python = process.platform === 'win32' ? 'python' : 'python3'
const instance = new Instance({ python, source: own, module: 'Echo', env: { PATH: process.env.PATH ?? '' } })
const server = await SandboxProcess.start(join(folder, 'state'))
try {
  const { commit_sha } = await server.deploy('Echo', { 'requirements.txt': noPackages, 'src/Echo.py': source })
  await instance.loaded
  const contestants = {
    own: async () => {
      const outcome = await instance.call(`{"content_type":"text","data":${input}}`)
      if ('failure' in outcome) throw new Error(outcome.failure.message)
    },
    call: async () => {
      const headers = { authorization: annasKey, 'content-type': 'application/json' }
      const url = `${server.url}/v1/algo/anna/Echo/${commit_sha}`
      const answer = await (await fetch(url, { method: 'POST', headers, body: input })).json()
      if (!('result' in Object(answer))) throw new Error(JSON.stringify(answer))
    },
  }
  const times: Record<string, number[]> = { own: [], call: [] }
  for (let round = -20; round < rounds; round += 1) {
    for (const [name, contestant] of Object.entries(contestants)) {
      const started = performance.now()
      await contestant()
      // The first rounds warm both up.
      if (round >= 0) times[name]?.push(performance.now() - started)
    }
  }
  console.log(JSON.stringify(times))
} finally {
  await server.close()
  await instance.stop()
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
}
