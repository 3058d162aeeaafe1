import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { AlgorithmRepository, type RepositoryLocation } from '../../src/algorithm-repo/repository.ts'
import { createAlgorithm, type NewAlgorithm } from '../../src/algorithmia/create.ts'
import { findEnvironment } from '../../src/algorithmia/environments.ts'
import { findSourceHost } from '../../src/algorithmia/source-hosts.ts'
import { RefusedError } from '../../src/errors.ts'
import type { CreationInputs, Inputs } from '../../src/inputs.ts'
import { awaitRepository, planAlgorithm } from '../../src/stages/create.ts'
import { algorithmAt, algorithmPath, inTurn, refusal } from '../support/algorithm-records.ts'
import { type BareRepository, GitServer } from '../support/git-server.ts'
import { failureOf, platformLab } from '../support/platform-lab.ts'
import { notFound } from '../support/scripted-platform.ts'
import type { Seen, Step } from '../support/scripted-server.ts'

// Creating an algorithm: what is looked up, what is sent, and what each answer means.

const lab = platformLab()
const languages = '/v1/algorithm-environments/edge/languages'
const environment = (id: string, display_name: string, machine_type = 'CPU') => ({ id, display_name, machine_type })
const there = [
  environment('aa-1', 'Python 3.8', 'GPU'),
  environment('aa-2', 'Python 3.8'),
  environment('aa-3', 'Python 3.9'),
  environment('aa-4', 'PyTorch', 'GPU'),
  environment('aa-5', 'Twice'),
  environment('aa-6', 'Twice'),
]
const body: NewAlgorithm = {
  name: 'wine',
  details: { label: 'wine' },
  settings: {
    algorithm_callability: 'private',
    source_visibility: 'closed',
    license: 'apl',
    network_access: 'full',
    pipeline_enabled: true,
    algorithm_environment: 'aa-2',
  },
}

describe('an environment', () => {
  test.each([
    ['Python 3.8', 'aa-2', 'Python 3.8'],
    ['pYTHON 3.8', 'aa-2', 'Python 3.8'],
    ['Python 3.8 GPU', 'aa-1', 'Python 3.8 GPU'],
    ['AA-1', 'aa-1', 'Python 3.8 GPU'],
    ['PyTorch', 'aa-4', 'PyTorch GPU'],
    ['aa-6', 'aa-6', 'Twice'],
  ])('%s is found', async (wanted, id, name) => {
    for (const list of [{ environments: there }, there]) {
      const server = await lab.serve(() => ({ body: list }))
      expect(await findEnvironment(algorithmAt(server.url), 'python3', wanted)).toEqual({ id, name })
      expect(server.seen).toMatchObject([{ method: 'GET', path: `${languages}/python3/environments` }])
    }
  })

  test.each([
    [
      'Python 3',
      /"Python 3", which python3 does not have; it has: Python 3\.8 GPU, Python 3\.8, Python 3\.9, PyTorch GPU/,
    ],
    ['twice', /"twice", which names several; write the id of one: aa-5 \(Twice\), aa-6 \(Twice\)/],
  ])('%s is no choice, and the error lists what is', async (wanted, message) => {
    const server = await lab.serve(() => ({ body: { environments: there } }))
    expect((await failureOf(findEnvironment(algorithmAt(server.url), 'python3', wanted))).message).toMatch(message)
  })

  test.each<[string, Step, RegExp]>([
    [
      'of a language without any',
      { body: [{ name: 'python3' }, { name: 'java11' }] },
      /has no environments; these languages have some: python3, java11$/,
    ],
    [
      'of an installation without any',
      notFound,
      /has no environments for algorithms.*`python3-1`, and algorithm_environment to cpu or gpu/,
    ],
  ])('%s', async (_, list, message) => {
    const server = await lab.serve(({ path }) => (path === languages ? list : notFound))
    expect((await failureOf(findEnvironment(algorithmAt(server.url), 'cobol', 'x'))).message).toMatch(message)
  })

  test('is not shown to a wrong key', async () => {
    const server = await lab.serve(() => refusal(401, 'no such key'))
    expect(await failureOf(findEnvironment(algorithmAt(server.url), 'python3', 'x'))).toBeInstanceOf(RefusedError)
  })
})

