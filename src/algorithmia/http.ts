import http from 'node:http'
import https from 'node:https'
import type { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import axios, { type AxiosRequestConfig, type AxiosResponse, isAxiosError } from 'axios'
import { DeployError, messageOf } from '../errors.ts'
import { formatDuration } from '../format.ts'
import * as log from '../log.ts'

/**
 * The platform over HTTP: the only file that knows axios. Every call has a deadline, is repeated on errors that pass,
 * carries the key to the configured address only (no redirect is followed), and ends in a value or a DeployError:
 * axios' own error objects hold the Authorization header and never leave this file.
 */
export interface HttpOptions {
  /** Without `/v1` and trailing slash. */
  apiUrl: string
  apiKey: string
  /** Deadline of one call without a file body, in milliseconds. */
  timeoutMs?: number
  /** How long an upload may make no progress, in milliseconds. */
  stallMs?: number
  /** Tries of one call, the first included. */
  attempts?: number
  /** Pause before the second try, in milliseconds; it doubles from there. */
  firstPauseMs?: number
}

export interface Response {
  status: number
  headers: Record<string, string>
  /** The body as text; empty for HEAD. */
  body: string
}

type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE'

/** One try at sending a body: made anew for each, because a stream can be read only once. */
export interface UploadBody {
  readonly stream: Readable
  /** Bytes handed out so far. */
  readonly bytesRead: number
  discard(): Promise<void>
}

/** A call that got no answer: refused, cut, timed out. */
export class ConnectionError extends DeployError {
  readonly transient: boolean

  constructor(message: string, transient: boolean) {
    super(message)
    this.transient = transient
  }
}

export class Http {
  readonly #options: Required<HttpOptions>

  constructor(options: HttpOptions) {
    this.#options = { timeoutMs: 60_000, stallMs: 60_000, attempts: 5, firstPauseMs: 1000, ...options }
  }

  get apiUrl(): string {
    return this.#options.apiUrl
  }

  /**
   * @param path from `/v1/` on, encoded
   * @param body sent as JSON
   * @returns the answer, whatever its status (redirects excepted)
   * @throws ConnectionError when no try got an answer
   */
  async request(method: Method, path: string, body?: unknown): Promise<Response> {
    return this.#withRetries(`${method} ${path}`, async () => {
      const response = await this.#send({
        method,
        url: path,
        ...(body === undefined ? {} : { data: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
        timeout: this.#options.timeoutMs,
        maxContentLength: 64 * 1024 * 1024,
      })
      return toResponse(response)
    })
  }

  /** The size of a stored file as its download announces it; the download itself is not made. Undefined if not announced. */
  async announcedSize(path: string): Promise<{ status: number; size: number | undefined }> {
    return this.#withRetries(`GET ${path}`, async () => {
      const response = await this.#send({
        method: 'GET',
        url: path,
        headers: { 'Accept-Encoding': 'identity' },
        responseType: 'stream',
        decompress: false,
        timeout: this.#options.timeoutMs,
      })
      response.data.destroy()
      response.request?.destroy()
      const length = response.headers['content-length']
      return { status: response.status, size: length === undefined ? undefined : Number(length) }
    })
  }

  /** Streams a stored file to `consume`; one try, because what was consumed cannot be taken back. */
  async download(path: string, consume: (chunk: Buffer) => void): Promise<Response> {
    const response = await this.#send({ method: 'GET', url: path, responseType: 'stream', decompress: false })
    const stream: Readable = response.data
    let received = 0
    const watchdog = watchProgress(
      () => received,
      () => this.#options.stallMs,
    )
    watchdog.signal.addEventListener('abort', () => stream.destroy(new Error('no progress')))
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        received += chunk.length
        if (response.status === 200) consume(chunk)
      }
    } catch (error) {
      throw new ConnectionError(`The download of ${path} broke off: ${messageOf(error)}`, false)
    } finally {
      watchdog.stop()
    }
    return toResponse(response)
  }

  /**
   * PUTs a stream of known size. A try starts with `Expect: 100-continue`, so that a refusal arrives before a byte is
   * sent; what makes no progress for `stallMs` is cut. Memory does not grow with the size: redirects, which would make
   * axios keep the body, are not followed.
   *
   * @param size in bytes
   * @param open makes the body of one try; it must not produce bytes before `ready` resolves
   * @returns the answer and the body that was sent with it
   */
  async upload<Body extends UploadBody>(
    path: string,
    size: number,
    open: (ready: Promise<void>) => Promise<Body>,
  ): Promise<{ response: Response; body: Body }> {
    return this.#withRetries(
      `PUT ${path}`,
      () => this.#uploadOnce(path, size, open),
      (result) => result.response,
    )
  }

  async #uploadOnce<Body extends UploadBody>(
    path: string,
    size: number,
    open: (ready: Promise<void>) => Promise<Body>,
  ): Promise<{ response: Response; body: Body }> {
    const ready = Promise.withResolvers<void>()
    const body = await open(ready.promise)
    // A server that has everything may think: storing a large file elsewhere takes time and shows no progress.
    const limit = () => this.#options.stallMs * (body.bytesRead < size ? 1 : 5)
    const watchdog = watchProgress(() => body.bytesRead, limit)
    try {
      const response = await this.#send({
        method: 'PUT',
        url: path,
        data: body.stream,
        headers: {
          'Content-Type': 'application/octet-stream',
          'Content-Length': size,
          ...(size > 0 ? { Expect: '100-continue' } : {}),
        },
        transport: expectContinue(ready.resolve),
        signal: watchdog.signal,
      })
      // The answer may overtake the end of our own stream. One that comes earlier still leaves a half-sent request,
      // which would keep the process alive.
      if (body.bytesRead === size) await finished(body.stream, { writable: false })
      else response.request?.destroy()
      return { response: toResponse(response), body }
    } catch (error) {
      if (error instanceof ConnectionError) {
        const stalled = watchdog.signal.aborted
          ? `the upload made no progress for ${formatDuration(limit())}`
          : error.message
        throw new ConnectionError(`${stalled}, after ${body.bytesRead} of ${size} bytes`, error.transient)
      }
      throw error
    } finally {
      watchdog.stop()
      ready.resolve()
      await body.discard()
    }
  }

  async #send(config: AxiosRequestConfig): Promise<AxiosResponse> {
    try {
      const response = await axios.request({
        baseURL: this.#options.apiUrl,
        responseType: 'text',
        transformResponse: (data: unknown) => data,
        adapter: 'http',
        maxRedirects: 0,
        validateStatus: null,
        ...config,
        headers: { Authorization: `Simple ${this.#options.apiKey}`, Accept: '*/*', ...config.headers },
      })
      this.#refuseRedirect(response)
      return response
    } catch (error) {
      if (!isAxiosError(error) && !axios.isCancel(error)) throw error
      const { request, code, message } = error as { request?: http.ClientRequest; code?: string; message: string }
      request?.destroy()
      // A body that failed to be read (a model that changed) is our own error, and trying again cannot mend it.
      if (isAxiosError(error) && error.cause instanceof DeployError) throw error.cause
      throw new ConnectionError(
        `${this.#options.apiUrl} could not be reached: ${explain(code, message)}`,
        isTransient(code),
      )
    }
  }

  #refuseRedirect(response: AxiosResponse): void {
    if (response.status < 300 || response.status >= 400) return
    response.request?.destroy()
    const target = String(response.headers.location ?? '')
    throw new DeployError(
      `${this.#options.apiUrl} answered with a redirect to ${target.split('?')[0]}. The API key is not sent to another ` +
        'address; if that is the right one, set algorithmia_api to it',
    )
  }

  async #withRetries<T>(
    call: string,
    attempt: () => Promise<T>,
    responseOf: (result: T) => { status: number; headers?: Record<string, string> } = (result) =>
      result as { status: number },
  ): Promise<T> {
    const { attempts, firstPauseMs } = this.#options
    for (let number = 1; ; number += 1) {
      let reason: string
      let retryAfter: string | undefined
      try {
        const result = await attempt()
        const { status, headers } = responseOf(result)
        if (!isRetryable(status) || number >= attempts) return result
        reason = `answered ${status}`
        retryAfter = headers?.['retry-after']
      } catch (error) {
        if (!(error instanceof ConnectionError) || !error.transient) throw error
        if (number >= attempts) {
          throw new ConnectionError(`${messageOf(error)} (${attempts} tries)`, false)
        }
        reason = messageOf(error)
      }
      const pause = pauseBefore(number, firstPauseMs, retryAfter)
      log.info(`${call}: ${reason}; try ${number + 1} of ${attempts} in ${formatDuration(pause)}`)
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
  }
}

