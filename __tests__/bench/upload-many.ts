/**
 * Models stored as the action stores them, in a process of its own: `node upload-many.js API SIDE-BY-SIDE FOLDER KNOWN`.
 * KNOWN is a file with what the manifest would vouch for, which is read if it is there and written at the end. Its last
 * line is the number of uploads.
 */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { formatUri } from '../../src/algorithmia/data-uri.ts'
import { Http } from '../../src/algorithmia/http.ts'
import { storeModels } from '../../src/algorithmia/store-models.ts'
import { describeError } from '../../src/errors.ts'
import { fileSource } from '../../src/model/source.ts'

const [apiUrl = '', sideBySide = '', folder = '', known = ''] = process.argv.slice(2)
const files = readdirSync(folder).sort()
try {
  const stored = await storeModels({
    connect: (cancelled) => new Http({ apiUrl, apiKey: 'bench', cancelled }),
    collection: { protocol: 'data', path: 'bench/models' },
    collectionExists: true,
    known: existsSync(known) ? JSON.parse(readFileSync(known, 'utf8')) : [],
    models: files.map((file) => {
      const path = join(folder, file)
      const name = `${file}-${process.pid}`
      return { model: fileSource({ path, size: statSync(path).size }), name, nameWithDigest: (md5) => `${name}-${md5}` }
    }),
    onStored: () => undefined,
    onCutOff: () => undefined,
    sideBySide: Number(sideBySide),
  })
  writeFileSync(known, JSON.stringify(stored.map(({ uri, ...facts }) => ({ uri: formatUri(uri), ...facts }))))
  console.log(stored.filter(({ uploaded }) => uploaded).length)
} catch (error) {
  console.error(describeError(error))
  process.exitCode = 1
}
