import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Algorithm } from '../algorithms/algorithm.ts'
import { readmeHtml } from '../algorithms/readme.ts'
import { messageOf } from '../errors.ts'
import { isObject, parseJson } from '../http/request-body.ts'
import { repositoryFile } from './repository-file.ts'

/** The README.md as HTML, if it can be shown. */
export function summaryOf(source: string, print: (text: string) => void): string | undefined {
  try {
    const readme = repositoryFile(source, 'README.md')
    return readme === undefined ? undefined : readmeHtml(readme)
  } catch (error) {
    print(`There is no summary: ${messageOf(error)}\n`)
    return undefined
  }
}

/**
 * The content of requirements.txt; empty if there is none.
 *
 * @throws Error when only conda could install what is asked for
 */
export function requirementsOf(source: string, print: (text: string) => void = () => undefined): string {
  const requirements = repositoryFile(source, 'requirements.txt')
  if (requirements !== undefined) return requirements
  print('There is no requirements.txt, so no packages are installed\n')
  if (existsSync(join(source, 'environment.yml'))) {
    throw new Error('The sandbox has no conda: give the algorithm a requirements.txt in place of environment.yml')
  }
  return ''
}

/**
 * The platform finds the algorithm by what its configuration says (platform reference §5.1).
 *
 * @throws Error when that is not this algorithm
 */
export function checkConfiguration(source: string, { owner, name }: Algorithm): void {
  const text = repositoryFile(source, 'algorithmia.conf')
  if (text === undefined) throw new Error('algorithmia.conf is missing in the root of the repository')
  const content = parseJson(text)
  if (!isObject(content)) throw new Error('algorithmia.conf is not a JSON object')
  if (content.username !== owner || content.algoname !== name) {
    throw new Error(
      `algorithmia.conf names ${String(content.username)}/${String(content.algoname)}, but this is ${owner}/${name}`,
    )
  }
  if (!existsSync(join(source, 'src', `${name}.py`))) throw new Error(`src/${name}.py is missing`)
}
