import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, afterEach, beforeEach, expect, jest } from '@jest/globals'
import { DataApi } from '../../src/algorithmia/data.ts'
import type { DataUri } from '../../src/algorithmia/data-uri.ts'
import { Http, type HttpOptions } from '../../src/algorithmia/http.ts'
import { type Store, storeModel } from '../../src/algorithmia/store.ts'
import { DeployError } from '../../src/errors.ts'
import { fileSource } from '../../src/model/source.ts'
import { type Script, type ScriptedServer, scriptedServer } from './scripted-server.ts'

export const key = 'simSecret/key+of=tests0000001'
export const collection: DataUri = { protocol: 'data', path: 'demo/models' }
export const kB = 1024
export const MB = 1024 * 1024

/** Servers, files and captured output of one test file; everything is gone after it. */
export function platformLab() {
  const folder = mkdtempSync(join(tmpdir(), 'platform-'))
  const servers: ScriptedServer[] = []
  let printed = ''

  beforeEach(() => {
    // A proxy of the machine would stand between the client and these servers.
    for (const name of Object.keys(process.env)) if (/^(https?|all|no)_proxy$/i.test(name)) delete process.env[name]
    printed = ''
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
      printed += text
      return true
    })
  })
  afterEach(async () => {
    expectNoSecret(printed.replace(/^::add-mask::.*$/gm, ''))
    await Promise.all(servers.splice(0).map((server) => server.close()))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  return {
    folder,
    /** What the action has printed in this test. */
    printed: () => printed,
    serve: async (script: Script) => {
      const server = await scriptedServer(script)
      servers.push(server)
      return server
    },
    /** A model of random bytes. */
    model: (size: number, name = `model-${size}.bin`) => {
      const path = join(folder, name)
      const bytes = randomBytes(size)
      writeFileSync(path, bytes)
      return { path, bytes, ...digestsOf(bytes) }
    },
  }
}

export function digestsOf(bytes: Buffer): { md5: string; sha256: string } {
  const hex = (algorithm: string) => createHash(algorithm).update(bytes).digest('hex')
  return { md5: hex('md5'), sha256: hex('sha256') }
}

/** The action's client with limits that suit a test. */
export function client(apiUrl: string, options: Partial<HttpOptions> = {}): Http {
  return new Http({ apiUrl, apiKey: key, timeoutMs: 20_000, stallMs: 20_000, firstPauseMs: 5, ...options })
}

export function dataApi(apiUrl: string, options: Partial<HttpOptions> = {}): DataApi {
  return new DataApi(client(apiUrl, options))
}

/** Stores a file as the action does. */
export function store(
  apiUrl: string,
  { path, size }: { path: string; size: number },
  {
    options = {},
    name = 'm_abc.bin',
    ...changes
  }: Partial<Store> & { options?: Partial<HttpOptions>; name?: string } = {},
) {
  const http = client(apiUrl, options)
  return storeModel(
    { http, data: new DataApi(http), collection, known: [], ...changes },
    { model: fileSource({ path, size }), name, nameWithDigest: (digest) => `m_abc_${digest}.bin` },
  )
}

/** The failure that a call must end in: always one that a person can act on, never with the key in it. */
export async function failureOf(call: Promise<unknown>): Promise<DeployError> {
  const error = await call.then(
    (value) => new Error(`It should have failed, but gave ${inspect(value)}`),
    (error: unknown) => error,
  )
  if (!(error instanceof DeployError)) throw error
  expectNoSecret(inspect(error, { depth: 12, showHidden: true }))
  expectNoSecret(JSON.stringify(error, Object.getOwnPropertyNames(error)))
  expectNoSecret(JSON.stringify(error))
  return error
}

export function expectNoSecret(text: string): void {
  for (const form of [key, encodeURIComponent(key), Buffer.from(key).toString('base64')]) {
    expect(text).not.toContain(form)
  }
}
