import type { FastifyInstance } from 'fastify'
import { type AlgorithmAccess, algorithmUrls, managedAlgorithm, visibleAlgorithm } from '../algorithms/access.ts'
import type { Algorithm } from '../algorithms/algorithm.ts'
import type { Caller } from '../auth.ts'
import type { Build } from '../builds/build.ts'
import { badRequest, notFound } from '../errors.ts'
import { pageOf } from '../paging.ts'
import { jsonBody, queryOf } from '../request-body.ts'
import { versionBody } from './body.ts'
import { buildToPublish, newVersion, publishRequest } from './publish.ts'
import { versionsOf } from './version.ts'

/** What the routes of versions work with. */
export interface VersionRouteServices extends AlgorithmAccess {
  /** The address of the server, without `/v1`. */
  url: () => string
  /** Calls a published build with a sample, and gives the answer as text. */
  runSample: (caller: Caller, algorithm: Algorithm, build: Build, sample: string) => Promise<string>
}

/** Serves versions and publishes builds (platform reference §3.2, §3.4). */
export function versionRoutes(app: FastifyInstance, services: VersionRouteServices): void {
  const { algorithms, builds, url, runSample } = services
  const bodyOf = (algorithm: Algorithm, build: Build, insider: boolean) => {
    return versionBody(algorithm, build, { api: url(), log: insider ? builds.log(build) : undefined })
  }

  for (const path of algorithmUrls('/versions')) {
    app.get(path, (request) => {
      const { algorithm, insider } = visibleAlgorithm(services, request)
      const query = queryOf(request)
      const link = `${url()}/v1/algorithms/${algorithm.owner}/${algorithm.name}/versions`
      const shown = versionsOf(builds.of(algorithm.id)).filter(
        (build) => isWanted(build, query) && (insider || isOpen(build)),
      )
      return pageOf(shown, query, link, (build) => bodyOf(algorithm, build, insider))
    })
    app.get<{ Params: { commit: string } }>(`${path}/:commit`, (request) => {
      const { algorithm, insider } = visibleAlgorithm(services, request)
      const commit = request.params.commit.toLowerCase()
      const build = versionsOf(builds.of(algorithm.id)).find((version) => version.commit === commit)
      // A client's own test looks for these words (platform reference §3.2).
      if (!build || !(insider || isOpen(build))) throw notFound('not found')
      return bodyOf(algorithm, build, insider)
    })
  }

  for (const path of [...algorithmUrls('/versions'), ...algorithmUrls('/version')]) {
    app.post(path, async (request) => {
      const { algorithm, caller } = managedAlgorithm(services, request)
      const wanted = publishRequest(await jsonBody(request))
      const all = builds.of(algorithm.id)
      const build = buildToPublish(all, wanted.commit)
      build.version = newVersion(algorithm, all, wanted)
      builds.save(build)
      algorithms.change(algorithm, {
        ...(wanted.label !== undefined && { details: { label: wanted.label } }),
        settings: {
          algorithm_callability: build.version.callability,
          insights_enabled: build.version.insights,
          ...(wanted.royalty !== undefined && { royalty_microcredits: wanted.royalty }),
        },
      })
      if (build.version.sampleInput !== '') {
        build.version.sampleOutput = await runSample(caller, algorithm, build, build.version.sampleInput)
        builds.save(build)
      }
      return bodyOf(algorithm, build, true)
    })
  }
}

/** `published` and `callable` filter when they are there (platform reference §3.4). */
function isWanted(build: Build, query: URLSearchParams): boolean {
  const publishedOnly = flag(query, 'published')
  const publicOnly = flag(query, 'callable')
  if (publishedOnly !== undefined && publishedOnly !== (build.version !== undefined)) return false
  return publicOnly === undefined || publicOnly === isOpen(build)
}

function flag(query: URLSearchParams, name: string): boolean | undefined {
  const value = query.get(name)?.toLowerCase()
  if (value === undefined || value === '') return undefined
  if (value !== 'true' && value !== 'false') throw badRequest(`${name} must be true or false, not "${value}"`)
  return value === 'true'
}

function isOpen(build: Build): boolean {
  return build.version?.callability === 'public'
}
