import type { Caller } from '../accounts/auth.ts'
import { type AlgorithmAddress, addressed, type Directory, isInsider, isVisible } from '../algorithms/access.ts'
import type { Algorithm } from '../algorithms/algorithm.ts'
import type { Build } from '../builds/build.ts'
import { codes, notFound } from '../errors.ts'
import { mayRead } from '../hosted-data/access.ts'
import type { Collection, HostedData } from '../hosted-data/store.ts'
import { versionsFor } from '../versions/version.ts'

/** What the pages show. */
export interface Shown extends Directory {
  data: HostedData
}

/** An algorithm, as far as a visitor may see it. */
export interface VisibleAlgorithm {
  algorithm: Algorithm
  /** What the visitor may call, newest first: for outsiders what is public. */
  versions: Build[]
  /** All of them, newest first; absent when they are none of the visitor's business. */
  builds: Build[] | undefined
  /** Whether the visitor acts for the owner. */
  insider: boolean
}

/** What the API shows, too. A key needs the right to manage algorithms to read builds (platform reference §1, "Keys"). */
function visible(shown: Shown, visitor: Caller, algorithm: Algorithm): VisibleAlgorithm[] {
  if (!isVisible(shown, algorithm, visitor)) return []
  const insider = isInsider(shown, algorithm, visitor)
  const all = shown.builds.of(algorithm.id)
  const versions = versionsFor(all, insider)
  return [{ algorithm, versions, builds: insider && visitor.key.manage ? all : undefined, insider }]
}

/** @throws ApiError 404 also when it is there, but not for this visitor */
export function visibleAlgorithm(shown: Shown, visitor: Caller, address: AlgorithmAddress): VisibleAlgorithm {
  const algorithm = addressed(shown, address)
  const [found] = algorithm ? visible(shown, visitor, algorithm) : []
  if (!found)
    throw notFound(
      `There is no algorithm ${address.owner}/${address.name}, or you may not see it`,
      codes.algorithmNotFound,
    )
  return found
}

/** An account and what a visitor may see of it. */
export interface VisibleAccount {
  owner: string
  /** Whether the visitor acts for it. */
  own: boolean
  collections: Collection[]
  algorithms: VisibleAlgorithm[]
}

/** The visitor's account, then those it acts for, then others as far as they show something. */
export function visibleAccounts(shown: Shown, visitor: Caller): VisibleAccount[] {
  const { users, data } = shown
  const algorithms = shown.algorithms
    .all()
    .flatMap((algorithm) => visible(shown, visitor, algorithm))
    .sort((a, b) => (a.algorithm.name < b.algorithm.name ? -1 : 1))
  const owners = users.owners().sort((a, b) => Number(b === visitor.user.name) - Number(a === visitor.user.name))
  const accounts = owners.map((owner) => ({
    owner,
    own: users.actsFor(visitor.user, owner),
    collections:
      visitor.key.data === 'none'
        ? []
        : data
            .collectionsOf(owner)
            .values()
            .filter((collection) => mayRead(collection, users, visitor)),
    algorithms: algorithms.filter(({ algorithm }) => algorithm.owner === owner),
  }))
  const shares = ({ collections, algorithms }: VisibleAccount) => collections.length + algorithms.length > 0
  return [...accounts.filter(({ own }) => own), ...accounts.filter((account) => !account.own && shares(account))]
}
