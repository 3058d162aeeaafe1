import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { TomlTable, TomlValue } from 'smol-toml'
import { messageOf } from '../../errors.ts'
import { variable } from '../process-environment.ts'
import { isOn, type Setting, type Settings } from './settings.ts'

/** What uv is told by its variables and configuration files, as far as it installs. */

export interface UvSettings extends Settings {
  /** Those of the files that say where packages come from and how they are reached, as text of a `uv.toml`. */
  sources: string
}

/** Of the variables, those that have a name in the files too; the first that is set counts. */
const VARIABLES: Record<string, string> = {
  UV_DEFAULT_INDEX: 'index-url',
  UV_INDEX_URL: 'index-url',
  UV_INDEX: 'index',
  UV_EXTRA_INDEX_URL: 'extra-index-url',
  UV_FIND_LINKS: 'find-links',
  UV_OFFLINE: 'offline',
  UV_CONSTRAINT: 'constraint',
  UV_REQUIRE_HASHES: 'require-hashes',
  UV_NO_BINARY: 'no-binary',
  UV_NO_BINARY_PACKAGE: 'no-binary-package',
  UV_NO_BUILD: 'no-build',
  UV_NO_BUILD_PACKAGE: 'no-build-package',
  UV_PRERELEASE: 'prerelease',
}
const SWITCHES = ['offline', 'require-hashes', 'no-binary', 'no-build']

const PLACES = ['index-url', 'extra-index-url', 'index', 'find-links', 'no-index', 'offline']
const WAYS = [
  ...['index-strategy', 'keyring-provider', 'allow-insecure-host', 'native-tls', 'system-certs'],
  ...['http-proxy', 'https-proxy', 'no-proxy', 'cache-dir', 'no-cache', 'link-mode', 'concurrent-downloads'],
]
/** Files or folders when they are no addresses, relative to the file that names them. */
const PATHS = ['index-url', 'extra-index-url', 'find-links', 'cache-dir']

interface ConfigurationFile {
  path: string
  text: string
  table: TomlTable
  problem?: string
}

/**
 * @param workspace where uv runs
 */
export async function readUvSettings(environment: NodeJS.ProcessEnv, workspace: string): Promise<UvSettings> {
  const files = await configurationFiles(environment, workspace)
  const values = new Map<string, Setting>()
  const elsewhere: Setting[] = []
  for (const [variableName, name] of Object.entries(VARIABLES)) {
    const value = variable(environment, variableName)
    const isSet = value !== undefined && (!SWITCHES.includes(name) || isOn(value))
    if (isSet && !values.has(name)) values.set(name, { name, value, place: variableName })
  }
  for (const { path, table } of files) {
    for (const [name, value] of Object.entries(settingsOf(table))) {
      const setting = { name, value: JSON.stringify(value), place: `${name} in ${path}` }
      if (name === 'target' || name === 'prefix') elsewhere.push(setting)
      for (const kind of name === 'index' ? kindsOfIndexes(value) : [name]) {
        const isSet = value !== false && !(Array.isArray(value) && value.length === 0)
        if (isSet && !values.has(kind)) values.set(kind, { ...setting, name: kind })
      }
    }
  }
  const broken = files.find(({ problem }) => problem !== undefined)
  return {
    values,
    texts: files.map(({ text }) => text),
    elsewhere,
    sources: await sourcesOf(files),
    ...(broken === undefined ? {} : { problem: `uv's settings in ${broken.path} cannot be read: ${broken.problem}` }),
  }
}

/** The settings for `uv pip`, whose own table goes before the general one. */
function settingsOf(table: TomlTable): TomlTable {
  const { pip, ...general } = table
  return { ...general, ...(isTable(pip) ? pip : {}) }
}

/** An index that is only for packages that name it is none of `uv pip install`. */
function kindsOfIndexes(value: TomlValue): string[] {
  const indexes = (Array.isArray(value) ? value : []).filter(isTable).filter((index) => index.explicit !== true)
  return indexes.map((index) => (index.default === true ? 'index-url' : 'index'))
}

