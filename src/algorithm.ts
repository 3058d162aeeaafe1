import type { Json } from './json.ts'

/** What the platform tells of a deployed algorithm, in the words that `algorithmia/` and `release/` share. */

export interface Build {
  id: string
  /** 40 hex digits, lower case. */
  commit: string
  state: 'in-progress' | 'succeeded' | 'failed'
}

/** A build as the platform calls it a version: what a commit was published as, if it was. */
export interface Version {
  /** 40 hex digits, lower case. */
  commit: string
  /** `1.2.3`; undefined until it is published. */
  number: string | undefined
}

/** The input of a call, as it travels. */
export interface CallInput {
  contentType: 'text/plain' | 'application/json'
  body: string
}

/** How a call of the algorithm ended (platform reference §4). */
export type Answer =
  | { outcome: 'result'; result: Json; milliseconds: number }
  /** The algorithm failed, or the platform on its behalf. */
  | {
      outcome: 'error'
      type: string | undefined
      message: string
      /** Where in its source; only owners see it. */
      trace?: string
      milliseconds: number
    }
  /** This build cannot be called yet; it may be a moment later. */
  | { outcome: 'not-ready'; message: string; milliseconds: number }
  /** No answer of the algorithm: HTTP 5xx, a cut connection, no JSON. */
  | { outcome: 'no-answer'; message: string; milliseconds: number }

/**
 * Calls one version or commit of the algorithm, once, unless nobody wants the answer any more.
 *
 * @throws DeployError when no input could be answered: the key may not call it, the run is cancelled
 */
export type Call = (input: CallInput, signal?: AbortSignal) => Promise<Answer>

export type Increment = 'major' | 'minor' | 'revision'

/** What a publication asks for; what is undefined stays as it is. */
export interface PublishRequest {
  /** The commit whose build becomes the version. */
  commit: string
  increment: Increment
  releaseNotes: string
  sampleInput: string | undefined
  callability: 'private' | 'public' | undefined
  insights: boolean | undefined
}

/** How a publication ended; a refusal that trying again cannot change is thrown. */
export type PublishAnswer =
  /** The commit is empty when the platform does not say which one it published. */
  | { outcome: 'published'; commit: string; number: string }
  | { outcome: 'already-published'; message: string }
  /** The platform answered with an error of its own; it may have taken effect all the same. */
  | { outcome: 'failed'; message: string }
  /** Nobody knows whether it arrived, or will. */
  | { outcome: 'no-answer'; message: string }
