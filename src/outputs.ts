import * as core from '@actions/core'

/** The outputs of action.yml, in its order. */
export const outputNames = [
  'status',
  'failed_phase',
  'model_uri',
  'model_filepath',
  'model_md5_hash',
  'model_sha256_hash',
  'model_size_bytes',
  'models',
  'manifest',
  'algorithm_commit_sha',
  'algorithm_commit_url',
  'pull_request_url',
  'pull_request_number',
  'build_id',
  'tests_passed',
  'tests_total',
  'test_report',
  'version',
  'endpoint_url',
  'executed_notebook',
  'training_log',
  'metrics',
] as const

export type OutputName = (typeof outputNames)[number]
export type Outputs = Record<OutputName, string>

/** How far a deployment got that did not fail: the values of `status` but `failed`. */
export type Reached = 'released' | 'built' | 'pushed' | 'unchanged' | 'superseded' | 'planned'

/** What a consumer reads when the run dies before it says anything else. */
export const initialOutputs: Outputs = {
  ...(Object.fromEntries(outputNames.map((name) => [name, ''])) as Outputs),
  status: 'failed',
  failed_phase: 'inputs',
}

/** Writes outputs for later steps; a later value of the same name wins. The only caller of setOutput. */
export function publish(outputs: Outputs): void {
  for (const name of outputNames) core.setOutput(name, outputs[name])
}
