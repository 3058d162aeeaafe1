import { isAbsolute, relative } from 'node:path'
import { styleText } from 'node:util'

/** One titled part of the demo, with the time that it took. */
export async function act<T>(title: string, play: () => Promise<T>): Promise<T> {
  console.log(`\n${styleText('bold', title)}`)
  const started = performance.now()
  const result = await play()
  say(styleText('dim', `(${seconds(started)})`))
  return result
}

/** Prints a text below the title of its act. */
export function say(text: string): void {
  console.log(text.replaceAll(/^/gm, '  '))
}

/** How long ago that was. */
export function seconds(started: number): string {
  return `${((performance.now() - started) / 1000).toFixed(1)} s`
}

/** A path as short as it can be typed. */
export function shown(path: string): string {
  const short = relative(process.cwd(), path)
  return short === '' || isAbsolute(short) || short.startsWith('..') ? path : short
}
