import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { installedPackages } from '../../src/training/python/installed-packages.ts'
import {
  chooseInstaller,
  pipConfigurationFiles,
  pipOnlySettings,
  readPipConfiguration,
} from '../../src/training/python/installer.ts'
import { namedRequirements, readRequirements } from '../../src/training/python/requirements-files.ts'
import { explainUvFailure } from '../../src/training/python/uv-failure.ts'

const folder = mkdtempSync(join(tmpdir(), 'training installer-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('n6: which installer', () => {
  const pipOnly = ['PIP_INDEX_URL']
  test.each([
    ['auto', undefined, [], 'pip', undefined],
    ['auto', '0.9.1', [], 'uv', undefined],
    [
      'auto',
      '0.9.1',
      pipOnly,
      'pip',
      /^pip installs, although there is uv 0\.9\.1: only pip is configured \(PIP_INDEX_URL\)/,
    ],
    ['auto', undefined, pipOnly, 'pip', undefined],
    ['pip', '0.9.1', [], 'pip', undefined],
    ['uv', undefined, [], 'uv', undefined],
    ['uv', '0.9.1', pipOnly, 'uv', /^uv does not read PIP_INDEX_URL/],
  ] as const)('%s, uv %s, settings %j: %s', (installer, uv, pipOnly, name, remark) => {
    const choice = chooseInstaller({ installer, uv, pipOnly })
    expect(choice.name).toBe(name)
    if (remark === undefined) expect(choice.remark).toBeUndefined()
    else expect(choice.remark).toMatch(remark)
  })
})

describe('n6: what uv would miss', () => {
  const conf = (text: string) => ({ '/etc/pip.conf': text })
  test.each([
    ['nothing', {}, {}, []],
    ['an index', { PIP_INDEX_URL: 'https://x' }, {}, ['PIP_INDEX_URL']],
    ['an index that uv has, too', { PIP_INDEX_URL: 'https://x', UV_DEFAULT_INDEX: 'https://x' }, {}, []],
    ['a second index', { PIP_EXTRA_INDEX_URL: 'https://x', UV_DEFAULT_INDEX: 'y' }, {}, ['PIP_EXTRA_INDEX_URL']],
    ['an empty variable', { PIP_INDEX_URL: '' }, {}, []],
    ['a certificate that all know', { PIP_CERT: '/ca', SSL_CERT_FILE: '/ca' }, {}, []],
    ['what does not decide', { PIP_CACHE_DIR: '/c', PIP_DEFAULT_TIMEOUT: '9', PIP_NO_INPUT: '1' }, {}, []],
    ['a hosted image', {}, conf('[global]\nbreak-system-packages = true\n'), []],
    ['a file', {}, conf('[global]\nindex-url = https://x\n'), ['index-url in /etc/pip.conf']],
    ['a file for install', {}, conf('[install]\nfind_links: /w\n'), ['find-links in /etc/pip.conf']],
    [
      'a value on lines of its own',
      {},
      conf('[global]\nextra-index-url =\n  https://x\n'),
      ['extra-index-url in /etc/pip.conf'],
    ],
    ['a file for other commands', {}, conf('[download]\nindex-url = https://x\n'), []],
    ['a comment', {}, conf('[global]\n# index-url = https://x\n'), []],
    ['a file and a variable of uv', { UV_INDEX: 'x' }, conf('[global]\nextra-index-url = x\n'), []],
  ])('%s', (_, environment, files, settings) => {
    expect(pipOnlySettings(environment, files)).toEqual(settings)
  })

  test.each([
    [
      'linux',
      { HOME: '/h' },
      ['/etc/pip.conf', '/etc/xdg/pip/pip.conf', '/h/.pip/pip.conf', '/h/.config/pip/pip.conf'],
    ],
    [
      'linux',
      { XDG_CONFIG_HOME: '/x', PIP_CONFIG_FILE: '/p' },
      ['/etc/pip.conf', '/etc/xdg/pip/pip.conf', '/x/pip/pip.conf', '/p'],
    ],
    ['linux', { HOME: '/h', PIP_CONFIG_FILE: '/dev/null' }, []],
    [
      'darwin',
      { HOME: '/h' },
      expect.arrayContaining(['/h/Library/Application Support/pip/pip.conf', '/h/.config/pip/pip.conf']),
    ],
    ['win32', { APPDATA: '/a', PROGRAMDATA: '/d' }, ['/d/pip/pip.ini', '/a/pip/pip.ini']],
  ] as const)('on %s with %j', (platform, environment, files) => {
    expect(pipConfigurationFiles(environment, platform).map((path) => path.replaceAll('\\', '/'))).toEqual(files)
  })

  test('the file that is named is read', () => {
    const path = join(folder, 'pip.conf')
    writeFileSync(path, '[global]\nno-index = true\n')
    expect(readPipConfiguration({ PIP_CONFIG_FILE: path })[path]).toContain('no-index')
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
  write('limits.txt', '--index-url https://x\n')
  const files = readRequirements(join(folder, 'all.txt'))
  expect(files.map(({ path }) => path)).toEqual(
    ['all.txt', 'sub/one.txt', 'limits.txt'].map((name) => join(folder, name)),
  )
  expect(namedRequirements(files).map(({ name, line }) => [name, line])).toEqual([
    ['scikit-learn', 2],
    ['numpy', 1],
  ])
  expect(readRequirements(join(folder, 'none.txt'))).toEqual([])
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
    ['error: Something new\n  cause: of an unknown kind\n', /^Something new$/, undefined],
    ['', /^uv gave no reason$/, undefined],
  ])('%#', (output, reason, name) => {
    const failure = explain(output)
    expect(failure.reason).toMatch(reason)
    if (name !== undefined) expect(failure.name).toBe(name)
  })
})
