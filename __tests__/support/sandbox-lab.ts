import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/server.ts'
import { call, type HttpAnswer } from './http-call.ts'

const run = promisify(execFile)

/** Shared by all tests of a machine, so that the same requirements.txt is installed once. */
export const environments = join(tmpdir(), 'algorithmia-sandbox-environments')

/** A build as the platform describes it. */
export interface BuildBody {
  build_id: string
  status: string
  commit_sha: string
  started_at: string
  finished_at?: string
  version_info?: { semantic_version: string }
}

/** The accounts of a lab: `anna`, and `ben` who has no algorithms. */
export const annasKey = 'simAnna/0123456789abcdefghij'
export const bensKey = 'simBen'

/** What a developer of algorithms does with a sandbox, as `anna`. */
export class Developer {
  readonly url: string
  readonly key = annasKey
  readonly otherKey = bensKey
  readonly #folder = mkdtempSync(join(tmpdir(), 'sandbox-lab-'))

  constructor(url: string) {
    this.url = url
  }

  async close(): Promise<void> {
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 3 })
  }

  /** A request with a JSON body, by anna unless another key is given. */
  async request(method: string, path: string, body?: unknown, key = this.key): Promise<HttpAnswer> {
    return await call(this.url, path, {
      method,
      key,
      ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
  }

  /**
   * Creates an algorithm of anna's if it is missing, pushes these files over what it has, and waits for the build.
   *
   * @param files by path in the repository
   */
  async deploy(name: string, files: Record<string, string>, settings: object = {}): Promise<BuildBody> {
    const created = await this.request('POST', '/v1/algorithms/anna', { name, settings })
    if (![200, 409].includes(created.status)) throw new Error(`${name} was not created: ${created.text}`)
    const commit = await this.push(name, files)
    const [build] = await this.builds(name)
    if (build?.commit_sha !== commit) throw new Error(`The push of ${name} began no build`)
    return await this.finished(name, build.build_id)
  }

  /**
   * @param links symbolic links, by path, with what they lead to
   * @returns the pushed commit
   */
  async push(
    name: string,
    files: Record<string, string>,
    branch = 'master',
    links: Record<string, string> = {},
  ): Promise<string> {
    const clone = mkdtempSync(join(this.#folder, 'clone-'))
    const account = `anna:${encodeURIComponent(this.key)}`
    const url = `${this.url.replace('://', `://${account}@`)}/git/anna/${name}.git`
    await this.#git(clone, 'clone', '--quiet', url, '.')
    await this.#git(clone, 'checkout', '--quiet', '-B', branch)
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(clone, path)), { recursive: true })
      writeFileSync(join(clone, path), content)
    }
    for (const [path, target] of Object.entries(links)) {
      rmSync(join(clone, path), { force: true })
      symlinkSync(target, join(clone, path))
    }
    await this.#git(clone, 'add', '--all')
    await this.#git(clone, 'commit', '--quiet', '--allow-empty', '-m', `Change ${name}`)
    await this.#git(clone, 'push', '--quiet', 'origin', `HEAD:refs/heads/${branch}`)
    return await this.#git(clone, 'rev-parse', 'HEAD')
  }

  async builds(name: string): Promise<BuildBody[]> {
    const answer = await this.request('GET', `/v1/algorithms/anna/${name}/builds`)
    return (answer.json() as { results: BuildBody[] }).results
  }

  async finished(name: string, buildId: string): Promise<BuildBody> {
    for (;;) {
      const build = (await this.request('GET', `/v1/algorithms/anna/${name}/builds/${buildId}`)).json() as BuildBody
      if (build.status !== 'in-progress') return build
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  async buildLog(name: string, buildId: string): Promise<string> {
    const answer = await this.request('GET', `/v1/algorithms/anna/${name}/builds/${buildId}/logs`)
    return (answer.json() as { logs: string }).logs
  }

  /** Calls `anna/<path>` and gives the answer as the platform describes it (platform reference §4). */
  async ask(path: string, input: unknown, key = this.key): Promise<AlgorithmAnswer> {
    return (await this.request('POST', `/v1/algo/anna/${path}`, input, key)).json() as AlgorithmAnswer
  }

  async #git(cwd: string, ...args: string[]): Promise<string> {
    const identity = ['-c', 'user.name=Anna', '-c', 'user.email=anna@example.org', '-c', 'commit.gpgsign=false']
    const env = { PATH: process.env.PATH, HOME: this.#folder, GIT_CONFIG_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0' }
    return (await run('git', [...identity, ...args], { cwd, env })).stdout.trim()
  }
}

/** A sandbox in this process, and its developer. */
export class SandboxLab extends Developer {
  readonly sandbox: Sandbox
  readonly log: string[]

  private constructor(sandbox: Sandbox, log: string[]) {
    super(sandbox.url)
    this.sandbox = sandbox
    this.log = log
  }

  static async start(options: SandboxOptions = {}): Promise<SandboxLab> {
    const log: string[] = []
    const users = [
      { name: 'anna', keys: [{ key: annasKey }] },
      { name: 'ben', keys: [{ key: bensKey }] },
    ]
    const sandbox = await startSandbox({ users, environments, log: (line) => log.push(line), ...options })
    return new SandboxLab(sandbox, log)
  }

  override async close(): Promise<void> {
    await this.sandbox.close()
    await super.close()
  }
}

/** What a call answers with. */
export interface AlgorithmAnswer {
  result?: unknown
  error?: { message: string; error_type?: string; stacktrace?: string; stack_trace?: string }
  metadata?: { content_type?: string; duration: number; stdout?: string; request_id?: string }
}

/** The requirements of an algorithm that uses no package. */
export const noPackages = '# no packages\n'
