import type { ConnectorAccess, ConnectorSpec } from '../connectors/connector.ts'
import { StartError } from '../errors.ts'

const example = 's3+models,access=read-write,user=demo,path=bucket/folder'

/**
 * Reads what `--connector` says: the name of the connector and then parts such as `access=read-write`, with commas
 * between.
 *
 * @throws StartError naming the part that is wrong, and what it may be
 */
export function connectorOption(text: string): ConnectorSpec {
  const [name = '', ...parts] = text.split(',').map((part) => part.trim())
  const access: ConnectorAccess[] = []
  const users: string[] = []
  const paths: string[] = []
  for (const part of parts) {
    const [, key, value = ''] = /^(access|user|path)=(.+)$/s.exec(part) ?? []
    if (key === undefined) {
      throw new StartError(`--connector does not know "${part}"; after the name come access, user and path: ${example}`)
    }
    if (key === 'user') users.push(value)
    else if (key === 'path') paths.push(value)
    else if (value === 'read' || value === 'read-write') access.push(value)
    else throw new StartError(`--connector: access must be read or read-write, not "${value}"`)
  }
  if (access.length > 1) throw new StartError('--connector has access twice')
  return { name, users, paths, ...(access[0] && { access: access[0] }) }
}
