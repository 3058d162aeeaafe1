import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../run-action.ts'
import { commitAll, git } from './git.ts'
import { type Platform, waitForBuild } from './platform.ts'
import type { PythonClient } from './python-client.ts'
import { say } from './stage.ts'

const example = join(projectRoot, 'examples', 'wine-pipeline')

/** Creates an algorithm with the official client, as the API wants it described. */
export async function createAlgorithm(client: PythonClient, algorithm: string, label: string): Promise<void> {
  const settings = '{"language": "python3-1", "environment": "cpu", "license": "apl", "source_visibility": "closed",'
  const rights = '"network_access": "full", "pipeline_enabled": True}'
  const request = `details={"label": "${label}"}, settings=${settings} ${rights}`
  say(String(await client.evaluate(`client.algo("${algorithm}").create(${request})["name"]`)))
}

/**
 * Copies the example's code over a clone of the algorithm's repository, pushes it and waits for its build, as anybody can
 * without an action.
 *
 * @returns the built commit
 */
export async function pushPipeline(platform: Platform, algorithm: string, clone: string): Promise<string> {
  const [name = ''] = algorithm.split('/')
  const login = { url: platform.url, name, password: platform.apiKey }
  const address = `${platform.url}/git/${algorithm}.git`
  await git('.', ['clone', '--quiet', address, clone], login)
  cpSync(example, clone, { recursive: true })
  const commit = await commitAll(clone, 'Ask wine_quality about measurements in any unit')
  await git(clone, ['push', '--quiet', '--no-verify', 'origin', 'master'], login)
  say(`Pushed ${commit} to master of ${address}`)
  await waitForBuild(platform, algorithm, commit)
  return commit
}
