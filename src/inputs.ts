import { type DataUri, parseCollection } from './algorithmia/data-uri.ts'
import { DeployError } from './errors.ts'
import type { Inputs } from './input-types.ts'
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

export type * from './input-types.ts'
export { inputNames } from './inputs/names.ts'

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
  const manifestFormat =
    reader.optional('manifest_format', (raw) => value.oneOf(raw, ['auto', 'flat', 'adk', 'both'] as const)) ?? 'auto'
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
