import type { Frame, Traceback } from '../traceback.ts'
import type { BuildContext, BuildFailure, Place } from './build-failure.ts'
import { explainMissingModule } from './missing-module.ts'

const installed = /\/(?:site|dist)-packages\/|\/lib(?:64)?\/python\d|^</
const packageIn = /\/(?:site|dist)-packages\/([^/.]+)/
const unreadableModel =
  /^(?:UnpicklingError|PickleError|BadZipFile)$|invalid load key|Ran out of input|pickle data was truncated|unsupported pickle protocol|Can't get attribute/
const whyUnreadable: [pattern: RegExp, hint: string][] = [
  [/invalid load key, 'v'/, 'a Git LFS pointer in place of the file begins so'],
  [/Ran out of input/, 'the file is empty'],
  [/was truncated/, 'the file is not whole'],
  [/unsupported pickle protocol/, 'a newer Python has saved it'],
  [/Can't get attribute/, 'what it was trained with must be in a module that the algorithm has too'],
]
const manifestKey = /^'(model_\w+|required_files|optional_files|lock_checksum)'$/

/** What an exception while loading the algorithm means. */
export function explainTraceback(traceback: Traceback, context: BuildContext): BuildFailure {
  const place = ownPlace(traceback.frames, context.algorithm)
  const reason =
    explainMissingModule(traceback, place, context) ??
    explainImport(traceback, place) ??
    explainSyntax(traceback, place) ??
    explainFile(traceback, place) ??
    explainModel(traceback, place)
  if (reason === undefined) return { reason: failed(traceback, place), ...where(place) }
  return typeof reason === 'string' ? { reason, ...where(place) } : reason
}

const where = (place: Place | undefined) => (place === undefined ? {} : { file: place.file, line: place.line })

function failed({ type, message }: Traceback, place: Place | undefined): string {
  const what = message === '' ? type : `${type}: ${message}`
  if (place === undefined) return what
  const how = /^(?:MemoryError|OutOfMemoryError)$/.test(type) ? 'ran out of memory' : 'failed'
  return `${place.file} ${how} on line ${place.line}: ${what}`
}

/** `cannot import name`, and libraries of the system that packages need. */
function explainImport({ type, message, frames }: Traceback, place: Place | undefined): string | undefined {
  if (type !== 'ImportError' || place === undefined) return undefined
  const outside = packageIn.exec(frames.at(-1)?.path ?? '')?.[1]
  const library = /^(\S+\.so\S*): cannot open shared object file/.exec(message)?.[1]
  if (library !== undefined) {
    const remedy = outside === 'cv2' ? '; the package opencv-python-headless works without it' : ''
    const who = outside ?? place.file
    return `${place.file}, line ${place.line}: ${who} needs the system library ${library}, which is not on the platform${remedy}`
  }
  const [, name, module = ''] =
    /^cannot import name '(.+?)' from (?:partially initialized module )?'(.+?)'/.exec(message) ?? []
  if (name === undefined) return undefined
  if (outside !== undefined) {
    return `${outside}, which ${place.file} imports on line ${place.line}, does not fit the installed ${module}: ${message.replace(/ \(\/.*$/, '')}`
  }
  const imports = `${place.file} imports "${name}" from "${module}" on line ${place.line}`
  if (message.includes('circular import')) return `${imports} while that is still being loaded: they import each other`
  const lacks = module.startsWith('src.')
    ? 'which does not define it'
    : 'which does not have it in the installed version'
  return `${imports}, ${lacks}`
}

function explainSyntax({ type, message, frames }: Traceback, place: Place | undefined): string | undefined {
  if (!/^(?:Syntax|Indentation|Tab)Error$/.test(type)) return undefined
  const outside = packageIn.exec(frames.at(-1)?.path ?? '')?.[1]
  if (outside !== undefined) return `the installed ${outside} is not for this Python (${type}: ${message})`
  return (
    place && `${place.file} has ${type === 'IndentationError' ? 'an' : 'a'} ${type} on line ${place.line}: ${message}`
  )
}

function explainFile({ type, message }: Traceback, place: Place | undefined): string | BuildFailure | undefined {
  const path = type === 'FileNotFoundError' ? /'([^']+)'$/.exec(message)?.[1] : undefined
  if (path === 'algorithmia.conf') return { reason: 'algorithmia.conf is missing in the root of the repository' }
  if (path === undefined || place === undefined) return undefined
  const hint = path.startsWith('/') ? '' : ' (paths are relative to the root of the repository)'
  return `${place.file} opens "${path}" on line ${place.line}, which is not there${hint}`
}

function explainModel({ type, message }: Traceback, place: Place | undefined): string | BuildFailure | undefined {
  if (/Manifest FreezeFile Tamper Detected/i.test(message)) {
    const file = 'model_manifest.json.freeze'
    return { reason: `${file} was changed after it was frozen: its lock_checksum does not match`, file }
  }
  if (place === undefined) return undefined
  const key = type === 'KeyError' ? manifestKey.exec(message)?.[1] : undefined
  if (key !== undefined)
    return `${place.file} reads "${key}" on line ${place.line}, which the model manifest does not have`
  const said = `${place.file} on line ${place.line}: ${type}: ${message}`
  if (type === 'JSONDecodeError' && /manifest/i.test(place.source))
    return `the model manifest cannot be read by ${said}`
  if (!unreadableModel.test(type) && !unreadableModel.test(message)) return undefined
  const hint = whyUnreadable.find(([pattern]) => pattern.test(message))?.[1]
  return `a model file cannot be read by ${said.replace(/\.$/, '')}${hint === undefined ? '' : ` (${hint})`}`
}

function ownPlace(frames: readonly Frame[], algorithm: string): Place | undefined {
  const main = frames.find(({ path }) => path === `src/${algorithm}.py` || path.endsWith(`/src/${algorithm}.py`))
  const root = main?.path.slice(0, -`src/${algorithm}.py`.length)
  const own = frames.flatMap(({ path, line, source }) => {
    const file = repositoryPath(path, root)
    return file === undefined ? [] : [{ file, line, source }]
  })
  return own.at(-1)
}

/** @param root the folder of the repository as the traceback writes it, with a slash in the end; undefined if unknown */
function repositoryPath(path: string, root: string | undefined): string | undefined {
  if (installed.test(path)) return undefined
  if (root !== undefined && root !== '') return path.startsWith(root) ? path.slice(root.length) : undefined
  const tail = /(?:^|\/)(src\/(?!.*\/src\/).+)$/.exec(path)?.[1]
  return tail ?? (root === '' && /^[^./]/.test(path) ? path : undefined)
}
