import { statfs } from 'node:fs/promises'
import { formatBytes } from './format.ts'

/**
 * Adds to a "disk full" message how much is left where this run keeps its files, at this moment: what has failed has not
 * been removed yet where it is known first. Other messages stay as they are.
 */
export async function explainFullDisk(message: string, folder: string | undefined): Promise<string> {
  if (
    folder === undefined ||
    message.includes(explained) ||
    !/ENOSPC|no space left on device|out of disk ?space/i.test(message)
  )
    return message
  const space = await statfs(folder).catch(() => undefined)
  if (space === undefined) return message
  return `${message}\n${explained} ${formatBytes(space.bavail * space.bsize)} free in RUNNER_TEMP. Free space in an earlier step`
}

const explained = 'The disk is full:'
