import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { noPackages, SandboxLab } from '../support/sandbox-lab.ts'
import { until } from '../support/until.ts'

let lab: SandboxLab
let folder: string

beforeAll(async () => {
  lab = await SandboxLab.start()
  folder = mkdtempSync(join(tmpdir(), 'sandbox-builds-'))
  // The environment without packages is made once.
  await lab.deploy('First', plain('First'))
}, 300_000)
afterAll(async () => {
  await lab.close()
  rmSync(folder, { recursive: true, force: true })
})

function plain(name: string, source = 'def apply(input):\n    return input\n'): Record<string, string> {
  return { 'requirements.txt': noPackages, [`src/${name}.py`]: source }
}

/** An algorithm whose loading announces itself and waits until the file `go` is there. */
function waiting(name: string): Record<string, string> {
  return plain(
    name,
    `import os, time
open(${JSON.stringify(join(folder, name))} + '.loading', 'w').close()
while not os.path.exists(${JSON.stringify(join(folder, name))} + '.go'):
    time.sleep(0.02)
def apply(input):
    return ${JSON.stringify(name)}
`,
  )
}
const isLoading = (name: string) => existsSync(join(folder, `${name}.loading`))
const letGo = (name: string) => writeFileSync(join(folder, `${name}.go`), '')
const create = (name: string) => lab.request('POST', '/v1/algorithms/anna', { name })

describe('a push', () => {
  test('has its build on record as soon as git is done, and its log when it is finished', async () => {
    await create('Pushed')
    const commit = await lab.push('Pushed', waiting('Pushed'))
    const [build, ...others] = await lab.builds('Pushed')
    expect(others).toEqual([])
    expect(build).toEqual({
      build_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      status: 'in-progress',
      commit_sha: commit,
      started_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      resource_type: 'algorithm_build',
    })
    const address = `/v1/algorithms/anna/Pushed/builds/${build?.build_id}`
    await until(() => isLoading('Pushed'))
    const early = await lab.request('GET', `${address}/logs`)
    expect([early.status, early.json()]).toEqual([
      404,
      { error: expect.objectContaining({ message: expect.stringContaining('not finished') }) },
    ])
    letGo('Pushed')
    expect(await lab.finished('Pushed', build?.build_id ?? '')).toMatchObject({
      status: 'succeeded',
      finished_at: expect.stringMatching(/Z$/),
    })
    const log = await lab.buildLog('Pushed', build?.build_id ?? '')
    expect(log).toMatch(
      /^Beginning container customization of anna\/Pushed at [0-9a-f]{40}\nPython 3[\s\S]*Build succeeded\n$/,
    )
  })

  test('of many commits builds the last one only, and of another branch nothing', async () => {
    await create('Many')
    const first = await lab.push('Many', plain('Many', 'def apply(input):\n    return 1\n'), 'side')
    expect(await lab.builds('Many')).toEqual([])
    // The head of `side` and one more commit.
    const head = await lab.push('Many', plain('Many', 'def apply(input):\n    return 2\n'))
    expect((await lab.builds('Many')).map(({ commit_sha }) => commit_sha)).toEqual([head])
    expect(head).not.toBe(first)
  })

  test('while another build is under way is built after it', async () => {
    await create('Queue')
    await lab.push('Queue', waiting('Queue'))
    await until(() => isLoading('Queue'))
    await lab.push('Queue', plain('Queue'))
    expect((await lab.builds('Queue')).map(({ status }) => status)).toEqual(['in-progress', 'in-progress'])
    letGo('Queue')
    const [second, first] = await lab.builds('Queue')
    const finished = [
      await lab.finished('Queue', first?.build_id ?? ''),
      await lab.finished('Queue', second?.build_id ?? ''),
    ]
    expect(finished.map(({ status }) => status)).toEqual(['succeeded', 'succeeded'])
    expect(String(finished[0]?.finished_at) <= String(finished[1]?.finished_at)).toBe(true)
  })

  test('of one algorithm does not wait for the build of another', async () => {
    for (const name of ['Left', 'Right']) {
      await create(name)
      await lab.push(name, waiting(name))
    }
    // Only if both run at once.
    await until(() => isLoading('Left') && isLoading('Right'))
    letGo('Left')
    letGo('Right')
    for (const name of ['Left', 'Right']) {
      const [build] = await lab.builds(name)
      expect(await lab.finished(name, build?.build_id ?? '')).toMatchObject({ status: 'succeeded' })
    }
  })
})

