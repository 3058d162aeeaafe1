import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type BareRepository, GitServer } from '../support/git-server.ts'
import { errors, Lab } from '../support/lab.ts'

// What GitHub is for this test: any host that serves `/<owner>/<algorithm>.git` and takes a token as the password.
const token = 'github_pat_11ABC/+=d%41_#?'
let lab: Lab
let github: GitServer
let repository: BareRepository

beforeAll(async () => {
  lab = await Lab.create()
  lab.secrets.push(token)
  github = await GitServer.start()
  github.authorise = (login) => login === `x-access-token:${token}`
  repository = github.create('analysts/digits.git', 'trunk')
})
afterAll(async () => {
  await github.close()
  await lab.close()
})

/** A step that was written for the original action, with its inputs for GitHub hosting. */
const inputs = () => ({
  algorithmia_password: '',
  github_username: 'analysts',
  github_pat: token,
  git_host: github.url,
  // The sandbox builds only what it hosts, so no build of these commits ever appears.
  wait_for_build: 'false',
})

test('deploys into an empty repository, on its own default branch', async () => {
  const result = await lab.run(inputs())
  expect(errors(result)).toEqual([])
  const commit = result.outputs.algorithm_commit_sha ?? ''
  expect(result.outputs).toMatchObject({
    status: 'pushed',
    algorithm_commit_url: `${github.url}/analysts/digits/commit/${commit}`,
  })
  expect(result.summary).toContain('<code>trunk</code>')
  expect(lab.git('--git-dir', repository.folder, 'rev-parse', 'trunk')).toBe(commit)
  const manifest = JSON.parse(lab.git('--git-dir', repository.folder, 'show', 'trunk:model_manifest.json'))
  expect(manifest.model_filepath).toBe(result.outputs.model_filepath)
  expect((await lab.download(manifest.model_filepath)).toString()).toBe('the first model')
})

test('sends nothing but the token, once a request', () => {
  const sent = github.requests.filter(({ authorization }) => authorization.length > 0)
  expect(sent.length).toBeGreaterThan(3)
  expect([...new Set(sent.map(({ login }) => login))]).toEqual([`x-access-token:${token}`])
  expect(sent.every(({ authorization }) => authorization.length === 1)).toBe(true)
})

test('says unchanged the second time, and deploys a new commit on top', async () => {
  expect((await lab.run(inputs())).outputs.status).toBe('unchanged')
  lab.commit('Another commit')
  expect((await lab.run(inputs())).outputs.status).toBe('pushed')
  expect(lab.git('--git-dir', repository.folder, 'rev-list', '--count', 'trunk')).toBe('2')
})

test('a token that may not write is noticed before anything is stored', async () => {
  lab.commit('One more')
  const before = await lab.remote()
  github.reply = ({ service }) =>
    service === 'git-receive-pack' ? { status: 403, body: 'Permission denied' } : undefined
  const result = await lab.run(inputs())
  github.reply = () => undefined
  expect(result.exitCode).toBe(1)
  expect(result.outputs.failed_phase).toBe('preflight')
  expect(errors(result)[0]).toContain('github_pat (as x-access-token) may not write to')
  expect(await lab.remote()).toEqual(before)
})

test('g60: paths that lead out of the workspace or into .git fail before the repository is asked anything', async () => {
  const before = github.requests.length
  const result = await lab.run({
    ...inputs(),
    algorithm_path: '../x',
    model_path: '/etc/passwd',
    notebook_path: '.git/hooks',
  })
  expect(result.outputs.failed_phase).toBe('inputs')
  for (const input of ['algorithm_path is "../x"', 'model_path is "/etc/passwd"', 'notebook_path is ".git/hooks"'])
    expect(errors(result)[0]).toContain(input)
  expect(github.requests).toHaveLength(before)
})

test('g10: a token that is no secret of this workflow is asked for by name, before anybody is', async () => {
  github.requests.length = 0
  const result = await lab.run({ ...inputs(), github_pat: '' })
  expect(result.outputs.failed_phase).toBe('inputs')
  expect(errors(result)[0]).toMatch(/github_pat is empty.*fork or Dependabot/)
  expect(github.requests).toEqual([])
})

test('g15: the token of the job is told of, before the host says that there is no such repository', async () => {
  const jobToken = 'ghs_TokenOfTheJob1'
  lab.secrets.push(jobToken)
  github.authorise = (login) => login !== undefined && { status: 404, body: 'Repository not found.' }
  const environment = { ...lab.environment, GITHUB_TOKEN: jobToken }
  const result = await lab.run({ ...inputs(), github_pat: jobToken }, { environment })
  const annotations = result.output.split('\n').filter((line) => /^::(warning|error)/.test(line))
  expect(annotations[0]).toMatch(/^::warning::github_pat is the token that this job has for alice\/digits-training/)
  expect(annotations[1]).toMatch(/^::error.*is missing, misspelt, or not visible to github_pat/)
})

test('any address, with a login, and an algorithm that an organisation owns', async () => {
  await lab.createOrganisation('acme')
  await lab.sandbox.createAlgorithm('acme', lab.algorithm)
  const elsewhere = github.create('ml/the-digits.git', 'main')
  github.authorise = (login) => login === `deployer:${token}`
  github.requests.length = 0
  const result = await lab.run({
    ...inputs(),
    github_username: '',
    git_host: '',
    algorithm_repository: elsewhere.url,
    git_login: 'deployer',
    algorithm_owner: 'acme',
    algorithmia_uploadpath: 'data://acme/digits',
  })
  expect(errors(result)).toEqual([])
  expect(result.outputs).toMatchObject({
    status: 'pushed',
    algorithm_commit_url: `${github.url}/ml/the-digits/commit/${elsewhere.head()}`,
    model_uri: expect.stringMatching(/^data:\/\/acme\/digits\//),
  })
  expect(result.summary).toContain('acme/digits')
  expect(github.requests.flatMap(({ login }) => login ?? []).every((login) => login === `deployer:${token}`)).toBe(true)
})

test('an algorithm that an organisation owns, hosted by Algorithmia: its member logs in, tests and publishes', async () => {
  const result = await lab.run({ algorithm_owner: 'acme', publish: 'minor' })
  expect(errors(result)).toEqual([])
  expect(result.outputs).toMatchObject({ status: 'released', version: '0.1.0' })
  expect(result.outputs.endpoint_url).toContain('/acme/digits/')
})
