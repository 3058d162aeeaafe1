import { lstat, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { copyCode } from '../algorithm-repo/copy.ts'
import { manifestPath } from '../algorithmia/data-uri.ts'
import type { StoredModel } from '../algorithmia/store.ts'
import { DeployError, messageOf } from '../errors.ts'
import { workspacePath } from '../inputs/values.ts'
import type { CodeInputs, Inputs, RepositoryInputs } from '../inputs.ts'
import * as log from '../log.ts'
import { keepUnchanged, type ManifestEntry, manifestName, manifestTime, updateManifest } from '../manifest/manifest.ts'
import type { Metrics } from '../metrics.ts'
import type { Origin } from '../origin.ts'

/**
 * The manifest's entry for a stored model. What was stored by an earlier run keeps its time.
 *
 * @param metrics of the training in this run, if it told any
 */
export function manifestEntry(
  origin: Origin,
  stored: StoredModel,
  present: Partial<ManifestEntry>,
  metrics?: Metrics,
): ManifestEntry {
  const path = manifestPath(stored.uri)
  const storedBefore = !stored.uploaded && present.model_filepath === path ? present.model_uploaded_utc : undefined
  return keepUnchanged(present, {
    model_filepath: path,
    model_md5_hash: stored.md5,
    model_origin_commit_SHA: origin.commit,
    model_origin_commit_msg: origin.message,
    model_origin_repo: origin.repository,
    model_origin_ref: origin.ref,
    model_uploaded_utc: storedBefore ?? manifestTime(new Date()),
    model_sha256_hash: stored.sha256,
    model_size_bytes: stored.size,
    model_origin_run_url: origin.runUrl,
    model_metrics: metrics?.values,
  })
}

/** Whether a manifest points to the same object and says that it is another model. */
export function namesOtherModel(present: Partial<ManifestEntry>, stored: StoredModel): boolean {
  return present.model_filepath === manifestPath(stored.uri) && present.model_md5_hash !== stored.md5
}

/** Checked again before it is read: training may have put a link in the folder's place. */
export function confineCode({ code, workspace }: Pick<Inputs, 'code' | 'workspace'>): void {
  if (code === undefined) return
  try {
    workspacePath(code.folder.relative, workspace)
  } catch (error) {
    throw new DeployError(`algorithm_path ${messageOf(error)}`)
  }
}

/**
 * Changes a clone: the code first and the manifest last, so that nothing copied can replace it.
 *
 * @returns the manifest's text
 */
export async function applyTo(folder: string, code: CodeInputs | undefined, entry: ManifestEntry): Promise<string> {
  if (code !== undefined) {
    const { copied, removed } = await copyCode({ ...code, source: code.folder.absolute, target: folder })
    log.info(`Code: ${copied} ${copied === 1 ? 'file' : 'files'} from ${code.folder.relative}`)
    if (removed.length > 0) log.info(`Not in ${code.folder.relative} any more: ${removed.slice(0, 20).join(', ')}`)
  }
  const text = updateManifest(await readManifestText(folder), entry)
  await writeFile(join(folder, manifestName), text)
  return text
}

/** The manifest of a clone; undefined when there is none. A link is not followed: it may lead out of the clone. */
export async function readManifestText(folder: string): Promise<string | undefined> {
  const path = join(folder, manifestName)
  const present = await lstat(path).catch(() => undefined)
  if (present === undefined) return undefined
  if (present.isFile()) return readFile(path, 'utf8')
  throw new DeployError(
    `${manifestName} in the algorithm's repository is a link or a folder; replace it there by a file`,
  )
}

/** The original action's message, with a body that leads back to the model's origin. */
export function commitText(origin: Origin): string {
  return [
    'Automated deployment via Github CI',
    '',
    `Repository: ${origin.repositoryUrl}`,
    `Commit: ${origin.repositoryUrl}/commit/${origin.commit}`,
    `Run: ${origin.runUrl}`,
    '',
  ].join('\n')
}

/** Web page of a commit of the algorithm's repository. Algorithmia's own git has none (platform reference §1). */
export function commitUrl({ url, hosting }: RepositoryInputs, commit: string): string {
  if (hosting === 'algorithmia' || commit === '') return ''
  const { hostname } = new URL(url)
  const folder = hostname.includes('gitlab') ? '/-/commit/' : hostname === 'bitbucket.org' ? '/commits/' : '/commit/'
  return url.replace(/\.git$/, '') + folder + commit
}
