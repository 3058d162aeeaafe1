import { existsSync, statSync } from 'node:fs'
import { getInput } from '@actions/core'
import { type DataUri, parseCollection } from './algorithmia/data-uri.ts'
import { DeployError } from './errors.ts'
import * as value from './input-values.ts'
import { mask, warning } from './log.ts'

/** The inputs of action.yml, in its order. */
export const inputNames = [
  'algorithmia_api_key',
  'algorithmia_username',
  'algorithmia_email',
  'algorithmia_algoname',
  'algorithmia_password',
  'github_username',
  'github_pat',
  'algorithmia_uploadpath',
  'model_path',
  'notebook_path',
  'git_host',
  'algorithmia_api',
  'python',
  'requirements_path',
  'notebook_parameters',
  'notebook_timeout_minutes',
  'cell_timeout_minutes',
  'notebook_environment',
  'executed_notebook_path',
  'algorithm_path',
  'copy_mode',
  'copy_exclude',
  'algorithm_owner',
  'algorithm_repository',
  'algorithm_branch',
  'commit_message',
  'dry_run',
] as const

export type InputName = (typeof inputNames)[number]

/** Defaults of action.yml that mean "if it is there": a missing file of that name is no mistake. */
const defaultNotebook = 'model_training.ipynb'
const defaultRequirements = 'requirements.txt'

export interface PlatformInputs {
  /** Without `/v1` and trailing slash. */
  apiUrl: string
  apiKey: string
  owner: string
  algorithm: string
}

export interface TrainingInputs {
  notebook: value.WorkspacePath
  requirements: value.WorkspacePath | undefined
  python: string | undefined
  parameters: Record<string, unknown>
  notebookTimeoutMs: number | undefined
  cellTimeoutMs: number | undefined
  passThrough: string[]
  executedNotebook: value.WorkspacePath | undefined
}

export interface CodeInputs {
  folder: value.WorkspacePath
  mode: 'overlay' | 'mirror'
  exclude: string[]
}

export interface RepositoryInputs {
  url: string
  hosting: 'algorithmia' | 'github'
  login: string
  secret: string
  /** The input that holds the secret, for messages. */
  secretInput: InputName
  branch: string | undefined
  author: { name: string; email: string }
  message: string | undefined
}

export interface Inputs {
  workspace: string
  /** RUNNER_TEMP: on the same disk as the workspace, emptied by the runner after the job. */
  temp: string
  platform: PlatformInputs
  collection: DataUri
  model: value.WorkspacePath
  /** Undefined when there is nothing to train; `trainingSkipped` says why. */
  training: TrainingInputs | undefined
  trainingSkipped: string
  /** Undefined when there is no code to copy; `codeSkipped` says why. */
  code: CodeInputs | undefined
  codeSkipped: string
  repository: RepositoryInputs
  dryRun: boolean
}

/**
 * Reads and checks everything that the workflow says, before anything is changed or contacted, and masks the secrets.
 *
 * @throws DeployError that lists every problem, each with the input's name and the remedy
 */