describe('a git host', () => {
  const scm = (id: string, provider: string, web?: string, enabled = true) => ({
    id,
    provider,
    enabled,
    ...(web && { urls: { web } }),
  })
  const hosts = [
    scm('internal', 'internal'),
    scm('gh', 'github'),
    scm('ghe', 'github', 'https://ghe.example:8443'),
    scm('gl', 'gitlab', 'https://gitlab.com/'),
    scm('bb', 'bitbucket_cloud', 'https://bitbucket.org'),
    scm('bbs', 'bitbucket', 'https://git.example'),
    scm('off', 'gitlab', 'https://off.example', false),
  ]

  test.each([
    ['https://github.com/o/r.git', 'github', 'gh'],
    ['https://ghe.example:8443/o/r.git', 'github', 'ghe'],
    ['https://gitlab.com/o/r.git', 'gitlab', 'gl'],
    ['https://bitbucket.org/o/r.git', 'bitbucket', 'bb'],
    ['https://git.example/scm/o/r.git', 'bitbucket', 'bbs'],
  ] as const)('%s is connected', async (url, provider, id) => {
    const server = await lab.serve(() => ({ body: { results: hosts } }))
    expect(await findSourceHost(algorithmAt(server.url), url, provider)).toBe(id)
    expect(server.seen).toMatchObject([{ method: 'GET', path: '/v1/scms' }])
  })

  test.each(['https://off.example/o/r.git', 'https://gitlab.com:444/o/r.git'])(
    '%s is not, and the error lists those that are',
    async (url) => {
      const server = await lab.serve(() => ({ body: { results: hosts } }))
      expect((await failureOf(findSourceHost(algorithmAt(server.url), url, 'gitlab'))).message).toMatch(
        /is connected to internal, github\.com, ghe\.example:8443, gitlab\.com, bitbucket\.org, git\.example, which is/,
      )
    },
  )
})

describe('what is planned', () => {
  const creation: CreationInputs = {
    apiKey: 'k',
    keyInput: 'algorithmia_api_key',
    runtime: { language: 'python3', environment: 'Python 3.8' },
    sourceVisibility: 'closed',
    networkAccess: 'full',
    pipelineEnabled: true,
  }
  const plan = async (repository: Partial<Inputs['repository']>, changes: Partial<CreationInputs> = {}) => {
    const answers: Record<string, Step> = {
      '/v1/scms': {
        body: { results: [{ id: 'gl', provider: 'gitlab', enabled: true, urls: { web: 'https://gitlab.com' } }] },
      },
      [`${languages}/python3/environments`]: { body: { environments: there } },
    }
    const server = await lab.serve(({ path }) => answers[path] ?? notFound)
    const git = await GitServer.start()
    const location = {
      url: `${git.url}/o/none.git`,
      login: 'a',
      secret: 'b',
      secretInput: 'github_pat',
      provider: 'github' as const,
      branch: undefined,
      author: { name: 'a', email: 'a@b' },
    }
    const planned = await planAlgorithm({
      inputs: {
        repository: { provider: 'algorithmia', branch: undefined, createBranch: false, ...repository },
      } as Inputs,
      creation: { ...creation, ...changes },
      algorithm: algorithmAt(server.url),
      found: 'missing',
      opened: AlgorithmRepository.clone(location, mkdtempSync(join(lab.folder, 'run-'))),
    }).finally(() => git.close())
    return planned && { ...planned, text: JSON.stringify(planned.body) }
  }

  test('is the body of the reference, member by member', async () => {
    expect((await plan({}))?.text).toBe(
      '{"name":"wine","details":{"label":"wine"},"settings":{"algorithm_callability":"private","source_visibility":"closed",' +
        '"license":"apl","network_access":"full","pipeline_enabled":true,"algorithm_environment":"aa-2"}}',
    )
  })

  test('of a legacy language is language and machine', async () => {
    const planned = await plan(
      {},
      {
        runtime: { language: 'r', machine: 'gpu' },
        sourceVisibility: 'open',
        networkAccess: 'isolated',
        pipelineEnabled: false,
      },
    )
    expect(planned?.text).toBe(
      '{"name":"wine","details":{"label":"wine"},"settings":{"algorithm_callability":"private","source_visibility":"open",' +
        '"license":"apl","network_access":"isolated","pipeline_enabled":false,"language":"r","environment":"gpu"}}',
    )
    expect(planned?.shown).toBe('demo/wine (r on gpu, open, isolated network, calls no other algorithms)')
  })

  test('on another git host names the connection, and the repository with its groups', async () => {
    const planned = await plan({ provider: 'gitlab', url: 'https://gitlab.com/group/sub/wine.git' })
    expect(planned?.text).toMatch(
      /,"source":\{"scm":"gl","repository_owner":"group\/sub","repository_name":"wine","initial_commit_message":"Initial commit"\}\}$/,
    )
  })
})

