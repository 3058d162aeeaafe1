/** A compressed file keeps the extension of what is inside: `.tar.gz`, `.pkl.xz`, `.onnx.zst`. */
const compressions = ['gz', 'bz2', 'xz', 'zst', 'lz4', 'br', 'lzma', 'Z']

/**
 * Stem and extension, as the original action split them (from the last dot; leading dots do not count), except that a
 * multi-part extension stays whole.
 */
export function splitName(name: string): { stem: string; extension: string } {
  const compressed = new RegExp(`^(.*[^.])(\\.[A-Za-z][A-Za-z0-9]{0,9}\\.(?:${compressions.join('|')}))$`, 's').exec(
    name,
  )
  const match = compressed ?? /^(.*[^.])(\.[^.]*)$/s.exec(name)
  return { stem: match?.[1] ?? name, extension: match?.[2] ?? '' }
}

/** Object name `<stem>_<commit>[_<digest>]<ext>`. */
export function remoteName(name: string, commit: string, digest?: string): string {
  const { stem, extension } = splitName(name)
  return `${stem}_${commit}${digest === undefined ? '' : `_${digest}`}${extension}`
}
