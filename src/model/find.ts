import { existsSync } from 'node:fs'
import { glob, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import type { ModelInputs, ModelLine } from '../inputs.ts'

/** What a line of `model_path` means. It may not exist when the line is a plain path. */
export interface ModelPlace {
  line: ModelLine
  absolute: string
  /** Relative to the workspace, with forward slashes. */
  shown: string
}

/**
 * What the lines mean, in their order; what one pattern means, by name. Files that begin with a dot are meant only by
 * patterns that say so. Each problem is a sentence that names the line.
 */
export async function findModels(
  { lines, excluded }: ModelInputs,
  workspace: string,
): Promise<{ places: ModelPlace[]; problems: string[] }> {
  const places: ModelPlace[] = []
  const problems: string[] = []
  for (const line of lines) {
    const { relative, absolute } = line.path
    const shown = JSON.stringify(relative)
    const isPlain = !line.isPattern || existsSync(absolute)
    const found = isPlain ? [relative] : await matches(relative, excluded, workspace)
    if (found.length === 0) problems.push(`${line.place}: ${shown} ${await whyNothing(relative, workspace)}`)
    if (found.length > 1 && line.name !== undefined) {
      problems.push(
        `${line.place}: ${shown} matches ${found.length} files (${found.slice(0, 3).join(', ')}${found.length > 3 ? ', ...' : ''}), ` +
          `which cannot all be called ${JSON.stringify(line.name)}; leave the name out, and each is called after its file`,
      )
      continue
    }
    for (const path of found) {
      const twin = places.find((place) => place.shown === path)
      if (twin === undefined) places.push({ line, absolute: join(workspace, path), shown: path })
      else if (twin.line === line) continue
      else
        problems.push(
          `${line.place}: ${shown} means ${path}, and so does ${twin.line.place}; remove one, or exclude it from a pattern with \`!${path}\``,
        )
    }
  }
  return { places, problems }
}

/** A pattern means files; one that ends with a slash means folders. */
async function matches(pattern: string, excluded: readonly string[], workspace: string): Promise<string[]> {
  const wantsFolders = pattern.endsWith('/')
  const found: string[] = []
  for await (const path of glob(pattern, { cwd: workspace, exclude: [...excluded] })) {
    // A link that leads nowhere is kept, for what it leads to may have been meant.
    const isFolder = (await stat(join(workspace, path)).catch(() => undefined))?.isDirectory() ?? false
    if (isFolder === wantsFolders) found.push(path.split(sep).join('/'))
  }
  return found.sort()
}

async function whyNothing(pattern: string, workspace: string): Promise<string> {
  if (!pattern.endsWith('/') && (await matches(`${pattern}/`, [], workspace)).length > 0) {
    return `matches no file, only folders; write \`${pattern}/\` to deploy each as an archive`
  }
  return 'matches no file of the workspace, or only excluded ones; correct it, or let the training save the models there'
}
