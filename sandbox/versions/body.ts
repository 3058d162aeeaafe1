import { type Algorithm, algorithmBody } from '../algorithms/algorithm.ts'
import { type Build, buildBody } from '../builds/build.ts'

/**
 * An algorithm as it is in one build, in the platform's shape (platform reference §3.1).
 *
 * @param api the address of the server, without `/v1`
 * @param log the whole log of the build; left out in lists
 */
export function versionBody(
  algorithm: Algorithm,
  build: Build,
  { api, log }: { api: string; log?: string | undefined },
): Record<string, unknown> {
  const { version } = build
  const { details, settings, ...rest } = algorithmBody(algorithm)
  return {
    ...rest,
    details: { ...Object(details), ...(build.summary !== undefined && { summary: build.summary }) },
    settings: {
      ...Object(settings),
      ...(version && { algorithm_callability: version.callability, insights_enabled: version.insights }),
    },
    version_info: {
      git_hash: build.commit,
      ...(version && {
        semantic_version: version.number,
        release_notes: version.releaseNotes,
        sample_input: version.sampleInput,
        sample_output: version.sampleOutput,
        version_uuid: version.uuid,
      }),
    },
    build: buildBody(build),
    compilation: { successful: build.status === 'succeeded', ...(log !== undefined && { output: log }) },
    self_link: `${api}/v1/algorithms/${algorithm.owner}/${algorithm.name}/versions/${build.commit}`,
  }
}
