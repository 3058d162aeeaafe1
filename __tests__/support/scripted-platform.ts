import type { Script, Seen, Step } from './scripted-server.ts'

/** What the scripted platform holds: size and SHA-256 by path of the data API. */
export type Objects = Map<string, { size: number; sha256: string }>

export interface PlatformScript {
  /** Objects that are there; uploads add to them. */
  objects: Objects
  script: Script
}

/**
 * A script of the data API as it is documented, of one collection `demo/models` and whatever is addressed elsewhere.
 *
 * @param overrides steps for some requests; undefined leaves a request to the script, and an upload that is to succeed
 * is confirmed also without a body
 */
export function scriptedPlatform(overrides: (request: Seen) => Step | undefined = () => undefined): PlatformScript {
  const objects: Objects = new Map()
  const script: Script = (request) => {
    const step = overrides(request)
    if (request.method !== 'PUT') return step ?? documented(objects, request)
    if ((step?.status ?? 200) !== 200 || step?.instead) return step ?? {}
    objects.set(request.path, arrived(request))
    return { ...stored(request.path), ...step }
  }
  return { objects, script }
}

/** A stored object is what has arrived when somebody looks. */
function arrived(request: Seen): { size: number; sha256: string } {
  return {
    get size() {
      return request.bodySize
    },
    get sha256() {
      return request.bodySha256
    },
  }
}

function documented(objects: Objects, { method, path }: Seen): Step {
  const object = objects.get(path)
  if (method === 'DELETE') {
    objects.delete(path)
    return { body: { result: { deleted: 1 } } }
  }
  if (method === 'POST') return { body: { result: 'data://demo/models' } }
  if (object === undefined) return notFound
  const headers = { 'X-Data-Type': 'file', 'Content-Type': 'application/octet-stream' }
  return { headers: { ...headers, 'Content-Length': String(object.size) }, end: 'close' }
}

export const notFound: Step = {
  status: 404,
  headers: { 'X-Error-Message': 'not found' },
  body: { error: { message: 'not found' } },
}

/** The platform's confirmation of an upload to this path of the API. */
export function stored(path: string): Step {
  const uri = decodeURIComponent(path.replace('/v1/data/', ''))
  return { body: { result: uri.includes('://') ? uri : `data://${uri}` } }
}
