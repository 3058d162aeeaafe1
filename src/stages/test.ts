import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BuildApi } from '../algorithmia/builds.ts'
import { callTo } from '../algorithmia/calls.ts'
import { orCancelled } from '../cancellation.ts'
import { DeployError, messageOf, UncertainError } from '../errors.ts'
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
  const failure = await runCases(released, tests)
  if (failure === undefined) return
  if (tests.onFailure === 'revert') await revert(released)
  throw failure
}

/** @returns what is wrong, when not all cases have passed */
export async function runCases(released: Released, tests: TestInputs): Promise<DeployError | undefined> {
  const { algorithm, commit, cancelled } = released
  const startedAt = new Date()
  const call = callTo(algorithm, commit)
  const run = await log.group('Run the test cases', () => runTestCases(tests.cases, call, { signal: cancelled }))
  await recordRun(released, tests, run, startedAt)
  return run.passed < run.total ? failureOf(run, tests) : undefined
}

async function recordRun({ inputs, deployment }: Released, { file }: TestInputs, run: TestRun, startedAt: Date) {
  const { owner, algorithm } = inputs.platform
  const path = join(inputs.temp, `${owner}.${algorithm}.test-report.xml`)
  // Without the commit: reporters follow a test by its name.
  const name = `${owner}/${algorithm}`
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
  cancelled.throwIfAborted()
  try {
    const message = `Revert the deployment ${commit.slice(0, 12)}\n\nIt did not pass its test cases. This restores what was there before.\n`
    const restored = await log.group('Revert the push', async () => {
      const restored = await orCancelled(repository.revert(commit, message), cancelled)
      log.info(`Pushed ${restored}, which restores what was there before`)
      return restored
    })
    deployment.revertedBy = restored
    const wait = { timeoutMs: release.buildTimeoutMs, cancelled }
    const { state } = await log.group('Wait for the build of the revert', () =>
      awaitBuild(new BuildApi(algorithm), restored, wait),
    )
    deployment.revertIsBuilt = state === 'succeeded'
    const outcome = `Reverted by ${restored}, which has the files from before; its build ${state}`
    if (state === 'failed') log.warning(`${outcome}: callers of the newest build are left without one`)
    deployment.note(`${outcome}.`)
  } catch (error) {
    deployment.revertIsUnknown = deployment.revertedBy === '' && (cancelled.aborted || error instanceof UncertainError)
    cancelled.throwIfAborted()
    const undone = deployment.revertIsUnknown
      ? 'Whether the push was reverted is not known'
      : 'The push could not be reverted'
    const doing = deployment.revertedBy === '' ? undone : 'The build of the revert is not proven'
    log.warning(`${doing}: ${messageOf(error)}`)
    deployment.note(`${doing}: ${messageOf(error)}`)
  }
}
