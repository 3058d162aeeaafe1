import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Fastify from 'fastify'
import { Users } from '../../sandbox/accounts/users.ts'
import { type AlgorithmHosting, algorithmRoutes } from '../../sandbox/algorithms/routes.ts'
import { Algorithms } from '../../sandbox/algorithms/store.ts'
import { Builds } from '../../sandbox/builds/store.ts'
import { gitEnvironment } from '../../sandbox/git/environment.ts'
import { Repositories } from '../../sandbox/git/repositories.ts'
import { installErrorReplies } from '../../sandbox/http/error-replies.ts'
import { secretRoutes } from '../../sandbox/secrets/routes.ts'
import { Secrets } from '../../sandbox/secrets/store.ts'
import { call } from './http-call.ts'

/** The endpoints of algorithms alone, for a test that wants to be told what a builder or runner is told. */
export async function algorithmServer(key: string, hooks: Pick<AlgorithmHosting, 'onChange' | 'onRemove'>) {
  const folder = await mkdtemp(join(tmpdir(), 'algorithm-server-'))
  const users = new Users(folder, [{ name: 'anna', keys: [{ key }] }])
  const repositories = new Repositories(folder, gitEnvironment(folder))
  const algorithms = new Algorithms(folder, repositories)
  let url = ''
  const hosting = {
    users,
    algorithms,
    builds: new Builds(folder),
    secrets: new Secrets(folder),
    repositories,
    url: () => url,
    ...hooks,
  }
  const app = Fastify()
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))
  installErrorReplies(app, () => undefined)
  algorithmRoutes(app, hosting)
  secretRoutes(app, hosting)
  url = await app.listen({ host: '127.0.0.1', port: 0 })
  return {
    algorithms,
    repositories,
    request: (method: string, path: string, body?: unknown) =>
      call(url, `/v1/algorithms${path}`, {
        method,
        key,
        ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      }),
    close: async () => {
      await app.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