function toResponse(response: AxiosResponse): Response {
  const headers = Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  )
  return { status: response.status, headers, body: typeof response.data === 'string' ? response.data : '' }
}

/**
 * The transport of one upload: axios sends `Expect: 100-continue` but does not wait for the answer, so the body waits
 * instead. Servers that ignore the header (RFC 9110 §10.1.1 allows it) cost one second.
 */
function expectContinue(ready: () => void) {
  return {
    request(options: https.RequestOptions, onResponse: (response: http.IncomingMessage) => void): http.ClientRequest {
      const request = (options.protocol === 'https:' ? https : http).request(options, onResponse)
      const timer = setTimeout(ready, 1000)
      timer.unref()
      request.once('continue', ready)
      request.once('close', () => clearTimeout(timer))
      return request
    },
  }
}

/** Aborts when a counter stands still. axios' own timeout is a deadline for the whole upload, which has no right length. */
function watchProgress(count: () => number, limitMs: () => number) {
  const controller = new AbortController()
  let last = count()
  let since = performance.now()
  const timer = setInterval(
    () => {
      const now = count()
      if (now !== last) {
        last = now
        since = performance.now()
      } else if (performance.now() - since >= limitMs()) {
        controller.abort()
      }
    },
    Math.min(1000, limitMs() / 4),
  )
  return { signal: controller.signal, stop: () => clearInterval(timer) }
}

