import { statfs } from 'node:fs/promises'
import { formatBytes } from './format.ts'

/** Adds to a "disk full" message how much is left where this run keeps its files. Other messages stay as they are. */
export async function explainFullDisk(message: string, folder: string | undefined): Promise<string> {
  if (folder === undefined || !/ENOSPC|no space left on device|out of disk ?space/i.test(message)) return message
  const space = await statfs(folder).catch(() => undefined)
  if (space === undefined) return message
  return `${message}\nThe disk is full: ${formatBytes(space.bavail * space.bsize)} free in RUNNER_TEMP (${folder}). Free space in an earlier step`
}
