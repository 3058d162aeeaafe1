import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { runAction, type StepContext, type StepResult } from '../../examples/run-action.ts'
import { casesFile, originalCases, tellingAlgorithm } from './digits.ts'
import { type BareRepository, GitServer } from './git-server.ts'
import { GitHubApi } from './github-api.ts'
import { Lab, managingKey, nastyKey, nastyPassword, notebook } from './lab.ts'
import { MeddlingProxy } from './meddling-proxy.ts'
import { noPackages } from './sandbox-lab.ts'

export const token = 'github_pat_11ABC/+=d%41_#?'

/** Writes each model that a step may name, with the bytes that `prepare` wrote. */
export const training = `import os, shutil
for path in ["model.pkl", "labels.json", "saved/weights.bin", "mlflow/MLmodel"]:
    text = open(path).read()
    open(path, "w").write(text)
print("trained")
`

/** What a run saw and left, of servers that keep what they have. */
export interface WatchedRun extends StepResult {
  /** What could have changed something, as `POST /v1/...`. */
  writes: string[]
  requests: string[]
}

/** A lab with `digits` deployed, `fresh` never deployed, a host like GitHub beside it, and all of it watched. */
export class PlanLab {
  readonly lab: Lab
  readonly github: GitServer
  readonly #repositories: Record<string, BareRepository>

  private constructor(lab: Lab, github: GitServer) {
    this.lab = lab
    this.github = github
    this.#repositories = { digits: github.create('analysts/digits.git'), fresh: github.create('analysts/fresh.git') }
  }

  static async create(): Promise<PlanLab> {
    const lab = await Lab.create()
    lab.secrets.push(token)
    const github = await GitServer.start()
    // Anybody reads, as of a public repository; writing takes the token.
    github.authorise = (login, { service }) =>
      login === `x-access-token:${token}` || (login === undefined && service === 'git-upload-pack')
    await lab.sandbox.createAlgorithm(lab.owner, 'fresh')
    for (const name of ['digits', 'fresh']) new GitHubApi(github, `analysts/${name}`, token)
    const plans = new PlanLab(lab, github)
    await plans.#prepare()
    return plans
  }

  async close(): Promise<void> {
    await this.github.close()
    await this.lab.close()
  }

  async #prepare(): Promise<void> {
    const { lab } = this
    lab.write('digits/src/digits.py', tellingAlgorithm)
    lab.write('digits/requirements.txt', noPackages)
    lab.write('TEST_CASES.json', casesFile(originalCases))
    lab.write('labels.json', '["zero"]')
    lab.write('saved/weights.bin', 'weights')
    lab.write(
      'mlflow/MLmodel',
      'flavors:\n  python_function:\n    loader_module: mlflow.sklearn\nrun_id: 25cc26904b4443c897397891d632609c\n',
    )
    lab.write('train.py', training)
    lab.write('training.ipynb', notebook(training))
    lab.commit('Everything that a step may name')
    const deployed = await lab.run({ notebook_path: '', publish: 'minor' })
    if (deployed.outputs.status !== 'released') throw new Error(deployed.output)
    const files = { 'model_manifest.json': lab.deployed('model_manifest.json'), 'src/digits.py': tellingAlgorithm }
    this.#repositories.digits?.commit(files)
  }

  /** Every file that the servers keep: refs, objects, builds, versions, algorithms, data. */
  state(): Record<string, string> {
    return { ...hashes(this.lab.sandbox.stateDir), ...hashes(this.github.folder) }
  }

  /**
   * Runs the action in a copy of the workspace, behind proxies that write down what it asks for.
   *
   * @param changes inputs; `git_host` is the host like GitHub where `github_username` is set
   * @param prepare changes the workspace first
   */
  async run(
    changes: Record<string, string>,
    prepare: (workspace: string) => void = () => undefined,
    context: Partial<StepContext> = {},
  ): Promise<WatchedRun> {
    const { lab } = this
    const root = mkdtempSync(join(lab.root, 'plan-'))
    const [workspace, temp] = [join(root, 'workspace'), join(root, 'temp')]
    cpSync(lab.workspace, workspace, { recursive: true })
    mkdirSync(temp)
    prepare(workspace)
    const platform = await MeddlingProxy.start(lab.sandbox.url, () => undefined)
    const hub = await MeddlingProxy.start(this.github.url, () => undefined)
    try {
      const hosts = { algorithmia_api: platform.url, git_host: changes.github_username ? hub.url : platform.url }
      const result = await runAction(lab.inputs({ ...hosts, ...changes }), {
        workspace,
        temp,
        repository: 'alice/digits-training',
        ref: 'refs/heads/main',
        commit: lab.git('rev-parse', 'HEAD'),
        environment: lab.environment,
        ...context,
      })
      lab.expectNoSecrets(result)
      const requests = [...platform.requests, ...hub.requests]
      return { ...result, requests, writes: requests.filter((request) => !isRead(request)) }
    } finally {
      await platform.close()
      await hub.close()
      rmSync(root, { recursive: true, force: true, maxRetries: 3 })
    }
  }
}

/** What changes nothing: git asks for objects with a POST, and for the right to push with a GET. */
function isRead(request: string): boolean {
  return /^(GET|HEAD) |^POST \S+\/git-upload-pack$/.test(request)
}

/** Inputs for the secrets that a workflow has, and for the two kinds of hosts. */
export function secretInputs(hosting: string, secrets: string): Record<string, string> {
  const key = secrets === 'all' || secrets === 'key' ? nastyKey : ''
  const git = secrets === 'all' || secrets === 'git'
  if (hosting === 'algorithmia') {
    return { algorithmia_api_key: key, algorithmia_password: git ? nastyPassword : '' }
  }
  return {
    algorithmia_api_key: key,
    algorithmia_password: '',
    github_username: 'analysts',
    github_pat: git ? token : '',
  }
}

export const managing = { algorithmia_management_api_key: managingKey }

/** Without the folders of algorithms that run: Python writes its caches there when it likes. */
function hashes(root: string): Record<string, string> {
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = files.map((entry) => relative(root, join(entry.parentPath, entry.name)))
  const kept = paths.filter((path) => !path.startsWith('processes'))
  return Object.fromEntries(
    kept.map((path) => [
      path,
      createHash('sha256')
        .update(readFileSync(join(root, path)))
        .digest('hex'),
    ]),
  )
}
