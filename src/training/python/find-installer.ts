import { join } from 'node:path'
import { DeployError } from '../../errors.ts'
import { info, warning } from '../../log.ts'
import { maskIndexes } from '../secrets.ts'
import { allEnded } from './all-ended.ts'
import { chooseInstaller } from './choose-installer.ts'
import { type Installer, type InstallerRequest, pipInstaller, uvInstaller } from './installer.ts'
import { readPipSettings } from './pip-settings.ts'
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
  const { environment, installer, workspace, python } = search
  const [present, pipSettings, uvSettings] = await allEnded<[Uv | undefined, Settings, UvSettings]>([
    installer === 'pip' ? Promise.resolve(undefined) : findUv(search),
    readPipSettings(python.executable, environment, workspace),
    readUvSettings(environment, workspace),
  ])
  maskIndexes([...requirements, ...pipSettings.texts, ...uvSettings.texts], environment)
  if (installer !== 'uv') refuseBroken(pipSettings, 'uv')
  const { name, remark } = chooseInstaller({ installer, uv: present?.version, pipSettings, uvSettings })
  // A uv that installs says itself what is wrong; pip would not miss what uv is told there.
  if (name === 'pip' && installer === 'auto') refuseBroken(uvSettings, 'pip')
  if (remark !== undefined) (remark.isWarning ? warning : info)(remark.text)
  refuseElsewhere(name === 'pip' ? pipSettings : uvSettings, name)
  if (name === 'pip') return { installer: pipInstaller(search), settings: pipSettings }
  const uv = present ?? (await downloadUv(search))
  info(`uv ${uv.version} (${uv.program}) installs.`)
  return { installer: await uvInstaller(uv, uvSettings.sources, search), settings: uvSettings }
}

function refuseBroken({ problem }: Settings, other: 'pip' | 'uv'): void {
  if (problem === undefined) return
  throw new DeployError(`${problem}. Mend that file, or set \`installer: ${other}\`.`, {
    annotation: { title: 'Broken settings of packages' },
  })
}

/** Variables of this kind are not passed on, but a file counts. */
function refuseElsewhere({ elsewhere }: Settings, name: string): void {
  if (elsewhere.length === 0) return
  const places = elsewhere.map(({ place }) => place).join(', ')
  throw new DeployError(
    `${name} is told to put packages elsewhere than into the environment of this run, where the training would miss them ` +
      `(${places}). Remove that setting, or set the input \`installer\` to the other one.`,
    { annotation: { title: 'Packages would be elsewhere' } },
  )
}

async function downloadUv(search: InstallerSearch): Promise<Uv> {
  const [python = ''] = await makeWithPip([join(search.temp, 'uv')], search)
  return installUv(python, search)
}
