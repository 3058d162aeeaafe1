import { checkCode } from '../algorithm-repo/copy.ts'
import type { AlgorithmRepository } from '../algorithm-repo/repository.ts'
import type { Deployment } from '../deployment.ts'
import type { Inputs } from '../inputs.ts'
import * as log from '../log.ts'
import { manifestName } from '../manifest/manifest.ts'
import { countFiles, type Plan } from '../plan.ts'
import { applyTo, type DeployedModel } from './delivery.ts'
import { manifestFiles } from './manifest.ts'
import { type PlanRequest, tell } from './plan.ts'
import { planBranches, requestBranchOf } from './pull-request.ts'

interface CommitRequest extends PlanRequest {
  /** Undefined when they are not there yet. */
  models: DeployedModel[] | undefined
}

/**
 * What would be committed to the algorithm's repository, tried in its clone.
 *
 * @returns the commit that holds it all already, if there is one
 */
export async function planCommit(
  inputs: Inputs,
  deployment: Deployment,
  request: CommitRequest,
  planned: Plan,
): Promise<string | undefined> {
  if (inputs.code === undefined) deployment.skip('Copying code', inputs.codeSkipped)
  const { destination, data, origin, models } = request
  if (!('repository' in destination)) {
    const why = 'whyUnseen' in destination ? destination.whyUnseen : 'it comes with the algorithm'
    tell(planned.unchecked, `The changes of the algorithm's repository are not known: ${why}.`)
    const request = requestBranchOf(inputs, origin)
    if (request !== undefined) tell(planned.creations, `Would push to ${request}, for a pull request from there.`)
    await planCode(inputs, planned)
    return undefined
  }
  const { repository } = destination
  const change = async (folder: string) => {
    const manifest = await applyTo(folder, inputs, {
      deployment,
      data,
      origin,
      format: inputs.manifestFormat,
      models: models ?? [],
      metrics: deployment.metrics,
    })
    if (!planned.modelsAreOld) deployment.outputs.manifest = manifest
  }
  const { files, skipped } = await repository.stage(change, manifestFiles)
  const manifestDifference = await repository.difference(manifestName)
  planned.commit = {
    target: targetOf(inputs, repository),
    files,
    skipped: [...deployment.skippedCode, ...skipped],
    manifestDifference,
  }
  if (files.length === 0) log.info(`Would commit nothing: ${planned.commit.target} has it all.`)
  else log.info(`Would commit to ${planned.commit.target}: ${countFiles(files)}`)
  for (const { kind, path } of files) log.info(`  ${kind.padEnd(7)} ${path}`)
  for (const { path, why } of planned.commit.skipped) log.info(`  skipped ${path}, because ${why}`)
  for (const sentence of await planBranches(inputs, repository, files)) tell(planned.creations, sentence)
  if (manifestDifference !== '') log.info(manifestDifference)
  return files.length === 0 && models !== undefined ? repository.head : undefined
}

function targetOf({ repository: { url } }: Inputs, { branch, requestBranch }: AlgorithmRepository): string {
  if (requestBranch === undefined) return `${branch} of ${url}`
  return `${requestBranch} of ${url}, for a pull request into ${branch}`
}

async function planCode({ code }: Inputs, planned: Plan): Promise<void> {
  if (code === undefined) return
  planned.code = await checkCode({ source: code.folder.absolute, exclude: code.exclude })
  log.info(`Would copy from ${code.folder.relative}:`)
  for (const path of planned.code) log.info(`  ${path}`)
}
