import type { ClientRequest } from 'node:http'
import { addAbortSignal, type Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import axios, { type AxiosRequestConfig, type AxiosResponse, isAxiosError } from 'axios'
import { DeployError, messageOf } from '../errors.ts'
import { formatDuration } from '../format.ts'
import { ConnectionError, explain, isTransient } from './connection-error.ts'
import { expectContinue } from './expect-continue.ts'
import type { Response } from './response.ts'
import { type RetryPolicy, withRetries } from './retry.ts'
import { watchProgress } from './watchdog.ts'

/**
 * The platform over HTTP: the only file that knows axios. Every call has a deadline, is repeated on errors that pass,
 * carries the key to the configured address only (no redirect is followed), and ends in a value or a DeployError:
 * axios' own error objects hold the Authorization header and never leave this file.
 */
export interface HttpOptions extends Partial<RetryPolicy> {
  /** Without `/v1` and trailing slash. */
  apiUrl: string
  apiKey: string
  /** Deadline of one call without a file body, in milliseconds. */
  timeoutMs?: number
  /** How long an upload may make no progress, in milliseconds. */
  stallMs?: number
  /** Ends every call, with the signal's reason. */
  cancelled?: AbortSignal
}

/** For one call in the place of the usual limits. */
export interface CallLimits {
  /** Tries, the first included. */
  attempts?: number
  /** Deadline of each try, in milliseconds. */
  timeoutMs?: number
  /** Gives the call up. */
  signal?: AbortSignal
}

interface Content {
  /** Sent as Content-Type. */
  contentType: string
  body: string
}

/** One try at sending a body: made anew for each, because a stream can be read only once. */
export interface UploadBody {
  readonly stream: Readable
  /** Bytes handed out so far. */
  readonly bytesRead: number
  discard(): Promise<void>
}

export class Http {
  readonly #options: Required<HttpOptions>

  constructor(options: HttpOptions) {
    const retries = { attempts: 5, firstPauseMs: 1000, longestPauseMs: 120_000 }
    const cancelled = new AbortController().signal
    this.#options = { timeoutMs: 60_000, stallMs: 60_000, cancelled, ...retries, ...options }
  }

  get apiUrl(): string {
    return this.#options.apiUrl
  }

  /** Without one nothing is to be asked: a plan says what it could not check. */
  get hasKey(): boolean {
    return this.#options.apiKey !== ''
  }

  /**
   * @param path from `/v1/` on, encoded
   * @returns the answer, whatever its status (redirects excepted)
   * @throws ConnectionError when no try got an answer
   */
  async request(method: 'GET' | 'HEAD', path: string, limits: CallLimits = {}): Promise<Response> {
    return this.#request({ method, url: path }, limits)
  }

  /** Sends a text as it is; otherwise like `request`. */
  async post(path: string, { contentType, body }: Content, limits: CallLimits = {}): Promise<Response> {
    return this.#request({ method: 'POST', url: path, data: body, headers: { 'Content-Type': contentType } }, limits)
  }

  async postJson(path: string, value: unknown, limits: CallLimits = {}): Promise<Response> {
    return this.post(path, { contentType: 'application/json', body: JSON.stringify(value) }, limits)
  }

  async #request(config: AxiosRequestConfig, limits: CallLimits): Promise<Response> {
    const { timeoutMs, signal, ...policy } = { ...this.#options, signal: this.#options.cancelled, ...limits }
    const { response } = await withRetries(`${config.method} ${config.url}`, policy, async () => {
      const response = await this.#send({
        ...config,
        // axios' own timeout is one of silence: an answer that trickles never ends it.
        signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), this.#options.cancelled, signal]),
        maxContentLength: 64 * 1024 * 1024,
      })
      return { response: toResponse(response) }
    })
    return response
  }

  /** The size of a stored file as its download announces it; the download itself is not made. Undefined if not announced. */
  async announcedSize(path: string): Promise<{ response: Response; size: number | undefined }> {
    return withRetries(`GET ${path}`, this.#options, async () => {
      const response = await this.#send({
        method: 'GET',
        url: path,
        headers: { 'Accept-Encoding': 'identity' },
        responseType: 'stream',
        decompress: false,
        signal: AbortSignal.any([AbortSignal.timeout(this.#options.timeoutMs), this.#options.cancelled]),
      })
      response.data.destroy()
      response.request?.destroy()
      // The length of something compressed is not the size.
      const length = response.headers['content-encoding'] ? undefined : response.headers['content-length']
      return { response: toResponse(response), size: length === undefined ? undefined : Number(length) }
    })
  }

  /**
   * Streams a stored file.
   *
   * @param start makes the consumer of one try, which gets the file from its first byte
   * @returns the answer; its body is empty when the file was streamed
   */
  async download(path: string, start: () => (chunk: Buffer) => void): Promise<Response> {
    const { response } = await withRetries(`GET ${path}`, this.#options, async () => ({
      response: await this.#downloadOnce(path, start()),
    }))
    return response
  }

  async #downloadOnce(path: string, consume: (chunk: Buffer) => void): Promise<Response> {
    let received = 0
    const watchdog = watchProgress(
      () => received,
      () => this.#options.stallMs,
    )
    const signal = AbortSignal.any([watchdog.signal, this.#options.cancelled])
    try {
      const response = await this.#send({
        method: 'GET',
        url: path,
        headers: { 'Accept-Encoding': 'identity' },
        responseType: 'stream',
        signal,
      })
      const refused: Buffer[] = []
      for await (const chunk of addAbortSignal(signal, response.data as Readable) as AsyncIterable<Buffer>) {
        received += chunk.length
        if (response.status === 200) consume(chunk)
        else refused.push(chunk)
      }
      return { ...toResponse(response), body: Buffer.concat(refused).toString() }
    } catch (error) {
      this.#options.cancelled.throwIfAborted()
      if (error instanceof DeployError && !(error instanceof ConnectionError)) throw error
      const why = watchdog.signal.aborted
        ? `no progress for ${formatDuration(this.#options.stallMs)}`
        : messageOf(error)
      throw new ConnectionError(`The download of ${path} broke off after ${received} bytes: ${why}`, true)
    } finally {
      watchdog.stop()
    }
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
    let expect = size > 0
    return withRetries(`PUT ${path}`, this.#options, async () => {
      const result = await this.#uploadOnce(path, size, open, expect)
      if (!expect || result.response.status !== 417) return result
      // Old proxies know no expectations (RFC 9110 §10.1.1).
      expect = false
      return this.#uploadOnce(path, size, open, expect)
    })
  }

  async #uploadOnce<Body extends UploadBody>(
    path: string,
    size: number,
    open: (ready: Promise<void>) => Promise<Body>,
    expect: boolean,
  ): Promise<{ response: Response; body: Body }> {
    const ready = Promise.withResolvers<void>()
    if (!expect) ready.resolve()
    const body = await open(ready.promise)
    // A server that has everything may think: storing a large file elsewhere takes time and shows no progress.
    const limit = () => this.#options.stallMs * (body.bytesRead < size ? 1 : 5)
    const watchdog = watchProgress(() => body.bytesRead, limit)
    const signal = AbortSignal.any([watchdog.signal, this.#options.cancelled])
    try {
      const response = await this.#send({
        method: 'PUT',
        url: path,
        data: body.stream,
        headers: {
          'Content-Type': 'application/octet-stream',
          'Content-Length': size,
          ...(expect ? { Expect: '100-continue' } : {}),
        },
        ...(expect ? { transport: expectContinue(ready.resolve) } : {}),
        signal,
      })
      // A confirmation may overtake the end of our own stream. Any other answer may leave a half-sent request, which
      // would keep the process alive.
      if (response.status < 300 && body.bytesRead === size) {
        await finished(body.stream, { writable: false, signal })
      } else response.request?.destroy()
      return { response: toResponse(response), body }
    } catch (error) {
      this.#options.cancelled.throwIfAborted()
      const stalled = watchdog.signal.aborted
      if (!stalled && !(error instanceof ConnectionError)) throw error
      const why = stalled ? `The upload made no progress for ${formatDuration(limit())}` : messageOf(error)
      const transient = !(error instanceof ConnectionError) || error.transient
      throw new ConnectionError(`${why}, after ${body.bytesRead} of ${size} bytes`, transient)
    } finally {
      watchdog.stop()
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
      this.#options.cancelled.throwIfAborted()
      if (!isAxiosError(error) && !axios.isCancel(error)) throw error
      const { request, code, message } = error as { request?: ClientRequest; code?: string; message: string }
      request?.destroy()
      // A body that failed to be read (a model that changed) is our own error, and trying again cannot mend it.
      if (isAxiosError(error) && error.cause instanceof DeployError) throw error.cause
      // A refusal whose words were lost with the connection is a refusal all the same.
      if (isAxiosError(error) && error.response && error.response.status >= 400) return { ...error.response, data: '' }
      throw new ConnectionError(
        `${this.#options.apiUrl} could not be reached: ${explain(code, message, new URL(this.#options.apiUrl).protocol.slice(0, -1))}`,
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
}

function toResponse(response: AxiosResponse): Response {
  const headers = Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  )
  return { status: response.status, headers, body: typeof response.data === 'string' ? response.data : '' }
}
