/**
 * The demo: a wine-quality repository is deployed to a local Algorithmia by the real action, three times, and then the
 * deployed inference code is asked about a wine. Everything stays in `.demo`, to be looked at.
 */
import { execFile, execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { promisify, styleText } from 'node:util'
import { parse } from 'yaml'
import { startSandbox } from '../sandbox/server.ts'
import { projectRoot, runAction, type StepResult } from './run-action.ts'

const owner = 'demo'
const algorithm = 'wine_quality'
const example = join(projectRoot, 'examples', 'wine-quality')
const folder = join(projectRoot, '.demo')
const workspace = join(folder, 'repository')
const temp = join(folder, 'runner-temp')
const state = join(folder, 'sandbox')

function title(text: string): void {
  console.log(`\n${styleText('bold', text)}`)
}

function git(cwd: string, ...args: string[]): string {
  const identity = ['-c', 'user.name=A. Vintner', '-c', 'user.email=vintner@example.org', '-c', 'commit.gpgsign=false']
  return execFileSync('git', [...identity, ...args], { cwd, encoding: 'utf8' }).trim()
}

/** The repository of an ML engineer, as it would be cloned from GitHub. */
async function createRepository(): Promise<void> {
  if (existsSync(state)) {
    // Fails when somebody still looks around in there.
    await (await startSandbox({ stateDir: state })).close()
    console.log(`Replacing what an earlier demo left in ${relative(process.cwd(), folder)}.`)
  }
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(temp, { recursive: true })
  cpSync(example, workspace, { recursive: true })
  git(workspace, 'init', '--quiet', '--initial-branch=main')
  commit('Classify wines by cultivar')
}

function commit(message: string): void {
  git(workspace, 'add', '--all')
  git(workspace, 'commit', '--quiet', '--no-verify', '-m', message)
}

/** The inputs of the example's workflow file, with the sandbox's values for its secrets and addresses. */
function workflowInputs(values: Record<string, string>): Record<string, string> {
  const workflow = parse(readFileSync(join(workspace, '.github', 'workflows', 'deploy.yml'), 'utf8'))
  const step = workflow.jobs.deploy.steps.find((candidate: { id?: string }) => candidate.id === 'deploy')
  const inputs: Record<string, string> = {}
  for (const [name, value] of Object.entries<string>(step.with)) {
    inputs[name] = value.replace(/\$\{\{\s*secrets\.(\w+)\s*\}\}/g, (_, key) => values[key] ?? '')
  }
  return inputs
}

async function deploy(inputs: Record<string, string>): Promise<StepResult> {
  const masks: string[] = []
  const head = git(workspace, 'rev-parse', 'HEAD')
  const payload = { head_commit: { id: head, message: git(workspace, 'log', '-1', '--format=%B') } }
  const started = performance.now()
  const result = await runAction(inputs, {
    workspace,
    temp,
    repository: 'vintner/wine-quality',
    ref: 'refs/heads/main',
    commit: head,
    event: { name: 'push', payload },
    environment: {
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? folder,
      ...Object.fromEntries(
        Object.entries(process.env).filter((entry): entry is [string, string] =>
          /^(PIP_|SSL_CERT|LANG|SYSTEMROOT|TEMP|TMP|USERPROFILE|LOCALAPPDATA|APPDATA|COMSPEC|PATHEXT)/i.test(entry[0]),
        ),
      ),
    },
    onLine: (line) => showAsGitHubDoes(line, masks),
  })
  if (result.exitCode !== 0) throw new Error(`The action ended with exit code ${result.exitCode}`)
  console.log(`  (${((performance.now() - started) / 1000).toFixed(1)} s)`)
  return result
}

/** Workflow commands are obeyed, not shown; masked values are stars. */
function showAsGitHubDoes(line: string, masks: string[]): void {
  const mask = /^::add-mask::(.*)$/.exec(line)
  if (mask?.[1]) {
    masks.push(decodeURIComponent(mask[1].replace(/%(?!25|0D|0A)/g, '%25')))
    return
  }
  const group = /^::group::(.*)$/.exec(line)
  const annotation = /^::(error|warning|notice)[^:]*::(.*)$/.exec(line)
  const text = group
    ? styleText('cyan', group[1] ?? '')
    : annotation
      ? `${annotation[1]}: ${annotation[2]?.replaceAll('%0A', '\n    ').replaceAll('%25', '%')}`
      : line
  if (/^::[a-z0-9-]+/.test(text)) return
  console.log(`    ${masks.reduce((shown, secret) => shown.replaceAll(secret, '***'), text)}`)
}

function showOutputs({ outputs }: StepResult): void {
  for (const name of ['status', 'model_uri', 'model_md5_hash', 'algorithm_commit_sha']) {
    console.log(`  ${name.padEnd(21)} ${outputs[name]}`)
  }
}

/**
 * What the platform would do with the deployed commit: install its requirements and call `apply`. The inference code
 * downloads the model of its manifest with the official client and compares the MD5 before it loads it.
 */
async function askDeployedCode(url: string, apiKey: string, repository: string): Promise<string> {
  const clone = join(folder, 'deployed')
  git(folder, 'clone', '--quiet', repository, clone)
  const environment = join(folder, 'inference-environment')
  // Not the synchronous calls: the sandbox that must answer lives in this process.
  const run = promisify(execFile)
  await run(process.platform === 'win32' ? 'python' : 'python3', ['-m', 'venv', environment])
  const python = join(environment, process.platform === 'win32' ? 'Scripts' : 'bin', 'python')
  await run(python, ['-m', 'pip', 'install', '--quiet', '-r', 'requirements.txt'], { cwd: clone })
  const [wine] = JSON.parse(readFileSync(join(example, 'TEST_CASES.json'), 'utf8'))
  const ask = `import json; from src.${algorithm} import apply; print(json.dumps(apply(${JSON.stringify(wine.input)})))`
  const { stdout } = await run(python, ['-c', ask], {
    cwd: clone,
    env: { ...process.env, ALGORITHMIA_API: url, ALGORITHMIA_API_KEY: apiKey },
  })
  return stdout.trim()
}

await createRepository()
const sandbox = await startSandbox({ stateDir: state, users: [{ name: owner }] })
try {
  const user = sandbox.users.find((candidate) => candidate.name === owner)
  if (user === undefined) throw new Error(`The sandbox has no user ${owner}`)
  await sandbox.createAlgorithm(owner, algorithm)
  console.log(`A local Algorithmia runs at ${sandbox.url}, with the empty algorithm ${owner}/${algorithm}.`)
  const inputs = {
    ...workflowInputs({
      ALGORITHMIA_API_KEY: user.apiKey,
      ALGORITHMIA_PASSWORD: user.password,
    }),
    algorithmia_api: sandbox.url,
    git_host: sandbox.url,
  }

  title('1. The first commit is deployed')
  const first = await deploy(inputs)
  showOutputs(first)

  title('2. A second commit trains another model, and is deployed')
  const notebook = join(workspace, 'model_training.ipynb')
  writeFileSync(notebook, readFileSync(notebook, 'utf8').replace('regularisation = 1.0', 'regularisation = 0.5'))
  commit('Regularise more')
  const second = await deploy(inputs)
  showOutputs(second)

  title('3. The same commit again: nothing to deploy')
  const third = await deploy(inputs)
  showOutputs(third)

  const statuses = [first, second, third].map(({ outputs }) => outputs.status).join(', ')
  if (statuses !== 'pushed, pushed, unchanged') throw new Error(`Expected pushed, pushed, unchanged; got ${statuses}`)

  title('4. The deployed code answers with the deployed model')
  const repository = sandbox.repositoryPath(owner, algorithm)
  console.log(`  ${await askDeployedCode(sandbox.url, user.apiKey, repository)}`)

  const summary = join(folder, 'summary.md')
  writeFileSync(summary, second.summary)

  title(`What is deployed as ${owner}/${algorithm}`)
  console.log(third.outputs.manifest)
  console.log(`  ${git(repository, 'log', '--format=%h %an: %s', '-n', '3', 'master').replaceAll('\n', '\n  ')}`)
  console.log(`
Model      ${third.outputs.model_uri}
MD5        ${third.outputs.model_md5_hash}
Commit     ${third.outputs.algorithm_commit_sha} (algorithm repository, master)
Trained    ${git(workspace, 'log', '-1', '--format=%H %s')}

The summary that GitHub shows on the page of the job: ${relative(process.cwd(), summary)}
All of it is in ${relative(process.cwd(), folder) || '.'}. To look around: npm run sandbox -- --state ${relative(process.cwd(), state)}`)
} finally {
  await sandbox.close()
}
