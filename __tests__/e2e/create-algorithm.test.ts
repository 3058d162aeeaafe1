import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import type { StepResult } from '../../examples/run-action.ts'
import { GitServer } from '../support/git-server.ts'
import { call } from '../support/http-call.ts'
import { errors, Lab, nastyKey, notebook, storingKey, warnings } from '../support/lab.ts'
import { jsonAnswer, type Meddle, MeddlingProxy } from '../support/meddling-proxy.ts'
import { clientRequirements } from '../support/official-clients.ts'
import { noPackages } from '../support/sandbox-lab.ts'

let lab: Lab
beforeAll(async () => {
  lab = await Lab.create()
})
afterAll(() => lab.close())

/** The code of an algorithm that does not exist, and the inputs that have it created. */
function newcomer(
  name: string,
  source = 'def apply(input):\n    return ["answered by", input]\n',
): Record<string, string> {
  lab.write(`${name}/src/${name}.py`, source)
  lab.write(`${name}/requirements.txt`, noPackages)
  lab.commit(`Add ${name}`)
  return { algorithmia_algoname: name, create_algorithm: 'true' }
}

interface AlgorithmBody {
  id: string
  settings: Record<string, unknown>
  details: { label: string }
}

async function describeAlgorithm(owner: string, name: string): Promise<AlgorithmBody> {
  return (await call(lab.sandbox.url, `/v1/algorithms/${owner}/${name}`, { key: nastyKey })).json() as AlgorithmBody
}

function created({ summary }: StepResult): string | undefined {
  return /^- Created the algorithm (.*)\.$/m.exec(summary)?.[1]?.replaceAll('\\', '')
}

function expectNotCreated(result: StepResult, phase: string, message: RegExp, name: string, owner = lab.owner): void {
  expect(errors(result)).toHaveLength(1)
  expect(errors(result)[0]).toMatch(message)
  expect(result.outputs).toMatchObject({
    status: 'failed',
    failed_phase: phase,
    model_uri: '',
    algorithm_commit_sha: '',
  })
  expect(result.summary).not.toContain('Left behind')
  expect(lab.sandbox.hasAlgorithm(owner, name)).toBe(false)
}

test('creates what is missing, releases it as 0.1.0, and deploys to it from then on', async () => {
  const adk = `from Algorithmia import ADK


def apply(input):
    return ["answered by", input]


ADK(apply).init("test")
`
  const inputs = { ...newcomer('fresh', adk), publish: 'minor' }
  lab.write('fresh/requirements.txt', clientRequirements['2.0.5'])
  const [input, expected_output] = ['hello', ['answered by', 'hello']]
  lab.write('fresh/TEST_CASES.json', JSON.stringify([{ case_name: 'hello', input, expected_output }]))
  lab.commit('With the ADK')
  const first = await lab.run(inputs)
  expect(errors(first)).toEqual([])
  expect(warnings(first)).toEqual([])
  expect(first.outputs).toMatchObject({ status: 'released', version: '0.1.0', tests_passed: '1' })
  expect(created(first)).toBe('alice/fresh (Python 3.8, closed, full network)')
  const { id, details, settings } = await describeAlgorithm('alice', 'fresh')
  expect(details.label).toBe('fresh')
  expect(settings).toMatchObject({
    algorithm_environment: '7d1f3f66-5c0e-4c59-8d0b-38a000000038',
    algorithm_callability: 'private',
    source_visibility: 'closed',
    license: 'apl',
    network_access: 'full',
    pipeline_enabled: true,
  })
  const answer = await call(lab.sandbox.url, '/v1/algo/alice/fresh/0.1.0', {
    method: 'POST',
    key: nastyKey,
    headers: { 'content-type': 'application/json' },
    body: '7',
  })
  expect(answer.json()).toMatchObject({ result: ['answered by', 7] })

  lab.commit('Another commit')
  const second = await lab.run({ ...inputs, network_access: 'isolated' })
  expect(errors(second)).toEqual([])
  expect(second.outputs).toMatchObject({ status: 'released', version: '0.2.0' })
  expect(created(second)).toBeUndefined()
  expect(second.output).not.toContain('::group::Create the algorithm')
  expect(await describeAlgorithm('alice', 'fresh')).toMatchObject({ id, settings })
})

