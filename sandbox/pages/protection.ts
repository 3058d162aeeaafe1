import type { FastifyReply, FastifyRequest } from 'fastify'
import { forbidden } from '../errors.ts'

/**
 * What a browser may do with a page: show it, with the stylesheet from here, and send its forms here. No scripts, no
 * frames around it, nothing from elsewhere.
 */
const contentPolicy = [
  "default-src 'none'",
  "style-src 'self'",
  'img-src data:',
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

export async function protect(_request: FastifyRequest, reply: FastifyReply): Promise<void> {
  reply.headers({
    'content-security-policy': contentPolicy,
    'x-content-type-options': 'nosniff',
    // Nothing to others. With `no-referrer` browsers would hide from us, too, where a form was sent from.
    'referrer-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'no-store',
  })
}

/**
 * Refuses what another site makes a browser send, which adds the password by itself. Browsers name the origin of every
 * POST; `Sec-Fetch-Site` only reaches local and HTTPS servers.
 *
 * @throws ApiError 403
 */
export function requireOwnForm({ headers }: FastifyRequest): void {
  const site = headers['sec-fetch-site']
  const own = site === undefined ? isOrigin(headers.origin, headers.host) : site === 'same-origin'
  if (!own) throw forbidden('the form was not sent from its own page')
}

function isOrigin(origin: string | undefined, host: string | undefined): boolean {
  return origin !== undefined && host !== undefined && (origin === `http://${host}` || origin === `https://${host}`)
}
