import { explainPipFailure } from '../pip-failure.ts'
import { lastTraceback, type Traceback } from '../traceback.ts'
import type { BuildFailure } from './build-failure.ts'
import { logLines } from './log-lines.ts'
import { explainTraceback } from './python-failure.ts'

/** What is known of the repository that was built; each part makes some sentences more exact. */
export interface BuiltRepository {
  /** Paths in it. */
  files?: readonly string[]
  /** Text of its requirements.txt. */
  requirements?: string
}

const longestReason = 400

/** From here on a build is over with pip. */
const packagesInstalled = /^(?:Successfully installed |Loading src\/)/
const pipWords =
  /^(?:.*\bpip3? install\b|Collecting |Processing |Looking in (?:indexes|links): |ERROR: (?:Invalid requirement|Could not (?:find a version|open requirements|install packages)|No matching distribution))/
const diskFull = /No space left on device|Disk quota exceeded/
const killed =
  /\bKilled$|SIGKILL|signal: killed|exit(?:ed with)? (?:code|status):? 137\b|returned a non-zero code: 137\b|OOMKilled|Killed signal terminated/i
const noMemory = /\bMemoryError\b|Cannot allocate memory|\bout of memory\b/i
const timedOut = /\btimed out\b|time limit|deadline exceeded|\bdid not (?:load|finish|start) within\b/i

/** What docker adds when a step has failed. */
const builderWords =
  /^(?:The command '.*' returned a non-zero code|-+$|ERROR: failed to (?:solve|build)|executor failed running)/

/**
 * What the log of a failed build says (platform reference §3.2, §5.1).
 *
 * @param algorithm name of the algorithm, without its owner
 */
export function explainBuildLog(log: string, algorithm: string, repository: BuiltRepository = {}): BuildFailure {
  const all = logLines(log)
  const lines = all.slice(all.findLastIndex((line) => packagesInstalled.test(line)) + 1)
  const traceback = lastTraceback(lines)
  const failure =
    endOfMachine(lines, traceback) ??
    wrongConfiguration(lines) ??
    failedInstallation(lines, traceback, repository.requirements ?? '') ??
    (traceback && explainTraceback(traceback, { algorithm, lines: all, files: repository.files ?? [] })) ??
    lastWords(lines.length > 0 ? lines : all)
  return { ...failure, reason: clip(failure.reason) }
}

/** The machine ended the build, wherever it was. */
function endOfMachine(lines: readonly string[], traceback: Traceback | undefined): BuildFailure | undefined {
  if (lines.some((line) => diskFull.test(line))) return { reason: 'the disk of the build machine is full' }
  const installing = isPip(lines, traceback)
  const doing = installing ? 'while pip installed the packages' : 'while the algorithm was loaded'
  const since = installing ? lines : lines.slice((traceback?.end ?? -1) + 1)
  if (since.some((line) => killed.test(line)) || (installing && since.some((line) => noMemory.test(line)))) {
    return { reason: `the build was killed ${doing}, most likely because it ran out of memory` }
  }
  const late = installing ? undefined : since.slice(-3).find((line) => timedOut.test(line))
  return late === undefined ? undefined : { reason: `the build took too long ${doing}: ${plain(late)}` }
}

/** The platform's own words for an `algorithmia.conf` that is not this algorithm's. */
function wrongConfiguration(lines: readonly string[]): BuildFailure | undefined {
  const said = lines.slice(-3).findLast((line) => /(?:^|: )algorithmia\.conf (?:names|is) /.test(line))
  return said === undefined
    ? undefined
    : { reason: plain(said), ...(!said.includes('missing') && { file: 'algorithmia.conf' }) }
}

function failedInstallation(
  lines: readonly string[],
  traceback: Traceback | undefined,
  requirements: string,
): BuildFailure | undefined {
  if (!isPip(lines, traceback)) return undefined
  const output = lines.join('\n')
  const { reason, line: known } = explainPipFailure(output, requirements)
  const named = requirementNamed(output, reason)
  const file = named?.file ?? 'requirements.txt'
  const line = file === 'requirements.txt' ? (known ?? named?.line) : named?.line
  const where = line === undefined ? file : `line ${line} of ${file}`
  return { reason: `pip could not install ${where}: ${reason}`, file, ...(line !== undefined && { line }) }
}

/** Whether it was pip that ended the build, and not the algorithm that was loaded afterwards. */
function isPip(lines: readonly string[], traceback: Traceback | undefined): boolean {
  if (!lines.some((line) => pipWords.test(line))) return false
  if (traceback?.frames.some(({ path }) => /\/pip\/_(?:internal|vendor)\//.test(path))) return true
  return lines
    .slice((traceback?.end ?? -1) + 1)
    .some((line) => (/^\s*(?:ERROR|error): /.test(line) && !builderWords.test(line)) || killed.test(line))
}

/** Where the requirement stands that pip complains of: `(from line 2 of requirements.txt)`, `(from -r base.txt (line 3))`. */
function requirementNamed(output: string, reason: string): { file: string; line: number } | undefined {
  const invalid = /\(from line (\d+) of ([^)]+)\)/.exec(output)
  if (invalid) return { file: inRepository(invalid[2] ?? ''), line: Number(invalid[1]) }
  const places = [...output.matchAll(/^(ERROR: |\w+ (?:\S*\/)?([\w.-]+)).*\(from (?:.*->)?-r (\S+) \(line (\d+)\)\)/gm)]
  const words = reason.match(/[\w.-]+/g) ?? []
  const place =
    places.find(([, start]) => start === 'ERROR: ') ??
    words.map((word) => places.find(([, , name]) => name === word)).find((found) => found !== undefined)
  return place && { file: inRepository(place[3] ?? ''), line: Number(place[4]) }
}

/** Requirements files stand in the root, where pip runs. */
const inRepository = (path: string) => (path.startsWith('/') ? path.slice(path.lastIndexOf('/') + 1) : path)

/** What there is when nothing is known: the end of the log. */
function lastWords(lines: readonly string[]): BuildFailure {
  const last = lines.findLast((line) => !builderWords.test(line)) ?? lines.at(-1)
  if (last === undefined) return { reason: 'its log is empty' }
  const file = /\bsrc\/[\w/]+\.py\b/.exec(last)?.[0]
  return { reason: plain(last), ...(file !== undefined && { file }) }
}

const plain = (line: string) => line.trim().replace(/^(?:Build failed|ERROR|error|fatal): /, '')

const clip = (text: string) => {
  const sentence = text.replace(/[\s.]+$/, '')
  return sentence.length > longestReason ? `${sentence.slice(0, longestReason)}…` : sentence
}
