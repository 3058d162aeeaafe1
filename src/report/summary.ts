import type { Deployment, RecordedRequest } from '../deployment.ts'
import { formatBytes, formatDuration } from '../format.ts'
import { shorten } from '../log.ts'
import { codeSection } from './code-section.ts'
import { cell, code, codeBlock, escapeHtml, table } from './markdown.ts'
import { metricsSection } from './metrics-section.ts'
import { modelsSection } from './models-section.ts'
import { planSection } from './plan-section.ts'
import { traceback, trainingSection } from './training-section.ts'

/**
 * The job summary as Markdown: what is deployed and from which commit, for a person who will not read the log.
 *
 * @param failure the annotation's text, when the run failed
 */
export function renderSummary(deployment: Deployment, failure: string | undefined): string {
  const { target, notes, stages } = deployment
  const lines = [`### ${escapeHtml(target?.algorithm ?? 'Deploy to Algorithmia')}: ${outcome(deployment)}`, '']
  if (failure !== undefined) lines.push(...codeBlock(failure), '')
  lines.push(...traceback(deployment))
  const rows = tableRows(deployment)
  if (rows.length > 0) lines.push(...table('| | |', '|---|---|', rows))
  lines.push(
    ...planSection(deployment),
    ...modelsSection(deployment),
    ...metricsSection(deployment),
    ...trainingSection(deployment),
    ...testTable(deployment),
    ...codeSection(deployment),
  )
  if (notes.length > 0) lines.push(...notes.map((note) => `- ${cell(note)}`), '')
  if (stages.length > 0) {
    const durations = new Map<string, number>()
    for (const { name, milliseconds } of stages) durations.set(name, (durations.get(name) ?? 0) + milliseconds)
    const times = [...durations].map(([name, milliseconds]) => `${name} ${formatDuration(milliseconds)}`)
    lines.push(`<sub>${times.join(' · ')}</sub>`, '')
  }
  return `${lines.join('\n')}\n`
}

/** No more than was seen. */
function outcome(deployment: Deployment): string {
  const { outputs, tests, pullRequest } = deployment
  if (pullRequest && outputs.status !== 'failed') return requestOutcome(pullRequest, outputs.status)
  switch (outputs.status) {
    case 'released':
      return `released as ${outputs.version}`
    case 'built':
      return tests ? 'pushed, built and tested' : 'pushed and built'
    case 'pushed':
      return 'pushed, whether it is built is not known'
    case 'unchanged':
      return `unchanged, this model and code are already ${outputs.build_id === '' ? 'pushed' : 'deployed'}`
    case 'superseded':
      return `superseded by a newer commit, ${deployment.pushed ? 'pushed but not published' : 'nothing was pushed'}`
    case 'planned':
      return `planned, nothing was ${deployment.training ? '' : 'trained, '}uploaded or pushed`
    default:
      return failed(deployment)
  }
}

function requestOutcome({ number, from }: RecordedRequest, status: string): string {
  const isUnchanged = status === 'unchanged'
  if (number === undefined)
    return `${isUnchanged ? 'unchanged' : 'pushed'}, ${code(from)} has to be merged before anything is deployed`
  return isUnchanged
    ? `unchanged, pull request #${number} already has this model and code`
    : `pull request #${number} is open, nothing is deployed until it is merged`
}

function failed({ outputs, phase, uncertain, pushed, published, revertedBy, revertIsUnknown }: Deployment): string {
  const nothing = uncertain ? 'and it is not known whether it was deployed' : 'nothing was deployed'
  if (outputs.algorithm_commit_sha === '') return `failed (${phase}), ${nothing}`
  if (published) return `failed (${phase}), ${published.number} is published but not proven`
  if (uncertain) return `failed (${phase}), and it is not known whether it was published`
  if (!pushed) return `failed (${phase}), nothing was pushed or published`
  if (revertIsUnknown) return `failed (${phase}), and it is not known whether the push was reverted`
  return `failed (${phase}), ${revertedBy === '' ? 'pushed but not released' : 'the push was reverted'}`
}

/** The whole of a long list is in the report file. */
const mostCases = 50
const longestCell = 200

function testTable({ tests, outputs }: Deployment): string[] {
  if (tests === undefined) return []
  const rows = tests.results.slice(0, mostCases).map(({ passed, testCase, expected, got, milliseconds }) => {
    const texts = [testCase.name, expected, got].map((text) => cell(shorten(text, longestCell)))
    return [passed ? 'passed' : '**failed**', ...texts, String(Math.round(milliseconds))]
  })
  const more =
    tests.total > mostCases ? [`${tests.total - mostCases} more are in ${code(outputs.test_report)}.`, ''] : []
  return [
    `**${tests.passed} of ${tests.total} test cases passed**`,
    '',
    ...table('| | Test case | Expected | Got | ms |', '|---|---|---|---|--:|', rows),
    ...more,
  ]
}

function tableRows({
  outputs,
  models,
  origin,
  target,
  branch,
  pullRequest,
  revertedBy,
}: Deployment): [string, string][] {
  const rows: [string, string][] = []
  if (outputs.model_uri !== '' && models.length < 2) {
    rows.push(['Model', `${code(outputs.model_uri)} (${formatBytes(Number(outputs.model_size_bytes))})`])
    rows.push(['MD5', code(outputs.model_md5_hash)])
    rows.push(['SHA-256', code(outputs.model_sha256_hash)])
  }
  if (origin) {
    const link = `[${cell(origin.repository)}@${origin.commit.slice(0, 7)}](${origin.repositoryUrl}/commit/${origin.commit})`
    rows.push(['Origin', `${link} ${cell(origin.message.split('\n')[0] ?? '')}`.trim()])
  }
  if (outputs.algorithm_commit_sha !== '' && target) {
    const short = code(outputs.algorithm_commit_sha.slice(0, 12))
    const commit = outputs.algorithm_commit_url === '' ? short : `[${short}](${outputs.algorithm_commit_url})`
    const undone = revertedBy === '' ? '' : `, taken back by ${code(revertedBy.slice(0, 12))}`
    rows.push([
      'Algorithm commit',
      `${commit} ${branch === '' ? '' : `on ${code(branch)} `}of ${code(target.repositoryUrl)}${undone}`,
    ])
  }
  if (pullRequest) rows.push(['Pull request', requestLink(pullRequest)])
  if (outputs.build_id !== '') rows.push(['Build', code(outputs.build_id)])
  if (outputs.version !== '') {
    rows.push(['Version', code(outputs.version)])
    rows.push(['Endpoint', code(outputs.endpoint_url)])
  }
  return rows
}

function requestLink({ from, into, url, number }: RecordedRequest): string {
  const branches = `${code(from)} into ${code(into)}`
  if (url === '') return `${branches}, to be merged by hand`
  return number === undefined ? `[Open one](${url}) from ${branches}` : `[#${number}](${url}) from ${branches}`
}
