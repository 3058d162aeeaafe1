/**
 * Clones of a repository with a long history, as the action makes them and in full: `node clone-large.js COMMITS BYTES
 * ROUNDS`. The last line holds milliseconds and bytes on the wire of each, in order, as JSON.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AlgorithmRepository } from '../../src/algorithm-repo/repository.ts'
import { GitServer } from '../support/git-server.ts'
import { writeHistory } from '../support/long-history.ts'

const [commits = 0, size = 0, rounds = 0] = process.argv.slice(2).map(Number)
const server = await GitServer.start()
const temp = mkdtempSync(join(tmpdir(), 'bench-clone-'))

async function measure(clone: (folder: string) => Promise<void>) {
  const folder = mkdtempSync(join(temp, 'run-'))
  const [started, before] = [performance.now(), server.traffic]
  await clone(folder)
  const figures = { milliseconds: performance.now() - started, bytes: server.traffic - before }
  rmSync(folder, { recursive: true })
  return figures
}

try {
  const origin = server.create('bench/algorithm.git')
  await writeHistory(origin, commits, size)
  const author = { name: 'Bench', email: 'bench@example.com' }
  const location = {
    url: origin.url,
    login: 'bench',
    secret: 'none',
    secretInput: 'github_pat',
    provider: 'other' as const,
    branch: undefined,
    author,
  }
  const ours = async (folder: string) => {
    await AlgorithmRepository.clone(location, folder)
  }
  const full = async (folder: string) => {
    const git = spawn('git', ['clone', '--quiet', origin.url, join(folder, 'full')], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    const [code] = await once(git, 'close')
    if (code !== 0) throw new Error(`git clone ended with exit code ${code}`)
  }
  // The first of each warms the disk cache.
  await measure(ours)
  await measure(full)
  const figures: Record<'ours' | 'full', Awaited<ReturnType<typeof measure>>[]> = { ours: [], full: [] }
  for (let round = 0; round < rounds; round += 1) {
    figures.ours.push(await measure(ours))
    figures.full.push(await measure(full))
  }
  console.log(JSON.stringify(figures))
} finally {
  await server.close()
  rmSync(temp, { recursive: true, force: true })
}
