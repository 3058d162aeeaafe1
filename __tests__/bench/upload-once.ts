/**
 * One upload as the action makes it, in a process of its own: `node upload-once.js API FILE`, the key in API_KEY.
 * Its last line is the peak resident memory in MiB.
 */
import { statSync } from 'node:fs'
import { DataApi } from '../../src/algorithmia/data.ts'
import { Http } from '../../src/algorithmia/http.ts'
import { storeModel } from '../../src/algorithmia/store.ts'
import { describeError } from '../../src/errors.ts'
import { fileSource } from '../../src/model/source.ts'

const [apiUrl = '', path = ''] = process.argv.slice(2)
const apiKey = process.env.API_KEY ?? 'bench'
const http = new Http({ apiUrl, apiKey })
try {
  await storeModel(
    { http, data: new DataApi(http), collection: { protocol: 'data', path: 'bench/models' }, known: [] },
    {
      model: fileSource({ path, size: statSync(path).size }),
      name: `model-${process.pid}`,
      nameWithDigest: (md5) => md5,
    },
  )
  console.log(Math.round(process.resourceUsage().maxRSS / 1024))
} catch (error) {
  // No process.exit: what keeps this process alive would keep the action alive.
  console.error(describeError(error))
  process.exitCode = 1
}