test('creates one of a legacy language for an organisation, as the inputs describe it', async () => {
  await lab.createOrganisation('acme')
  const result = await lab.run({
    ...newcomer('old_style'),
    algorithm_owner: 'acme',
    algorithmia_uploadpath: 'data://acme/$ALGORITHMIA_ALGONAME',
    algorithm_language: 'python3-1',
    source_visibility: 'open',
    network_access: 'isolated',
    pipeline_enabled: 'false',
  })
  expect(errors(result)).toEqual([])
  expect(warnings(result)).toEqual([])
  expect(result.outputs.status).toBe('built')
  expect(created(result)).toBe('acme/old_style (python3-1 on cpu, open, isolated network, calls no other algorithms)')
  expect((await describeAlgorithm('acme', 'old_style')).settings).toMatchObject({
    language: 'python3-1',
    environment: 'cpu',
    source_visibility: 'open',
    network_access: 'isolated',
    pipeline_enabled: false,
  })
})

describe('nothing is created', () => {
  test('without the input, which is then named', async () => {
    const { create_algorithm, ...inputs } = newcomer('absent')
    const message = /::There is no algorithm alice\/absent on .*; set `create_algorithm: true`/
    expectNotCreated(await lab.run(inputs), 'preflight', message, 'absent')
  })

  test.each<[string, Record<string, string>, string, RegExp]>([
    [
      'with an environment that is not there',
      { algorithm_environment: 'Python 2.7' },
      'preflight',
      /::algorithm_environment is "Python 2\.7", which python3 does not have; it has: Python 3\.7, Python 3\.8, Python 3\.9\./,
    ],
    [
      'with a language that is not there',
      { algorithm_language: 'cobol' },
      'preflight',
      /::algorithm_language is "cobol", which has no environments; these languages have some: python3$/,
    ],
    [
      'with a branch that a new repository does not have',
      { algorithm_branch: 'later' },
      'preflight',
      /::algorithm_branch is "later", but the repository of a new algorithm has only its default branch/,
    ],
    [
      'for an owner that is not there',
      { algorithm_owner: 'nobody' },
      'create',
      /::Algorithmia could not create the algorithm nobody\/absent .*: http.* has no account or organisation "nobody"/,
    ],
    [
      'by a key that may not manage',
      { algorithmia_api_key: storingKey },
      'create',
      /::algorithmia_api_key may not create the algorithm alice\/absent .*"may manage my algorithms"/,
    ],
    [
      'with a wrong password of git',
      { algorithmia_password: 'wrong password 1' },
      'preflight',
      /::Reading the algorithm repository failed: .* rejected algorithmia_password \(as alice\)/,
    ],
  ])('%s', async (_, changes, phase, message) => {
    const owner = changes.algorithm_owner ?? lab.owner
    const result = await lab.run({ ...newcomer('absent'), ...changes })
    expectNotCreated(result, phase, message, 'absent', owner)
  })

  test('when other checks fail, all of which are told at once', async () => {
    lab.write('absent/model_manifest.json', '{ not JSON')
    const result = await lab.run({ ...newcomer('absent'), algorithm_environment: 'Python 2.7' })
    lab.write('absent/model_manifest.json', '{}')
    expectNotCreated(result, 'preflight', /::2 checks failed:.*Python 2\.7.*code folder absent/, 'absent')
  })

  test('by a dry run, which says what would be', async () => {
    const result = await lab.run({ ...newcomer('absent'), dry_run: 'true', publish: 'minor' })
    expect(errors(result)).toEqual([])
    expect(result.outputs.status).toBe('planned')
    expect(result.summary).toContain('- Would create the algorithm alice/absent (Python 3.8, closed, full network).')
    expect(result.summary).toContain('would be uploaded')
    expect(lab.sandbox.hasAlgorithm('alice', 'absent')).toBe(false)
  })
})

test('a training that fails leaves the new algorithm behind, which is told, and the next run goes on from there', async () => {
  lab.write('model_training.ipynb', notebook('raise ValueError("too little wine")'))
  const inputs = { ...newcomer('left_behind'), wait_for_build: 'false' }
  const failed = await lab.run(inputs)
  expect(failed.outputs).toMatchObject({ status: 'failed', failed_phase: 'train' })
  const left = /Left behind: the algorithm alice\/left_behind was created and holds only the platform's template/
  expect(errors(failed).at(-1)).toMatch(left)
  expect(failed.summary).toMatch(left)

  const again = await lab.run({ ...inputs, notebook_path: '' })
  expect(again.outputs.status).toBe('pushed')
  expect(created(again)).toBeUndefined()
})

test('a secret that opens nothing of the new algorithm is noticed before anything is trained', async () => {
  const inputs = { ...newcomer('locked'), notebook_path: '', wait_for_build: 'false' }
  const failed = await lab.run({ ...inputs, algorithmia_password: storingKey })
  expect(failed.outputs).toMatchObject({ status: 'failed', failed_phase: 'create', model_uri: '' })
  expect(errors(failed)[0]).toMatch(
    /::Reading the algorithm repository failed: algorithmia_password \(as alice\) may not read .*Left behind: the algorithm alice\/locked/,
  )
})

