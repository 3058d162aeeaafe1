import { join } from 'node:path'
import { DeployError } from '../../errors.ts'
import { info, warning } from '../../log.ts'
import { maskIndexes } from '../secrets.ts'
import { allEnded } from './all-ended.ts'
import { chooseInstaller } from './choose-installer.ts'
import { type Installer, type InstallerRequest, pipInstaller, uvInstaller } from './installer.ts'
import { type PipSettings, readPipSettings } from './pip-settings.ts'
import type { Settings } from './settings.ts'
import { findUv, installUv, type Uv } from './uv.ts'
import { readUvSettings, type UvSettings } from './uv-settings.ts'
import { makeWithPip } from './virtual-environments.ts'

export interface InstallerSearch extends InstallerRequest {
  /** The input. */
  installer: 'auto' | 'uv' | 'pip'
}

export interface ReadyInstaller {
  installer: Installer
  /** Its own. */
  settings: Settings
}

/**
 * The installer that is to be used, ready for work; a uv that is asked for and absent is installed first. The passwords in
 * what it reads are hidden from the log.
 *
 * @param requirements texts of the requirements files
 * @throws DeployError when none can be chosen, pip's settings cannot be read, or uv cannot be installed
 */
export async function findInstaller(search: InstallerSearch, requirements: readonly string[]): Promise<ReadyInstaller> {
  const { environment, installer, temp, workspace, python } = search
  const [present, pipSettings, uvSettings] = await allEnded<[Uv | undefined, PipSettings, UvSettings]>([
    installer === 'pip' ? Promise.resolve(undefined) : findUv(search),
    readPipSettings(python.executable, environment, temp),
    readUvSettings(environment, workspace),
  ])
  maskIndexes([...requirements, ...pipSettings.texts, ...uvSettings.texts], environment)
  if (pipSettings.problem !== undefined && installer !== 'uv') {
    throw new DeployError(`${pipSettings.problem}. Mend that file, or set \`installer: uv\`.`, {
      annotation: { title: 'Broken settings of pip' },
    })
  }
  const { name, remark } = chooseInstaller({ installer, uv: present?.version, pipSettings, uvSettings })
  if (remark !== undefined) (remark.isWarning ? warning : info)(remark.text)
  if (name === 'pip') return { installer: pipInstaller(search), settings: pipSettings }
  const uv = present ?? (await downloadUv(search))
  info(`uv ${uv.version} (${uv.program}) installs.`)
  return { installer: await uvInstaller(uv, uvSettings.sources, search), settings: uvSettings }
}

async function downloadUv(search: InstallerSearch): Promise<Uv> {
  const [python = ''] = await makeWithPip([join(search.temp, 'uv')], search)
  return installUv(python, search.temp, search.environment)
}
