import type { FastifyInstance, FastifyRequest } from 'fastify'
import { callerOf, requireCaller } from '../accounts/auth.ts'
import { type AlgorithmAddress, algorithmUrls, type Directory, managedAlgorithm } from '../algorithms/access.ts'
import type { Algorithm } from '../algorithms/algorithm.ts'
import { ApiError, badRequest, codes, notFound } from '../errors.ts'
import { pageOf } from '../http/paging.ts'
import { queryOf, smallBody } from '../http/request-body.ts'
import { versionBody } from '../versions/body.ts'
import { type Build, buildBody } from './build.ts'
import type { Builder } from './builder.ts'

/** What the routes of builds work with. */
export interface BuildRouteServices extends Directory {
  builder: Builder
  /** The address of the server, without `/v1`. */
  url: () => string
}

const logInError = 4000

/** Serves builds and their logs, and builds on request (platform reference §3.2, §3.3). */
export function buildRoutes(app: FastifyInstance, services: BuildRouteServices): void {
  const { users, builds, builder, url } = services

  const managed = (request: FastifyRequest): Algorithm =>
    managedAlgorithm(services, request.params as AlgorithmAddress, requireCaller(callerOf(request, users)))

  const buildOf = (request: FastifyRequest): Build => {
    const algorithm = managed(request)
    const { build: id } = request.params as { build: string }
    const build = builds.find(algorithm.id, id)
    if (!build) throw notFound(`There is no build ${id} of ${algorithm.owner}/${algorithm.name}`)
    return build
  }

  for (const path of algorithmUrls('/builds')) {
    app.get(path, (request) => {
      const algorithm = managed(request)
      const link = `${url()}/v1/algorithms/${algorithm.owner}/${algorithm.name}/builds`
      return pageOf(builds.of(algorithm.id), queryOf(request), link, buildBody)
    })
    app.get(`${path}/:build`, (request) => buildBody(buildOf(request)))
    app.get(`${path}/:build/logs`, (request) => {
      const build = buildOf(request)
      const logs = builds.log(build)
      if (logs === undefined) throw notFound(`The build ${build.id} is not finished: its log comes with the end`)
      return { logs }
    })
  }

  for (const path of algorithmUrls('/compile')) {
    app.post(path, async (request) => {
      managed(request)
      await smallBody(request)
      // It may be deleted while one waits.
      const algorithm = managed(request)
      const build = await builder.compile(algorithm)
      managed(request)
      const log = builds.log(build)
      if (build.status === 'in-progress') throw new ApiError(503, codes.internal, 'The build was stopped')
      if (build.status === 'failed')
        throw badRequest(`The build ${build.id} failed:\n${(log ?? '').slice(-logInError)}`)
      return versionBody(algorithm, build, { api: url(), log })
    })
  }
}
