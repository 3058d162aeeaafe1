import type { Increment } from '../algorithm.ts'
import { VersionApi } from '../algorithmia/versions.ts'
import { messageOf } from '../errors.ts'
import type { Inputs } from '../inputs.ts'
import type { Plan } from '../plan.ts'
import { tell } from './plan.ts'
import type { Before } from './preflight.ts'
import { algorithmOf } from './release.ts'

interface ReleaseRequest extends Pick<Before, 'algorithm' | 'release' | 'releaseSkipped'> {
  /** The commit that holds it all already; undefined when there would be a new one. */
  head: string | undefined
}

/** What would be built, tested and published. */
export async function planRelease(inputs: Inputs, request: ReleaseRequest, planned: Plan): Promise<void> {
  const { release, releaseSkipped, head } = request
  if (release === undefined) {
    return tell(planned.release, `Build, test and publication would be skipped: ${releaseSkipped}.`)
  }
  const { tests } = release
  const cases = tests?.cases.length === 1 ? 'test case' : `${tests?.cases.length} test cases`
  const steps = [
    head === undefined ? 'wait for the build of the pushed commit' : `look for the build of ${head.slice(0, 12)}`,
    ...(tests ? [`run the ${cases} of ${tests.file.relative} against it`] : []),
    ...(release.publish === 'none' ? [] : [await publication(inputs, release.publish, request, planned)]),
  ]
  tell(planned.release, `Would ${steps.join(', then ')}.`)
  if (tests === undefined) tell(planned.release, `Testing would be skipped: ${release.testingSkipped}.`)
}

async function publication(
  inputs: Inputs,
  increment: Increment,
  { algorithm, head }: ReleaseRequest,
  planned: Plan,
): Promise<string> {
  const address = algorithmOf(inputs)
  const what = `publish it as a ${increment} version`
  if (!address.http.hasKey) return `${what}, unless it is published already`
  if (algorithm === 'missing') return `${what}${numbers(undefined, increment)}`
  try {
    const versions = new VersionApi(address)
    const present = head === undefined ? undefined : (await versions.ofCommit(head))?.number
    if (present !== undefined) return `publish nothing, because it is published already, as ${present}`
    return `${what}${numbers(await versions.newestNumber(), increment)}`
  } catch (error) {
    tell(planned.unchecked, `Which version is the newest could not be read: ${messageOf(error)}.`)
    return what
  }
}

function numbers(present: string | undefined, increment: Increment): string {
  const next = nextVersion(present, increment)
  if (present === undefined) return next === undefined ? ', the first one' : `, the first one, ${next}`
  return ` (${present} -> ${next})`
}

/**
 * The number that the platform gives to the next version.
 *
 * @returns undefined when nobody knows: what a first version becomes is known of a minor one only (platform reference §3.4)
 */
export function nextVersion(present: string | undefined, increment: Increment): string | undefined {
  if (present === undefined) return increment === 'minor' ? '0.1.0' : undefined
  const [major = 0, minor = 0, revision = 0] = present.split('.').map(Number)
  if (increment === 'major') return `${major + 1}.0.0`
  return increment === 'minor' ? `${major}.${minor + 1}.0` : `${major}.${minor}.${revision + 1}`
}
