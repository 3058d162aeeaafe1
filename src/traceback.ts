/** A line of a Python traceback. */
export interface Frame {
  path: string
  line: number
  /** Function that it is in, `<module>` outside of any; empty in a syntax error. */
  scope: string
  /** The source, if the traceback shows it. */
  source: string
}

/** How a Python process ended. */
export interface Traceback {
  /** Without its module. */
  type: string
  /** The first line of it. */
  message: string
  /** Outermost first. */
  frames: Frame[]
  /** Index of its first line. */
  start: number
  /** Index of the line that names the exception. */
  end: number
}

const header = /Traceback \(most recent call last\):$/
const frameLine = /^[\s|+]*File "(.+?)", line (\d+)(?:, in (.*))?$/
const exceptionLine = /^[\s|+]*((?:(?:[\p{L}_][\p{L}\p{N}_]*|<locals>)\.)*([\p{L}_][\p{L}\p{N}_]*))(?:: ?(.*))?$/u

/**
 * The last traceback of a log: of chained exceptions that is the one that ended the process. A syntax error in the file
 * that Python was started with has no header.
 */
export function lastTraceback(lines: readonly string[]): Traceback | undefined {
  const start = lines.findLastIndex((line) => header.test(line))
  if (start >= 0) return readTraceback(lines, start, columnOf(lines[start] ?? ''))
  const first = lines.findIndex((line) => frameLine.test(line))
  return first < 0 ? undefined : readTraceback(lines, first, Math.max(0, columnOf(lines[first] ?? '') - 2))
}

/** @param column where the word `Traceback` stands: what belongs to it stands further right */
function readTraceback(lines: readonly string[], start: number, column: number): Traceback | undefined {
  const frames: Frame[] = []
  for (let index = start; index < lines.length; index += 1) {
    const line = lines[index] ?? ''
    const [, path, number, scope = ''] = frameLine.exec(line) ?? []
    if (path !== undefined) {
      frames.push({ path, line: Number(number), scope, source: sourceBelow(lines, index) })
      continue
    }
    const [, , type, message = ''] = columnOf(line) <= column ? (exceptionLine.exec(line) ?? []) : []
    if (type === undefined) continue
    // A message may begin with a line break.
    return {
      type,
      message: (message || (/:\s*$/.test(line) ? (lines[index + 1] ?? '') : '')).trim(),
      frames,
      start,
      end: index,
    }
  }
  return undefined
}

function sourceBelow(lines: readonly string[], index: number): string {
  const [frame = '', next = ''] = lines.slice(index, index + 2)
  return columnOf(next) > columnOf(frame) ? next.trim() : ''
}

/** Where a line begins; groups of exceptions are drawn with a frame on the left. */
function columnOf(line: string): number {
  const column = line.search(/[^\s|+]/)
  return column < 0 ? line.length : column
}
