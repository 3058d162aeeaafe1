import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { AlgorithmRepository } from '../../src/algorithm-repo/repository.ts'
import { commitFacts } from '../../src/algorithm-repo/workspace.ts'
import { Deployment } from '../../src/deployment.ts'
import type { GitProvider } from '../../src/git-hosts.ts'
import { branch, httpUrl } from '../../src/inputs/values.ts'
import * as log from '../../src/log.ts'
import type { Origin } from '../../src/origin.ts'
import { warnOfJobToken } from '../../src/stages/job-token.ts'
import { deploy, failure, locate, login, loginsOf, processesWith, secret, shimGit, useLab } from '../support/git-lab.ts'
import { makeCertificate } from '../support/git-server.ts'
import { onGitHub, read, type With } from '../support/step-inputs.ts'

const lab = useLab()

async function serve(branchName = 'main') {
  const server = await lab.start()
  const origin = server.create('owner/algo.git', branchName)
  origin.commit({ 'a.py': 'a' })
  return { server, origin }
}

const clone = (origin: Parameters<typeof locate>[0], other: Parameters<typeof locate>[1] = {}) =>
  AlgorithmRepository.clone(locate(origin, other), lab.temp)

describe('g8: an address that the machine rewrites', () => {
  test.each(['insteadOf', 'pushInsteadOf'])('%s stops the run and names the setting', async (setting) => {
    const { server, origin } = await serve()
    const elsewhere = await lab.start()
    const base = elsewhere.url.replace('//', '//machine:hidden@')
    lab.gitconfig(`[url "${base}/"]\n\t${setting} = ${server.url}/\n`)
    const message = await failure(deploy(locate(origin), lab.temp, { 'b.py': 'b' }))
    expect(message).toContain('insteadOf')
    expect(message).toContain(`turns ${origin.url} into ${elsewhere.url.replace('//', '//***@')}`)
    expect(message).not.toContain('hidden')
    expect(elsewhere.requests).toEqual([])
    expect(server.pushes).toEqual([])
  })
})

