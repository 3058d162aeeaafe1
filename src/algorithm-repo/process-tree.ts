import type { ChildProcess } from 'node:child_process'
import { execFile } from 'node:child_process'
import { channel } from 'node:diagnostics_channel'
import { readdir, readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The gits that run. simple-git does not say which process it has started; Node does. */
const running = new Set<ChildProcess>()
channel('child_process').subscribe((message) => {
  const { process: child } = message as { process: ChildProcess }
  child.once('spawn', () => {
    if (child.spawnfile !== 'git') return
    running.add(child)
    child.once('exit', () => running.delete(child))
  })
})

/**
 * Ends each git that this process has started, with all that it has started itself: a git that is ended alone leaves a
 * transfer behind that goes on.
 */
export async function endGit(): Promise<void> {
  const started = [...running].flatMap(({ pid }) => pid ?? [])
  if (process.platform === 'win32') {
    for (const pid of started) await run('taskkill', ['/F', '/T', '/PID', String(pid)]).catch(() => {})
    return
  }
  // Without `ps`, or a /proc that may be read, at least what was started here ends.
  const parents = await parentsOf().catch(() => [])
  const doomed = new Set(started)
  // A child may be listed before its parent.
  for (let size = 0; size < doomed.size; ) {
    size = doomed.size
    for (const [pid, parent] of parents) if (doomed.has(parent)) doomed.add(pid)
  }
  for (const pid of doomed) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It is gone.
    }
  }
}

/** The parent of each process. Containers often have no `ps`; only Linux has the folder. */
async function parentsOf(): Promise<[number, number][]> {
  if (process.platform !== 'linux') {
    const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid='])
    return stdout
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/).map(Number) as [number, number])
  }
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const stats = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')))
  return stats.flatMap((stat) => {
    // The name of the program, in parentheses, may hold any character.
    const [, pid, parent] = /^(\d+) \(.*\) \S (\d+)/s.exec(stat) ?? []
    return pid === undefined || parent === undefined ? [] : [[Number(pid), Number(parent)] as [number, number]]
  })
}