describe('creating', () => {
  const post =
    (nth: Step[], found: Step[] = [notFound]) =>
    (request: Seen) =>
      inTurn(request.method === 'POST' ? nth : found, request.nth)
  const create = (url: string) => createAlgorithm(algorithmAt(url), body, 5)

  test('sends the body once', async () => {
    const server = await lab.serve(post([{ body: { id: 'x' } }]))
    expect(await create(server.url)).toBe('created')
    expect(server.seen).toMatchObject([{ method: 'POST', path: '/v1/algorithms/demo', body: JSON.stringify(body) }])
    expect(server.seen[0]?.headers['content-type']).toBe('application/json')
  })

  test.each<[string, Step[], Step[], 'created' | 'existed', number]>([
    ['somebody else was first', [refusal(409, 'exists', { code: 1002 })], [], 'existed', 1],
    ['somebody else was first, with another status', [refusal(400, 'exists', { code: 1002 })], [], 'existed', 1],
    ['the answer is lost, but the algorithm there', [{ instead: 'reset' }], [{ body: { id: 'x' } }], 'created', 1],
    ['an error hides that it is there', [refusal(500, 'oops')], [{ body: { id: 'x' } }], 'created', 1],
    [
      'it is there only later',
      [{ instead: 'reset' }, refusal(409, 'exists', { code: 1002 })],
      [notFound],
      'created',
      2,
    ],
    ['the second time is better', [refusal(503, 'busy'), { body: { id: 'x' } }], [notFound], 'created', 2],
  ])('when %s', async (_, answers, found, outcome, sent) => {
    const server = await lab.serve(post(answers, found))
    expect(await create(server.url)).toBe(outcome)
    expect(server.seen.filter(({ method }) => method === 'POST')).toHaveLength(sent)
  })

  test.each<[string, Step, RegExp]>([
    [
      'a wrong key',
      refusal(401, 'no such key', { code: 2002 }),
      /^Algorithmia rejected algorithmia_api_key while trying to create the algorithm demo\/wine/,
    ],
    [
      'a key without the right',
      refusal(403, 'not authorized', { code: 2001 }),
      /^algorithmia_api_key may not create .*"may manage my algorithms"/,
    ],
    [
      'an owner that is not there',
      refusal(404, 'x', { code: 3000 }),
      /has no account or organisation "demo"; correct algorithm_owner/,
    ],
    ['an organisation that is not there', refusal(404, 'x', { code: 3100 }), /has no account or organisation "demo"/],
    [
      'a repository that is there',
      refusal(500, 'x', { code: 1008 }),
      /cannot attach one that exists: rename or delete/,
    ],
    [
      'a host that is not connected',
      refusal(403, 'x', { code: 4080 }),
      /no access to the git host\. Connect the account/,
    ],
    [
      'settings that it refuses',
      refusal(400, 'bad language', { code: 4001 }),
      /could not create the algorithm demo\/wine \(HTTP 400: bad language\)/,
    ],
    ['an error in a good answer', { body: { error: { message: 'out of names' } } }, /\(HTTP 200: out of names\)/],
  ])('fails at once for %s', async (_, answer, message) => {
    const server = await lab.serve(post([answer]))
    expect((await failureOf(create(server.url))).message).toMatch(message)
    expect(server.seen).toHaveLength(1)
  })

  test('fails in the end when the platform stays in trouble', async () => {
    const server = await lab.serve(post([refusal(502, 'bad gateway')]))
    expect((await failureOf(create(server.url))).message).toMatch(
      /\(HTTP 502: bad gateway\), and does not have it now; run again/,
    )
    expect(server.seen.map(({ method, path }) => `${method} ${path}`).slice(-2)).toEqual([
      'POST /v1/algorithms/demo',
      `GET ${algorithmPath}`,
    ])
  })
})

