import type { ClientRequest } from 'node:http'
import type { Readable } from 'node:stream'
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
}

type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE'

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
    const { response } = await withRetries(`${method} ${path}`, this.#options, async () => {
      const response = await this.#send({
        method,
        url: path,
        ...(body === undefined ? {} : { data: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
        timeout: this.#options.timeoutMs,
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
        timeout: this.#options.timeoutMs,
      })
      response.data.destroy()
      response.request?.destroy()
      const length = response.headers['content-length']
      return { response: toResponse(response), size: length === undefined ? undefined : Number(length) }
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
    return withRetries(`PUT ${path}`, this.#options, () => this.#uploadOnce(path, size, open))
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
      const { request, code, message } = error as { request?: ClientRequest; code?: string; message: string }
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
}

function toResponse(response: AxiosResponse): Response {
  const headers = Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  )
  return { status: response.status, headers, body: typeof response.data === 'string' ? response.data : '' }
}
