import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { afterAll, expect, jest, test } from '@jest/globals'
import { prepareEnvironments } from '../../src/training/python/environments.ts'
import { findPython, type Python } from '../../src/training/python/find-python.ts'
import { captured, newFolder, removeFolders } from './training-lab.ts'

/** One cache for several Pythons, as a self-hosted runner or a change of its image has it. */

jest.setTimeout(120_000)

afterAll(removeFolders)

/** Another Python than the usual one. */
async function otherPython(usual: Python): Promise<Python | undefined> {
  for (let minor = 9; minor <= 15; minor += 1) {
    const search = { workspace: newFolder('workspace'), environment: process.env, input: `python3.${minor}` }
    const found = await findPython(search).catch(() => undefined)
    if (found && minorOf(found) !== minorOf(usual)) return found
  }
  return undefined
}
const minorOf = ({ version }: Python) => version.split('.').slice(0, 2).join('.')

/** A package that has to be built, and holds the Python that it was built by. */
function makeSource(): string {
  const name = 'native-1.0'
  const folder = join(newFolder('source'), name)
  mkdirSync(folder)
  writeFileSync(join(folder, 'PKG-INFO'), 'Metadata-Version: 2.1\nName: native\nVersion: 1.0\n')
  writeFileSync(
    join(folder, 'pyproject.toml'),
    '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
  )
  const backend = [
    'import os, sys, zipfile',
    'def build_wheel(folder, settings=None, metadata=None):',
    '    tag = "cp%d%d-none-any" % sys.version_info[:2]',
    '    name, info = "native-1.0-%s.whl" % tag, "native-1.0.dist-info/"',
    '    with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:',
    '        wheel.writestr("native.py", "built_by = %r" % sys.version.split()[0])',
    '        wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: native\\nVersion: 1.0\\n")',
    '        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: %s\\n" % tag)',
    '        wheel.writestr(info + "RECORD", "native.py,,\\n%sMETADATA,,\\n%sWHEEL,,\\n%sRECORD,,\\n" % (info, info, info))',
    '    return name',
  ].join('\n')
  writeFileSync(join(folder, 'backend.py'), backend)
  const archive = `${folder}.tar.gz`
  execFileSync('tar', ['-czf', archive, '-C', dirname(folder), name])
  return archive
}

test('n45: a cache that Pythons share gives each what was built for it, and the second time without a download', async () => {
  const source = readFileSync(makeSource())
  let downloads = 0
  const index = createServer((request, response) => {
    if (request.url === '/simple/native/') {
      return response
        .setHeader('content-type', 'text/html')
        .end(
          `<a href="/native-1.0.tar.gz#sha256=${createHash('sha256').update(source).digest('hex')}">native-1.0.tar.gz</a>`,
        )
    }
    downloads += 1
    return response.setHeader('cache-control', 'max-age=999').end(source)
  })
  await new Promise<void>((resolve) => index.listen(0, '127.0.0.1', resolve))
  const { port } = index.address() as AddressInfo
  const environment = {
    ...process.env,
    PIP_CACHE_DIR: newFolder('cache'),
    PIP_INDEX_URL: `http://127.0.0.1:${port}/simple`,
    PIP_FIND_LINKS: '',
    PIP_TRUSTED_HOST: '127.0.0.1',
  }
  /** Version of the Python that has built what is installed for this one. */
  async function builderFor(python: Python): Promise<string> {
    const workspace = newFolder('workspace')
    const requirements = join(workspace, 'requirements.txt')
    writeFileSync(requirements, 'native\n')
    const temp = newFolder('environments')
    const request = {
      python,
      workspace,
      requirements,
      installer: 'pip' as const,
      needsKernel: false,
      temp,
      environment,
    }
    const { outcome } = await captured(() => prepareEnvironments(request))
    if (outcome instanceof Error) throw outcome
    expect(outcome.kernelPython.startsWith(temp)).toBe(true)
    const ask = ['-c', 'import native; print(native.built_by)']
    return execFileSync(outcome.kernelPython, ask, { encoding: 'utf8' }).trim()
  }
  try {
    const usual = await findPython({ workspace: newFolder('workspace'), environment: process.env })
    expect(await builderFor(usual)).toBe(usual.version)
    const other = await otherPython(usual)
    if (other === undefined) console.warn('n45 was tested with one Python only: there is no other one here')
    else expect(await builderFor(other)).toBe(other.version)
    const before = downloads
    expect(await builderFor(usual)).toBe(usual.version)
    expect(downloads).toBe(before)
  } finally {
    index.close()
  }
})
