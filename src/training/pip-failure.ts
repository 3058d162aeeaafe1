export interface PipFailure {
  /** What failed, in one sentence without its end. */
  reason: string
  /** Line of the requirements file, 1-based. */
  line?: number
}

const network =
  /WARNING: Retrying \(Retry\(total=0|NewConnectionError|NameResolutionError|Max retries exceeded|SSLError/

/** Each pattern's first group is the requirement or detail that `say` puts into words. */
const reasons: { pattern: RegExp; say: (detail: string) => string }[] = [
  { pattern: /^ERROR: Invalid requirement: (.+?)(?: \(from line .*)?$/m, say: (it) => `${it} is not a requirement` },
  { pattern: /Could not open requirements file: (.+)$/m, say: (it) => `a requirements file cannot be opened: ${it}` },
  { pattern: /(No space left on device)/, say: (it) => it },
  {
    pattern: /^ERROR: Cannot install (.+?) because these package versions have conflicting dependencies/m,
    say: (it) => `${it} need versions of other packages that exclude each other`,
  },
  { pattern: /(DO NOT MATCH THE HASHES)/, say: () => 'a package does not have the hash that the file asks for' },
  {
    pattern: /^ERROR: No matching distribution found for (.+?)(?: \(from .*\))?$/m,
    say: (it) => `there is no package ${it}, or none for this Python and platform; check spelling and version`,
  },
  {
    pattern: /^\s*ERROR: Failed to build installable wheels for some pyproject.toml based projects \(?([^)\s]+)\)?/m,
    say: (it) => `${it} could not be built`,
  },
  { pattern: /^\s*ERROR: Failed building wheel for (\S+)/m, say: (it) => `${it} could not be built` },
  { pattern: /^ERROR: Failed to build '?([^\s']+)'?/m, say: (it) => `${it} could not be built` },
  { pattern: /^\s*ERROR: (.+)$/m, say: (it) => it },
  { pattern: /^\s*error: (.+)$/m, say: (it) => it },
]

/**
 * What pip's output says about a failure.
 *
 * @param output all that pip printed
 * @param requirements text of the requirements file
 */
export function explainPipFailure(output: string, requirements: string): PipFailure {
  if (requirements.includes('\0')) return { reason: 'the file is saved as UTF-16; save it as UTF-8' }
  for (const { pattern, say } of reasons) {
    const detail = pattern.exec(output)?.[1]
    if (detail === undefined) continue
    const unreachable = network.test(output) && !/Invalid requirement|No space left/.test(detail)
    const reason = unreachable ? `the package index cannot be reached (while looking for ${detail})` : say(detail)
    const line = lineOf(detail, output, requirements)
    return { reason, ...(line === undefined ? {} : { line }) }
  }
  return { reason: 'pip gave no reason' }
}

function lineOf(detail: string, output: string, requirements: string): number | undefined {
  const named = /\(from line (\d+) of /.exec(output.slice(output.search(/^\s*(ERROR|error):/m)))?.[1]
  if (named !== undefined) return Number(named)
  const name = /^[\w.-]+/.exec(detail)?.[0]
  if (name === undefined) return undefined
  const canonical = (text: string) => text.toLowerCase().replace(/[-_.]+/g, '-')
  const index = requirements
    .split(/\r?\n/)
    .findIndex((line) => canonical(/^\s*([\w.-]+)/.exec(line)?.[1] ?? '') === canonical(name))
  return index < 0 ? undefined : index + 1
}
