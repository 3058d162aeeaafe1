import type { Increment } from './algorithm.ts'
import type { DataUri } from './algorithmia/data-uri.ts'
import type { GitProvider } from './git-hosts.ts'
import type { InputName } from './inputs/names.ts'
import type { WorkspacePath } from './inputs/values.ts'
import type { TestCase } from './release/test-cases.ts'

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
  program: WorkspacePath
  /** Undefined when no packages are to be installed; `requirementsSkipped` says why. */
  requirements: WorkspacePath | undefined
  requirementsSkipped: string
  python: string | undefined
  installer: 'auto' | 'uv' | 'pip'
  /** Of a notebook. */
  parameters: Record<string, unknown>
  /** Of a script. */
  arguments: string[]
  workingDirectory: WorkspacePath
  timeoutMs: number | undefined
  cellTimeoutMs: number | undefined
  kernelStartTimeoutMs: number
  /** Whether a failing `!command` and an expected error fail the notebook. */
  isStrict: boolean
  /** How much of what the training prints goes to the log, in bytes. */
  logLimit: number
  /** Names of environment variables that the training may see. */
  passThrough: string[]
  executedNotebook: WorkspacePath | undefined
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
  path: WorkspacePath
  isPattern: boolean
}

export interface ModelInputs {
  lines: ModelLine[]
  /** Patterns relative to the workspace, of what other patterns do not mean. */
  excluded: string[]
}

export type ManifestFormat = 'auto' | 'flat' | 'adk' | 'both'

export interface MetricsInputs {
  /** May not exist. */
  file: WorkspacePath
  /** Whether the workflow names that file, rather than it being there. */
  isDemanded: boolean
}

export interface CodeInputs {
  folder: WorkspacePath
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
  file: WorkspacePath
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
