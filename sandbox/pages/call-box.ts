import type { Algorithm } from '../algorithms/algorithm.ts'
import type { Build } from '../builds/build.ts'
import { badRequest } from '../errors.ts'
import { isObject, parseJson } from '../http/request-body.ts'
import { timeouts } from '../running/request.ts'
import { isPublic } from '../versions/version.ts'
import type { CallInput } from './call.ts'
import { preformatted } from './format.ts'
import { address, type Html, html } from './html.ts'

/** What a person has put into the form. */
export interface Filled {
  /** As in the address of a call; empty for the newest public one. */
  version: string
  type: 'text' | 'json'
  input: string
  timeout: number
}

/** What the API said. */
export interface Answer {
  status: number
  body: string
}

/** The forms that a version in a call's address has (platform reference §4). */
const versionForm = /^(?:|latest|latestPrivate|[0-9a-f]{40}|\d+(?:\.(?:\d+|x|\*)){0,2})$/i

/**
 * Reads a sent form.
 *
 * @throws ApiError 400
 */
export function filledFrom(body: string): Filled {
  const form = new URLSearchParams(body)
  const version = form.get('version') ?? ''
  if (!versionForm.test(version)) throw badRequest(`"${version}" is not a version`)
  const type = form.get('type') ?? 'text'
  if (type !== 'text' && type !== 'json') throw badRequest('The input must be text or json')
  const timeout = Number(form.get('timeout') ?? timeouts.default)
  if (!Number.isInteger(timeout) || timeout < 1 || timeout > timeouts.highest) {
    throw badRequest(`The timeout must be 1 to ${timeouts.highest} seconds`)
  }
  // Forms send every line break as two characters.
  return { version, type, timeout, input: (form.get('input') ?? '').replaceAll('\r\n', '\n') }
}

export function inputOf({ type, input }: Filled): CallInput {
  return { contentType: type === 'json' ? 'application/json' : 'text/plain', body: input }
}

/** The form, or a sentence when there is nothing to call. */
export function callForm({ owner, name }: Algorithm, versions: Build[], filled?: Filled): Html {
  if (versions.length === 0) return html`<p class="empty">There is nothing to call yet.</p>`
  const { version, type, input, timeout } = filled ?? fresh(versions)
  const option = (value: string, label: string) =>
    html`<option value="${value}"${value === version ? html` selected` : undefined}>${label}</option>
`
  const releases = versions.flatMap((build) => build.version ?? [])
  return html`<form method="post" action="${address('algorithms', owner, name)}#call">
<div class="fields">
<label>Version <select name="version">
${versions.slice(0, 100).map((build) => option(pathVersion(build), nameOf(build)))}
${versions.some(isPublic) ? option('', 'newest public version') : undefined}
${releases.some(({ callability }) => callability === 'private') ? option('latestPrivate', 'newest private version') : undefined}
</select></label>
<label>Input is <select name="type">
<option value="text"${type === 'text' ? html` selected` : undefined}>text</option>
<option value="json"${type === 'json' ? html` selected` : undefined}>JSON</option>
</select></label>
<label>Timeout, seconds <input name="timeout" type="number" min="1" max="${timeouts.highest}" required value="${timeout}"></label>
</div>
<label>Input <textarea name="input" spellcheck="false">
${input}</textarea></label>
<button>Call</button>
</form>`
}

/** The newest one, with its own example. */
function fresh(versions: Build[]): Filled {
  const [newest] = versions
  const input = newest?.version?.sampleInput ?? ''
  const type = parseJson(input) === undefined ? 'text' : 'json'
  return { version: newest ? pathVersion(newest) : '', type, input, timeout: timeouts.default }
}

function pathVersion({ commit, version }: Build): string {
  return version?.number ?? commit
}

function nameOf({ commit, number, version }: Build): string {
  return version
    ? `${version.number} (${version.callability})`
    : `build ${number}, ${commit.slice(0, 10)}, not published`
}

/** What a call gave: the result or the error, and what else the API tells (platform reference §4). */
export function answerOf({ status, body }: Answer): Html {
  const answer = parseJson(body)
  const { result, error, metadata } = isObject(answer) ? answer : {}
  const about = isObject(metadata) ? metadata : {}
  const failed = status !== 200 || !isObject(answer) || error !== undefined
  const facts = Object.entries({
    Status: status === 200 ? undefined : `HTTP ${status}`,
    Type: about.content_type,
    Duration: typeof about.duration === 'number' ? `${about.duration} s` : undefined,
    Request: about.request_id,
  }).flatMap(([name, value]) => (value === undefined ? [] : html`<dt>${name}</dt><dd>${String(value)}</dd>`))
  return html`<section aria-label="Answer">
<h3 class="status ${failed ? 'failed' : 'succeeded'}">${failed ? 'Error' : 'Result'}</h3>
${failed ? errorOf(error, body) : preformatted(typeof result === 'string' ? result : indented(result), 'start')}
<dl>${facts}</dl>
${typeof about.stdout === 'string' && about.stdout !== '' ? html`<h3>Printed</h3>${preformatted(about.stdout, 'end')}` : undefined}
<details><summary>The whole answer as it came</summary>${preformatted(body, 'start')}</details>
</section>`
}

/** Some errors of the platform are only a text. */
function errorOf(error: unknown, body: string): Html {
  const { message, error_type: type, stacktrace, stack_trace } = isObject(error) ? error : { message: error ?? body }
  const trace = stacktrace ?? stack_trace
  return html`${preformatted(typeof message === 'string' ? message : indented(message), 'start')}
${typeof type === 'string' ? html`<p>Type of error: ${type}</p>` : undefined}
${typeof trace === 'string' && trace !== '' ? html`<h3>Stack trace</h3>${preformatted(trace, 'end')}` : undefined}`
}

function indented(value: unknown): string {
  return JSON.stringify(value, undefined, 2) ?? ''
}
