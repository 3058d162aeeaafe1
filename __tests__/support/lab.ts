import { execFile, execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from '@jest/globals'
import { projectRoot, runAction, type StepContext, type StepResult } from '../../examples/run-action.ts'
import type { ConnectorSpec } from '../../sandbox/connectors/connector.ts'
import { type Sandbox, startSandbox } from '../../sandbox/server.ts'
import { call } from './http-call.ts'
import { type BuildBody, environments, noPackages } from './sandbox-lab.ts'

/** Every character that ever broke a URL, a shell or a header. */
export const nastyPassword = 'p@ss:w/rd%41#x?&=+ é$\'"`'
export const nastyKey = 'simA/b+c=d&e%41f#g?h'
/** May store models, but not manage algorithms. */
export const storingKey = 'simStoresButDoesNotManage001'
/** May manage algorithms, but not call them. */
export const managingKey = 'simManagesButDoesNotCall0001'
/** For the endpoints of administrators only. */
const administratorKey = 'simAdministersTheCluster0001'

/** What the platform holds: the algorithm's head, its history, and every stored object with its MD5. */
export interface RemoteState {
  head: string
  commits: number
  objects: Record<string, string>
}

/** An algorithm, or a version of it, as the platform describes it (platform reference §3.1). */
export interface AlgorithmBody {
  details: { label?: string }
  settings: { algorithm_callability?: string; insights_enabled?: boolean; royalty_microcredits?: number }
  version_info: { semantic_version: string; git_hash: string; release_notes: string; sample_input: string }
}

/**
 * A machine-learning repository, a platform to deploy it to, and a runner. Each run is checked for leaked secrets:
 * in output, outputs, summary, files and the arguments of git.
 */
export class Lab {
  readonly sandbox: Sandbox
  readonly root: string
  readonly workspace: string
  readonly temp: string
  readonly home: string
  readonly owner = 'alice'
  readonly algorithm: string
  /** More secrets than the account's own, for runs that use others. */
  readonly secrets: string[]
  environment: Record<string, string>

  private constructor(sandbox: Sandbox, root: string, algorithm: string) {
    this.sandbox = sandbox
    this.algorithm = algorithm
    this.root = root
    this.workspace = join(root, 'workspace')
    this.temp = join(root, 'temp')
    this.home = join(root, 'home')
    this.secrets = [nastyPassword, nastyKey, storingKey, managingKey]
    for (const folder of [this.workspace, this.temp, this.home]) mkdirSync(folder)
    this.environment = { PATH: `${this.#gitShim()}${delimiter}${process.env.PATH}`, HOME: this.home, ...passedOn() }
  }

  /**
   * @param example an example to deploy, in place of an algorithm that needs no packages
   * @param connectors the data connectors of the platform
   */
  static async create(example?: { folder: string; algorithm: string }, connectors: ConnectorSpec[] = []): Promise<Lab> {
    const root = mkdtempSync(join(tmpdir(), 'lab-'))
    const sandbox = await startSandbox({
      environments,
      connectors,
      keys: [{ key: administratorKey, admin: true }],
      users: [
        {
          name: 'alice',
          password: nastyPassword,
          keys: [
            { key: nastyKey },
            { key: 'simReadOnlyKeyOfAlice0000001', data: 'read', manage: false },
            { key: storingKey, manage: false },
            { key: managingKey, algorithms: [] },
          ],
        },
      ],
    })
    const lab = new Lab(sandbox, root, example?.algorithm ?? 'digits')
    await sandbox.createAlgorithm(lab.owner, lab.algorithm)
    if (example) copyExample(example.folder, lab.workspace)
    else lab.#writeDigits()
    lab.git('init', '--quiet', '--initial-branch=main')
    lab.commit('First commit')
    return lab
  }

  #writeDigits(): void {
    this.write('model.pkl', 'the first model')
    this.write('digits/src/digits.py', 'def apply(input):\n    return input\n')
    // Nothing to install, so that a build takes no longer than Python takes to start.
    this.write('digits/requirements.txt', noPackages)
  }

  async close(): Promise<void> {
    await this.sandbox.close()
    rmSync(this.root, { recursive: true, force: true, maxRetries: 3 })
  }

  write(path: string, content: string | Buffer): void {
    mkdirSync(dirname(join(this.workspace, path)), { recursive: true })
    writeFileSync(join(this.workspace, path), content)
  }

  git(...args: string[]): string {
    const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', '-c', 'commit.gpgsign=false']
    return execFileSync('git', [...identity, ...args], { cwd: this.workspace, encoding: 'utf8' }).trim()
  }

  commit(message: string): string {
    this.git('add', '--all')
    this.git('commit', '--quiet', '--allow-empty', '-m', message)
    return this.git('rev-parse', 'HEAD')
  }

  /** A step for Algorithmia hosting, as it was written for the original action, with its twelve inputs at most. */
  inputs(changes: Record<string, string> = {}): Record<string, string> {
    return {
      algorithmia_api_key: nastyKey,
      algorithmia_username: this.owner,
      algorithmia_email: 'alice@example.org',
      algorithmia_algoname: this.algorithm,
      algorithmia_password: nastyPassword,
      git_host: this.sandbox.url,
      algorithmia_api: this.sandbox.url,
      ...changes,
    }
  }

  async run(changes: Record<string, string> = {}, context: Partial<StepContext> = {}): Promise<StepResult> {
    const commit = context.commit ?? this.git('rev-parse', 'HEAD')
    const result = await runAction(this.inputs(changes), {
      workspace: this.workspace,
      temp: this.temp,
      repository: 'alice/digits-training',
      ref: 'refs/heads/main',
      commit,
      environment: this.environment,
      ...context,
    })
    this.expectNoSecrets(result)
    return result
  }

  /** An organisation that the account is a member of. */
  async createOrganisation(name: string): Promise<void> {
    const ask = async (method: string, path: string, body?: unknown) => {
      const options = {
        method,
        key: administratorKey,
        ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      }
      const answer = await call(this.sandbox.url, path, options)
      expect([path, answer.status]).toEqual([path, 200])
      return answer
    }
    const [type] = (await ask('GET', '/v1/organization/types')).json() as { id: string }[]
    await ask('POST', '/v1/organizations', { org_name: name, type_id: type?.id })
    await ask('PUT', `/v1/organizations/${name}/members/${this.owner}`)
  }

  async remote(): Promise<RemoteState> {
    const repository = this.sandbox.repositoryPath(this.owner, this.algorithm)
    const read = (...args: string[]) => execFileSync('git', ['-C', repository, ...args], { encoding: 'utf8' }).trim()
    const objects: Record<string, string> = {}
    const folders = (await this.#list(this.owner)).folders ?? []
    for (const { name } of folders) {
      for (const { filename } of (await this.#list(`${this.owner}/${name}`)).files ?? []) {
        const content = await this.download(`${this.owner}/${name}/${filename}`)
        objects[`${name}/${filename}`] = createHash('md5').update(content).digest('hex')
      }
    }
    return { head: read('rev-parse', 'master'), commits: Number(read('rev-list', '--count', 'master')), objects }
  }

  /** Asks the platform about the algorithm, as its owner. @param path below the algorithm's own, such as `/builds` */
  async ask(path = ''): Promise<unknown> {
    const address = `/v1/algorithms/${this.owner}/${this.algorithm}${path}`
    return (await call(this.sandbox.url, address, { key: nastyKey })).json()
  }

  /** What is published, newest first: `0.1.0` of which commit. */
  async versions(): Promise<[number: string, commit: string][]> {
    const { results } = (await this.ask('/versions?published=true')) as { results: AlgorithmBody[] }
    return results.map(({ version_info }) => [version_info.semantic_version, version_info.git_hash])
  }

  async builds(): Promise<BuildBody[]> {
    return ((await this.ask('/builds')) as { results: BuildBody[] }).results
  }

  /**
   * Pushes to the algorithm's repository past the action, as somebody else may do at any time.
   *
   * @param files by path in the repository
   * @param branch an existing or a new one
   * @returns the pushed commit
   */
  async pushByHand(files: Record<string, string>, branch = 'master'): Promise<string> {
    const clone = mkdtempSync(join(this.root, 'clone-'))
    const account = `${this.owner}:${encodeURIComponent(nastyPassword)}`
    const url = `${this.sandbox.url.replace('://', `://${account}@`)}/git/${this.owner}/${this.algorithm}.git`
    const identity = ['-c', 'user.name=Bob', '-c', 'user.email=bob@example.org', '-c', 'commit.gpgsign=false']
    // Not synchronously: the server is in this process.
    const git = async (...args: string[]) =>
      (await promisify(execFile)('git', [...identity, ...args], { cwd: clone })).stdout.trim()
    await git('clone', '--quiet', url, '.')
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(clone, path)), { recursive: true })
      writeFileSync(join(clone, path), content)
    }
    await git('add', '--all')
    await git('commit', '--quiet', '--allow-empty', '-m', 'Pushed by hand')
    await git('push', '--quiet', 'origin', `HEAD:refs/heads/${branch}`)
    return await git('rev-parse', 'HEAD')
  }

  /** A file of the algorithm's repository at its head. */
  deployed(path: string, revision = 'master'): string {
    const repository = this.sandbox.repositoryPath(this.owner, this.algorithm)
    return execFileSync('git', ['-C', repository, 'show', `${revision}:${path}`], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
  }

  async download(path: string): Promise<Buffer> {
    const response = await fetch(`${this.sandbox.url}/v1/data/${path}`, {
      headers: { Authorization: `Simple ${nastyKey}` },
    })
    expect(response.status).toBe(200)
    return Buffer.from(await response.arrayBuffer())
  }

  async #list(path: string): Promise<{ folders?: { name: string }[]; files?: { filename: string }[] }> {
    return JSON.parse((await this.download(path)).toString())
  }

  /** No secret in any form, anywhere but on the lines that tell the runner to mask it. */
  expectNoSecrets({ output, outputs, summary }: StepResult): void {
    const printed = output
      .split('\n')
      .filter((line) => !line.startsWith('::add-mask::'))
      .join('\n')
    const files = [this.temp, this.workspace, this.home].flatMap((folder) => filesBelow(folder))
    const places: [string, string][] = [
      ['output', printed],
      ['outputs', JSON.stringify(outputs)],
      ['summary', summary],
      ...files.map((file): [string, string] => [file, readFileSync(file, 'latin1')]),
    ]
    for (const form of this.secrets.flatMap((secret) => forms(secret, this.owner))) {
      const latin1 = Buffer.from(form).toString('latin1')
      for (const [place, text] of places) {
        if (text.includes(form) || text.includes(latin1))
          throw new Error(`${place} holds a secret (as ${form.length} characters)`)
      }
    }
  }

  /** A git that writes down its arguments and environment names, and then is git. */
  #gitShim(): string {
    const folder = join(this.root, 'bin')
    mkdirSync(folder)
    if (process.platform === 'win32') return folder
    const real = execFileSync('which', ['git'], { encoding: 'utf8' }).trim()
    writeFileSync(
      join(folder, 'git'),
      `#!/bin/sh\nprintf '%s\\n' "$*" >> '${join(this.temp, 'git-arguments')}'\nexec '${real}' "$@"\n`,
    )
    chmodSync(join(folder, 'git'), 0o755)
    return folder
  }
}

