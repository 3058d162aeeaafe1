import { stripVTControlCharacters } from 'node:util'

/** The end of a log says why a build failed; more of it is not looked at. */
const longestLog = 1024 * 1024

/** What builders put before each line: the number of the step and its seconds, the time, the stream, the container. */
const prefix =
  /^(?:#\d+ (?:\d+\.\d+ )?|\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?\]?:? |\[?(?:stdout|stderr)\]?:? |[\w.-]{1,64} +\| )/

/** As pip, conda and docker draw them. */
const progressBar = /^\s*(?:[━╸╺─█▏▎▍▌▋▊▉#=|>.[\]-]{5}|\d+%)/
const size = /\d\s?[kKMG]i?B\b/
const longestLine = 4000
/** Of each import, a traceback has many such lines, which say nothing. */
const importMachinery = /^ +File "<frozen importlib/

/**
 * A build log as lines that say something: without colours, blank lines, progress bars, and what the builder puts before
 * each line. Indentation stays: it tells what belongs together.
 */
export function logLines(log: string): string[] {
  return stripVTControlCharacters(log.slice(-longestLog))
    .split(/\r*\n/)
    .map((line) => withoutPrefixes(shownOf(line).slice(0, longestLine)).trimEnd())
    .filter((line) => line !== '' && !(progressBar.test(line) && size.test(line)))
}

/** The last lines of a build log that say something. */
export function lastLines(log: string, count: number): string[] {
  const lines = logLines(log).filter((line) => !importMachinery.test(line))
  return count > 0 ? lines.slice(-count) : []
}

/** What a terminal shows in the end of a line that was written over. */
function shownOf(line: string): string {
  return line.split('\r').findLast((part) => part.trim() !== '') ?? ''
}

function withoutPrefixes(line: string): string {
  let rest = line
  // A time and a stream, for instance.
  for (let count = 0; count < 3; count += 1) rest = rest.replace(prefix, '')
  return rest
}
