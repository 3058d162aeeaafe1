import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { AlgorithmRepository } from '../../src/algorithm-repo/repository.ts'
import * as log from '../../src/log.ts'
import {
  commandLines,
  contentsBelow,
  deploy,
  failure,
  formsOf,
  locate,
  login,
  loginsOf,
  secret,
  shimGit,
  useLab,
} from '../support/git-lab.ts'
import { onGitHub, read, type With } from '../support/step-inputs.ts'

const lab = useLab()
const basic = (user: string, password: string) => `basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

describe('g1, g7, g12: the secret', () => {
  test.each<[string, With, path: string, user: string]>([
    ['GitHub', { git_provider: 'github', github_username: 'acme' }, 'acme/wine.git', 'x-access-token'],
    [
      'GitHub with an account',
      { git_provider: 'github', github_username: 'ada-gh', algorithm_owner: 'acme' },
      'acme/wine.git',
      'ada-gh',
    ],
    ['GitLab', { git_provider: 'gitlab', algorithm_owner: 'acme' }, 'acme/wine.git', 'oauth2'],
    [
      'Bitbucket',
      { git_provider: 'bitbucket', algorithm_owner: 'ML', git_login: 'ada-bb' },
      'scm/ML/wine.git',
      'ada-bb',
    ],
    ['any host', { git_provider: 'other', algorithm_owner: 'acme', git_login: 'ada' }, 'acme/wine.git', 'ada'],
    [
      'Algorithmia',
      { github_pat: '', algorithmia_password: secret, algorithm_owner: 'acme' },
      'git/acme/wine.git',
      'ada',
    ],
  ])('of %s goes to the server once a request, and nowhere else', async (_name, given, path, user) => {
    const server = await lab.start()
    server.authorise = (sent) => sent === `${user}:${secret}`
    const origin = server.create(path)
    origin.commit({ 'a.py': 'a' })
    const record = join(lab.temp, 'argv')
    shimGit(lab.temp, `for argument in "$0" "$@"; do printf '%s\\n' "$argument"; done >> '${record}'; exec "$git" "$@"`)
    const processes: string[] = []
    server.reply = () => {
      processes.push(...commandLines())
      return undefined
    }
    origin.hook('pre-receive', 'sleep 0.2')
    const sampler = setInterval(() => processes.push(...commandLines()), 10)
    const temp = join(lab.temp, 'run')
    mkdirSync(temp)
    const step = { ...onGitHub, github_username: '', github_pat: secret, git_host: server.url, ...given }
    const { repository: location } = await read(step)
    expect(location.url).toBe(origin.url)
    const repository = await AlgorithmRepository.clone(location, temp)
    await repository.checkWriteAccess()
    await repository.stage(async (folder) => writeFileSync(join(folder, 'b.py'), 'b'), [])
    expect((await repository.push('Deployed')).changed).toBe(true)
    clearInterval(sampler)

    expect(loginsOf(server.requests)).toEqual([`${user}:${secret}`])
    expect(server.requests.filter(({ authorization }) => authorization.length > 1)).toEqual([])
    const argv = readFileSync(record, 'utf8')
    const files = contentsBelow(temp)
    const printed = lab.output().replace(/^::add-mask::.*$/gm, '')
    // The places were really looked at.
    expect(argv).toMatch(/\nclone\n.*\npush\n/s)
    expect(processes.some((line) => line.includes('git-remote-http') && line.includes(origin.url))).toBe(true)
    expect(files).toContain(origin.url)
    expect(printed).toContain(origin.url)
    for (const form of formsOf(secret, user)) {
      expect(argv).not.toContain(form)
      expect(processes.filter((line) => line.includes(form))).toEqual([])
      expect(files).not.toContain(form)
      expect(printed).not.toContain(form)
    }
  })

  test.each([
    ['DEBUG of simple-git', { DEBUG: 'simple-git,simple-git:*' }],
    ['DEBUG of everything', { DEBUG: '*' }],
    ['the tracing of git', { GIT_TRACE: '1', GIT_TRACE_CURL: '1', GIT_CURL_VERBOSE: '1', GIT_TRACE_PACKET: '1' }],
    ['unredacted traces', { GIT_TRACE_CURL: '1', GIT_TRACE_REDACT: '0', GIT_TRACE2: '1', GIT_TRACE2_ENV_VARS: '*' }],
  ])('is not printed with %s switched on', async (_name, environment) => {
    const server = await lab.start()
    const origin = server.create('algo.git')
    origin.commit({ 'a.py': 'a' })
    const program = fileURLToPath(new URL('../support/git-deploy-once.js', import.meta.url))
    const location = { ...locate(origin), secret: '' }
    const once = (password: string) =>
      new Promise<string>((resolve) => {
        execFile(
          process.execPath,
          [program, JSON.stringify({ location, temp: lab.temp })],
          { env: { PATH: process.env.PATH, HOME: lab.home, TEST_SECRET: password, ...environment } },
          (_error, stdout, stderr) => resolve(stdout + stderr),
        )
      })
    const good = await once(secret)
    // The variable itself stays: other programs of the job may want it.
    const variable = 'DEBUG' in environment ? environment.DEBUG : undefined
    expect(good.trimEnd().split('\n').at(-1)).toBe(`delivered ${origin.head()} with DEBUG=${variable}`)
    const bad = await once(`${secret}wrong`)
    expect(bad.includes('rejected github_pat')).toBe(true)
    for (const text of [good, bad]) {
      // Only the names of what is found: the text is long.
      expect([...formsOf(secret), 'DEPLOY_REPOSITORY_SECRET='].filter((form) => text.includes(form))).toEqual([])
      expect(text).not.toContain('DEPLOY_REPOSITORY_SECRET: ')
    }
  })
})

test('g2: no error holds the secret, also where the server says it back', async () => {
  log.mask(secret, login)
  const server = await lab.start()
  const origin = server.create('algo.git')
  origin.commit({ 'a.py': 'a' })
  const echo = [secret, encodeURIComponent(secret), Buffer.from(`${login}:${secret}`).toString('base64')].join(' | ')
  server.authorise = (given) => given !== undefined && { status: 403, body: `no: ${echo}` }
  const refused = await failure(deploy(locate(origin), lab.temp, { 'b.py': 'b' }))
  expect(refused).toContain('no: ***')
  for (const form of formsOf(secret)) expect(refused).not.toContain(form)

  server.authorise = () => true
  origin.hook('pre-receive', `cat <<'END' >&2\n${echo}\nEND\nexit 1`)
  const declined = await failure(deploy(locate(origin), lab.temp, { 'b.py': 'b' }))
  expect(declined).toContain('remote: ***')
  log.info(declined)
  // Telling the runner what to mask is the one place where a secret is printed.
  const printed = lab.output().replace(/^::add-mask::.*$/gm, '')
  expect(printed).toContain('remote: ***')
  for (const form of formsOf(secret)) {
    expect(declined).not.toContain(form)
    expect(printed).not.toContain(form)
  }
})

test('g3: the runner learns each form in which the secret travels', () => {
  // Another one: what was masked before is not masked again.
  const other = 'k/ey+=ä&'
  log.mask(other, login)
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  for (const form of [other, encodeURIComponent(other), base64(other), base64(`${login}:${other}`)]) {
    expect(lab.output()).toContain(`::add-mask::${form.replaceAll('%', '%25')}\n`)
  }
})

test('g4, g14: any character may be part of the secret', async () => {
  const server = await lab.start()
  const origin = server.create('git/owner/algo.git')
  origin.commit({ 'a.py': 'a' })
  for (const password of [secret, 'a/b+c=', '-n', '%s%n\\n\\c', '$(id) `id` ${HOME}', '!f() { :; }; f', "'", '"']) {
    server.authorise = (given) => given === `${login}:${password}`
    server.requests.length = 0
    await AlgorithmRepository.clone(locate(origin, { secret: password }), lab.temp)
    expect(loginsOf(server.requests)).toEqual([`${login}:${password}`])
  }
})

describe('the credentials of the machine', () => {
  /** Everybody with a name is let in, so that the wrong user would not be noticed by a refusal. */
  const deployAnywhere = async (prepare: (url: string) => void) => {
    const server = await lab.start()
    const origin = server.create('owner/algo.git')
    origin.commit({ 'a.py': 'a' })
    server.authorise = (given) => given !== undefined && given !== ':'
    prepare(server.url)
    expect((await deploy(locate(origin), lab.temp, { 'b.py': 'b' })).changed).toBe(true)
    expect(origin.history()).toHaveLength(2)
    expect(server.requests.filter(({ authorization }) => authorization.length > 1)).toEqual([])
    expect(server.pushes).toHaveLength(1)
    return loginsOf(server.requests)
  }

  test.each(['http.extraheader', 'http.<origin>/.extraheader', 'http.<origin>/owner/algo.git.extraheader'])(
    'g6, g7: %s in the global configuration is not sent',
    async (key) => {
      const logins = await deployAnywhere((url) => {
        const section = key.includes('<') ? `http "${key.slice(5, -12).replace('<origin>', url)}"` : 'http'
        lab.gitconfig(`[${section}]\n\textraheader = AUTHORIZATION: ${basic('x-access-token', 'checkout')}\n`)
      })
      expect(logins).toEqual([`${login}:${secret}`])
    },
  )

  test('g7: nor is a header that is included for this folder; the file it comes from stays', async () => {
    const file = join(lab.temp, 'git-credentials-1234.config')
    const logins = await deployAnywhere((url) => {
      writeFileSync(file, `[http "${url}/"]\n\textraheader = AUTHORIZATION: ${basic('x-access-token', 'checkout')}\n`)
      lab.gitconfig(
        `[includeIf "gitdir:${lab.temp}/"]\n\tpath = ${file}\n[includeIf "hasconfig:remote.*.url:**"]\n\tpath = ${file}\n`,
      )
    })
    expect(logins).toEqual([`${login}:${secret}`])
    expect(readFileSync(file, 'utf8')).toContain('extraheader')
  })

  test('g8: its credential helpers are neither asked nor told', async () => {
    const asked = join(lab.temp, 'asked')
    const logins = await deployAnywhere((url) => {
      const helper = `helper = "!f() { echo $1 >> '${asked}'; echo username=machine; echo password=theirs; }; f"`
      lab.gitconfig(
        `[credential]\n\t${helper}\n[credential "${url}"]\n\t${helper}\n\tusername = machine\n[credential "${url}/owner/algo.git"]\n\t${helper}\n\tusername = machine\n`,
      )
    })
    expect(logins).toEqual([`${login}:${secret}`])
    expect(() => statSync(asked)).toThrow('ENOENT')
  })

  test('g8: its .netrc is not used', async () => {
    const logins = await deployAnywhere(() =>
      writeFileSync(join(lab.home, '.netrc'), 'machine 127.0.0.1 login machine password theirs\n', { mode: 0o600 }),
    )
    expect(logins).not.toContain('machine:theirs')
    expect(logins).toContain(`${login}:${secret}`)
  })

  test('g8: its askpass program is not asked when the secret is rejected', async () => {
    const server = await lab.start()
    server.authorise = () => false
    const asked = join(lab.temp, 'asked')
    writeFileSync(join(lab.temp, 'askpass'), `#!/bin/sh\necho "$1" >> '${asked}'\necho machine\n`, { mode: 0o755 })
    lab.gitconfig(`[core]\n\taskPass = ${lab.temp}/askpass\n`)
    for (const name of ['GIT_ASKPASS', 'SSH_ASKPASS']) lab.set(name, join(lab.temp, 'askpass'))
    const elsewhere = await lab.start()
    elsewhere.authorise = () => false
    const origin = server.create('algo.git')
    expect(await failure(deploy(locate(origin), lab.temp, {}))).toContain('rejected github_pat')
    server.authorise = () => true
    server.reply = ({ url }) => ({ status: 301, headers: { location: elsewhere.url + url } })
    await failure(deploy(locate(origin), lab.temp, {}))
    expect(() => statSync(asked)).toThrow('ENOENT')
  })
})

