import http from 'node:http'
import https from 'node:https'

/**
 * The transport of one upload: axios sends `Expect: 100-continue` but does not wait for the answer, so the body waits
 * instead. Servers that ignore the header (RFC 9110 §10.1.1 allows it) cost one second.
 */
export function expectContinue(ready: () => void) {
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
