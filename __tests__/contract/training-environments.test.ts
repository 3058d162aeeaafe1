import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, delimiter, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { DeployError } from '../../src/errors.ts'
import { findPython } from '../../src/training/python/find-python.ts'
import { newReport } from '../../src/training/report.ts'
import { train } from '../../src/training/train.ts'
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
  trainingRequest,
  withUv,
} from './training-lab.ts'

/** Python, virtual environments and pip, all real. */

jest.setTimeout(300_000)

let environment: NodeJS.ProcessEnv = process.env

beforeAll(async () => {
  environment = await withUv()
})

afterAll(removeFolders)

async function made(...args: Parameters<typeof makeEnvironments>) {
  const result = await captured(() => makeEnvironments(...args))
  if (result.outcome instanceof Error && !(result.outcome instanceof DeployError)) throw result.outcome
  return result
}

async function succeeded(...args: Parameters<typeof makeEnvironments>) {
  const { outcome, log } = await made(...args)
  if (outcome instanceof Error) throw outcome
  return { environments: outcome, log }
}

const versionOf = (python: string, name: string) =>
  execFileSync(python, ['-c', `import importlib.metadata as m; print(m.version("${name}"))`], {
    encoding: 'utf8',
  }).trim()

/** A copy of the machine's Python as Debian ships it: externally managed, and split into packages. */
async function debianPython(has: { ensurepip: boolean; pip: boolean }): Promise<string> {
  const { executable } = await findPython({ workspace: '/', environment })
  const script =
    'import sys, sysconfig, pip; print(sysconfig.get_path("stdlib"), sys.base_prefix, pip.__path__[0], sep="\\n")'
  const said = execFileSync(executable, ['-I', '-c', script], { encoding: 'utf8' }).trim().split(/\r?\n/)
  const [stdlib = '', prefix = '', pip = ''] = said
  const root = newFolder('debian')
  const library = join(root, 'lib', basename(stdlib))
  mkdirSync(join(root, 'bin'))
  mkdirSync(join(library, 'site-packages'), { recursive: true })
  for (const name of readdirSync(join(prefix, 'lib')).filter((name) => name.startsWith('libpython'))) {
    symlinkSync(join(prefix, 'lib', name), join(root, 'lib', name))
  }
  const left = ['site-packages', 'dist-packages', 'EXTERNALLY-MANAGED', ...(has.ensurepip ? [] : ['ensurepip'])]
  for (const name of readdirSync(stdlib).filter((name) => !left.includes(name))) {
    symlinkSync(join(stdlib, name), join(library, name))
  }
  writeFileSync(
    join(library, 'EXTERNALLY-MANAGED'),
    '[externally-managed]\nError=This environment is externally managed\n',
  )
  if (has.pip) symlinkSync(pip, join(library, 'site-packages', 'pip'))
  copyFileSync(realpathSync(executable), join(root, 'bin', 'python3'))
  chmodSync(join(root, 'bin', 'python3'), 0o755)
  return join(root, 'bin', 'python3')
}

test('n2: without ensurepip the own pip of Python fills the environment', async () => {
  const python = await debianPython({ ensurepip: false, pip: true })
  const { environments } = await succeeded(undefined, { python })
  const { cells } = await run(execution(environments, notebookText(['1'])))
  expect(cells).toBe(1)
})

test('n3, n6: the Python that setup-uv has set up is taken, with an environment that it has activated', async () => {
  const workspace = newFolder('workspace')
  const { executable, version } = await findPython({ workspace, environment })
  const activated = join(newFolder('activated'), '.venv')
  execFileSync(executable, ['-m', 'venv', '--without-pip', activated])
  const minor = version.split('.').slice(0, 2).join('.')
  const PATH = [join(activated, 'bin'), environment.PATH].join(delimiter)
  const setUp = { ...environment, UV_PYTHON: minor, VIRTUAL_ENV: activated, PATH }
  for (const installer of installers) {
    const { environments } = await succeeded('six\n', { workspace, installer, environment: setUp })
    expect(versionOf(environments.kernelPython, 'six')).toMatch(/^1\./)
    expect(environments.kernelPython.startsWith(activated)).toBe(false)
  }
  const missing = findPython({ workspace, environment: { ...setUp, UV_PYTHON: '3.99' } })
  await expect(missing).rejects.toThrow(/UV_PYTHON asks for \(3\.99\): uv does not find it/)
})

