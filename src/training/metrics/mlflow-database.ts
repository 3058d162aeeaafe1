import { statSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { type MlflowLog, type MlflowRun, metricValue } from './mlflow-run.ts'

type Row = Record<string, unknown>

/**
 * The runs of an SQLite store that are not deleted and began in time. Later versions of MLflow 3 keep one by default, in
 * `mlflow.db`.
 *
 * @param since Unix time in milliseconds
 * @throws Error when it is no such database, or damaged or locked
 */
export async function runsInDatabase(file: string, since: number): Promise<MlflowRun[]> {
  const rows = await query(file, (database) =>
    database
      .prepare(
        `SELECT run_uuid, name, status, start_time,
           EXISTS (SELECT 1 FROM tags WHERE tags.run_uuid = runs.run_uuid AND key = 'mlflow.parentRunId') AS is_child
         FROM runs WHERE lifecycle_stage = 'active' AND start_time >= ?`,
      )
      .all(since),
  )
  return rows.map(({ run_uuid, name, status, start_time, is_child }: Row) => ({
    name: String(name || run_uuid),
    startedAt: Number(start_time),
    isFinished: status === 'FINISHED',
    isChild: is_child === 1,
    read: () => readLog(file, String(run_uuid)),
  }))
}

async function readLog(file: string, run: string): Promise<MlflowLog> {
  return query(file, (database) => {
    const rows = (table: string) => database.prepare(`SELECT * FROM ${table} WHERE run_uuid = ? ORDER BY key`).all(run)
    return {
      metrics: Object.fromEntries(rows('latest_metrics').map((row: Row) => [String(row.key), storedValue(row)])),
      parameters: Object.fromEntries(rows('params').map(({ key, value }: Row) => [String(key), String(value)])),
    }
  })
}

/** MLflow stores NaN as 0 with a flag, and what is infinite as the largest number. */
function storedValue({ value, is_nan }: Row): number | string {
  if (is_nan === 1) return metricValue(Number.NaN)
  const number = Number(value)
  return metricValue(Math.abs(number) === Number.MAX_VALUE ? number * 2 : number)
}

/** Loaded and opened only where there is such a file. */
async function query<T>(file: string, read: (database: DatabaseSync) => T): Promise<T> {
  // The opening of a pipe would wait for a writer.
  if (!statSync(file).isFile()) throw new Error('it is not a regular file')
  const { DatabaseSync } = await import('node:sqlite')
  const database = new DatabaseSync(file, { readOnly: true, timeout: 5000 })
  try {
    return read(database)
  } finally {
    database.close()
  }
}
