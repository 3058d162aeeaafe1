import { rightsInWords } from '../accounts/keys.ts'
import type { UserRecord } from '../accounts/users.ts'
import { reachInWords } from '../connectors/connector.ts'
import type { Sandbox } from '../server.ts'

/** What a person needs to use a sandbox, in a form to copy from. */
export function banner({ url, users, connectors, stateDir }: Sandbox, temporary: boolean, host = '127.0.0.1'): string {
  const [first] = users
  const [name = '', key = ''] = [first?.name, first?.apiKey]
  const lines = [
    'Algorithmia sandbox',
    '',
    `  pages  ${url}/ (sign in with the name and password of an account)`,
    `  API    ${url}`,
    `  git    ${url}/git/<owner>/<algorithm>.git`,
    `  state  ${stateDir}${temporary ? ' (removed at the end; --state DIR keeps it)' : ''}`,
    ...(isLocal(host)
      ? []
      : ['', `  It listens on ${host}: whoever reaches it and has a password runs code on this machine.`]),
    ...users.flatMap(account),
    ...(connectors.length > 0 ? [''] : []),
    ...connectors.map(
      (connector) => `  connector ${connector.name}:// of ${connector.users.join(', ')}: ${reachInWords(connector)}`,
    ),
    '',
    'For the step of a workflow:',
    '',
    `  algorithmia_api: ${url}`,
    `  git_host: ${url}`,
    '',
    'For a shell:',
    '',
    `  export ALGORITHMIA_API=${url}`,
    `  export ALGORITHMIA_API_KEY=${key}`,
    `  export ALGORITHMIA_USERNAME=${name}`,
    '',
    'Create an algorithm, build it, call a build, clone it:',
    '',
    `  curl ${url}/v1/algorithms/${name} -H 'Authorization: ${key}' -d '{"name":"Hello"}'`,
    `  curl ${url}/v1/algorithms/${name}/Hello/compile -H 'Authorization: ${key}' -d '{}'`,
    `  curl ${url}/v1/algo/${name}/Hello/<commit> -H 'Authorization: ${key}' -H 'Content-Type: text/plain' -d you`,
    `  git clone ${url.replace('//', `//${name}:${encodeURIComponent(key)}@`)}/git/${name}/Hello.git`,
    '',
    'Ctrl-C stops the sandbox.',
    '',
  ]
  return lines.join('\n')
}

function isLocal(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.')
}

function account({ name, password, keys }: UserRecord): string[] {
  return [
    '',
    `  user      ${name}`,
    `  password  ${password}`,
    ...keys.flatMap((key) => [
      `  ${key.admin ? 'admin key' : 'API key  '} ${key.key}`,
      `            ${rightsInWords(key)}`,
    ]),
  ]
}
