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
    // Half created when the server was killed.
    for (const name of readdirSync(this.folder)) {
      if (name.endsWith('.tmp')) rmSync(join(this.folder, name), { recursive: true, force: true })
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

  /** The commit at the head of the built branch. */
  async head(id: string): Promise<string> {
    return (await this.#git(['--git-dir', this.pathOf(id), 'rev-parse', '--verify', builtBranch])).trim()
  }

  /** True if anything was pushed to the built branch: it holds more than the template's commit. */
  async wasPushed(id: string): Promise<boolean> {
    return Number(await this.#git(['--git-dir', this.pathOf(id), 'rev-list', '--count', builtBranch])) > 1
  }

  /** Writes the files of a commit into an empty folder. */
  async checkout(id: string, commit: string, folder: string): Promise<void> {
    const repository = ['--git-dir', this.pathOf(id), '--work-tree', folder]
    const environment = { ...this.#environment, GIT_INDEX_FILE: `${folder}.index` }
    try {
      await this.#git([...repository, 'read-tree', commit], '', environment)
      await this.#git([...repository, 'checkout-index', '--all', '--force'], '', environment)
    } finally {
      rmSync(`${folder}.index`, { force: true })
    }
  }

  remove(id: string): void {
    rmSync(this.pathOf(id), { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }

  async #git(args: string[], input = '', environment = this.#environment): Promise<string> {
    const child = spawn('git', args, { env: environment, stdio: ['pipe', 'pipe', 'pipe'] })
    const exit = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve))
    child.stdin.on('error', () => undefined).end(input)
    const [code, output, problem] = await Promise.all([exit, text(child.stdout), text(child.stderr)])
    if (code !== 0) throw new Error(`git ${args.join(' ')} failed: ${problem.trim()}`)
    return output
  }
}

/** @see https://git-scm.com/docs/git-fast-import */
function importStream(files: Record<string, string>): string {
  const data = (content: string) => `data ${Buffer.byteLength(content)}\n${content}\n`
  const changes = Object.entries(files).map(([path, content]) => `M 100644 inline ${path}\n${data(content)}`)
  const committer = 'committer Algorithmia <noreply@algorithmia.com> now\n'
  return `commit ${builtBranch}\n${committer}${data('Initial commit')}${changes.join('')}\ndone\n`
}
