import type { FastifyInstance } from 'fastify'
import { createTarGzip } from 'nanotar'
import { callerOf, requireCaller } from '../accounts/auth.ts'
import type { Users } from '../accounts/users.ts'
import { codes, notFound } from '../errors.ts'
import { adkTemplate } from '../git/template.ts'
import { environmentBody, environments, languages } from './catalogue.ts'

const base = '/v1/algorithm-environments/edge'

/** Serves what algorithms can be written in and run on (platform reference §3.5). */
export function environmentRoutes(app: FastifyInstance, users: Users): void {
  app.get(`${base}/languages`, async (request) => {
    requireCaller(callerOf(request, users))
    return languages
  })

  app.get<{ Params: { language: string } }>(`${base}/languages/:language/environments`, async (request) => {
    requireCaller(callerOf(request, users))
    const { language } = request.params
    if (!languages.some(({ name }) => name === language)) {
      throw notFound(`There are no environments for the language ${language}`, codes.unknownLanguage)
    }
    return { environments: environments.filter((one) => one.language.name === language).map(environmentBody) }
  })

  app.get<{ Params: { id: string } }>(`${base}/environment-specifications/:id/template`, async (request, reply) => {
    const { id } = request.params
    if (!environments.some(({ specificationId }) => specificationId === id.toLowerCase())) {
      throw notFound(`The environment specification ${id} does not exist`)
    }
    return reply.header('content-type', 'application/gzip').send(await templateArchive())
  })
}

/** The template with the placeholders that a client fills in (platform reference §5.1). */
async function templateArchive(): Promise<Buffer> {
  const files = Object.entries(adkTemplate('__USER__', '__ALGO__')).map(([name, data]) => ({ name, data }))
  return Buffer.from(await createTarGzip(files, { attrs: { mode: '644', mtime: 0 } }))
}
