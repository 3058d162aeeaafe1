import { DeployError, messageOf } from '../errors.ts'

/** Bytes in their order, once; how many there are is known before the first one is read. */
export interface OpenBytes {
  /** Bytes in all. */
  readonly size: number
  /**
   * Fills the whole buffer with the bytes that come next; never asked for more than are left.
   *
   * @throws DeployError when they cannot be read, or changed
   */
  fill(buffer: Buffer): Promise<void>
  /** @throws DeployError when what was read is no longer what is there */
  refuseChange(): Promise<void>
  /** Safe to call at any time, also during `fill`, and more than once. */
  close(): Promise<void>
}

export function unreadable(path: string, error: unknown): DeployError {
  return new DeployError(`The model ${path} could not be read: ${messageOf(error)}`)
}

export function changed(path: string, how: string): DeployError {
  return new DeployError(
    `The model ${path} changed while it was read: ${how}. Make sure that nothing writes to it during the deployment`,
  )
}