describe('what the server refuses', () => {
  test('g11: a wrong or expired secret', async () => {
    const { server, origin } = await serve()
    const message = await failure(clone(origin, { secret: 'expired' }))
    expect(message).toContain(`${origin.url} rejected github_pat (as writer), or it has expired`)
    // Once asked, once answered: nothing is tried again.
    expect(server.requests).toHaveLength(2)
  })

  test.each(['info/refs', 'git-receive-pack'])('g11: a secret that expires before the push, at %s', async (at) => {
    const { server, origin } = await serve()
    const repository = await clone(origin)
    await repository.checkWriteAccess()
    await repository.stage(async (folder) => writeFileSync(join(folder, 'b.py'), 'b'), [])
    const before = origin.head()
    server.authorise = (given, { url, service }) =>
      service !== 'git-receive-pack' || !url.includes(`/${at}`) ? given !== undefined : false
    const message = await failure(repository.push('Deployed'))
    expect(message).toContain('rejected github_pat (as writer), or it has expired')
    expect(origin.head()).toBe(before)
    expect(server.requests.length).toBeLessThan(10)
  })

  test.each(['info/refs', 'git-receive-pack'])('g16: a push, with 403 at %s', async (at) => {
    const { server, origin } = await serve()
    const repository = await clone(origin)
    await repository.stage(async (folder) => writeFileSync(join(folder, 'b.py'), 'b'), [])
    server.authorise = (given, { url, service }) => {
      if (given !== `${login}:${secret}`) return false
      if (service !== 'git-receive-pack' || !url.includes(`/${at}`)) return true
      return { status: 403, body: `Permission to owner/algo.git denied to octocat.` }
    }
    server.requests.length = 0
    const message = await failure(repository.push('Deployed'))
    expect(message).toContain(`github_pat (as writer) may not write to ${origin.url}`)
    expect(message).toContain('contents: write')
    if (at === 'info/refs') expect(message).toContain('denied to octocat')
    // Not tried again.
    expect(server.requests.filter(({ method }) => method === 'POST').length).toBeLessThan(3)
  })

  test('a reader is told before anything else', async () => {
    const { server, origin } = await serve()
    server.authorise = (given, { service }) =>
      given === undefined ? false : service === 'git-upload-pack' || { status: 403, body: 'Read only.' }
    const repository = await clone(origin)
    const message = await failure(repository.checkWriteAccess())
    expect(message).toContain('may not write')
    expect(message).toContain('Read only.')
    expect(server.pushes).toEqual([])
  })

  test('the check of the right to write changes nothing', async () => {
    const { server, origin } = await serve()
    const before = origin.head()
    const repository = await clone(origin)
    origin.commit({ 'late.py': 'theirs' })
    await repository.checkWriteAccess()
    expect(origin.history().at(-1)).toBe(before)
    expect(origin.history()).toHaveLength(2)
    expect(server.pushes).toEqual([])
  })

  test('g17: a repository that is not there, or not for this secret', async () => {
    const { server } = await serve()
    const message = await failure(clone(`${server.url}/owner/other.git`))
    expect(message).toContain(`${server.url}/owner/other.git is missing, misspelt, or not visible to github_pat`)
  })

  test.each([
    [
      'g18',
      'pre-receive',
      'GH006: Protected branch update failed for refs/heads/main.\nerror: Changes must be made through a pull request.',
    ],
    ['g18', 'update', 'Only Friday is for releases.\nOr Sunday.'],
    ['g18', 'pre-receive', 'GitLab: You are not allowed to push code to protected branches on this project.'],
    ['g18', 'pre-receive', 'Permission denied to update branch main.'],
    [
      'a rule that speaks of lost connections',
      'pre-receive',
      'The policy server timed out; connection reset.\nAsk Ops.',
    ],
    ['a rule that speaks of races', 'pre-receive', 'cannot lock ref: failed to update ref (fetch first)\nNever mind.'],
    [
      'g58',
      'pre-receive',
      'GH013: Repository rule violations found.\n- Push cannot contain secrets\n  - commit: 1234\n    path: b.py:1\nhttps://github.com/o/a/security/secret-scanning/unblock-secret/abc' +
        Array.from({ length: 150 }, (_, index) => `\nline ${index}`).join(''),
    ],
  ] as const)('%s: a rule is not argued with (%s)', async (_row, hook, text) => {
    const { server, origin } = await serve()
    origin.hook(hook, `cat <<'END' >&2\n${text}\nEND\nexit 1`)
    const before = origin.head()
    const message = await failure(deploy(locate(origin), lab.temp, { 'b.py': 'b' }))
    for (const line of text.split('\n')) expect(message).toContain(`remote: ${line}`)
    expect(message).toMatch(/rule|secret|declined/)
    expect(server.pushes).toHaveLength(1)
    expect(origin.head()).toBe(before)
  })

  test('g19: a workflow file is named, with the scope that it needs', async () => {
    const { server, origin } = await serve()
    const reason =
      'refusing to allow a GitHub App to create or update workflow `.github/workflows/ci.yml` without `workflows` permission'
    origin.run(['config', 'receive.procReceiveRefs', 'refs/heads'])
    // The host's verdict on a branch, in git's own protocol: lines with their length before them.
    origin.hook(
      'proc-receive',
      `line() { printf '%04x%s' $((\${#1} + 4)) "$1"; }
line 'version=1'; printf 0000
line 'ng refs/heads/main ${reason}'; printf 0000
cat > /dev/null`,
    )
    const message = await failure(deploy(locate(origin), lab.temp, { '.github/workflows/ci.yml': 'on: push' }))
    expect(message).toContain('the code holds the workflow file .github/workflows/ci.yml')
    expect(message).toMatch(/copy_exclude, or use a token with the `workflow` scope/)
    expect(message).toContain(reason)
    expect(server.pushes).toHaveLength(1)
  })

  test.each<[string, GitProvider, number, string, string]>([
    ['g11', 'gitlab', 401, 'HTTP Basic: Access denied.', 'rejected github_pat (as writer), or it has expired'],
    ['g11', 'bitbucket', 401, 'Invalid credentials', 'rejected github_pat (as writer), or it has expired'],
    ['g13', 'github', 401, 'Support for password authentication was removed.', 'GitHub takes a token, not a password'],
    ['g16', 'gitlab', 403, 'You are not allowed to push code to this project.', 'github_pat (as writer) may not'],
    [
      'g17',
      'gitlab',
      404,
      "The project you were looking for could not be found or you don't have permission to view it.",
      'is missing, misspelt, or not visible to github_pat',
    ],
    [
      'g17',
      'bitbucket',
      401,
      'You may not have access to this repository or it no longer exists in this workspace.',
      'is missing, misspelt, or not visible to github_pat (as writer)',
    ],
  ])('%s: what %s means by %i', async (_row, provider, status, body, sentence) => {
    const { server, origin } = await serve()
    const headers = { 'www-authenticate': 'Basic realm="git"' }
    server.authorise = (given) => given !== undefined && { status, headers, body }
    const message = await failure(clone(origin, { provider }))
    expect(message).toContain(sentence)
    expect(message).toContain(`remote: ${body}`)
    // Once asked, once answered: nothing is tried again.
    expect(server.requests).toHaveLength(2)
  })

  test('g21: a branch that does not exist is named, with its input', async () => {
    const { origin } = await serve()
    const message = await failure(clone(origin, { branch: 'release/1' }))
    expect(message).toContain('algorithm_branch is "release/1"')
    expect(message).toContain(origin.url)
  })

  test('g23: after a failed clone there is no repository to go on with', async () => {
    const surrounding = join(lab.temp, 'source')
    mkdirSync(join(surrounding, 'run'), { recursive: true })
    execFileSync('git', ['init', '--quiet', surrounding], { env: { PATH: process.env.PATH, HOME: lab.home } })
    const { server } = await serve()
    await failure(AlgorithmRepository.clone(locate(`${server.url}/none.git`), join(surrounding, 'run')))
    expect(readdirSync(join(surrounding, 'run'))).toEqual(['no-hooks'])
    expect(existsSync(join(surrounding, '.git', 'index'))).toBe(false)
  })

  test('g23: a clone that lost its .git never adds to the repository around it', async () => {
    const { server, origin } = await serve()
    const surrounding = join(lab.temp, 'source')
    mkdirSync(surrounding)
    execFileSync('git', ['init', '--quiet', surrounding], { env: { PATH: process.env.PATH, HOME: lab.home } })
    const repository = await AlgorithmRepository.clone(locate(origin), surrounding)
    execFileSync('rm', ['-r', join(repository.folder, '.git')])
    const message = await failure(repository.stage(async (folder) => writeFileSync(join(folder, 'b.py'), 'b'), []))
    expect(message).toContain(`Expected the clone at ${repository.folder}`)
    expect(existsSync(join(surrounding, '.git', 'index'))).toBe(false)
    expect(server.pushes).toEqual([])
  })
})

