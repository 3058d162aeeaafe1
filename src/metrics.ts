import { spelling } from './json.ts'

/** What a training says of its model. */
export interface Metrics {
  /**
   * By name, as JSON has them; numbers may be those of `parseSpelt`. The parameters of an MLflow run are under
   * `parameters`. Holds no secret.
   */
  values: Record<string, unknown>
  /** Where they were found, for people. */
  source: string
}

export interface MetricRow {
  /** Of a nested value with dots, `test.rmse`. */
  name: string
  value: string
}

/** The values as a person reads them: one row for each that is no object, with numbers cut to four digits. */
export function metricRows(values: Record<string, unknown>): MetricRow[] {
  return Object.entries(values).flatMap(([name, value]) =>
    isGroup(value)
      ? metricRows(value).map((row) => ({ ...row, name: `${name}.${row.name}` }))
      : { name, value: readable(value) },
  )
}

/** Splits off what is called `parameters`, which a person looks at in another way. */
export function withoutParameters(values: Record<string, unknown>): {
  metrics: Record<string, unknown>
  parameters: Record<string, unknown>
} {
  const { parameters, ...metrics } = values
  return isGroup(parameters) ? { metrics, parameters } : { metrics: values, parameters: {} }
}

/** Whether a value holds others by name. */
export function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && spelling(value) === undefined
}

function readable(value: unknown): string {
  const digits = spelling(value)
  if (digits === undefined) return typeof value === 'string' ? value : JSON.stringify(value)
  const number = Number(digits)
  if (!Number.isFinite(number) || /^-?\d+$/.test(digits)) return digits
  return Math.abs(number) >= 1000 ? number.toFixed(0) : String(Number(number.toPrecision(4)))
}
