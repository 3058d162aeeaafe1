import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { annasKey, Developer, environments } from './sandbox-lab.ts'
import { until } from './until.ts'

const program = fileURLToPath(new URL('../../../sandbox/index.ts', import.meta.url))

/** A sandbox in a process of its own, as a person starts it, and its developer. */
export class SandboxProcess extends Developer {
  readonly child: ChildProcess
  readonly #exit: Promise<void>

  private constructor(child: ChildProcess, url: string) {
    super(url)
    this.child = child
    this.#exit = new Promise((resolve) => child.once('exit', () => resolve()))
  }

  /** @param fileLimit how many files it may have open */
  static async start(stateDir: string, options: string[] = [], fileLimit?: number): Promise<SandboxProcess> {
    const account = ['--user', 'anna', '--api-key', annasKey]
    const args = [program, '--state', stateDir, ...account, '--environments', environments, '--quiet', ...options]
    const env = { ...process.env, TMPDIR: tmpdir(), NO_PROXY: '*' }
    const [file, ...rest] =
      fileLimit === undefined
        ? [process.execPath, ...args]
        : ['sh', '-c', `ulimit -n ${fileLimit}; exec "$0" "$@"`, process.execPath, ...args]
    const child = spawn(file, rest, { env, stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
    })
    await until(() => output.includes('Ctrl-C') || child.exitCode !== null)
    const url = /ALGORITHMIA_API=(\S+)/.exec(output)?.[1]
    if (!url) throw new Error(`The sandbox did not start: ${output}`)
    return new SandboxProcess(child, url)
  }

  /** Resident memory, in bytes. */
  memory(): number {
    return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(this.child.pid)], { encoding: 'utf8' })) * 1024
  }

  /** The process groups of the algorithms that it runs. */
  algorithms(): number[] {
    return processes()
      .filter(({ parent, command }) => parent === this.child.pid && command.includes('runner.py'))
      .map(({ pid }) => pid)
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    this.child.kill(signal)
    await this.#exit
  }

  override async close(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) await this.stop('SIGKILL')
    await super.close()
  }
}

interface ProcessLine {
  pid: number
  parent: number
  group: number
  command: string
}

/** All processes of the machine that have not ended. */
export function processes(): ProcessLine[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid=,pgid=,stat=,args='], { encoding: 'utf8' }).split('\n')
  return lines.flatMap((line) => {
    const [, pid, parent, group, state, command = ''] = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? []
    if (pid === undefined || state?.startsWith('Z')) return []
    return [{ pid: Number(pid), parent: Number(parent), group: Number(group), command }]
  })
}
