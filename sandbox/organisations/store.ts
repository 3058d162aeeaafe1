import { join } from 'node:path'
import { readJson, writeJson } from '../state.ts'
import type { Organisation, OrganisationTexts } from './organisation.ts'

/** The organisations of a sandbox, kept in `organisations.json`. */
export class Organisations {
  readonly #file: string
  readonly #organisations: Map<string, Organisation>

  constructor(stateDir: string) {
    this.#file = join(stateDir, 'organisations.json')
    const kept = readJson<Organisation[]>(this.#file) ?? []
    this.#organisations = new Map(kept.map((organisation) => [organisation.name, organisation]))
  }

  names(): string[] {
    return [...this.#organisations.keys()]
  }

  find(name: string): Organisation | undefined {
    return this.#organisations.get(name)
  }

  create(name: string, texts: OrganisationTexts): Organisation {
    const createdAt = new Date().toISOString()
    const organisation: Organisation = { id: crypto.randomUUID(), name, createdAt, texts, members: [] }
    this.#save(organisation)
    return organisation
  }

  change(organisation: Organisation, texts: OrganisationTexts): void {
    this.#save({ ...organisation, texts })
  }

  /** Adding a member again changes nothing. */
  addMember(organisation: Organisation, user: string): void {
    if (organisation.members.includes(user)) return
    this.#save({ ...organisation, members: [...organisation.members, user] })
  }

  remove(organisation: Organisation): void {
    writeJson(
      this.#file,
      [...this.#organisations.values()].filter(({ name }) => name !== organisation.name),
    )
    this.#organisations.delete(organisation.name)
  }

  #save(organisation: Organisation): void {
    const changed = new Map(this.#organisations).set(organisation.name, organisation)
    writeJson(this.#file, [...changed.values()])
    this.#organisations.set(organisation.name, organisation)
  }
}
