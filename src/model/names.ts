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

/** The object's name; with a digest, the one beside it for other bytes. */
export type ObjectName = (digest?: string) => string

/** What an object is named after. */
export interface Nameable {
  /** Of the entry in the manifest. */
  entry: string
  /** Name of the file or archive. */
  file: string
  /** Whether that name tells one training from another, so that the commit need not. */
  isOfOneRun: boolean
}

/**
 * Names of the objects of one deployment, each another one: files of the same name in different folders are told apart
 * by the names of their entries.
 */
export function nameObjects(models: readonly Nameable[], commit: string): ObjectName[] {
  const taken = new Set<string>()
  return models.map(({ entry, file, isOfOneRun }) => {
    let free = [file, entry + splitName(file).extension].find((name) => !taken.has(name)) ?? `${entry}-${file}`
    while (taken.has(free)) free = `${entry}-${free}`
    taken.add(free)
    if (!isOfOneRun || free !== file) return (digest) => remoteName(free, commit, digest)
    return (digest) => (digest === undefined ? free : remoteName(free, digest))
  })
}
