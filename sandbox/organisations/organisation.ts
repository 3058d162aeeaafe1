import { badRequest, codes } from '../errors.ts'
import { textOf } from '../http/request-body.ts'

/** The kinds of organisations (platform reference §3.5). The ids are ours, the same in every sandbox. */
export const organisationTypes = [
  { id: '4f2b6e0a-7c43-4b0e-9a55-0c1f6d1b7a01', name: 'basic' },
  { id: '4f2b6e0a-7c43-4b0e-9a55-0c1f6d1b7a02', name: 'legacy' },
  { id: '4f2b6e0a-7c43-4b0e-9a55-0c1f6d1b7a03', name: 'pro' },
]

const requiredTexts = ['org_label', 'org_contact_name', 'org_email', 'org_url'] as const
const optionalTexts = ['external_id', 'external_admin_group', 'external_member_group'] as const
type Text = (typeof requiredTexts)[number] | (typeof optionalTexts)[number]

/** What an administrator decides about an organisation, beside its name. */
export type OrganisationTexts = Partial<Record<Text, string>> & { type_id: string }

/** An organisation: it owns algorithms and collections, and its members act for it. */
export interface Organisation {
  id: string
  name: string
  createdAt: string
  texts: OrganisationTexts
  /** Names of accounts. */
  members: string[]
}

/**
 * Reads a request about an organisation. What it leaves out stays as it is; unknown members are ignored.
 *
 * @throws ApiError 400
 */
export function organisationTexts(body: Record<string, unknown>, earlier?: OrganisationTexts): OrganisationTexts {
  const type = body.type_id ?? earlier?.type_id
  if (type === undefined) throw badRequest('type_id is missing', codes.missingFields)
  const known = organisationTypes.find(({ id }) => id === type)
  if (!known) throw badRequest('type_id is not one of /v1/organization/types')
  const given = [...requiredTexts, ...optionalTexts].flatMap((member) => {
    const value = textOf(body, member)
    return value === undefined ? [] : [[member, value]]
  })
  return { ...earlier, ...Object.fromEntries(given), type_id: known.id }
}

/** An organisation in the platform's shape: optional parts that it lacks are left out (platform reference §3.5). */
export function organisationBody({ id, name, createdAt, texts }: Organisation): Record<string, unknown> {
  return {
    id,
    org_name: name,
    ...Object.fromEntries(requiredTexts.map((member) => [member, ''])),
    ...texts,
    org_created_at: createdAt,
    resource_type: 'organization',
    self_link: `/v1/organizations/${name}`,
  }
}
