import type { Build } from '../builds/build.ts'

/** What a build was published as (platform reference §3.4). */
export interface Version {
  uuid: string
  /** `<major>.<minor>.<revision>` */
  number: string
  /** ISO 8601, UTC, with milliseconds. */
  publishedAt: string
  callability: 'private' | 'public'
  insights: boolean
  releaseNotes: string
  sampleInput: string
  sampleOutput: string
}

/** A build that was published. */
export type PublishedBuild = Build & { version: Version }

export type Increment = 'major' | 'minor' | 'revision'

/** The successful builds that are versions: what was published, and of the other commits the newest build each. */
export function versionsOf(builds: Build[]): Build[] {
  const commits = new Set(builds.filter(({ version }) => version).map(({ commit }) => commit))
  return builds.filter(({ status, commit, version }) => {
    if (status !== 'succeeded') return false
    if (version) return true
    const first = !commits.has(commit)
    commits.add(commit)
    return first
  })
}

/** The published builds, the latest publication first. */
export function published(builds: Build[]): PublishedBuild[] {
  return builds
    .filter((build): build is PublishedBuild => build.version !== undefined)
    .sort((a, b) => b.version.publishedAt.localeCompare(a.version.publishedAt) || b.number - a.number)
}

/** True for what everybody may see and call. */
export function isPublic({ version }: Build): boolean {
  return version?.callability === 'public'
}

/** The builds that everybody may see and call, the latest publication first. */
export function publicBuilds(builds: Build[]): PublishedBuild[] {
  return published(builds).filter(isPublic)
}

/** The versions that somebody sees: of outsiders only the public ones. */
export function versionsFor(builds: Build[], insider: boolean): Build[] {
  return versionsOf(builds).filter((build) => insider || isPublic(build))
}

/** The number after `last`; a first release as `minor` is 0.1.0 (platform reference §3.4). */
export function nextNumber(last: string | undefined, increment: Increment): string {
  const [major = 0, minor = 0, revision = 0] = (last ?? '0.0.0').split('.').map(Number)
  if (increment === 'major') return `${major + 1}.0.0`
  if (increment === 'minor') return `${major}.${minor + 1}.0`
  return `${major}.${minor}.${revision + 1}`
}

/** Orders version numbers. */
export function compareNumbers(a: string, b: string): number {
  const [left, right] = [a.split('.').map(Number), b.split('.').map(Number)]
  return left.map((part, index) => part - (right[index] ?? 0)).find((difference) => difference !== 0) ?? 0
}

/**
 * The build that a version in a call's address means (platform reference §4).
 *
 * @param builds of the algorithm, newest first
 * @param wanted what the address says: a number, a part of one, `latest`, `latestPrivate`, a commit, or nothing
 * @param insider whether the caller may use what is not public
 */
export function resolveVersion(builds: Build[], wanted: string | undefined, insider: boolean): Build | undefined {
  const releases = published(builds)
  const open = publicBuilds(builds)
  if (wanted === undefined || wanted === 'latest') return open[0]
  if (wanted === 'latestPrivate') {
    return insider ? releases.find((release) => !isPublic(release)) : undefined
  }
  if (/^[0-9a-f]{40}$/i.test(wanted)) {
    const commit = wanted.toLowerCase()
    return insider ? builds.find((build) => build.commit === commit && build.status === 'succeeded') : undefined
  }
  if (/^\d+\.\d+\.\d+$/.test(wanted)) {
    return (insider ? releases : open).find(({ version }) => version.number === wanted)
  }
  const part = /^(\d+)(?:\.(\d+))?(?:\.[x*])?$/i.exec(wanted)
  if (!part) return undefined
  const prefix = `${part[1]}.${part[2] === undefined ? '' : `${part[2]}.`}`
  return open.find(({ version }) => version.number.startsWith(prefix))
}
