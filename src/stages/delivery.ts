import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { usesAdk } from '../algorithm-repo/adk.ts'
import { copyCode } from '../algorithm-repo/copy.ts'
import type { AlgorithmRepository, Delivery } from '../algorithm-repo/repository.ts'
import { orCancelled, untilCancelled } from '../cancellation.ts'
import type { Deployment } from '../deployment.ts'
import { DeployError, messageOf, UncertainError } from '../errors.ts'
import { workspacePath } from '../inputs/values.ts'
import type { Inputs } from '../inputs.ts'
import * as log from '../log.ts'
import type { MlflowModel } from '../mlflow/model.ts'
import type { Origin } from '../origin.ts'
import { type ManifestRequest, readManifestFiles, writeManifest } from './manifest.ts'
import type { NamedModel } from './manifest-entries.ts'

/** A model that is stored, and what else is known of it. */
export interface DeployedModel extends NamedModel {
  /** Where it lies in the workspace, and what MLflow says of it, when it is one of MLflow's. */
  mlflow: { model: MlflowModel; folder: string } | undefined
}

/**
 * Changes a clone: the code first and the manifest last, so that nothing copied can replace it.
 *
 * @returns the manifest's text; without models it is not written
 */
export async function applyTo(
  folder: string,
  inputs: Pick<Inputs, 'code' | 'workspace' | 'platform'>,
  request: ManifestRequest & { models: readonly DeployedModel[] },
): Promise<string> {
  const { code } = inputs
  const before = await readManifestFiles(folder)
  // Asked first: what says so may be a file that mirror mode removes.
  const wasAdk = await usesAdk(folder)
  if (code !== undefined) {
    confineCode(inputs)
    const source = code.folder.absolute
    const isAdk = await isStillAdk(source, inputs.platform.algorithm)
    const keep = isAdk ? ['.adk'] : []
    const { copied, removed, skipped } = await copyCode({ ...code, source, target: folder, keep })
    const others = removed.length === 0 ? '' : `, ${removed.length} removed that it does not have`
    log.info(`Code: ${copied} ${copied === 1 ? 'file' : 'files'} from ${code.folder.relative}${others}`)
    request.deployment.skippedCode = skipped
    if (!isAdk) await removeMarker(folder, request.deployment)
  }
  // A plan may not know its models yet.
  if (request.models.length === 0) return ''
  await generateCode(folder, inputs.platform.algorithm, { ...request, wasAdk })
  return writeManifest(folder, { ...request, before })
}

/**
 * Whether the platform's marker of an ADK algorithm still says the truth once the code is there: code that brings a main
 * file says it itself, and for other code the main file is generated for what the marker says (platform reference §5.1).
 */
async function isStillAdk(source: string, algorithm: string): Promise<boolean> {
  return !existsSync(join(source, 'src', `${algorithm}.py`)) || usesAdk(source)
}

/** The template of a new algorithm has it, and with it the platform would not load code without the kit (platform reference §5.2). */
async function removeMarker(clone: string, deployment: Deployment): Promise<void> {
  const marker = join(clone, '.adk')
  if (!existsSync(marker)) return
  await rm(marker)
  deployment.note('Removed .adk, which marks an algorithm for the ADK: the code does not use the ADK.')
}

/** An MLflow model tells how to call it: where nobody wrote an algorithm for it, one is made. */
async function generateCode(
  clone: string,
  algorithm: string,
  { models: [first], format, deployment, wasAdk }: Parameters<typeof applyTo>[2] & { wasAdk: boolean },
): Promise<void> {
  if (first?.mlflow === undefined) return
  const { model, folder: modelFolder } = first.mlflow
  const { generateSources } = await import('../mlflow/sources.ts')
  const variant = format === 'adk' || wasAdk || (await usesAdk(clone)) ? 'adk' : 'legacy'
  if (variant === 'adk' && format === 'flat') {
    throw new DeployError(
      'manifest_format is flat, but the algorithm uses the ADK, and the code that is generated for it reads the lists of the ADK; use `both`, or `auto`',
    )
  }
  const made = await generateSources({ clone, algorithm, model, modelFolder, variant, entry: first.entry })
  if (made.written.length === 0)
    return log.info(`No code is generated for the MLflow model: ${made.kept.join(', ')} is there`)
  deployment.note(`The code for the MLflow model is generated: ${made.written.join(', ')}.`)
  if (made.removed.length > 0) log.info(`Removed, because it was of the template: ${made.removed.join(', ')}`)
  if (made.missing.length === 0) return
  deployment.warn(
    `requirements.txt is your own and stays as it is, but does not name what the MLflow model needs: ${made.missing.join(', ')}.`,
  )
}

/** Checked again before it is read: training may have put a link in the folder's place. */
function confineCode({ code, workspace }: Pick<Inputs, 'code' | 'workspace'>): void {
  if (code === undefined) return
  try {
    workspacePath(code.folder.relative, workspace)
  } catch (error) {
    throw new DeployError(`algorithm_path ${messageOf(error)}`)
  }
}

/** The original action's message, with a body that leads back to the model's origin. */
export function commitText(origin: Origin): string {
  return [
    'Automated deployment via Github CI',
    '',
    `Repository: ${origin.repositoryUrl}`,
    `Commit: ${origin.repositoryUrl}/commit/${origin.commit}`,
    `Run: ${origin.runUrl}`,
    '',
  ].join('\n')
}

/**
 * @throws UncertainError when the run is cancelled meanwhile: git is not interrupted, and what it has sent may arrive
 */
export async function pushUntilCancelled(
  repository: AlgorithmRepository,
  message: string,
  beforeReplacing: () => Promise<void>,
): Promise<Delivery> {
  return untilCancelled((cancelled) =>
    orCancelled(repository.push(message, beforeReplacing), cancelled).catch((error: unknown) => {
      if (error !== cancelled.reason) throw error
      const branch = repository.requestBranch ?? repository.branch
      throw new UncertainError(
        `${messageOf(error)} during the push, so whether it arrived is not known: look at ${branch} of the algorithm's repository, or run again`,
      )
    }),
  )
}
