import { existsSync } from 'node:fs'
import { DeployError } from './errors.ts'
import * as log from './log.ts'

/** Where the model comes from. */
export interface Origin {
  /** `owner/name` */
  repository: string
  /** `refs/heads/main` */
  ref: string
  /** 40 or 64 hex digits. */
  commit: string
  message: string
  /** Undefined when neither the checkout nor the event tells. */
  committedAt?: Date | undefined
  runUrl: string
  repositoryUrl: string
}

/** The part of an event payload that tells of commits. */
export interface EventPayload {
  head_commit?: { id?: string; message?: string; timestamp?: string } | null
  pull_request?: { head?: { sha?: string } }
}

/**
 * Facts of the run, from the runner's variables and the event. On `pull_request` the commit is the head of the branch:
 * the merge commit that GITHUB_SHA names exists nowhere else.
 *
 * @returns the message too, if variables or event know it: HEAD_COMMIT_MSG as in the original action, else the payload
 * @throws DeployError naming the variables that are missing
 */
export function originOf(
  environment: NodeJS.ProcessEnv,
  payload: EventPayload,
): Omit<Origin, 'message'> & { message: string | undefined } {
  const need = ['GITHUB_REPOSITORY', 'GITHUB_REF', 'GITHUB_SHA', 'GITHUB_RUN_ID'] as const
  const missing = need.filter((name) => !environment[name])
  if (missing.length > 0) {
    throw new DeployError(`${missing.join(', ')} not set: this action runs inside GitHub Actions`)
  }
  const { GITHUB_REPOSITORY = '', GITHUB_REF = '', GITHUB_SHA = '', GITHUB_RUN_ID = '' } = environment
  const head = environment.GITHUB_EVENT_NAME === 'pull_request' ? payload.pull_request?.head?.sha : undefined
  const commit = head ?? GITHUB_SHA
  if (!/^[0-9a-f]{40}([0-9a-f]{24})?$/.test(commit)) {
    throw new DeployError(`The commit of this run is ${JSON.stringify(commit)}, which is not a commit hash`)
  }
  const repositoryUrl = `${environment.GITHUB_SERVER_URL || 'https://github.com'}/${GITHUB_REPOSITORY}`
  return {
    repository: GITHUB_REPOSITORY,
    ref: GITHUB_REF,
    commit,
    message: environment.HEAD_COMMIT_MSG || headIn(payload, commit)?.message,
    committedAt: timeOf(headIn(payload, commit)?.timestamp),
    repositoryUrl,
    runUrl: `${repositoryUrl}/actions/runs/${GITHUB_RUN_ID}`,
  }
}

function headIn(payload: EventPayload, commit: string): EventPayload['head_commit'] {
  return payload.head_commit?.id === commit ? payload.head_commit : undefined
}

function timeOf(timestamp: unknown): Date | undefined {
  const time = new Date(typeof timestamp === 'string' ? timestamp : Number.NaN)
  return Number.isNaN(time.getTime()) ? undefined : time
}

/**
 * The origin of this run. The time is first looked up in the history: only a push tells it in its event, and every run of
 * a commit must write the same.
 *
 * @param inHistory looks a commit up in the workspace's git history
 */
export async function readOrigin(
  environment: NodeJS.ProcessEnv,
  inHistory: (commit: string) => Promise<{ message: string | undefined; committedAt: Date | undefined }>,
): Promise<Origin> {
  const origin = originOf(environment, await readPayload(environment))
  const found = await inHistory(origin.commit)
  const message = origin.message ?? found.message
  if (message === undefined) {
    log.warning(
      `The message of commit ${origin.commit} is not known: the event does not carry it and the checkout does not hold ` +
        'that commit. The manifest gets an empty message; check out with `fetch-depth: 2`, or set HEAD_COMMIT_MSG in the ' +
        '`env:` of this step',
    )
  }
  return { ...origin, message: message ?? '', committedAt: found.committedAt ?? origin.committedAt }
}

async function readPayload(environment: NodeJS.ProcessEnv): Promise<EventPayload> {
  // Without the file @actions/github complains on standard output.
  if (!environment.GITHUB_EVENT_PATH || !existsSync(environment.GITHUB_EVENT_PATH)) return {}
  const { context } = await import('@actions/github')
  return context.payload as EventPayload
}
