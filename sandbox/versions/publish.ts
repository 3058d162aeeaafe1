import type { Algorithm } from '../algorithms/algorithm.ts'
import type { Build } from '../builds/build.ts'
import { ApiError, badRequest, codes } from '../errors.ts'
import { isObject, textOf } from '../http/request-body.ts'
import { compareNumbers, type Increment, nextNumber, type PublishedBuild, published, type Version } from './version.ts'

/** What a request to publish asks for; what it leaves out is undefined. */
export interface PublishRequest {
  increment: Increment
  number: string | undefined
  commit: string | undefined
  callability: 'private' | 'public' | undefined
  insights: boolean | undefined
  royalty: number | undefined
  label: string | undefined
  releaseNotes: string
  sampleInput: string
  sampleOutput: string
}

const increments: Record<string, Increment> = {
  major: 'major',
  minor: 'minor',
  revision: 'revision',
  // The two spellings of the platform's documents (platform reference §3.4).
  patch: 'revision',
  default: 'minor',
}

/**
 * Reads the body of a publication. Every part may be missing or empty (platform reference §3.4).
 *
 * @throws ApiError 400
 */
export function publishRequest(body: Record<string, unknown>): PublishRequest {
  const part = (name: string) => (isObject(body[name]) ? body[name] : {})
  const [details, settings, info] = [part('details'), part('settings'), part('version_info')]
  const kind = filledTextOf(info, 'version_type') ?? filledTextOf(info, 'type') ?? 'default'
  const increment = increments[kind]
  if (!increment) throw badRequest(`version_type must be major, minor, revision or patch, not "${kind}"`)
  const number = filledTextOf(info, 'semantic_version')
  if (number !== undefined && !/^(0|[1-9]\d{0,8})(\.(0|[1-9]\d{0,8})){2}$/.test(number)) {
    throw badRequest(`semantic_version must be <major>.<minor>.<revision>, not "${number}"`)
  }
  const commit = filledTextOf(info, 'git_hash')?.toLowerCase()
  if (commit !== undefined && !/^[0-9a-f]{40}$/.test(commit)) {
    throw badRequest(`git_hash must be a full commit hash of 40 digits, not "${commit}"`)
  }
  const callability = filledTextOf(settings, 'algorithm_callability')
  if (callability !== undefined && callability !== 'private' && callability !== 'public') {
    throw badRequest(`settings.algorithm_callability must be private or public, not "${callability}"`)
  }
  return {
    increment,
    number,
    commit,
    callability,
    insights: typeof settings.insights_enabled === 'boolean' ? settings.insights_enabled : undefined,
    royalty: typeof settings.royalty_microcredits === 'number' ? settings.royalty_microcredits : undefined,
    label: filledTextOf(details, 'label'),
    releaseNotes: textOf(info, 'release_notes') ?? '',
    sampleInput: textOf(info, 'sample_input') ?? '',
    sampleOutput: textOf(info, 'sample_output') ?? '',
  }
}

/** An empty text means the same as none. */
function filledTextOf(source: Record<string, unknown>, name: string): string | undefined {
  return textOf(source, name) || undefined
}

/**
 * The build that a publication means: of the given commit, else the newest one, which must have succeeded and must not
 * be published (platform reference §3.4).
 *
 * @param builds of the algorithm, newest first
 * @throws ApiError 400; with code 1007 when it is published already
 */
export function buildToPublish(builds: Build[], commit: string | undefined): Build {
  const candidates = commit === undefined ? builds : builds.filter((build) => build.commit === commit)
  const [newest] = candidates
  const what = commit === undefined ? 'The newest build' : `The newest build of ${commit}`
  if (!newest) {
    throw badRequest(commit === undefined ? 'Nothing was built yet: push or compile first' : `${commit} was not built`)
  }
  if (newest.status === 'in-progress') throw badRequest(`${what} is still in progress`)
  if (newest.status === 'failed') throw badRequest(`${what} failed: its log is that of the build ${newest.id}`)
  if (newest.version) {
    throw new ApiError(
      400,
      codes.alreadyPublished,
      `${what} is published already, as ${newest.version.number}: compile first`,
    )
  }
  return newest
}

/**
 * The version that a build becomes.
 *
 * @throws ApiError 400 when the number is taken, or visibility changes without a major release (platform reference §3.4)
 */
export function newVersion(algorithm: Algorithm, builds: Build[], request: PublishRequest): Version {
  const releases = published(builds)
  const last = releases.toSorted((a, b) => compareNumbers(b.version.number, a.version.number))[0]?.version.number
  const number = request.number ?? nextNumber(last, request.increment)
  if (last !== undefined && compareNumbers(number, last) <= 0) {
    throw new ApiError(400, codes.alreadyPublished, `The version ${number} does not follow ${last}, the last one`)
  }
  return {
    uuid: crypto.randomUUID(),
    number,
    publishedAt: new Date().toISOString(),
    callability: visibility(releases[0], number, request.callability),
    insights: request.insights ?? algorithm.settings.insights_enabled,
    releaseNotes: request.releaseNotes,
    sampleInput: request.sampleInput,
    sampleOutput: request.sampleOutput,
  }
}

function visibility(
  last: PublishedBuild | undefined,
  number: string,
  wanted: 'private' | 'public' | undefined,
): 'private' | 'public' {
  if (!last) return wanted ?? 'private'
  const { callability, number: before } = last.version
  const isMajor = number.split('.')[0] !== before.split('.')[0]
  if (wanted !== undefined && wanted !== callability && !isMajor) {
    throw badRequest(`${before} is ${callability}: only a major release may change that`)
  }
  return wanted ?? callability
}
