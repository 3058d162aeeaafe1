import type { Increment } from './algorithm.ts'
import { type DataUri, parseCollection } from './algorithmia/data-uri.ts'
import { DeployError } from './errors.ts'
import type { GitProvider } from './git-hosts.ts'
import { readCodeInputs } from './inputs/code.ts'
import { readCreationInputs } from './inputs/creation.ts'
import { readModelInputs } from './inputs/models.ts'
import type { InputName } from './inputs/names.ts'
import { InputReader } from './inputs/reader.ts'
import { readReleaseInputs } from './inputs/release.ts'
import { readRepositoryInputs } from './inputs/repository.ts'
import { readTrainingInputs } from './inputs/training.ts'
import * as value from './inputs/values.ts'
import { info, warning } from './log.ts'
import type { TestCase } from './release/test-cases.ts'

export { inputNames } from './inputs/names.ts'

export interface PlatformInputs {
  /** Without `/v1` and trailing slash. */
  apiUrl: string
  /** Empty only in a dry run. */
  apiKey: string
  owner: string
  algorithm: string
}

export interface TrainingInputs {
  kind: 'notebook' | 'script'
  program: value.WorkspacePath
  /** Undefined when no packages are to be installed; `requirementsSkipped` says why. */
  requirements: value.WorkspacePath | undefined
  requirementsSkipped: string
  python: string | undefined
  installer: 'auto' | 'uv' | 'pip'
  /** Of a notebook. */
  parameters: Record<string, unknown>
  /** Of a script. */
  arguments: string[]
  workingDirectory: value.WorkspacePath
  timeoutMs: number | undefined
  cellTimeoutMs: number | undefined
  kernelStartTimeoutMs: number
  /** Whether a failing `!command` and an expected error fail the notebook. */
  isStrict: boolean
  /** How much of what the training prints goes to the log, in bytes. */
  logLimit: number
  /** Names of environment variables that the training may see. */
  passThrough: string[]
  executedNotebook: value.WorkspacePath | undefined
}

/** A line of `model_path`. */
export interface ModelLine {
  /** Where it stands, for messages: the input's name, and the line's number if there are several. */
  place: string
  /** Name of the entry in the manifest; undefined: the stem of the file's name. */
  name: string | undefined
  /** Whether the ADK loads it only when it is asked for. */
  isOptional: boolean
  /** A file, a folder, or a glob pattern. May not exist before the training. */
  path: value.WorkspacePath
  isPattern: boolean
}

export interface ModelInputs {
  lines: ModelLine[]
  /** Patterns relative to the workspace, of what other patterns do not mean. */
  excluded: string[]
}

export const manifestFormats = ['auto', 'flat', 'adk', 'both'] as const

export type ManifestFormat = (typeof manifestFormats)[number]

export interface MetricsInputs {
  /** May not exist. */
  file: value.WorkspacePath
  /** Whether the workflow names that file, rather than it being there. */
  isDemanded: boolean
}

export interface CodeInputs {
  folder: value.WorkspacePath
  mode: 'overlay' | 'mirror'
  exclude: string[]
}

export interface RepositoryInputs {
  url: string
  provider: GitProvider
  login: string
  /** Empty only in a dry run. */
  secret: string
  /** The input that holds the secret, for messages. */
  secretInput: InputName
  branch: string | undefined
  /** Whether a branch that is not there is made. */
  createBranch: boolean
  /** Undefined when the branch itself is pushed to. `branch` undefined: named after the branch that is deployed. */
  pullRequest: { branch: string | undefined } | undefined
  author: { name: string; email: string }
  message: string | undefined
}

/** An algorithm that does not exist yet (platform reference §3.1). */
export interface CreationInputs {
  apiKey: string
  /** The input that holds the key, for messages. */
  keyInput: InputName
  /** Display name or id of an environment of the language; or the machine of a language from before environments. */
  runtime: { language: string; environment: string } | { language: string; machine: 'cpu' | 'gpu' }
  sourceVisibility: 'closed' | 'open'
  networkAccess: 'full' | 'isolated'
  pipelineEnabled: boolean
}

export interface ReleaseInputs {
  /** For everything after the push. */
  apiKey: string
  /** The input that holds the key, for messages. */
  keyInput: InputName
  buildTimeoutMs: number
  /** Undefined when there is nothing to test with; `testingSkipped` says why. */
  tests: TestInputs | undefined
  testingSkipped: string
  publish: Increment | 'none'
  releaseNotes: string | undefined
  callability: 'private' | 'public' | undefined
  insights: boolean | undefined
}

export interface TestInputs {
  file: value.WorkspacePath
  cases: TestCase[]
  /** Whether the workflow names the file, rather than it being there. */
  isDemanded: boolean
  onFailure: 'keep' | 'revert'
}

export interface Inputs {
  workspace: string
  /** RUNNER_TEMP: on the same disk as the workspace, emptied by the runner after the job. */
  temp: string
  platform: PlatformInputs
  collection: DataUri
  models: ModelInputs
  manifestFormat: ManifestFormat
  /** Undefined when there is nothing to train; `trainingSkipped` says why. */
  training: TrainingInputs | undefined
  trainingSkipped: string
  /** Undefined when no file is to be read. */
  metrics: MetricsInputs | undefined
  /** Undefined when there is no code to copy; `codeSkipped` says why. */
  code: CodeInputs | undefined
  codeSkipped: string
  repository: RepositoryInputs
  /** Undefined when an algorithm that is missing is an error. */
  creation: CreationInputs | undefined
  /** Whether the deployment of a newer commit is replaced. */
  force: boolean
  /** Undefined when nothing is to follow the push; `releaseSkipped` says why. */
  release: ReleaseInputs | undefined
  releaseSkipped: string
  dryRun: boolean
  /** Whether a dry run trains. */
  planTraining: boolean
}

