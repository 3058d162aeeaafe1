import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { DeployError } from '../../src/errors.ts'
import { prepareEnvironments } from '../../src/training/python/environments.ts'
import { findPython } from '../../src/training/python/find-python.ts'
import { captured, installers, newFolder, removeFolders, withUv } from './training-lab.ts'

/** Caches of pip and uv, and disks that are full. */

jest.setTimeout(300_000)

let environment: NodeJS.ProcessEnv = {}
/** A package index with one package, which counts what is fetched. */
let index: Server
let address = ''
let downloads = 0
/** Of the package, in bytes. */
const size = 40_000_000

beforeAll(async () => {
  environment = await withUv()
  const wheel = makeWheel()
  const bytes = readFileSync(wheel)
  const name = basename(wheel)
  index = createServer((request, response) => {
    if (request.url === '/simple/payload/') {
      const digest = createHash('sha256').update(bytes).digest('hex')
      response.setHeader('content-type', 'text/html')
      return response.end(`<a href="/files/${name}#sha256=${digest}">${name}</a>`)
    }
    if (request.url !== `/files/${name}`) return response.writeHead(404).end()
    if (request.method === 'GET') downloads += 1
    // As PyPI says of its files.
    response.setHeader('cache-control', 'max-age=365000000, immutable, public')
    response.setHeader('content-length', bytes.length)
    return response.end(request.method === 'HEAD' ? undefined : bytes)
  })
  await new Promise<void>((resolve) => index.listen(0, '127.0.0.1', resolve))
  address = `http://127.0.0.1:${(index.address() as AddressInfo).port}/simple`
})

afterAll(() => {
  index.close()
  removeFolders()
})

function makeWheel(): string {
  const folder = newFolder('wheel')
  const script = [
    'import os, sys, zipfile',
    'info = "payload-1.0.dist-info/"',
    'with zipfile.ZipFile(sys.argv[1], "w") as wheel:',
    '    wheel.writestr("payload.py", "here = True")',
    `    wheel.writestr("payload.bin", os.urandom(${size}))`,
    '    wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: payload\\nVersion: 1.0\\n")',
    '    wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")',
    '    wheel.writestr(info + "RECORD", "payload.py,,\\npayload.bin,,\\n%sMETADATA,,\\n%sWHEEL,,\\n%sRECORD,,\\n" % (info, info, info))',
  ].join('\n')
  const path = join(folder, 'payload-1.0-py3-none-any.whl')
  execFileSync('python3', ['-c', script, path])
  return path
}

/** Installs the package of the index, as for a script. */
async function install(installer: 'pip' | 'uv', more: NodeJS.ProcessEnv, temp = newFolder('environments')) {
  const workspace = newFolder('workspace')
  const requirements = join(workspace, 'requirements.txt')
  writeFileSync(requirements, `--index-url ${address}\npayload\n`)
  // pip caches nothing from a plain http index unless it is trusted.
  const all = { ...environment, PIP_FIND_LINKS: '', PIP_TRUSTED_HOST: '127.0.0.1', ...more }
  const python = await findPython({ workspace, environment: all })
  const request = { python, workspace, requirements, installer, needsKernel: false, temp, environment: all }
  return captured(() => prepareEnvironments(request))
}

const variables = { pip: 'PIP_CACHE_DIR', uv: 'UV_CACHE_DIR' }

function filesBelow(folder: string): string[] {
  return (readdirSync(folder, { recursive: true }) as string[])
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
}

describe.each(installers)('%s', (installer) => {
  const installed = { outcome: { installer, packages: [{ name: 'payload', version: '1.0' }] } }

  test('n44: a second run downloads nothing, and a cache that is broken or gone is not fatal', async () => {
    const cache = join(newFolder('cache'), 'not', 'there', 'yet')
    const before = downloads
    expect(await install(installer, { [variables[installer]]: cache })).toMatchObject(installed)
    const first = downloads
    expect(first).toBeGreaterThan(before)
    expect(await install(installer, { [variables[installer]]: cache })).toMatchObject(installed)
    expect(downloads).toBe(first)

    for (const path of filesBelow(cache)) writeFileSync(path, 'broken')
    expect(await install(installer, { [variables[installer]]: cache })).toMatchObject(installed)
  })

  test('n44: a cache that cannot be written is not fatal', async () => {
    const file = join(newFolder('cache'), 'a file')
    writeFileSync(file, '')
    expect(await install(installer, { [variables[installer]]: join(file, 'cache') })).toMatchObject(installed)
  })

  test('n43: a full disk is told, with the free space of RUNNER_TEMP', async () => {
    const disk = join(newFolder('disk'), 'small')
    mkdirSync(disk)
    const rights = process.getuid?.() === 0 ? [] : ['sudo', '-n']
    const root = (...command: string[]) => {
      const [program = '', ...args] = [...rights, ...command]
      execFileSync(program, args, { stdio: 'ignore' })
    }
    try {
      // Room for an environment with pip, but not for the package.
      root('mount', '-t', 'tmpfs', '-o', 'size=35m,mode=0777', 'tmpfs', disk)
    } catch {
      console.warn('n43 was not tested: no disk can be mounted here')
      return
    }
    try {
      const { outcome } = await install(installer, { [variables[installer]]: newFolder('cache') }, disk)
      expect(outcome).toBeInstanceOf(DeployError)
      expect(String(outcome)).toMatch(/The disk is full: .* free in RUNNER_TEMP/)
      expect((outcome as DeployError).annotation).toMatchObject({ file: 'requirements.txt' })
    } finally {
      root('umount', disk)
    }
  })
})
