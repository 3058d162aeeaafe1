/**
 * One upload as the action makes it, in a process of its own: `node upload-once.js API FILE [RATE]`.
 * Prints the peak resident memory in MB.
 */
import { statSync } from 'node:fs'
import { DataApi } from '../../src/algorithmia/data.ts'
import { Http } from '../../src/algorithmia/http.ts'
import { storeModel } from '../../src/algorithmia/store.ts'
import { modelSource } from '../../src/model/source.ts'

const [apiUrl = '', path = '', suffix = ''] = process.argv.slice(2)
const http = new Http({ apiUrl, apiKey: 'bench' })
const model = modelSource({ path, size: statSync(path).size })
await storeModel({
  http,
  data: new DataApi(http),
  collection: { protocol: 'data', path: 'bench/models' },
  collectionExists: true,
  model,
  name: `model-${process.pid}${suffix}`,
  nameWithDigest: (md5) => md5,
  isProven: () => false,
})
console.log(process.resourceUsage().maxRSS / 1024)
