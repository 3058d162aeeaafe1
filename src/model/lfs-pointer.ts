import { open } from 'node:fs/promises'
import { DeployError } from '../errors.ts'
import { unreadable } from './bytes.ts'

/**
 * Refuses the text that stands in for a file when git-lfs did not fetch it.
 *
 * @param shown the path for the message
 * @param size bytes
 */
export async function refuseLfsPointer(path: string, shown: string, size: number): Promise<void> {
  const signature = 'version https://git-lfs.github.com/spec/'
  if (size > 1024) return
  const file = await open(path).catch((error: unknown) => {
    throw unreadable(path, error)
  })
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(signature.length), 0, signature.length, 0)
    if (buffer.subarray(0, bytesRead).toString('latin1') !== signature) return
  } finally {
    await file.close()
  }
  throw new DeployError(
    `${shown} is a Git LFS pointer, not the model: set \`lfs: true\` on the actions/checkout step of this job`,
  )
}