export async function readInputs(environment: NodeJS.ProcessEnv): Promise<Inputs> {
  const reader = new InputReader()
  const text = (name: InputName) => getInput(name)

  // Secrets first: they must be masked before anything else is printed, and a missing one explains the rest.
  const apiKey = reader.secret('algorithmia_api_key')
  const password = reader.secret('algorithmia_password', text('algorithmia_username'))
  const token = reader.secret('github_pat')
  if (apiKey === '' && !reader.failed('algorithmia_api_key')) {
    reader.report('algorithmia_api_key', `is empty. ${whySecretsAreEmpty}`)
  }

  const workspace = reader.folder('GITHUB_WORKSPACE', environment, 'run actions/checkout before this step')
  const temp = reader.folder('RUNNER_TEMP', environment, 'this action runs inside GitHub Actions')
  const username = reader.required('algorithmia_username', value.account)
  const algorithm = reader.required('algorithmia_algoname', value.algorithmName)
  const emailAddress = reader.optional('algorithmia_email', value.email) ?? 'githubactions@placeholder.email'
  const path = (name: InputName) =>
    reader.optional(name, (raw) => value.workspacePath(raw, workspace ?? '.'), workspace !== undefined)

  const collection = reader.required('algorithmia_uploadpath', (raw) =>
    parseCollection(
      raw
        .replaceAll('$ALGORITHMIA_USERNAME', username ?? 'username')
        .replaceAll('$ALGORITHMIA_ALGONAME', algorithm ?? 'algorithm'),
    ),
  )
  const model = reader.required('model_path', (raw) => value.modelPath(raw, workspace ?? '.'), workspace !== undefined)
  const apiUrl =
    reader.optional('algorithmia_api', value.httpUrl)?.replace(/\/v1$/, '') ?? 'https://api.algorithmia.com'

  const notebook = path('notebook_path')
  const requirements = path('requirements_path')
  if (notebook && !existsSync(notebook.absolute) && text('notebook_path') !== defaultNotebook) {
    reader.report('notebook_path', `is ${value.quote(notebook.relative)}, which does not exist in the workspace`)
  }
  if (requirements && !existsSync(requirements.absolute) && text('requirements_path') !== defaultRequirements) {
    reader.report(
      'requirements_path',
      `is ${value.quote(requirements.relative)}, which does not exist in the workspace`,
    )
  }
  const parameters = await reader.parameters('notebook_parameters')
  const training: Omit<TrainingInputs, 'notebook'> = {
    requirements: requirements && existsSync(requirements.absolute) ? requirements : undefined,
    python: text('python') || undefined,
    parameters,
    notebookTimeoutMs: reader.optional('notebook_timeout_minutes', value.minutes),
    cellTimeoutMs: reader.optional('cell_timeout_minutes', value.minutes),
    passThrough: reader.optional('notebook_environment', value.variableNames) ?? [],
    executedNotebook: path('executed_notebook_path'),
  }

  const codeFolder =
    path('algorithm_path') ??
    reader.derived(
      () => value.workspacePath(algorithm ?? '.', workspace ?? '.'),
      algorithm && workspace,
      'algorithm_path',
    )
  const codeExists = codeFolder !== undefined && existsSync(codeFolder.absolute)
  if (codeFolder && text('algorithm_path') !== '' && !codeExists) {
    reader.report('algorithm_path', `is ${value.quote(codeFolder.relative)}, which does not exist in the workspace`)
  }
  if (codeFolder && codeExists && !statSync(codeFolder.absolute).isDirectory()) {
    reader.report('algorithm_path', `is ${value.quote(codeFolder.relative)}, which is not a folder`)
  }
  const mode = reader.optional('copy_mode', (raw) => value.oneOf(raw, ['overlay', 'mirror'] as const)) ?? 'overlay'
  const exclude = text('copy_exclude').split(/\r?\n/)

  const owner = reader.optional('algorithm_owner', value.account)
  const repository = readRepository(reader, { apiUrl, username, algorithm, owner, password, token })
  const branch = reader.optional('algorithm_branch', value.branch)
  const dryRun = reader.optional('dry_run', value.boolean) ?? false

  reader.throwProblems()
  if (!workspace || !temp || !username || !algorithm || !collection || !model || !codeFolder || !repository) {
    throw new DeployError('The inputs of the workflow step could not be read')
  }
  warnAbout(apiUrl, repository.url, collection)

  return {
    workspace,
    temp,
    platform: { apiUrl, apiKey, owner: repository.algorithmOwner, algorithm },
    collection,
    model,
    training: notebook && existsSync(notebook.absolute) ? { notebook, ...training } : undefined,
    trainingSkipped:
      notebook === undefined
        ? 'notebook_path is empty: no training, the model in the workspace is deployed'
        : `${notebook.relative} does not exist: no training, the model in the workspace is deployed`,
    code: codeExists ? { folder: codeFolder, mode, exclude } : undefined,
    codeSkipped: `the folder ${codeFolder.relative} does not exist: no inference code is copied, only the manifest is updated`,
    repository: {
      url: repository.url,
      hosting: repository.hosting,
      login: repository.login,
      secret: repository.secret,
      secretInput: repository.secretInput,
      branch,
      author: { name: username, email: emailAddress },
      message: text('commit_message') || undefined,
    },
    dryRun,
  }
}

const whySecretsAreEmpty =
  'Secrets are not passed to workflows that a fork or Dependabot started; otherwise check the name of the secret ' +
  'under Settings > Secrets and variables > Actions, and that the workflow passes it with ${{ secrets.NAME }}'

interface RepositoryFacts {
  apiUrl: string
  username: string | undefined
  algorithm: string | undefined
  owner: string | undefined
  password: string
  token: string
}

/**
 * Where the algorithm's repository is and which secret opens it. A password selects Algorithmia hosting, as in the
 * original action; the secret is refused to a host that was probably not meant.
 */
