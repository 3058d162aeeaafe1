import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BuildApi } from '../algorithmia/builds.ts'
import { callTo } from '../algorithmia/calls.ts'
import { DeployError, messageOf } from '../errors.ts'
import type { TestInputs } from '../inputs.ts'
import * as log from '../log.ts'
import { awaitBuild } from '../release/build.ts'
import { renderJUnit } from '../release/junit.ts'
import { runTestCases, type TestRun } from '../release/run-tests.ts'
import type { Released } from './release.ts'

/** GitHub shows ten errors of a step, and one says how the run ended. */
const mostAnnotations = 9
const mostInMessage = 5

/**
 * Runs the test cases against the built commit. When that fails and the workflow wants it, the push is taken back.
 *
 * @throws DeployError unless every case has passed
 */
export async function testCommit(released: Released, tests: TestInputs): Promise<void> {
  const { algorithm, commit, cancelled } = released
  try {
    const startedAt = new Date()
    const call = callTo(algorithm, commit)
    const run = await log.group('Run the test cases', () => runTestCases(tests.cases, call, { signal: cancelled }))
    await recordRun(released, tests, run, startedAt)
    if (run.passed < run.total) throw failureOf(run, tests)
  } catch (error) {
    if (tests.onFailure === 'revert' && !cancelled.aborted) await revert(released)
    throw error
  }
}

async function recordRun(
  { inputs, deployment, commit }: Released,
  { file }: TestInputs,
  run: TestRun,
  startedAt: Date,
) {
  const { owner, algorithm } = inputs.platform
  const path = join(inputs.temp, `${algorithm}.test-report.xml`)
  const name = `${owner}/${algorithm}/${commit}`
  // What an earlier step left there may be a link.
  await rm(path, { force: true })
  await writeFile(path, renderJUnit({ name, file: file.relative, results: run.results, startedAt }))
  deployment.recordTests(run, path)
}

function failureOf({ results, passed, total }: TestRun, { file }: TestInputs): DeployError {
  const failed = results.filter((result) => !result.passed)
  const lines = failed.map(({ testCase, why }) => `- ${testCase.name}: ${why}`)
  for (const { testCase, why } of failed.slice(0, mostAnnotations)) {
    const place = { file: file.relative, startLine: testCase.line }
    log.error(`${testCase.name}: ${why}`, { title: 'Test case failed', ...place })
  }
  const more = lines.length > mostInMessage ? [`- and ${lines.length - mostInMessage} more`] : []
  const message = [`${total - passed} of ${total} test cases failed:`, ...lines.slice(0, mostInMessage), ...more]
  return new DeployError(message.join('\n'))
}

/** Gives callers of the newest build what they had before. A failure of this does not hide why it was done. */
async function revert({ deployment, repository, release, algorithm, commit, cancelled }: Released): Promise<void> {
  if (!deployment.pushed) return deployment.note('Nothing was reverted, because this run had pushed nothing.')
  try {
    const message = `Revert the deployment ${commit.slice(0, 12)}\n\nIt did not pass its test cases. This restores what was there before.\n`
    const restored = await log.group('Revert the push', async () => {
      const restored = await repository.revert(commit, message)
      log.info(`Pushed ${restored}, which restores what was there before`)
      return restored
    })
    deployment.revertedBy = restored
    const wait = { timeoutMs: release.buildTimeoutMs, cancelled }
    const { state } = await log.group('Wait for the build of the revert', () =>
      awaitBuild(new BuildApi(algorithm), restored, wait),
    )
    deployment.note(`Reverted by ${restored}, which has the manifest and the code from before; its build ${state}.`)
  } catch (error) {
    const doing =
      deployment.revertedBy === '' ? 'The push could not be reverted' : 'The build of the revert is not proven'
    log.warning(`${doing}: ${messageOf(error)}`)
    deployment.note(`${doing}: ${messageOf(error)}`)
  }
}
