import { existsSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf } from '../errors.ts'
import type { ReleaseInputs, TestInputs } from '../inputs.ts'
import { warning } from '../log.ts'
import type { InputReader } from './reader.ts'
import { boolean, minutes, oneOf, quote, type WorkspacePath, workspacePath } from './values.ts'

const defaultCases = 'TEST_CASES.json'

interface ReleaseFacts {
  workspace: string | undefined
  /** Of the inference code; undefined when there is none. */
  codeFolder: WorkspacePath | undefined
  apiKey: string
  managementKey: string
  /** Whether the push only leads to a pull request. */
  isRequest: boolean
  /** The text of a file as test cases. */
  parseCases(text: string): Promise<{ cases: TestInputs['cases']; warnings: string[] }>
}

/**
 * What is to follow the push. The test cases are read and checked here, before anything is trained.
 *
 * @returns undefined when the build is not to be awaited, or there is none
 */
export async function readReleaseInputs(reader: InputReader, facts: ReleaseFacts): Promise<ReleaseInputs | undefined> {
  const wait = reader.optional('wait_for_build', boolean) ?? true
  const increment = reader.optional('publish', increments) ?? 'none'
  const onFailure = reader.optional('on_test_failure', (raw) => oneOf(raw, ['keep', 'revert'] as const)) ?? 'keep'
  const found = findCases(reader, facts)
  const release = {
    apiKey: facts.managementKey || facts.apiKey,
    keyInput:
      facts.managementKey === '' ? ('algorithmia_api_key' as const) : ('algorithmia_management_api_key' as const),
    buildTimeoutMs: reader.optional('build_timeout_minutes', minutes) ?? 30 * 60_000,
    publish: increment,
    releaseNotes: reader.text('release_notes') || undefined,
    callability: reader.optional('algorithm_callability', (raw) => oneOf(raw, ['private', 'public'] as const)),
    insights: reader.optional('insights_enabled', boolean),
  }
  if (!wait && increment !== 'none') {
    reader.report('publish', 'needs the build of the pushed commit; remove `wait_for_build: false`')
  }
  if (!wait && found?.isDemanded) {
    reader.report('test_cases_path', 'needs the build of the pushed commit; remove `wait_for_build: false`')
  }
  if (facts.isRequest && increment !== 'none') {
    reader.report('publish', 'is not possible with `push_to: pull_request`, of which nothing is published; remove it')
  }
  if (facts.isRequest && found?.isDemanded) {
    reader.report(
      'test_cases_path',
      'is not possible with `push_to: pull_request`, because Algorithmia builds nothing of it; remove it',
    )
  }
  const cases = found && (await readCases(reader, found.file, facts))
  if (!wait || facts.isRequest) return undefined
  return {
    ...release,
    tests: found && cases && { ...found, cases, onFailure },
    testingSkipped:
      reader.text('test_cases_path') === ''
        ? 'test_cases_path is empty'
        : `there is no ${reader.text('test_cases_path')}`,
  }
}

function increments(text: string): ReleaseInputs['publish'] {
  const increment = oneOf(text.toLowerCase(), ['none', 'major', 'minor', 'revision', 'patch'] as const)
  // The platform's own documents have both words (platform reference §3.4).
  return increment === 'patch' ? 'revision' : increment
}

/** The default file belongs to the inference code, or to the repository as a whole; another one is where it is said. */
function findCases(reader: InputReader, facts: ReleaseFacts): Pick<TestInputs, 'file' | 'isDemanded'> | undefined {
  const { workspace, codeFolder } = facts
  const name = reader.text('test_cases_path')
  if (name === '' || workspace === undefined) return undefined
  const isDemanded = name !== defaultCases
  const places = isDemanded || codeFolder === undefined ? [name] : [join(codeFolder.relative, name), name]
  for (const place of places) {
    const file = reader.optional('test_cases_path', () => workspacePath(place, workspace))
    if (file === undefined) return undefined
    if (!existsSync(file.absolute)) continue
    if (!statSync(file.absolute).isDirectory()) return { file, isDemanded }
    reader.report('test_cases_path', `is ${quote(file.relative)}, which is a folder`)
    return undefined
  }
  if (isDemanded) reader.reportMissing('test_cases_path', name)
  return undefined
}

async function readCases(
  reader: InputReader,
  { absolute, relative: file }: WorkspacePath,
  { parseCases }: ReleaseFacts,
): Promise<TestInputs['cases'] | undefined> {
  try {
    const { cases, warnings } = await parseCases(await readFile(absolute, 'utf8'))
    for (const text of warnings) warning(text, { file })
    return cases
  } catch (error) {
    reader.report(`${file}:`, messageOf(error))
    return undefined
  }
}