function readRepository(reader: InputReader, facts: RepositoryFacts) {
  const { username, algorithm, owner, password, token } = facts
  const hosting = password === '' ? 'github' : 'algorithmia'
  const secretInput: InputName = hosting === 'github' ? 'github_pat' : 'algorithmia_password'
  const githubUser = reader.optional('github_username', value.account)
  const given = reader.optional('algorithm_repository', value.httpUrl)
  const host = reader.optional('git_host', value.hostOrigin) ?? 'https://github.com'
  const origin = given === undefined ? host : new URL(given).origin
  const where: InputName = given === undefined ? 'git_host' : 'algorithm_repository'
  const platformGit = `git.${new URL(facts.apiUrl).hostname.replace(/^api\./, '')}`
  const hostname = new URL(origin).hostname

  if (hosting === 'algorithmia' && /(^|\.)(github\.com|gitlab\.com|bitbucket\.org)$/.test(hostname)) {
    reader.report(
      where,
      `is ${hostname}, but algorithmia_password is set, which selects Algorithmia-hosted git. Set git_host to the git ` +
        `host of your Algorithmia (${platformGit}), or remove algorithmia_password and set github_pat. The password was not sent anywhere`,
    )
  }
  if (hosting === 'github' && hostname === platformGit) {
    reader.report(
      'algorithmia_password',
      `is empty, but ${where} is Algorithmia's own ${hostname}. ${whySecretsAreEmpty}`,
    )
  } else if (hosting === 'github' && token === '' && !reader.failed('github_pat')) {
    reader.report(
      'github_pat',
      `is empty, and so is algorithmia_password: one of them must open the algorithm's repository. ${whySecretsAreEmpty}`,
    )
  }

  const repositoryOwner = owner ?? (hosting === 'github' ? githubUser : username)
  if (
    given === undefined &&
    hosting === 'github' &&
    repositoryOwner === undefined &&
    !reader.failed('github_username')
  ) {
    reader.report('github_username', "is empty; set it to the owner of the algorithm's repository on GitHub")
  }
  if (username === undefined || algorithm === undefined) return undefined
  const folder = hosting === 'algorithmia' ? '/git' : ''
  return {
    hosting,
    secretInput,
    secret: hosting === 'algorithmia' ? password : token,
    url: given ?? `${host}${folder}/${repositoryOwner}/${algorithm}.git`,
    // GitHub takes any token with this name; a user who names both an owner and an account means the account as login.
    login: hosting === 'algorithmia' ? username : ((owner ?? given) && githubUser) || 'x-access-token',
    // On GitHub the owner of the repository need not be an account of Algorithmia.
    algorithmOwner: (hosting === 'algorithmia' || given !== undefined ? owner : undefined) ?? username,
  } as const
}

function warnAbout(apiUrl: string, repositoryUrl: string, collection: DataUri): void {
  for (const url of [apiUrl, repositoryUrl]) {
    const { protocol, hostname } = new URL(url)
    if (protocol === 'http:' && !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)) {
      warning(`${url} is plain http: secrets travel to ${hostname} unencrypted. Use https.`)
    }
  }
  if (collection.path.startsWith('.my/')) {
    warning(
      'algorithmia_uploadpath uses ".my", which inside an algorithm means its caller, so only you could call it. ' +
        'Write data://$ALGORITHMIA_USERNAME/... instead.',
    )
  }
}

/** Collects the problems of all inputs, so that a user mends the workflow once. */
class InputReader {
  readonly #problems: { name: string; text: string }[] = []

  report(name: string, text: string): void {
    this.#problems.push({ name, text: `${name} ${text}.` })
  }

  failed(name: string): boolean {
    return this.#problems.some((problem) => problem.name === name)
  }

  required<T>(name: InputName, parse: (text: string) => T, enabled = true): T | undefined {
    if (getInput(name) === '') {
      this.report(name, 'is not set; add it to the `with:` of this step')
      return undefined
    }
    return this.optional(name, parse, enabled)
  }

  optional<T>(name: InputName, parse: (text: string) => T, enabled = true): T | undefined {
    const text = getInput(name)
    return text === '' ? undefined : this.derived(() => parse(text), enabled, name)
  }

  /** A value computed from others: a problem with it is a problem of `name`. */
  derived<T>(compute: () => T, enabled: unknown, name: string): T | undefined {
    if (!enabled) return undefined
    try {
      return compute()
    } catch (error) {
      this.report(name, error instanceof Error ? error.message : String(error))
      return undefined
    }
  }

  secret(name: InputName, login?: string): string {
    const text = getInput(name)
    mask(text, login)
    mask(text, 'x-access-token')
    return this.optional(name, value.secret) ?? ''
  }

  folder(variable: string, environment: NodeJS.ProcessEnv, remedy: string): string | undefined {
    const folder = environment[variable]
    if (folder && existsSync(folder)) return folder
    this.report(variable, `${folder ? 'does not exist' : 'is not set'}; ${remedy}`)
    return undefined
  }

  async parameters(name: InputName): Promise<Record<string, unknown>> {
    const text = getInput(name)
    if (text === '') return {}
    const { parse } = await import('yaml')
    const parsed = this.derived<unknown>(() => parse(text), true, name)
    if (parsed === undefined) return {}
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
      this.report(name, 'is not a mapping; write one `name: value` a line, or a JSON object')
      return {}
    }
    return parsed as Record<string, unknown>
  }

  throwProblems(): void {
    if (this.#problems.length === 0) return
    const lines = this.#problems.map((problem) => problem.text)
    throw new DeployError(
      lines.length === 1 ? `${lines[0]}` : `${lines.length} inputs need attention:\n- ${lines.join('\n- ')}`,
    )
  }
}