describe('a build', () => {
  test('with unchanged requirements installs nothing', async () => {
    const requirements = `six==1.17.0\n# ${crypto.randomUUID()}\n`
    const first = await lab.deploy('Cached', {
      ...plain('Cached', 'import six\ndef apply(input):\n    return six.__version__\n'),
      'requirements.txt': requirements,
    })
    expect(await lab.buildLog('Cached', first.build_id)).toMatch(
      /pip install -r requirements.txt[\s\S]*Successfully installed six-1.17.0/,
    )
    const second = await lab.deploy('Cached', { 'README.md': 'Changed' })
    const log = await lab.buildLog('Cached', second.build_id)
    expect(log).toContain('unchanged')
    expect(log).not.toContain('pip install')
    expect((await lab.ask(`Cached/${second.commit_sha}`, 0)).result).toBe('1.17.0')
  }, 120_000)

  test.each([
    [
      'Requirements',
      { 'requirements.txt': 'no-such-package-of-anybody==1.2.3\n' },
      /No matching distribution found[\s\S]*Build failed: pip could not install requirements.txt/,
    ],
    [
      'Syntax',
      { 'src/Syntax.py': 'def apply(input)\n    return 1\n' },
      /File "src\/Syntax.py", line 1[\s\S]*SyntaxError[\s\S]*Build failed/,
    ],
    [
      'Module',
      { 'src/Module.py': 'import no_such_module\n' },
      /File "src\/Module.py", line 1[\s\S]*No module named 'no_such_module'/,
    ],
    ['Nothing', { 'src/Nothing.py': 'x = 1\n' }, /src\/Nothing.py has no function apply\(input\)/],
    [
      'Exits',
      { 'src/Exits.py': 'import sys\nsys.exit(7)\n' },
      /Build failed: The algorithm failed to load: exited with code 7/,
    ],
    [
      'Conf',
      { 'algorithmia.conf': '{"username": "anna", "algoname": "Other"}' },
      /algorithmia.conf names anna\/Other, but this is anna\/Conf/,
    ],
    ['NoConf', { 'algorithmia.conf': 'not JSON' }, /algorithmia.conf is not a JSON object/],
  ])(
    'fails with a log that says why: %s',
    async (name, files, log) => {
      const build = await lab.deploy(name, { ...plain(name), ...files })
      expect(build.status).toBe('failed')
      expect(await lab.buildLog(name, build.build_id)).toMatch(log)
    },
    120_000,
  )

  test.each([
    ['requirements.txt', '/etc/hostname', /requirements.txt leads out of the repository/],
    ['algorithmia.conf', 'src', /algorithmia.conf is not a file/],
  ])('does not follow a link of %s to %s', async (file, target, log) => {
    const name = `Link${file.replaceAll(/\W/g, '')}`
    await create(name)
    const commit = await lab.push(name, plain(name), 'master', { [file]: target })
    const [build] = await lab.builds(name)
    expect(build?.commit_sha).toBe(commit)
    expect(await lab.finished(name, build?.build_id ?? '')).toMatchObject({ status: 'failed' })
    expect(await lab.buildLog(name, build?.build_id ?? '')).toMatch(log)
  })

  test.each([
    ['a link that leads out', {}, { 'README.md': '../../../users.json' }, /no summary: README.md leads out/],
    ['a text that is too long', { 'README.md': 'x'.repeat(2_000_000) }, {}, /no summary: README.md is larger than/],
  ])('has no summary from %s', async (kind, files, links, log) => {
    const name = kind.includes('link') ? 'ReadmeLink' : 'ReadmeLong'
    await create(name)
    await lab.push(name, { ...plain(name), ...files }, 'master', links)
    const [build] = await lab.builds(name)
    expect(await lab.finished(name, build?.build_id ?? '')).toMatchObject({ status: 'succeeded' })
    expect(await lab.buildLog(name, build?.build_id ?? '')).toMatch(log)
    const shown = (await lab.request('GET', `/v1/algorithms/anna/${name}`)).json()
    expect(shown).toMatchObject({ details: { summary: '' } })
  })

  test('follows a link within the repository', async () => {
    await create('Linked')
    await lab.push('Linked', { ...plain('Linked'), 'base.txt': noPackages }, 'master', {
      'requirements.txt': 'base.txt',
    })
    const [build] = await lab.builds('Linked')
    expect(await lab.finished('Linked', build?.build_id ?? '')).toMatchObject({ status: 'succeeded' })
  })

  test('that cannot be recorded does not stand in the way of the next', async () => {
    const { id } = (await create('Unrecorded')).json() as { id: string }
    await lab.push('Unrecorded', waiting('Unrecorded'))
    await until(() => isLoading('Unrecorded'))
    rmSync(join(lab.sandbox.stateDir, 'builds', id), { recursive: true })
    letGo('Unrecorded')
    await until(() => lab.log.some((line) => line.includes('could not be finished')))
    expect((await lab.builds('Unrecorded')).map(({ status }) => status)).toEqual(['failed'])
    expect(await lab.deploy('Unrecorded', plain('Unrecorded'))).toMatchObject({ status: 'succeeded' })
  })

  test('may call other algorithms and use scratch space while it loads, as a call may', async () => {
    const { commit_sha } = await lab.deploy('Called', plain('Called'))
    const source = `
import Algorithmia
client = Algorithmia.client()
client.file('data://.session/note').put('kept')
answer = client.algo('anna/Called/${commit_sha}').pipe('loaded').result + client.file('data://.session/note').getString()
def apply(input):
    return answer
`
    const files = { 'requirements.txt': 'algorithmia==2.0.5\n', 'src/Calling.py': source }
    const build = await lab.deploy('Calling', files)
    expect([build.status, (await lab.ask(`Calling/${build.commit_sha}`, 0)).result]).toEqual([
      'succeeded',
      'loadedkept',
    ])
  }, 120_000)

  test('leaves no scratch space behind, not even that of a call which outlives it', async () => {
    const send = (path: string, method: string) =>
      `urllib.request.urlopen(urllib.request.Request(os.environ['ALGORITHMIA_API'] + '${path}', b'1', method='${method}', headers={'Authorization': os.environ['ALGORITHMIA_API_KEY'], 'Content-Type': 'application/json'}))`
    const [begun, go, ended] = ['begun', 'go', 'ended'].map((name) => join(folder, `scratch-${name}`))
    const writer = `import os, time, urllib.request
def apply(input):
    open(${JSON.stringify(begun)}, 'w').close()
    while not os.path.exists(${JSON.stringify(go)}):
        time.sleep(0.02)
    ${send('/v1/data/.session/note', 'PUT')}
    open(${JSON.stringify(ended)}, 'w').close()
`
    const { commit_sha } = await lab.deploy('Scratch', plain('Scratch', writer))
    const loader = `import os, threading, time, urllib.request
def call():
    ${send(`/v1/algo/anna/Scratch/${commit_sha}`, 'POST')}
threading.Thread(target=call, daemon=True).start()
while not os.path.exists(${JSON.stringify(begun)}):
    time.sleep(0.02)
def apply(input):
    return input
`
    expect(await lab.deploy('Scratching', plain('Scratching', loader))).toMatchObject({ status: 'succeeded' })
    writeFileSync(go ?? '', '')
    await until(() => existsSync(ended ?? ''))
    const collections = join(lab.sandbox.stateDir, 'collections')
    await until(() => readdirSync(collections).length === 0)
  })

  test('is shown only to keys that may manage', async () => {
    expect((await lab.request('GET', '/v1/algorithms/anna/First/builds', undefined, lab.otherKey)).status).toBe(404)
    expect((await lab.request('GET', '/v1/algorithms/anna/First/builds', undefined, 'simNobody')).status).toBe(401)
    expect((await lab.request('GET', '/v1/algorithms/anna/First/builds/none/logs')).status).toBe(404)
  })

  test('of a deleted algorithm ends', async () => {
    await create('Deleted')
    await lab.push('Deleted', waiting('Deleted'))
    await until(() => isLoading('Deleted'))
    expect((await lab.request('DELETE', '/v1/algorithms/anna/Deleted')).status).toBe(204)
    await create('Deleted')
    expect(await lab.builds('Deleted')).toEqual([])
  })
})

