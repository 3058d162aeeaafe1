import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join, parse } from 'node:path'
import type { Deployment } from '../deployment.ts'
import type { Inputs, TrainingInputs } from '../inputs.ts'
import { publish } from '../outputs.ts'

/**
 * Runs the training notebook. The stage is loaded only here: most start-ups do not get this far.
 *
 * @returns when the training began
 */
export async function trainModel(
  training: TrainingInputs,
  inputs: Inputs,
  deployment: Deployment,
  temp: string,
): Promise<Date> {
  const { train } = await import('../training/train.ts')
  const executedNotebook =
    training.executedNotebook?.absolute ?? join(inputs.temp, `${parse(training.notebook.absolute).name}.executed.ipynb`)
  // What an earlier step left there is not evidence of this run.
  await rm(executedNotebook, { force: true })
  // Told before it runs: a later step wants the notebook most when this one was killed.
  deployment.outputs.executed_notebook = executedNotebook
  publish(deployment.outputs)
  try {
    const { startedAt } = await train({
      ...training,
      workspace: inputs.workspace,
      notebook: training.notebook.absolute,
      requirements: training.requirements?.absolute,
      executedNotebook,
      temp,
      environment: process.env,
    })
    return startedAt
  } finally {
    if (!existsSync(executedNotebook)) deployment.outputs.executed_notebook = ''
  }
}
