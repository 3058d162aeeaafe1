import { canonicalName } from '../../pip-failure.ts'
import type { RequirementsFile } from './requirements-files.ts'
import { unparsedRequirement } from './unparsed-requirement.ts'

interface UvFailure {
  /** What failed, in one sentence without its end. */
  reason: string
  /** Name of the package that it is about. */
  name?: string
  /** Where uv says it is. */
  path?: string
  /** 1-based. */
  line?: number
}

interface Cause {
  /** Its first group is the requirement or detail that `say` puts into words. */
  find: RegExp
  say: (detail: string, told: string) => string
}

const causes: Cause[] = [
  { find: /(No space left on device)/, say: (it) => it },
  {
    find: /failed to read from file `([^`]+)`|(?:Could not|Failed to) open requirements file:? (\S+)/i,
    say: (it) => `a requirements file cannot be opened: ${it}`,
  },
  {
    find: /(?<!\S)(\S{1,300}) was not found in the (?:package registry|provided package locations|cache)/,
    say: (it, told) =>
      told.includes('not found in the package registry')
        ? `there is no package ${it} in the package index; check its spelling`
        : `${it} is not here, and uv may not look in a package index (UV_OFFLINE, \`offline\` or \`no-index\`)`,
  },
  {
    find: /Python>=?(\S+?),? and you require \S+?[,.]? we can conclude/,
    say: (it, told) => needsPython(it, told),
  },
  {
    find: /(?<!\S)(\S{1,300}) depends on Python\S+/,
    say: (it, told) => {
      const [, needed] = /depends on Python(\S+?),? /.exec(told) ?? []
      return `${it} needs Python ${needed}${thisPython(told)}`
    },
  },
  {
    find: /(only \S+ (?:is|are) available) and you require \S+/,
    say: (it, told) => `there is no package ${requiredIn(told)}; ${it}`,
  },
  {
    find: /there (?:is no version|are no versions) of (\S+?),? /,
    say: (it) => `there is no package ${it}; check spelling and version`,
  },
  {
    find: /(?<!\S)(\S{1,300}) has no (?:wheels|usable wheels|source distribution)/,
    say: (it) => `there is no package ${it} for this Python and platform; check its version`,
  },
  { find: /you require (\S+) and (?:you require )?\S+, we can conclude/, say: (_, told) => exclude(told) },
  { find: /(?<!\S)(\S{1,300}) depends on \S+/, say: (_, told) => exclude(told) },
  {
    find: /Hash mismatch for `([^`]+)`/,
    say: (it) => `${it} does not have the hash that the file asks for`,
  },
  {
    find: /Hash-checking is required, but no trusted hash was provided for: `([^`]+)`/,
    say: (it) => `the file has hashes, but none for ${it}`,
  },
  {
    find: /\b(401 Unauthorized|403 Forbidden)/,
    say: (it) => `the package index refuses access (${it}); check its user and password`,
  },
  {
    find: /(failed to clone into|Git operation failed)/,
    say: (_, told) => {
      const url = /git fetch .*?'?(\w+:\/\/[^\s']+)/.exec(told)?.[1] ?? /git\+(\w+:\/\/[^\s`]+)/.exec(told)?.[1]
      return `git could not clone ${url ?? 'a repository'}${after(/fatal: (.+?)(?: ×|$)/.exec(told)?.[1])}`
    },
  },
  { find: /Distribution not found at: (\S+)/, say: (it) => `there is no package at ${it}` },
  {
    find: /(`[^`]+` does not appear to be a Python project)/,
    say: (it) => `${it}: it has neither pyproject.toml nor setup.py`,
  },
]

/**
 * What uv's output says about a failure.
 *
 * @param output all that uv printed
 * @param files the requirements file and those that it includes
 */
export function explainUvFailure(output: string, files: readonly RequirementsFile[]): UvFailure {
  const binary = files.find((file) => file.text.includes('\0'))
  if (binary) return { reason: 'the file is saved as UTF-16; save it as UTF-8', path: binary.path, line: 1 }
  const unparsed = unparsedRequirement(output, files)
  if (unparsed) return unparsed
  // Markers in braces belong to dependencies, and hold what looks like other requirements.
  const told = oneLine(output).replace(/\{[^{}]*\}/g, '')
  const built = buildFailure(output, told)
  if (built) return built
  const refused = refusal(output)
  if (refused !== undefined && /was not found in|no versions? of/.test(told)) {
    const missing = /(?<!\S)(\S{1,300}) was not found in/.exec(told)?.[1] ?? requiredIn(told) ?? 'a package'
    return {
      reason: `the package index ${refused} while looking for ${missing}; check its user and password`,
      ...nameIn(missing),
    }
  }
  const network = /(?:Failed to fetch|error sending request for url)[:\s(]+`?([^\s`)]+)/.exec(told)?.[1]
  for (const { find, say } of causes) {
    const match = find.exec(told)
    if (match === null) continue
    const detail = match.slice(1).find((group) => group !== undefined) ?? ''
    return { reason: `${say(detail, told)}${differsFromPip(output)}`, ...nameIn(requiredIn(told) ?? detail) }
  }
  if (network !== undefined) {
    const last = told.split(' × ').at(-1) ?? ''
    return { reason: `the package index cannot be reached (${network}: ${last})` }
  }
  return { reason: told.split(' × ')[0] || 'uv gave no reason' }
}