/** Of a setting in several files the first counts, and lists are put together: the files come in that order. */
async function sourcesOf(files: readonly ConfigurationFile[]): Promise<string> {
  if (files.length === 0) return ''
  const merged: TomlTable = {}
  for (const { path, table } of files) {
    for (const [name, value] of Object.entries(settingsOf(table))) {
      if (![...PLACES, ...WAYS].includes(name)) continue
      const whole = absolute(name, value, dirname(path))
      const earlier = merged[name]
      if (earlier === undefined) merged[name] = whole
      else if (Array.isArray(earlier) && Array.isArray(whole)) merged[name] = [...earlier, ...whole]
    }
  }
  const { stringify } = await import('smol-toml')
  return stringify(merged)
}

function absolute(name: string, value: TomlValue, folder: string): TomlValue {
  if (typeof value === 'string') {
    return PATHS.includes(name) && !/^[a-z][a-z0-9+.-]+:/i.test(value) ? resolve(folder, value) : value
  }
  if (Array.isArray(value)) return value.map((one) => absolute(name, one, folder))
  if (isTable(value) && value.url !== undefined) return { ...value, url: absolute('index-url', value.url, folder) }
  return value
}

/**
 * The files that uv reads, the one that counts most first.
 *
 * @see https://docs.astral.sh/uv/concepts/configuration-files/
 */
async function configurationFiles(environment: NodeJS.ProcessEnv, workspace: string): Promise<ConfigurationFile[]> {
  if (isOn(variable(environment, 'UV_NO_CONFIG'))) return []
  const named = variable(environment, 'UV_CONFIG_FILE')
  if (named !== undefined) return [await read(resolve(workspace, named))].filter((file) => file !== undefined)
  const system = await firstOf(systemFiles(environment).map((path) => () => read(path)))
  const user = await firstOf(userFiles(environment).map((path) => () => read(path)))
  return [await ofProject(workspace), user, system].filter((file) => file !== undefined)
}

/** Of the workspace, or of the nearest folder above it that has settings for uv. */
function ofProject(workspace: string): Promise<ConfigurationFile | undefined> {
  const folders = [resolve(workspace)]
  for (let folder = resolve(workspace); dirname(folder) !== folder; folder = dirname(folder))
    folders.push(dirname(folder))
  return firstOf(
    folders.flatMap((folder) => [
      () => read(join(folder, 'uv.toml')),
      async () => {
        const file = await read(join(folder, 'pyproject.toml'))
        if (file?.problem !== undefined) return /^\s*\[+tool\.uv\b/m.test(file.text) ? file : undefined
        const tool = file?.table.tool
        const table = isTable(tool) ? tool.uv : undefined
        return file && isTable(table) ? { ...file, table } : undefined
      },
    ]),
  )
}

async function firstOf<T>(tries: (() => Promise<T | undefined>)[]): Promise<T | undefined> {
  for (const attempt of tries) {
    const found = await attempt()
    if (found !== undefined) return found
  }
  return undefined
}

function userFiles(environment: NodeJS.ProcessEnv): string[] {
  if (process.platform === 'win32') return below(variable(environment, 'APPDATA'), 'uv/uv.toml')
  const home = below(variable(environment, 'HOME'), '.config/uv/uv.toml')
  return variable(environment, 'XDG_CONFIG_HOME') === undefined
    ? home
    : below(variable(environment, 'XDG_CONFIG_HOME'), 'uv/uv.toml')
}

function systemFiles(environment: NodeJS.ProcessEnv): string[] {
  if (process.platform === 'win32') return below(variable(environment, 'SYSTEMDRIVE'), '/ProgramData/uv/uv.toml')
  const folders = (variable(environment, 'XDG_CONFIG_DIRS') ?? '/etc/xdg').split(':')
  return [...folders.map((folder) => join(folder, 'uv/uv.toml')), '/etc/uv/uv.toml']
}

const below = (folder: string | undefined, path: string) => (folder === undefined ? [] : [join(folder, path)])

async function read(path: string): Promise<ConfigurationFile | undefined> {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
  const { parse } = await import('smol-toml')
  try {
    return { path, text, table: parse(text) }
  } catch (error) {
    // The lines after the first show the place in the file.
    return { path, text, table: {}, problem: messageOf(error).split('\n')[0] ?? '' }
  }
}

function isTable(value: TomlValue | undefined): value is TomlTable {
  return typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date)
}
