import type { FileChange, SkippedPath } from './algorithm-repo/changes.ts'
import { formatUri, manifestPath } from './algorithmia/data-uri.ts'
import type { StoredModel } from './algorithmia/store.ts'
import { UncertainError } from './errors.ts'
import type { Inputs } from './inputs.ts'
import * as log from './log.ts'
import type { Metrics } from './metrics.ts'
import type { Origin } from './origin.ts'
import { initialOutputs, type Outputs, type Reached } from './outputs.ts'
import type { Plan, PlannedModel } from './plan.ts'
import type { TestRun } from './release/run-tests.ts'
import type { Superseded } from './supersede.ts'
import type { TrainingReport } from './training/report.ts'

/** The stages of a deployment, as the output `failed_phase` names them. */
export type Phase =
  | 'inputs'
  | 'preflight'
  | 'create'
  | 'train'
  | 'model'
  | 'store'
  | 'copy'
  | 'push'
  | 'build'
  | 'test'
  | 'publish'

/** A model that is stored. */
export interface RecordedModel {
  /** Name of its entry in the manifest. */
  entry: string
  /** With its protocol, also for hosted data. */
  uri: string
  /** Lower-case hex. */
  md5: string
  sha256: string
  /** Bytes. */
  size: number
  /** False when the object was already there with the same bytes. */
  uploaded: boolean
}

/** The pull request that a deployment ends with. */
export interface RecordedRequest {
  from: string
  into: string
  /** Of the pull request, or of the page where one can be opened; empty where the host has none. */
  url: string
  /** Undefined when it is to be opened by hand. */
  number: number | undefined
}

/** What is known of a deployment so far: filled in stage by stage, and reported whether it succeeds or not. */
export class Deployment {
  phase: Phase = 'inputs'
  readonly outputs: Outputs = { ...initialOutputs }
  origin: Origin | undefined
  /** Where it goes: known once the inputs are read. */
  target: { algorithm: string; repositoryUrl: string } | undefined
  /** True when a push or a publication may or may not have taken effect. */
  uncertain = false
  /** `owner/name`, when this run has created the algorithm. */
  created: string | undefined
  /** The branch that holds the delivered commit. */
  branch = ''
  /** Whether this run pushed that commit, or found it there. */
  pushed = false
  pullRequest: RecordedRequest | undefined
  /** The commit that took the delivered one back, because its tests failed. */
  revertedBy = ''
  /** Whether that may have happened or not. */
  revertIsUnknown = false
  /** Whether callers of the newest build have one after that. */
  revertIsBuilt = false
  /** What the commit does to the algorithm's repository, and what of the code it leaves out; undefined before it is known. */
  changes: { files: readonly FileChange[]; skipped: readonly SkippedPath[] } | undefined
  /** What was not even copied. */
  skippedCode: readonly SkippedPath[] = []
  /** Of a dry run, as far as it got. */
  plan: Plan | undefined
  training: TrainingReport | undefined
  metrics: Metrics | undefined
  tests: TestRun | undefined
  /** The version that the commit is published as; an output only once it is proven. */
  published: { number: string; isNew: boolean } | undefined
  /** What a person would otherwise not notice: what was skipped and why, what was left behind. */
  readonly notes: string[] = []
  readonly stages: { name: Phase; milliseconds: number }[] = []
  /** In the order of `model_path`; with holes while some are not stored yet. */
  readonly models: RecordedModel[] = []

  aimAt({ platform, repository }: Inputs): void {
    this.target = {
      algorithm: `${platform.owner}/${platform.algorithm}`,
      repositoryUrl: repository.url,
    }
  }

  /** Runs one stage in its own group of the log; without a title it makes its own groups, which cannot be nested. */
  async stage<T>(phase: Phase, title: string | undefined, work: () => Promise<T>): Promise<T> {
    this.phase = phase
    this.outputs.failed_phase = phase
    const started = performance.now()
    try {
      return await (title === undefined ? work() : log.group(title, work))
    } finally {
      this.stages.push({ name: phase, milliseconds: performance.now() - started })
    }
  }

  /** Nothing is skipped silently: a line in the log and in the summary. */
  skip(what: string, why: string): undefined {
    this.note(`${what} skipped: ${why}.`)
  }

  /** Told once: a push that comes second does the work before it again. */
  note(sentence: string): void {
    if (this.notes.includes(sentence)) return
    log.info(sentence)
    this.notes.push(sentence)
  }

  /** The same for what may be a mistake: an annotation says it, too. */
  warn(sentence: string, place?: { file: string }): void {
    if (this.notes.includes(sentence)) return
    log.warning(sentence, place)
    this.notes.push(sentence)
  }

  recordMetrics(metrics: Metrics): void {
    this.metrics = metrics
    this.outputs.metrics = JSON.stringify(metrics.values)
  }

