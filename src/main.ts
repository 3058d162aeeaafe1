import { Deployment } from './deployment.ts'
import { explainFullDisk } from './disk.ts'
import { DeployError, describeError } from './errors.ts'
import { readInputs } from './inputs.ts'
import * as log from './log.ts'
import { publish } from './outputs.ts'

/** Inputs, deployment, report. The only place that catches an error for good and makes the step fail. */
export async function run(): Promise<void> {
  const deployment = new Deployment()
  let failure: string | undefined
  try {
    publish(deployment.outputs)
    const inputs = await readInputs(process.env)
    deployment.aimAt(inputs)
    // Loaded only now: a wrong input is reported before axios, simple-git and the rest are read from disk.
    const { deploy } = await import('./deploy.ts')
    await deploy(inputs, deployment)
  } catch (error) {
    deployment.fail(error)
    const reason = await explainFullDisk(describeError(error), process.env.RUNNER_TEMP)
    failure = [reason, deployment.standing].filter(Boolean).join('\n\n')
    log.fail(failure, {
      title: `Deploy to Algorithmia failed: ${deployment.phase}`,
      ...(error instanceof DeployError ? error.annotation : {}),
    })
  }
  try {
    publish(deployment.outputs)
    const { renderSummary } = await import('./report/summary.ts')
    await log.summarise(renderSummary(deployment, failure))
  } catch (error) {
    const outcome = `The deployment ended with status "${deployment.outputs.status}"`
    log.fail(`${outcome}, but it could not be reported: ${describeError(error)}`)
  }
}
