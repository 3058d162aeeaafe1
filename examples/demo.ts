/**
 * The demo: a wine-quality repository is released on a local Algorithmia by the real action. Two versions answer the
 * official Python client, each with the model of its commit; a third commit answers wrongly and is refused; and a second
 * algorithm calls the first one. Everything stays in `.demo`, to be looked at.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startSandbox } from '../sandbox/server.ts'
import { deploy, type Outcome, workflowInputs } from './demo/deployment.ts'
import { commitAll, git } from './demo/git.ts'
import { createAlgorithm, pushPipeline } from './demo/pipeline.ts'
import { PythonClient } from './demo/python-client.ts'
import { act, say, seconds, shown } from './demo/stage.ts'
import { projectRoot } from './run-action.ts'

const owner = 'demo'
const quality = `${owner}/wine_quality`
const pipeline = `${owner}/wine_pipeline`
const example = join(projectRoot, 'examples', 'wine-quality')
const folder = join(projectRoot, '.demo')
const workspace = join(folder, 'repository')
const temp = join(folder, 'runner-temp')
const state = join(folder, 'sandbox')

/** The repository of an ML engineer, as it would be cloned from GitHub. */
async function createRepository(): Promise<string> {
  if (existsSync(state)) {
    // Fails when somebody still looks around in there.
    await (await startSandbox({ stateDir: state })).close()
    console.log(`Replacing what an earlier demo left in ${shown(folder)}.`)
  }
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(temp, { recursive: true })
  cpSync(example, workspace, { recursive: true })
  await git(workspace, ['init', '--quiet', '--initial-branch=main'])
  // A runner has a fresh checkout each time; this folder keeps what the last run wrote.
  writeFileSync(join(workspace, '.git', 'info', 'exclude'), 'model.pkl\nmetrics.json\n')
  return await commitAll(workspace, 'Classify wines by cultivar')
}

/** Commits a change of one line. */
async function change(path: string, before: string, after: string, message: string): Promise<string> {
  const file = join(workspace, path)
  const text = readFileSync(file, 'utf8')
  if (!text.includes(before)) throw new Error(`${path} has no "${before}"`)
  writeFileSync(file, text.replace(before, after))
  say(`${path}: ${before.trim()} becomes ${after.trim()}`)
  return await commitAll(workspace, message)
}

/** The input of a test case of an example. */
function sampleOf(name: string): string {
  const [first] = JSON.parse(readFileSync(join(projectRoot, 'examples', name, 'TEST_CASES.json'), 'utf8'))
  return JSON.stringify(first.input)
}

/** Calls an algorithm, and fails unless the model of this commit answers. */
async function ask(client: PythonClient, algorithm: string, sample: string, commit: string): Promise<void> {
  const answer = await client.evaluate(`client.algo("${algorithm}").pipe(${sample}).result`)
  say(JSON.stringify(answer, null, 2))
  const { model } = answer as { model?: { origin_commit?: unknown } }
  if (model?.origin_commit !== commit) {
    throw new Error(`The model of ${commit} should have answered, not that of ${String(model?.origin_commit)}`)
  }
  say(`This model was trained from ${commit} of the ML repository, as it should be.`)
}

async function play(): Promise<void> {
  const started = performance.now()
  const firstCommit = await createRepository()
  const sandbox = await startSandbox({ stateDir: state, users: [{ name: owner }] })
  try {
    const user = sandbox.users.find((candidate) => candidate.name === owner)
    if (user === undefined) throw new Error(`The sandbox has no user ${owner}`)
    await sandbox.createAlgorithm(owner, 'wine_quality')
    console.log(`A local Algorithmia runs at ${sandbox.url}, with the empty algorithm ${quality}.`)
    const platform = { url: sandbox.url, apiKey: user.apiKey }
    const inputs = {
      ...workflowInputs(workspace, { ALGORITHMIA_API_KEY: user.apiKey, ALGORITHMIA_PASSWORD: user.password }),
      algorithmia_api: sandbox.url,
      git_host: sandbox.url,
    }
    const run = (outcome: Outcome) => deploy(workspace, temp, inputs, outcome)

    // Meanwhile: it takes as long as half a deployment.
    const installing = PythonClient.install(join(folder, 'python-client'), platform)
    installing.catch(() => undefined)

    await act('1. The first commit is trained, built, tested and released', () =>
      run({ status: 'released', version: '0.1.0' }),
    )

    const { secondCommit, released } = await act(
      '2. A second commit trains another model, and is released',
      async () => {
        const settings = ['regularisation = 1.0', 'regularisation = 0.5'] as const
        const secondCommit = await change('model_training.ipynb', ...settings, 'Regularise more')
        return { secondCommit, released: await run({ status: 'released', version: '0.2.0' }) }
      },
    )

    const { outputs } = await act('3. The same commit again: nothing to release, and still proven', () =>
      run({ status: 'unchanged', version: '0.2.0' }),
    )

    const client = await installing
    const wine = sampleOf('wine-quality')
    await act('4. The official Python client calls both versions: each answers with its own model', async () => {
      await ask(client, `${quality}/0.1.0`, wine, firstCommit)
      await ask(client, `${quality}/0.2.0`, wine, secondCommit)
    })

    const refused = await act('5. A third commit answers wrongly: refused, and taken back', async () => {
      const best = ['best = max(', 'best = min('] as const
      await change('wine_quality/src/wine_quality.py', ...best, 'Answer the cultivar that it is')
      return await run({ status: 'failed', failed_phase: 'test' })
    })

    const repository = sandbox.repositoryPath(owner, 'wine_quality')
    await act('6. Nothing of it is left: the versions and the code are those from before', async () => {
      const published = `client.algo("${quality}").versions(published=True)["results"]`
      const versions = await client.evaluate(`[v["version_info"]["semantic_version"] for v in ${published}]`)
      say(JSON.stringify(versions))
      if (JSON.stringify(versions) !== '["0.2.0","0.1.0"]') throw new Error('Something else was published')
      say(await git(repository, ['log', '--format=%h %s', '-n', '3', 'master']))
      await git(repository, ['diff', '--exit-code', '--stat', outputs.algorithm_commit_sha ?? '', 'master'])
      await ask(client, `${quality}/0.2.0`, wine, secondCommit)
    })

    await act('7. A second algorithm prepares measurements and calls version 0.1.0 of the first one', async () => {
      await createAlgorithm(client, pipeline, 'Wine pipeline')
      const commit = await pushPipeline(platform, pipeline, join(folder, 'wine-pipeline'))
      await ask(client, `${pipeline}/${commit}`, sampleOf('wine-pipeline'), firstCommit)
    })

    const pages = { 'summary-released.md': released.summary, 'summary-refused.md': refused.summary }
    for (const [name, summary] of Object.entries(pages)) writeFileSync(join(folder, name), summary)
    console.log(`
What is deployed
  name      ${quality}
  version   ${outputs.version}
  endpoint  ${outputs.endpoint_url}
  commit    ${outputs.algorithm_commit_sha}
  manifest  ${outputs.manifest?.replaceAll('\n', '\n            ').trim()}

The demo took ${seconds(started)}. What GitHub shows on the pages of the jobs: ${Object.keys(pages)
      .map((name) => shown(join(folder, name)))
      .join(', ')}
All of it is in ${shown(folder)}. To look around: npm run sandbox -- --state ${shown(state)}`)
  } finally {
    await sandbox.close()
  }
}

try {
  await play()
} catch (error) {
  console.error(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