describe('compile', () => {
  test('builds the head once, and answers with the built algorithm', async () => {
    const { id } = (await create('Compiled')).json() as { id: string }
    const answer = await lab.request('POST', '/v1/algorithms/anna/Compiled/compile', {})
    const builds = await lab.builds('Compiled')
    expect(builds).toHaveLength(1)
    expect([answer.status, answer.json()]).toMatchObject([
      200,
      {
        id,
        version_info: { git_hash: builds[0]?.commit_sha },
        build: builds[0],
        compilation: { successful: true, output: expect.stringContaining('Beginning container customization') },
        self_link: `${lab.sandbox.url}/v1/algorithms/anna/Compiled/versions/${builds[0]?.commit_sha}`,
      },
    ])
    expect((await lab.ask(`Compiled/${builds[0]?.commit_sha}`, 'foo')).result).toBe('hello foo')
  }, 120_000)

  test('joins a build of the head that is under way', async () => {
    await create('Joined')
    await lab.push('Joined', waiting('Joined'))
    await until(() => isLoading('Joined'))
    const compiled = lab.request('POST', '/v1/algorithms/anna/Joined/compile', {})
    letGo('Joined')
    expect((await compiled).status).toBe(200)
    expect(await lab.builds('Joined')).toHaveLength(1)
  })

  test('that fails is an error with the end of the log', async () => {
    await lab.deploy('Uncompilable', plain('Uncompilable', 'raise ValueError("no")\n'))
    const answer = await lab.request('POST', '/v1/algorithms/anna/Uncompilable/compile', {})
    expect([answer.status, answer.json()]).toEqual([
      400,
      { error: expect.objectContaining({ message: expect.stringContaining('ValueError: no') }) },
    ])
  })
})