test('of two runs at once one creates, and both deploy', async () => {
  const inputs = { ...newcomer('together'), notebook_path: '', wait_for_build: 'false' }
  const results = await Promise.all([lab.run(inputs), lab.run(inputs)])
  expect(results.flatMap(errors)).toEqual([])
  expect(results.map(created).filter(Boolean)).toHaveLength(1)
  const statuses = results.map(({ outputs }) => outputs.status)
  expect(statuses).toContain('pushed')
  const repository = lab.sandbox.repositoryPath('alice', 'together')
  expect(lab.git('--git-dir', repository, 'show', 'master:model_manifest.json')).toContain('"model_filepath"')
})

describe('on another git host', () => {
  const token = 'github_pat_11NEW/+=d%41_#?'
  let github: GitServer
  let bodies: unknown[] = []
  let proxy: MeddlingProxy
  let shown: unknown[] = []
  const meddle: Meddle = async ({ method, path, body }) => {
    if (path === '/v1/scms') return jsonAnswer({ results: shown })
    if (method !== 'POST' || path !== '/v1/algorithms/alice') return undefined
    bodies.push(JSON.parse(body.toString()))
    // The repository takes its time.
    setTimeout(() => github.create('analysts/hosted.git', 'main').commit({ 'README.md': 'new' }), 500)
    return jsonAnswer({ id: 'new', name: 'hosted', resource_type: 'algorithm' })
  }
  beforeAll(async () => {
    lab.secrets.push(token)
    github = await GitServer.start()
    github.authorise = (login) => login === `x-access-token:${token}`
    proxy = await MeddlingProxy.start(lab.sandbox.url, meddle)
    shown = [
      { id: 'internal', name: 'internal', provider: 'internal', default: true, enabled: true },
      { id: 'off', provider: 'github', enabled: false, urls: { web: github.url } },
      { id: 'public', provider: 'github', enabled: true },
      { id: 'ours', provider: 'github', enabled: true, urls: { web: `${github.url}/` } },
    ]
  })
  afterEach(() => {
    bodies = []
  })
  afterAll(async () => {
    await proxy.close()
    await github.close()
  })
  const inputs = () => ({
    ...newcomer('hosted'),
    algorithmia_api: proxy.url,
    algorithmia_password: '',
    github_username: 'analysts',
    github_pat: token,
    git_host: github.url,
    notebook_path: '',
    wait_for_build: 'false',
  })

  test('names what the platform is connected to when that one is missing', async () => {
    const all = shown
    shown = all.slice(0, 3)
    const result = await lab.run(inputs())
    shown = all
    expect(errors(result)[0]).toMatch(
      /cannot make a repository on 127\.0\.0\.1:\d+: .* is connected to internal, github\.com/,
    )
    expect(bodies).toEqual([])
  })

  test('has the platform make the repository, waits for it, and pushes to it', async () => {
    const result = await lab.run(inputs())
    expect(errors(result)).toEqual([])
    expect(result.outputs.status).toBe('pushed')
    expect(bodies).toMatchObject([
      {
        source: {
          scm: 'ours',
          repository_owner: 'analysts',
          repository_name: 'hosted',
          initial_commit_message: 'Initial commit',
        },
      },
    ])
    expect(result.output).toContain('The repository is not there yet; looking again in 1.0 s')
  })

  test('waits for the repository of an algorithm that another run has just created', async () => {
    await lab.sandbox.createAlgorithm('alice', 'crossed')
    github.create('analysts/crossed.git', 'main').commit({ 'README.md': 'new' })
    const before = github.requests.length
    github.reply = () =>
      github.requests.length === before + 1 ? { status: 404, body: 'Repository not found' } : undefined
    const result = await lab.run({ ...inputs(), ...newcomer('crossed') })
    github.reply = () => undefined
    expect(errors(result)).toEqual([])
    expect(result.outputs.status).toBe('pushed')
    expect(bodies).toEqual([])
  })

  test('attaches no repository that is there already', async () => {
    const result = await lab.run(inputs())
    expect(errors(result)[0]).toMatch(
      /::The repository http.*\/analysts\/hosted\.git exists, but .* shows no algorithm alice\/hosted.*cannot attach one that exists/,
    )
    expect(result.outputs.failed_phase).toBe('preflight')
    expect(bodies).toEqual([])
    expect(existsSync(join(lab.workspace, 'hosted', '.git'))).toBe(false)
  })
})
