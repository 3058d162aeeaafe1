import { DeployError } from '../../errors.ts'
import type { Setting, Settings } from './settings.ts'

interface InstallerChoice {
  name: 'uv' | 'pip'
  /** What a person should know about it. */
  remark?: { text: string; isWarning: boolean }
}

interface InstallerFacts {
  /** The input `installer`. */
  installer: 'auto' | 'uv' | 'pip'
  /** Version of the uv of this machine. */
  uv: string | undefined
  pipSettings: Settings
  uvSettings: Settings
}

/** Settings that mean the same, as pip's options and uv's are called; and what to set in uv's variables, and pip's. */
interface Counterparts {
  pip: readonly string[]
  uv: readonly string[]
  forUv: string
  forPip: string
}

/** Where packages come from. */
const SOURCES: readonly Counterparts[] = [
  { pip: ['index-url'], uv: ['index-url'], forUv: 'UV_DEFAULT_INDEX', forPip: 'PIP_INDEX_URL' },
  { pip: ['extra-index-url'], uv: ['index', 'extra-index-url'], forUv: 'UV_INDEX', forPip: 'PIP_EXTRA_INDEX_URL' },
  { pip: ['find-links'], uv: ['find-links'], forUv: 'UV_FIND_LINKS', forPip: 'PIP_FIND_LINKS' },
  // There is no UV_NO_INDEX.
  { pip: ['no-index'], uv: ['no-index', 'offline'], forUv: 'UV_OFFLINE', forPip: 'PIP_NO_INDEX' },
]

/** Which packages are taken. */
const SELECTION: readonly Counterparts[] = [
  { pip: ['constraint'], uv: ['constraint'], forUv: 'UV_CONSTRAINT', forPip: 'PIP_CONSTRAINT' },
  { pip: ['require-hashes'], uv: ['require-hashes'], forUv: 'UV_REQUIRE_HASHES', forPip: 'PIP_REQUIRE_HASHES' },
  { pip: ['no-binary'], uv: ['no-binary', 'no-binary-package'], forUv: 'UV_NO_BINARY', forPip: 'PIP_NO_BINARY' },
  { pip: ['only-binary'], uv: ['no-build', 'no-build-package'], forUv: 'UV_NO_BUILD', forPip: 'PIP_ONLY_BINARY' },
  { pip: ['pre'], uv: ['prerelease'], forUv: 'UV_PRERELEASE', forPip: 'PIP_PRE' },
]

/**
 * Which program installs. Neither pip nor uv knows the other's variables and files, and packages must not come from another
 * index than the one that is configured: whoever can register a name on the public index could have their code run.
 *
 * `auto` therefore looks at the settings that say where packages come from (index, further index, find-links, no index):
 * - uv is taken if it is there, and knows all of them that pip knows;
 * - where only pip is told, pip it is; and where only uv is told, pip is never taken;
 * - where each is told something else, a person has to decide.
 *
 * `uv` and `pip` are taken at their word, with a warning of what they do not read. Other settings, such as those of caches
 * and certificates, decide nothing; of those that select versions or files there is a warning.
 *
 * @throws DeployError when `auto` would take packages from elsewhere than is configured
 */
export function chooseInstaller(facts: InstallerFacts): InstallerChoice {
  const { installer, uv, pipSettings, uvSettings } = facts
  const pipOnly = SOURCES.filter(({ pip, uv }) => hasAny(pipSettings, pip) && !hasAny(uvSettings, uv))
  const uvOnly = SOURCES.filter(({ pip, uv }) => hasAny(uvSettings, uv) && !hasAny(pipSettings, pip))
  const toldPip = placesOf(pipOnly, 'pip', pipSettings)
  const toldUv = placesOf(uvOnly, 'uv', uvSettings)
  if (installer === 'auto' && uv !== undefined && pipOnly.length > 0 && uvOnly.length > 0) {
    throw undecided(
      `pip and uv are told different places of packages: pip alone by ${toldPip}, uv alone by ${toldUv}`,
      `Set \`installer: uv\` or \`installer: pip\`, or tell ${list(uvOnly.map(({ forPip }) => forPip))} to pip, or ` +
        `${list(pipOnly.map(({ forUv }) => forUv))} to uv`,
    )
  }
  if (installer === 'auto' && uv === undefined && uvOnly.length > 0) {
    throw undecided(
      `only uv is told where packages come from (${toldUv}), but there is no uv on PATH, and pip would take them from ` +
        'the public index',
      `Add the step \`uses: astral-sh/setup-uv@v7\` before this one, or set \`installer: uv\`, or set ` +
        `${list(uvOnly.map(({ forPip }) => forPip))} for pip`,
    )
  }
  if (installer === 'auto' && uv !== undefined && pipOnly.length > 0) {
    const text =
      `pip installs, although there is uv ${uv}: only pip is told where packages come from (${toldPip}). ` +
      `To have uv install, set ${list(pipOnly.map(({ forUv }) => forUv))}.`
    return { name: 'pip', remark: { text, isWarning: false } }
  }
  const name = installer === 'pip' || (installer === 'auto' && uv === undefined) ? 'pip' : 'uv'
  const text = unread(name, facts)
  return { name, ...(text === '' ? {} : { remark: { text, isWarning: true } }) }
}

/** What the one that installs does not read although the other one is told it. */
function unread(name: 'uv' | 'pip', { pipSettings, uvSettings }: InstallerFacts): string {
  const [own, others, other] =
    name === 'uv' ? ([uvSettings, pipSettings, 'pip'] as const) : ([pipSettings, uvSettings, 'uv'] as const)
  const missed = [...SOURCES, ...SELECTION].filter((pair) => hasAny(others, pair[other]) && !hasAny(own, pair[name]))
  if (missed.length === 0) return ''
  const remedies = missed.map(({ forUv, forPip }) => (name === 'uv' ? forUv : forPip))
  return `${name} installs, and does not read ${placesOf(missed, other, others)}. For ${name} set ${list(remedies)}.`
}

const hasAny = ({ values }: Settings, names: readonly string[]) => names.some((name) => values.has(name))

function placesOf(pairs: readonly Counterparts[], whose: 'pip' | 'uv', { values }: Settings): string {
  const settings = pairs.flatMap((pair) => pair[whose].map((name) => values.get(name)))
  return list(settings.filter((setting): setting is Setting => setting !== undefined).map(({ place }) => place))
}

/** `a`, `a and b`, `a, b and c`. */
function list(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}

function undecided(problem: string, remedy: string): DeployError {
  return new DeployError(`No installer can be chosen: ${problem}. ${remedy}.`, {
    annotation: { title: 'Where do packages come from?' },
  })
}
