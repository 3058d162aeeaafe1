/**
 * The demo: a wine-quality repository is deployed to a local Algorithmia by the real action, three times. The platform
 * builds what was pushed, the official Python client asks it about a wine, and a second algorithm calls the first one.
 * Everything stays in `.demo`, to be looked at.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startSandbox } from '../sandbox/server.ts'
import { deploy, workflowInputs } from './demo/deployment.ts'
import { commitAll, git } from './demo/git.ts'
import { createAlgorithm, pushPipeline } from './demo/pipeline.ts'
import { waitForBuild } from './demo/platform.ts'
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
async function createRepository(): Promise<void> {
  if (existsSync(state)) {
    // Fails when somebody still looks around in there.
    await (await startSandbox({ stateDir: state })).close()
    console.log(`Replacing what an earlier demo left in ${shown(folder)}.`)
  }
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(temp, { recursive: true })
  cpSync(example, workspace, { recursive: true })
  await git(workspace, ['init', '--quiet', '--initial-branch=main'])
  await commitAll(workspace, 'Classify wines by cultivar')
}

/** The input of a test case of an example. */
function sampleOf(name: string): string {
  const [first] = JSON.parse(readFileSync(join(projectRoot, 'examples', name, 'TEST_CASES.json'), 'utf8'))
  return JSON.stringify(first.input)
}

/** Fails unless an answer comes from the model of this commit. */
function checkOrigin(answer: unknown, commit: string): void {
  say(JSON.stringify(answer, null, 2))
  const { model } = answer as { model?: { origin_commit?: unknown } }
  if (model?.origin_commit !== commit) {
    throw new Error(`The model of ${commit} should have answered, not that of ${String(model?.origin_commit)}`)
  }
  say(`The model that answered was trained from ${commit}, the commit just deployed.`)
}

async function play(): Promise<void> {
  const started = performance.now()
  await createRepository()
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

    // Meanwhile: it takes as long as half a deployment.
    const installing = PythonClient.install(join(folder, 'python-client'), platform)
    installing.catch(() => undefined)

    const first = await act('1. The first commit is deployed', () => deploy(workspace, temp, inputs))

    const second = await act('2. A second commit trains another model, and is deployed', async () => {
      const notebook = join(workspace, 'model_training.ipynb')
      writeFileSync(notebook, readFileSync(notebook, 'utf8').replace('regularisation = 1.0', 'regularisation = 0.5'))
      await commitAll(workspace, 'Regularise more')
      return await deploy(workspace, temp, inputs)
    })

    const third = await act('3. The same commit again: nothing to deploy', () => deploy(workspace, temp, inputs))

    const statuses = [first, second, third].map(({ outputs }) => outputs.status).join(', ')
    if (statuses !== 'pushed, pushed, unchanged') throw new Error(`Expected pushed, pushed, unchanged; got ${statuses}`)
    const deployed = third.outputs.algorithm_commit_sha ?? ''
    const origin = await git(workspace, ['rev-parse', 'HEAD'])

    await act('4. The platform builds what was pushed', () => waitForBuild(platform, quality, deployed))

    const client = await installing
    await act('5. The deployed commit answers the official Python client, with the deployed model', async () => {
      const call = `client.algo("${quality}/${deployed}").pipe(${sampleOf('wine-quality')}).result`
      checkOrigin(await client.evaluate(call), origin)
    })

    await act('6. It is published, for this account only', async () => {
      const version = `{"version_type": "minor", "git_hash": "${deployed}"}`
      const request = `settings={"algorithm_callability": "private"}, version_info=${version}`
      const publish = `client.algo("${quality}").publish(${request})["version_info"]["semantic_version"]`
      say(String(await client.evaluate(publish)))
    })

    await act('7. A second algorithm prepares measurements and calls the first one', async () => {
      await createAlgorithm(client, pipeline, 'Wine pipeline')
      const commit = await pushPipeline(platform, pipeline, join(folder, 'wine-pipeline'))
      await waitForBuild(platform, pipeline, commit)
      const call = `client.algo("${pipeline}/${commit}").pipe(${sampleOf('wine-pipeline')}).result`
      checkOrigin(await client.evaluate(call), origin)
    })

    const summary = join(folder, 'summary.md')
    writeFileSync(summary, second.summary)
    console.log(`
What is deployed as ${quality}
  ${await git(sandbox.repositoryPath(owner, 'wine_quality'), ['log', '--format=%h %an: %s', '-n', '1', 'master'])}
  ${third.outputs.manifest?.replaceAll('\n', '\n  ')}

The demo took ${seconds(started)}. The summary that GitHub shows on the page of the job: ${shown(summary)}
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
