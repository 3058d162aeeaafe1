import type { FastifyInstance, FastifyReply, FastifyRequest, RouteGenericInterface } from 'fastify'
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
type Membership = { Params: { name: string; user: string } }

/** Serves what the cluster's administrators do, with an admin key only (platform reference §3.5). */
export function organisationRoutes(app: FastifyInstance, administration: Administration): void {
  const { users } = administration
  const organisations = '/v1/organizations'

  const at = <Route extends RouteGenericInterface>(
    handle: (administration: Administration, request: FastifyRequest<Route>, reply: FastifyReply) => unknown,
  ) => {
    return async (request: FastifyRequest<Route>, reply: FastifyReply) => {
      requireAdmin(request, users)
      return handle(administration, request, reply)
    }
  }

  app.get(
    '/v1/organization/types',
    at(() => organisationTypes),
  )
  app.post(organisations, at(create))
  app.get<Named>(
    `${organisations}/:name`,
    at(({ users }, { params }) => organisationBody(existing(users, params.name))),
  )
  app.put<Named>(`${organisations}/:name`, at(change))
  app.delete<Named>(`${organisations}/:name`, at(remove))
  app.put<Membership>(`${organisations}/:name/members/:user`, at(addMember))
  app.post('/v1/users', at(createUser))
}

async function create({ users }: Administration, request: FastifyRequest): Promise<unknown> {
  const body = await jsonBody(request)
  const name = ownerNameFrom(body, 'org_name')
  const texts = organisationTexts(body)
  users.refuseTakenName(name)
  return organisationBody(users.organisations.create(name, texts))
}

async function change(
  { users }: Administration,
  request: FastifyRequest<Named>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { name } = existing(users, request.params.name)
  const body = await jsonBody(request)
  if (body.org_name !== undefined && body.org_name !== name) {
    throw badRequest('An organisation keeps its name: algorithms and collections are addressed by it')
  }
  // It may have been deleted or changed while the body came.
  const organisation = existing(users, name)
  users.organisations.change(organisation, organisationTexts(body, organisation.texts))
  return reply.code(204).send()
}

function remove(
  { users, algorithms, data }: Administration,
  request: FastifyRequest<Named>,
  reply: FastifyReply,
): FastifyReply {
  const organisation = existing(users, request.params.name)
  const { name } = organisation
  if (algorithms.of(name).length > 0 || data.collectionsOf(name).values().length > 0) {
    throw conflict(`${name} still owns algorithms or collections; delete them first`)
  }
  users.organisations.remove(organisation)
  return reply.code(204).send()
}

function addMember({ users }: Administration, request: FastifyRequest<Membership>, reply: FastifyReply): FastifyReply {
  const { name, user } = request.params
  const organisation = existing(users, name)
  if (!users.named(user)) throw notFound(`The user ${user} does not exist`, codes.userNotFound)
  users.organisations.addMember(organisation, user)
  return reply.header('content-type', 'application/json').send('')
}

async function createUser({ users, algorithms }: Administration, request: FastifyRequest): Promise<unknown> {
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
}

function existing(users: Users, name: string): Organisation {
  const organisation = users.organisations.find(name)
  if (!organisation) throw notFound(`The organisation ${name} does not exist`, codes.organisationNotFound)
  return organisation
}