describe('g15: the token of the job', () => {
  const token = 'ghs_Job/Token+1'
  const own = 'https://github.com/ada/training'
  const origin: Origin = {
    repository: 'ada/training',
    repositoryUrl: own,
    ref: '',
    commit: '',
    message: '',
    runUrl: '',
  }
  const header = `AUTHORIZATION: basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`

  /** @param config git's configuration in the workspace. @returns what is told */
  async function warned(step: With, config = ''): Promise<string[]> {
    const inputs = await read({ ...onGitHub, github_pat: token, ...step })
    execFileSync('git', ['init', '--quiet', inputs.workspace], { env: { PATH: process.env.PATH, HOME: lab.home } })
    writeFileSync(join(inputs.workspace, '.git', 'config'), config, { flag: 'a' })
    const deployment = new Deployment()
    await warnOfJobToken(inputs, deployment, origin)
    return deployment.notes
  }

  test.each(['GITHUB_TOKEN', 'GH_TOKEN'])('in %s is told of, when it is for another repository', async (name) => {
    lab.set(name, token)
    expect(await warned({})).toEqual([
      expect.stringMatching(
        /^github_pat is the token that this job has for ada\/training.* https:\/\/github\.com\/ada-gh\/wine\.git/,
      ),
    ])
    expect(lab.output()).toContain('::warning::github_pat is the token')
    expect(await warned({ algorithm_repository: `${own}.git` })).toEqual([])
    expect(await warned({ github_pat: 'ghs_OfAnApp' })).toEqual([])
  })

  test('left by actions/checkout in the workspace, or in a file that it includes, is told of, and not shown', async () => {
    const section = `[http "https://github.com/"]\n\textraheader = ${header}\n`
    const file = join(lab.temp, 'git-credentials-1234.config')
    writeFileSync(file, section)
    for (const config of [section, `[includeIf "gitdir:**/.git"]\n\tpath = ${file}\n`]) {
      expect(await warned({}, config)).toHaveLength(1)
      expect(await warned({ github_pat: 'ghs_OfAnApp' }, config)).toEqual([])
    }
    const printed = lab.output().replace(/^::add-mask::.*$/gm, '')
    expect(printed).not.toContain(token)
    expect(printed).not.toContain(header.split(' ').at(-1))
  })

  test('is not looked for when the secret is of another kind', async () => {
    const inputs = await read({ ...onGitHub, github_pat: 'ghp_1' })
    shimGit(lab.temp, `touch '${lab.temp}/asked'; exec "$git" "$@"`)
    await warnOfJobToken(inputs, new Deployment(), origin)
    expect(existsSync(join(lab.temp, 'asked'))).toBe(false)
  })
})