describe('g9: a redirect to another origin', () => {
  test.each([301, 302, 307])('%i: never sees the secret, and the message says where it leads', async (status) => {
    const server = await lab.start()
    const origin = server.create('algo.git')
    const elsewhere = await lab.start()
    elsewhere.authorise = (given) => given !== undefined
    elsewhere.create('algo.git').commit({ 'a.py': 'a' })
    server.reply = ({ url }) => ({ status, headers: { location: elsewhere.url + url } })
    const message = await failure(deploy(locate(origin), lab.temp, { 'b.py': 'b' }))
    expect(elsewhere.requests).not.toEqual([])
    expect(elsewhere.requests.flatMap(({ authorization }) => authorization)).toEqual([])
    expect(message).toContain(`${origin.url} leads to ${elsewhere.url}`)
    expect(message).toContain('not sent')
  })

  test('one that takes pushes from anybody does not see it either', async () => {
    const server = await lab.start()
    const origin = server.create('algo.git')
    const elsewhere = await lab.start()
    elsewhere.authorise = () => true
    elsewhere.create('algo.git').commit({ 'a.py': 'a' })
    // The redirect comes only to those who have logged in.
    server.reply = ({ url, login: given }) =>
      given === undefined ? undefined : { status: 302, headers: { location: elsewhere.url + url } }
    await deploy(locate(origin), lab.temp, { 'b.py': 'b' }).catch(() => undefined)
    expect(loginsOf(server.requests)).toEqual([`${login}:${secret}`])
    expect(elsewhere.requests).not.toEqual([])
    expect(elsewhere.requests.flatMap(({ authorization }) => authorization)).toEqual([])
  })

  test('a renamed repository on the same origin still works', async () => {
    const server = await lab.start()
    const renamed = server.create('new/algo.git')
    renamed.commit({ 'a.py': 'a' })
    server.reply = ({ url }) =>
      url.startsWith('/old/')
        ? { status: 301, headers: { location: server.url + url.replace('/old/', '/new/') } }
        : undefined
    expect((await deploy(locate(`${server.url}/old/algo.git`), lab.temp, { 'b.py': 'b' })).changed).toBe(true)
    expect(renamed.read('b.py').toString()).toBe('b')
  })
})