/**
 * Reads and checks everything that the workflow says, before anything is changed or contacted, and masks the secrets.
 *
 * @throws DeployError that lists every problem, each with the input's name and the remedy
 */
export async function readInputs(environment: NodeJS.ProcessEnv): Promise<Inputs> {
  const reader = new InputReader()
  const text = (name: InputName) => reader.text(name)

  // Secrets first: they must be masked before anything else is printed, and a missing one explains the rest.
  const apiKey = reader.secret('algorithmia_api_key')
  const password = reader.secret('algorithmia_password', text('algorithmia_username'))
  const token = reader.secret('github_pat', text('github_username'))
  const managementKey = reader.secret('algorithmia_management_api_key')
  // Read as such further down: a wrong value is one problem among others.
  const isPlan = /^true$/i.test(text('dry_run'))
  if (apiKey === '' && !reader.failed('algorithmia_api_key')) {
    reader.reportEmptySecret('algorithmia_api_key', 'is empty', isPlan)
  }

  const workspace = reader.folder('GITHUB_WORKSPACE', environment, 'run actions/checkout before this step')
  const temp = reader.folder('RUNNER_TEMP', environment, 'this action runs inside GitHub Actions')
  const username = reader.required('algorithmia_username', value.account)
  const algorithm = reader.required('algorithmia_algoname', value.algorithmName)
  const emailAddress = reader.optional('algorithmia_email', value.email) ?? 'githubactions@placeholder.email'

  const collection = reader.required('algorithmia_uploadpath', (raw) =>
    parseCollection(
      raw
        .replaceAll('$ALGORITHMIA_USERNAME', username ?? 'username')
        .replaceAll('$ALGORITHMIA_ALGONAME', algorithm ?? 'algorithm'),
    ),
  )
  const models = workspace === undefined ? undefined : readModelInputs(reader, workspace)
  const manifestFormat = reader.optional('manifest_format', (raw) => value.oneOf(raw, manifestFormats)) ?? 'auto'
  // What a pattern means is known only after the training.
  if (
    manifestFormat === 'flat' &&
    models &&
    (models.lines.length > 1 || models.lines.some((line) => line.isOptional))
  ) {
    reader.report(
      'manifest_format',
      'is flat, which describes one model that is always loaded, but model_path has several lines or an optional one; use `both`, or `auto`',
    )
  }
  const apiUrl =
    reader.optional('algorithmia_api', value.httpUrl)?.replace(/\/v1$/, '') ?? 'https://api.algorithmia.com'

  const { training, metrics, skipped: trainingSkipped } = await readTrainingInputs(reader, workspace, models)

  const { folder: codeFolder, code } = readCodeInputs(reader, workspace, algorithm)
  const repository = readRepositoryInputs(reader, { apiUrl, username, algorithm, password, token, isPlan })
  const creation = readCreationInputs(reader, { apiKey, managementKey, provider: repository?.inputs.provider })
  const force = reader.optional('force', value.boolean) ?? false
  const release = await readReleaseInputs(reader, {
    workspace,
    codeFolder: code?.folder,
    apiKey,
    managementKey,
    isRequest: repository?.inputs.pullRequest !== undefined,
    parseCases,
  })
  const dryRun = reader.optional('dry_run', value.boolean) ?? false
  const planTraining = reader.optional('plan_training', value.boolean) ?? false

  reader.throwProblems()
  if (!workspace || !temp || !username || !algorithm || !collection || !models || !codeFolder || !repository) {
    throw new DeployError('The inputs of the workflow step could not be read')
  }
  warnAbout(apiUrl, repository.inputs.url, collection)
  warnOfOwner(username, repository.algorithmOwner, collection)
  if (password !== '' && token !== '')
    info('algorithmia_password is set, so github_username and github_pat are not used')

  return {
    workspace,
    temp,
    platform: { apiUrl, apiKey, owner: repository.algorithmOwner ?? username, algorithm },
    collection,
    models,
    manifestFormat,
    training,
    trainingSkipped,
    metrics,
    code,
    codeSkipped: `the folder ${codeFolder.relative} does not exist`,
    repository: {
      ...repository.inputs,
      author: { name: username, email: emailAddress },
      message: text('commit_message') || undefined,
    },
    creation,
    force,
    release,
    releaseSkipped: repository.inputs.pullRequest
      ? 'Algorithmia builds nothing of a pull request until it is merged'
      : 'wait_for_build is false',
    dryRun,
    planTraining,
  }
}

/** Loaded only where there are test cases. */
async function parseCases(text: string) {
  const { readTestCases } = await import('./release/test-cases.ts')
  return readTestCases(text)
}

/** Calls of an algorithm read the model with the rights of its owner. */
function warnOfOwner(username: string, owner: string, { protocol, path }: DataUri): void {
  if (owner === username || protocol !== 'data' || !path.startsWith(`${username}/`)) return
  warning(
    `algorithmia_uploadpath is data://${path}, which belongs to ${username}, but the algorithm belongs to ${owner} and may not ` +
      `read it when others call it, unless the collection is shared. Set algorithmia_uploadpath to data://${owner}/$ALGORITHMIA_ALGONAME`,
  )
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
