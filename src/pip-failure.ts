export interface PipFailure {
  /** What failed, in one sentence without its end. */
  reason: string
  /** Line of the requirements file, 1-based. */
  line?: number
}

interface Cause {
  /** Its first group, or what the function returns, is the requirement or detail that `say` puts into words. */
  find: RegExp | ((output: string) => string | undefined)
  say: (detail: string, output: string) => string
}

const network =
  /WARNING: Retrying \(Retry\(total=0|NewConnectionError|NameResolutionError|Max retries exceeded|SSLError|^Could not fetch URL \S+: 5\d\d /m
/** As pip's own crash ends when a download breaks off. */
const brokenOff =
  /^\S*\b(?:ReadTimeoutError|ConnectTimeoutError|ProtocolError|IncompleteRead|Connection\w*Error): (.+)$/m
/** What pip only tells its log, which a caller may have it print: an index that refuses, or cannot answer. */
const unfetched = /^Could not fetch URL (\S+): (\d{3}) \w+ Error: (.+?) for url/gm
const noMatch = /^ERROR: No matching distribution found for (.+?)(?: \(from .*\))?$/m

const causes: Cause[] = [
  {
    find: /^ERROR: Invalid requirement: ('[^'\n]*'|"[^"\n]*"|.+)/m,
    say: (it, output) => {
      const hint = /^Hint: .*Did you mean (\S+) \?/m.exec(output)?.[1]
      return `${it} is not a requirement${hint === undefined ? '' : ` (did you mean ${hint})`}`
    },
  },
  { find: /Could not open requirements file: (.+)$/m, say: (it) => `a requirements file cannot be opened: ${it}` },
  { find: /(No space left on device)/, say: (it) => it },
  {
    find: /^ERROR: Cannot install (.+?) because these package versions have conflicting dependencies/m,
    say: (it, output) => conflict(output) ?? `${it} need versions of other packages that exclude each other`,
  },
  {
    find: /DO NOT MATCH THE HASHES.*\n(?:\s*\n)?\s+(\S+)/,
    say: (it) => `${it} does not have the hash that the file asks for`,
  },
  {
    find: /^ERROR: Package '?([^'\s]+)'? requires a different Python: /m,
    say: (it, output) => {
      const [, here, needed] = /requires a different Python: (\S+) not in '?([^'\n]+)/.exec(output) ?? []
      return `${it} needs Python ${needed}, and this is ${here}`
    },
  },
  {
    find: (output) => (neededPython(output) === undefined ? undefined : noMatch.exec(output)?.[1]),
    say: (it, output) => `${it} needs Python ${neededPython(output)}`,
  },
  {
    find: /^WARNING: The repository located at (\S+) is not a trusted or secure host and is being ignored/m,
    say: (it) =>
      `pip ignores the package index at ${it}, which is not https: use https, or set PIP_TRUSTED_HOST: ${it}`,
  },
  {
    find: (output) => (refusal(output) === undefined ? undefined : noMatch.exec(output)?.[1]),
    say: (it, output) => `the package index ${refusal(output)} while looking for ${it}; check its user and password`,
  },
  {
    find: noMatch,
    say: (it) => `there is no package ${it}, or none for this Python and platform; check spelling and version`,
  },
  {
    find: /^\s*× git clone .*?(\w+:\/\/\S+)/m,
    say: (it, output) => `git could not clone ${it}${after(/^\s*fatal: (.+)$/m.exec(output)?.[1])}`,
  },
  {
    find: /^\s*ERROR: Failed to build installable wheels for some pyproject.toml based projects \(?([^)\s]+)\)?/m,
    say: unbuilt,
  },
  { find: /^\s*ERROR: Failed building wheel for (\S+)/m, say: unbuilt },
  { find: /^ERROR: Failed to build '?(?:file:\S*\/)?([^\s']+)'?/m, say: unbuilt },
  { find: /^\s*Running setup\.py install for (\S+): finished with status 'error'/m, say: unbuilt },
  { find: packageWhoseBuildFailed, say: unbuilt },
  { find: (output) => crash(output)?.[0], say: (it, output) => crash(output)?.[1] ?? `pip itself failed: ${it}` },
  { find: /^\s*ERROR: (.+)$/m, say: (it) => it },
  { find: /^\s*error: (.+)$/m, say: (it) => it },
]

/**
 * What pip's output says about a failure.
 *
 * @param output all that pip printed
 * @param requirements text of the requirements file
 */
export function explainPipFailure(output: string, requirements: string): PipFailure {
  if (requirements.includes('\0')) return { reason: 'the file is saved as UTF-16; save it as UTF-8' }
  for (const { find, say } of causes) {
    const detail = find instanceof RegExp ? find.exec(output)?.[1] : find(output)
    if (detail === undefined) continue
    const reason = isUnreachable(output, detail)
      ? `the package index cannot be reached${isRequirement(detail) ? ` (while looking for ${detail})` : `: ${detail}`}`
      : say(detail, output)
    const line = lineOf(detail, output, requirements)
    return { reason, ...(line === undefined ? {} : { line }) }
  }
  return { reason: 'pip gave no reason' }
}

function isRequirement(detail: string): boolean {
  return /^[A-Za-z0-9][\w.-]*(\[.*\])?\s*([<>=!~].*)?$/.test(detail)
}