test.each(['success', 'failure'])('g47: the configuration of the machine is as it was, after %s', async (outcome) => {
  const server = await lab.start()
  const origin = server.create('algo.git')
  origin.commit({ 'a.py': 'a' })
  const text = '[user]\n\tname = Machine\n# end\n'
  lab.gitconfig(text)
  const before = statSync(join(lab.home, '.gitconfig')).mtimeMs
  if (outcome === 'failure') origin.hook('pre-receive', 'exit 1')
  const work = deploy(locate(origin), lab.temp, { 'b.py': 'b' })
  if (outcome === 'failure') await failure(work)
  else await work
  expect(readFileSync(join(lab.home, '.gitconfig'), 'utf8')).toBe(text)
  expect(statSync(join(lab.home, '.gitconfig')).mtimeMs).toBe(before)
  expect(contentsBelow(lab.home)).toBe(text)
})

describe('without a secret', () => {
  test('g10: reads as anybody, and no login of the machine is used', async () => {
    lab.gitconfig('[credential]\n\thelper = "!f() { echo username=machine; echo password=theirs; }; f"\n')
    writeFileSync(join(lab.home, '.netrc'), 'machine 127.0.0.1 login machine password theirs\n', { mode: 0o600 })
    const server = await lab.start()
    const origin = server.create('owner/algo.git')
    origin.commit({ 'a.py': 'a' })
    server.authorise = (given) => given === undefined || given === ':'
    const temp = (name: string) => {
      mkdirSync(join(lab.temp, name))
      return join(lab.temp, name)
    }
    const open = locate(origin, { secret: '' })
    expect((await AlgorithmRepository.clone(open, temp('open'))).head).toBe(origin.head())
    server.authorise = () => false
    const message = await failure(AlgorithmRepository.clone(open, temp('closed')))
    expect(message).toBe(`${origin.url} cannot be read without github_pat, which is empty, or it does not exist`)
    expect(loginsOf(server.requests).filter((given) => given !== ':')).toEqual([])
  })
})
