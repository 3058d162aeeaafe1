import type { RequirementsFile } from './requirements-files.ts'

interface UnparsedRequirement {
  /** In one sentence without its end. */
  reason: string
  /** Where uv says it is. */
  path: string
  /** 1-based. */
  line: number
}

/** The line that uv takes for no requirement, if it says so. It tells lines for some of them and bytes for others. */
export function unparsedRequirement(
  output: string,
  files: readonly RequirementsFile[],
): UnparsedRequirement | undefined {
  const [, path, line] = /Unexpected .*?, expected .*: (.+?):(\d+):\d+\s*$/m.exec(output) ?? []
  if (path !== undefined) {
    const file = fileNamed(path, files)
    const text = file?.text.split(/\r?\n/)[Number(line) - 1]?.trim() ?? ''
    return { reason: notARequirement(text), path, line: Number(line) }
  }
  const [, named, position] = /Couldn't parse requirement in `([^`]+)` at position (\d+)/.exec(output) ?? []
  if (named === undefined) return undefined
  const bytes = Buffer.from(fileNamed(named, files)?.text ?? '')
  const number = bytes.subarray(0, Number(position)).toString().split('\n').length
  const text = bytes.toString().split(/\r?\n/)[number - 1]?.trim() ?? ''
  return { reason: notARequirement(text), path: named, line: number }
}

function notARequirement(text: string): string {
  const merge = /^(<{7}|={7}|>{7})/.test(text)
  return `'${text}' is not a requirement${merge ? ': the file holds an unfinished merge' : ''}`
}

function fileNamed(path: string, files: readonly RequirementsFile[]): RequirementsFile | undefined {
  const wanted = path.replaceAll('\\', '/').replace(/^\.\//, '')
  return files.find((file) => `/${file.path.replaceAll('\\', '/')}`.endsWith(`/${wanted.replace(/^\//, '')}`))
}
