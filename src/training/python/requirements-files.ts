import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { canonicalName } from '../../pip-failure.ts'

/** A requirements file, or one that it includes. */
export interface RequirementsFile {
  /** Absolute path. */
  path: string
  text: string
}

/** What is needed of a requirement to find it again. */
export interface Named {
  /** In the form that all spellings share, such as `scikit-learn`. */
  name: string
  file: RequirementsFile
  /** 1-based. */
  line: number
}

/**
 * A requirements file and those that it includes with `-r` or `-c`, as far as they can be read: what is wrong with them
 * is for the installer to say.
 */
export function readRequirements(path: string): RequirementsFile[] {
  const files = new Map<string, RequirementsFile>()
  const read = (path: string) => {
    if (files.has(path)) return
    let text: string
    try {
      text = decode(readFileSync(path))
    } catch {
      return
    }
    files.set(path, { path, text })
    for (const line of text.split(/\r?\n/)) {
      const included = /^\s*(?:-r|-c|--requirement|--constraint)[\s=]*("[^"]*"|'[^']*'|[^\s#]+)/.exec(line)?.[1]
      if (included !== undefined && !included.includes('://')) read(resolve(dirname(path), unquote(included)))
    }
  }
  read(path)
  return [...files.values()]
}

/** The requirements that the files name, in their order. Paths and addresses have no name. */
export function namedRequirements(files: readonly RequirementsFile[]): Named[] {
  return files.flatMap((file) =>
    file.text.split(/\r?\n/).flatMap((text, index) => {
      const name = /^\s*([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:$|[[<>=!~;@#(\s])/.exec(text)?.[1]
      return name === undefined ? [] : [{ name: canonicalName(name), file, line: index + 1 }]
    }),
  )
}

/** As pip and uv do: a byte order mark tells UTF-16. Without one its zero bytes stay, for a person to be told. */
function decode(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.subarray(2).toString('utf16le')
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return Buffer.from(bytes.subarray(2)).swap16().toString('utf16le')
  return bytes.toString('utf8').replace(/^\ufeff/, '')
}

function unquote(text: string): string {
  return text.replace(/^(["'])(.*)\1$/, '$2')
}
