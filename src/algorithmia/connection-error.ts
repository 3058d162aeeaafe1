import { DeployError } from '../errors.ts'

/** A call that got no answer: refused, cut, timed out. */
export class ConnectionError extends DeployError {
  readonly transient: boolean

  constructor(message: string, transient: boolean) {
    super(message)
    this.transient = transient
  }
}

export function isTransient(code: string | undefined): boolean {
  const final = ['ENOTFOUND', 'ERR_INVALID_URL', 'ERR_BAD_OPTION', 'CERT_HAS_EXPIRED', 'ERR_TLS_CERT_ALTNAME_INVALID']
  return code === undefined || !(final.includes(code) || code.includes('SELF_SIGNED') || code.startsWith('UNABLE_TO_'))
}

export function explain(code: string | undefined, message: string): string {
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
