import { usesAdk } from '../algorithm-repo/adk.ts'
import type { Deployment } from '../deployment.ts'
import { DeployError } from '../errors.ts'
import type { ManifestFormat } from '../inputs.ts'
import { manifestName, type PresentManifest } from '../manifest/manifest.ts'

interface FormatRequest {
  deployment: Deployment
  format: ManifestFormat
  models: readonly { isOptional: boolean }[]
}

/** @throws DeployError when the format cannot tell of these models */
export function checkFormat(format: ManifestFormat, models: FormatRequest['models']): void {
  if (format !== 'flat' || !needLists(models)) return
  throw new DeployError(
    `manifest_format is flat, which describes one model that is always loaded, but model_path means ${models.length}` +
      `${models.length === 1 ? ' optional one' : ''}; use \`both\`, or \`auto\``,
  )
}

function needLists(models: FormatRequest['models']): boolean {
  return models.length > 1 || models.some(({ isOptional }) => isOptional)
}

/**
 * What is to be written, and why.
 *
 * @param folder a clone that has the code
 */
export async function chooseFormat(
  folder: string,
  { deployment, format, models }: FormatRequest,
  present: PresentManifest,
): Promise<{ format: Exclude<ManifestFormat, 'auto'>; why: string }> {
  checkFormat(format, models)
  const isInCode = await usesAdk(folder)
  if (format === 'flat' && isInCode && !present.isForAdk) {
    deployment.warn(
      `manifest_format is flat, but the algorithm uses the ADK, which fails on a ${manifestName} without required_files; use \`both\`, or \`auto\`.`,
    )
  }
  if (format !== 'auto') return { format, why: `manifest_format is ${format}` }
  if (needLists(models))
    return { format: 'both', why: 'flat keys can tell of the first model only, and nothing of optional ones' }
  if (present.isForAdk) return { format: 'both', why: 'the manifest in the repository is one for the ADK' }
  if (isInCode) return { format: 'both', why: 'the code uses it' }
  return { format: 'flat', why: 'one model, and no sign of the ADK' }
}
