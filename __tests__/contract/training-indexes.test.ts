import { execFileSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { devNull } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { DeployError } from '../../src/errors.ts'
import { captured, installers, makeEnvironments, newFolder, removeFolders, withUv } from './training-lab.ts'

/** Private package indexes, and what of the user's settings counts for our own packages. */

jest.setTimeout(300_000)

let environment: NodeJS.ProcessEnv = {}
let index: Server
let host = ''
/** What the index was asked, each as `login /path`. */
let asked: string[] = []
/** What it answers to those who give the right password: a redirection to the public index, or a status. */
let answer: 'redirect' | 401 | 403 | 404 | 503 = 'redirect'

beforeAll(async () => {
  const inherited = Object.entries(await withUv()).filter(([name]) => !/^(PIP|UV)_/.test(name))
  // The machine's own configuration counts for nothing here, and what does not answer is not asked for long.
  environment = {
    ...Object.fromEntries(inherited),
    PIP_CONFIG_FILE: devNull,
    PIP_RETRIES: '0',
    UV_HTTP_RETRIES: '0',
    XDG_CONFIG_HOME: newFolder('settings'),
    XDG_CONFIG_DIRS: newFolder('settings'),
  }
  index = createServer((request, response) => {
    const login = Buffer.from(request.headers.authorization?.replace('Basic ', '') ?? '', 'base64').toString()
    asked.push(`${login} ${request.url}`)
    if (answer !== 'redirect') return response.writeHead(answer).end()
    if (login === '') return response.writeHead(401, { 'www-authenticate': 'Basic realm="index"' }).end()
    return response.writeHead(302, { location: `https://pypi.org${request.url}` }).end()
  })
  await new Promise<void>((resolve) => index.listen(0, '127.0.0.1', resolve))
  host = `127.0.0.1:${(index.address() as AddressInfo).port}`
})

beforeEach(() => {
  asked = []
  answer = 'redirect'
})

afterAll(() => {
  index.close()
  removeFolders()
})

const versionOf = (python: string, name: string) =>
  execFileSync(python, ['-c', `import importlib.metadata as m; print(m.version("${name}"))`], {
    encoding: 'utf8',
  }).trim()

async function made(...args: Parameters<typeof makeEnvironments>) {
  const { outcome, log } = await captured(() => makeEnvironments(...args))
  if (outcome instanceof Error && !(outcome instanceof DeployError)) throw outcome
  return { outcome, log, shown: log.replace(/^::add-mask::.*$/gm, '') }
}

const six = {
  pinned: 'six==1.17.0 --hash=sha256:4721f391ed90541fddacab5acf947aa0d3dc7d27b2e1e8eda2be8970586c3274\n',
  free: 'six\n',
}

/** What the packages of the driver cannot have. */
const limits = 'six==1.16.0\nattrs==20.1.0\n'

/** A file of settings in which everything is said that must not reach our own packages, and the index, which must. */
function settings(installer: 'pip' | 'uv', more: { workspace: string; password?: string; hashes?: boolean }) {
  const address = `http://reader:${more.password}@${host}/simple`
  writeFileSync(join(more.workspace, 'limits.txt'), limits)
  const places = more.password === undefined ? [] : [address]
  if (installer === 'pip') {
    const file = join(newFolder('settings'), 'pip.conf')
    const lines = [
      ...places.map((place) => `  --Index_URL = ${place}`),
      ...(more.hashes ? ['require-hashes = true'] : ['constraint = limits.txt']),
    ]
    writeFileSync(file, `[global]\n${lines.join('\n')}\n`)
    return { PIP_CONFIG_FILE: file }
  }
  const lines = [
    '[tool.uv]',
    ...(more.hashes ? [] : ['constraint-dependencies = ["six==1.16.0", "attrs==20.1.0"]']),
    ...places.flatMap((place) => ['[[tool.uv.index]]', `url = "${place}"`, 'default = true']),
    ...(more.hashes ? ['[tool.uv.pip]', 'require-hashes = true'] : []),
  ]
  writeFileSync(join(more.workspace, 'pyproject.toml'), `${lines.join('\n')}\n`)
  return {}
}

describe.each(installers)('%s', (installer) => {
  test('n47, n12: an index of a settings file serves the user and us, constraints only the user', async () => {
    const workspace = newFolder('workspace')
    const password = `file-pw-${installer}-81`
    const more = settings(installer, { workspace, password })
    const { outcome, log, shown } = await made(six.free, {
      workspace,
      installer: 'auto',
      environment: { ...environment, ...more },
    })
    if (outcome instanceof Error) throw outcome
    // Where only one is told, `auto` takes that one.
    expect(outcome.installer).toBe(installer)
    expect(versionOf(outcome.kernelPython, 'six')).toBe('1.16.0')
    expect(versionOf(outcome.toolPython, 'nbclient')).toBe('0.10.2')
    expect(versionOf(outcome.toolPython, 'attrs')).not.toBe('20.1.0')
    const served = (name: string) => `reader:${password} /simple/${name}/`
    expect(asked).toEqual(expect.arrayContaining([served('six'), served('ipykernel'), served('nbclient')]))
    expect(log).toContain(`::add-mask::${password}`)
    expect(log).not.toContain('::add-mask::reader')
    expect(shown).not.toContain(password)
  })

  test('n12: a constraint of a variable is not for us either', async () => {
    const workspace = newFolder('workspace')
    writeFileSync(join(workspace, 'limits.txt'), limits)
    const more = { [`${installer.toUpperCase()}_CONSTRAINT`]: 'limits.txt' }
    const { outcome } = await made(six.free, { workspace, installer, environment: { ...environment, ...more } })
    if (outcome instanceof Error) throw outcome
    expect(versionOf(outcome.kernelPython, 'six')).toBe('1.16.0')
    expect(versionOf(outcome.toolPython, 'nbclient')).toBe('0.10.2')
  })

  test.each(['variable', 'file'])(
    'n12: hashes that a %s demands are demanded of the requirements only',
    async (place) => {
      const workspace = newFolder('workspace')
      const more =
        place === 'file'
          ? settings(installer, { workspace, hashes: true })
          : { [`${installer.toUpperCase()}_REQUIRE_HASHES`]: '1' }
      const request = { workspace, installer, environment: { ...environment, ...more } }
      const { outcome } = await made(six.pinned, request)
      if (outcome instanceof Error) throw outcome
      expect(versionOf(outcome.kernelPython, 'six')).toBe('1.17.0')
      expect(versionOf(outcome.kernelPython, 'ipykernel')).toMatch(/^6\./)
      const refused = await made('six==1.17.0\n', request)
      expect(String(refused.outcome)).toMatch(/could not install the packages of requirements\.txt: .*hash/i)
    },
  )

  describe('n8: an index that does not serve', () => {
    const failure = async (text: string, more: NodeJS.ProcessEnv = {}) => {
      const { outcome, shown } = await made(text, { installer, environment: { ...environment, ...more } })
      expect(outcome).toBeInstanceOf(DeployError)
      return { message: String(outcome), shown }
    }

    test.each([
      [401, /refuses access \(401 Unauthorized\) while looking for (six|ipykernel)\S*; check its user and password/],
      [403, /refuses access \(403 Forbidden\) while looking for (six|ipykernel)\S*; check its user and password/],
      [404, /there is no package (six|ipykernel)/],
      [503, /the package index cannot be reached/],
    ] as const)('answers %s', async (status, reason) => {
      answer = status
      const index = `--index-url http://reader:wrong-pw-55@${host}/simple\n`
      const { message, shown } = await failure(`${index}six==1.17.0\n`)
      expect(message).toMatch(reason)
      if (message.includes('ipykernel')) expect(message).toMatch(/ipykernel runs the notebook[.;]/)
      expect(message).toContain('requirements.txt')
      expect(/check spelling|check its spelling/.test(message)).toBe(status === 404)
      expect(`${message}${shown}`).not.toContain('wrong-pw-55')
    })

    test('has no address, or may not be asked', async () => {
      const { message } = await failure('--index-url https://index.invalid/simple\nsix\n')
      expect(message).toMatch(/the package index cannot be reached/)
      const alone = installer === 'pip' ? { PIP_NO_INDEX: '1' } : { UV_OFFLINE: '1', UV_CACHE_DIR: newFolder('cache') }
      const { message: offline } = await failure('six\n', alone)
      expect(offline).toMatch(
        installer === 'pip' ? /there is no package (six|ipykernel)/ : /uv may not look in a package index/,
      )
    })
  })
})

test('n6, n47: auto does not let pip look on the public index for what uv has to find on a private one', async () => {
  const PATH = process.env.PATH
  const secret = 'https://reader:env-pw-72@index.invalid/simple'
  const temp = newFolder('environments')
  const { outcome, log, shown } = await made('six\n', {
    temp,
    installer: 'auto',
    environment: { ...environment, PATH, UV_DEFAULT_INDEX: secret },
  })
  expect(String(outcome)).toMatch(
    /only uv is told where packages come from \(UV_DEFAULT_INDEX\), but there is no uv on PATH/,
  )
  expect(log).toContain('::add-mask::env-pw-72')
  expect(`${outcome}${shown}`).not.toContain('env-pw-72')
  expect(existsSync(join(temp, 'kernel'))).toBe(false)
})

test('n47: pip goes on without a further index that refuses, which is told', async () => {
  answer = 401
  const more = { PIP_EXTRA_INDEX_URL: `http://reader:extra-pw-64@${host}/simple` }
  const { outcome, shown } = await made(six.free, { installer: 'pip', environment: { ...environment, ...more } })
  expect(outcome).toMatchObject({ installer: 'pip' })
  const warnings = shown.match(/^::warning::The package index http.*$/gm)
  expect(warnings).toEqual([
    `::warning::The package index http://reader:****@${host}/simple/ refused access, so its packages were left out. Check its user and password.`,
  ])
})

test('n6: a file that pip cannot read ends the run before anything is installed', async () => {
  const file = join(newFolder('settings'), 'pip.conf')
  writeFileSync(file, 'index-url = https://index.invalid\n')
  const { outcome } = await made('six\n', { installer: 'auto', environment: { ...environment, PIP_CONFIG_FILE: file } })
  expect(String(outcome)).toMatch(/pip cannot read .*pip\.conf: File contains no section headers.*`installer: uv`/)
})
