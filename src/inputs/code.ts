import { existsSync, statSync } from 'node:fs'
import type { CodeInputs } from '../inputs.ts'
import type { InputReader } from './reader.ts'
import { oneOf, quote, type WorkspacePath, workspacePath } from './values.ts'

/**
 * The folder with the inference code and how it is copied.
 *
 * @param algorithm whose name the folder has by default
 * @returns `folder` as it is named; `code` only if it is there
 */
export function readCodeInputs(
  reader: InputReader,
  workspace: string | undefined,
  algorithm: string | undefined,
): { folder: WorkspacePath | undefined; code: CodeInputs | undefined } {
  const given = reader.text('algorithm_path')
  const folder = reader.derived(
    () => workspacePath(given || (algorithm ?? '.'), workspace ?? '.'),
    workspace && (given || algorithm),
    'algorithm_path',
  )
  const mode = reader.optional('copy_mode', (raw) => oneOf(raw, ['overlay', 'mirror'] as const)) ?? 'overlay'
  const exclude = reader.text('copy_exclude').split(/\r?\n/)
  if (folder === undefined) return { folder, code: undefined }
  if (!existsSync(folder.absolute)) {
    if (given !== '') reader.reportMissing('algorithm_path', folder.relative)
    return { folder, code: undefined }
  }
  if (!statSync(folder.absolute).isDirectory()) {
    reader.report('algorithm_path', `is ${quote(folder.relative)}, which is not a folder`)
    return { folder, code: undefined }
  }
  return { folder, code: { folder, mode, exclude } }
}