test('n2: uv needs neither ensurepip nor pip', async () => {
  const python = await debianPython({ ensurepip: false, pip: false })
  const { environments } = await succeeded(undefined, { python, environment, installer: 'uv' })
  const { cells } = await run(execution(environments, notebookText(['%pip install --quiet six\nimport six'])))
  expect(cells).toBe(1)
})

test('n2: without ensurepip and pip there is one sentence with the command to run', async () => {
  const python = await debianPython({ ensurepip: false, pip: false })
  const { outcome } = await made(undefined, { python })
  expect(outcome).toBeInstanceOf(DeployError)
  expect(String(outcome)).toMatch(
    /`apt-get install -y python3\.\d+-venv` before this step, or use actions\/setup-python/,
  )
})

describe.each(installers)('%s', (installer) => {
  test('n1, n5, n9, n46, n47: an externally managed Python, a poisoned PATH and files that refer to others', async () => {
    const python = await debianPython({ ensurepip: true, pip: true })
    const refused = execFileSync('sh', ['-c', `"${python}" -m pip install six 2>&1 || true`], { encoding: 'utf8' })
    expect(refused).toContain('externally-managed-environment')

    const workspace = newFolder('workspace')
    const poison = newFolder('bin')
    for (const name of ['pip', 'pip3', 'jupyter', 'papermill', 'virtualenv']) {
      writeFileSync(join(poison, name), `#!/bin/sh\ntouch '${join(poison, 'used')}'\nexit 1\n`, { mode: 0o755 })
    }
    writeFileSync(join(workspace, 'pip.py'), 'raise SystemExit("the wrong pip")')
    mkdirSync(join(workspace, 'package'))
    const setup = 'from setuptools import setup\nsetup(name="mine", version="1", py_modules=["mine"])\n'
    writeFileSync(join(workspace, 'package', 'setup.py'), setup)
    writeFileSync(join(workspace, 'package', 'mine.py'), 'here = True')
    mkdirSync(join(workspace, 'sub'))
    writeFileSync(join(workspace, 'sub', 'more.txt'), '-r base.txt\n-e ./package\n')
    writeFileSync(
      join(workspace, 'sub', 'base.txt'),
      '--extra-index-url https://user:index-pw-471@pypi.org/simple\nsix==1.17.0\n',
    )
    const { environments, log } = await succeeded('-r sub/more.txt\n', {
      python,
      workspace,
      installer,
      environment: {
        ...environment,
        PATH: `${poison}${delimiter}${environment.PATH}`,
        PYTHONPATH: poison,
        PYTHONHOME: '/nope',
        VIRTUAL_ENV: '/nope',
        PIP_TARGET: join(poison, 'elsewhere'),
        PIP_USER: '1',
        UV_TARGET: join(poison, 'elsewhere'),
        UV_PYTHON: '/nope',
        UV_SYSTEM_PYTHON: '1',
        UV_PROJECT_ENVIRONMENT: '/nope',
      },
    })
    expect(existsSync(join(poison, 'used'))).toBe(false)
    expect(versionOf(environments.kernelPython, 'six')).toBe('1.17.0')
    execFileSync(environments.kernelPython, ['-c', 'import mine; assert mine.here'])
    expect(log).toMatch(/^(::debug::)?(Collecting six==1\.17\.0| \+ six==1\.17\.0)/m)
    expect(environments).toMatchObject({
      installer,
      packages: expect.arrayContaining([{ name: 'six', version: '1.17.0' }]),
    })
    expect(log.replace(/^::add-mask::.*$/gm, '')).not.toContain('index-pw-471')
  })

  test('n11, n13: old pins of the user stay as they are, the notebook still runs', async () => {
    const pins = { jupyter_client: '6.1.12', nbformat: '5.1.3', ipykernel: '6.20.2' }
    const requirements = Object.entries(pins).map(([name, version]) => `${name}==${version}`)
    const { environments } = await succeeded(`${requirements.join('\n')}\n`, { environment, installer })
    for (const [name, version] of Object.entries(pins)) expect(versionOf(environments.kernelPython, name)).toBe(version)
    const { error, saved } = await run(execution(environments, notebookText(['print("ran")'])))
    expect(error).toBeUndefined()
    expect(printed(saved)).toBe('ran\n')
  })

  test('n12: what runs the notebook has exact versions and hashes, and those are installed', async () => {
    const file = join(import.meta.dirname, '../../src/training/python/requirements-tool.txt')
    const text = readFileSync(file, 'utf8').replaceAll('\\\n', ' ')
    const requirements = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
    expect(requirements.length).toBeGreaterThan(10)
    for (const requirement of requirements) expect(requirement).toMatch(/^[\w-]+==[\w.]+ .*--hash=sha256:[0-9a-f]{64}/)

    // A requirements file with hashes asks for them everywhere; ipykernel, which has none, comes after it.
    const six = 'six==1.17.0 --hash=sha256:4721f391ed90541fddacab5acf947aa0d3dc7d27b2e1e8eda2be8970586c3274\n'
    const { environments } = await succeeded(six, { environment, installer })
    expect(versionOf(environments.toolPython, 'nbclient')).toBe('0.10.2')
    expect(versionOf(environments.kernelPython, 'ipykernel')).toMatch(/^6\./)
  })

  test('n8, n10: a requirement that does not exist fails with its name and line, and the notebook is not started', async () => {
    const workspace = newFolder('workspace')
    const requirements = join(workspace, 'sub', 'needs.txt')
    const notebook = join(workspace, 'train.ipynb')
    mkdirSync(dirname(requirements))
    writeFileSync(requirements, 'six\n# comment\nNo_Such.Package-4711==9\n')
    writeFileSync(notebook, notebookText(['open("started", "w")']))
    const executedNotebook = join(workspace, 'executed.ipynb')
    const request = trainingRequest(workspace, notebook, { requirements, executedNotebook, environment, installer })
    const { outcome, log } = await captured(() => train(request, newReport('notebook', 'train.ipynb')))
    if (!(outcome instanceof DeployError)) throw new Error(`not a DeployError: ${String(outcome)}`)
    expect(outcome.message).toMatch(
      /could not install the packages of sub\/needs\.txt: .*No.Such.Package-4711.*\(line 3\)/i,
    )
    expect(outcome.annotation).toMatchObject({ file: 'sub/needs.txt', startLine: 3 })
    expect(log).toMatch(/No matching distribution found|was not found in the package registry/)
    expect(existsSync(join(workspace, 'started'))).toBe(false)
    expect(existsSync(executedNotebook)).toBe(false)
  })

  test('n37: a build script that asks a question fails at once', async () => {
    const workspace = newFolder('workspace')
    mkdirSync(join(workspace, 'asks'))
    writeFileSync(
      join(workspace, 'asks', 'setup.py'),
      'import sys\nprint("answer: %r" % sys.stdin.readline())\nsys.exit(7)\n',
    )
    const { outcome, log } = await made('./asks\n', { workspace, environment, installer })
    expect(String(outcome)).toMatch(/could not install the packages of requirements\.txt/)
    expect(log).toContain("answer: ''")
  })

  test('n48: from nothing to an executed notebook, in a workspace with a long path', async () => {
    const workspace = join(newFolder('workspace'), 'long name '.repeat(10).trim(), 'long name '.repeat(10).trim())
    mkdirSync(workspace, { recursive: true })
    const notebook = join(workspace, 'train.ipynb')
    writeFileSync(notebook, notebookText(['open("model.pkl", "w").write("x")', 'print("hello")']))
    const executedNotebook = join(workspace, 'executed.ipynb')
    const report = newReport('notebook', 'train.ipynb')
    const request = trainingRequest(workspace, notebook, { executedNotebook, environment, installer })
    const { outcome, log } = await captured(() => train(request, report))
    expect(outcome).toBeInstanceOf(Date)
    expect(report).toMatchObject({ python: expect.stringMatching(/^3\.\d+\.\d+$/) })
    expect(existsSync(join(workspace, 'model.pkl'))).toBe(true)
    expect(log).toContain('[2/2] print("hello")\nhello\n')
    expect(log).not.toMatch(/\[command\]/)
  })
})
