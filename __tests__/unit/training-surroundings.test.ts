import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { devNull, tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import {
  driverEnvironment,
  installerEnvironment,
  kernelEnvironment,
  ownInstallerEnvironment,
} from '../../src/training/process-environment.ts'
import { findPython, locateProgram, pythonCandidates } from '../../src/training/python/find-python.ts'
import { watchOutput } from '../support/runner.ts'

const printed = watchOutput()
const folder = mkdtempSync(join(tmpdir(), 'training surroundings-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A folder with programs that print something and end. */
function programs(name: string, scripts: Record<string, string>): string {
  const bin = join(folder, name)
  mkdirSync(bin, { recursive: true })
  for (const [file, script] of Object.entries(scripts)) {
    writeFileSync(join(bin, file), `#!/bin/sh\n${script}\n`)
    chmodSync(join(bin, file), 0o755)
  }
  return bin
}

const python = (version: string) => `echo '{"executable": "/py/${version}", "version": "${version}"}'`
const search = (path: string, more: object = {}) => ({ workspace: folder, environment: { PATH: path, ...more } })

describe('n3: where Python is looked for', () => {
  test.each([
    ['linux', {}, [['python3'], ['python']]],
    ['darwin', {}, [['python3'], ['python']]],
    ['win32', {}, [['python'], ['py', '-3'], ['python3']]],
  ] as const)('on %s with %j', (platform, environment, candidates) => {
    expect(pythonCandidates({ workspace: folder, environment, platform })).toEqual(candidates)
  })

  test('the input is the only candidate: a command with arguments, or a path with spaces', () => {
    const bin = programs('input dir', { python3: python('3.12.1') })
    expect(pythonCandidates({ ...search(''), input: 'py -3.11' })).toEqual([['py', '-3.11']])
    expect(pythonCandidates({ ...search(''), input: join(bin, 'python3') })).toEqual([[join(bin, 'python3')]])
    expect(pythonCandidates({ ...search(''), input: 'input dir/python3' })).toEqual([['input dir/python3']])
  })

  test('the Microsoft Store stub is passed over', () => {
    const stub = programs('Microsoft/WindowsApps', { 'python.exe': 'exit 9009' })
    const real = programs('Python311', { 'python.exe': python('3.11.7') })
    const path = [stub, real].join(delimiter)
    expect(locateProgram('python', { ...search(path), platform: 'win32' })).toBe(join(real, 'python.exe'))
    expect(locateProgram('python', { ...search(stub), platform: 'win32' })).toBeUndefined()
  })

  test('on Windows a file without ending is no program, though it lies beside one', () => {
    const shims = programs('shims', { python: 'exit 1', 'python.bat': python('3.12.0'), 'uv.bat': 'exit 1' })
    const windows = { ...search(shims), platform: 'win32' } as const
    expect(locateProgram('python', windows)).toBe(join(shims, 'python.bat'))
    expect(locateProgram(join(shims, 'python.bat'), windows)).toBe(join(shims, 'python.bat'))
    expect(locateProgram('uv', windows, ['.exe'])).toBeUndefined()
  })

  test('what Python prints of its own at the start does not hide its version', async () => {
    const noisy = programs('noisy', { python3: `echo 'Error processing line 1 of x.pth'; ${python('3.11.9')}` })
    expect(await findPython(search(noisy))).toMatchObject({ version: '3.11.9' })
  })

  test('one that is too old, broken or silent gives way to the next', async () => {
    const old = programs('old', { python3: python('3.8.10'), python: python('3.10.2') })
    expect(await findPython(search(old))).toEqual({ executable: '/py/3.10.2', version: '3.10.2', wheels: [] })
    const broken = programs('broken', { python3: 'exit 3', python: python('3.9.0') })
    expect(await findPython(search(broken))).toMatchObject({ version: '3.9.0' })
    const silent = programs('silent', { python3: 'true', python: python('4.0.0') })
    expect(await findPython(search(silent))).toMatchObject({ version: '4.0.0' })
  })

  test('setup-python comes before what PATH has', async () => {
    const location = join(folder, 'hosted')
    programs('hosted/bin', { python3: python('3.12.5') })
    const path = programs('system', { python3: python('3.11.2') })
    expect(await findPython(search(path, { pythonLocation: location }))).toMatchObject({ version: '3.12.5' })
  })

  test.each([
    [
      'too old',
      { python3: python('3.8.10') },
      /\(pythonLocation\): .*bin.python3: is 3\.8\.10\. Set `python-version` of that/,
    ],
    ['broken', { python3: 'exit 3' }, /bin.python3: ends with exit code 3/],
    ['gone', {}, /bin.python3: not found/],
  ] as const)('that of setup-python never gives way to another one: %s', async (name, scripts, message) => {
    const location = dirname(programs(`location ${name}/bin`, scripts))
    const path = programs('fine', { python3: python('3.11.2') })
    const asked = search(path, { pythonLocation: location })
    await expect(findPython(asked)).rejects.toThrow(message)
    await expect(findPython(asked)).rejects.toThrow(/3\.9 or newer, or name another Python in the input `python`\.$/)
    expect(await findPython({ ...asked, input: 'python3' })).toMatchObject({ version: '3.11.2' })
  })

  test('the one that UV_PYTHON asks for is what uv finds, and never gives way', async () => {
    const managed = join(programs('managed', { python3: python('3.13.1') }), 'python3')
    const uv = `[ "$*" = "python find --no-project --no-config 3.13" ] && [ -z "$VIRTUAL_ENV" ] && echo '${managed}'`
    const path = programs('with uv', { uv, python3: python('3.11.2') })
    expect(await findPython(search(path, { UV_PYTHON: '3.13', VIRTUAL_ENV: '/x' }))).toMatchObject({
      version: '3.13.1',
    })
    await expect(findPython(search(path, { UV_PYTHON: '3.14' }))).rejects.toThrow(
      /UV_PYTHON asks for \(3\.14\): uv does not find it\. Run `uv python install 3\.14` before this step, or set/,
    )
    const without = programs('without uv', { python3: python('3.11.2') })
    expect(await findPython(search(without, { UV_PYTHON: '3.13' }))).toMatchObject({ version: '3.11.2' })
    expect(printed.text()).toContain(
      '::warning::UV_PYTHON asks for 3.13, which only uv can find, and there is no uv on',
    )
  })
})

test('n4: without a Python the message says what was tried and names actions/setup-python', async () => {
  const old = programs('only-old', { python3: python('3.8.10') })
  await expect(findPython(search(old))).rejects.toThrow(
    /No Python of version 3\.9 or newer \(python3: is 3\.8\.10; python: not found\)\. .*actions\/setup-python/,
  )
  await expect(findPython({ ...search(old), input: 'python3' })).rejects.toThrow(/The input `python` names no Python/)
})

describe('n29: variables', () => {
  const environment = {
    PATH: '/bin',
    HOME: '/home/x',
    LC_ALL: 'C',
    INPUT_PYTHON: 'x',
    'INPUT_WITH-DASH': 'x',
    ACTIONS_RUNTIME_TOKEN: 'x',
    STATE_x: 'x',
    GITHUB_ENV: 'x',
    GITHUB_PATH: 'x',
    GITHUB_TOKEN: 'x',
    GITHUB_REPOSITORY: 'o/r',
    PYTHONPATH: '/p',
    MPLBACKEND: 'TkAgg',
    PIP_INDEX_URL: 'https://index',
    PIP_CACHE_DIR: '/cache',
    PIP_TARGET: '/t',
    PIP_CONSTRAINT: 'c.txt',
    UV_DEFAULT_INDEX: 'https://index',
    UV_CACHE_DIR: '/cache',
    UV_PYTHON: '3.8',
    UV_SYSTEM_PYTHON: '1',
    UV_PROJECT_ENVIRONMENT: '/p',
    UV_PYTHON_DOWNLOADS: 'automatic',
    UV_VENV_SEED: '1',
    UV_EXCLUDE_NEWER: '2020-01-01',
    INDEX_TOKEN: 'for ${INDEX_TOKEN} in a requirements file',
    https_proxy: 'http://proxy',
    NVIDIA_API_KEY: 'x',
    NVIDIA_VISIBLE_DEVICES: 'all',
    RUNNER_TRACKING_ID: 'github_1',
    UNSET: undefined,
  }

  test('pip and uv see the job, without what belongs to the action or leads packages elsewhere', () => {
    const seen = installerEnvironment(environment)
    expect(seen).toMatchObject({ PIP_INDEX_URL: 'https://index', PIP_CACHE_DIR: '/cache', PIP_CONSTRAINT: 'c.txt' })
    expect(seen.INDEX_TOKEN).toBeDefined()
    expect(
      Object.keys(seen).filter((name) => /^(INPUT|ACTIONS|STATE)_|GITHUB_ENV|PYTHONPATH|PIP_TARGET/.test(name)),
    ).toEqual([])
    expect(Object.keys(seen).filter((name) => name.startsWith('UV_'))).toEqual([
      'UV_DEFAULT_INDEX',
      'UV_CACHE_DIR',
      'UV_EXCLUDE_NEWER',
      'UV_PYTHON_DOWNLOADS',
    ])
    expect(seen.UV_PYTHON_DOWNLOADS).toBe('never')
    expect(ownInstallerEnvironment(environment)).not.toHaveProperty('UV_EXCLUDE_NEWER')
    expect(ownInstallerEnvironment(environment)).toMatchObject({ PIP_CONSTRAINT: devNull, PIP_REQUIRE_HASHES: '0' })
  })

  test('the kernel sees an allow list and what the user names, which never brings inputs or tokens of the runner in', () => {
    const kernel = (passThrough: string[]) =>
      kernelEnvironment({ environment, kernelPython: '/env/bin/python', home: '/run', passThrough })
    expect(kernel([])).toEqual({
      PATH: `/env/bin${delimiter}/bin`,
      VIRTUAL_ENV: '/env',
      HOME: '/home/x',
      LC_ALL: 'C',
      GITHUB_REPOSITORY: 'o/r',
      https_proxy: 'http://proxy',
      NVIDIA_VISIBLE_DEVICES: 'all',
      RUNNER_TRACKING_ID: 'github_1',
      JUPYTER_DATA_DIR: join('/run', 'data'),
      JUPYTER_CONFIG_DIR: join('/run', 'config'),
      JUPYTER_RUNTIME_DIR: join('/run', 'runtime'),
      JUPYTER_NO_CONFIG: '1',
      IPYTHONDIR: join('/run', 'ipython'),
      PYTHONNOUSERSITE: '1',
      PYDEVD_DISABLE_FILE_VALIDATION: '1',
      QT_QPA_PLATFORM: 'offscreen',
      GIT_TERMINAL_PROMPT: '0',
    })
    const named = kernel([
      'MPLBACKEND',
      'INDEX_TOKEN',
      'GITHUB_TOKEN',
      'INPUT_PYTHON',
      'ACTIONS_RUNTIME_TOKEN',
      'GITHUB_ENV',
      'UNSET',
    ])
    const more = Object.keys(named).filter((name) => !(name in kernel([])))
    expect(more.sort()).toEqual(['GITHUB_TOKEN', 'INDEX_TOKEN', 'MPLBACKEND'])
  })

  test('the driver sees no more than the kernel', () => {
    expect(Object.keys(driverEnvironment(environment, '/run')).sort()).toEqual(
      [
        ...['HOME', 'IPYTHONDIR', 'JUPYTER_CONFIG_DIR', 'JUPYTER_DATA_DIR', 'JUPYTER_NO_CONFIG', 'JUPYTER_RUNTIME_DIR'],
        ...[
          'LC_ALL',
          'NVIDIA_VISIBLE_DEVICES',
          'PATH',
          'PYTHONDONTWRITEBYTECODE',
          'PYTHONNOUSERSITE',
          'RUNNER_TRACKING_ID',
          'https_proxy',
        ],
      ].sort(),
    )
  })
})
