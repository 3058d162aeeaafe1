import type { Deployment } from '../deployment.ts'
import { formatBytes } from '../format.ts'
import { cell, code, table } from './markdown.ts'

/** All of them are in the output `models`. */
const mostRows = 50

/** One model is told in the rows of the summary's own table; more of them have one. */
export function modelsSection({ models: found }: Deployment): string[] {
  // Also where only one of several could be stored.
  if (found.length < 2) return []
  const models = found.filter(Boolean)
  const uploads = models.filter(({ uploaded }) => uploaded).length
  const rows = models
    .slice(0, mostRows)
    .map(({ entry, uri, size, md5, uploaded }) => [
      cell(entry),
      code(uri),
      formatBytes(size),
      code(md5),
      uploaded ? 'uploaded' : 'was there already',
    ])
  return [
    `**${models.length} ${models.length === 1 ? 'model' : 'models'}**, ${uploads} of them uploaded`,
    '',
    ...table('| Model | Stored as | Size | MD5 | |', '|---|---|--:|---|---|', rows),
    ...(models.length > mostRows ? [`${models.length - mostRows} more are in the output \`models\`.`, ''] : []),
  ]
}