/** How an index refused. uv tells it in a hint, as if the package were missing. */
function refusal(output: string): string | undefined {
  const hint = /hint: An index (?:URL )?\((\S+)\) .*?\b(40[137] [A-Z][a-z]+(?: [A-Z][a-z]+)*)/.exec(
    output.replace(/\s+/g, ' '),
  )
  return hint === null ? undefined : `${hint[1]} refuses access (${hint[2]})`
}

/** What pip would have installed, and how to get it. */
function differsFromPip(output: string): string {
  if (/^\s*hint: .*--index-strategy/ms.test(output)) {
    return '; uv takes a package from the first index that has it, set `UV_INDEX_STRATEGY: unsafe-best-match` if all are equally trusted'
  }
  if (/^\s*hint: .*--prerelease/ms.test(output))
    return '; there are pre-releases, set `UV_PRERELEASE: allow` to take them'
  return ''
}

/** The error and its causes, without frames and line breaks, with ` × ` between them. What comes before is dropped. */
function oneLine(output: string): string {
  const lines = output.split(/\r?\n/)
  const start = lines.findIndex((line) => /^\s*(error:|×)/.test(line))
  const end = lines.findIndex((line) => /^\s*hint:/.test(line))
  const text = lines
    .slice(start < 0 ? lines.length : start, end < 0 ? undefined : end)
    .map((line) =>
      line.replace(/^[\s│]*(?:×|error:|cause:|Caused by:|├─▶|╰─▶|├▶|╰▶)\s*/, ' × ').replace(/^[\s│]+/, ' '),
    )
  return text
    .join(' ')
    .replace(/\s+/g, ' ')
    .replace(/^[\s×]+/, '')
    .trim()
}

function buildFailure(output: string, told: string): UvFailure | undefined {
  if (!/build backend returned an error|Failed to (?:download and )?build|exit (?:status|code): \d+\) \[/.test(told)) {
    return undefined
  }
  if (/Git operation failed|No space left on device|error sending request/.test(told)) return undefined
  const name = /Failed to (?:download and )?build `([^`\s]+)/.exec(told)?.[1]
  // The compiler's first error counts, and Python's last.
  const fatal = /fatal error: (.+)$/m.exec(output)?.[1]
  const errors = [...output.matchAll(/^[\s│]*((?:[\w.]+(?:Error|Exception)): .+)$/gm)]
  const reason = `${name ?? 'a package'} could not be built${after(fatal ?? errors.at(-1)?.[1])}`
  return { reason, ...nameIn(name ?? '') }
}

function needsPython(needed: string, told: string): string {
  const required = requiredIn(told)
  return `${required ?? 'a package'} needs Python >=${needed.replace(/^=/, '')}${thisPython(told)}`
}

function thisPython(told: string): string {
  const version = /current Python version \(([^)]+)\)/.exec(told)?.[1]
  return version === undefined ? '' : `, and this is ${version}`
}

/** The requirement that the resolver names as one of the file, the last one first blamed. */
function requiredIn(told: string): string | undefined {
  return /you require ([A-Za-z0-9][\w.-]*\S*?)(?:,| and|\.$| we can)/.exec(told)?.[1]
}

/** What uv names as the two or more sides of a conflict. */
function exclude(told: string): string {
  const sides = [...told.matchAll(/(?<!can conclude that )(?:you require (\S+)|(\S+ depends on \S+))/g)].map(
    ([, required, depends]) => (required === undefined ? depends : `the file asks for ${required}`),
  )
  const plain = sides.map((side = '') => side.replace(/[,.]$/, ''))
  const both = /you require (\S+) and (?!you)(\S+?), we can/.exec(told)
  const more = both === null ? [] : [`the file asks for ${both[2]}`]
  return `packages exclude each other: ${[...new Set([...plain, ...more])].slice(0, 4).join(', ')}`
}

function nameIn(detail: string): { name?: string } {
  const name = /^[A-Za-z0-9][\w.-]*/.exec(detail)?.[0]
  return name === undefined ? {} : { name: canonicalName(name) }
}

const after = (detail: string | undefined) => (detail === undefined ? '' : `: ${detail}`)
