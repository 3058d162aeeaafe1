import { rightsInWords } from './keys.ts'
import type { Sandbox } from './server.ts'
import type { UserRecord } from './users.ts'

/** What a person needs to use a sandbox, in a form to copy from. */
export function banner({ url, users, stateDir }: Sandbox, temporary: boolean): string {
  const [first] = users
  const lines = [
    'Algorithmia sandbox',
    '',
    `  API    ${url}`,
    `  git    ${url}/git/<owner>/<algorithm>.git`,
    `  state  ${stateDir}${temporary ? ' (removed at the end; --state DIR keeps it)' : ''}`,
    ...users.flatMap(account),
    '',
    'For the step of a workflow:',
    '',
    `  algorithmia_api: ${url}`,
    `  git_host: ${url}`,
    '',
    'For a shell:',
    '',
    `  ALGORITHMIA_API=${url}`,
    ...(first ? [`  ALGORITHMIA_API_KEY=${first.apiKey}`, `  ALGORITHMIA_USERNAME=${first.name}`] : []),
    '',
    'Clone an algorithm, create one:',
    '',
    `  git clone ${url.replace('//', `//${first?.name}:${encodeURIComponent(first?.apiKey ?? '')}@`)}/git/${first?.name}/<algorithm>.git`,
    `  curl ${url}/v1/algorithms/${first?.name} -H 'Authorization: ${first?.apiKey}' -d '{"name":"Hello"}'`,
    '',
    'Ctrl-C stops the sandbox.',
    '',
  ]
  return lines.join('\n')
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