/** How an index refused the package that is missing. */
function refusal(output: string): string | undefined {
  const name = canonicalName(/^[\w.-]+/.exec(noMatch.exec(output)?.[1] ?? '')?.[0] ?? '')
  const answers = [...output.matchAll(unfetched)].map(([, url = '', status, words]) => ({ url, status, words }))
  const about = answers.filter(({ url }) => url.endsWith(`/${name}/`))
  const refused = about.find(({ status }) => status === '401' || status === '407')
  // Some indexes answer 403 for what they do not have: it counts where no other index was asked with success.
  const isOnlyOne = about.every(({ status }) => status === '403') && /\(from versions: none\)/.test(output)
  const found = refused ?? (isOnlyOne ? about[0] : undefined)
  return found && `${found.url.slice(0, -name.length - 1)} refuses access (${found.status} ${found.words})`
}

/**
 * The indexes that did not let pip in, for lack of a user and password or for wrong ones.
 *
 * @param output all that pip printed, with what it only tells its log
 */
export function refusingIndexes(output: string): string[] {
  const refused = [...output.matchAll(unfetched)].filter(([, , status]) => status === '401' || status === '407')
  return [...new Set(refused.map(([, url = '']) => url.replace(/[^/]+\/$/, '')))]
}

function isUnreachable(output: string, detail: string): boolean {
  // A retry that was not the last one may have helped.
  const final = output.replace(/^WARNING: Retrying \(Retry\(total=[1-9].*$/gm, '')
  return network.test(final) && !/Invalid requirement|No space left|:\/\//.test(detail)
}

/** What pip names as the two or more sides of a conflict. */
function conflict(output: string): string | undefined {
  const [, causes = ''] = /^The conflict is caused by:\n([\s\S]*)/m.exec(output) ?? []
  const sides = [...causes.matchAll(/^\s+(The user requested .+|\S+ \S+ depends on .+)$/gm)].map(([, side = '']) =>
    side.replace(/^The user requested (?:\(constraint\) )?/, 'the file asks for '),
  )
  if (sides.length < 2) return undefined
  return `packages exclude each other: ${[...new Set(sides)].slice(0, 4).join(', ')}`
}

/** The Python that the asked version needs, when pip left that version out for it. */
function neededPython(output: string): string | undefined {
  const version = /==([\w.!+-]+)/.exec(noMatch.exec(output)?.[1] ?? '')?.[1]
  const ignored = /^ERROR: Ignored the following versions that require a different python version: (.+)$/m
  const entries = ignored.exec(output)?.[1]?.split('; ') ?? []
  return entries.find((entry) => entry.startsWith(`${version} `))?.replace(/^\S+ Requires-Python /, '')
}

function unbuilt(name: string, output: string): string {
  const told = toldByBuild(output)
  // As the package `sklearn` has it.
  const instead = /\bdeprecated,? use '?([\w.-]+)'?\s+(?:rather than|instead)/i.exec(told ?? '')?.[1]
  if (instead !== undefined) return `${name} is not to be installed; write ${instead} in its place`
  // The compiler's first error counts, and Python's last.
  const fatal = /fatal error: (.+)$/m.exec(told ?? '')?.[1]
  const errors = [...(told ?? output).matchAll(/^[ \t╰─>]*((?:[\w.]+(?:Error|Exception)): .+)$/gm)]
  return `${name} could not be built${after(fatal ?? errors.at(-1)?.[1])}`
}

/** What the build of a package printed, between the marks that pip sets around it. */
function toldByBuild(output: string): string | undefined {
  const start = output.search(/lines? of output\]$|Complete output \(.*\):$/m)
  if (start < 0) return undefined
  const told = output.slice(start)
  const end = told.search(/^[ \t]*(?:\[end of output\]|-{20,})/m)
  return end < 0 ? told : told.slice(0, end)
}

/** The package stands in no message of its own: it is the last one that pip took up. */
function packageWhoseBuildFailed(output: string): string | undefined {
  const at = output.search(
    /Command errored out with exit status|subprocess-exited-with-error|metadata-generation-failed/,
  )
  if (at < 0) return undefined
  const taken = [...output.slice(0, at).matchAll(/^(?:Collecting|Processing|Obtaining) (?:\S*\/)?([^\s/]+)/gm)]
  return taken.at(-1)?.[1] ?? 'a package'
}

/** @returns how pip's own traceback ends, and what that means if it is known */
function crash(output: string): [string, string | undefined] | undefined {
  const [, trace] = /^ERROR: Exception:\n([\s\S]+)/m.exec(output) ?? []
  const last = trace?.trimEnd().split('\n').at(-1)
  if (trace === undefined || last === undefined) return undefined
  const broken = brokenOff.exec(trace)?.[1]
  return [last, broken === undefined ? undefined : `the connection to the package index broke off: ${broken}`]
}

const after = (detail: string | undefined) => (detail === undefined ? '' : `: ${detail}`)

/** The form of a package's name that all its spellings share. */
export function canonicalName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-')
}

function lineOf(detail: string, output: string, requirements: string): number | undefined {
  const named = /\(from line (\d+) of /.exec(output.slice(output.search(/^\s*(ERROR|error):/m)))?.[1]
  if (named !== undefined) return Number(named)
  const name = /^[\w.-]+/.exec(detail)?.[0]
  if (name === undefined) return undefined
  const index = requirements
    .split(/\r?\n/)
    .findIndex((line) => canonicalName(/^\s*([\w.-]+)/.exec(line)?.[1] ?? '') === canonicalName(name))
  return index < 0 ? undefined : index + 1
}
