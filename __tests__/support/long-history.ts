import { spawn } from 'node:child_process'
import { randomFillSync } from 'node:crypto'
import { once } from 'node:events'
import type { BareRepository } from './git-server.ts'

/**
 * Gives an empty repository a history in which each commit brings another `model.bin`, which nothing can compress.
 *
 * @param size of all of them together, in bytes
 */
export async function writeHistory(origin: BareRepository, commits: number, size: number): Promise<void> {
  const settings = ['-c', 'core.compression=0', '-c', 'core.bigFileThreshold=1k']
  const git = spawn('git', [...settings, 'fast-import', '--quiet'], {
    cwd: origin.folder,
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  const ended = once(git, 'close')
  const send = async (chunk: string | Buffer) => {
    if (!git.stdin.write(chunk)) await once(git.stdin, 'drain')
  }
  const each = Math.floor(size / commits)
  for (let number = 0; number < commits; number += 1) {
    const made = 1_500_000_000 + number * 3600
    await send(`commit refs/heads/${origin.branch}\ncommitter T <t@t> ${made} +0000\ndata 1\nx\n`)
    if (number === 0) await send('M 100644 inline src/algorithm.py\ndata 2\na\n\n')
    await send(`M 100644 inline model.bin\ndata ${each}\n`)
    await send(randomFillSync(Buffer.alloc(each)))
    await send('\n')
  }
  git.stdin.end()
  const [code] = await ended
  if (code !== 0) throw new Error(`git fast-import ended with exit code ${code}`)
}
