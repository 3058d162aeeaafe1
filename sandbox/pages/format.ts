import type { Caller } from '../accounts/auth.ts'
import { type Html, html } from './html.ts'

/** A size for people; the exact one is its tooltip. */
export function sizeOf(bytes: number): Html {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const unit = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1)
  const value = bytes / 1000 ** unit
  return html`<span title="${bytes} bytes">${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}</span>`
}

/** A moment for people and programs. */
export function timeOf(moment: string | number): Html {
  const iso = new Date(moment).toISOString()
  return html`<time datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC</time>`
}

/** How long something took. */
export function durationOf(start: string, end: string): string {
  const seconds = Math.round((Date.parse(end) - Date.parse(start)) / 1000)
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

/** `one file`, `2 files` */
export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`
}

const longestText = 500_000

/** A text of any length as it is; of a huge one only the end that matters is shown. */
export function preformatted(text: string, keep: 'start' | 'end'): Html {
  const shown = keep === 'start' ? text.slice(0, longestText) : text.slice(-longestText)
  const cut = shown.length < text.length
  const note = html`<p class="note">Only the ${keep === 'start' ? 'first' : 'last'} ${longestText} of ${text.length} characters are shown.</p>`
  // A line break right after the tag is not part of the text, so one of the text's own would vanish.
  return html`${cut ? note : undefined}<pre tabindex="0">
${shown}</pre>`
}

/** Where git finds the repositories of all owners; it asks for the visitor's password. */
export function gitAddress(url: string, { user }: Caller): string {
  return `${url.replace('//', `//${user.name}@`)}/git`
}
