import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { ask, jsonIn } from '../ask.ts'
import { installerEnvironment, variable } from '../process-environment.ts'
import { isOn, type Settings } from './settings.ts'

/**
 * What pip is told by its variables and configuration files, as far as it installs.
 *
 * The files are in the format of Python's configparser, so that reads them.
 */

const READER = `
import configparser, json, locale, sys
files = []
for path in sys.argv[1:]:
    parser = configparser.RawConfigParser()
    try:
        parser.read(path, encoding=locale.getpreferredencoding(False))
        files.append({"path": path, "sections": {name: dict(parser.items(name)) for name in parser.sections()}})
    except (configparser.Error, UnicodeDecodeError) as error:
        files.append({"path": path, "problem": " ".join(str(error).split())})
print(json.dumps(files))
`

interface ConfigurationFile {
  path: string
  sections?: Record<string, Record<string, string>>
  problem?: string
}

/**
 * @param python any interpreter
 * @param workspace where pip runs
 */
export async function readPipSettings(
  python: string,
  environment: NodeJS.ProcessEnv,
  workspace: string,
): Promise<Settings> {
  const texts = readPipConfiguration(environment, workspace)
  const files = await parse(Object.keys(texts), python, environment, workspace)
  const broken = files.find(({ problem }) => problem !== undefined)
  // A file's section for a command counts more than another file's for all, and variables count most.
  const inFiles = ['global', 'install'].flatMap((section) =>
    files.flatMap(({ path, sections }) =>
      Object.entries(sections?.[section] ?? {}).map(([key, value]) => {
        const name = optionName(key)
        return { name, value, place: `${name} in ${path}` }
      }),
    ),
  )
  const prefix = process.platform === 'win32' ? /^PIP_/i : /^PIP_/
  const inVariables = Object.entries(environment)
    .filter(([key]) => prefix.test(key))
    .map(([key, value = '']) => ({ name: optionName(key.slice(4)), value, place: key }))
  const isSet = ({ name, value }: { name: string; value: string }) =>
    value !== '' && (!switches.includes(name) || isOn(value))
  return {
    values: new Map([...inFiles, ...inVariables].filter(isSet).map((setting) => [setting.name, setting])),
    texts: Object.values(texts),
    elsewhere: inFiles.filter(({ name }) => ['target', 'prefix', 'root'].includes(name)),
    ...(broken === undefined ? {} : { problem: `pip cannot read ${broken.path}: ${broken.problem}` }),
  }
}

const switches = ['no-index', 'require-hashes', 'pre']

/** As pip does: `PIP_index_url`, `INDEX_URL` and `--index-url` are one. */
function optionName(key: string): string {
  const name = key.toLowerCase().replaceAll('_', '-').replace(/^--/, '')
  return name === 'pypi-url' ? 'index-url' : name
}

async function parse(
  paths: readonly string[],
  python: string,
  environment: NodeJS.ProcessEnv,
  cwd: string,
): Promise<ConfigurationFile[]> {
  if (paths.length === 0) return []
  const { output } = await ask(python, ['-I', '-c', READER, ...paths], { cwd, env: installerEnvironment(environment) })
  return (jsonIn(output) ?? [
    { path: paths.join(', '), problem: 'Python does not say what is in it' },
  ]) as ConfigurationFile[]
}

/** pip's configuration files that exist, by path. A file that cannot be read counts as empty, as it does for pip. */
function readPipConfiguration(environment: NodeJS.ProcessEnv, workspace: string): Record<string, string> {
  const texts: Record<string, string> = {}
  for (const path of pipConfigurationFiles(environment, process.platform, workspace)) {
    try {
      texts[path] = readFileSync(path, 'utf8')
    } catch {
      // Most of them do not exist.
    }
  }
  return texts
}

/**
 * Where pip looks for its configuration; of two that say different things the last counts.
 *
 * @see https://pip.pypa.io/en/stable/topics/configuration/#location
 */
export function pipConfigurationFiles(
  environment: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
  workspace: string,
): string[] {
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
        ? ['/Library/Application Support/pip/pip.conf']
        : [
            ...(variable(environment, 'XDG_CONFIG_DIRS') ?? '/etc/xdg')
              .split(':')
              .map((folder) => join(folder, 'pip/pip.conf')),
            '/etc/pip.conf',
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
  if (named === undefined) return [...machine, ...user]
  const path = resolve(workspace, named)
  return [...machine, ...(existsSync(path) ? [] : user), path]
}