describe('g54: git', () => {
  test('is missing', async () => {
    const { origin } = await serve()
    lab.set('PATH', join(lab.temp, 'nothing'))
    expect(await failure(clone(origin))).toBe('git is not installed on this runner; install it before this step')
  })

  test('is too old', async () => {
    const { origin } = await serve()
    shimGit(lab.temp, 'echo git version 2.17.1')
    expect(await failure(clone(origin))).toBe('git 2.17 is too old; this action needs git 2.25 or newer')
  })

  test.each(['2.53.0.windows.1', '2.50.1 (Apple Git-155)', '3.0.0', '2.52.0-rc1', '2.53.GIT'])(
    'is %s, which is new enough',
    async (version) => {
      const { origin } = await serve()
      shimGit(lab.temp, `case "$*" in *--version) echo 'git version ${version}' ;; *) exec "$git" "$@" ;; esac`)
      expect((await clone(origin)).branch).toBe('main')
    },
  )

  test.each(['exit 3', 'kill -9 $$', 'exit 0'])('fails without a word (%s): that is no success', async (end) => {
    const { server, origin } = await serve()
    const before = origin.head()
    shimGit(lab.temp, `for argument in "$@"; do [ "$argument" = push ] && ${end}; done; exec "$git" "$@"`)
    const repository = await clone(origin)
    await repository.stage(async (folder) => writeFileSync(join(folder, 'b.py'), 'b'), [])
    expect(await failure(repository.push('Deployed'))).toContain('Pushing to the algorithm repository failed')
    expect(origin.head()).toBe(before)
    expect(server.pushes).toEqual([])
  })

  test.each(['add', 'diff'])('dies while it stages (%s): that is not "unchanged"', async (command) => {
    const { origin } = await serve()
    shimGit(lab.temp, `for argument in "$@"; do [ "$argument" = ${command} ] && kill -9 $$; done; exec "$git" "$@"`)
    const repository = await clone(origin)
    await failure(repository.stage(async (folder) => writeFileSync(join(folder, 'b.py'), 'b'), []))
  })

  test('is slow to hand over its output: all of it counts', async () => {
    const { origin } = await serve()
    shimGit(
      lab.temp,
      'for argument in "$@"; do [ "$argument" = diff ] && { (sleep 2; exec "$git" "$@") & exit 0; }; done; exec "$git" "$@"',
    )
    const repository = await clone(origin)
    const { files } = await repository.stage(async (folder) => writeFileSync(join(folder, 'b.py'), 'b'), [])
    expect(files).toEqual([{ path: 'b.py', kind: 'added' }])
  })
})