test('a restart loses no build: neither an unfinished one nor one that was never recorded', async () => {
  const stateDir = join(folder, 'state')
  const first = await SandboxLab.start({ stateDir })
  const done = await first.deploy('Done', plain('Done'))
  await first.request('POST', '/v1/algorithms/anna', { name: 'Open' })
  await first.push('Open', waiting('Open'))
  await until(() => isLoading('Open'))
  await first.request('POST', '/v1/algorithms/anna', { name: 'Unseen' })
  const repository = first.sandbox.repositoryPath('anna', 'Unseen')
  // Somebody else's damage does not stop the start.
  await first.request('POST', '/v1/algorithms/anna', { name: 'Damaged' })
  const damaged = first.sandbox.repositoryPath('anna', 'Damaged')
  await first.close()
  rmSync(join(damaged, 'refs'), { recursive: true })
  rmSync(join(damaged, 'objects'), { recursive: true })
  writeFileSync(join(stateDir, 'sources', 'stray'), '')
  // As after a push whose end the server did not live to see.
  const git = (...args: string[]) => execFileSync('git', ['-C', repository, ...args], { encoding: 'utf8' }).trim()
  const commit = git(
    '-c',
    'user.name=A',
    '-c',
    'user.email=a@b',
    'commit-tree',
    'master^{tree}',
    '-p',
    'master',
    '-m',
    'x',
  )
  git('update-ref', 'refs/heads/master', commit)

  const second = await SandboxLab.start({ stateDir })
  try {
    letGo('Open')
    const [open] = await second.builds('Open')
    expect(await second.finished('Open', open?.build_id ?? '')).toMatchObject({ status: 'succeeded' })
    const [unseen] = await second.builds('Unseen')
    expect(unseen?.commit_sha).toBe(commit)
    expect(await second.finished('Unseen', unseen?.build_id ?? '')).toMatchObject({ status: 'succeeded' })
    expect(await second.builds('Done')).toEqual([done])
    expect((await second.ask(`Done/${done.commit_sha}`, 5)).result).toBe(5)
  } finally {
    await second.close()
  }
}, 120_000)
