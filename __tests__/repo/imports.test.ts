import { posix } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { filesBelow, read } from './repository.ts'

// Who may import what in src: one owner for each outside thing, and stages that do not know each other.

/** Packages with an owner, and the files or folders that own them. */
const owners: Record<string, string[]> = {
  '@actions/core': ['src/log.ts', 'src/outputs.ts', 'src/inputs/reader.ts'],
  '@actions/exec': ['src/training/'],
  '@actions/github': ['src/origin.ts', 'src/pull-request/'],
  axios: ['src/algorithmia/http.ts'],
  'simple-git': ['src/algorithm-repo/'],
  tar: ['src/model/'],
  zod: ['src/release/'],
}

/** The folder that hands results of one stage to the next, and who may ask it to. */
const conductor = 'stages'
const callersOfConductor = ['src/deploy.ts']

/** The modules that a source imports, also for types only and also on demand. */
function importsOf(source: string): string[] {
  const code = source.replace(/\/\*.*?\*\//gs, '').replace(/^\s*\/\/.*$/gm, '')
  const statements =
    /(?:^|[;}\s])(?:import|export)\s(?:[^'"();]*?\sfrom\s+)?(['"])([^'"]+)\1|\bimport\(\s*(['"])([^'"]+)\3/g
  return [...code.matchAll(statements)].map((match) => match[2] ?? match[4] ?? '')
}

const packageOf = (name: string) => name.split('/', name.startsWith('@') ? 2 : 1).join('/')
const stageOf = (path: string) => /^src\/([^/]+)\//.exec(path)?.[1]

/** The rules that a source file breaks, each as a sentence. */
function violations(path: string, source: string): string[] {
  return importsOf(source).flatMap((name) => {
    if (!name.startsWith('.')) {
      const allowed = owners[packageOf(name)]
      const ours = allowed === undefined || allowed.some((owner) => path.startsWith(owner))
      return ours ? [] : [`${path} imports ${name}, which belongs to ${allowed.join(', ')}`]
    }
    const target = posix.join(posix.dirname(path), name)
    if (!target.startsWith('src/')) return [`${path} imports ${target}, which is outside src`]
    const [from, to] = [stageOf(path), stageOf(target)]
    if (from === to || from === conductor) return []
    if (to === conductor) return callersOfConductor.includes(path) ? [] : [`${path} imports ${target}, which calls it`]
    return from !== undefined && to !== undefined ? [`${path} imports ${target}, of another stage`] : []
  })
}

describe('the rules', () => {
  test.each([
    ['src/main.ts', "import * as core from '@actions/core'"],
    ['src/deploy.ts', "import type { AxiosError } from 'axios'"],
    ['src/algorithmia/data.ts', "import axios, {\n  type AxiosInstance,\n} from 'axios'"],
    ['src/model/locate.ts', "const git = await import('simple-git')"],
    ['src/manifest/freeze.ts', "export { digest } from '../model/digest.ts'"],
    ['src/main.ts', "import '../sandbox/index.ts'"],
    ['src/model/digest.ts', "import { fixture } from '../../__tests__/support/fixture.ts'"],
    ['src/origin.ts', "import { exec } from '@actions/exec/lib/exec'"],
    ['src/inputs/release.ts', "const { readTestCases } = await import('../release/test-cases.ts')"],
    ['src/json.ts', "import * as z from 'zod/mini'"],
    ['src/release/build.ts', "import type { Released } from '../stages/release.ts'"],
    ['src/main.ts', "import { releaseCommit } from './stages/release.ts'"],
    ['src/stages/build.ts', "import axios from 'axios'"],
  ])('%s may not: %s', (path, source) => {
    expect(violations(path, source)).toHaveLength(1)
  })

  test.each([
    ['src/log.ts', "import * as core from '@actions/core'"],
    ['src/deploy.ts', "import { push } from './algorithm-repo/push.ts'\nimport { digest } from './model/digest.ts'"],
    ['src/model/digest.ts', "import { createHash } from 'node:crypto'\nimport { group } from '../log.ts'"],
    ['src/manifest/freeze.ts', "import { render } from './python.ts' // not from 'axios'"],
    ['src/release/test-case-schema.ts', "import * as z from 'zod/mini'"],
    [
      'src/stages/test.ts',
      "import { callTo } from '../algorithmia/calls.ts'\nimport type { Released } from './release.ts'",
    ],
    ['src/deploy.ts', "import { releaseCommit } from './stages/release.ts'"],
    ['src/main.ts', "// import axios from 'axios'\n/** import('simple-git') */"],
  ])('%s may: %s', (path, source) => {
    expect(violations(path, source)).toEqual([])
  })
})

test('src keeps to the rules', () => {
  const files = filesBelow('src', '.ts')
  expect(files).toContain('src/log.ts')
  expect(files.flatMap((path) => violations(path, read(path)))).toEqual([])
  expect(importsOf(read('src/log.ts'))).toContain('@actions/core')
})