describe('g50: a server that says nothing', () => {
  test.each(['GET', 'POST'])('ends within the limit and leaves no process, at a %s', async (method) => {
    const { server, origin } = await serve()
    const repository = await AlgorithmRepository.clone(locate(origin), lab.temp, { stallSeconds: 1 })
    await repository.stage(async (folder) => writeFileSync(join(folder, 'b.py'), 'b'), [])
    server.reply = (request) => (request.method === method || method === 'GET' ? 'hang' : undefined)
    const started = Date.now()
    const message = await failure(repository.push('Deployed'))
    expect(message).toContain('could not be reached or broke off')
    expect(Date.now() - started).toBeLessThan(30_000)
    expect(processesWith(server.url)).toEqual([])
  })

  test('at the clone too', async () => {
    const { server, origin } = await serve()
    server.reply = () => 'hang'
    const started = Date.now()
    const message = await failure(AlgorithmRepository.clone(locate(origin), lab.temp, { stallSeconds: 1 }))
    expect(message).toContain('could not be reached or broke off')
    expect(Date.now() - started).toBeLessThan(30_000)
    expect(processesWith(server.url)).toEqual([])
  })

  test('g50: nor does one that sends a byte now and then hold the run', async () => {
    const { server, origin } = await serve()
    server.reply = () => 'trickle'
    const message = await failure(AlgorithmRepository.clone(locate(origin), lab.temp, { stallSeconds: 0.1 }))
    expect(message).toContain('could not be reached or broke off\ntimed out: not done after 3.0 s')
    expect(processesWith(server.url)).toEqual([])
  })

  test('a host that is not there is named', async () => {
    const message = await failure(clone('http://127.0.0.1:9/algo.git'))
    expect(message).toContain('127.0.0.1:9 could not be reached')
  })

  test.each([503, 429])('%i first, then an answer: the run goes on', async (status) => {
    const { server, origin } = await serve()
    const firsts = new Set<string>()
    server.reply = ({ url, method }) => {
      if (firsts.has(method + url)) return undefined
      firsts.add(method + url)
      return { status }
    }
    expect((await deploy(locate(origin), lab.temp, { 'b.py': 'b' })).changed).toBe(true)
    expect(origin.history()).toHaveLength(2)
  })
})

describe('g51: a proxy', () => {
  /** Passes requests on for those who log in, and records who came. */
  async function startProxy() {
    const seen: { url: string; authorization: string | undefined }[] = []
    const proxy = createServer((request, response) => {
      seen.push({ url: request.url ?? '', authorization: request.headers['proxy-authorization'] })
      if (request.headers['proxy-authorization'] === undefined) {
        request.resume()
        response.writeHead(407, { 'proxy-authenticate': 'Basic realm="proxy"' }).end()
        return
      }
      const { 'proxy-authorization': _, ...headers } = request.headers
      const passed = httpRequest(request.url ?? '', { method: request.method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers)
        answer.pipe(response)
      })
      request.pipe(passed)
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    const close = () => {
      proxy.closeAllConnections()
      proxy.close()
    }
    return { seen, host: `127.0.0.1:${(proxy.address() as AddressInfo).port}`, close }
  }

  test('of the environment is used, and its password is masked in each form', async () => {
    const { server, origin } = await serve()
    const { seen, host, close } = await startProxy()
    try {
      const password = 'pr%oxy/p@ss wörd'
      lab.set('http_proxy', `http://pu:${encodeURIComponent(password)}@${host}`)
      lab.set('HTTPS_PROXY', `http://other:s3cond-proxy@${host}`)
      expect((await deploy(locate(origin), lab.temp, { 'b.py': 'b' })).changed).toBe(true)
      expect(seen.filter(({ authorization }) => authorization)).toHaveLength(server.requests.length)
      expect(seen.every(({ url }) => url.startsWith(origin.url))).toBe(true)
      expect(seen.map(({ authorization }) => authorization)).toContain(
        `Basic ${Buffer.from(`pu:${password}`).toString('base64')}`,
      )
      expect(loginsOf(server.requests)).toEqual([`${login}:${secret}`])
      for (const form of [password, encodeURIComponent(password), 's3cond-proxy']) {
        log.info(`<${form}>`)
        expect(lab.output()).not.toContain(`<${form}>`)
        expect(lab.output()).toContain(`::add-mask::${form.replaceAll('%', '%25')}\n`)
      }
    } finally {
      close()
    }
  })

  test('is not used where no_proxy says so; a broken variable is no crash', async () => {
    const { origin } = await serve()
    const { seen, host, close } = await startProxy()
    try {
      lab.set('http_proxy', `http://pu:pw%zz@${host}`)
      lab.set('no_proxy', '127.0.0.1')
      lab.set('ALL_PROXY', 'not a url')
      expect((await deploy(locate(origin), lab.temp, { 'b.py': 'b' })).changed).toBe(true)
      expect(seen).toEqual([])
    } finally {
      close()
    }
  })
})

describe('g52: a private certificate authority', () => {
  test('unknown: a sentence, and nothing is sent', async () => {
    const certificate = makeCertificate(lab.home)
    const server = await lab.start({ tls: certificate })
    const origin = server.create('algo.git')
    for (const name of ['GIT_SSL_NO_VERIFY', 'NODE_TLS_REJECT_UNAUTHORIZED'])
      lab.set(name, name.startsWith('G') ? '1' : '0')
    const message = await failure(clone(origin))
    expect(message).toContain('is not trusted on this runner; set GIT_SSL_CAINFO')
    expect(server.requests).toEqual([])
    lab.set('GIT_SSL_CAINFO', join(lab.home, 'missing.pem'))
    expect(await failure(clone(origin))).toContain('GIT_SSL_CAINFO')
  })

  test.each(['GIT_SSL_CAINFO', 'the global configuration'])('known by %s: works', async (where) => {
    const certificate = makeCertificate(lab.home)
    const server = await lab.start({ tls: certificate })
    const origin = server.create('algo.git')
    origin.commit({ 'a.py': 'a' })
    if (where === 'GIT_SSL_CAINFO') lab.set(where, certificate.certFile)
    else lab.gitconfig(`[http "${server.url}"]\n\tsslCAInfo = ${certificate.certFile}\n`)
    expect((await deploy(locate(origin), lab.temp, { 'b.py': 'b' })).changed).toBe(true)
    expect(loginsOf(server.requests)).toEqual([`${login}:${secret}`])
  })
})

test("g53: the workspace's commit message, also when somebody else owns the folder", async () => {
  const workspace = join(lab.temp, 'workspace')
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', workspace, ...args], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: lab.home },
    }).trim()
  mkdirSync(workspace)
  git('init', '--quiet')
  const text = 'Grüße "q" $(id)\n\n# body\n- x'
  git(
    '-c',
    'user.name=A',
    '-c',
    'user.email=a@a',
    'commit',
    '--quiet',
    '--allow-empty',
    '--cleanup=verbatim',
    '-m',
    text,
  )
  const head = git('rev-parse', 'HEAD')
  const facts = { message: text, committedAt: new Date(`${git('log', '-1', '--format=%cI')}`) }
  const nothing = { message: undefined, committedAt: undefined }
  expect(await commitFacts(workspace, head)).toEqual(facts)
  expect(await commitFacts(workspace, '0'.repeat(40))).toEqual(nothing)
  expect(await commitFacts(lab.home, head)).toEqual(nothing)
  if (process.getuid?.() !== 0) return
  for (const path of [workspace, join(workspace, '.git')]) chownSync(path, 12345, 12345)
  chmodSync(workspace, 0o777)
  expect(() => git('status')).toThrow('dubious ownership')
  expect(await commitFacts(workspace, head)).toEqual(facts)
})