describe('waiting for the repository', () => {
  const wait = async (prepare: (git: GitServer) => void, limitMs: number, asked: Partial<RepositoryLocation> = {}) => {
    const git = await GitServer.start()
    prepare(git)
    const location = {
      url: `${git.url}/demo/wine.git`,
      login: 'a',
      secret: 'b',
      secretInput: 'github_pat',
      provider: 'github' as const,
      branch: undefined,
      author: { name: 'a', email: 'a@b' },
      ...asked,
    }
    const temp = mkdtempSync(join(lab.folder, 'run-'))
    return awaitRepository(() => AlgorithmRepository.clone(location, temp), { limitMs, firstPauseMs: 50 }).finally(() =>
      git.close(),
    )
  }

  test('goes on until it has its first commit', async () => {
    let looks = 0
    let bare: BareRepository | undefined
    const repository = await wait((git) => {
      git.reply = ({ url }) => {
        if (url.includes('/info/refs')) looks += 1
        if (looks === 2) bare ??= git.create('demo/wine.git', 'master')
        if (looks === 4 && bare?.head() === undefined) bare?.commit({ 'README.md': 'new' })
        return undefined
      }
    }, 60_000)
    expect(repository.isEmpty).toBe(false)
    expect(lab.printed()).toContain('The repository is not there yet; looking again in')
  })

  test.each([
    ['a branch of it is named', { branch: 'master' }],
    ['a pull request is to be merged into it', { requestBranch: 'deploy' }],
  ])('goes on until it has its first commit, also where %s', async (_, asked) => {
    let looks = 0
    let bare: BareRepository | undefined
    const repository = await wait(
      (git) => {
        bare = git.create('demo/wine.git', 'master')
        git.reply = ({ url }) => {
          if (url.includes('/info/refs')) looks += 1
          if (looks === 3 && bare?.head() === undefined) bare?.commit({ 'README.md': 'new' })
          return undefined
        }
      },
      60_000,
      asked,
    )
    expect(repository.isEmpty).toBe(false)
  })

  test('ends at the limit with what is wrong', async () => {
    const missing = await failureOf(wait(() => undefined, 200))
    expect(missing.message).toMatch(
      /^The algorithm is there, but not its repository, after 200 ms\. .* is missing, misspelt, or not visible to github_pat/s,
    )
    const empty = await failureOf(wait((git) => void git.create('demo/wine.git'), 200))
    expect(empty.message).toMatch(/its repository is still empty/)
  })

  test('ends at once when it is something else', async () => {
    const started = performance.now()
    const refused = await failureOf(
      wait((git) => {
        git.authorise = () => false
      }, 60_000),
    )
    expect(refused.message).toMatch(/rejected github_pat/)
    expect(performance.now() - started).toBeLessThan(10_000)
  })
})
