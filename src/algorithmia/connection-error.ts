import { DeployError } from '../errors.ts'

/** A call that got no answer: refused, cut, timed out. */
export class ConnectionError extends DeployError {
  readonly transient: boolean

  constructor(message: string, transient: boolean) {
    super(message)
    this.transient = transient
  }
}

/** Whether the next try may get further: not with a wrong address, nor with a certificate that is not trusted. */
export function isTransient(code = ''): boolean {
  const final = ['ENOTFOUND', 'EPROTO', 'ERR_INVALID_URL', 'ERR_BAD_OPTION', 'ERR_TLS_CERT_ALTNAME_INVALID']
  return !(final.includes(code) || /^(HPE_|CERT_|ERR_SSL_|UNABLE_TO_)|SELF_SIGNED/.test(code))
}

/** @returns the rest of the sentence "ADDRESS could not be reached: ..." */
export function explain(code: string | undefined, message: string, protocol: string): string {
  switch (code) {
    case 'ENOTFOUND':
      return 'there is no such host (ENOTFOUND); check algorithmia_api'
    case 'EAI_AGAIN':
      return 'its name could not be looked up (EAI_AGAIN); check algorithmia_api'
    case 'ECONNREFUSED':
      return 'the connection was refused (ECONNREFUSED); check algorithmia_api'
    case 'ECONNRESET':
    case 'EPIPE':
      return `the connection was cut (${code})`
    case 'ECONNABORTED':
    case 'ETIMEDOUT':
    case 'ERR_CANCELED':
      return `there was no answer in time (${code})`
  }
  if (code && /^(HPE_|EPROTO|ERR_SSL_)/.test(code))
    return `it does not speak ${protocol} (${code}); check algorithmia_api`
  return code && !message.includes(code) ? `${message} (${code})` : message
}