test('g56: what an earlier run left behind is no obstacle', async () => {
  const { origin } = await serve()
  mkdirSync(join(lab.temp, 'algorithm', '.git'), { recursive: true })
  writeFileSync(join(lab.temp, 'algorithm', '.git', 'index.lock'), '')
  writeFileSync(join(lab.temp, 'algorithm', 'stale.py'), 'stale')
  const repository = await clone(origin)
  const { files } = await repository.stage(async (folder) => writeFileSync(join(folder, 'b.py'), 'b'), [])
  expect(files).toEqual([{ path: 'b.py', kind: 'added' }])
})

test.each(['ext::sh -c "touch MARK"', '--upload-pack=touch MARK', 'file:///MARK', '-u', '/tmp'])(
  'g59: the address %s runs nothing',
  async (text) => {
    const mark = join(lab.temp, 'mark')
    const address = text.replace('MARK', mark)
    expect(() => httpUrl(address)).toThrow()
    await failure(clone(address))
    expect(existsSync(mark)).toBe(false)
  },
)

test('g59: a branch is never an option', async () => {
  const { server, origin } = await serve()
  for (const name of [
    '--upload-pack=touch x',
    '-x',
    'a b',
    'a..b',
    '@',
    'x.lock',
    'a/../b',
    ':main',
    '+main',
    'HEAD:x',
  ]) {
    if (name !== '+main') expect(() => branch(name)).toThrow()
    await failure(clone(origin, { branch: name }))
  }
  expect(server.pushes).toEqual([])
})