  /** @param index place of the model among those of this run; the first is the one that the flat outputs describe */
  recordModel(index: number, entry: string, stored: StoredModel): void {
    const { md5, sha256, size, uploaded } = stored
    const uri = formatUri(stored.uri)
    this.models[index] = { entry, uri, md5, sha256, size, uploaded }
    if (index === 0) {
      this.outputs.model_uri = uri
      this.outputs.model_filepath = manifestPath(stored.uri)
      this.outputs.model_md5_hash = md5
      this.outputs.model_sha256_hash = sha256
      this.outputs.model_size_bytes = String(size)
    }
    this.outputs.models = JSON.stringify(this.models.filter(Boolean).map(describe))
  }

  /** A plan never says that a model is stored which is not: such a model has hashes, and no URI. */
  recordPlanned(models: readonly PlannedModel[]): void {
    const [first] = models
    if (first === undefined) return
    this.outputs.model_md5_hash = first.md5
    this.outputs.model_sha256_hash = first.sha256
    this.outputs.model_size_bytes = String(first.size)
    if (first.isStored) {
      this.outputs.model_uri = first.uri
      this.outputs.model_filepath = first.uri.replace(/^data:\/\//, '')
    }
    const described = models.map(({ uri, isStored, ...model }) =>
      describe({ ...model, uri: isStored ? uri : '', uploaded: false }),
    )
    this.outputs.models = JSON.stringify(described)
  }

  recordDelivery(delivery: { changed: boolean; commit: string; branch: string; url: string; manifest: string }): void {
    this.branch = delivery.branch
    this.pushed = delivery.changed
    this.outputs.algorithm_commit_sha = delivery.commit
    this.outputs.algorithm_commit_url = delivery.url
    this.outputs.manifest = delivery.manifest
  }

  recordRequest(request: RecordedRequest): void {
    this.pullRequest = request
    this.outputs.pull_request_url = request.url
    this.outputs.pull_request_number = request.number === undefined ? '' : String(request.number)
  }

  recordTests(run: TestRun, report: string): void {
    this.tests = run
    this.outputs.tests_passed = String(run.passed)
    this.outputs.tests_total = String(run.total)
    this.outputs.test_report = report
  }

  recordRelease(version: string, endpoint: string): void {
    this.outputs.version = version
    this.outputs.endpoint_url = endpoint
  }

  succeed(reached: Reached): void {
    this.outputs.status = reached
    this.outputs.failed_phase = ''
  }

  /**
   * Ends in favour of a newer commit, which is a success. The commit of the outputs is what this run pushed, or, when it
   * did not get that far, the one that stands.
   *
   * @param url of the commit that holds the newer deployment
   */
  giveWay({ message, head }: Superseded, url: string): void {
    this.#noteLeftBehind()
    const stands = this.pushed
      ? `What it pushed, ${this.outputs.algorithm_commit_sha}, is not published`
      : 'Nothing was pushed'
    log.notice(
      `${message}. ${stands}. A run of an older commit does not replace a newer deployment, also when an old job is run ` +
        'again on purpose: to roll back to its commit, set `force: true`',
      { title: 'Superseded by a newer commit' },
    )
    this.notes.push(`${message}. ${stands}; to deploy the older commit all the same, set force.`)
    if (this.outputs.algorithm_commit_sha === '') {
      this.outputs.algorithm_commit_sha = head
      this.outputs.algorithm_commit_url = url
    }
    this.succeed('superseded')
  }

  /** Says what this run leaves behind that a person should know of. */
  fail(error?: unknown): void {
    this.uncertain = error instanceof UncertainError
    if (!this.uncertain) this.#noteLeftBehind()
    this.outputs.status = 'failed'
    this.outputs.failed_phase = this.phase
  }

  #noteLeftBehind(): void {
    const left = this.models.filter((model) => model?.uploaded).map(({ uri }) => uri)
    if (left.length === 0 || this.outputs.algorithm_commit_sha !== '') return
    const [are, them] = left.length === 1 ? ['is', 'it'] : ['are', 'them']
    this.note(`Left behind: ${left.join(', ')} ${are} stored, but no manifest points to ${them}.`)
  }

  /** What stands after a failure, in a sentence; empty when nothing that a user would look for has changed. */
  get standing(): string {
    const { algorithm_commit_sha: commit } = this.outputs
    if (commit === '') {
      if (this.created === undefined || this.uncertain) return ''
      return `Left behind: the algorithm ${this.created} was created and holds only the platform's template. The next run deploys to it.`
    }
    const place = this.pushed
      ? `Commit ${commit} is pushed to ${this.branch}`
      : `Nothing was pushed, because ${commit} on ${this.branch} already held this model and code`
    const built = this.revertIsBuilt ? '' : ', which is not proven to be built'
    const unsure = this.revertIsUnknown ? ', and perhaps taken back' : ''
    const reverted = this.revertedBy === '' ? unsure : `, and taken back by ${this.revertedBy}${built}`
    if (this.published !== undefined)
      return `${place}. It is published as ${this.published.number}, but that was not proven.`
    const unknown = this.uncertain && this.phase === 'publish'
    return `${place}${reverted}. ${unknown ? 'Whether it was published is not known.' : 'Nothing was published.'}`
  }
}

/** What the output `models` tells of one. */
function describe({ entry, uri, md5, sha256, size, uploaded }: RecordedModel) {
  return { name: entry, uri, md5_hash: md5, sha256_hash: sha256, size_bytes: size, uploaded }
}
