import { posix } from 'node:path'
import { DeployError } from '../errors.ts'
import { canonicalName } from '../pip-failure.ts'
import { readModelFile } from './folder.ts'
import type { MlflowModel } from './model.ts'

/** The first of these is enough: pyfunc is in both. */
const mlflowPackages = ['mlflow', 'mlflow-skinny']

/** The official client brings the Algorithm Development Kit along (platform reference §5.1); 3 does not exist. */
const client = 'algorithmia>=1.17,<3'

/**
 * The lines of a requirements.txt with which the model can be loaded on the platform: Algorithmia's client, MLflow, and
 * what the model itself asks for in its `requirements.txt` or else its `conda.yaml`.
 *
 * Files that they include are put in their place, constraints as well: the platform installs before the rest of the
 * repository is there (platform reference §5.1).
 *
 * @throws DeployError when the model's requirements cannot be read
 */
export async function modelRequirements({ mlflowVersion }: MlflowModel, folder: string): Promise<string[]> {
  const text = await readModelFile(folder, 'requirements.txt')
  const own =
    text === undefined
      ? await withIncluded(await fromConda(folder), 'conda.yaml', folder, [])
      : await withIncluded(linesOf(text), 'requirements.txt', folder, ['requirements.txt'])
  const names = new Set(own.map(nameOf))
  // A version that is under development is on no package index.
  const released = mlflowVersion !== undefined && /^\d+(\.\d+)*(rc\d+)?$/.test(mlflowVersion)
  const mlflow = released ? `mlflow==${mlflowVersion}` : 'mlflow'
  return [
    ...(names.has('algorithmia') ? [] : [client]),
    ...(mlflowPackages.some((name) => names.has(name)) ? [] : [mlflow]),
    ...own,
  ]
}

/**
 * Makes sure that requirements can be installed on the platform, and may be written into a repository.
 *
 * @throws DeployError for one that is a file, and for an address with a password in it
 */
export function checkShippable(requirements: readonly string[]): void {
  const ownFile = "or put a requirements.txt of your own into the algorithm's repository"
  for (const line of requirements) {
    if (/https?:\/\/(?![^/\s@]*\$\{)[^/\s@]+@/.test(line))
      throw new DeployError(
        `The MLflow model requires ${withoutPassword(line)}, an address with a password, which is not written ` +
          `into a repository. Save the model without it, ${ownFile}`,
      )
    if (isLocal(line))
      throw new DeployError(
        `The MLflow model requires ${line}, a file that the platform does not have when it installs packages. Save the model ` +
          `with a requirement that a package index can serve, ${ownFile}`,
      )
  }
}

/** The requirements, of those of a model, whose packages a requirements.txt does not name; without passwords. */
export function missingRequirements(text: string, requirements: readonly string[]): string[] {
  const named = new Set(linesOf(text).map(nameOf))
  if (mlflowPackages.some((name) => named.has(name))) for (const name of mlflowPackages) named.add(name)
  return requirements.filter((line) => nameOf(line) !== undefined && !named.has(nameOf(line))).map(withoutPassword)
}

function withoutPassword(line: string): string {
  return line.replace(/\/\/[^/\s@]+@/g, '//***@')
}

/** The package that a line of a requirements file names, in the form that all its spellings share. */
export function nameOf(line: string): string | undefined {
  const name = /^([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:$|[[<>=!~;@(\s])/.exec(line)?.[1]
  return name === undefined ? undefined : canonicalName(name)
}

/** The lines of a requirements file without comments, continued lines as one. */
export function linesOf(text: string): string[] {
  return text
    .replace(/^\ufeff/, '')
    .replace(/\\\r?\n/g, ' ')
    .split(/\r?\n/)
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '')
}

/** @param including files of the model's folder in which these lines stand, the outermost first */
async function withIncluded(
  lines: readonly string[],
  file: string,
  folder: string,
  including: readonly string[],
): Promise<string[]> {
  const lists = await Promise.all(
    lines.map(async (line) => {
      const included = /^(?:-r|-c|--requirement|--constraint)[\s=]*(\S.*)$/
        .exec(line)?.[1]
        ?.replace(/^(["'])(.*)\1$/, '$2')
      if (included === undefined || included.includes('://')) return [line]
      const path = posix.join(posix.dirname(file), included)
      if (including.includes(path)) return []
      const text = await readModelFile(folder, path)
      if (text === undefined)
        throw new DeployError(`${file} of the MLflow model ${folder} includes ${included}, which is not there`)
      return withIncluded(linesOf(text), path, folder, [...including, path])
    }),
  )
  return lists.flat()
}

/** The dependencies of a conda environment as pip spells them, without Python and pip themselves. */
async function fromConda(folder: string): Promise<string[]> {
  const text = await readModelFile(folder, 'conda.yaml')
  if (text === undefined) return []
  const { parse } = await import('yaml')
  let dependencies: unknown
  try {
    dependencies = parse(text, { schema: 'failsafe' })?.dependencies
  } catch (error) {
    throw new DeployError(
      `conda.yaml of the MLflow model ${folder} is not YAML (${(error as Error).message.split('\n', 1)[0]}); save the model anew with MLflow`,
    )
  }
  const entries: unknown[] = Array.isArray(dependencies) ? dependencies : []
  const ofConda = entries
    .filter((entry) => typeof entry === 'string')
    .map(fromCondaEntry)
    .filter((line) => !['python', 'pip'].includes(nameOf(line) ?? ''))
  const ofPip = entries.flatMap((entry): unknown[] => {
    const { pip } = Object(entry)
    return Array.isArray(pip) ? pip : []
  })
  return [...ofConda, ...linesOf(ofPip.join('\n'))]
}

/** `channel::name=version=build`, or a name and comparisons, with or without spaces. */
function fromCondaEntry(entry: string): string {
  const [, name = entry, versions = ''] = /^(?:\S*::)?([\w.-]+)\s*(.*)$/.exec(entry.trim()) ?? []
  const pinned = /^={0,2}\s*([^=<>!~,|\s]+)(?:[=\s]\S+)?$/.exec(versions)?.[1]
  return pinned === undefined ? name + versions.replace(/\s+/g, '') : `${name}==${pinned}`
}

/** Whether pip would look for it among files. */
function isLocal(line: string): boolean {
  if (/(?:^|[\s@])file:/.test(line)) return true
  if (line.includes('://')) return false
  return /^(?:-e|--editable|-f|--find-links)[\s=]|^\.{0,2}\/|^[^\s;]+\.(?:whl|zip|tar\.gz)(?:$|[\s;])/.test(line)
}
