import { existsSync, realpathSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runsInDatabase } from './mlflow-database.ts'
import { runsInFiles } from './mlflow-files.ts'
import type { MlflowRun } from './mlflow-run.ts'

/** A place on this machine where MLflow keeps runs. */
export interface MlflowStore {
  path: string
  /** @param since Unix time in milliseconds: runs that began before are left out */
  runs(since: number): Promise<MlflowRun[]>
}

export interface StoreSearch {
  workspace: string
  /** Absolute path of the folder in which the training ran. */
  workingDirectory: string
  /** Absolute path of the notebook or script. */
  program: string
  /** MLFLOW_TRACKING_URI, if the training saw it. */
  trackingUri: string | undefined
}

/**
 * The stores that are there: the one of the tracking URI, and those that MLflow makes by itself where it runs. Older
 * versions make `mlruns`, newer ones `mlflow.db`.
 */
export function storesOf({ workspace, workingDirectory, program, trackingUri }: StoreSearch): MlflowStore[] {
  const folders = [workingDirectory, workspace, dirname(program)]
  const stores = [
    ...(trackingUri === undefined ? [] : storeAt(trackingUri, workingDirectory)),
    ...folders.flatMap((folder) => [fileStore(join(folder, 'mlruns')), database(join(folder, 'mlflow.db'))]),
  ]
  const present = stores.filter(({ path }) => existsSync(path))
  return [...new Map(present.map((store) => [realpathSync(store.path), store])).values()]
}

/** Whether a tracking URI names no place on this machine. */
export function isServer(trackingUri: string): boolean {
  return storeAt(trackingUri, '.').length === 0
}

/** The store of a tracking URI as MLflow understands it: `sqlite:///file`, `file:`, or a path. */
function storeAt(uri: string, workingDirectory: string): MlflowStore[] {
  const sqlite = /^sqlite:\/\/\/([^?]+)/.exec(uri)?.[1]
  if (sqlite !== undefined) return [database(resolve(workingDirectory, decode(sqlite)))]
  if (/^file:\/\//i.test(uri)) return fileUrlPath(uri).map(fileStore)
  const path = /^file:(.+)/i.exec(uri)?.[1]
  if (path !== undefined) return [fileStore(resolve(workingDirectory, decode(path)))]
  // A scheme of one letter is a drive of Windows.
  return /^[a-z][a-z0-9+.-]+:/i.test(uri) || /^databricks/i.test(uri) ? [] : [fileStore(resolve(workingDirectory, uri))]
}

function fileStore(path: string): MlflowStore {
  return { path, runs: (since) => runsInFiles(path, since) }
}

function database(path: string): MlflowStore {
  return { path, runs: (since) => runsInDatabase(path, since) }
}

function fileUrlPath(uri: string): string[] {
  try {
    return [fileURLToPath(uri)]
  } catch {
    return []
  }
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
