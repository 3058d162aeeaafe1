import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { variable } from '../process-environment.ts'

export interface InstallerChoice {
  name: 'uv' | 'pip'
  /** What a person should know about the choice. */
  remark?: string
}

export interface InstallerFacts {
  /** The input `installer`. */
  installer: 'auto' | 'uv' | 'pip'
  /** Version of the uv of this machine. */
  uv: string | undefined
  /** What pip is told and uv is not, as `pipOnlySettings` finds it. */
  pipOnly: readonly string[]
}

/**
 * Which program installs. uv knows neither pip's variables nor its configuration files, and packages must not come from
 * another index than the one that is configured: where only pip is, pip it is.
 */
export function chooseInstaller({ installer, uv, pipOnly }: InstallerFacts): InstallerChoice {
  if (installer === 'pip' || (installer === 'auto' && uv === undefined)) return { name: 'pip' }
  if (pipOnly.length === 0) return { name: 'uv' }
  const settings = pipOnly.join(', ')
  return installer === 'uv'
    ? { name: 'uv', remark: `uv does not read ${settings}, which configure pip. Set what uv has for it instead` }
    : {
        name: 'pip',
        remark: `pip installs, although there is uv ${uv}: only pip is configured (${settings}). Set what uv has for it, or \`installer: uv\``,
      }
}

/** What decides where pip's packages come from, and which; with the variables that tell uv the same. */
const COUNTERPARTS: Record<string, readonly string[]> = {
  INDEX_URL: ['UV_DEFAULT_INDEX', 'UV_INDEX_URL'],
  EXTRA_INDEX_URL: ['UV_INDEX', 'UV_EXTRA_INDEX_URL'],
  FIND_LINKS: ['UV_FIND_LINKS'],
  NO_INDEX: ['UV_NO_INDEX', 'UV_OFFLINE'],
  CONSTRAINT: ['UV_CONSTRAINT'],
  BUILD_CONSTRAINT: ['UV_BUILD_CONSTRAINT'],
  NO_BINARY: ['UV_NO_BINARY', 'UV_NO_BINARY_PACKAGE'],
  ONLY_BINARY: ['UV_NO_BUILD', 'UV_NO_BUILD_PACKAGE'],
  PRE: ['UV_PRERELEASE'],
  REQUIRE_HASHES: ['UV_REQUIRE_HASHES'],
  TRUSTED_HOST: ['UV_INSECURE_HOST'],
  CERT: ['SSL_CERT_FILE', 'SSL_CERT_DIR', 'UV_NATIVE_TLS', 'UV_SYSTEM_CERTS'],
  CLIENT_CERT: ['SSL_CLIENT_CERT'],
  PROXY: ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'],
  KEYRING_PROVIDER: ['UV_KEYRING_PROVIDER'],
}

/**
 * The settings of pip that uv would miss, each with its place.
 *
 * @param files pip's configuration files, by path
 */
export function pipOnlySettings(environment: NodeJS.ProcessEnv, files: Record<string, string>): string[] {
  const inFiles = Object.entries(files).flatMap(([path, text]) =>
    settingsIn(text).map((key) => ({ key, place: `${key.toLowerCase().replaceAll('_', '-')} in ${path}` })),
  )
  const inVariables = Object.keys(COUNTERPARTS)
    .filter((key) => variable(environment, `PIP_${key}`) !== undefined)
    .map((key) => ({ key, place: `PIP_${key}` }))
  const isMissed = ({ key }: { key: string }) =>
    COUNTERPARTS[key]?.every((name) => variable(environment, name) === undefined) ?? false
  return [...inVariables, ...inFiles].filter(isMissed).map(({ place }) => place)
}

/** The settings of a configuration file, named as in pip's variables. Those of commands that do not install are left out. */
function settingsIn(text: string): string[] {
  let section = ''
  const keys: string[] = []
  for (const line of text.split(/\r?\n/)) {
    section = /^\[([^\]]+)\]/.exec(line)?.[1]?.trim().toLowerCase() ?? section
    const key = /^([A-Za-z][\w-]*)\s*[=:]\s*\S/.exec(line)?.[1] ?? /^([A-Za-z][\w-]*)\s*[=:]\s*$/.exec(line)?.[1]
    if (key !== undefined && /^(global|install)$/.test(section)) keys.push(key.toUpperCase().replaceAll('-', '_'))
  }
  return keys
}

/** pip's configuration files that exist, by path. A file that cannot be read counts as empty, as it does for pip. */
export function readPipConfiguration(
  environment: NodeJS.ProcessEnv,
  platform: NodeJS.Platform = process.platform,
): Record<string, string> {
  const texts: Record<string, string> = {}
  for (const path of pipConfigurationFiles(environment, platform)) {
    try {
      texts[path] = readFileSync(path, 'utf8')
    } catch {
      // Most of them do not exist.
    }
  }
  return texts
}

/**
 * Where pip looks for its configuration.
 *
 * @see https://pip.pypa.io/en/stable/topics/configuration/#location
 */
export function pipConfigurationFiles(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): string[] {
  const of = (name: string, ...parts: string[]) => {
    const folder = variable(environment, name)
    return folder === undefined ? [] : [join(folder, ...parts)]
  }
  const named = variable(environment, 'PIP_CONFIG_FILE')
  // The null device means: none at all.
  if (named !== undefined && /^(\/dev\/null|nul)$/i.test(named)) return []
  const machine =
    platform === 'win32'
      ? of('PROGRAMDATA', 'pip', 'pip.ini')
      : platform === 'darwin'
        ? ['/Library/Application Support/pip/pip.conf', '/etc/pip.conf', '/etc/xdg/pip/pip.conf']
        : [
            '/etc/pip.conf',
            ...(variable(environment, 'XDG_CONFIG_DIRS') ?? '/etc/xdg')
              .split(':')
              .map((folder) => join(folder, 'pip/pip.conf')),
          ]
  const user =
    platform === 'win32'
      ? [...of('USERPROFILE', 'pip', 'pip.ini'), ...of('APPDATA', 'pip', 'pip.ini')]
      : [
          ...of('HOME', '.pip', 'pip.conf'),
          ...(platform === 'darwin' ? of('HOME', 'Library', 'Application Support', 'pip', 'pip.conf') : []),
          ...(variable(environment, 'XDG_CONFIG_HOME') === undefined
            ? of('HOME', '.config', 'pip', 'pip.conf')
            : of('XDG_CONFIG_HOME', 'pip', 'pip.conf')),
        ]
  return [...machine, ...user, ...(named === undefined ? [] : [named])]
}
