import type { Stats } from 'node:fs'
import { readFile, realpath, stat } from 'node:fs/promises'
import { sep } from 'node:path'
import { DeployError, messageOf } from '../../errors.ts'
import { formatBytes } from '../../format.ts'
import { parseSpelt, spelling } from '../../json.ts'
import { isGroup } from '../../metrics.ts'

export interface MetricsFile {
  absolute: string
  /** Relative to the workspace, for messages. */
  relative: string
  workspace: string
  /** Whether the workflow names the file: then it has to be there and to be right. */
  isDemanded: boolean
  /** When the training of this run began; undefined when nothing was trained. */
  trainedSince: Date | undefined
  /** Told what a person would otherwise not notice. */
  note: (sentence: string) => void
  /** Told what may be a mistake; the file is relative to the workspace. */
  warn: (sentence: string, place?: { file: string }) => void
}

/** In bytes: they go into the manifest and the outputs of the step, which are no place for histories. */
export const largestMetrics = 1_000_000

const deepest = 50

/**
 * Reads the metrics that a training wrote as JSON.
 *
 * @returns undefined when there are none that belong to this run
 * @throws DeployError when the file is demanded, and missing, old or not usable
 */
export async function readMetricsFile(file: MetricsFile): Promise<Record<string, unknown> | undefined> {
  const { relative, isDemanded, trainedSince } = file
  // Nobody trained, so nobody knows what a file of this name is about, unless the workflow says so.
  if (trainedSince === undefined && !isDemanded) return undefined
  const found = await stat(file.absolute).catch((error) => noneOrProblem(error, file))
  if (found === undefined) {
    if (!isDemanded) return undefined
    const why = trainedSince ? 'the training ran, but did not write it' : 'nothing was trained in this step'
    throw new DeployError(
      `There are no metrics at ${relative} (metrics_path): ${why}. Write them there as a JSON object, or remove metrics_path`,
    )
  }
  // As with the model: the time of the change counts too, and two seconds are what some file systems round to.
  if (trainedSince && Math.max(found.mtimeMs, found.ctimeMs) < trainedSince.getTime() - 2000) {
    const times = `it is from ${found.mtime.toISOString()}, the training began at ${trainedSince.toISOString()}`
    if (!isDemanded) {
      file.note(`${relative} is not taken for the metrics of this training, which did not write it: ${times}.`)
      return undefined
    }
    throw new DeployError(
      `The training ran, but did not write ${relative} (metrics_path): ${times}. Write the metrics in the training, or ` +
        'remove metrics_path',
    )
  }
  return read(file, found).catch((error) => problem(error, file))
}

/** @throws DeployError when the workflow names the file; otherwise it is a warning */
function problem(error: unknown, { relative, isDemanded, warn }: MetricsFile): undefined {
  const sentence = `The metrics in ${relative} cannot be used: ${messageOf(error)}`
  if (isDemanded) throw new DeployError(sentence, { annotation: { file: relative } })
  warn(`${sentence}. They are left out.`, { file: relative })
}

function noneOrProblem(error: NodeJS.ErrnoException, file: MetricsFile): undefined {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') problem(error, file)
}

async function read({ absolute, workspace }: MetricsFile, found: Stats): Promise<Record<string, unknown>> {
  const [real, root] = await Promise.all([realpath(absolute), realpath(workspace)])
  // Training may have put a link in its place.
  if (!real.startsWith(root + sep)) throw new Error(`it leads out of the workspace, to ${real}`)
  if (!found.isFile()) throw new Error('it is not a regular file')
  if (found.size > largestMetrics) {
    throw new Error(`it has ${formatBytes(found.size)}, more than the ${formatBytes(largestMetrics)} for metrics`)
  }
  return objectIn((await readFile(real, 'utf8')).replace(/^\ufeff/, ''))
}

function objectIn(text: string): Record<string, unknown> {
  const value = parseSpelt(quoteNonNumbers(text))
  if (!isGroup(value)) throw new Error('it is JSON, but not an object of names and values')
  refuseDepth(value, deepest)
  return value
}

/** Everything that reads the values later goes down into them step by step. */
function refuseDepth(value: unknown, left: number): void {
  if (typeof value !== 'object' || value === null || spelling(value) !== undefined) return
  if (left === 0) throw new Error(`it is nested more than ${deepest} levels deep`)
  for (const inner of Object.values(value)) refuseDepth(inner, left - 1)
}

/** What Python's json writes for numbers that JSON does not have. Strings are matched to be left alone. */
function quoteNonNumbers(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*(?:"|$)|-?\b(?:NaN|Infinity)\b/gs, (token) =>
    token.startsWith('"') ? token : `"${token}"`,
  )
}
