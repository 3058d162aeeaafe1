import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

/** The branch that the platform builds (platform reference §1, "Git access"). */
export const builtBranch = 'refs/heads/master'

/** The bare repositories of algorithms. Each is named by the algorithm's id, so that no name becomes a path. */
export class Repositories {
  readonly folder: string
  readonly #environment: NodeJS.ProcessEnv

  constructor(stateDir: string, environment: NodeJS.ProcessEnv) {
    this.folder = join(stateDir, 'repositories')
    this.#environment = environment
    mkdirSync(this.folder, { recursive: true })
    for (const name of readdirSync(this.folder)) {
      const path = join(this.folder, name)
      // Half created when the server was killed.
      if (name.endsWith('.tmp')) rmSync(path, { recursive: true, force: true })
      else removeLeftovers(path)
    }
  }

  pathOf(id: string): string {
    return join(this.folder, `${id}.git`)
  }

  /** Creates the repository with one commit. It appears complete or not at all. */
  async create(id: string, files: Record<string, string>): Promise<void> {
    const unfinished = `${this.pathOf(id)}.tmp`
    try {
      await this.#git(['init', '--quiet', '--bare', '--template=', unfinished])
      await this.#git(['--git-dir', unfinished, 'fast-import', '--quiet', '--date-format=now'], importStream(files))
      renameSync(unfinished, this.pathOf(id))
    } catch (error) {
      rmSync(unfinished, { recursive: true, force: true })
      throw error
    }
  }

  remove(id: string): void {
    rmSync(this.pathOf(id), { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }

  async #git(args: string[], input = ''): Promise<void> {
    const child = spawn('git', args, { env: this.#environment, stdio: ['pipe', 'ignore', 'pipe'] })
    const exit = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve))
    child.stdin.on('error', () => undefined).end(input)
    const [code, problem] = await Promise.all([exit, text(child.stderr)])
    if (code !== 0) throw new Error(`git ${args[0]} failed: ${problem.trim()}`)
  }
}

/**
 * Removes what git processes that were killed left in a repository: half received packs, which nothing refers to, and
 * locks, which would refuse every later push.
 */
function removeLeftovers(repository: string): void {
  const paths = [
    ...readdirSync(repository).filter(isLock),
    ...readdirSync(join(repository, 'refs'), { recursive: true, encoding: 'utf8' })
      .filter(isLock)
      .map((name) => join('refs', name)),
    ...readdirSync(join(repository, 'objects'))
      .filter((name) => name.startsWith('tmp_'))
      .map((name) => join('objects', name)),
  ]
  for (const path of paths) rmSync(join(repository, path), { recursive: true, force: true })
}

const isLock = (name: string) => name.endsWith('.lock')

/** @see https://git-scm.com/docs/git-fast-import */
function importStream(files: Record<string, string>): string {
  const data = (content: string) => `data ${Buffer.byteLength(content)}\n${content}\n`
  const changes = Object.entries(files).map(([path, content]) => `M 100644 inline ${path}\n${data(content)}`)
  const committer = 'committer Algorithmia <noreply@algorithmia.com> now\n'
  return `commit ${builtBranch}\n${committer}${data('Initial commit')}${changes.join('')}\ndone\n`
}
