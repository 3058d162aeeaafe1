import type { Deployment } from '../deployment.ts'
import { shorten } from '../log.ts'
import { type MetricRow, metricRows, withoutParameters } from '../metrics.ts'
import { cell, folded, table } from './markdown.ts'

/** All of them are in the output `metrics`. */
const mostRows = 30
/** As many fit into a line. */
const mostInLine = 6
const longestCell = 100

/** What the training said of its model: metrics in a table, parameters in a line or folded. */
export function metricsSection({ metrics: found }: Deployment): string[] {
  if (found === undefined) return []
  const { metrics, parameters } = withoutParameters(found.values)
  const rows = metricRows(metrics)
  return [
    `**Metrics** from ${cell(found.source)}`,
    '',
    ...(rows.length === 0 ? [] : rowTable('| Metric | Value |', '|---|--:|', rows)),
    ...parameterLines(metricRows(parameters)),
  ]
}

function parameterLines(rows: readonly MetricRow[]): string[] {
  if (rows.length === 0) return []
  if (rows.length > mostInLine) {
    return folded(`${rows.length} parameters`, rowTable('| Parameter | Value |', '|---|---|', rows))
  }
  return [`Parameters: ${rows.map(({ name, value }) => `${short(name)} = ${short(value)}`).join(', ')}`, '']
}

function rowTable(head: string, alignment: string, rows: readonly MetricRow[]): string[] {
  const shown = rows.slice(0, mostRows).map(({ name, value }) => [short(name), short(value)])
  const more = rows.length - shown.length
  return [...table(head, alignment, shown), ...(more > 0 ? [`${more} more are in the output \`metrics\`.`, ''] : [])]
}

function short(text: string): string {
  return cell(shorten(text, longestCell))
}
