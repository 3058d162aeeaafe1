import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { requireAdmin } from '../accounts/auth.ts'
import { ownerNameFrom } from '../accounts/names.ts'
import type { Users } from '../accounts/users.ts'
import { newAlgorithm } from '../algorithms/algorithm.ts'
import type { Algorithms } from '../algorithms/store.ts'
import { badRequest, codes, conflict, notFound } from '../errors.ts'
import type { HostedData } from '../hosted-data/store.ts'
import { jsonBody } from '../http/request-body.ts'
import { type Organisation, organisationBody, organisationTexts, organisationTypes } from './organisation.ts'

/** What the endpoints of administrators work with. */
export interface Administration {
  users: Users
  algorithms: Algorithms
  data: HostedData
}

type Named = { Params: { name: string } }

/** Serves what the cluster's administrators do, with an admin key only (platform reference §3.5). */
export function organisationRoutes(app: FastifyInstance, { users, algorithms, data }: Administration): void {
  const { organisations } = users

  /** Handles a request about one organisation, once it comes from an administrator. */
  const at = (handle: (organisation: Organisation, request: FastifyRequest, reply: FastifyReply) => unknown) => {
    return async (request: FastifyRequest<Named>, reply: FastifyReply) => {
      requireAdmin(request, users)
      return handle(existing(users, request.params.name), request, reply)
    }
  }

  app.get('/v1/organization/types', async (request) => {
    requireAdmin(request, users)
    return organisationTypes
  })

  app.post('/v1/organizations', async (request) => {
    requireAdmin(request, users)
    const body = await jsonBody(request)
    const name = ownerNameFrom(body, 'org_name')
    const texts = organisationTexts(body)
    users.refuseTakenName(name)
    return organisationBody(organisations.create(name, texts))
  })

  app.get<Named>('/v1/organizations/:name', at(organisationBody))

  app.put<Named>(
    '/v1/organizations/:name',
    at(async ({ name }, request, reply) => {
      const body = await jsonBody(request)
      if (body.org_name !== undefined && body.org_name !== name) {
        throw badRequest('An organisation keeps its name: algorithms and collections are addressed by it')
      }
      const organisation = existing(users, name)
      organisations.change(organisation, organisationTexts(body, organisation.texts))
      return reply.code(204).send()
    }),
  )

  app.delete<Named>(
    '/v1/organizations/:name',
    at((organisation, _request, reply) => {
      const { name } = organisation
      if (algorithms.of(name).length > 0 || data.collectionsOf(name).values().length > 0) {
        throw conflict(`${name} still owns algorithms or collections; delete them first`)
      }
      organisations.remove(organisation)
      return reply.code(204).send()
    }),
  )

  app.put<{ Params: { name: string; user: string } }>(
    '/v1/organizations/:name/members/:user',
    async (request, reply) => {
      requireAdmin(request, users)
      const { name, user } = request.params
      const organisation = existing(users, name)
      if (!users.named(user)) throw notFound(`The user ${user} does not exist`, codes.userNotFound)
      organisations.addMember(organisation, user)
      return reply.header('content-type', 'application/json').send('')
    },
  )

  app.post('/v1/users', async (request) => {
    requireAdmin(request, users)
    const body = await jsonBody(request)
    const name = ownerNameFrom(body, 'username')
    const { email = '' } = body
    if (typeof email !== 'string') throw badRequest('email must be a string')
    // A hash is not a password to check a login with here: the account gets a generated one, kept with the others.
    const { profile } = users.create(name, email)
    if (body.shouldCreateHello === true) await algorithms.create(name, newAlgorithm({ name: 'Hello' }))
    return {
      id: profile.id,
      username: name,
      email,
      fullname: '',
      self_link: `/v1/users/${name}`,
      resource_type: 'user',
    }
  })
}

function existing(users: Users, name: string): Organisation {
  const organisation = users.organisations.find(name)
  if (!organisation) throw notFound(`The organisation ${name} does not exist`, codes.organisationNotFound)
  return organisation
}