function isRetryable(status: number): boolean {
  return status === 408 || status === 429 || status >= 500
}

function isTransient(code: string | undefined): boolean {
  const final = ['ENOTFOUND', 'ERR_INVALID_URL', 'ERR_BAD_OPTION', 'CERT_HAS_EXPIRED', 'ERR_TLS_CERT_ALTNAME_INVALID']
  return code === undefined || !(final.includes(code) || code.includes('SELF_SIGNED') || code.startsWith('UNABLE_TO_'))
}

function explain(code: string | undefined, message: string): string {
  switch (code) {
    case 'ENOTFOUND':
      return 'there is no such host (ENOTFOUND); check algorithmia_api'
    case 'ECONNREFUSED':
      return 'the connection was refused (ECONNREFUSED)'
    case 'ECONNRESET':
    case 'EPIPE':
      return `the connection was cut (${code})`
    case 'ECONNABORTED':
    case 'ETIMEDOUT':
      return `there was no answer in time (${code})`
    default:
      return code && !message.includes(code) ? `${message} (${code})` : message
  }
}

/** Exponential with jitter, or what the server asks for up to two minutes. @returns milliseconds */
function pauseBefore(number: number, firstPauseMs: number, retryAfter: string | undefined): number {
  const asked = parseRetryAfter(retryAfter)
  if (asked !== undefined) return Math.min(asked, 120_000)
  return firstPauseMs * 2 ** (number - 1) * (0.75 + Math.random() / 2)
}

function parseRetryAfter(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^\d+$/.test(text)) return Number(text) * 1000
  const date = Date.parse(text)
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now())
}

/**
 * What the platform says about a failure: `error.message`, a flat `message`, `error` as text, or the header that
 * stands in for the body of a HEAD (platform reference §2.5).
 */
export function errorText(response: Response): string {
  const said = messageIn(response.body) ?? response.headers['x-error-message'] ?? ''
  return said === '' ? `HTTP ${response.status}` : `HTTP ${response.status}: ${said}`
}

function messageIn(body: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(body)
    if (typeof parsed !== 'object' || parsed === null) return undefined
    const { error, message } = parsed as { error?: unknown; message?: unknown }
    const text =
      typeof error === 'object' && error !== null ? (error as { message?: unknown }).message : (error ?? message)
    return typeof text === 'string' ? text : undefined
  } catch {
    return undefined
  }
}
