import type { DataApi } from '../algorithmia/data.ts'
import { parseUri } from '../algorithmia/data-uri.ts'
import type { Deployment } from '../deployment.ts'
import { DeployError, messageOf } from '../errors.ts'
import * as log from '../log.ts'
import type { AdkEntry } from '../manifest/adk.ts'
import { manifestName } from '../manifest/manifest.ts'

/**
 * The MD5 of each entry that this run does not deploy, by its URI, for the freeze. Where neither manifest nor freeze says
 * it, it is that of the object, as in the official freeze (platform reference §6.2).
 *
 * @throws DeployError when an object cannot be read that the ADK would not load without its MD5
 */
export async function checksumsOf(
  entries: readonly AdkEntry[],
  data: DataApi,
  deployment: Deployment,
): Promise<Map<string, string>> {
  const checksums = new Map<string, string>()
  for (const entry of entries) {
    const md5 = entry.md5 ?? (await checksumOf(entry, data, deployment))
    if (md5 !== undefined) checksums.set(entry.sourceUri, md5)
  }
  return checksums
}

async function checksumOf(
  { name, sourceUri, failOnTamper }: AdkEntry,
  data: DataApi,
  deployment: Deployment,
): Promise<string | undefined> {
  const uri = parseUri(sourceUri)
  try {
    if (uri === undefined) throw new Error('that is no data URI')
    if (!data.hasKey) {
      deployment.note(`The freeze as it would be has no MD5 of ${sourceUri}, which cannot be read without a key.`)
      return undefined
    }
    log.info(
      `Reading ${sourceUri}: ${manifestName} has it as ${JSON.stringify(name)} without an MD5, which the freeze needs`,
    )
    return (await data.digest(uri)).md5
  } catch (error) {
    const what = `${manifestName} in the algorithm's repository has the entry ${JSON.stringify(name)}, and its object ${sourceUri} could not be read`
    if (failOnTamper) {
      throw new DeployError(
        `${what} (${messageOf(error)}); with fail_on_tamper the ADK loads nothing without its MD5. Mend or remove the entry there`,
      )
    }
    deployment.warn(
      `${what}, so the freeze has no MD5 of it, and an algorithm that requires it cannot load (${messageOf(error)}). Correct or remove the entry there.`,
    )
    return undefined
  }
}
