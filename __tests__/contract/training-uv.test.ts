import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { DeployError } from '../../src/errors.ts'
import { prepareEnvironments } from '../../src/training/python/environments.ts'
import { findPython } from '../../src/training/python/find-python.ts'
import {
  captured,
  execution,
  installers,
  makeEnvironments,
  newFolder,
  notebookText,
  printed,
  removeFolders,
  run,
  withUv,
} from './training-lab.ts'

/** Which installer is taken, and what both must do alike. */

jest.setTimeout(300_000)

let environment: NodeJS.ProcessEnv = {}
/** The same, as it is where nobody has configured pip. */
let unconfigured: NodeJS.ProcessEnv = {}

beforeAll(async () => {
  environment = await withUv()
  unconfigured = Object.fromEntries(Object.entries(environment).filter(([name]) => !/^PIP_/.test(name)))
  // The machine's own configuration counts for nothing here.
  unconfigured.PIP_CONFIG_FILE = process.platform === 'win32' ? 'nul' : '/dev/null'
})

afterAll(removeFolders)

test('n6: uv is taken when it is on PATH, and uses our Python only', async () => {
  const workspace = newFolder('workspace')
  const { executable } = await findPython({ workspace, environment })
  const more = { workspace, environment: unconfigured, installer: 'auto', python: executable } as const
  const { outcome, log } = await captured(() => makeEnvironments('six\n', more))
  if (outcome instanceof Error) throw outcome
  expect(outcome).toMatchObject({ installer: 'uv', packages: [{ name: 'ipykernel' }, { name: 'six' }] })
  expect(log).toMatch(/^uv \d+\.\d+\.\d+ \(.*\) installs\.$/m)
  expect(log).toMatch(/^ipykernel 6\.\S+, six 1\.\S+$/m)
  const prefix = (python: string) =>
    execFileSync(python, ['-c', 'import sys; print(sys.base_prefix)'], { encoding: 'utf8' })
  expect(prefix(outcome.kernelPython)).toBe(prefix(executable))
  expect(prefix(outcome.toolPython)).toBe(prefix(executable))
})

test('n6: uv is not taken where only pip is configured, and the log says so', async () => {
  const more = {
    environment: { ...unconfigured, PIP_EXTRA_INDEX_URL: 'https://pypi.org/simple' },
    installer: 'auto',
  } as const
  const { outcome, log } = await captured(() => makeEnvironments(undefined, more))
  expect(outcome).toMatchObject({ installer: 'pip' })
  expect(log).toMatch(
    /^pip installs, although there is uv \S+: only pip is told .* \(PIP_EXTRA_INDEX_URL\)\. To have uv install, set UV_INDEX\.$/m,
  )
})

test('n6: a program called uv that is none is not taken', async () => {
  const bin = newFolder('bin')
  writeFileSync(join(bin, 'uv'), '#!/bin/sh\necho 1.0\n', { mode: 0o755 })
  const path = `${bin}${delimiter}${process.env.PATH}`
  const more = { environment: { ...unconfigured, PATH: path }, installer: 'auto' } as const
  const { outcome } = await captured(() => makeEnvironments(undefined, more))
  expect(outcome).toMatchObject({ installer: 'pip' })
})

test('n6, n12: asked for and absent, uv is installed with its hash, and warns of what it does not read', async () => {
  const text = readFileSync(join(import.meta.dirname, '../../src/training/python/requirements-uv.txt'), 'utf8')
  const version = /^uv==(\S+) \\$/m.exec(text)?.[1]
  expect(text).toMatch(/--hash=sha256:[0-9a-f]{64}/)
  const python = (await findPython({ workspace: '/', environment: process.env })).executable
  // Nothing on PATH: neither uv nor Python.
  const bare = { ...unconfigured, PATH: newFolder('bin'), PIP_EXTRA_INDEX_URL: 'https://pypi.org/simple' }
  const more = { environment: bare, installer: 'uv', python } as const
  const { outcome, log } = await captured(() => makeEnvironments('six\n', more))
  expect(outcome).toMatchObject({ installer: 'uv' })
  expect(log).toContain(`uv ${version} (`)
  expect(log).toMatch(/^::warning::uv installs, and does not read PIP_EXTRA_INDEX_URL\. For uv set UV_INDEX\.$/m)
})

test('n5: the own settings of a project count for uv, but may not send packages elsewhere', async () => {
  const workspace = newFolder('workspace')
  writeFileSync(join(workspace, 'pyproject.toml'), '[tool.uv]\nconstraint-dependencies = ["six==1.16.0"]\n')
  const more = { workspace, environment: unconfigured, installer: 'uv' } as const
  const { outcome } = await captured(() => makeEnvironments('six\n', more))
  expect(outcome).toMatchObject({ packages: [{ name: 'ipykernel' }, { name: 'six', version: '1.16.0' }] })

  writeFileSync(join(workspace, 'pyproject.toml'), '[tool.uv.pip]\nsystem = true\ntarget = "elsewhere"\n')
  const refused = await captured(() => makeEnvironments('six\n', more))
  expect(String(refused.outcome)).toMatch(
    /uv is told to put packages elsewhere .*\(target in .*pyproject\.toml\)\. Remove/,
  )
})

test('a comment about hashes asks for none', async () => {
  const more = { environment: unconfigured, installer: 'uv' } as const
  const comment = 'six==1.16.0\n# no --hash=sha256:8abb2f1d here\npackaging #--hash=sha256:8abb2f1d\n'
  const { outcome } = await captured(() => makeEnvironments(comment, more))
  expect(outcome).toMatchObject({ packages: expect.arrayContaining([{ name: 'six', version: '1.16.0' }]) })
})