function passedOn(): Record<string, string> {
  const names = /^(PIP_|SSL_CERT|LANG$|SYSTEMROOT|TEMP$|TMP$|USERPROFILE|LOCALAPPDATA|APPDATA|COMSPEC|PATHEXT)/i
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => names.test(entry[0])),
  )
}

function forms(secret: string, user: string): string[] {
  const base64 = (text: string) => Buffer.from(text).toString('base64').replace(/=+$/, '')
  return [
    secret,
    encodeURIComponent(secret),
    base64(secret),
    base64(`${user}:${secret}`),
    base64(`x-access-token:${secret}`),
  ]
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

/** The error annotations of a run. */
export function errors({ output }: StepResult): string[] {
  return output.split('\n').filter((line) => line.startsWith('::error'))
}

/** The warning annotations of a run. */
export function warnings({ output }: StepResult): string[] {
  return output.split('\n').filter((line) => line.startsWith('::warning'))
}

/** A notebook with these code cells. */
export function notebook(...cells: string[]): string {
  return JSON.stringify({
    cells: cells.map((source, index) => ({
      cell_type: 'code',
      execution_count: null,
      id: `cell-${index}`,
      metadata: {},
      outputs: [],
      source,
    })),
    metadata: { kernelspec: { display_name: 'Python 3', language: 'python', name: 'python3' } },
    nbformat: 4,
    nbformat_minor: 5,
  })
}

export function copyExample(name: string, target: string): void {
  cpSync(join(projectRoot, 'examples', name), target, { recursive: true })
}
