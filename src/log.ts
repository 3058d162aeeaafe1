import * as core from '@actions/core'
import { formatDuration } from './format.ts'

/**
 * The action's voice: the only file that talks to @actions/core about logging.
 *
 * The runner obeys any output line that starts with `::` or holds `##[`, so text from users, git, servers and
 * notebooks is attack surface. Everything printed here is redacted first, then neutralised.
 */

const secrets = new Set<string>()

/** In characters, of a secret with several lines. */
const shortestLine = 6

/**
 * Hides a secret from the log from now on, with the forms in which it travels: URL-encoded, base64, JSON-escaped,
 * line by line, and `user:secret` as HTTP Basic sends it. The runner masks the same forms.
 *
 * @param secret the value; empty is ignored
 * @param user the login sent with it, if any
 */
export function mask(secret: string, user?: string): void {
  if (secret === '') return
  for (const form of encodedForms(secret, user)) {
    if (secrets.has(form)) continue
    secrets.add(form)
    core.setSecret(form)
  }
}

function encodedForms(secret: string, user?: string): string[] {
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  const lines = secret.split(/\r?\n/)
  const forms = [
    secret,
    ...(lines.length > 1 ? lines.filter(isTelling) : []),
    encodeURIComponent(secret),
    encodeURI(secret),
    encodeURIComponent(secret).replaceAll('%20', '+'),
    JSON.stringify(secret).slice(1, -1),
    base64(secret),
    base64(secret).replace(/=+$/, ''),
    ...(user === undefined ? [] : [base64(`${user}:${secret}`), base64(`${user}:${secret}`).replace(/=+$/, '')]),
  ]
  return forms.filter((form) => form.trim() !== '')
}

/** Whether a line of a secret says something of it: a brace of JSON or an indented `"id": 1` would star half of a log. */
function isTelling(line: string): boolean {
  return line.trim().length >= shortestLine && /[\p{L}\p{N}]/u.test(line)
}

/** Every known secret in each of its forms, the longest first: a short one may be part of a longer one. */
export function secretForms(): string[] {
  return [...secrets].sort((a, b) => b.length - a.length)
}

/** Replaces every known secret, in each of its forms, by `***`. */
export function redact(text: string): string {
  let result = text
  for (const secret of secretForms()) result = result.replaceAll(secret, '***')
  return result
}

/** A text of at most `maxLength` characters, with an ellipsis where it is cut; secrets are hidden. */
export function shorten(text: string, maxLength: number): string {
  const shown = redact(text)
  if (shown.length <= maxLength) return shown
  return `${shown.slice(0, maxLength - 1).replace(/[\ud800-\udbff]$/, '')}…`
}

/** Makes text safe to print on a line the runner reads: no workflow command, no control or direction character. */
export function neutralise(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, escapeCharacter)
    .replace(/^(\s*):(?=:)/gm, '$1: ')
    .replaceAll('##[', '## [')
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

const safe = (text: string) => neutralise(redact(text))

export function info(message: string): void {
  core.info(safe(message))
}

export function debug(message: string): void {
  core.debug(safe(message))
}

/** An annotation for what worked but will surprise. */
export function warning(message: string, properties?: core.AnnotationProperties): void {
  core.warning(safe(message), properties)
}

/** An annotation for what went as it should, but may not be what somebody waits for. */
export function notice(message: string, properties?: core.AnnotationProperties): void {
  core.notice(safe(message), properties)
}

/** An annotation for one of several things that are wrong; `fail` says that the run failed. */
export function error(message: string, properties?: core.AnnotationProperties): void {
  core.error(safe(message), properties)
}

/** The error annotation of a failed run that says why it failed; it also makes the exit code 1. */
export function fail(message: string, properties: core.AnnotationProperties = {}): void {
  core.error(safe(message), properties)
  process.exitCode = core.ExitCode.Failure
}

/** Runs `work` inside a folded group and prints how long it took, also when it throws. */
export async function group<T>(name: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now()
  core.startGroup(safe(name))
  try {
    return await work()
  } finally {
    core.endGroup()
    core.info(`${safe(name)}: ${formatDuration(performance.now() - started)}`)
  }
}

/**
 * Runs `work` while the runner ignores workflow commands, so that it may print foreign output unchanged.
 *
 * @see https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#stopping-and-starting-workflow-commands
 */
export async function withoutCommands<T>(work: () => Promise<T>): Promise<T> {
  const token = crypto.randomUUID()
  process.stdout.write(`::stop-commands::${token}\n`)
  try {
    return await work()
  } finally {
    // The runner looks for the token at the start of a line, and foreign output may end without a newline.
    process.stdout.write(`\n::${token}::\n`)
  }
}

/**
 * GitHub drops the whole summary of a step that is larger than 1 MiB. In bytes; somewhat below, for the line about the cut.
 *
 * @see https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#step-isolation-and-limits
 */
const largestSummary = 1_000_000

/** Adds Markdown to the page of the job; nothing happens where there is none. */
export async function summarise(markdown: string): Promise<void> {
  if (!process.env.GITHUB_STEP_SUMMARY) return
  const bytes = Buffer.from(redact(markdown))
  const isCut = bytes.length > largestSummary
  const shown = isCut ? bytes.subarray(0, bytes.lastIndexOf('\n', largestSummary) + 1) : bytes
  const note = isCut ? '\n(The rest is too long for this page; it is in the log.)\n' : ''
  await core.summary.addRaw(shown.toString() + note).write()
}