test('a script needs neither kernel nor tools', async () => {
  const workspace = newFolder('workspace')
  const requirements = join(workspace, 'requirements.txt')
  writeFileSync(requirements, 'six\n')
  for (const installer of installers) {
    const temp = newFolder('environments')
    const python = await findPython({ workspace, environment })
    const request = { python, workspace, requirements, installer, needsKernel: false, temp, environment }
    const { outcome } = await captured(() => prepareEnvironments(request))
    expect(outcome).toMatchObject({ installer, packages: [{ name: 'six' }] })
    if (!(outcome instanceof Error)) expect(outcome.toolPython).toBe(outcome.kernelPython)
    expect(existsSync(join(temp, 'tool'))).toBe(false)
  }
})

describe.each(installers)('%s', (installer) => {
  const fails = async (files: Record<string, string | Buffer>, more: NodeJS.ProcessEnv = {}) => {
    const workspace = newFolder('workspace')
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(workspace, name)), { recursive: true })
      writeFileSync(join(workspace, name), text)
    }
    const request = { workspace, installer, environment: { ...environment, ...more } }
    const { outcome, log } = await captured(() =>
      makeEnvironments(undefined, { ...request, file: Object.keys(files)[0] }),
    )
    if (!(outcome instanceof DeployError)) throw new Error(`not a DeployError: ${String(outcome)}`)
    return { message: outcome.message, annotation: outcome.annotation, log }
  }

  test('n6: a cell may install more', async () => {
    const { outcome } = await captured(() => makeEnvironments(undefined, { environment, installer }))
    if (outcome instanceof Error) throw outcome
    const cells = ['%pip install --quiet six', 'import six; print(six.__version__)', '!pip --version']
    const { error, saved } = await run(execution(outcome, notebookText(cells)))
    expect(error).toBeUndefined()
    expect(printed(saved)).toMatch(/^1\.\d+\.\d+$/m)
    // The `pip` of a shell is that of the environment, too.
    expect(printed(saved)).toContain(dirname(dirname(outcome.kernelPython)))
  })

  test.each([
    ['conflict marks', 'six\n<<<<<<< HEAD\nnumpy\n', /<<<<<<< HEAD.* is not a requirement/, 2],
    ['a wrong comparison', '\ufeffsix\n# é\nnumpy=1.0\n', /numpy=1\.0'? is not a requirement/, 3],
    ['UTF-16', Buffer.from('six\nnumpy\n', 'utf16le'), /saved as UTF-16; save it as UTF-8/, 1],
    ['a version that is not there', 'numpy\nSix==99', /there is no package six==99/i, 2],
    ['packages that exclude each other', 'requests==2.31.0\nurllib3==2.9999\n', /urllib3/, 2],
    ['a package for another Python', 'six\nnumpy==1.8.2\n', /numpy/, 2],
  ])('n8: %s: the file that is included is named, with the line', async (_, text, reason, line) => {
    const { message, annotation } = await fails({ 'needs.txt': '-r sub/more.txt\n', 'sub/more.txt': text })
    expect(message).toMatch(new RegExp(`^${installer} could not install the packages of needs\\.txt: `))
    expect(message).toMatch(reason)
    expect(message).toContain(`(sub/more.txt, line ${line})`)
    expect(annotation).toMatchObject({ file: 'sub/more.txt', startLine: line })
    expect(message.length).toBeLessThan(400)
  })

  test('n8: versions that exclude each other are both named', async () => {
    const { message } = await fails({ 'needs.txt': 'python-dateutil==2.8.2\nsix==1.4.0\n' })
    expect(message).toMatch(
      /packages exclude each other: (?=.*python-dateutil.* depends on six).*the file asks for six==1\.4\.0/,
    )
  })

  test('n8: a package that cannot be built says why', async () => {
    const { message } = await fails({
      'needs.txt': './broken\n',
      'broken/setup.py': 'raise RuntimeError("no compiler here")\n',
    })
    expect(message).toMatch(/could not be built: RuntimeError: no compiler here/)
  })

  test('n8: a file that is not there, and a hash that does not match', async () => {
    expect((await fails({ 'needs.txt': '-r gone.txt\n' })).message).toMatch(/cannot be opened: .*gone\.txt/)
    const hash = `six==1.17.0 --hash=sha256:${'0'.repeat(64)}\n`
    expect((await fails({ 'needs.txt': hash })).message).toMatch(/does not have the hash that the file asks for/)
  })

  test('n47: an index that does not answer, without its password', async () => {
    const address = `http://someone:index-pw-99-${installer}@127.0.0.1:9/simple`
    const { message, log } = await fails(
      { 'needs.txt': `--index-url ${address}\nsix==1.4\n` },
      {
        PIP_RETRIES: '1',
        UV_HTTP_RETRIES: '0',
        PIP_FIND_LINKS: '',
        UV_INDEX_MINE_PASSWORD: `index-pw-77-${installer}`,
      },
    )
    expect(message).toMatch(/the package index cannot be reached/)
    expect(log).toContain(`::add-mask::index-pw-99-${installer}`)
    expect(log).toContain(`::add-mask::index-pw-77-${installer}`)
    expect(`${message}${log.replace(/^::add-mask::.*$/gm, '')}`).not.toMatch(/index-pw/)
  })
})
