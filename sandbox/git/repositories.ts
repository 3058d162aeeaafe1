import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { endOf } from '../processes.ts'

/** The branch that the platform builds (platform reference §1, "Git access"). */
export const builtBranch = 'refs/heads/master'

/** A commit of an algorithm's history. */
export interface Commit {
  id: string
  /** The first line of the message. */
  subject: string
  message: string
  author: string
}

const mostCommits = 1000

/** The bare repositories of algorithms. Each is named by the algorithm's id, so that no name becomes a path. */
export class Repositories {
  readonly folder: string
  readonly #environment: NodeJS.ProcessEnv

  constructor(stateDir: string, environment: NodeJS.ProcessEnv) {
    this.folder = join(stateDir, 'repositories')
    this.#environment = environment
    mkdirSync(this.folder, { recursive: true })
  }

  /** Removes what belongs to no algorithm: left by a server that was killed while it created or deleted one. */
  keepOnly(ids: Set<string>): void {
    for (const name of readdirSync(this.folder)) {
      const [id = ''] = name.split('.')
      const path = join(this.folder, name)
      if (name.endsWith('.tmp') || !ids.has(id)) removeFolder(path)
      else removeLeftovers(path)
    }
  }

  pathOf(id: string): string {
    return join(this.folder, `${id}.git`)
  }

  /** Creates the repository with one commit. It appears complete or not at all. */
  async create(id: string, files: Record<string, string>): Promise<void> {
    await this.#appear(`${id}.git`, async (unfinished) => {
      await this.#git(['--git-dir', unfinished, 'fast-import', '--quiet', '--date-format=now'], importStream(files))
    })
  }

  /**
   * A repository whose only branch is one commit of another one, made when it is first asked for. It borrows the
   * objects, by a relative path: the state folder may be moved.
   *
   * @returns its name in `folder`
   */
  async atCommit(id: string, commit: string): Promise<string> {
    const name = `${id}.${commit}.git`
    if (existsSync(join(this.folder, name))) return name
    await this.#appear(name, async (unfinished) => {
      writeFileSync(join(unfinished, 'objects', 'info', 'alternates'), `../../${id}.git/objects\n`)
      await this.#git(['--git-dir', unfinished, 'update-ref', builtBranch, commit])
    })
    return name
  }

  /** The newest commits of the built branch, newest first. */
  async log(id: string, { since, until }: { since: Date | undefined; until: Date | undefined }): Promise<Commit[]> {
    const limits = [
      ...(since ? [`--since=${since.toISOString()}`] : []),
      ...(until ? [`--until=${until.toISOString()}`] : []),
    ]
    const format = ['-z', `--max-count=${mostCommits}`, '--format=%H%x00%s%x00%B%x00%an']
    const output = await this.#git(['--git-dir', this.pathOf(id), 'log', ...format, ...limits, builtBranch])
    const fields = output.split('\0')
    return Array.from({ length: Math.floor(fields.length / 4) }, (_, index) => {
      const [commit = '', subject = '', message = '', author = ''] = fields.slice(index * 4)
      return { id: commit, subject, message: message.trimEnd(), author }
    })
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

  /** With everything that borrows from it. */
  remove(id: string): void {
    for (const name of readdirSync(this.folder)) {
      if (name.startsWith(`${id}.`)) removeFolder(join(this.folder, name))
    }
  }

  /** Fills a new repository aside and then gives it its name. */
  async #appear(name: string, fill: (unfinished: string) => Promise<void>): Promise<void> {
    const unfinished = join(this.folder, `${name}.${crypto.randomUUID()}.tmp`)
    try {
      await this.#git(['init', '--quiet', '--bare', '--template=', unfinished])
      await fill(unfinished)
      renameSync(unfinished, join(this.folder, name))
    } catch (error) {
      removeFolder(unfinished)
      // Somebody else who asked for the same one was faster.
      if (!existsSync(join(this.folder, name))) throw error
    }
  }

  async #git(args: string[], input = '', environment = this.#environment): Promise<string> {
    const child = spawn('git', args, { env: environment, stdio: ['pipe', 'pipe', 'pipe'] })
    const ended = endOf(child)
    if (child.pid === undefined) await ended
    child.stdin.on('error', () => undefined).end(input)
    const [[code], output, problem] = await Promise.all([ended, text(child.stdout), text(child.stderr)])
    if (code !== 0) throw new Error(`git ${args.join(' ')} failed: ${problem.trim()}`)
    return output
  }
}

function removeFolder(path: string): void {
  rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
}

/**
 * Removes what git processes that were killed left in a repository: half received packs, which nothing refers to, and
 * locks, which would refuse every later push.
 */
function removeLeftovers(repository: string): void {
  const paths = [
    ...filesIn(repository, '.').filter(isLock),
    ...filesIn(repository, 'refs', true).filter(isLock),
    ...filesIn(repository, 'objects').filter((name) => basename(name).startsWith('tmp_')),
  ]
  for (const path of paths) rmSync(join(repository, path), { recursive: true, force: true })
}

/** Below a folder of a repository; none where somebody has damaged it. */
function filesIn(repository: string, folder: string, recursive = false): string[] {
  if (!existsSync(join(repository, folder))) return []
  return readdirSync(join(repository, folder), { recursive, encoding: 'utf8' }).map((name) => join(folder, name))
}

const isLock = (name: string) => name.endsWith('.lock')

/** @see https://git-scm.com/docs/git-fast-import */
function importStream(files: Record<string, string>): string {
  const data = (content: string) => `data ${Buffer.byteLength(content)}\n${content}\n`
  const changes = Object.entries(files).map(([path, content]) => `M 100644 inline ${path}\n${data(content)}`)
  const committer = 'committer Algorithmia <noreply@algorithmia.com> now\n'
  return `commit ${builtBranch}\n${committer}${data('Initial commit')}${changes.join('')}\ndone\n`
}
