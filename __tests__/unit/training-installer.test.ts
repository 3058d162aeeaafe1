import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { devNull, tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { parse } from 'smol-toml'
import { DeployError } from '../../src/errors.ts'
import { chooseInstaller } from '../../src/training/python/choose-installer.ts'
import { installationError } from '../../src/training/python/installation-error.ts'
import { installedPackages } from '../../src/training/python/installed-packages.ts'
import { pipConfigurationFiles, readPipSettings } from '../../src/training/python/pip-settings.ts'
import { namedRequirements, readRequirements } from '../../src/training/python/requirements-files.ts'
import type { Settings } from '../../src/training/python/settings.ts'
import { explainUvFailure } from '../../src/training/python/uv-failure.ts'
import { readUvSettings } from '../../src/training/python/uv-settings.ts'

const folder = mkdtempSync(join(tmpdir(), 'training installer-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Settings as a reader of pip or uv returns them: names, or names with values. */
const told = (...names: string[]): Settings => ({
  values: new Map(names.map((name) => [name, { name, value: 'x', place: `${name} in a file` }])),
  texts: [],
  elsewhere: [],
})

describe('n6: which installer', () => {
  const both = { pipSettings: told('index-url'), uvSettings: told('index-url') }
  const none = { pipSettings: told(), uvSettings: told() }
  const pipOnly = { pipSettings: told('index-url', 'cert', 'cache-dir'), uvSettings: told() }
  const uvOnly = { pipSettings: told(), uvSettings: told('index-url') }
  test.each([
    ['auto', undefined, none, 'pip', undefined],
    ['auto', '0.9.1', none, 'uv', undefined],
    ['auto', '0.9.1', both, 'uv', undefined],
    ['auto', undefined, both, 'pip', undefined],
    [
      'auto',
      '0.9.1',
      pipOnly,
      'pip',
      'pip installs, although there is uv 0.9.1: only pip is told where packages come from (index-url in a file). To have uv install, set UV_DEFAULT_INDEX.',
    ],
    ['auto', undefined, pipOnly, 'pip', undefined],
    ['auto', '0.9.1', uvOnly, 'uv', undefined],
    ['pip', '0.9.1', none, 'pip', undefined],
    ['uv', undefined, none, 'uv', undefined],
    [
      'uv',
      '0.9.1',
      { pipSettings: told('index-url', 'extra-index-url', 'find-links', 'constraint', 'cert'), uvSettings: told() },
      'uv',
      'uv installs, and does not read index-url in a file, extra-index-url in a file, find-links in a file and constraint in a file. For uv set UV_DEFAULT_INDEX, UV_INDEX, UV_FIND_LINKS and UV_CONSTRAINT.',
    ],
    [
      'pip',
      '0.9.1',
      { pipSettings: told('index-url'), uvSettings: told('index', 'offline') },
      'pip',
      'pip installs, and does not read index in a file and offline in a file. For pip set PIP_EXTRA_INDEX_URL and PIP_NO_INDEX.',
    ],
    // What does not say where packages come from decides nothing.
    ['auto', '0.9.1', { ...none, pipSettings: told('cert', 'timeout', 'cache-dir', 'trusted-host') }, 'uv', undefined],
    [
      'auto',
      '0.9.1',
      { ...none, pipSettings: told('constraint') },
      'uv',
      'uv installs, and does not read constraint in a file. For uv set UV_CONSTRAINT.',
    ],
    [
      'auto',
      undefined,
      { ...none, uvSettings: told('require-hashes') },
      'pip',
      'pip installs, and does not read require-hashes in a file. For pip set PIP_REQUIRE_HASHES.',
    ],
  ] as const)('%s, uv %s, %#: %s', (installer, uv, settings, name, remark) => {
    const choice = chooseInstaller({ installer, uv, ...settings })
    expect(choice.name).toBe(name)
    expect(choice.remark?.text).toBe(remark)
    if (remark !== undefined) expect(choice.remark?.isWarning).toBe(settings !== pipOnly)
  })

  test.each([
    [
      undefined,
      uvOnly,
      /only uv is told where packages come from \(index-url in a file\), but there is no uv on PATH.*setup-uv.*`installer: uv`, or set PIP_INDEX_URL for pip\.$/,
    ],
    [
      '0.9.1',
      { pipSettings: told('find-links'), uvSettings: told('index-url') },
      /pip alone by find-links in a file, uv alone by index-url in a file\. Set `installer: uv` or `installer: pip`, or tell PIP_INDEX_URL to pip, or UV_FIND_LINKS to uv\.$/,
    ],
    [undefined, { pipSettings: told('find-links'), uvSettings: told('index-url') }, /only uv is told/],
  ] as const)('auto takes no packages from elsewhere than is configured: uv %s, %#', (uv, settings, message) => {
    expect(() => chooseInstaller({ installer: 'auto', uv, ...settings })).toThrow(DeployError)
    expect(() => chooseInstaller({ installer: 'auto', uv, ...settings })).toThrow(message)
  })
})

describe('n6: what pip is told', () => {
  const read = async (environment: NodeJS.ProcessEnv, text?: string) => {
    const file = join(folder, 'pip.conf')
    if (text !== undefined) writeFileSync(file, text)
    const PIP_CONFIG_FILE = text === undefined ? devNull : file
    const settings = await readPipSettings(
      'python3',
      { PATH: process.env.PATH, ...environment, PIP_CONFIG_FILE },
      folder,
    )
    // The machine's own files count too, and are no business of this test.
    const here = [...settings.values.values()].filter(
      ({ name, place }) => name !== 'config-file' && (place.endsWith(` in ${file}`) || place.startsWith('PIP_')),
    )
    const shown = here.map(({ value, place }) => [place.replace(file, 'FILE'), value.trim()])
    return { ...settings, shown: Object.fromEntries(shown) as Record<string, string> }
  }

  test.each([
    ['nothing', {}, undefined, {}],
    ['an index', { PIP_INDEX_URL: 'https://x' }, undefined, { PIP_INDEX_URL: 'https://x' }],
    ['any case after the prefix', { PIP_index_url: 'https://x' }, undefined, { PIP_index_url: 'https://x' }],
    ['an older name', { PIP_PYPI_URL: 'https://x' }, undefined, { PIP_PYPI_URL: 'https://x' }],
    ['an empty variable', { PIP_INDEX_URL: '' }, undefined, {}],
    ['a switch that is off', { PIP_NO_INDEX: 'false' }, '[global]\nrequire-hashes = no\n', {}],
    ['a file', {}, '[global]\nindex-url = https://x\n', { 'index-url in FILE': 'https://x' }],
    ['a file for install', {}, '[install]\nfind_links: /w\n', { 'find-links in FILE': '/w' }],
    ['keys as on the command line', {}, '[global]\n--Index-URL = https://x\n', { 'index-url in FILE': 'https://x' }],
    ['an indented header and key', {}, '  [global]\n  index-url = https://x\n', { 'index-url in FILE': 'https://x' }],
    [
      'a value on lines of its own',
      {},
      '[global]\nextra-index-url =\n  https://x\n  https://y\n',
      { 'extra-index-url in FILE': 'https://x\nhttps://y' },
    ],
    ['a file for other commands', {}, '[download]\nindex-url = https://x\n', {}],
    ['comments', {}, '[global]\n# index-url = https://x\n; no-index = 1\n', {}],
    [
      'a variable over a section of the command over one for all',
      { PIP_CERT: '/v' },
      '[install]\ncert = /i\nproxy = p\n[global]\nproxy = g\ncert = /g\n',
      { 'proxy in FILE': 'p', PIP_CERT: '/v' },
    ],
  ] as const)('%s', async (_, environment, text, settings) => {
    const { shown, problem } = await read(environment, text)
    expect(shown).toEqual(settings)
    expect(problem).toBeUndefined()
  })

  test('a file that is named relative to the workspace is found there', async () => {
    writeFileSync(join(folder, 'ci.conf'), '[global]\nindex-url = https://relative\n')
    const environment = { PATH: process.env.PATH, PIP_CONFIG_FILE: 'ci.conf' }
    const { values, texts } = await readPipSettings('python3', environment, folder)
    expect(values.get('index-url')).toMatchObject({ value: 'https://relative' })
    expect(texts).toContain('[global]\nindex-url = https://relative\n')
  })

  test('what would put packages elsewhere is told apart', async () => {
    const { elsewhere } = await read(
      { PIP_TARGET: '/not passed on' },
      '[install]\ntarget = /t\n[global]\nprefix = /p\n',
    )
    expect(elsewhere.map(({ name, value }) => [name, value])).toEqual([
      ['prefix', '/p'],
      ['target', '/t'],
    ])
  })

  test('what Python says of its own at its start is not taken for an answer', async () => {
    const noisy = join(folder, 'noisy-python')
    writeFileSync(noisy, '#!/bin/sh\necho "Error processing line 1" >&2\necho noise\nexec python3 "$@"\n', {
      mode: 0o755,
    })
    const environment = { PATH: process.env.PATH, PIP_CONFIG_FILE: 'ci.conf' }
    const { values, problem } = await readPipSettings(noisy, environment, folder)
    expect(values.get('index-url')).toMatchObject({ value: 'https://relative' })
    expect(problem).toBeUndefined()
  })

  test('a file that pip cannot read is named', async () => {
    const { problem } = await read({}, 'index-url = https://x\n')
    expect(problem).toMatch(/^pip cannot read .*pip\.conf: File contains no section headers/)
  })

  test.each([
    [
      'linux',
      { HOME: '/h' },
      ['/etc/xdg/pip/pip.conf', '/etc/pip.conf', '/h/.pip/pip.conf', '/h/.config/pip/pip.conf'],
    ],
    [
      'linux',
      { XDG_CONFIG_HOME: '/x', PIP_CONFIG_FILE: '/not there' },
      ['/etc/xdg/pip/pip.conf', '/etc/pip.conf', '/x/pip/pip.conf', '/not there'],
    ],
    // A file that is named takes the place of the user's.
    ['linux', { HOME: '/h', PIP_CONFIG_FILE: folder }, ['/etc/xdg/pip/pip.conf', '/etc/pip.conf', folder]],
    ['linux', { HOME: '/h', PIP_CONFIG_FILE: '/dev/null' }, []],
    [
      'darwin',
      { HOME: '/h' },
      expect.arrayContaining(['/h/Library/Application Support/pip/pip.conf', '/h/.config/pip/pip.conf']),
    ],
    ['win32', { APPDATA: '/a', PROGRAMDATA: '/d' }, ['/d/pip/pip.ini', '/a/pip/pip.ini']],
  ] as const)('on %s with %j', (platform, environment, files) => {
    expect(pipConfigurationFiles(environment, platform, folder).map((path) => path.replaceAll('\\', '/'))).toEqual(
      files,
    )
  })
})

describe('n6: what uv is told', () => {
  const write = (path: string, text: string) => {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  const fresh = () => mkdtempSync(join(folder, 'uv-'))

  test.each([
    ['an index', { UV_DEFAULT_INDEX: 'https://x' }, { 'index-url': 'UV_DEFAULT_INDEX' }],
    ['the older name', { UV_INDEX_URL: 'https://x' }, { 'index-url': 'UV_INDEX_URL' }],
    [
      'further ones',
      { UV_INDEX: 'x', UV_EXTRA_INDEX_URL: 'y' },
      { index: 'UV_INDEX', 'extra-index-url': 'UV_EXTRA_INDEX_URL' },
    ],
    ['switches', { UV_OFFLINE: '1', UV_REQUIRE_HASHES: '0' }, { offline: 'UV_OFFLINE' }],
    ['what it does not have', { UV_NO_INDEX: '1', UV_FIND_LINKS: '' }, {}],
  ])('%s', async (_, environment, places) => {
    const { values } = await readUvSettings({ ...environment, UV_NO_CONFIG: '1' }, folder)
    expect(Object.fromEntries([...values.values()].map(({ name, place }) => [name, place]))).toEqual(places)
  })

  test('files of the project, the user and the machine, with their order and relative paths', async () => {
    const home = fresh()
    const workspace = join(fresh(), 'deep', 'workspace')
    const project = join(workspace, '..', 'pyproject.toml')
    const user = join(home, 'uv', 'uv.toml')
    write(join(workspace, 'pyproject.toml'), '[tool.black]\n[[tool.uvx.index]]\nurl = "https://no"\n')
    write(
      project,
      [
        '[tool.uv]',
        'find-links = ["wheels", "https://f"]',
        'constraint-dependencies = ["six==1"]',
        '[tool.uv.pip]',
        'target = "t"',
        'index-strategy = "first-index"',
        '[[tool.uv.index]]',
        'name = "mine"',
        'url = "https://u:project-pw@p/simple"',
        'default = true',
        '[[tool.uv.index]]',
        'url = "https://only-for-some"',
        'explicit = true',
      ].join('\n'),
    )
    write(user, 'find-links = ["/user"]\nindex-strategy = "unsafe-best-match"\n[[index]]\nurl = "./simple"\n')
    const environment = { XDG_CONFIG_HOME: home, XDG_CONFIG_DIRS: fresh() }
    const { values, sources, texts } = await readUvSettings(environment, workspace)
    const places = [...values.values()].map(({ name, place }) => [name, place])
    expect(Object.fromEntries(places)).toMatchObject({
      'index-url': `index in ${resolve(project)}`,
      'find-links': `find-links in ${resolve(project)}`,
      index: `index in ${user}`,
    })
    expect(texts.join()).toContain('project-pw')
    expect(parse(sources)).toEqual({
      'find-links': [join(dirname(resolve(project)), 'wheels'), 'https://f', '/user'],
      'index-strategy': 'first-index',
      index: [
        { name: 'mine', url: 'https://u:project-pw@p/simple', default: true },
        { url: 'https://only-for-some', explicit: true },
        { url: join(dirname(user), 'simple') },
      ],
    })
    expect((await readUvSettings({ ...environment, UV_NO_CONFIG: '1' }, workspace)).sources).toBe('')
    const named = await readUvSettings({ ...environment, UV_CONFIG_FILE: user }, workspace)
    expect(parse(named.sources)).toMatchObject({ 'index-strategy': 'unsafe-best-match' })
  })

  test('a file that is broken is named, unless it says nothing to uv', async () => {
    const workspace = fresh()
    const problemIn = async (name: string, text: string) => {
      write(join(workspace, name), text)
      const { values, problem } = await readUvSettings({ XDG_CONFIG_HOME: fresh() }, workspace)
      expect(values.size).toBe(0)
      return problem
    }
    expect(await problemIn('pyproject.toml', '[project]\nname = [broken')).toBeUndefined()
    expect(await problemIn('pyproject.toml', '[[tool.uv.index]]\nurl = [broken')).toMatch(
      /pyproject\.toml cannot be read: /,
    )
    expect(await problemIn('uv.toml', 'index-url = [broken')).toMatch(/^uv's settings in .*uv\.toml cannot be read: /)
  })

  test('an index that only some packages name is none for all', async () => {
    const workspace = fresh()
    write(join(workspace, 'uv.toml'), '[[index]]\nname = "torch"\nurl = "https://t"\nexplicit = true\n')
    expect((await readUvSettings({ XDG_CONFIG_HOME: fresh() }, workspace)).values.size).toBe(0)
  })
})

test('the files of requirements, and what they name', () => {
  const write = (name: string, text: string | Buffer) => writeFileSync(join(folder, name), text)
  mkdirSync(join(folder, 'sub'), { recursive: true })
  write(
    'all.txt',
    '\ufeff-r sub/one.txt\r\nScikit_Learn[extra]>=1 # x\r\n-c "limits.txt"\r\n-r https://example.org/x.txt\n./local\n',
  )
  write('sub/one.txt', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('numpy\n-r ../all.txt\n', 'utf16le')]))
  write('limits.txt', '--index-url https://x\n-r "sub dir/two.txt"\n')
  mkdirSync(join(folder, 'sub dir'))
  write('sub dir/two.txt', '')
  const files = readRequirements(join(folder, 'all.txt'))
  expect(files.map(({ path }) => path)).toEqual(
    ['all.txt', 'sub/one.txt', 'limits.txt', 'sub dir/two.txt'].map((name) => join(folder, name)),
  )
  expect(namedRequirements(files).map(({ name, line }) => [name, line])).toEqual([
    ['scikit-learn', 2],
    ['numpy', 1],
  ])
  expect(readRequirements(join(folder, 'none.txt'))).toEqual([])
})

test('n22: an installer that is killed blames no package, and tells of memory', async () => {
  const killed = {
    installer: 'pip',
    code: -1,
    output: 'Collecting torch\n',
    files: [],
    workspace: folder,
    temp: folder,
  } as const
  const { message } = await installationError(killed)
  expect(message).toMatch(
    /^pip could not install ipykernel: something killed it, as systems do when memory runs out; the /,
  )
  expect(message).toMatch(/ of memory, [\d.]+ [MG]B of it free now\. pip's own words/)
})

test('the packages that matter: those asked for, then well-known ones, at most 15', () => {
  const site = join(folder, 'site-packages')
  const many = Array.from({ length: 20 }, (_, number) => `p${number}`)
  for (const name of [
    'Scikit_learn-1.5.0',
    'numpy-2.0.0',
    'six-1.17.0',
    'ipykernel-6.1',
    ...many.map((name) => `${name}-1`),
  ]) {
    mkdirSync(join(site, `${name}.dist-info`), { recursive: true })
  }
  expect(installedPackages(site, ['scikit-learn', 'not-there'])).toEqual([
    { name: 'ipykernel', version: '6.1' },
    { name: 'numpy', version: '2.0.0' },
    { name: 'scikit-learn', version: '1.5.0' },
  ])
  expect(installedPackages(site, many)).toHaveLength(15)
})

describe('n8: what uv says, in one sentence', () => {
  const file = { path: '/w/requirements.txt', text: 'six\nnumpy\n' }
  const explain = (output: string) => explainUvFailure(`Using Python 3.11.7 environment at: x\n${output}`, [file])
  const noSolution = (because: string) =>
    `error: No solution found when resolving dependencies\n  cause: Because ${because}, we can conclude that your requirements are unsatisfiable.\n`
  test.each([
    [noSolution('six was not found in the package registry and you require six'), /^there is no package six in/, 'six'],
    // As older ones frame and wrap it.
    [
      '  × No solution found when resolving dependencies:\n  ╰─▶ Because there is no version of six==99 and\n      you require six==99, we can conclude that your requirements are\n      unsatisfiable.\n',
      /^there is no package six==99; check/,
      'six',
    ],
    [
      noSolution('the current Python version (3.9.18) does not satisfy Python>=3.11 and you require numpy==2.3.0'),
      /^numpy==2\.3\.0 needs Python >=3\.11, and this is 3\.9\.18$/,
      'numpy',
    ],
    [
      noSolution(
        'the current Python version (3.8.1) does not satisfy Python>=3.9 and pandas==2.2.2 depends on Python>=3.9',
      ),
      /^pandas==2\.2\.2 needs Python >=3\.9, and this is 3\.8\.1$/,
      'pandas',
    ],
    [
      noSolution(
        'tensorflow==1.15.0 has no wheels with a matching Python ABI tag (e.g., `cp311`) and you require tensorflow==1.15',
      ),
      /^there is no package tensorflow==1\.15\.0 for this Python/,
      'tensorflow',
    ],
    [
      noSolution(
        "pandas==2.2.2 depends on numpy{python_full_version < '3.12'}>=1.23.2 and you require pandas==2.2.2, we can conclude that you require numpy>=1.23.2.\n         And because you require numpy==1.19.0",
      ),
      /^packages exclude each other: pandas==2\.2\.2 depends on numpy>=1\.23\.2, .*the file asks for numpy==1\.19\.0$/,
      'pandas',
    ],
    [
      noSolution('you require six>=1.17 and six<1.16'),
      /^packages exclude each other: .*six>=1\.17, .*six<1\.16$/,
      'six',
    ],
    [
      'error: Failed to build `mysqlclient==2.0.0`\n  cause: The build backend returned an error\n  cause: Call to `x` failed (exit status: 1)\n\n         [stderr]\n         Traceback (most recent call last):\n         OSError: mysql_config not found\n',
      /^mysqlclient==2\.0\.0 could not be built: OSError: mysql_config not found$/,
      'mysqlclient',
    ],
    [
      '  × Failed to build `x @ file:///w/x`\n  ├─▶ The build backend returned an error\n  ╰─▶ Call to `setuptools.build_meta` failed (exit status: 1)\n\n      [stderr]\n      x.c:1: fatal error: Python.h: No such file or directory\n',
      /^x could not be built: Python\.h: No such file or directory$/,
      'x',
    ],
    [
      'error: Failed to install: tornado.whl (tornado==6.6.1)\n  cause: failed to copy file: No space left on device (os error 28)\n',
      /^No space left on device$/,
      undefined,
    ],
    [
      'error: Request failed after 3 retries in 5.6s\n  cause: Failed to fetch: http://127.0.0.1:9/simple/six/\n  cause: tcp connect error\n  cause: Connection refused (os error 111)\n',
      /^the package index cannot be reached \(http:\/\/127\.0\.0\.1:9\/simple\/six\/: Connection refused \(os error 111\)\)$/,
      undefined,
    ],
    [
      'error: Failed to fetch: `https://idx/simple/six/`\n  Caused by: HTTP status client error (401 Unauthorized) for url (https://idx/simple/six/)\n',
      /^the package index refuses access \(401 Unauthorized\)/,
      undefined,
    ],
    [
      'error: Hash-checking is required, but no trusted hash was provided for: `six`\n',
      /^the file has hashes, but none for six$/,
      'six',
    ],
    [
      "error: Failed to download and build `six @ git+https://github.com/o/x.git`\n  cause: Git operation failed\n  cause: failed to clone into: /c/git\n  cause: process didn't exit successfully: `git fetch --force 'https://github.com/o/x.git' 'HEAD'` (exit status: 128)\n         --- stderr\n         fatal: could not read Username\n",
      /^git could not clone https:\/\/github\.com\/o\/x\.git: could not read Username$/,
      undefined,
    ],
    [
      noSolution('only mlflow<=3.18.0 is available and you require mlflow>=99'),
      /^there is no package mlflow>=99; only mlflow<=3\.18\.0 is available$/,
      'mlflow',
    ],
    [
      `${noSolution('there is no version of six==1.17.0 and you require six==1.17.0')}\nhint: \`six\` was found on http://x, but not at the requested version. Use \`--index-strategy unsafe-best-match\`\n`,
      /^there is no package six==1\.17\.0; .*UV_INDEX_STRATEGY: unsafe-best-match/,
      'six',
    ],
    [
      `${noSolution('only six<2 is available and you require six>2')}\nhint: Pre-releases are available for \`six\` (try: \`--prerelease=allow\`)\n`,
      /^there is no package six>2; .*UV_PRERELEASE: allow/,
      'six',
    ],
    [
      `${noSolution('six was not found in the package registry and you require six')}\nhint: An index URL (https://idx/simple) could not be queried due to a lack of valid\n      authentication credentials (401 Unauthorized).\n`,
      /^the package index https:\/\/idx\/simple refuses access \(401 Unauthorized\) while looking for six; check its user/,
      'six',
    ],
    [
      `${noSolution('there are no versions of mine and you require mine')}\nhint: An index (https://idx/simple) returned a 403 Forbidden error. Check it.\n`,
      /^the package index https:\/\/idx\/simple refuses access \(403 Forbidden\) while looking for mine;/,
      'mine',
    ],
    [
      `${noSolution('six was not found in the cache and you require six')}\nhint: Packages were unavailable because the network was disabled.\n`,
      /^six is not here, and uv may not look in a package index/,
      'six',
    ],
    ['error: Something new\n  cause: of an unknown kind\n', /^Something new$/, undefined],
    ['', /^uv gave no reason$/, undefined],
  ])('%#', (output, reason, name) => {
    const failure = explain(output)
    expect(failure.reason).toMatch(reason)
    if (name !== undefined) expect(failure.name).toBe(name)
  })
})
