import type { FastifyInstance, FastifyRequest } from 'fastify'
import { callerOf, requireCaller } from '../accounts/auth.ts'
import { mayCall } from '../accounts/keys.ts'
import {
  type AlgorithmAddress,
  algorithmUrls,
  type Directory,
  isInsider,
  managedAlgorithm,
  visibleAlgorithm,
} from '../algorithms/access.ts'
import type { Algorithm, NewAlgorithm } from '../algorithms/algorithm.ts'
import type { Build } from '../builds/build.ts'
import { badRequest, notFound } from '../errors.ts'
import { pageOf } from '../http/paging.ts'
import { jsonBody, queryOf } from '../http/request-body.ts'
import type { Calls } from '../running/calls.ts'
import { versionBody } from './body.ts'
import { buildToPublish, newVersion, type PublishRequest, publishRequest } from './publish.ts'
import { isPublic, versionsFor } from './version.ts'

/** What the routes of versions work with. */
export interface VersionRouteServices extends Directory {
  /** The address of the server, without `/v1`. */
  url: () => string
  /** Call published builds with their samples. */
  calls: Calls
}

/** Serves versions and publishes builds (platform reference §3.2, §3.4). */
export function versionRoutes(app: FastifyInstance, services: VersionRouteServices): void {
  const { users, algorithms, builds, url, calls } = services
  const bodyOf = (algorithm: Algorithm, build: Build, insider: boolean) => {
    return versionBody(algorithm, build, { api: url(), log: insider ? builds.log(build) : undefined })
  }

  const visible = (request: FastifyRequest) => {
    const caller = requireCaller(callerOf(request, users))
    const algorithm = visibleAlgorithm(services, request.params as AlgorithmAddress, caller)
    return { algorithm, insider: isInsider(services, algorithm, caller) }
  }

  for (const path of algorithmUrls('/versions')) {
    app.get(path, (request) => {
      const { algorithm, insider } = visible(request)
      const query = queryOf(request)
      const link = `${url()}/v1/algorithms/${algorithm.owner}/${algorithm.name}/versions`
      const shown = versionsFor(builds.of(algorithm.id), insider).filter((build) => isWanted(build, query))
      // Without the logs, each of which is a file.
      return pageOf(shown, query, link, (build) => versionBody(algorithm, build, { api: url() }))
    })
    app.get<{ Params: { commit: string } }>(`${path}/:commit`, (request) => {
      const { algorithm, insider } = visible(request)
      const commit = request.params.commit.toLowerCase()
      const build = versionsFor(builds.of(algorithm.id), insider).find((version) => version.commit === commit)
      // A client's own test looks for these words (platform reference §3.2).
      if (!build) throw notFound('not found')
      return bodyOf(algorithm, build, insider)
    })
  }

  for (const path of [...algorithmUrls('/versions'), ...algorithmUrls('/version')]) {
    app.post(path, async (request) => {
      const caller = requireCaller(callerOf(request, users))
      managedAlgorithm(services, request.params as AlgorithmAddress, caller)
      const wanted = publishRequest(await jsonBody(request))
      // It may have been deleted while the body came.
      const algorithm = managedAlgorithm(services, request.params as AlgorithmAddress, caller)
      const all = builds.of(algorithm.id)
      const build = buildToPublish(all, wanted.commit)
      build.version = newVersion(algorithm, all, wanted)
      builds.save(build)
      algorithms.change(algorithm, kept(algorithm, wanted))
      // A key that may call nothing does not do so by publishing.
      if (build.version.sampleInput !== '' && mayCall(caller.key, algorithm.owner, algorithm.name)) {
        build.version.sampleOutput = await calls.runSample(caller, algorithm, build, build.version.sampleInput)
        // It may have been deleted while the sample ran.
        managedAlgorithm(services, request.params as AlgorithmAddress, caller)
        builds.save(build)
      }
      return bodyOf(algorithm, build, true)
    })
  }
}

/** What of a publication stays with the algorithm (platform reference §3.4). */
function kept({ name, details, settings }: Algorithm, { label, insights, royalty }: PublishRequest): NewAlgorithm {
  return {
    name,
    details: { ...details, ...(label !== undefined && { label }) },
    settings: {
      ...settings,
      ...(insights !== undefined && { insights_enabled: insights }),
      ...(royalty !== undefined && { royalty_microcredits: royalty }),
    },
  }
}

/** `published` and `callable` filter when they are there (platform reference §3.4). */
function isWanted(build: Build, query: URLSearchParams): boolean {
  const publishedOnly = flag(query, 'published')
  const publicOnly = flag(query, 'callable')
  if (publishedOnly !== undefined && publishedOnly !== (build.version !== undefined)) return false
  return publicOnly === undefined || publicOnly === isPublic(build)
}

function flag(query: URLSearchParams, name: string): boolean | undefined {
  const value = query.get(name)?.toLowerCase()
  if (value === undefined || value === '') return undefined
  if (value !== 'true' && value !== 'false') throw badRequest(`${name} must be true or false, not "${value}"`)
  return value === 'true'
}
